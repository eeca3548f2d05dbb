"""Values of different instruments, versions or lines never stand side by side."""

import pandas as pd
import pytest

from bt_analysis.instruments import NotComparable, comparable
from bt_analysis.instruments.comparing import together


def rows(*given: tuple[str, str | None, str]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["indicator_id", "instrument_id", "unit"])


def test_one_instrument_compares_with_itself() -> None:
    comparable(["djg6_2006", "djg6_2006"])
    comparable([])
    comparable([None, float("nan")])


@pytest.mark.parametrize(
    ("one", "other"),
    [("djg6_2006", "mhi5"), ("cohesie_vm2021", "cohesie_zwolle5"), ("ons4", "tevredenheid_cbs10"), ("brs_2008", "brs")],
)
def test_two_instruments_are_refused_and_both_are_named(one: str, other: str) -> None:
    with pytest.raises(
        NotComparable, match=f"values of {one} and of {other} were put together; expected values of one"
    ):
        comparable([one, one, other])


@pytest.mark.parametrize("nothing", [None, float("nan"), ""])
def test_an_own_question_does_not_compare_with_an_instrument(nothing: object) -> None:
    with pytest.raises(NotComparable, match="values of mhi5 and of no instrument"):
        comparable(["mhi5", nothing])


def test_measurements_of_one_indicator_pass_unchanged() -> None:
    table = rows(("mhi5_ongezond_cbs", "mhi5", "%"), ("mhi5_ongezond_cbs", "mhi5", "%"))
    assert together(table) is table


def test_two_lines_on_one_scale_are_refused() -> None:
    with pytest.raises(
        NotComparable, match=r"mhi5_ongezond_cbs and of mhi5_ongezond_rivm .* expected one indicator_id"
    ):
        together(rows(("mhi5_ongezond_cbs", "mhi5", "%"), ("mhi5_ongezond_rivm", "mhi5", "%")))


def test_two_instruments_behind_one_indicator_are_refused() -> None:
    with pytest.raises(NotComparable, match="cohesie_zwolle5 and of cohesie_utrecht5"):
        together(rows(("cohesie", "cohesie_zwolle5", "schaal"), ("cohesie", "cohesie_utrecht5", "schaal")))


def test_two_units_are_refused() -> None:
    with pytest.raises(NotComparable, match=r"values of % and of schaal .* expected one unit"):
        together(rows(("cohesie", "cohesie_zwolle5", "%"), ("cohesie", "cohesie_zwolle5", "schaal")))


def test_own_counts_compare_per_indicator() -> None:
    together(rows(("adviezen_n", None, "aantal"), ("adviezen_n", None, "aantal")))
    with pytest.raises(NotComparable):
        together(rows(("adviezen_n", None, "aantal"), ("maatregelen_n", None, "aantal")))
