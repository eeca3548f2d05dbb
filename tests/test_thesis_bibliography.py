"""What a thesis cites: an entry per source, as it wants to be named, that LaTeX and YAML read whatever it holds."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.thesis import bibliography

PACKAGE: dict[str, Any] = {
    "id": "urn:uuid:1", "title": "Wat buurten & collectieven laten zien", "version": "2026.3.1",
    "created": "2026-03-01T00:00:00Z", "contributors": [{"title": "Stichting Samen_1", "roles": ["publisher"]}],
}  # fmt: skip


def sources(*rows: dict[str, str]) -> pd.DataFrame:
    columns = ["source_id", "collective_id", "attribution", "table", "modified", "retrieved", "licence", "sha256"]
    return pd.DataFrame([dict.fromkeys(columns, "") | {"source_id": f"s{at}"} | row for at, row in enumerate(rows)])


CBS = {"attribution": "Bron: CBS", "table": "84799NED", "modified": "2025-03-31T02:00:00", "licence": "CC BY 4.0",
       "retrieved": "2026-02-01T10:00:00Z"}  # fmt: skip


def references(*rows: dict[str, str], methods: tuple[str, ...] = ()) -> str:
    estimates = pd.DataFrame({"method": list(methods)}, dtype="str")
    return bibliography.references(PACKAGE, sources(*(rows or (CBS,))), estimates, "abc123")


def test_data_and_workbench_come_first() -> None:
    text = references()
    assert bibliography.keys(text)[:2] == [bibliography.DATA_KEY, bibliography.SOFTWARE_KEY]
    assert r"author = {{Stichting Samen\_1}}" in text
    assert r"title = {Wat buurten \& collectieven laten zien}" in text
    assert "note = {urn:uuid:1; data version abc123}" in text


def test_a_table_of_cbs_is_named_with_its_date_and_page() -> None:
    text = references()
    entry = text[text.index("@misc{bron-84799NED") :]
    assert "author = {{CBS}}" in entry
    assert "year = {2025}" in entry
    assert "note = {changed 2025-03-31; retrieved 2026-02-01; CC BY 4.0}" in entry
    assert r"url = {https://opendata.cbs.nl/statline/#/CBS/nl/dataset/84799NED}" in entry


def test_a_table_in_several_files_is_one_source() -> None:
    assert bibliography.keys(references(CBS, {**CBS, "source_id": "tweede"})).count("bron-84799NED") == 1


def test_a_made_up_table_and_own_records_have_no_page() -> None:
    text = references(
        {"attribution": "Bron: Verzonnen tabel", "table": "99024SYN"},
        {"attribution": "Bron: De Tuin", "collective_id": "tuin"},
    )
    assert "url" not in text
    assert {"bron-99024SYN", "bron-tuin"} <= set(bibliography.keys(text))
    assert "title = {Own records of the collective}" in text


@pytest.mark.parametrize(
    ("method", "key"),
    [
        ("Wilson", "wilson1927"), ("Jeffreys", "brown2001"), ("Kaplan-Meier", "kaplan1958"),
        ("Moran's I; permutation", "moran1950"), ("synthetic control; placebo interval", "abadie2010"),
        ("synthetic difference-in-differences; placebo test; Holm", "arkhangelsky2021"),
    ],
)  # fmt: skip
def test_the_methods_of_the_figures_are_cited(method: str, key: str) -> None:
    assert bibliography.keys(references(methods=("count", method)))[3:] == [key]


def test_a_count_cites_nobody() -> None:
    assert len(bibliography.keys(references(methods=("count",)))) == 3


@pytest.mark.parametrize(
    "name", [r"\input{/etc/passwd}", "50% {meer} $x$ #1 a~b^c", "}\n@misc{anders,", "O'Brien & co"]
)
def test_no_text_of_others_is_obeyed(name: str) -> None:
    text = references({"attribution": f"Bron: {name}", "collective_id": "tuin"})
    assert bibliography.keys(text)[2:] == ["bron-tuin"]
    (author,) = [line for line in text[text.index("@misc{bron-tuin") :].splitlines() if "author" in line]
    plain = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum)\{\}|\\[{}$&%#_]", "", author)
    inside = plain.partition("{{")[2].rpartition("}}")[0]
    assert not re.search(r"[\\{}$&%#_~^]", inside)


def test_keys_are_found_in_any_layout() -> None:
    assert bibliography.keys("@Book { a1 ,\n}\n  @misc{b:2,\n title={@geen{c,}}}\n@misc{a1,}") == ["a1", "b:2", "a1"]


def test_a_citation_is_what_the_standard_asks() -> None:
    about = {
        "name": "bereik",
        "question": {"text": 'Wie doet er mee: "iedereen"?'},
        "data": {"version": "001234567890"},
    }
    lines = bibliography.citation(about, PACKAGE, "2026-03-01", "⟨je naam⟩").splitlines()
    assert {line.partition(":")[0] for line in lines if not line.startswith(" ")} == {
        "cff-version", "message", "type", "title", "version", "date-released", "authors", "references",
    }  # fmt: skip
    assert r'title: "Wie doet er mee: \"iedereen\"?"' in lines
    assert 'version: "001234567890"' in lines  # between quotes, or it would be a number
    assert '  - name: "⟨je naam⟩"' in lines
