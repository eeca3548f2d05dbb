"""The catalogue and where it is looked up: steps of years, near weights, mistakes, and the place in a table."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import indicators
from bt_analysis.indicators import CatalogueError, Indicator
from bt_analysis.sources.table import PROPERTIES, CbsTable

HEAD = 'label_nl = "a"\nlabel_en = "a"\nunit = "%"\n'
COUNT = f'{HEAD}kind = "additive"\n'


def table(*topics: tuple[str, str, tuple[str, ...]]) -> CbsTable:
    """Return a table of which only the topics matter: name, unit and path of each."""
    lines = [
        (f"{name}_{at}", name, f"Titel {at}", unit, 0, "Long", path) for at, (name, unit, path) in enumerate(topics)
    ]
    properties, nothing = pd.DataFrame(lines, columns=list(PROPERTIES)), pd.DataFrame()
    return CbsTable("99020SYN", "made up", "2021-03-31", 2020, 2020, nothing, properties, "region", nothing)


def test_a_weight_is_near_when_it_is_not_the_first_or_the_first_is_not_the_right_one(make: Any) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("connections", "homes"))
    assert [gas.nearly(base) for base in gas.denominator] == [False, True]
    near = make.indicator("gas", kind="mean", denominator=("connections", "homes"), near_weight=True)
    assert [near.nearly(base) for base in near.denominator] == [True, True]


@given(st.integers(2000, 2030), st.integers(2000, 2030))
def test_the_coarser_step_is_of_the_years_up_to_the_last(make: Any, last: int, year: int) -> None:
    one = make.indicator("gas", round_to=10.0, round_until={"year": last, "step": 50.0})
    assert one.step(year) == (50 if year <= last else 10)
    assert make.indicator("gas", round_to=10.0).step(year) == 10


# Reading it


def read(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> dict[str, Indicator]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("bt_analysis.indicators.catalogue.resources.files", lambda _: folder)
    return indicators.load()


def test_what_others_need_comes_first_whatever_file_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read(
        tmp_path,
        monkeypatch,
        context=f'[ill_pct]\n{HEAD}kind = "share"\nnumerator = "ill"\ndenominator = ["all"]\n'
        f'[all]\n{COUNT}parts = ["ill", "well"]\n',
        gezondheid=f"[ill]\n{COUNT}[well]\n{COUNT}",
    )
    assert list(found) == ["ill", "well", "all", "ill_pct"]
    assert (found["ill"].domain, found["all"].parts, found["ill_pct"].denominator) == (
        "gezondheid", ("ill", "well"), ("all",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            f'[x]\n{HEAD}kind = "share"\ndenominator = ["n"]\n[n]\n{COUNT}',
            "'x' needs ''; expected the id of an additive",
        ),
        (f'[x]\n{HEAD}kind = "share"\nnumerator = "n"\n[n]\n{COUNT}', "'x' is a share; expected a denominator"),
        (f'[x]\n{HEAD}kind = "bounded"\n', "'x' is a bounded; expected a denominator"),
        (
            f'[x]\n{COUNT}parts = ["y"]\n[y]\n{HEAD}kind = "mean"\ndenominator = ["x"]\n',
            "'x' needs 'y'; expected the id",
        ),
    ],
)
def test_what_cannot_be_put_together_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    with pytest.raises(CatalogueError, match=says):
        read(tmp_path, monkeypatch, welzijn=text)


# Looking it up


def test_an_earlier_place_that_fits_twice_is_no_reason_to_take_a_later_one(make: Any) -> None:
    one = make.indicator("woz", find=({"name": "WOZ", "unit": "euro"}, {"name": "Waarde", "unit": "euro"}))
    twice = table(("WOZ", "euro", ("Koop",)), ("WOZ", "euro", ("Huur",)), ("Waarde", "euro", ()))
    with pytest.raises(CatalogueError, match=r"'woz' fits 2 columns \(WOZ_0, WOZ_1\)"):
        indicators.find_key(one, twice.properties)


@given(st.lists(st.sampled_from("abcd"), max_size=5), st.lists(st.sampled_from("abcd"), max_size=3))
def test_a_path_fits_when_leaving_steps_out_gives_it(make: Any, path: list[str], wanted: list[str]) -> None:
    one = make.indicator("n", find=({"name": "n", "unit": "aantal", "path": wanted},))
    there = indicators.find_key(one, table(("n", "aantal", tuple(path))).properties) is not None
    left_out = [[step for at, step in enumerate(path) if kept >> at & 1] for kept in range(2 ** len(path))]
    assert there == (wanted in left_out)


def test_what_is_required_and_there_is_no_error_and_close_columns_are_described(make: Any) -> None:
    catalogue = make.catalogue(
        make.indicator("old", find=({"name": "Ouderen", "unit": "aantal"},)),
        make.indicator("young", find=({"name": "Jongeren", "unit": "aantal"},)),
        make.indicator("old_pct", kind="share", numerator="old", denominator=("young",), find=()),
    )
    one = table(("Ouderen", "aantal", ("Bevolking", "Leeftijd")), ("Jongere", "%", ("Zorg", "Jeugd")))
    found = indicators.resolve(catalogue, one, required=["old", "old_pct"])
    assert found["source_key"].tolist()[0] == "Ouderen_0"
    assert found["title"].tolist()[0] == "Titel 0"
    with pytest.raises(CatalogueError, match=r"Closest: Jongere_1 \(%, Zorg > Jeugd\)") as problem:
        indicators.resolve(catalogue, one, required=["old", "young"])
    assert "expected 'Jongeren' there" in str(problem.value)
    with pytest.raises(CatalogueError, match="Closest: nothing"):
        indicators.resolve(catalogue, table(("Gas", "m3", ())), required=["young"])
