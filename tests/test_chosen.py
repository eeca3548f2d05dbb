"""What a notebook is about when its reader left that open: the collective with most to show, and its longest period."""

from pathlib import Path

import pytest

from bt_analysis.pages import content
from bt_analysis.pages.stored import ContentError
from tests.conftest import Page


@pytest.fixture
def workspace(tmp_path: Path, page: type[Page]) -> Path:
    """Write the tables of three collectives: of the question reach, tuin shows 1 figure, straat 2, and meent none."""
    figures = page.estimates(
        {"collective_id": "tuin"},
        {"collective_id": "straat"},
        {"collective_id": "straat", "indicator_id": "contacts_n", "gate": "voorbehoud"},
        {"collective_id": "meent", "gate": "niet_te_zien"},
        {"collective_id": "meent", "indicator_id": "contacts_n", "gate": "onderdrukt"},
        {"collective_id": "meent", "question": "hours"},
    )
    collectives = page.collectives(
        {"collective_id": "tuin", "name": "B"},
        {"collective_id": "straat", "name": "C", "period": "2023"},
        {"collective_id": "straat", "name": "C", "period": "2022-2023"},
        {"collective_id": "meent", "name": "A"},
    )
    tables = {"analysed/estimates": figures, "analysed/collectives": collectives, "across/collectives": collectives[:0]}
    for name, table in tables.items():
        path = tmp_path / "data" / "processed" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path)
    return tmp_path


def test_the_collective_with_most_shown_figures_in_its_longest_period(workspace: Path) -> None:
    assert content.chosen(workspace, "reach") == ("straat", "2022-2023")  # 2 figures, beside 1 of tuin and 0 of meent


def test_what_is_hidden_does_not_count(workspace: Path) -> None:
    assert content.chosen(workspace, "hours") == ("meent", "2024")


def test_where_nobody_shows_anything_it_is_the_first_by_name(workspace: Path) -> None:
    assert content.chosen(workspace, "change") == ("meent", "2024")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("tuin", ""), ("tuin", "2024")),
        (("straat", ""), ("straat", "2022-2023")),
        (("straat", "2023"), ("straat", "2023")),
    ],
)
def test_what_the_reader_named_is_kept(workspace: Path, given: tuple[str, str], expected: tuple[str, str]) -> None:
    assert content.chosen(workspace, "reach", *given) == expected


def test_an_unknown_collective_is_refused(workspace: Path) -> None:
    with pytest.raises(ContentError, match="got collective 'plein'; expected one of meent, tuin, straat"):
        content.chosen(workspace, "reach", "plein")


def test_the_report_of_all_is_no_collective(workspace: Path) -> None:
    with pytest.raises(ContentError, match="got collective 'across'"):
        content.chosen(workspace, "reach", "across")


def test_a_workspace_that_was_not_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"collectives\.parquet is not there; expected a workspace that was built"):
        content.chosen(tmp_path, "reach")
