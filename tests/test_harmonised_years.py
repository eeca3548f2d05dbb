"""Years of several families on one division, and as rows: what stands where, made how, and resting on whom."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import harmonise, schema
from bt_analysis.harmonise import Correspondence, Figures, Source

COUNTRY, TOWN, WIJK, A, B, C = "NL00", "GM9901", "WK990101", "BU99010101", "BU99010102", "BU99010201"
NAN = float("nan")


def correspondence(year: int, reasons: dict[str, str], *links: tuple[str, str, float, str]) -> Correspondence:
    """Return what became of the regions of a year in 2024."""
    regions = pd.DataFrame({"regiocode": list(reasons), "reason": list(reasons.values())})
    regions["comparable"] = regions["reason"].isin(["same", "renamed", "merged"])
    table = pd.DataFrame(list(links), columns=["from_code", "to_code", "weight", "method"])
    gone = pd.DataFrame({"from_code": [B] if B not in set(table["from_code"]) else [], "covered": 0.0})
    return Correspondence(year, 2024, table, regions, gone)


def itself(year: int, *codes: str) -> Correspondence:
    return correspondence(year, dict.fromkeys(codes, "same"), *((code, code, 1.0, "same") for code in codes))


def column(figures: Figures, indicator_id: str, name: str = "value") -> dict[str, Any]:
    """Return one column of the rows of some figures, per region."""
    rows = schema.check(harmonise.as_rows(figures), "harmonised_statistics")
    rows = rows[rows["indicator_id"].eq(indicator_id)]
    values = rows[name].astype(object)
    return dict(zip(rows["regiocode"].astype(str), values.where(values.notna(), None), strict=True))


# All families


def test_others_come_behind_kwb_and_rest_on_the_inhabitants_of_their_own_division(make: Any) -> None:
    catalogue = make.catalogue(
        make.indicator("population"),
        make.indicator("crimes", source="police"),
        make.indicator("thefts", source="police", find=({"name": "crimes", "unit": "aantal"},)),
        make.indicator("rate", kind="share", numerator="crimes", denominator=("population",), source="police", find=()),
        make.indicator("lonely", kind="mean", denominator=("population",), source="health"),
    )
    # A and B of 2023 are C of 2024.
    together = correspondence(2023, {C: "merged"}, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    tables = {
        2024: make.kwb(2024, ["population"], (C, 500)),
        2023: make.kwb(2023, ["population"], (A, 300), (B, 100)),
    }
    crimes = make.kwb(2023, ["crimes"], (A, 30), (B, 20))
    thefts = make.kwb(2023, ["crimes"], (A, 3), (B, 2))
    lonely = make.kwb(2022, ["lonely"], (A, 40), (B, 60), division=2023)
    others = [
        Source("police", 2023, {"crimes": crimes, "thefts": thefts}),
        Source("health", 2022, {"lonely": lonely}),
        Source("police", 2024, {"crimes": make.kwb(2024, ["crimes"], (C, 25))}),
    ]
    found = list(harmonise.years(tables, catalogue, {2023: together, 2024: itself(2024, C)}, others))
    assert [(one.year, one.division_year, len(one.indicators)) for one in found] == [
        (2023, 2024, 1), (2024, 2024, 1), (2023, 2024, 3), (2022, 2024, 1), (2024, 2024, 3),
    ]  # fmt: skip
    _, _, police, health, newest = found
    assert column(police, "crimes") == {C: 30 + 20}
    assert column(police, "thefts") == {C: 3 + 2}
    assert column(police, "rate") == {C: (30 + 20) / (300 + 100)}
    assert column(health, "lonely") == {C: (300 * 40 + 100 * 60) / (300 + 100)}
    assert column(newest, "rate") == {C: 25 / 500}


def test_a_year_is_read_when_it_is_asked_for(make: Any) -> None:
    # A table that is wrong does not stop the years before it.
    tables = {2024: make.kwb(2024, ["population_1", "population_2"], (A, 1, 2)), 2023: make.kwb(2023, ["n"], (A, 9))}
    catalogue = make.catalogue(make.indicator("population"))
    found = harmonise.years(tables, catalogue, {2023: itself(2023, A), 2024: itself(2024, A)})
    assert next(found).year == 2023
    with pytest.raises(ValueError, match="fits 2 columns"):
        next(found)


def test_inhabitants_are_of_every_region_and_unknown_is_not_nobody(make: Any) -> None:
    table = make.kwb(2024, ["population", "men"], (B, 0, 1), (A, 300, 1), (COUNTRY, 18_000_000, 1), (C, ".", 1))
    people = harmonise.inhabitants(table, make.catalogue(make.indicator("population"), make.indicator("men")))
    assert people.drop(C).to_dict() == {A: 300, B: 0, COUNTRY: 18_000_000}
    assert np.isnan(people[C])


def test_what_became_of_a_code_that_was_renamed_merged_or_lost() -> None:
    reasons = {C: "renamed", WIJK: "merged", TOWN: "boundary_changed"}
    links = ((A, C, 1.0, "renamed"), ("WK990107", WIJK, 1.0, "addresses"), (TOWN, TOWN, 1.0, "surface"))
    now = harmonise.successors(correspondence(2020, reasons, *links))
    assert now.to_dict() == {A: C, "WK990107": "", TOWN: "", B: ""}


# As rows


def test_rows_tell_how_each_figure_was_made_and_why_it_is_not_there(make: Any) -> None:
    of_people = {"denominator": ("population",)}
    catalogue = make.catalogue(
        make.indicator("population"),
        make.indicator("old"),
        make.indicator("old_pct", kind="share", numerator="old", find=(), **of_people),
        make.indicator("size", kind="mean", **of_people),
        make.indicator("income", kind="bounded", **of_people),
    )
    columns = ["population", "old", "size", "income"]
    table = make.kwb(2020, columns, (A, 300, 30, 2, 40), (B, 100, NAN, NAN, NAN), (WIJK, 400, 60, 2, 40))
    reasons = {WIJK: "same", C: "merged", A: "new_area"}
    to = correspondence(2020, reasons, (WIJK, WIJK, 1.0, "same"), (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    figures = harmonise.moved(harmonise.published(table, catalogue), to)
    methods = {key: [column(figures, key, "method")[code] for code in (WIJK, C)] for key in catalogue}
    assert methods == {
        "population": ["published", "sum"],
        "old": ["published", "sum"],  # without a value; of its bounds is known that they are at least 30
        "old_pct": ["ratio", "ratio"],
        "size": ["published", None],
        "income": ["published", None],
    }
    assert column(figures, "old", "missing_reason") == {WIJK: None, C: "suppressed", A: "lost_in_division_change"}
    assert column(figures, "size", "missing_reason")[A] == "lost_in_division_change"
    rows = harmonise.as_rows(figures)
    lost = rows[rows["regiocode"].eq(A)]
    assert lost["method"].isna().all()
    assert lost[["year", "division_year"]].drop_duplicates().to_numpy().tolist() == [[2020, 2024]]
    assert rows["regiocode"].tolist() == sorted([*[A, C, WIJK] * 5])
    assert rows["indicator_id"].tolist() == [*catalogue] * 3
