"""Odd sets of collectives: one, few, hardly any records, days to come, another country; each question still answers."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from bt_analysis import answers, schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import theory_model
from bt_analysis.pages import content
from bt_analysis.pages.stored import ContentError
from bt_analysis.settings import Settings

TODAY = dt.date(2026, 2, 1)
FEW = ["beweging-01", "energie-01", "huis-01", "panel-01", "paraat-01"]
Tables = dict[str, pd.DataFrame]


def read(root: Path) -> tuple[Tables, Tables]:
    """Read the records and the protected figures of a workspace that was built."""
    folder = root / "data" / "processed"
    records = {name: pd.read_parquet(folder / "joined" / f"{name}.parquet") for name in schema.MONITORING
               if (folder / "joined" / f"{name}.parquet").exists()}  # fmt: skip
    told = {name: pd.read_parquet(folder / "analysed" / f"{name}.parquet")
            for name in ("estimates", "collectives", "indicators")}  # fmt: skip
    # What was learnt before is no figure to learn from.
    told["estimates"] = told["estimates"][~told["estimates"]["question"].isin(_learnt(records, told))]
    return records, told


def _learnt(records: Tables, told: Tables) -> set[str]:
    return set(answers.learned(records, told, Settings(synthetic=True), TODAY, {}).estimates["question"])


@pytest.fixture(scope="module")
def kept(built_demo: Path) -> tuple[Tables, Tables]:
    return read(built_demo)


def only(told: Tables, ids: list[str]) -> Tables:
    """Keep the figures of some collectives."""
    kept = {name: told[name][told[name]["collective_id"].isin(ids)] for name in ("estimates", "collectives")}
    return told | kept


def of(tables: Tables, ids: list[str]) -> Tables:
    """Keep the records of some collectives; those of others have another collective in front of their codes."""
    return {
        name: table[table["collective_id"].isin(ids)] if "collective_id" in table else table[_mine(table, ids)]
        for name, table in tables.items()
    }


def _mine(table: pd.DataFrame, ids: list[str]) -> pd.Series:
    codes = table.iloc[:, 0].astype("str")
    return codes.str.replace("--.*", "", regex=True).isin(ids) | ~codes.str.contains("--", na=False).astype("bool")


def asked(records: Tables, told: Tables, today: dt.date = TODAY) -> learning.Learned:
    """Ask every question, and hold the answer against what each table must be."""
    answer = answers.learned(records, told, Settings(synthetic=True), today, {})
    for name, table in answer.tables.items():
        key = schema.load(f"analysed_{name}").get("primaryKey", [])
        assert not (key and table.duplicated(key).any()), name
    estimates = answer.estimates
    assert not estimates["claim_id"].duplicated().any()
    assert set(estimates["gate"]) <= {"ok", "voorbehoud", "niet_te_zien", "onderdrukt"}
    return answer


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_few_collectives(kept: tuple[Tables, Tables], count: int) -> None:
    records, told = kept
    ids = FEW[:count]
    answer = asked(of(records, ids), only(told, ids))
    assert set(answer.estimates["collective_id"]) <= {*ids, learning.ACROSS}
    # With fewer than five, cases stand side by side and no pattern is looked for.
    assert count >= 5 or answer.tables["pattern_solutions"].empty


def test_no_collective_is_answered_with_empty_tables(kept: tuple[Tables, Tables]) -> None:
    records, told = kept
    answer = asked(records, only(told, []))
    assert answer.estimates.empty
    assert all(table.empty for table in answer.tables.values())
    assert set(answer.tables) == set(learning.TABLES)


def test_records_of_nobody_leave_nothing_of_one_collective(kept: tuple[Tables, Tables]) -> None:
    records, told = kept
    answer = asked({name: table.iloc[:0] for name, table in records.items()}, told)
    assert answer.tables["lessons"].empty
    assert answer.tables["trials"].empty


@pytest.mark.parametrize("name", ["input", "evidence", "lesson", "saving_claim", "obstacle", "case_condition"])
def test_a_table_without_rows_beside_tables_that_refer_to_it(kept: tuple[Tables, Tables], name: str) -> None:
    records, told = kept
    asked(records | {name: records[name].iloc[:0]}, told)


def test_the_five_minimal_tables_are_enough(kept: tuple[Tables, Tables]) -> None:
    records, told = kept
    answer = asked({name: records[name] for name in schema.MINIMAL}, told)
    assert answer.tables["input_stages"].empty
    assert answer.tables["lessons"].empty


def test_inputs_alone_are_enough(kept: tuple[Tables, Tables]) -> None:
    records, told = kept
    answer = asked({name: records[name] for name in (*schema.MINIMAL, "input")}, told)
    assert answer.estimates["question"].notna().all()


def test_days_to_come_are_no_trouble(kept: tuple[Tables, Tables]) -> None:
    records, told = kept
    asked(records, told, dt.date(2019, 1, 1))


def test_a_collective_of_another_country(kept: tuple[Tables, Tables]) -> None:
    records, told = kept
    abroad = records["collective"].assign(
        country=records["collective"]["country"].mask(records["collective"]["collective_id"].eq("energie-01"), "BE")
    )
    answer = asked(records | {"collective": abroad}, told)
    known = answer.tables["coverage"]
    assert known.empty or "BE" in set(known.get("country", pd.Series(["BE"])))


# A workspace that an earlier version built


@pytest.mark.parametrize("name", ["lessons", "arrows", "pattern_verdicts"])
def test_a_workspace_of_an_earlier_version_asks_for_a_build(demo_copy: Path, name: str) -> None:
    folder = demo_copy / "data" / "processed"
    period = content.periods(demo_copy)["energie-01"][-1]
    for stage in ("analysed", "across"):
        (folder / stage / f"{name}.parquet").unlink()
    with pytest.raises(ContentError, match=rf"analysed/{name}\.parquet is not there.*Run: bt build"):
        content.of_collective(demo_copy, "energie-01", period, "nl")
    with pytest.raises(ContentError, match=rf"across/{name}\.parquet is not there.*Run: bt build"):
        content.of_all(demo_copy, "nl")


def test_a_theory_of_shared_blocks_alone_is_read(kept: tuple[Tables, Tables]) -> None:
    # beweging-01 has no block or link of its own; every one it refers to stands in the register.
    records, told = kept
    own = of(records, ["beweging-01"])
    cases = learning.Cases(own, told["collectives"], told["estimates"], told["indicators"], TODAY)
    assert theory_model.nodes(cases)["shared"].all()
    assert theory_model.nodes(cases)["owner_id"].eq("").all()
