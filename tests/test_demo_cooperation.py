"""What fictional collectives recorded of cooperation, obstacles and requests fits the schemas, and is found."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import cooperation as asking
from bt_analysis.analysis.learning import obstacles as stopping
from bt_analysis.analysis.learning import selection as selecting
from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import Collective, plan
from bt_analysis.demo.learning import actors, cooperation, obstacles, selection
from bt_analysis.schema import load
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.learning_cases import value

SEED = 20260101
TOPICS = (actors, cooperation, obstacles, selection)


@pytest.fixture(scope="module")
def planned() -> list[Collective]:
    return plan(municipality.draw(SEED), 24)


def rows(collective: Collective, topic: Any, name: str) -> list[dict[str, Any]]:
    """Return rows of a demonstration as they are after reading: ``weetniet`` is a reason, ``ja`` is true."""
    table = topic.tables(collective, SEED).get(name, pd.DataFrame())
    out = []
    for row in table.astype(object).where(table.notna(), None).to_dict("records"):
        read: dict[str, Any] = {str(key): cell for key, cell in row.items()}
        if read.get("score") == "weetniet":
            read |= {"score": None, "score_missing_reason": "unknown"}
        read["text_consent"] = read.get("text_consent") == "ja"
        out.append(read)
    return out


def one(planned: list[Collective], slug: str) -> Collective:
    return next(each for each in planned if each.archetype["slug"] == slug)


def learnt(collective: Collective, **tables: Any) -> Any:
    whole = {collective.collective_id: (f"{collective.years[0]}-{collective.years[-1]}",)}
    return learning_cases.of(whole, **tables)


def test_records_fit_their_schemas(planned: list[Collective]) -> None:
    for collective in planned:
        for topic in TOPICS:
            for name, table in topic.tables(collective, SEED).items():
                fields: Mapping[str, Any] = {field["name"]: field for field in load(name)["fields"]}
                assert set(table) <= set(fields)
                for column in table:
                    allowed = fields[str(column)].get("constraints", {}).get("enum")
                    assert not allowed or set(table[column].dropna()) <= set(allowed), (name, column)


def test_every_collective_deals_with_the_same_parties(planned: list[Collective]) -> None:
    ids = {tuple(actors.tables(each, SEED)["actor"]["actor_id"]) for each in planned}
    assert ids == {("gemeente", "gemeente-back", "corporatie", "netbeheerder", "welzijn", "fonds", "koepel")}
    table = actors.tables(planned[0], SEED)["actor"]
    assert table["name"].str.endswith("(fictief)").all()


def test_not_every_kind_keeps_everything(planned: list[Collective]) -> None:
    kinds = {each.archetype["slug"]: each for each in planned}
    for topic, name in ((cooperation, "coop_scan"), (obstacles, "obstacle"), (selection, "selection_register")):
        keeping = [slug for slug, each in kinds.items() if name in topic.tables(each, SEED)]
        assert 2 <= len(kinds) - len(keeping) < len(kinds)
        assert all(not topic.truth(each, SEED) for slug, each in kinds.items() if slug in ("paraat", "beweging"))


def test_the_planted_gap_is_found(planned: list[Collective]) -> None:
    collective = one(planned, "energie")
    scans = rows(collective, cooperation, "coop_scan")
    answer = asking.learn(learnt(collective, coop_scan=scans), Settings())
    gaps = answer.tables["coop_gaps"]
    found = gaps[gaps["newest"] & gaps["actor_id"].eq("gemeente")].dropna(subset="gap").set_index("condition")["gap"]
    assert found.to_dict() == cooperation.truth(collective, SEED)["cooperation"]["gaps"]
    assert found["juridisch"] == 2 - 5
    assert gaps.loc[gaps["condition"].eq("open_technologie") & gaps["newest"], "other_state"].tolist()[0] == "weetniet"


def test_too_few_raters_and_a_side_that_is_absent_are_planted(planned: list[Collective]) -> None:
    few = rows(one(planned, "stoep"), cooperation, "coop_scan")
    assert {row["n_raters"] for row in few if row["side"] == "publiek"} == {4}
    assert cooperation.truth(one(planned, "stoep"), SEED)["cooperation"]["gaps"] == {}
    assert {row["side"] for row in rows(one(planned, "panel"), cooperation, "coop_scan")} == {"civiel"}


def test_obstacles_are_found_on_both_sides(planned: list[Collective]) -> None:
    for slug in ("energie", "panel"):
        collective = one(planned, slug)
        answer = stopping.learn(learnt(collective, obstacle=rows(collective, obstacles, "obstacle")), Settings())
        known = obstacles.truth(collective, SEED)["obstacles"]
        for side, n in known["by_side"].items():
            assert value(answer, "obstacles_n", group_type="kant", group_value=side)["value"] == n
        assert value(answer, "obstacles_resolved_n")["value"] == known["resolved"]


def test_requests_and_refusals_are_counted(planned: list[Collective]) -> None:
    collective = one(planned, "energie")
    asked = rows(collective, selection, "selection_register")
    answer = selecting.learn(learnt(collective, selection_register=asked), Settings())
    known = selection.truth(collective, SEED)["selection"]
    assert value(answer, "approached_n")["value"] == known["asked"]
    taking = value(answer, "approached_n", group_type="gevraagd", group_value="doet_mee")["value"]
    assert taking == known["take_part"] == 1


def test_later_collectives_of_a_kind_met_fewer_obstacles_and_had_more_raters(planned: list[Collective]) -> None:
    first, second = (each for each in planned if each.archetype["slug"] == "huis" if each.number < 16)
    assert len(rows(second, obstacles, "obstacle")) == len(rows(first, obstacles, "obstacle")) - 1
    raters = [rows(each, cooperation, "coop_scan")[0]["n_raters"] for each in (first, second)]
    assert raters[1] == raters[0] + 1
