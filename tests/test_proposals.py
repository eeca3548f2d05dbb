"""Proposed changes: a row in; a file that waits, and then the same row in a package, out."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from bt_analysis.sources import monitoring, proposals, taking_over
from bt_analysis.sources.proposals import Proposal, ProposalError

ROW = {
    "return_id": "weerwoord-20250301-abc123", "claim_id": "3f9c2a71b4de", "date": "2025-03-01", "form": "deur",
    "reply_type": "oneens", "reply_text": "Het is meer.", "text_consent": "ja", "version": "1",
}  # fmt: skip
DEMO = ("huis-01", "energie-01")  # CSV files, and a workbook


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a test the folder of a collective."""
    made = tmp_path / "tuin"
    made.mkdir()
    return made


def problems_of(folder: Path) -> int:
    return len(monitoring.read_package(folder, None).problems)


def with_sheet(title: str) -> Workbook:
    """Return a workbook of one sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.create_sheet(title)
    return book


def only(folder: Path) -> Proposal:
    found = proposals.waiting(folder)
    assert len(found) == 1
    return found[0]


# Proposing


def test_a_row_waits_in_a_file_of_its_own_and_the_package_stays_as_it_was(folder: Path) -> None:
    (folder / "return_event.csv").write_text("return_id,date,form\n", encoding="utf-8")
    path = proposals.propose(folder, "return_event", ROW)
    assert path == folder / "voorstellen" / "return_event-weerwoord-20250301-abc123.csv"
    assert (folder / "return_event.csv").read_text(encoding="utf-8") == "return_id,date,form\n"
    assert only(folder) == Proposal("return_event", path, ROW)


def test_a_new_id_has_its_day_and_is_never_twice_the_same() -> None:
    made = {proposals.new_id(dt.date(2025, 3, 1)) for _ in range(50)}
    assert len(made) == 50
    assert all(one.startswith("weerwoord-20250301-") for one in made)


@pytest.mark.parametrize(
    ("change", "piece"),
    [
        ({"reply_text": "Mevrouw Jansen zei dit, bel 06-12345678"}, "reply_text"),
        ({"reply_text": '=HYPERLINK("http://x")'}, "reply_text"),
        ({"form": "telefoon"}, "form"),
        ({"date": "gisteren"}, "date"),
        ({"reached_n": "-3"}, "reached_n"),
        ({"claim_id": "../../etc"}, "claim_id"),
        ({"return_id": "../weg"}, "return_id"),
        ({"bestaat_niet": "x"}, "bestaat_niet"),
    ],
)
def test_what_no_delivery_may_hold_no_proposal_may_hold(folder: Path, change: dict[str, str], piece: str) -> None:
    with pytest.raises(ProposalError, match=piece):
        proposals.propose(folder, "return_event", ROW | change)
    assert not (folder / "voorstellen").exists()


def test_markup_is_only_text(folder: Path) -> None:
    text = "<script>alert(1)</script> wij zagen meer"
    proposals.propose(folder, "return_event", ROW | {"reply_text": text})
    assert only(folder).row["reply_text"] == text


def test_a_proposal_is_not_sent_twice_nor_to_a_collective_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    proposals.propose(folder, "return_event", ROW)
    with pytest.raises(ProposalError, match="waits already"):
        proposals.propose(folder, "return_event", ROW)
    with pytest.raises(ProposalError, match="'weg'; expected one with a package"):
        proposals.propose(tmp_path / "weg", "return_event", ROW)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(ProposalError, match="'link'"):
        proposals.propose(tmp_path / "link", "return_event", ROW | {"return_id": "nog-een"})


def test_a_disk_is_not_filled_with_proposals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_WAITING", 2)
    for at in range(2):
        proposals.propose(folder, "return_event", ROW | {"return_id": f"r{at}"})
    with pytest.raises(ProposalError, match="2 proposals wait"):
        proposals.propose(folder, "return_event", ROW | {"return_id": "r3"})


def test_other_files_in_the_folder_are_no_proposals(folder: Path) -> None:
    place = folder / "voorstellen"
    place.mkdir()
    (place / "return_event-leeg.csv").write_text("return_id\n", encoding="utf-8")
    (place / "return_event-twee.csv").write_text("return_id\na\nb\n", encoding="utf-8")
    (place / "Thumbs.csv").write_text("return_id\na\n", encoding="utf-8")
    (place / "return_event-link.csv").symlink_to(folder / "elders.csv")
    assert proposals.waiting(folder) == []
    assert proposals.waiting(folder / "weg") == []


# Taking over


@pytest.mark.parametrize("name", DEMO)
def test_a_row_is_taken_over_in_a_package_which_then_holds_it(built_demo: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(built_demo / "data" / "raw" / "monitoring" / name, tmp_path / name)
    before = monitoring.read_package(folder, None).tables["return_event"]
    proposals.propose(folder, "return_event", ROW)
    told = [one for one in monitoring.read_package(folder, None).repairs if one.kind == "proposals_wait"]
    assert [one.got for one in told] == ["voorgestelde regels die wachten: 1"]

    path = taking_over.take_over(folder, only(folder), problems_of)
    after = monitoring.read_package(folder, None)
    assert after.problems == []
    table = after.tables["return_event"]
    assert len(table) == len(before) + 1
    new = table[table["return_id"].eq(ROW["return_id"])].iloc[0]
    assert (new["date"], new["reply_text"], new["text_consent"]) == (pd.Timestamp("2025-03-01"), "Het is meer.", True)
    assert proposals.waiting(folder) == []
    # As it was before it is still there.
    assert (folder / "voorstellen" / "eerder" / path.name).exists()
    assert not any(one.kind == "proposals_wait" for one in after.repairs)


def test_the_other_rows_of_a_csv_file_stay_what_they_were(folder: Path) -> None:
    path = folder / "return_event.csv"
    path.write_text('return_id;date;form;reply_text\na;2025-01-01;deur;"een; twee"\n', encoding="utf-8-sig")
    proposals.propose(folder, "return_event", ROW)
    assert taking_over.take_over(folder, only(folder), lambda _: 0) == path
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "return_id;date;form;reply_text;claim_id;reply_type;text_consent;version"
    assert lines[1] == 'a;2025-01-01;deur;"een; twee";;;;'
    assert lines[2] == "weerwoord-20250301-abc123;2025-03-01;deur;Het is meer.;3f9c2a71b4de;oneens;ja;1"


def test_a_workbook_without_the_sheet_gets_one(folder: Path) -> None:
    book = with_sheet("collective")
    book.save(folder / "tuin.xlsx")
    proposals.propose(folder, "return_event", ROW)
    taking_over.take_over(folder, only(folder), lambda _: 0)
    sheet = load_workbook(folder / "tuin.xlsx")["return_event"]
    assert [cell.value for cell in sheet[1]] == list(ROW)
    assert [cell.value for cell in sheet[2]] == list(ROW.values())


def test_a_row_below_titles_comes_under_the_last_filled_row_and_is_text(folder: Path) -> None:
    book = with_sheet("return_event")
    sheet = book["return_event"]
    for row in (["Wat bewoners vonden"], [], ["form", "return_id", "date"], ["deur", "a", "2025-01-01"], [None], [""]):
        sheet.append(row)
    book.save(folder / "tuin.xlsx")
    proposals.propose(folder, "return_event", ROW)
    waits = only(folder)
    taking_over.take_over(folder, Proposal(waits.table, waits.path, waits.row | {"reply_text": "=1+1"}), lambda _: 0)
    read = load_workbook(folder / "tuin.xlsx")["return_event"]
    assert [cell.value for cell in read[5]][:3] == ["deur", "weerwoord-20250301-abc123", "2025-03-01"]
    assert all(cell.data_type in ("s", "n") for cell in read[5])


def test_a_new_problem_puts_everything_back(folder: Path) -> None:
    path = folder / "return_event.csv"
    path.write_text("return_id,date,form\n", encoding="utf-8")
    proposals.propose(folder, "return_event", ROW)
    counts = iter([0, 1])
    with pytest.raises(ProposalError, match="Everything is as it was"):
        taking_over.take_over(folder, only(folder), lambda _: next(counts))
    assert path.read_text(encoding="utf-8") == "return_id,date,form\n"
    assert only(folder).row == ROW
    path.unlink()
    counts = iter([0, 1])
    with pytest.raises(ProposalError, match="new problem"):
        taking_over.take_over(folder, only(folder), lambda _: next(counts))
    assert not path.exists()


def test_where_it_is_unclear_the_keeper_copies_it(folder: Path) -> None:
    (folder / "datapackage.json").write_text("{}", encoding="utf-8")
    proposals.propose(folder, "return_event", ROW)
    with pytest.raises(ProposalError, match="Copy it by hand"):
        taking_over.take_over(folder, only(folder), lambda _: 0)
    (folder / "datapackage.json").unlink()
    book = with_sheet("return_event")
    book.create_sheet("Teruggeven")
    book.save(folder / "tuin.xlsx")
    with pytest.raises(ProposalError, match="2 sheets return_event"):
        taking_over.take_over(folder, only(folder), lambda _: 0)
