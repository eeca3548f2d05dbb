"""How sure a survey figure is: what those silent can change, what that tells, and when nothing is said."""

import dataclasses
import itertools
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, schema
from bt_analysis.analysis import measurements, response
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, Joined
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.test_measurements import measured as residents
from tests.test_measurements import protect


def measured(**more: Any) -> dict[str, Any]:
    """Return the worked example: 62 of 400 participants answered, 36 of them say yes."""
    asked = {
        "population": "deelnemers", "work_area_id": None, "method": "census_van_groep", "value": 100 * 36 / 62,
        "numerator": 36, "n_valid": 62, "n_frame": 400,
    }  # fmt: skip
    return residents(**(asked | more))


def joined(make: Any, *rows: dict[str, Any], waves: tuple[dict[str, Any], ...] = ()) -> Joined:
    tables: Joined = make.joined()
    start = {"collective_id": "tuin", "start": pd.Timestamp("2024-05-01")}
    return dataclasses.replace(
        tables, measurement=typed(rows, "measurement"), survey_wave=typed([start | one for one in waves], "survey_wave")
    )


def published(tables: Joined, make: Any) -> pd.DataFrame:
    raw = measurements.estimate(tables, make.periods("2024"), Settings())
    return protect(detectability.set_gates(raw, Settings().gates))


def ask(make: Any, *rows: dict[str, Any], more: pd.DataFrame | None = None, **tables: Any) -> pd.DataFrame:
    """Return the rows that are added to a measurement."""
    given = joined(make, *(rows or (measured(),)), **tables)
    protected = published(given, make)
    return response.estimate(pd.concat([protected, more]) if more is not None else protected, given, Settings())


def kinds(table: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    return {row["group_value"]: (row["value"], row["ci_low"], row["ci_high"]) for _, row in table.iterrows()}


def test_62_of_400_people(make: Any) -> None:
    table = ask(make)
    found = kinds(table.iloc[1:])
    assert found == {
        "uiterste": (58, 9, 94),  # 36/400, (36 + 338)/400
        "verschil_10": (58, 49, 67),  # 58.06 ± 8.45, outwards
        "verschil_20": (58, 41, 75),  # 58.06 ± 16.9
    }
    answered = table.iloc[0]
    assert (answered["indicator_id"], answered["group_value"]) == ("answered_pct", "antwoordde")
    assert (answered["value"], answered["n"], answered["n_unit"], answered["unit"]) == (16, 400, "people", "%")  # 15.5
    assert table["n"].tolist() == [400, 62, 62, 62]
    assert set(table["question"]) == {"response"}
    assert set(table["group_type"]) == {"meting:m1"}


def test_rows_are_estimates_as_they_are_written(make: Any) -> None:
    given = joined(make, measured())
    whole = response.with_response(published(given, make), given, Settings()).assign(synthetic=True)
    schema.check(whole, "analysed_estimates")
    assert list(response.estimate(published(given, make), given, Settings()).columns) == ESTIMATE_COLUMNS
    assert whole["claim_id"].is_unique


def test_low_response_is_a_reservation_of_the_measurement(make: Any) -> None:
    given = joined(make, measured(), measured(measurement_id="m2", indicator_id="mhi5_totaal", n_valid=200, value=70.0))
    whole = response.with_response(published(given, make), given, Settings())
    gates: Any = whole[whole["question"].eq("measurements")].set_index("group_type")[["gate", "gate_reason"]]
    assert gates.loc["meting:m1"].tolist() == ["voorbehoud", "low_response"]
    assert gates.loc["meting:m2"].tolist() == ["ok", ""]  # 200 of 400
    low = whole[whole["question"].eq("response") & whole["gate"].eq("voorbehoud")]
    assert low.empty


def test_how_low_is_a_setting(make: Any) -> None:
    given = joined(make, measured())
    lower = Settings(gates={"min_response_pct": 15})  # type: ignore[arg-type]  # as in bt.toml
    assert response.with_response(published(given, make), given, lower)["gate"].eq("ok").all()


def test_reservations_stay_beside_low_response(make: Any) -> None:
    given = joined(make, measured(method="zelfselectie"))
    whole = response.with_response(published(given, make), given, Settings())
    assert whole.iloc[0]["gate_reason"] == "self_selected;low_response"
    assert set(whole.iloc[2:]["gate_reason"]) == {"self_selected"}


def test_the_number_of_people_is_known_in_tens_only(make: Any) -> None:
    # Whoever knows the rule and the figures tries every number of people: those that fit are 400 to 409.
    protected = published(joined(make, measured(method="zelfselectie")), make)
    told = {
        n: response.estimate(protected, joined(make, measured(method="zelfselectie", n_frame=n)), Settings())
        for n in range(385, 425)
    }
    assert [n for n, table in told.items() if table.equals(told[404])] == list(range(400, 410))


@pytest.mark.parametrize(("frame", "rows"), [(71, 0), (72, 4)])
def test_fewer_than_ten_who_did_not_answer_are_not_told_of(make: Any, frame: int, rows: int) -> None:
    assert len(ask(make, measured(n_frame=frame))) == rows  # 71 − 62 = 9


def test_where_how_many_people_there_are_is_not_recorded_nothing_is_said(make: Any) -> None:
    assert ask(make, measured(n_frame=None)).empty


@pytest.mark.parametrize("method", ["register", "telling", "schatting"])
def test_what_is_no_survey_has_no_response(make: Any, method: str) -> None:
    assert ask(make, measured(method=method)).empty


def test_a_mean_has_the_part_who_answered_only(make: Any) -> None:
    table = ask(make, measured(indicator_id="djg6_2006_totaal", value=2.5, numerator=None))
    assert table["group_value"].tolist() == ["antwoordde"]
    assert table["value"].tolist() == [16]
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_a_share_in_words_is_not_made_a_number_again(make: Any) -> None:
    table = ask(make, measured(n_valid=25, numerator=12, value=48.0))
    assert table["group_value"].tolist() == ["antwoordde"]
    assert table["value"].tolist() == [6]  # 25 of 400


def test_what_is_hidden_stays_hidden(make: Any) -> None:
    assert ask(make, measured(n_valid=62, numerator=4, value=100 * 4 / 62)).empty


def test_of_a_sample_those_drawn_were_asked(make: Any) -> None:
    wave = {"wave_id": "w", "sampling": "aselect", "invited_n": 124, "frame_n": 400}
    drawn = measured(method="aselect", wave_id="w")
    assert ask(make, drawn, waves=(wave,)).iloc[0][["value", "n"]].tolist() == [52, 120]  # 62 of 120
    assert ask(make, drawn).iloc[0][["value", "n"]].tolist() == [16, 400]  # not recorded: all whom it is about
    everybody = measured(wave_id="w")
    assert ask(make, everybody, waves=(wave | {"sampling": "allen"},)).iloc[0]["n"] == 400


def took_part(make: Any, **more: Any) -> pd.DataFrame:
    """Return the number of different participants as it was published."""
    row = published(joined(make, measured()), make).iloc[:1]
    return row.assign(question="reach", indicator_id="unique_n", group_type="", **more)


def test_a_hidden_number_of_participants_is_not_told_by_the_number_asked(make: Any) -> None:
    assert ask(make, more=took_part(make, gate="onderdrukt", value=float("nan"))).empty
    assert ask(make, more=took_part(make, held_on=pd.Timestamp("2024-01-01"))).empty
    assert len(ask(make, more=took_part(make))) == 4
    of_residents = measured(population="bewoners")
    assert len(ask(make, of_residents, more=took_part(make, gate="onderdrukt"))) == 4


def test_bounds_hold_the_share_and_lie_inside_each_other(make: Any) -> None:
    protected = published(joined(make, measured()), make)
    for share, frame in itertools.product((0.0, 12.5, 49.6, 100.0), (72, 215, 2503)):
        given = joined(make, measured(n_frame=frame))
        found = kinds(response.estimate(protected.assign(value=share), given, Settings()).iloc[1:])
        for _, low, high in found.values():
            assert 0 <= low <= round(share) <= high <= 100
        assert found["uiterste"][1] <= found["verschil_20"][1] <= found["verschil_10"][1]
        assert found["uiterste"][2] >= found["verschil_20"][2] >= found["verschil_10"][2]


# How many people there are, out of the interval


def with_interval(make: Any, gate: str, held_on: str | None = None, **more: Any) -> Any:
    """Publish a figure of participants beside the number who took part, which has a gate."""
    tables = joined(make, measured(ci_low=47.0, ci_high=69.0, **more))
    own = published(tables, make)
    took_part = own.assign(
        question="reach", indicator_id="unique_n", gate=gate, population="deelnemers", unit="personen",
        held_on=pd.to_datetime(pd.Series(held_on, own.index)), group_type="", ci_low=None, ci_high=None,
    )  # fmt: skip
    out = response.with_response(pd.concat([own, took_part], ignore_index=True), tables, Settings())
    return out[out["question"].eq("measurements")].iloc[0]


@pytest.mark.parametrize(("gate", "held_on"), [("onderdrukt", None), ("voorbehoud", "2024-01-01")])
def test_an_interval_does_not_tell_a_hidden_number_of_participants(make: Any, gate: str, held_on: str | None) -> None:
    row = with_interval(make, gate, held_on)
    assert row[["ci_low", "ci_high"]].isna().all()
    assert row["value"] == pytest.approx(100 * 36 / 62)
    assert row["method"] == "everybody was asked"


@pytest.mark.parametrize(("gate", "more"), [("ok", {}), ("onderdrukt", {"population": "bewoners"})])
def test_otherwise_the_interval_stays(make: Any, gate: str, more: dict[str, Any]) -> None:
    row = with_interval(make, gate, **more)
    assert (row["ci_low"], row["ci_high"]) == (47, 69)
    assert row["method"] == "everybody was asked; bounds: interval of the measurement"
