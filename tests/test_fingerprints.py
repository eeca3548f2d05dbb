"""Fingerprints: the same in every run, and others when the computation, its settings or its data are others."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import knowledge
from bt_analysis.pages import claim_sentences, fingerprints
from bt_analysis.settings import ComparisonSettings, DisclosureSettings, GateSettings, HoursSettings, Settings

TABLES = (
    {"file": "cbs/99024SYN/TypedDataSet.parquet", "table": "99024SYN", "sha256": "a" * 64},
    {"file": "cbs/99023SYN/TypedDataSet.parquet", "table": "99023SYN", "sha256": "b" * 64},
    {"file": "monitoring/tuin/tuin.xlsx", "table": "", "sha256": "c" * 64, "collective_id": "tuin"},
)
OF_AREA = {"question": "context", "indicator_id": "gas", "source": "CBS · 99024SYN · Gas_1 · 2025-01-01"}


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Read the source of the package anew before and after a test that changes it."""
    caches = (fingerprints._program, fingerprints._imports, fingerprints._sources)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


def row(page: Any, **more: Any) -> pd.Series:
    found: pd.Series = page.estimates({**more}).iloc[0]
    return found


# How it was computed


def test_the_same_computation_has_the_same_hash(page: Any) -> None:
    hashes = {fingerprints.query_hash(row(page), Settings()) for _ in range(3)}
    assert len(hashes) == 1
    assert len(hashes.pop()) == 64


def test_the_value_is_no_part_of_how_it_was_computed(page: Any) -> None:
    settings = Settings()
    assert fingerprints.query_hash(row(page), settings) == fingerprints.query_hash(row(page, value=41.0), settings)


@pytest.mark.parametrize(
    "more",
    [
        {"indicator_id": "contacts_n"},
        {"period": "2023-2024"},
        {"group_value": "65+"},
        {"method": "sum"},
        {"question": "hours"},
    ],
)
def test_another_key_or_method_is_another_computation(page: Any, more: dict[str, str]) -> None:
    settings = Settings()
    assert fingerprints.query_hash(row(page), settings) != fingerprints.query_hash(row(page, **more), settings)


@pytest.mark.parametrize(
    ("question", "changed", "other"),
    [
        ("reach", Settings(gates=GateSettings(min_n=31)), True),
        ("reach", Settings(disclosure=DisclosureSettings(min_cell=12)), True),
        ("reach", Settings(reference_year=2023), True),
        ("hours", Settings(hours=HoursSettings(schatting_pct=50)), True),
        ("reach", Settings(hours=HoursSettings(schatting_pct=50)), False),  # hours are no part of reach
        ("change", Settings(comparison=ComparisonSettings(placebos=400)), True),
        ("reach", Settings(comparison=ComparisonSettings(placebos=400)), False),
    ],
)
def test_only_settings_that_decide_change_it(page: Any, question: str, changed: Settings, other: bool) -> None:
    one = row(page, question=question)
    assert (fingerprints.query_hash(one, Settings()) != fingerprints.query_hash(one, changed)) is other


def test_where_files_come_from_does_not_change_it(page: Any) -> None:
    here = Settings()
    moved = here.model_copy(update={"cbs": here.cbs.model_copy(update={"base_url": "http://127.0.0.1:5000"})})
    for question in ("reach", "context", "change"):
        one = row(page, question=question)
        assert fingerprints.query_hash(one, here) == fingerprints.query_hash(one, moved)


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("analysis.reach", True),
        ("disclosure.rounding", True),  # every figure is rounded after its question
        ("detectability.gates", True),
        ("analysis.periods", True),  # reach computes with it
        ("analysis.hours", False),
        ("methods.synthetic_control", False),
        ("analysis", False),  # only lists all questions
    ],
)
@pytest.mark.usefixtures("forgetful")
def test_it_changes_with_the_source_it_computes_with(
    page: Any, monkeypatch: pytest.MonkeyPatch, module: str, other: bool
) -> None:
    before = fingerprints.query_hash(row(page), Settings())
    sources = fingerprints._sources()
    assert module in sources
    monkeypatch.setattr(fingerprints, "_sources", lambda: sources | {module: sources[module] + "\n# otherwise\n"})
    fingerprints._program.cache_clear()
    fingerprints._imports.cache_clear()
    assert (fingerprints.query_hash(row(page), Settings()) != before) is other


@pytest.mark.parametrize("question", sorted({*claim_sentences.SECTIONS, *knowledge.KINDS}))
def test_every_question_has_a_module_that_answers_it(question: str) -> None:
    assert fingerprints._answering(question)


def test_the_way_of_a_change_is_part_of_it() -> None:
    reached = fingerprints._reached(fingerprints._answering("change"))
    assert {"analysis.change", "analysis.comparing", "methods.synthetic_control"} <= reached


# What it rests on


def test_a_figure_of_the_area_rests_on_the_file_it_names(page: Any) -> None:
    content = page.content(OF_AREA, sources=page.sources(*TABLES))
    before = fingerprints.data_hash(content.estimates.iloc[0], content)
    for at, other in ((0, True), (1, False), (2, False)):
        files = [one | {"sha256": "f" * 64} if at == place else one for place, one in enumerate(TABLES)]
        changed = page.content(OF_AREA, sources=page.sources(*files))
        assert (fingerprints.data_hash(changed.estimates.iloc[0], changed) != before) is other


def test_what_a_collective_delivered_is_never_hashed(page: Any) -> None:
    # By its checksum, who knows all but a few cells could try those until it fits.
    own = {"source": "collective: participation monitoring/tuin/tuin.xlsx"}
    hashes = set()
    for checksum in ("c" * 64, "d" * 64):
        content = page.content(own, sources=page.sources(TABLES[2] | {"sha256": checksum, "table": "participation"}))
        hashes.add(fingerprints.data_hash(content.estimates.iloc[0], content))
    assert len(hashes) == 1


def test_it_changes_with_what_is_printed(page: Any) -> None:
    def hashed(**more: Any) -> str:
        content = page.content({**more})
        return fingerprints.data_hash(content.estimates.iloc[0], content)

    same, others = hashed(), [hashed(value=41.0), hashed(ci_low=30.0), hashed(n=41.0), hashed(gate="voorbehoud")]
    assert hashed() == same
    assert len({same, *others}) == 5


def test_a_hidden_figure_tells_nothing_by_its_hash(page: Any) -> None:
    def hashed(value: float) -> str:
        content = page.content({"gate": "onderdrukt", "value": value})
        return fingerprints.data_hash(content.estimates.iloc[0], content)

    assert hashed(3.0) == hashed(7.0)


def test_a_claim_about_all_rests_on_the_bundles(page: Any) -> None:
    def hashed(version: str) -> str:
        bundles = pd.DataFrame([{"bundle_id": "tuin-1", "data_version": version}])
        content = page.content({"collective_id": ""}, bundles=bundles)
        return fingerprints.data_hash(content.estimates.iloc[0], content)

    assert hashed("1") != hashed("2")
