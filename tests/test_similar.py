"""Regions that a work area may be compared with: which stay out and why, and how they are put into groups."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.similar import candidates, grouped, place
from tests.area_panels import panel, weights

BUURTEN = [f"BU9901{wijk:02d}{at:02d}" for wijk in range(3) for at in range(4)]  # three wijken of four buurten
OTHERS = ["BU99020000", "BU99020001", "BU99030000"]


def town(area: pd.DataFrame, **more: Any) -> AreaPanel:
    return panel({"population": {code: [100.0] for code in [*BUURTEN, *OTHERS]}}, [2022], weights=area, **more)


def test_a_work_area_of_one_level_keeps_its_regions() -> None:
    found = place(weights("WK990101", "WK990100"), town(weights("WK990100")))
    assert (found.level, found.codes, found.count) == ("wijk", ("WK990100", "WK990101"), 2)


def test_a_work_area_of_several_levels_becomes_its_buurten() -> None:
    area = weights("WK990100", "BU99010203")
    found = place(area, town(area))
    assert (found.level, found.codes) == ("buurt", (*BUURTEN[:4], "BU99010203"))
    assert found.weights.tolist() == [1.0] * 5


def test_a_drawing_counts_for_as_many_buurten_as_it_covers() -> None:
    found = place(weights(*BUURTEN[:3], weight=0.5), town(weights(BUURTEN[0])))
    assert found.count == 2  # 3 · 0.5 = 1.5
    assert place(weights(BUURTEN[0], weight=0.1), town(weights(BUURTEN[0]))).count == 1


def test_regions_in_or_around_any_work_area_stay_out() -> None:
    area = weights(BUURTEN[0])
    everyone = pd.concat([area, weights("WK990102", work_area_id="b"), weights("GM9902", work_area_id="c")])
    held = town(everyone, beside={})
    found = candidates(place(area, held), held)
    assert found.codes.tolist() == [*BUURTEN[1:8], "BU99030000"]
    assert found.left_out == {"other_work_area": 4 + 2, "adjoining": 0}


def test_a_wijk_that_holds_a_work_area_stays_out_as_well() -> None:
    area = weights("WK990100")
    everyone = pd.concat([area, weights("BU99020000", work_area_id="b")])
    held = town(everyone, beside={})
    found = candidates(place(area, held), held)
    assert found.codes.tolist() == ["WK990101", "WK990102", "WK990300"]
    assert found.left_out["other_work_area"] == 1


def test_a_gemeente_that_holds_a_work_area_stays_out_of_gemeenten() -> None:
    area = weights("GM9901")
    everyone = pd.concat([area, weights("BU99020001", work_area_id="b")])
    held = town(everyone, beside={})
    found = candidates(place(area, held), held)
    assert found.codes.tolist() == ["GM9903"]
    assert found.left_out == {"other_work_area": 1, "adjoining": 0}


def test_adjoining_regions_stay_out() -> None:
    area = weights(*BUURTEN[:2])
    held = town(area, beside={BUURTEN[0]: frozenset({BUURTEN[1], BUURTEN[4]}), BUURTEN[1]: frozenset({BUURTEN[2]})})
    found = candidates(place(area, held), held)
    assert found.left_out == {"other_work_area": 0, "adjoining": 2}  # the second is its own
    assert set(found.codes) == {*BUURTEN[3:], *OTHERS} - {BUURTEN[4]}


@pytest.mark.parametrize(
    ("own", "left", "count"),
    [
        (BUURTEN[0], [*BUURTEN[4:], *OTHERS], 3),  # the rest of its wijk
        ("WK990100", ["WK990200", "WK990300"], 2),  # the rest of its gemeente
        ("GM9901", ["GM9902", "GM9903"], 0),  # nobody knows which gemeenten adjoin it
    ],
)
def test_without_outlines_all_around_stay_out(own: str, left: list[str], count: int) -> None:
    held = town(weights(own))
    found = candidates(place(weights(own), held), held)
    assert found.codes.tolist() == left
    assert found.left_out["same_neighbourhood"] == count


def test_groups_lie_in_one_wijk_and_then_in_one_gemeente() -> None:
    codes = ["BU99010000", "BU99010001", "BU99010002", "BU99010100", "BU99010101", "BU99010102", "BU99020000"]
    groups = [[codes[at] for at in row] for row in grouped(codes, 2, "buurt")]
    assert groups == [
        ["BU99010000", "BU99010001"],
        ["BU99010100", "BU99010101"],
        ["BU99010002", "BU99010102"],  # left over in their wijken, together in their gemeente
    ]
    assert grouped(codes, 1, "buurt").tolist() == [[at] for at in range(7)]
    assert grouped(codes, 8, "buurt").shape == (0, 8)


def test_wijken_are_grouped_in_their_gemeente_and_gemeenten_by_code() -> None:
    assert grouped(["WK990100", "WK990101", "WK990200", "WK990201"], 2, "wijk").tolist() == [[0, 1], [2, 3]]
    assert grouped(["WK990100", "WK990200"], 2, "wijk").shape == (0, 2)
    assert grouped(["GM9901", "GM9903", "GM9907"], 2, "gemeente").tolist() == [[0, 1]]


def test_wijken_are_of_one_gemeente_whatever_their_number_and_gemeenten_of_any_province() -> None:
    assert grouped(["WK990109", "WK990110"], 2, "wijk").tolist() == [[0, 1]]
    # Codes of gemeenten say nothing of where they lie: the first two go together, not those that begin alike.
    assert grouped(["GM0344", "GM1680", "GM1681"], 2, "gemeente").tolist() == [[0, 1]]


def test_more_regions_than_there_are_make_no_group() -> None:
    assert grouped(["BU99010000", "BU99010001"], 3, "buurt").shape == (0, 3)
    assert grouped(["GM9901"], 2, "gemeente").shape == (0, 2)


def test_no_region_is_in_two_groups() -> None:
    codes = sorted({f"BU99{at % 7:02d}{at % 3:02d}{at % 11:02d}" for at in range(200)})
    found = grouped(codes, 3, "buurt")
    assert len(np.unique(found)) == found.size
    left = sum(len([code for code in codes if code[:6] == gemeente]) % 3 for gemeente in {code[:6] for code in codes})
    assert len(codes) - found.size == left  # of each gemeente what three does not divide
