"""Participants beside inhabitants, group by group."""

import math
from typing import Any

import pandas as pd
import pytest
from scipy.stats import beta
from statsmodels.stats.proportion import proportion_confint

from bt_analysis import detectability
from bt_analysis.analysis import representation
from bt_analysis.settings import Settings

AGES = {"0-15": 100, "15-25": 50, "25-45": 100, "45-65": 100, "65+": 150}
KEPT = ("2023", "2024", "2023-2024")


def group(
    value: str, unique: int | None, contacts: int | None = None, kind: str = "leeftijd", **more: Any
) -> dict[str, Any]:
    return {"group_type": kind, "group_value": value, "unique_n": unique, "contacts_n": contacts, **more}


def ask(
    make: Any, defaults: Settings, *rows: dict[str, Any], composition: Any = None, periods: tuple[str, ...] = ("2024",),
    **tables: Any,
) -> pd.DataFrame:  # fmt: skip
    ids = sorted({row.get("activity_id", "tuin-1") for row in rows} | {"tuin-1"})
    given = {
        "activity": make.monitoring("activity", *[{"activity_id": activity_id} for activity_id in ids]),
        "participation": make.monitoring("participation", *rows),
        "work_area": make.monitoring("work_area", {}),
        "composition": make.composition("leeftijd", AGES) if composition is None else composition,
        **tables,
    }
    return representation.estimate(make.joined(**given), make.periods(*periods), defaults)


def test_a_share_its_interval_and_its_ratio(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, group("25-45", 182), group("65+", 81))
    share = make.one(found, "participants_share_pct", group_value="65+")
    assert share["value"] == round(100 * 81 / (182 + 81))
    assert (share["ci_low"], share["ci_high"]) == (25, 37)  # Wilson, 81 of 263: 25.53 to 36.62, rounded outwards
    assert (share["n"], share["n_unit"], share["cell_n"], share["method"]) == (260, "people", 81, "Wilson")  # of 263
    area = make.one(found, "area_share_pct", group_value="65+")
    assert area["value"] == 100 * 150 / (100 + 150)  # beside the groups that were recorded
    assert (area["n"], area["n_unit"], area["comparison"], area["cell"]) == (
        100 + 150,
        "population",
        "vergelijkgebied",
        "",
    )
    assert (area["population"], area["source"]) == ("gebied", "CBS 99024SYN · 2025-03-31")
    ratio = make.one(found, "representation_ratio", group_value="65+")
    assert ratio["value"] == pytest.approx(0.31 / (150 / 250))
    assert ratio["ci_low"] == pytest.approx(math.floor(100 * beta.ppf(0.025, 81.5, 182.5)) / 100 / (150 / 250))
    assert ratio["ci_high"] == pytest.approx(math.ceil(100 * beta.ppf(0.975, 81.5, 182.5)) / 100 / (150 / 250))
    assert (ratio["unit"], ratio["method"]) == ("verhouding", "Jeffreys")
    known = make.one(found, "participants_known_n")
    assert (known["value"], known["cell_n"], known["group_value"], known["group_type"]) == (
        260,
        182 + 81,
        "",
        "leeftijd",
    )


def test_shares_of_all_groups_are_a_hundred(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, *[group(age, size) for age, size in zip(AGES, (11, 22, 33, 44, 55), strict=True)])
    for indicator_id in ("participants_share_pct", "area_share_pct"):
        assert found.loc[found["indicator_id"] == indicator_id, "value"].sum() == pytest.approx(100)


def test_nobody_of_a_group_is_a_share_of_zero(make: Any, defaults: Settings) -> None:
    share = make.one(
        ask(make, defaults, group("25-45", 20), group("65+", 0)), "participants_share_pct", group_value="65+"
    )
    assert (share["value"], share["ci_low"]) == (0, 0)
    assert share["ci_high"] == 17  # Wilson, 0 of 20: 16.11, rounded outwards
    assert share["cell_n"] == 0


def test_a_group_that_is_not_compared_is_not_in_the_total(make: Any, defaults: Settings) -> None:
    # With it the total would say how many the others are: 40 + 50 + 3, beside 40 and 50.
    sexes = make.composition("geslacht", {"man": 90, "vrouw": 110})
    rows = [group("man", 40, kind="geslacht"), group("vrouw", 50, kind="geslacht"), group("anders", 3, kind="geslacht")]
    found = ask(make, defaults, *rows, composition=sexes)
    assert make.one(found, "participants_known_n")["cell_n"] == 40 + 50
    assert make.one(found, "participants_share_pct", group_value="man")["value"] == round(100 * 40 / (40 + 50))
    assert "anders" not in set(found["group_value"])


def test_buurten_are_put_together_to_wijken_and_those_from_elsewhere_left_out(make: Any, defaults: Settings) -> None:
    rows = [
        group(code, size, kind="buurt")
        for code, size in {"BU99010101": 12, "BU99010102": 8, "BU99010201": 20, "WK990102": 4, "BU99050101": 6}.items()
    ]
    wijken = make.composition("wijk", {"WK990101": 300, "WK990102": 100, "WK990103": 100})
    buurten = make.composition("buurt", dict.fromkeys(("BU99010101", "BU99010102", "BU99010201", "BU99010301"), 100))
    found = ask(make, defaults, *rows, composition=pd.concat([wijken, buurten]))
    first = make.one(found, "participants_share_pct", group_value="WK990101")
    assert first["value"] == round(100 * (12 + 8) / (12 + 8 + 20 + 4))
    # A wijk without a record counts as nobody: beside all inhabitants, those of the third wijk as well.
    assert make.one(found, "area_share_pct", group_value="WK990101")["value"] == 100 * 300 / (300 + 100 + 100)
    assert "WK990103" not in set(found["group_value"])
    assert set(found["group_type"]) == {"wijk"}


def test_participations_stand_in_where_people_were_not_counted(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, group("25-45", None, 60), group("65+", 20, 90))
    share = make.one(found, "participants_share_pct", group_value="65+")
    assert share["value"] == 100 * 90 / (60 + 90)  # participations for all groups, not people for one of them
    assert (share["n_unit"], share["gate_reason"], share["method"]) == (
        "contacts", "counts_contacts", "share of participations",
    )  # fmt: skip
    assert share["n"] == 60 + 90
    # Visits are no sample of people: no interval, and no number of different people.
    assert pd.isna(share["ci_low"])
    assert pd.isna(make.one(found, "representation_ratio", group_value="65+")["ci_high"])
    assert "participants_known_n" not in set(found["indicator_id"])


def test_visits_of_few_people_are_a_small_cell(make: Any, defaults: Settings) -> None:
    # 240 visits of people over 65, by 12 people in all: no more than 12 are behind any group.
    total = {"group_type": "totaal", "group_value": "totaal", "unique_n": 12, "contacts_n": 480}
    found = ask(make, defaults, total, group("25-45", None, 240), group("65+", None, 240))
    assert make.one(found, "participants_share_pct", group_value="65+")["cell_n"] == 12
    fewer = total | {"unique_n": 9}
    found = ask(make, defaults, fewer, group("25-45", None, 240), group("65+", None, 240))
    assert make.one(found, "participants_share_pct", group_value="65+")["cell_n"] == 9


def test_what_is_published_does_not_tell_how_many_are_in_no_group(make: Any, defaults: Settings) -> None:
    # 98 men, 177 women and 5 others of 280 people: with exact shares, 98/275 can only be told apart from 98/280 …
    sexes = make.composition("geslacht", {"man": 499, "vrouw": 501})

    def published(others: int) -> list[tuple[Any, ...]]:
        rows = [group("man", 98, kind="geslacht"), group("vrouw", 177, kind="geslacht")]
        rows += [group("anders", others, kind="geslacht")] if others else []
        found = ask(make, defaults, *rows, composition=sexes)
        return list(found[["indicator_id", "group_value", "value", "ci_low", "ci_high", "n"]].itertuples(index=False))

    assert [str(row) for row in published(5)] == [str(row) for row in published(0)]
    # … and no share that is published has a decimal that would tell.
    shares = [row for row in published(5) if row[0] == "participants_share_pct"]
    assert all(float(number).is_integer() for row in shares for number in row[2:])


def test_bounds_do_not_tell_how_many_people_were_compared(make: Any, defaults: Settings) -> None:
    sexes = make.composition("geslacht", {"man": 499, "vrouw": 501})

    def published(women: int, men: int) -> pd.DataFrame:
        rows = ask(make, defaults, group("vrouw", women, kind="geslacht"), group("man", men, kind="geslacht"),
                   composition=sexes)  # fmt: skip
        of_people = rows[rows["indicator_id"].ne("area_share_pct")]
        return of_people[["indicator_id", "group_value", "value", "ci_low", "ci_high", "n"]].reset_index(drop=True)

    # 61 and 39 per cent of 50 to 59 people: 51, 54, 56, 57 or 59 of them give that, so those in no group stay unknown.
    one = published(33, 21)
    for women, men in ((31, 20), (34, 22), (35, 22), (36, 23)):
        pd.testing.assert_frame_equal(published(women, men), one)
    assert not published(37, 23).equals(one)  # 60 people


def test_people_in_more_records_are_added_up_with_a_reservation(make: Any, defaults: Settings) -> None:
    rows = [
        group("25-45", 30),
        group("65+", 20),
        group("25-45", 10, activity_id="b"),
        group("65+", 15, activity_id="b"),
    ]
    found = ask(make, defaults, *rows)
    share = make.one(found, "participants_share_pct", group_value="65+")
    assert share["value"] == round(100 * (20 + 15) / (30 + 10 + 20 + 15))
    assert share["gate_reason"] == "may_count_twice"
    # Only the largest record is sure to be different people, so the interval rests on its 50.
    assert share["cell_n"] == 20
    known = make.one(found, "participants_known_n")
    assert (known["value"], known["n"], known["cell_n"]) == (30 + 20, 30 + 20, 30 + 20)
    low, high = proportion_confint(35 / 75 * 50, 50, method="wilson")
    assert (share["ci_low"], share["ci_high"]) == (math.floor(100 * low), math.ceil(100 * high))


def test_participants_of_another_buurt_of_the_wijk_are_left_out(make: Any, defaults: Settings) -> None:
    # The work area holds one buurt of the first wijk: 20 people, not 20 + 30.
    rows = [
        group("BU99010101", 20, kind="buurt"),
        group("BU99010102", 30, kind="buurt"),
        group("BU99010201", 20, kind="buurt"),
    ]
    inside = make.composition("buurt", {"BU99010101": 100, "BU99010201": 100})
    wijken = make.composition("wijk", {"WK990101": 100, "WK990102": 100})
    found = ask(make, defaults, *rows, composition=pd.concat([inside, wijken]))
    assert make.one(found, "participants_share_pct", group_value="WK990101")["value"] == round(100 * 20 / (20 + 20))


def test_a_record_without_any_number_is_left_out(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, group("25-45", None, None), group("65+", None, 20))
    assert set(found["group_value"]) == {"65+"}
    assert make.one(found, "participants_share_pct", group_value="65+")["n"] == 20


def test_nobody_in_any_group_gives_no_shares(make: Any, defaults: Settings) -> None:
    assert ask(make, defaults, group("25-45", 0), group("65+", 0)).empty


def test_groups_cbs_does_not_count_are_not_compared(make: Any, defaults: Settings) -> None:
    assert ask(make, defaults, group("huur", 30, kind="huur_koop"), group("koop", 20, kind="huur_koop")).empty


def test_inhabitants_are_those_of_the_period(make: Any, defaults: Settings) -> None:
    years = {2022: 100, 2023: 150, 2025: 900}
    composition = pd.concat([make.composition("leeftijd", {"25-45": 100, "65+": n}, year=y) for y, n in years.items()])
    rows = [group("25-45", 20), group("65+", 30)]
    area = make.one(ask(make, defaults, *rows, composition=composition), "area_share_pct", group_value="65+")
    assert area["value"] == 100 * 150 / (100 + 150)  # 2024 has no figures; 2023 is nearer than what came after
    only_later = composition[composition["year"] == 2025]
    area = make.one(ask(make, defaults, *rows, composition=only_later), "area_share_pct", group_value="65+")
    assert area["value"] == 100 * 900 / (100 + 900)


def test_the_newest_composition_of_the_latest_work_area_is_taken(make: Any, defaults: Settings) -> None:
    older = make.composition("leeftijd", {"25-45": 500, "65+": 1}, year=2023)
    newer = make.composition("leeftijd", {"25-45": 100, "65+": 300, "45-65": 0}, year=2024)
    elsewhere = make.composition("leeftijd", {"25-45": 7, "65+": 7}, area="tuin-old")
    work_area = make.monitoring("work_area", {"work_area_id": "tuin-old", "valid_from": "2010-01-01"}, {})
    composition = pd.concat([older, newer, elsewhere])
    found = ask(make, defaults, group("25-45", 20), group("65+", 30), composition=composition, work_area=work_area)
    area = make.one(found, "area_share_pct", group_value="65+")
    assert area["value"] == 100 * 300 / (100 + 300)
    assert area["work_area_id"] == "tuin-a"


def test_a_record_that_crosses_new_year_is_a_cell_of_its_own(make: Any, defaults: Settings) -> None:
    crossing: dict[str, Any] = {"period_start": "2023-12-01", "period_end": "2024-01-31"}
    rows = [group("25-45", 30), group("65+", 20), group("25-45", 3, **crossing), group("65+", 4, **crossing)]
    found = ask(make, defaults, *rows, periods=KEPT)
    whole = {"period_start": "2023-01-01", "period_end": "2024-12-31"}
    assert make.one(found, "participants_share_pct", group_value="65+", **whole)["cell_rest_n"] == 4
    known = make.one(found, "participants_known_n", **whole)
    assert (known["value"], known["cell_rest_n"]) == (30 + 20, 3 + 4)  # the largest record, for sure
    year = make.one(found, "participants_known_n", period_start="2024-01-01")
    assert (year["value"], year["cell_rest_n"] == year["cell_rest_n"]) == (30 + 20, False)


def test_a_comparison_rests_on_the_whole_work_area(make: Any, defaults: Settings) -> None:
    half = make.composition("leeftijd", AGES).assign(coverage=0.5)
    found = ask(make, defaults, group("25-45", 20), group("65+", 30), composition=half)
    gated = detectability.set_gates(found, defaults.gates).set_index(["indicator_id", "group_value"])["gate"]
    assert gated["representation_ratio", "65+"] == "niet_te_zien"
    assert gated["area_share_pct", "65+"] == "niet_te_zien"
    assert gated["participants_share_pct", "65+"] == "ok"


@pytest.mark.parametrize("missing", ["participation", "composition", "work_area"])
def test_without_one_of_the_tables_there_are_no_rows(make: Any, defaults: Settings, missing: str) -> None:
    empty = make.composition("leeftijd", {}) if missing == "composition" else make.monitoring(missing)
    assert ask(make, defaults, group("25-45", 20), group("65+", 30), **{missing: empty}).empty


def test_counts_add_up_and_shares_know_of_how_many_people_they_are(make: Any, defaults: Settings) -> None:
    rows = [
        group("25-45", 30),
        group("65+", 20),
        group("25-45", 12, activity_id="b"),
        group("65+", 10, activity_id="b"),
    ]
    found = ask(make, defaults, *rows)
    share = make.one(found, "participants_share_pct", group_value="65+")
    assert (share["cell_n"], share["cell_value"], share["cell_total_n"]) == (20, 20 + 10, 30 + 20 + 12 + 10)
    known = make.one(found, "participants_known_n")
    assert (known["cell_value"], known["cell_total_n"] == known["cell_total_n"]) == (30 + 20 + 12 + 10, False)
    area = make.one(found, "area_share_pct", group_value="65+")
    assert pd.isna(area["cell_value"])
    assert pd.isna(area["cell_total_n"])
