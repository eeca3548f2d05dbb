"""Which table a file says it is: by its caller, its periods, its id, its name or its title, in that order."""

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.sources.claims import Claim, claim
from bt_analysis.sources.plain_files import DownloadRefused, PlainTable


def said(name: str, title: str = "", periods: list[str] | None = None, **by_caller: object) -> Claim:
    named = {"table_id": None, "year": None, "is_kwb": False} | by_caller
    column = pd.Series(periods) if periods else None
    return claim(Path(name), PlainTable("CSV", pd.DataFrame(), title), column, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "title", "table_id", "year"),
    [
        ("84583NED_UntypedDataSet.csv", "", "84583NED", 2019),
        ("cbs.v3.84799ned_TypedDataSet.parquet", "", "84799NED", 2020),
        ("Kerncijfers_wijken_en_buurten_2024_11122025_141648.csv", "", "85984NED", 2024),
        ("kwb-2023_Utrecht.xlsx", "", "85618NED", 2023),
        ("nabijheid_2023_Utrecht.csv", "", "85830NED", 2023),
        ("download.csv", "Nabijheid voorzieningen; wijk- en buurtcijfers 2021", "85231NED", 2021),
        ("85163NED_2019_SES-WOA.csv", "", "85163NED", 2019),
    ],
)
def test_names_and_titles_are_believed(name: str, title: str, table_id: str, year: int) -> None:
    found = said(name, title)
    assert (found.table_id, found.year, found.division_year) == (table_id, year, year)
    assert not found.explicit
    assert found.doubts == ()


def test_columns_of_kwb_need_only_a_year() -> None:
    assert said("wijk_2016.dbf", is_kwb=True).table_id == "83487NED"


def test_periods_go_before_the_name() -> None:
    found = said("85163NED_2021.csv", periods=["2018JJ00", "2019JJ00"])
    assert (found.year, found.division_year) == (2019, 2019)


def test_health_of_every_year_is_on_the_division_of_2020() -> None:
    found = said("rivm_50090NED_2012.csv", periods=["2012JJ00"])
    assert (found.year, found.division_year) == (2012, 2020)


def test_the_caller_goes_before_everything() -> None:
    assert said("84583NED.csv", table_id="85039NED") == Claim("85039NED", 2021, 2021, explicit=True)
    assert said("84583NED.csv", year=2021) == Claim("85039NED", 2021, 2021, explicit=True)
    assert said("nabijheid.csv", year=2020).table_id == "84953NED"
    assert said("85163NED.csv", year=2019) == Claim("85163NED", 2019, 2019, explicit=True)


def test_an_id_and_a_year_that_do_not_go_together_are_a_doubt() -> None:
    assert said("84583NED_2020.csv").doubts == ("its name says 84583NED, which is of 2019, and 2020",)
    # The year of the figures beside the year of another thing is no contradiction.
    assert said("84583NED_2019_saved_2024.csv").doubts == ()


def test_is_kwb() -> None:
    assert said("84583NED.csv").is_kwb
    assert not said("85231NED.csv").is_kwb


@pytest.mark.parametrize(
    ("name", "reason"),
    [("Utrecht.csv", "no id of a CBS table"), ("kwb.xlsx", "no id"), ("47018NED.csv", "47018NED without a year")],
)
def test_what_says_nothing_is_refused(name: str, reason: str) -> None:
    with pytest.raises(DownloadRefused, match=reason):
        said(name)
