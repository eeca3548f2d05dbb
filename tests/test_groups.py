"""Groups of inhabitants: which are counted, of which year, in which work area, and from outside of it."""

from typing import Any

import pandas as pd

from bt_analysis import join

TOWN, WIJK, A, B, C, FAR = "GM9901", "WK990101", "BU99010101", "BU99010102", "BU99010201", "BU99020101"


def people(sizes: dict[str, float], year: int = 2024, **more: Any) -> pd.DataFrame:
    """Return the inhabitants of regions on the division of 2024."""
    standard: dict[str, Any] = {
        "year": year,
        "indicator_id": "population",
        "division_year": 2024,
        "table_id": "99024SYN",
    }
    rows = pd.DataFrame({"regiocode": list(sizes), "value": list(sizes.values()), "modified": "2025-03-31"})
    return rows.assign(**standard | more)


def weights(area: str, *codes: str, weight: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame({"work_area_id": area, "area_code": list(codes), "weight": weight, "method": "exact"})


def composed(make: Any, statistics: pd.DataFrame, own: pd.DataFrame, *context: dict[str, Any]) -> pd.DataFrame:
    """Return the composition of work areas; a row of their figures says only what the test is about."""
    figures = make.context({}, *context).assign(division_year=2024)
    catalogue = make.catalogue(
        make.indicator("population", group=("totaal", "totaal")),
        make.indicator("men", group=("geslacht", "man")),
        make.indicator("old", group=("leeftijd", "65+")),
        make.indicator("cars"),
    )
    codes = statistics["regiocode"].unique()
    names = pd.DataFrame({"regiocode": codes, "regiocode_label": ["Naam van " + code for code in codes]})
    return join.composition(statistics, own, figures, names, catalogue)


def test_only_figures_of_the_area_itself_that_are_sizes_of_groups_are_taken(make: Any) -> None:
    figures: list[dict[str, Any]] = [
        {"indicator_id": "men", "value": 90, "year": 2023},
        {"indicator_id": "men", "value": 95},
        {"indicator_id": "men", "value": 2_400, "population": "gemeente"},
        {"indicator_id": "old", "value": 40, "coverage": 0.8, "work_area_id": "huis-a"},
        {"indicator_id": "cars", "value": 70},
    ]
    found = composed(make, people({A: 200}), weights("tuin-a", A), *figures)
    grouped = found[found["group_type"].isin(["geslacht", "leeftijd"])]
    assert grouped[["work_area_id", "year", "group_value", "persons_n", "coverage"]].to_numpy().tolist() == [
        ["tuin-a", 2023, "man", 90, 1.0], ["tuin-a", 2024, "man", 95, 1.0], ["huis-a", 2024, "65+", 40, 0.8],
    ]  # fmt: skip


def test_places_are_counted_in_the_year_of_the_division_only(make: Any) -> None:
    statistics = pd.concat([people({A: 200}), people({A: 150}, year=2023), people({A: 80}, indicator_id="men")])
    found = composed(make, statistics, weights("tuin-a", A))
    assert found[["group_type", "group_value", "year", "persons_n"]].to_numpy().tolist() == [
        ["wijk", WIJK, 2024, 200], ["buurt", A, 2024, 200],
    ]  # fmt: skip


def test_two_work_areas_have_their_own_parts_of_one_wijk(make: Any) -> None:
    own = pd.concat([weights("tuin-a", A, B), weights("huis-a", B, weight=0.25), weights("huis-a", FAR)])
    found = composed(
        make, people({A: 200, B: 100, FAR: 60, WIJK: 305}), own, {"work_area_id": "huis-a", "coverage": 0.9}
    )
    sizes = found.set_index(["work_area_id", "group_value"])["persons_n"].to_dict()
    assert sizes == {
        ("tuin-a", WIJK): 200 + 100, ("tuin-a", A): 200, ("tuin-a", B): 100,
        ("huis-a", WIJK): 0.25 * 100, ("huis-a", "WK990201"): 60, ("huis-a", B): 0.25 * 100, ("huis-a", FAR): 60,
    }  # fmt: skip
    covered = found.groupby("work_area_id")["coverage"].agg(set).to_dict()
    assert covered == {"tuin-a": {1.0}, "huis-a": {0.9}}


def test_a_work_area_whose_inhabitants_are_not_known_covers_nobody(make: Any) -> None:
    found = composed(make, people({C: 70}), weights("huis-a", C))  # figures are of tuin-a only
    assert found["coverage"].tolist() == [0, 0]
    assert found["group_label"].tolist()[1] == f"Naam van {C}"
    assert pd.isna(found["group_label"].tolist()[0])  # its wijk has no row, and so no name


def test_places_from_outside_are_counted_per_collective(make: Any) -> None:
    activity = make.monitoring("activity", {}, {"activity_id": "huis-1", "collective_id": "huis"})
    places = {"tuin-1": (A, B, FAR), "huis-1": (B, A, C, FAR)}
    participation = make.monitoring(
        "participation",
        *(
            {"activity_id": activity_id, "group_type": "buurt", "group_value": code}
            for activity_id, codes in places.items()
            for code in codes
        ),
        {"activity_id": "tuin-1", "group_type": "leeftijd", "group_value": "65+"},
    )
    areas = make.monitoring(
        "work_area", {}, {"work_area_id": "tuin-b"}, {"work_area_id": "huis-a", "collective_id": "huis"}
    )
    # De Tuin has two work areas, and what lies in either is inside.
    inside = [make.composition("buurt", {A: 1}), make.composition("buurt", {B: 1}, area="tuin-b")]
    inside += [make.composition("buurt", {B: 1}, area="huis-a"), make.composition("geslacht", {FAR: 1})]
    listed = join.outside(participation, activity, pd.concat(inside), areas)
    assert listed.set_index("collective_id")["detail"].to_dict() == {
        "tuin": "1 buurten or wijken", "huis": "3 buurten or wijken",
    }  # fmt: skip
