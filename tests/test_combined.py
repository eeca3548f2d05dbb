"""Tables of collectives put together: own codes get the collective in front wherever they stand; answers stay home."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis import indicators, schema
from bt_analysis.analysis.outcomes import possible
from bt_analysis.schema import MONITORING, load, references
from bt_analysis.sources import registers
from bt_analysis.sources.codes import own_ids, parts, root
from bt_analysis.sources.combined import MADE, SHARED, combine
from bt_analysis.sources.monitoring import Package, together
from tests.whole_package import Content, typed_table, whole

CATALOGUE = indicators.load()


def tables(content: Content) -> dict[str, pd.DataFrame]:
    return {name: typed_table(name, rows).reset_index(drop=True) for name, rows in content.items()}


def both() -> dict[str, pd.DataFrame]:
    """Return two collectives put together, which use the same codes throughout."""
    other = whole()
    for row in (row for rows in other.values() for row in rows if "collective_id" in row):
        row["collective_id"] = "maan"
    return combine([("zon", tables(whole())), ("maan", tables(other))])


def test_every_table_is_what_its_schema_says_with_two_collectives_that_use_the_same_codes() -> None:
    joined = both()
    assert list(joined) == [*SHARED, *MADE]
    for name, table in joined.items():
        schema.check(table, f"joined_{name}" if name in MADE else name)
    assert joined["coop_scan"]["scan_id"].to_list() == ["zon--s1"] * 2 + ["maan--s1"] * 2


def test_answers_of_one_person_stay_where_they_are() -> None:
    assert set(MONITORING) - set(SHARED) == {"response_item", "interaction"}
    assert {load(name)["protection_level"] for name in SHARED} == {"L2", "L3"}


def test_every_reference_still_finds_its_row() -> None:
    joined = both()
    for name, table in joined.items():
        for one in references(f"joined_{name}" if name in MADE else name):
            cells = table[one.column].dropna()
            codes = {code for cell in cells for code in (parts(cell) if one.many else [cell])}
            assert codes <= set(joined[one.table][one.field]), (name, one.column)


def test_a_row_refers_to_its_own_collective_also_by_list_and_by_two_steps() -> None:
    joined = both()
    of = {name: table[table.iloc[:, 0].str.startswith("maan--")].iloc[0] for name, table in joined.items() if len(table)
          and table.iloc[:, 0].str.startswith("maan--").any()}  # fmt: skip
    assert of["decision"]["input_ids"] == "maan--i1;maan--i2"
    assert of["input_event"]["input_id"] == "maan--i1"
    assert of["tradeoff"]["actors_for_a"] == "maan--gemeente;maan--koepel"
    assert of["lesson"]["evidence_ids"] == "maan--bewijs"
    assert of["experiment"]["question_id"] == "maan--wie"
    assert of["collective" if "collective" in of else "saving_claim"]["collective_id"] == "maan"
    assert joined["collective"]["collective_id"].to_list() == ["zon", "maan"]
    assert joined["collective"]["source_id"].to_list() == ["zon--enquete", "maan--enquete"]


def test_codes_of_a_shipped_register_are_everybodys_and_their_rows_come_along() -> None:
    joined = both()
    assert joined["experiment"]["indicator_ids"].to_list() == [
        "zon--trots;djg6_2006_eenzaam",
        "maan--trots;djg6_2006_eenzaam",
    ]
    indicators = joined["indicator"]["indicator_id"].to_list()
    assert [one for one in indicators if "--" not in one] == ["djg6_2006_eenzaam"]
    # The indicator of the register brings its instrument, which waves name too.
    assert "djg6_2006" in joined["instrument"]["instrument_id"].to_list()
    assert "brs_2008" not in joined["instrument"]["instrument_id"].to_list()


def test_a_row_that_the_register_has_is_the_registers() -> None:
    content = whole()
    content["indicator"].append(content["indicator"][0] | {"indicator_id": "srh_1_goed", "label_nl": "Zelf bedacht"})
    joined = combine([("zon", tables(content))])
    assert "srh_1_goed" not in joined["indicator"]["indicator_id"].to_list()  # nothing refers to it
    content["measurement"][0]["indicator_id"] = "srh_1_goed"
    indicator = combine([("zon", tables(content))])["indicator"].set_index("indicator_id")
    assert indicator.loc["srh_1_goed", "label_nl"] != "Zelf bedacht"


def test_a_figure_of_the_catalogue_stays_the_catalogues() -> None:
    content = whole()
    content["experiment"][0]["indicator_ids"] = "trots;gas_corrected_m3_per_household;crimes_per_1000"
    joined = combine([("zon", tables(content))])
    assert joined["experiment"]["indicator_ids"].to_list() == [
        "zon--trots;gas_corrected_m3_per_household;crimes_per_1000"
    ]
    known = joined["indicator"].set_index("indicator_id").loc["gas_corrected_m3_per_household"]
    assert (known["unit"], known["direction"], known["source_type"]) == ("m3", "lager_beter", "register")
    assert joined["indicator"]["indicator_id"].is_unique
    schema.check(joined["indicator"], "indicator")


def test_a_figure_of_the_catalogue_may_be_measured_and_keeps_its_unit() -> None:
    for measured in ("gas_m3_per_dwelling", "electricity_kwh_per_household"):
        content = whole()
        content["measurement"][0]["indicator_id"] = measured
        joined = combine([("zon", tables(content))])
        assert joined["measurement"]["indicator_id"].iloc[0] == measured
        row = joined["indicator"].set_index("indicator_id").loc[measured]
        assert row["unit"] == CATALOGUE[measured].unit
        assert row["result_level"] == "context"


def test_the_register_has_every_outcome_of_the_catalogue_once() -> None:
    rows = registers.rows("indicator").set_index("indicator_id")
    assert rows.index.is_unique
    wanted = [one for one in CATALOGUE.values() if possible(one)]
    assert len(wanted) > 20
    for one in wanted:
        assert (rows.loc[one.id, "unit"], rows.loc[one.id, "direction"]) == (one.unit, one.direction)
    assert rows.loc["loneliness_pct", "source_type"] == "modelschatting"
    # The list of everybody goes before the catalogue where both name one.
    assert rows.loc["gas_m3_per_dwelling", "label_nl"] == "Aardgas per woning"
    # A count of inhabitants belongs to no domain: it is what an area is seen against.
    assert "population" not in rows.index


def test_areas_of_cbs_stand_there_once_and_areas_of_their_own_once_per_collective() -> None:
    area = both()["area"]
    assert area["area_code"].to_list() == ["BU00010101", "8011AB", "zon--hofje", "maan--hofje"]
    assert area["parent_code"].to_list()[2:] == ["BU00010101", "BU00010101"]


def test_an_area_in_an_area_of_its_own_keeps_its_parent() -> None:
    content = whole()
    content["area"].append({"area_code": "poort", "area_year": "2024", "level": "eigen", "parent_code": "hofje"})
    area = combine([("zon", tables(content))])["area"].set_index("area_code")
    assert area.loc["zon--poort", "parent_code"] == "zon--hofje"


def test_what_was_delivered_stays_as_it_was() -> None:
    delivered = tables(whole())
    before = {name: table.copy() for name, table in delivered.items()}
    combine([("zon", delivered)])
    for name, table in delivered.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_without_packages_every_table_is_there_and_empty() -> None:
    joined = combine([])
    assert {len(table) for table in joined.values()} == {0}
    for name, table in joined.items():
        schema.check(table, f"joined_{name}" if name in MADE else name)


def test_packages_are_put_together_by_their_collective() -> None:
    package = Package("zon", Path("zon"), tables(whole()), [], [], [])
    assert together([package])["activity"]["activity_id"].to_list() == ["zon--koffie"]


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("activity", "activity_id", "activity"), ("participation", "activity_id", "activity"),
        ("input_event", "input_id", "input"), ("input_link", "to_input", "input"),
        ("coop_scan", "scan_id", "coop_scan"),
        ("measurement", "collective_id", None), ("area", "area_code", None), ("decision", "input_ids", "input"),
        ("case_condition", "condition_code", None), ("measurement", "area_code", None),
        ("lesson", "evidence_ids", "evidence"),
        ("membership", "umbrella_actor_id", "actor"), ("input", "process_id", None), ("claim", "report_id", None),
    ],
)  # fmt: skip
def test_whose_code_a_column_holds_is_read_from_the_schemas(table: str, column: str, expected: str | None) -> None:
    assert root(table, column) == expected


def test_every_table_is_numbered_by_its_collective_or_has_it_in_its_key_or_is_of_everybody() -> None:
    for name in MONITORING:
        columns = schema.key(load(name))
        numbered = any(root(name, column) for column in columns)
        assert numbered or "collective_id" in columns or name == "area", name
    assert own_ids("collective") == ()


def test_the_parts_of_a_cell_are_split_at_semicolons() -> None:
    assert parts("BU00010101; WK000102;") == ["BU00010101", "WK000102"]
    assert parts(" ; ") == []


# Registers


def test_a_register_holds_what_its_schema_says() -> None:
    for name in ("indicator", "instrument"):
        assert len(registers.rows(name)) > 10
        schema.check(registers.rows(name), name)
        assert registers.known_ids(name) == frozenset(registers.rows(name)[f"{name}_id"])


def test_an_indicator_of_the_register_names_an_instrument_that_is_there() -> None:
    assert set(registers.rows("indicator")["instrument_id"].dropna()) <= registers.known_ids("instrument")


def test_other_tables_have_no_register() -> None:
    assert registers.known_ids("activity") == frozenset()
    assert registers.rows("activity").empty
    schema.check(registers.rows("activity"), "activity")


def test_a_register_that_is_wrong_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "rate.csv").write_text("rate_id,method,year\nr1,gratis,2025\n", encoding="utf-8")
    monkeypatch.setattr("bt_analysis.sources.registers.resources.files", lambda _: tmp_path)
    with pytest.raises(schema.SchemaError, match=r"registers/rate\.csv, rij 2, kolom method: gekregen: gratis"):
        registers.rows.__wrapped__("rate")
