"""The check of a thesis: it reruns to the same figures, or each fault is one line that says what to do."""

from pathlib import Path

import pytest

from bt_analysis import thesis
from bt_analysis.thesis import Checked, ThesisError, comparing, fixed, outside
from tests.thesis_folders import results, rewrite, small

COUNT = """
import csv, pathlib
rows = list(csv.DictReader(open("data/cijfers.csv")))
pathlib.Path("results").mkdir(exist_ok=True)
total = sum(int(row["aantal"]) for row in rows)
pathlib.Path("results/som.csv").write_text(f"totaal,deel\\n{total},{total / 3:.10f}\\n")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a test a thesis that is in order: 3 + 4 = 7, and 7 / 3."""
    return results(small(tmp_path / "klein", COUNT), som=f"totaal,deel\n7,{7 / 3:.10f}\n")


def said(checked: Checked) -> list[str]:
    for fault in checked.faults:
        assert "\n" not in str(fault)
        assert str(fault).endswith(".")
    return [str(fault) for fault in checked.faults]


def one(folder: Path) -> str:
    (line,) = said(thesis.check(folder))
    return line


# The rerun


def test_a_thesis_in_order_is_left_as_it_was(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    checked = thesis.check(folder)
    assert (checked.faults, checked.notes) == ((), ())
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_figure_that_was_changed_by_hand_is_named_with_its_cell(folder: Path) -> None:
    results(folder, som=f"totaal,deel\n8,{7 / 3:.10f}\n")
    assert one(folder) == (
        "results/som.csv: got '8' in row 2, column totaal; expected '7' as a new run makes. Run the notebook again "
        "from the start and keep what it makes, or mend what makes it differ from run to run."
    )


def test_a_run_that_depends_on_what_an_earlier_one_left_is_found(folder: Path) -> None:
    rewrite(folder, COUNT + 'open("results/som.csv", "a").write(open("results/eerder.csv").read())')
    results(folder, eerder="")
    line = one(folder)
    assert line.startswith("thesis.ipynb: got FileNotFoundError: [Errno 2] No such file or directory: 'results/eerder.")
    assert "(cell 5)" in line  # four cells of text come first
    assert line.endswith("expected a notebook that runs from the start. Mend that cell.")


def test_chance_without_a_seed_is_found(folder: Path) -> None:
    rewrite(folder, COUNT.replace("total / 3", "total / 3 + __import__('os').getpid()"))
    assert "column deel; expected" in one(folder)


def test_data_that_a_notebook_writes_over_are_named(folder: Path) -> None:
    rewrite(folder, COUNT + 'pathlib.Path("data/nieuw.csv").write_text("a")')
    assert one(folder) == (
        "data/nieuw.csv: got a file that the notebook changed; expected data that stay as they are. Write to results/ "
        "instead."
    )


def test_a_kernel_that_dies_is_a_fault(folder: Path) -> None:
    rewrite(folder, "import os\nos._exit(1)")
    assert one(folder).startswith("thesis.ipynb: got the process that made it was ended from outside (exit status 1)")


def test_a_cell_that_goes_on_for_ever_is_a_fault(folder: Path) -> None:
    rewrite(folder, "while True:\n    pass")
    (line,) = said(thesis.check(folder, timeout_s=1))
    assert line.startswith("thesis.ipynb: got a step took longer than 1 seconds; it was ended")
    assert line.endswith("expected a run of at most 1 s per cell. Make it smaller.")


# The data


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda data: (data / "cijfers.csv").write_text("buurt,aantal\nA,3\nB,5\n"), "data/cijfers.csv: got sha256 "),
        (lambda data: (data / "cijfers.csv").unlink(), "data/cijfers.csv: got no such file; expected the file of this"),
        (
            lambda data: (data / "meer.csv").write_text("a\n"),
            "data/meer.csv: got a file that is no part of the",
        ),
        (lambda data: (data / "SHA256SUMS").unlink(), "data/SHA256SUMS: got no such file; expected the list of checks"),
        (
            lambda data: (data / "SHA256SUMS").write_text(""),
            "data/SHA256SUMS: got data version e3b0c44298fc; ",
        ),
    ],
)
def test_other_data_are_found_and_nothing_is_run(folder: Path, change: object, line: str) -> None:
    rewrite(folder, "raise SystemExit")
    change(folder / "data")  # type: ignore[operator]
    assert one(folder).startswith(line)


def test_who_changes_data_and_list_alike_still_has_another_version(folder: Path) -> None:
    data = folder / "data"
    content = b"buurt,aantal\nA,3\nB,5\n"
    (data / "cijfers.csv").write_bytes(content)
    (data / "SHA256SUMS").write_text(fixed.listed({"cijfers.csv": content}), encoding="utf-8")
    assert one(folder).startswith("data/SHA256SUMS: got data version ")


# What is written


def test_a_thesis_says_its_question_data_method_and_limits(folder: Path) -> None:
    rewrite(folder, COUNT, text={"limits": " "})
    assert one(folder) == (
        "thesis.ipynb: got no text about the limits; expected a cell of text tagged with it. Put it back, with the tag "
        "limits on the cell."
    )


def test_sources_are_in_the_bibliography_once(folder: Path) -> None:
    rewrite(folder, COUNT, text={"data": "Cijfers [@gegevens; zie ook @jansen2020], mail jan@voorbeeld.nl"})
    assert one(folder) == (
        "thesis.ipynb: got the source @jansen2020; expected an entry of references.bib. Add the source, or mend its "
        "key."
    )
    twice = (folder / "references.bib").read_text(encoding="utf-8") * 2 + "@book{jansen2020,\n}\n"
    (folder / "references.bib").write_text(twice, encoding="utf-8")
    assert one(folder).startswith("references.bib: got gegevens twice; expected every source once.")
    (folder / "references.bib").unlink()
    assert one(folder).startswith("references.bib: got no such file")


def test_a_thesis_names_its_data_as_a_source(folder: Path) -> None:
    rewrite(folder, COUNT, text={"data": "Cijfers."})
    assert one(folder).startswith("thesis.ipynb: got no mention of the data version as a source; expected [@gegevens].")


def test_a_citation_names_the_data_version(folder: Path) -> None:
    (folder / "CITATION.cff").write_text('version: "0123"\n', encoding="utf-8")
    assert one(folder).startswith("CITATION.cff: got another data version; expected ")
    (folder / "CITATION.cff").unlink()
    assert one(folder).startswith("CITATION.cff: got no such file")


def test_all_faults_are_told_at_once(folder: Path) -> None:
    (folder / "CITATION.cff").unlink()
    rewrite(folder, COUNT, text={"method": "", "data": "Zie [@niemand]."})
    results(folder, som="totaal,deel\n7,0\n", oud="a\n")
    assert [line.partition(":")[0] for line in said(thesis.check(folder))] == [
        "CITATION.cff", "thesis.ipynb", "thesis.ipynb", "thesis.ipynb", "results/oud.csv", "results/som.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [None, "", "{}", '{"nbformat": 4}', "geen json"])
def test_a_notebook_that_cannot_be_read_is_one_fault(folder: Path, content: str | None) -> None:
    (folder / "thesis.ipynb").unlink()
    if content is not None:
        (folder / "thesis.ipynb").write_text(content, encoding="utf-8")
    assert one(folder).startswith("thesis.ipynb: got ")


@pytest.mark.parametrize("content", [None, "", "[]", '{"data": {}}', '{"data": {"version": 3}, "software": {}}'])
def test_a_folder_that_is_no_thesis_is_a_mistake(folder: Path, content: str | None) -> None:
    (folder / "thesis.json").unlink()
    if content is not None:
        (folder / "thesis.json").write_text(content, encoding="utf-8")
    with pytest.raises(ThesisError, match=r"thesis\.json: got no description of a thesis"):
        thesis.check(folder)


def test_no_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ThesisError, match="got no folder"):
        thesis.check(tmp_path / "nergens")


def test_what_is_still_to_be_written_and_other_programs_are_notes(folder: Path) -> None:
    rewrite(folder, COUNT, text={"limits": "Weinig. ⟨wat nog?⟩ en ⟨wie?⟩; tussen ⟨ ⟩ komt tekst"})
    about = (folder / "thesis.json").read_text(encoding="utf-8")
    (folder / "thesis.json").write_text(about.replace('"software": {}', '"software": {"numpy": "0.1"}'))
    checked = thesis.check(folder)
    assert checked.faults == ()
    first, second = checked.notes
    assert first == "thesis.ipynb: 2 places between ⟨ ⟩ still to fill in"
    assert second.startswith("numpy: started with 0.1, checked with ")


# What a notebook reaches for


@pytest.mark.parametrize(
    "code",
    [
        'open("/home/iemand/cijfers.csv")', "open('~/cijfers.csv')", 'read("../andere/data.csv")', 'Path("..")',
        'read(r"C:\\Users\\a.csv")', 'read("https://example.org/a.csv")', 'f("file:///a")', "!curl example.org",
        'x = 1\n  \n!rm -rf data', 'read("s3://emmer/a")', r'read("\\\\server\\map")',
    ],
)  # fmt: skip
def test_a_path_or_address_elsewhere_is_found(code: str) -> None:
    ((number, text),) = outside.reached(["x = 1", code])
    assert number == 2
    assert text in code or text.replace("\\", "\\\\") in code


@pytest.mark.parametrize(
    "code",
    [
        'read("data/cijfers.csv")', 'x = "a/b"', '"/"', "%matplotlib inline", 'f"{a}/{b}"', "'. . .'", "'...'",
        "# see https://example.org", "this is no Python", 'axis.plot(x, "--")',
    ],
)  # fmt: skip
def test_what_stays_inside_is_no_fault(code: str) -> None:
    assert list(outside.reached([code])) == []


def test_a_path_elsewhere_is_a_fault(folder: Path) -> None:
    rewrite(folder, COUNT, 'elsewhere = "../../raw/monitoring/tuin.xlsx"')
    assert one(folder) == (
        "thesis.ipynb: got '../../raw/monitoring/tuin.xlsx' in code cell 2; expected nothing outside the folder, only "
        "data/. Use the data of this version."
    )


# Comparing


@pytest.mark.parametrize(
    ("one_", "other", "is_same"),
    [
        ("7", "7", True), ("7", "7.0", True), ("0.3333333333", "0.33333333334", True), ("1e-3", "0.001", True),
        ("7", "7.1", False), ("7", "", False), ("ja", "Ja", False), ("nan", "nan", True), ("0", "0.0000001", False),
    ],
)  # fmt: skip
def test_which_cells_are_the_same(one_: str, other: str, is_same: bool) -> None:
    assert comparing.same(one_, other) is is_same


@pytest.mark.parametrize(
    ("kept", "made", "line"),
    [
        ("a\n1\n", "a\n1\n2\n", "got 2 rows; expected 3 as a new run makes"),
        ("a,b\n1,2\n", "a,b\n1\n", "got 2 cells in row 2; expected 1 as a new run makes"),
        ("a,b\n1,2\n", "a,c\n1,2\n", "got 'b' in row 1, column b; expected 'c' as a new run makes"),
    ],
)
def test_tables_of_another_shape_are_told_by_it(tmp_path: Path, kept: str, made: str, line: str) -> None:
    (old, new) = (results(_made(tmp_path / name), t=text) / "results" for name, text in (("o", kept), ("n", made)))
    (fault,) = comparing.faults(old, new)
    assert line in str(fault)


def test_drawings_have_to_be_there_and_other_files_to_be_the_same(tmp_path: Path) -> None:
    old, new = (results(_made(tmp_path / name), t="a\n") / "results" for name in ("o", "n"))
    for place, text in ((old, "een"), (new, "twee")):
        (place / "plaat.svg").write_text(text, encoding="utf-8")
        (place / "uitkomst.txt").write_text(text, encoding="utf-8")
    (new / "kaart.png").touch()
    assert [fault.file for fault in comparing.faults(old, new)] == ["results/kaart.png", "results/uitkomst.txt"]


def test_a_thesis_without_any_table_has_no_figures_to_compare(tmp_path: Path) -> None:
    (fault,) = comparing.faults(tmp_path / "results", tmp_path / "elsewhere")
    assert str(fault).startswith("results: got no table; expected at least one CSV with the figures of the thesis.")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
