"""The shared theory of change that ships with the package: its blocks and arrows, in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import bt_analysis
from bt_analysis import schema
from bt_analysis.methods.readability import score
from bt_analysis.sources import registers

REGISTERS = Path(bt_analysis.__file__).parent / "registers"
NODES, LINKS = registers.rows("toc_node"), registers.rows("toc_link")
ENGLISH = tomllib.loads((REGISTERS / "toc.en.toml").read_text(encoding="utf-8"))
ORDER = ("actor", "context", "factor", "activiteit", "output", "uitkomst_kort", "uitkomst_middel", "uitkomst_lang")


def test_the_registers_are_what_their_schemas_say() -> None:
    schema.check(NODES, "toc_node")
    schema.check(LINKS, "toc_link")


def test_every_domain_and_every_kind_of_block_is_there() -> None:
    fields = {field["name"]: field for field in schema.load("toc_node")["fields"]}
    assert set(NODES["domain"].dropna()) == set(fields["domain"]["constraints"]["enum"])
    assert set(NODES["node_type"]) == set(fields["node_type"]["constraints"]["enum"]) == set(ORDER)


def test_an_arrow_goes_from_one_block_to_another_and_each_block_has_one() -> None:
    ends = {*LINKS["from_node"], *LINKS["to_node"]}
    assert ends == set(NODES["node_id"])
    assert not LINKS.duplicated(["from_node", "to_node"]).any()
    assert (LINKS["link_id"] == LINKS["from_node"] + "-" + LINKS["to_node"].str.removeprefix("bt-")).all()


def test_an_arrow_never_goes_back() -> None:
    rank = NODES.set_index("node_id")["node_type"].map(ORDER.index)
    back = LINKS["from_node"].map(rank) > LINKS["to_node"].map(rank)
    # But a coordinator and paperwork are factors that change how many people join in.
    assert set(LINKS.loc[back, "link_id"]) == {"bt-coordinator-vrijwilligers", "bt-papierwerk-vrijwilligers"}


def test_nobody_takes_these_codes_by_accident() -> None:
    # A row of a collective with the code of a register is the register's; hence the prefix.
    assert NODES["node_id"].str.startswith("bt-").all()
    assert LINKS["link_id"].str.startswith("bt-").all()
    assert not LINKS["link_id"].str.contains("--").any()  # what stands between a collective and its own code


def test_every_arrow_says_why_and_when_and_that_it_is_a_proposal() -> None:
    assert LINKS["mechanism"].notna().all()
    assert LINKS["assumption"].notna().all()
    assert LINKS["lag_months"].between(0, 60).all()
    assert LINKS["sign"].isin(["+", "−"]).all()
    assert set(LINKS["owner"]) == {"voorstel van het programma, geen bewijs"}
    assert LINKS["text_consent"].all()


def test_everything_has_its_english() -> None:
    assert set(ENGLISH["label"]) == set(NODES["node_id"])
    assert set(ENGLISH["mechanism"]) == set(ENGLISH["assumption"]) == set(LINKS["link_id"])


def test_an_indicator_of_a_block_is_one_that_ships() -> None:
    assert set(NODES["indicator_id"].dropna()) <= registers.known_ids("indicator")


@pytest.mark.parametrize("column", ["mechanism", "assumption"])
def test_the_sentences_are_short_and_plain(column: str) -> None:
    assert all(len(sentence.split()) <= 14 for part in LINKS[column] for sentence in part.rstrip(".").split(". "))
    assert score(" ".join(LINKS[column])) >= 60  # the target of mission.md, feature 8
