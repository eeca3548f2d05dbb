"""Content: one collective and one period out of the built tables, and nothing of anyone else."""

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.language import Language
from bt_analysis.pages import content, sentences, verdicts
from bt_analysis.pages.stored import ContentError


def built(page: Any, root: Path, collectives: pd.DataFrame, estimates: pd.DataFrame, **tables: pd.DataFrame) -> Path:
    """Write what a build leaves behind."""
    folder = root / "data" / "processed" / "analysed"
    folder.mkdir(parents=True)
    empty = pd.DataFrame(columns=["collective_id", "cell", "period_start", "period_end", "reason"])
    dated = empty.astype({"period_start": "datetime64[us]", "period_end": "datetime64[us]"})
    standard = {
        "activities": page.activities(),
        "suppressed": dated,
        "unmatched": page.unmatched(),
        "sources": page.sources(),
        "indicators": pd.DataFrame(columns=["indicator_id", "label_nl", "label_en", "unit"], dtype="str"),
    }
    whole = standard | learning.learn_nothing().tables | tables | {"collectives": collectives, "estimates": estimates}
    for name, table in whole.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    give(root, whole)
    return root


def give(root: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write what came in bundles."""
    across = root / "data" / "processed" / "across"
    across.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(("withdrawn_n", "expired_n", "refused_n", "without_bundle_n"), 0)
    given = {"bundles": pd.DataFrame({"bundle_id": ["b"]}), "left": pd.DataFrame([counts]), **tables}
    names = ("estimates", "collectives", "activities", "unmatched", "indicators", "sources", "bundles", "left")
    given = learning.learn_nothing().tables | given
    for name in (*names, *learning.TABLES):
        given[name].to_parquet(across / f"{name}.parquet", index=False)


@pytest.fixture
def two(page: Any, tmp_path: Path) -> Path:
    """Build two collectives: tuin with two years, zon with one."""
    periods = ("2023", "2024", "2023-2024")
    return built(
        page,
        tmp_path,
        page.collectives(*({"period": one} for one in periods), {"collective_id": "zon", "name": "Zon"}),
        page.estimates(
            *({"period": one} for one in periods),
            {"question": "context", "period": "2019"},
            {"collective_id": "zon"},
            {"collective_id": "", "period": "2023-2024"},
        ),
        activities=page.activities(
            {"activity_id": "a", "start": "2023-03-01", "end": "2023-05-01"},
            {"activity_id": "b", "start": "2023-11-01", "end": "2024-02-01"},
            {"activity_id": "c", "start": "2024-06-01", "end": None},
            {"activity_id": "d", "start": "2022-06-01", "end": "2022-07-01"},
            {"activity_id": "e", "collective_id": "zon"},
        ),
        sources=page.sources(
            {"file": "cbs/x"}, {"file": "zon.xlsx", "collective_id": "zon"}, {"file": "t.xlsx", "collective_id": "tuin"}
        ),
    )


# One collective


def test_a_report_holds_its_own_period_and_context_of_every_year(two: Path) -> None:
    found = content.of_collective(two, "tuin", "2024", "nl")
    assert list(found.estimates["period_end"].dt.year) == [2024, 2019]
    assert list(found.estimates["question"]) == ["reach", "context"]


def test_context_is_no_later_than_the_report_and_of_its_own_area(page: Any, tmp_path: Path) -> None:
    context = [{"question": "context", "period": str(year)} for year in (2021, 2022, 2023, 2024)]
    moved = {"question": "context", "period": "2022", "work_area_id": "tuin-old"}
    periods = page.collectives({"period": "2022"}, {"period": "2020"}, {"period": "2023", "work_area_id": "tuin-old"})
    root = built(page, tmp_path, periods, page.estimates(*context, moved), sources=page.sources({}))
    years = {
        period: list(content.of_collective(root, "tuin", period, "nl").rows("context")["period_end"].dt.year)
        for period in ("2022", "2020", "2023")
    }
    assert years == {"2022": [2021, 2022], "2020": [2021], "2023": [2022]}  # before all figures: the first there is


def test_a_collective_without_work_area_has_no_context(page: Any, tmp_path: Path) -> None:
    root = built(page, tmp_path, page.collectives({"work_area_id": None}), page.estimates({"question": "context"}),
                 sources=page.sources({}))  # fmt: skip
    assert content.of_collective(root, "tuin", "2024", "nl").rows("context").empty


def test_activities_that_touch_the_period(two: Path) -> None:
    first, second = (
        content.of_collective(two, "tuin", year, "nl").activities["activity_id"] for year in ("2023", "2024")
    )
    assert list(first) == ["a", "b"]
    assert list(second) == ["b", "c"]


def test_nothing_of_another_collective(two: Path) -> None:
    found = content.of_collective(two, "tuin", "2024", "nl")
    assert set(found.estimates["collective_id"]) == {"tuin"}
    assert list(found.sources["file"]) == ["cbs/x", "t.xlsx"]
    assert found.collective["name"] == "De Tuin"


def test_language_and_settings_are_those_of_the_workspace(two: Path) -> None:
    (two / "bt.toml").write_text("[gates]\nmin_n = 99\n", encoding="utf-8")
    found = content.of_collective(two, "tuin", "2024", "en")
    assert found.language.code == "en"
    assert found.settings.gates.min_n == 99


@pytest.mark.parametrize(
    ("name", "period", "there"),
    [("tuin", "2019", "2023, 2024, 2023-2024"), ("nobody", "2024", "tuin, zon"), ("tuin", "../x", "2023, 2024")],
)
def test_what_was_not_built_says_what_there_is(two: Path, name: str, period: str, there: str) -> None:
    with pytest.raises(ContentError, match=f"no figures of '{name}' for period .*; there are: {there}"):
        content.of_collective(two, name, period, "nl")


def test_a_workspace_that_was_not_built_says_so(tmp_path: Path) -> None:
    for read in (lambda: content.of_collective(tmp_path, "tuin", "2024", "nl"), lambda: content.of_all(tmp_path, "nl"),
                 lambda: content.periods(tmp_path)):  # fmt: skip
        with pytest.raises(ContentError, match=r"is not there; expected a workspace that was built\. Run: bt build"):
            read()


def test_outlines_are_those_of_the_work_area(two: Path, page: Any) -> None:
    assert content.of_collective(two, "tuin", "2024", "nl").outlines is None
    both = pd.concat([page.outlines(), page.outlines().assign(work_area_id="elsewhere")])
    both.to_parquet(two / "data" / "processed" / "analysed" / "outlines.parquet")
    outlines = content.of_collective(two, "tuin", "2024", "nl").outlines
    assert outlines is not None
    assert len(outlines) == 3
    assert set(outlines["work_area_id"]) == {"tuin-a"}


def test_what_the_area_was_set_beside_is_that_of_the_report(two: Path) -> None:
    for name in ("similar", "balance", "left_out"):
        found: pd.DataFrame = getattr(content.of_collective(two, "tuin", "2024", "nl"), name)
        assert found.empty  # a workspace that was built before there were comparisons
        days = pd.to_datetime(["2024-01-01", "2024-01-01", "2023-01-01"])
        table = pd.DataFrame({"collective_id": ["tuin", "zon", "tuin"], "period_start": days})
        table = table.assign(period_end=days + pd.offsets.YearEnd(0), indicator_id=["a", "b", "c"])
        table.to_parquet(two / "data" / "processed" / "analysed" / f"{name}.parquet")
        read: pd.DataFrame = getattr(content.of_collective(two, "tuin", "2024", "nl"), name)
        assert read["indicator_id"].tolist() == ["a"]


# All collectives


def test_all_collectives_each_in_its_longest_period(two: Path) -> None:
    found = content.of_all(two, "nl")
    assert found.period == "2023-2024"
    assert dict(zip(found.collectives["collective_id"], found.collectives["period"], strict=True)) == {
        "tuin": "2023-2024",
        "zon": "2024",
    }
    own = found.estimates[found.estimates["collective_id"].ne("") & found.estimates["question"].eq("reach")]
    assert sorted(zip(own["collective_id"], own["period_end"].dt.year - own["period_start"].dt.year, strict=True)) == [
        ("tuin", 1),
        ("zon", 0),
    ]
    assert (found.estimates["collective_id"] == "").sum() == 1


def test_the_cross_domain_report_reads_bundles_and_nothing_else(two: Path, page: Any) -> None:
    own = page.collectives({"collective_id": "zon", "name": "Zon"})
    whole = {path.stem: pd.read_parquet(path) for path in (two / "data" / "processed" / "across").iterdir()}
    given = {name: table[table["collective_id"] == "zon"] for name, table in whole.items() if "collective_id" in table}
    measured = pd.DataFrame({"indicator_id": ["zon--x"], "label_nl": ["Zon"], "label_en": [None]})
    give(two, {**given, "collectives": own, "indicators": measured, "bundles": pd.DataFrame({"bundle_id": ["zon-1"]})})
    found = content.of_all(two, "nl")
    assert list(found.collectives["collective_id"]) == ["zon"]
    assert set(found.estimates["collective_id"]) == {"zon"}
    assert set(found.activities["collective_id"]) == {"zon"}
    assert list(found.sources["file"]) == ["zon.xlsx"]
    assert list(found.bundles["bundle_id"]) == ["zon-1"]
    assert list(found.indicators["indicator_id"]) == ["zon--x"]
    assert found.left["withdrawn_n"].tolist() == [0]
    assert len(found.suppressed) == 0
    assert content.of_collective(two, "tuin", "2024", "nl").collective["name"] == "De Tuin"  # its own report stays


def test_without_bundles_there_is_still_a_cross_domain_report(two: Path, page: Any) -> None:
    empty = {
        "estimates": page.estimates(),
        "collectives": page.collectives(),
        "activities": page.activities(),
        "unmatched": page.unmatched(),
        "sources": page.sources(),
        "indicators": pd.DataFrame({"indicator_id": []}),
        "bundles": pd.DataFrame({"bundle_id": []}),
    }
    give(two, empty)
    assert content.periods(two)["across"] == ("2023-2024",)  # of what was built here
    found = content.of_all(two, "nl")
    assert found.period == "2023-2024"
    assert len(found.collectives) == len(found.estimates) == 0


def test_a_workspace_of_before_bundles_must_be_built_again(two: Path) -> None:
    for path in (two / "data" / "processed" / "across").iterdir():
        path.unlink()
    with pytest.raises(ContentError, match=r"Run: bt build"):
        content.of_all(two, "nl")


def test_periods_that_can_be_reported_on(two: Path) -> None:
    assert content.periods(two) == {
        "tuin": ("2023", "2024", "2023-2024"),
        "zon": ("2024",),
        "across": ("2023-2024",),
    }


def test_one_year_is_one_year(page: Any, tmp_path: Path) -> None:
    root = built(page, tmp_path, page.collectives({}), page.estimates({}))
    assert content.periods(root)["across"] == ("2024",)
    assert content.of_all(root, "nl").period == "2024"


# Selecting


def test_rows_and_one(page: Any) -> None:
    here = page.content({"value": 1}, {"value": 2, "group_value": "65+"}, {"indicator_id": "contacts_n", "value": 3})
    assert list(here.rows("reach")["value"]) == [1, 2, 3]
    assert list(here.rows("reach", "unique_n")["value"]) == [1, 2]
    assert list(here.rows("reach", "unique_n", group_value="65+")["value"]) == [2]
    assert here.one("reach", "contacts_n")["value"] == 3
    assert here.one("reach", "nothing") is None


def test_reading_changes_nothing(two: Path) -> None:
    before = {path: path.read_bytes() for path in two.rglob("*.parquet")}
    content.of_collective(two, "tuin", "2024", "nl")
    content.of_all(two, "en")
    assert {path: path.read_bytes() for path in two.rglob("*.parquet")} == before


def test_what_was_measured_is_read_when_it_was_built(page: Any, tmp_path: Path) -> None:
    tables = (page.collectives({}), page.estimates({}))
    more = {"sources": page.sources({"collective_id": "tuin"}), "activities": page.activities({}),
            "unmatched": page.unmatched(("work_area", "x"))}  # fmt: skip
    root = built(page, tmp_path / "without", *tables, **more)
    assert content.of_collective(root, "tuin", "2024", "nl").indicators.empty
    columns = ["indicator_id", "label_nl", "label_en", "unit", "direction", "instrument_id", "source_type"]
    row = pd.DataFrame([("bankjes", "Bankjes", "Benches", "aantal", None, None, "eigen_telling")], columns=columns)
    root = built(page, tmp_path / "with", *tables, indicators=row, **more)
    assert content.of_collective(root, "tuin", "2024", "nl").indicators["label_nl"].tolist() == ["Bankjes"]


# Figures by question


def some(page: Any) -> content.Content:
    kinds = [
        ("reach", "unique_n", ""),
        ("change", "gas", "oordeel"),
        ("reach", "contacts_n", ""),
        ("change", "gas", "stap"),
    ]
    rows = [{"question": one, "indicator_id": what, "group_type": kind} for one, what, kind in kinds]
    there: content.Content = page.content(*rows)
    return there


@pytest.mark.parametrize("question", ["reach", "change", "similar"])
@pytest.mark.parametrize("where", [{}, {"group_type": "oordeel"}, {"group_type": "oordeel", "gate": "ok"}])
@pytest.mark.parametrize("indicator_id", [None, "gas", "unique_n"])
def test_figures_of_a_question_are_those_that_a_search_finds(
    page: Any, question: str, where: dict[str, str], indicator_id: str | None
) -> None:
    here = some(page)
    found = here.rows(question, indicator_id, **where)
    kept = here.estimates["question"].eq(question)
    for column, value in where.items() if indicator_id is None else {"indicator_id": indicator_id, **where}.items():
        kept &= here.estimates[column].eq(value)
    pd.testing.assert_frame_equal(found, here.estimates[kept], check_dtype=False)


def test_what_is_done_to_found_figures_is_not_done_to_those_of_the_report(page: Any) -> None:
    here = some(page)
    for where in ({}, {"group_type": ""}):
        found = here.rows("reach", **where)
        found["value"] = -1.0
        found.loc[:, "gate"] = "onderdrukt"
    assert not here.rows("reach")["value"].eq(-1).any()
    assert not here.rows("reach")["gate"].eq("onderdrukt").any()
    assert not here.estimates["value"].eq(-1).any()


def test_a_report_with_other_figures_finds_those(page: Any) -> None:
    here = some(page)
    assert len(here.rows("reach")) == 2
    other = dataclasses.replace(here, estimates=here.estimates[here.estimates["indicator_id"].eq("unique_n")])
    assert len(other.rows("reach")) == 1
    assert other.rows("change").empty
    assert list(other.rows("change").columns) == list(here.rows("change").columns)


def test_one_figure_or_none(page: Any) -> None:
    here = some(page)
    one = here.one("change", "gas", group_type="stap")
    assert one is not None
    assert one["group_type"] == "stap"
    assert here.one("change", "gas", group_type="pad") is None
    assert here.one("nothing", "gas") is None


def test_labels_and_verdicts_are_made_once_and_anew_for_another_language(page: Any) -> None:
    here = some(page)
    assert verdicts.outcomes(here) is verdicts.outcomes(here)
    assert [one.indicator_id for one in verdicts.outcomes(here)] == ["gas"]
    english = dataclasses.replace(here, language=Language("en"))
    assert sentences.label(here, "unique_n") != sentences.label(english, "unique_n")
    assert sentences.label(here, "unique_n") == sentences.label(here, "unique_n")
