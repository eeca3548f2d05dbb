"""Years to compare: which count as before and after, and every reason why there are too few."""

from collections.abc import Collection, Sequence

import pandas as pd
import pytest

from bt_analysis.analysis.windows import REFUSALS, Window, window, years_before
from bt_analysis.indicators import Indicator


def gas(*breaks: int) -> Indicator:
    found = tuple({"year": year, "reason_nl": "", "reason_en": ""} for year in breaks)
    return Indicator("gas", "Gas", "Gas", "m3", "mean", "energie_klimaat", breaks=found)


def there(years: Sequence[int], missing: Collection[int] = (), changed: Collection[int] = ()) -> pd.DataFrame:
    rows = {year: {"seen": year not in {*missing, *changed}, "changed": year in changed} for year in years}
    return pd.DataFrame(rows).T


def test_years_before_the_start_and_from_it_on() -> None:
    found = window(there(range(2018, 2025)), 2021, 2023, gas(), 2)
    assert found == Window((2018, 2019, 2020), (2021, 2022, 2023))
    assert isinstance(found, Window)
    assert found.years == (2018, 2019, 2020, 2021, 2022, 2023)


def test_years_that_were_not_published_are_passed_over() -> None:
    assert window(there([2015, 2018, 2022]), 2020, 2024, gas(), 2) == Window((2015, 2018), (2022,))


def test_a_year_without_a_figure_of_the_area_is_left_out_while_enough_remain() -> None:
    assert window(there(range(2017, 2023), missing=[2018]), 2020, 2022, gas(), 2) == Window(
        (2017, 2019), (2020, 2021, 2022)
    )


def test_a_break_before_the_last_years_before_leaves_only_those_after_it() -> None:
    assert window(there(range(2015, 2023)), 2020, 2022, gas(2018), 2) == Window((2018, 2019), (2020, 2021, 2022))


def test_a_break_after_the_start_ends_the_years_after() -> None:
    assert window(there(range(2015, 2025)), 2020, 2024, gas(2023), 2) == Window(
        (2015, 2016, 2017, 2018, 2019), (2020, 2021, 2022)
    )


@pytest.mark.parametrize(
    ("table", "start", "breaks", "reason"),
    [
        (there(range(2015, 2020)), 2020, (), "no_years_after"),
        (there(range(2019, 2023)), 2020, (), "too_few_years_before"),
        (there(range(2020, 2023)), 2020, (), "too_few_years_before"),
        (there(range(2015, 2023)), 2020, (2020,), "series_broken"),  # between before and after
        (there(range(2015, 2023)), 2020, (2019,), "series_broken"),  # one year before is left
        (there(range(2018, 2023)), 2020, (2019,), "series_broken"),  # two would have been enough
        (there(range(2015, 2023), missing=[2020, 2021, 2022]), 2020, (), "area_figure_missing"),
        (there(range(2018, 2023), missing=[2018]), 2020, (), "area_figure_missing"),
        (there(range(2018, 2023), changed=[2018]), 2020, (), "boundaries_changed"),
        (there(range(2018, 2023), changed=[2020, 2021, 2022]), 2020, (), "boundaries_changed"),
    ],
)
def test_why_an_area_is_not_compared(table: pd.DataFrame, start: int, breaks: tuple[int, ...], reason: str) -> None:
    assert window(table, start, 2022, gas(*breaks), 2) == reason
    assert reason in REFUSALS


def test_years_after_the_period_are_not_used() -> None:
    assert window(there(range(2018, 2025)), 2020, 2020, gas(), 2) == Window((2018, 2019), (2020,))


def test_years_before_that_measure_the_same() -> None:
    assert years_before([2018, 2016, 2017, 2021], 2020, gas(2017)) == (2017, 2018)
    assert years_before([2021], 2020, gas()) == ()
