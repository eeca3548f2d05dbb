"""Raw files: whole or not at all, and a line for each in sources.csv."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from bt_analysis.sources import files


def line(file: str, rows: int = 5, **other: object) -> dict[str, object]:
    return {
        "file": file,
        "url": "https://opendata.cbs.nl/ODataFeed/odata/90001NED/TypedDataSet?$format=json",
        "table": "90001NED",
        "modified": "2021-03-26T02:00:00",
        "retrieved": "2026-01-02T03:04:05Z",
        "licence": "CC BY 4.0",
        "sha256": "0" * 64,
        "rows": rows,
    } | other


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- one file ---------------------------------------------------------------------------------------------------------


def test_a_file_gets_its_content_and_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "new" / "deeper" / "figures.txt"
    files.write_atomically(target, lambda path: path.write_text("vijf", encoding="utf-8"))
    assert target.read_text(encoding="utf-8") == "vijf"
    assert names(target.parent) == ["figures.txt"]


def test_the_temporary_file_lies_beside_the_real_one_and_keeps_its_extension(tmp_path: Path) -> None:
    seen: list[Path] = []

    def write(path: Path) -> None:
        seen.append(path)
        path.write_text("x", encoding="utf-8")

    files.write_atomically(tmp_path / "figures.parquet", write)
    assert seen[0].parent == tmp_path  # a rename is only atomic within one disk
    assert seen[0].suffix == ".parquet"
    assert seen[0].name != "figures.parquet"


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "figures.txt"
    target.write_text("oud", encoding="utf-8")

    def fail(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        files.write_atomically(target, fail)
    assert target.read_text(encoding="utf-8") == "oud"
    assert names(tmp_path) == ["figures.txt"]


def test_a_writer_that_writes_nothing_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "figures.txt"
    target.write_text("oud", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        files.write_atomically(target, lambda _: None)
    assert target.read_text(encoding="utf-8") == "oud"


def test_the_sha256_is_that_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "figures.txt"
    path.write_bytes(b"Bron: CBS")
    assert files.sha256(path) == hashlib.sha256(b"Bron: CBS").hexdigest()


# --- one folder -------------------------------------------------------------------------------------------------------


def filled(folder: Path, **contents: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "90001NED"
    filled(folder, rows="oud", dimension_of_before="weg")
    files.replace_folder(folder, lambda new: filled(new, rows="nieuw"))
    assert names(folder) == ["rows"]
    assert (folder / "rows").read_text(encoding="utf-8") == "nieuw"
    assert names(tmp_path) == ["90001NED"]


def test_a_new_folder_may_be_read_by_colleagues(tmp_path: Path) -> None:
    folder = tmp_path / "cbs" / "90001NED"
    before = os.umask(0o022)
    try:
        files.replace_folder(folder, lambda new: filled(new, rows="nieuw"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777 - 0o022


def test_a_failure_while_filling_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "90001NED"
    filled(folder, rows="oud")

    def fail(new: Path) -> None:
        filled(new, rows="half")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        files.replace_folder(folder, fail)
    assert (folder / "rows").read_text(encoding="utf-8") == "oud"
    assert names(tmp_path) == ["90001NED"]


def test_what_a_killed_run_left_half_filled_is_cleared_away(tmp_path: Path) -> None:
    filled(tmp_path / ".new.90001NED", half="left by a run that was killed")
    files.replace_folder(tmp_path / "90001NED", lambda new: filled(new, rows="nieuw"))
    assert names(tmp_path) == ["90001NED"]
    assert names(tmp_path / "90001NED") == ["rows"]


def test_a_run_killed_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "90001NED"
    filled(tmp_path / ".old.90001NED", rows="oud")  # set aside, and the new one never came
    files.restore_folder(folder)
    assert (folder / "rows").read_text(encoding="utf-8") == "oud"
    assert names(tmp_path) == ["90001NED"]


def test_a_run_killed_before_the_old_folder_was_removed_keeps_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "90001NED"
    filled(folder, rows="nieuw")
    filled(tmp_path / ".old.90001NED", rows="oud")
    files.restore_folder(folder)
    assert (folder / "rows").read_text(encoding="utf-8") == "nieuw"
    assert names(tmp_path) == ["90001NED"]


def test_a_rename_that_fails_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "90001NED"
    filled(folder, rows="oud")
    rename = Path.rename

    def refuse_the_new(self: Path, target: Path) -> Path:
        if self.name.startswith(".new"):
            raise OSError("disk is read-only now")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(OSError, match="read-only"):
        files.replace_folder(folder, lambda new: filled(new, rows="nieuw"))
    assert (folder / "rows").read_text(encoding="utf-8") == "oud"
    assert names(tmp_path) == ["90001NED"]


# --- sources.csv ------------------------------------------------------------------------------------------------------


def test_no_sources_yet_is_an_empty_table_with_its_columns(tmp_path: Path) -> None:
    found = files.read_sources(tmp_path / "sources.csv")
    assert list(found.columns) == files.SOURCE_COLUMNS
    assert len(found) == 0


def test_lines_are_sorted_by_file_and_read_back_as_text(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "sources.csv"
    files.record(path, [line("cbs/90002NED/TypedDataSet.parquet", 7), line("cbs/90001NED/TypedDataSet.parquet", 5)])
    found = files.read_sources(path)
    assert list(found["file"]) == ["cbs/90001NED/TypedDataSet.parquet", "cbs/90002NED/TypedDataSet.parquet"]
    assert list(found["rows"]) == ["5", "7"]
    assert found["sha256"].tolist() == ["0" * 64] * 2  # not the number 0
    assert names(path.parent) == ["sources.csv"]


def test_a_file_that_is_fetched_again_replaces_its_line_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    files.record(path, [line("a.json", 5), line("b.json", 6)])
    files.record(path, [line("b.json", 7)])
    assert dict(files.read_sources(path)[["file", "rows"]].itertuples(index=False)) == {"a.json": "5", "b.json": "7"}


def test_a_replaced_folder_loses_the_lines_of_files_that_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    files.record(path, [line("cbs/1NED/Perioden.json"), line("cbs/1NED/x.parquet"), line("cbs/1NEDERLAND/x.parquet")])
    files.record(path, [line("cbs/1NED/x.parquet", 9)], folder="cbs/1NED")
    found = files.read_sources(path)
    assert list(found["file"]) == ["cbs/1NED/x.parquet", "cbs/1NEDERLAND/x.parquet"]
    assert list(found["rows"]) == ["9", "5"]


def test_commas_quotes_and_empty_cells_survive(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    files.record(path, [line('boundaries/"wijk, buurt".gpkg', table="", modified="NA")])
    (found,) = files.read_sources(path).to_dict("records")
    assert found["file"] == 'boundaries/"wijk, buurt".gpkg'
    assert found["table"] == ""
    assert found["modified"] == "NA"  # a text, no missing value


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    files.record(first, [line("a.json"), line("b.json")])
    files.record(second, [line("b.json")])
    files.record(second, [line("a.json")])
    assert first.read_bytes() == second.read_bytes()


def test_lines_given_are_not_changed(tmp_path: Path) -> None:
    given = line("a.json")
    before = dict(given)
    files.record(tmp_path / "sources.csv", [given])
    assert given == before


def test_a_line_with_a_column_too_few_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    files.record(path, [line("a.json")])
    before = path.read_bytes()
    short = line("b.json")
    del short["licence"]
    with pytest.raises(files.SourcesFileError, match=r"'b.json': got other columns \(licence\)"):
        files.record(path, [short])
    with pytest.raises(files.SourcesFileError, match="colour"):
        files.record(path, [line("b.json", colour="red")])
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"file;url;table\na;b;c\n", "got the columns file;url;table"),
        (b"", "got a file that is no CSV"),
        (b"file,url\n\xff\xfe\n", "got a file that is no CSV"),
        (b'file,url\n"open', "got a file that is no CSV"),
    ],
    ids=["semicolons", "empty", "no utf-8", "open quote"],
)
def test_a_spoiled_sources_file_is_one_line_that_says_what_to_do(tmp_path: Path, content: bytes, got: str) -> None:
    path = tmp_path / "sources.csv"
    path.write_bytes(content)
    with pytest.raises(files.SourcesFileError) as caught:
        files.read_sources(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: {got}")
    assert "expected" in message
    assert "fetch again" in message
    assert "\n" not in message
