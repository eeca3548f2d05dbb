"""The fictional collectives' theory of change: what is planted is found again, with 8 collectives and with 24."""

from __future__ import annotations

import datetime as dt
import functools

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis.learning import Learned, theory
from bt_analysis.analysis.learning.cases import Cases, nothing
from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import Collective, plan
from bt_analysis.demo.learning import theory as planted
from bt_analysis.instruments.rows import typed_table
from bt_analysis.settings import Settings
from bt_analysis.sources import registers

TODAY = dt.date(2026, 6, 1)


@functools.cache
def collectives(count: int) -> list[Collective]:
    return plan(municipality.draw(1), count)


@functools.cache
def learnt(count: int) -> Learned:
    """Learn of all collectives, with their own codes told apart as a build does."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for one in collectives(count):
        for name, rows in planted.tables(one, 1).items():
            own = {
                column: rows[column].map(lambda code, of=one.collective_id: _own(code, of))
                for column in rows
                if column in _IDS
            }
            parts.setdefault(name, []).append(rows.assign(**own))
    records = {name: typed_table(_consenting(pd.concat(rows, ignore_index=True)), name) for name, rows in parts.items()}
    whole = pd.DataFrame(
        [
            {"collective_id": one.collective_id, "period": "2024", "primary_domain": one.archetype["domains"][0]}
            for one in collectives(count)
        ]
    )
    return theory.learn(Cases(records, whole, nothing(), pd.DataFrame(), TODAY), Settings())


_IDS = ("node_id", "link_id", "from_node", "to_node", "evidence_id")


def _own(code: str, collective_id: str) -> str:
    return code if code.startswith("bt-") else f"{collective_id}--{code}"


def _consenting(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(text_consent=True) if "text_consent" in rows else rows


@pytest.mark.parametrize("count", [8, 24])
def test_what_is_planted_is_found(count: int) -> None:
    arrows = learnt(count).tables["arrows"]
    together = arrows[arrows["collective_id"].eq("")].set_index("arrow_id")
    truth = planted.truth(collectives(count)[0], 1)["theory"]
    assert together.loc[list(truth["together"]), "status"].to_dict() == truth["together"]
    assert together.index[together["contradicted"]].to_list() == truth["contradicted"]
    assert together.index[together["outdated"]].to_list() == truth["outdated"]


@pytest.mark.parametrize("count", [8, 24])
def test_the_contradiction_is_there_also_without_the_collective_that_does_not_share(count: int) -> None:
    domains = learnt(count).tables["arrow_domains"].set_index(["arrow_id", "domain"])["leaning"]
    sides = domains.loc[planted.CONTESTED].to_dict()
    assert sides == {"welzijn": "voor", "gezondheid": "voor", "sociale_cohesie": "tegen"}


def test_each_collective_has_evidence_about_what_its_truth_says() -> None:
    arrows = learnt(8).tables["arrows"]
    studied = arrows[arrows["status"].ne("niet_onderzocht")]
    for one in collectives(8):
        own = studied.loc[studied["collective_id"].eq(one.collective_id), ["from_node", "to_node", "arrow_id"]]
        told = planted.truth(one, 1)["theory"]["studied"]
        ends = set(own["from_node"] + ">" + own["to_node"])
        assert set(own["arrow_id"]) | ends >= set(told)
        assert len(own) == len({code.replace(">bt-", "-") for code in told})


def test_one_kind_keeps_nothing() -> None:
    kept = {one.archetype["slug"]: bool(planted.tables(one, 1)) for one in collectives(8)}
    assert [slug for slug, there in kept.items() if not there] == ["paraat"]


def test_two_judges_look_at_two_arrows() -> None:
    table = learnt(8).tables["tracing"]
    assert table.groupby(["collective_id", "arrow_id"])["judges_n"].max().to_list() == [2, 2]
    assert (table["low"] < table["high"]).all()


def test_links_name_blocks_that_are_there_and_evidence_names_links() -> None:
    for one in collectives(8):
        tables = planted.tables(one, 1)
        for child, column, parent in (
            ("toc_link", "from_node", "toc_node"), ("toc_link", "to_node", "toc_node"),
            ("evidence", "link_id", "toc_link"), ("evidence_judgement", "evidence_id", "evidence"),
        ):  # fmt: skip
            if child in tables:
                own = set(tables[parent][schema.key(schema.load(parent))[0]]) if parent in tables else set()
                assert set(tables[child][column]) <= own | registers.known_ids(parent)


def test_the_same_seed_gives_the_same_records_and_another_moves_only_numbers_of_people() -> None:
    one = collectives(8)[0]
    first, again, other = (planted.tables(one, seed)["evidence"] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["n"].equals(other["n"])
    pd.testing.assert_frame_equal(first.drop(columns="n"), other.drop(columns="n"))


def test_nobody_is_too_few_to_be_shown() -> None:
    for one in collectives(24):
        rows = planted.tables(one, 1).get("evidence")
        assert rows is None or (rows["n"].dropna() >= Settings().disclosure.min_cell).all()
