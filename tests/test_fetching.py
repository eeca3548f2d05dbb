"""Fetching as a person sees it: the lines on stdout and stderr, and what is raised after all that could be had."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bt_analysis import fetching
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cached, cbs, files
from bt_analysis.sources.plain_files import DownloadRefused
from tests.test_cbs import TABLE, published

PART = cbs.Wanted(TABLE, where={"WijkenEnBuurten": ("BU9901*",)})
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def lines(printed: Printed) -> tuple[list[str], list[str]]:
    """Return what was printed on stdout and on stderr."""
    out, err = printed.readouterr()
    return out.splitlines(), err.splitlines()


def test_a_line_for_each_table_tells_whether_it_is_new(tmp_path: Path, workspace: Workspace, capsys: Printed) -> None:
    with published(tmp_path) as here:
        fetching.fetch_all(workspace, Settings(cbs=here), ["99001ned", PART])
        new = f"{TABLE}: 5 rows, fetched, changed 2021-03-26", f"{TABLE}: 2 rows, fetched, changed 2021-03-26"
        assert lines(capsys) == ([*new], [])  # the id as CBS writes it; of the selection its 2 buurten
        fetching.fetch_all(workspace, Settings(cbs=here), [TABLE, PART, TABLE])
    assert lines(capsys) == ([one.replace("fetched", "up to date") for one in new], [])


def test_refused_tables_are_told_after_those_that_came(tmp_path: Path, workspace: Workspace, capsys: Printed) -> None:
    unknown = cbs.Wanted(TABLE, where={"WijkenEnBuurten": ("GM9902",)})
    with published(tmp_path) as here, pytest.raises(cbs.SourceRejected, match=r"00000NED.*got HTTP 404; expected a"):
        fetching.fetch_all(workspace, Settings(cbs=here), ["00000NED", unknown, "84799-NED", TABLE])
    out, err = lines(capsys)
    assert out == [f"{TABLE}: 5 rows, fetched, changed 2021-03-26"]
    # The first refusal is raised, and the program tells it last; the others are told here, each in one line.
    assert [re.sub("[.;].*", "", one) for one in err] == [
        f"bt: table {TABLE}, WijkenEnBuurten: got 'GM9902'",
        "bt: table id: got '84799-NED'",
    ]


def test_a_host_that_is_gone_ends_the_run(tmp_path: Path, workspace: Workspace, capsys: Printed) -> None:
    with published(tmp_path) as here:
        pass  # from here on nobody listens there
    with pytest.raises(cbs.SourceUnreachable, match="got a refused or broken connection; expected an answer with data"):
        fetching.fetch_all(workspace, Settings(cbs=here), [TABLE, "99002NED"])
    assert lines(capsys) == ([], [])


def retrieved(workspace: Workspace, ago: timedelta) -> None:
    """Make all that was fetched so old."""
    text = (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = files.read_sources(workspace.sources).assign(retrieved=text)
    files.record(workspace.sources, [dict(zip(files.SOURCE_COLUMNS, line, strict=True)) for line in known.to_numpy()])


@pytest.mark.parametrize(("ago", "said"), [(0.5, "0 days"), (1.5, "1 day"), (400.5, "400 days")])
def test_ages_are_told_in_days_without_asking(
    tmp_path: Path, workspace: Workspace, capsys: Printed, ago: float, said: str
) -> None:
    with published(tmp_path) as here:
        for one in (TABLE, PART):
            cbs.fetch_table(one, workspace, here)
    retrieved(workspace, timedelta(days=ago))
    day = (datetime.now(UTC) - timedelta(days=ago)).strftime("%Y-%m-%d")
    fetching.tell_ages(workspace, [TABLE, PART])
    part = cached.folder_of(TABLE, PART.where, workspace).name
    age = f"retrieved {day} ({said} ago), changed 2021-03-26"
    assert lines(capsys)[0] == [f"{TABLE}: 5 rows, {age}", f"{part}: 2 rows, {age}"]


def test_what_is_lacking_is_told_after_what_is_there(tmp_path: Path, workspace: Workspace, capsys: Printed) -> None:
    with published(tmp_path) as here:
        cbs.fetch_table(PART, workspace, here)
    # A selection does not do for the whole table.
    with pytest.raises(cbs.SourceUnreachable) as problem:
        fetching.tell_ages(workspace, [TABLE, "99002NED", PART])
    assert str(problem.value) == (
        f"{workspace.raw / 'cbs'}: got nothing usable of {TABLE}, 99002NED; expected tables that were fetched before. "
        "Run bt fetch without --offline."
    )
    part = cached.folder_of(TABLE, PART.where, workspace).name
    assert [one.partition(":")[0] for one in lines(capsys)[0]] == [part]


def test_an_import_without_a_usable_table_says_why_of_each_file(
    tmp_path: Path, workspace: Workspace, capsys: Printed
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "notes.txt").write_text("not a table", encoding="utf-8")
    (folder / "kwb.csv").write_bytes(b"<html>Onderhoud</html>")
    with pytest.raises(
        DownloadRefused, match=rf"^{folder}: got 2 files and no KWB table that can be used; expected at"
    ):
        fetching.import_all(workspace, folder)
    out, _ = lines(capsys)
    got = "got no rows below the header; expected a row per region."
    assert out == [f"{file}: refused; not imported: refused. {file}: {got}" for file in ("kwb.csv", "notes.txt")]


def test_nothing_wanted_is_nothing_said(workspace: Workspace, capsys: Printed) -> None:
    fetching.fetch_all(workspace, Settings(), [])
    fetching.tell_ages(workspace, [])
    assert lines(capsys) == ([], [])
