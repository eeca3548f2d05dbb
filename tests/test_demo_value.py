"""Money and savings of the fictional collectives: what is planted must come out as it was planted."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from bt_analysis import demo, schema
from bt_analysis.analysis.learning import arrows, savings
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.demo import collectives, municipality
from bt_analysis.demo.learning import actors, value
from bt_analysis.demo.learning import tables as all_tables
from bt_analysis.disclosure import records as to_show
from bt_analysis.instruments.rows import typed_table
from bt_analysis.settings import Settings
from bt_analysis.sources import registers
from bt_analysis.sources.combined import combine
from tests import value_cases

SAYS = {"counts": "telt", "does not count": "dubbel", "refused": "geweigerd", "not shown": "niet_getoond"}


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    return municipality.draw(demo.SEED)


def planned(cells: gpd.GeoDataFrame, count: int = 8) -> list[collectives.Collective]:
    return collectives.plan(cells, count)


def records(one: collectives.Collective) -> dict[str, pd.DataFrame]:
    """Return what a collective recorded, as a delivery would be read: ``ja`` and ``nee``, and reasons for no number."""
    out = {}
    for name, rows in all_tables(one, demo.SEED).items():
        answers = [field["name"] for field in schema.load(name)["fields"] if field["type"] == "boolean"]
        yes_no = {column: rows[column].map({"ja": True, "nee": False}) for column in answers if column in rows}
        numbers = {"score": pd.to_numeric(rows["score"], errors="coerce")} if "score" in rows else {}
        out[name] = typed_table(rows.assign(**yes_no, **numbers), name)
    return out


def test_five_kinds_keep_money_and_four_claim_savings(cells: gpd.GeoDataFrame) -> None:
    kept = {one.archetype["slug"]: set(value.tables(one, demo.SEED)) for one in planned(cells)}
    assert {slug for slug, names in kept.items() if "funding" in names} == {
        "energie", "tafel", "stoep", "huis", "repareer",
    }  # fmt: skip
    assert {slug for slug, names in kept.items() if "saving_claim" in names} == {
        "energie", "tafel", "huis", "repareer",
    }  # fmt: skip


def test_nobody_and_nothing_refers_to_what_is_not_there(cells: gpd.GeoDataFrame) -> None:
    for one in planned(cells):
        tables = value.tables(one, demo.SEED)
        known = {
            *actors.tables(one, demo.SEED)["actor"]["actor_id"],
            *tables.get("actor", pd.DataFrame({"actor_id": []}))["actor_id"],
        }
        for table, column in (("funding", "funder_actor_id"), ("saving_claim", "payer_actor_id"),
                              ("saving_claim", "saver_actor_id")):  # fmt: skip
            if table in tables:
                assert set(tables[table][column].dropna()) <= known
        for table, column in (("saving_claim", "toc_link_id"), ("evidence", "link_id")):
            if table in tables:
                assert set(tables[table][column]) <= registers.known_ids("toc_link")


def test_rows_are_what_the_schemas_say(cells: gpd.GeoDataFrame) -> None:
    for one in planned(cells):
        for name, table in records(one).items():
            if name in ("funding", "saving_claim", "evidence", "actor"):
                schema.check(table, name)


def test_ends_stand_in_their_order(cells: gpd.GeoDataFrame) -> None:
    for one in planned(cells):
        table = value.tables(one, demo.SEED).get("saving_claim", pd.DataFrame())
        for name in ("effect", "unit_cost_eur") if len(table) else ():
            ends = table[[f"{name}_{end}" for end in ("low", "mid", "high")]].to_numpy()
            assert (ends[:, 0] <= ends[:, 1]).all()
            assert (ends[:, 1] <= ends[:, 2]).all()


def test_a_second_collective_of_a_kind_has_a_tenth_more_money(cells: gpd.GeoDataFrame) -> None:
    first, second = (one for one in planned(cells, 16) if one.archetype["slug"] == "stoep")
    amounts = [value.tables(one, demo.SEED)["funding"]["amount_eur"].item() for one in (first, second)]
    assert amounts == [7500, 8250]


def test_what_is_planted_comes_out(cells: gpd.GeoDataFrame) -> None:
    everyone = planned(cells)
    joined = combine([(one.collective_id, records(one)) for one in everyone])
    descriptor = schema.load("saving_claim")  # a build takes out rows of few people before anybody may ask
    joined["saving_claim"] = to_show.without_small_groups(joined["saving_claim"], descriptor, min_cell=10)
    periods = [(one.collective_id, "2023-2024") for one in everyone]
    empty = value_cases.cases(periods=periods)
    cases = Cases(joined, empty.collectives, empty.estimates, empty.indicators, empty.today)
    weighed = savings.weighed(cases, arrows.statuses(cases, Settings()), Settings())
    verdicts = weighed.set_index("saving_id")["verdict"].to_dict()
    truth: dict[str, Any] = {}
    for one in everyone:
        known = value.truth(one, demo.SEED).get("savings", {})
        truth |= {f"{one.collective_id}--{name}": SAYS[said.partition(":")[0]] for name, said in known.items()}
    assert verdicts == truth
    assert sorted(verdicts.values()) == ["dubbel", "geweigerd", "niet_getoond", "telt", "telt", "telt", "telt"]
