"""Figures of collectives beside each other, typed here, with what they say together worked out by hand."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import thesis


def rows(page: Any, *given: dict[str, Any]) -> pd.DataFrame:
    made: pd.DataFrame = page.estimates(*({"indicator_id": "reach_pct", "unit": "%", **one} for one in given))
    return made


def shown(page: Any, **values: float) -> pd.DataFrame:
    given = rows(page, *({"collective_id": name, "value": value} for name, value in values.items()))
    return thesis.latest(given, "reach_pct")


def test_the_last_figure_of_each_collective_counts_and_the_longest_of_one_day(page: Any) -> None:
    given = rows(
        page,
        {"collective_id": "zon", "value": 9.0, "period": "2023"},
        {"collective_id": "tuin", "value": 1.0, "period": "2022-2023"},
        {"collective_id": "tuin", "value": 2.0, "period": "2024"},
        {"collective_id": "tuin", "value": 3.0, "period": "2023-2024"},
    )
    found = thesis.latest(given, "reach_pct")
    assert list(zip(found["collective_id"], found["value"], strict=True)) == [("tuin", 3.0), ("zon", 9.0)]


def test_collectives_are_in_order_of_their_code_and_not_of_their_value(page: Any) -> None:
    assert list(shown(page, zon=1.0, tuin=5.0, wei=3.0)["collective_id"]) == ["tuin", "wei", "zon"]


def test_what_may_not_be_shown_keeps_its_row_and_has_no_value(page: Any) -> None:
    given = rows(page, {"collective_id": "tuin", "value": 4.0}, {"collective_id": "wei", "gate": "onderdrukt"})
    # A value beside a gate that is closed would be a mistake elsewhere; it does not go on from here.
    given.loc[given["collective_id"].eq("wei"), "value"] = 99.0
    found = thesis.latest(given, "reach_pct").set_index("collective_id")["value"]
    assert found["tuin"] == 4.0
    assert pd.isna(found["wei"])


def test_together_is_a_median_and_how_far_it_hangs_on_one(page: Any) -> None:
    (row,) = thesis.together(shown(page, a=1.0, b=2.0, c=4.0, d=9.0)).to_dict("records")
    assert (row["collectives_n"], row["median"], row["lowest"], row["highest"]) == (4, (2 + 4) / 2, 1, 9)
    # without a or b: 4; without c or d: 2
    assert (row["without_one_low"], row["without_one_high"], row["unit"]) == (2, 4, "%")


def test_of_two_nothing_is_left_out(page: Any) -> None:
    (row,) = thesis.together(shown(page, a=1.0, b=2.0)).to_dict("records")
    assert row["median"] == (1 + 2) / 2
    assert pd.isna(row["without_one_low"])
    assert pd.isna(row["without_one_high"])


def test_groups_are_not_mixed(page: Any) -> None:
    group = {"group_type": "leeftijd"}
    values = {("a", "0-15"): 1.0, ("a", "65+"): 10.0, ("b", "0-15"): 3.0, ("b", "65+"): 30.0}
    given = rows(
        page,
        *(
            {**group, "group_value": age, "collective_id": name, "value": value}
            for (name, age), value in values.items()
        ),
    )
    told = thesis.together(thesis.latest(given, "reach_pct")).set_index("group")["median"]
    assert dict(told) == {"0-15": (1 + 3) / 2, "65+": (10 + 30) / 2}


def test_a_series_has_one_question_measure_people_and_unit(page: Any) -> None:
    given = rows(
        page,
        {"collective_id": "a", "value": 1.0},
        {"collective_id": "b", "value": 2.0},
        {"collective_id": "c", "value": 3.0, "population": "bewoners"},
        {"collective_id": "d", "value": 4.0, "unit": "aantal"},
        {"collective_id": "e", "gate": "niet_te_zien"},
        {"collective_id": "", "value": 10.0},  # all together: no collective
    )
    found = thesis.all_series(given)
    assert found[["collectives_n", "shown_n"]].to_numpy().tolist() == [[3, 2], [1, 1], [1, 1]]
    assert set(thesis.latest(given, "reach_pct")["collective_id"]) == {"a", "b", "e"}


def test_the_code_of_a_measurement_is_no_kind_of_group(page: Any) -> None:
    given = rows(
        page,
        {"collective_id": "a", "value": 1.0, "group_type": "meting:a--golf-2023"},
        {"collective_id": "b", "value": 2.0, "group_type": "meting:b--golf-2024"},
    )
    (row,) = thesis.all_series(given).to_dict("records")
    assert (row["kind"], row["collectives_n"]) == ("meting", 2)


def test_limits_count_who_has_no_figure_and_why(page: Any) -> None:
    given = rows(
        page,
        {"collective_id": "a", "value": 1.0},
        {"collective_id": "b", "value": 1.0, "gate": "voorbehoud", "gate_reason": "small_n"},
        {"collective_id": "c", "gate": "onderdrukt", "missing_reason": "suppressed"},
    )
    collectives = pd.DataFrame({"collective_id": ["a", "b", "c", "d", "e"]})
    told = thesis.limits(thesis.latest(given, "reach_pct"), collectives)
    counts = {(row["gate"], row["reason"]): row["collectives_n"] for row in told.to_dict("records")}
    # d and e have no row
    assert counts == {
        ("ok", ""): 1,
        ("voorbehoud", "small_n"): 1,
        ("onderdrukt", "suppressed"): 1,
        ("", "not_recorded"): 2,
    }


@pytest.mark.parametrize("indicator_id", ["", "onbekend"])
def test_a_measure_that_nobody_has_gives_empty_tables(page: Any, indicator_id: str) -> None:
    found = thesis.latest(rows(page, {"collective_id": "a", "value": 1.0}), indicator_id)
    assert found.empty
    assert thesis.together(found).empty
    told = thesis.limits(found, pd.DataFrame({"collective_id": ["a"]}))
    assert told.to_dict("records") == [{"gate": "", "reason": "not_recorded", "collectives_n": 1}]
