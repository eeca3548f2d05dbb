"""What collectives deliver, from the command line: bt new, bt tables and bt check."""

import json
import re
from pathlib import Path

import openpyxl
import pytest

from bt_analysis import dictionary, schema
from tests.command_line import Bt, is_one_line

DELIVERED = {
    "collective": "collective_id,name,primary_domain\ntuin,De Tuin ,leefomgeving\n",
    "work_area": "work_area_id,collective_id,definition_type,area_codes,area_year,valid_from\n"
    "a,tuin,codes,BU99010100,2024,2024-02-01\n",
}


def deliver(root: Path, **changed: str) -> Path:
    """Write a package with a space too many and areas that are not looked up; ``changed`` replaces tables."""
    folder = root / "data" / "raw" / "monitoring" / "tuin"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (DELIVERED | changed).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in DELIVERED | changed]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    return folder


def broken(root: Path) -> Path:
    return deliver(root, collective=DELIVERED["collective"].replace("leefomgeving", "gezelligheid"))


def sheets(path: Path) -> list[str]:
    return openpyxl.load_workbook(path, read_only=True).sheetnames


# bt new


def test_a_new_collective_gets_a_workbook_that_says_what_is_still_to_be_filled_in(bt: Bt, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, "new", "collective", "zonnewijk")
    path = tmp_path / "data" / "raw" / "monitoring" / "zonnewijk" / "zonnewijk.xlsx"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == str(path)
    assert ran.out.endswith("Then: bt check zonnewijk\n")
    checked = bt("-w", tmp_path, "check", "zonnewijk")
    assert checked.code == 1
    assert checked.out.splitlines()[-1] == "zonnewijk: 3 problems"  # its name, its domain and a work area
    assert "blad Collectief, rij 6, kolom naam: gekregen: niets" in checked.out


def test_a_minimal_workbook_has_fewer_sheets_and_one_may_be_added(bt: Bt, tmp_path: Path) -> None:
    def made(name: str, *options: str) -> set[str]:
        assert bt("-w", tmp_path, "new", "collective", name, *options).code == 0
        return set(sheets(tmp_path / "data" / "raw" / "monitoring" / name / f"{name}.xlsx"))

    whole, minimal = made("heel"), made("klein", "--minimal")
    one_more, many = (
        made("meer", "--table", "measurement"),
        made("veel", "--table", "measurement", "--table", "funding"),
    )
    assert minimal < one_more < many < whole
    assert one_more - minimal == {"Meting"}
    assert len(many - minimal) == 2
    assert "Lees mij" in minimal


def test_a_workbook_in_english(bt: Bt, tmp_path: Path) -> None:
    assert bt("-w", tmp_path, "new", "collective", "sun", "--minimal", "--lang", "en").code == 0
    found = sheets(tmp_path / "data" / "raw" / "monitoring" / "sun" / "sun.xlsx")
    assert "Work area" in found
    assert "Lees mij" not in found


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        (["thesis"], ["got 'thesis', a word that means something else to bt; expected another code."]),
        (["across"], ["got 'across', a word that means something else to bt; expected another code."]),
        (["Zon Wijk"], ["got 'Zon Wijk'; expected small letters, digits, _ and -"]),
        (["../zon"], ["got '../zon'; expected small letters"]),
        ([""], ["got ''; expected small letters"]),
        (["zon", "--table", "weather"], ["table 'weather' is none that a collective keeps", "Run: bt tables"]),
        (["zon", "--table", "analysed_estimates"], ["table 'analysed_estimates' is none that a collective keeps"]),
        (["zon", "--minimal", "--table", "Meting"], ["table 'Meting' is none that a collective keeps"]),
    ],
)
def test_what_cannot_be_made_is_one_line_and_leaves_nothing(
    bt: Bt, words: list[str], pieces: list[str], tmp_path: Path
) -> None:
    ran = bt("-w", tmp_path, "new", "collective", *words)
    assert (ran.code, ran.out) == (1, "")
    is_one_line(ran, *pieces)
    assert [path for path in tmp_path.rglob("*") if path.suffix == ".xlsx"] == []


def test_what_a_collective_filled_in_is_never_written_over(bt: Bt, tmp_path: Path) -> None:
    bt("-w", tmp_path, "new", "collective", "zon", "--minimal")
    path = tmp_path / "data" / "raw" / "monitoring" / "zon" / "zon.xlsx"
    before = path.read_bytes()
    ran = bt("-w", tmp_path, "new", "collective", "zon")
    assert ran.code == 1
    is_one_line(ran, "zon holds files already; expected a collective that is new.")
    assert path.read_bytes() == before


def test_new_alone_says_what_can_be_made(bt: Bt, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, "new")
    assert "collective" in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err
    helped = bt("new", "collective", "--help")
    assert helped.code == 0
    assert all(option in helped.out for option in ("--table", "--minimal", "--lang"))


# bt tables


def test_all_tables_are_listed_by_chapter(bt: Bt) -> None:
    dutch, english = bt("tables"), bt("tables", "--lang", "en")
    assert (dutch.code, dutch.err, english.code, english.err) == (0, "", 0, "")
    for name in schema.MONITORING:
        assert re.search(rf"\b{name}\b", dutch.out), name
        assert re.search(rf"\b{name}\b", english.out), name
    assert "L3  Een rij is het gebied waar een collectief in een periode werkt" in dutch.out
    assert "\n8. Claims, return and consent\n" in english.out


def test_a_table_is_told_by_its_columns_in_either_language(bt: Bt) -> None:
    dutch, english = bt("tables", "participation").out, bt("tables", "participation", "--lang", "en").out
    for field in schema.load("participation")["fields"]:
        assert field["name"] in dutch
        assert field["name"] in english
    assert dutch != english


def test_tables_for_other_programs_are_the_schemas(bt: Bt) -> None:
    ran = bt("tables", "work_area", "activity", "--format", "json")
    assert [one["name"] for one in json.loads(ran.out)] == ["work_area", "activity"]
    assert {one["name"]: one for one in json.loads(ran.out)} == {
        name: json.loads(json.dumps(schema.load(name))) for name in ("work_area", "activity")
    }
    assert set(schema.MONITORING) < {one["name"] for one in json.loads(bt("tables", "--format", "json").out)}


def test_the_page_of_the_documentation_comes_from_here(bt: Bt) -> None:
    assert bt("tables", "--format", "markdown").out == dictionary.as_markdown([])
    assert bt("tables", "activity", "--format", "markdown").out == dictionary.as_markdown(["activity"])


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_table_that_nobody_keeps_is_one_line_with_what_it_may_have_been(bt: Bt, form: str) -> None:
    ran = bt("tables", "participaton", "--format", form)
    assert (ran.code, ran.out) == (1, "")
    is_one_line(ran, "table 'participaton' does not exist; expected one of ", "participation")


# bt check


def test_repairs_are_told_when_asked_for(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path)
    short, long = bt("-w", tmp_path, "check"), bt("-w", tmp_path, "check", "--repairs")
    assert (short.code, long.code) == (0, 0)
    assert short.out.splitlines() == ["tuin: in order, 2 repaired"]
    spaces, areas, verdict = long.out.splitlines()
    assert verdict == short.out.strip()
    assert spaces.startswith("tuin/collective.csv, rij 2, kolom name: ")
    assert areas.startswith(
        "tuin/work_area.csv, rij 2, kolom area_year: gekregen: de indeling van 2024 is niet opgehaald"
    )


def test_problems_are_told_in_the_language_that_is_asked_for(bt: Bt, tmp_path: Path) -> None:
    broken(tmp_path)
    dutch, english = bt("-w", tmp_path, "check"), bt("-w", tmp_path, "check", "--lang", "en")
    assert (dutch.code, english.code) == (1, 1)
    assert "rij 2, kolom primary_domain: gekregen: " in dutch.out
    assert "row 2, column primary_domain: got: " in english.out
    for ran in (dutch, english):
        assert "gezelligheid" in ran.out
        assert ran.out.splitlines()[-1] == "tuin: 1 problem, 2 repaired"


def test_the_language_of_the_workspace_is_the_default(bt: Bt, tmp_path: Path) -> None:
    broken(tmp_path)
    (tmp_path / "bt.toml").write_text('[report]\nlang = "en"\n', encoding="utf-8")
    assert "column primary_domain: got: " in bt("-w", tmp_path, "check").out
    assert "kolom primary_domain: gekregen: " in bt("-w", tmp_path, "check", "--lang", "nl").out


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_problems_and_repairs_for_other_programs(bt: Bt, tmp_path: Path, lang: str) -> None:
    broken(tmp_path)
    ran = bt("-w", tmp_path, "check", "--format", "json", "--repairs", "--lang", lang)
    assert ran.code == 1
    # What a program goes by is the same in every language.
    assert [(one["repair"], one["kind"], one["file"], one["row"], one["column"]) for one in json.loads(ran.out)] == [
        (False, "enum", "tuin/collective.csv", 2, "primary_domain"),
        (True, "spaces", "tuin/collective.csv", 2, "name"),
        (True, "regions_not_checked", "tuin/work_area.csv", 2, "area_year"),
    ]
    assert len(json.loads(bt("-w", tmp_path, "check", "--format", "json", "--lang", lang).out)) == 1


def test_a_package_in_order_has_status_0_in_every_form(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path)
    assert bt("-w", tmp_path, "check", "tuin", "--format", "json").out == "[]\n"
    repaired = bt("-w", tmp_path, "check", "tuin", "--format", "json", "--repairs")
    assert repaired.code == 0
    assert [one["repair"] for one in json.loads(repaired.out)] == [True, True]


def test_only_the_collectives_that_are_named_count(bt: Bt, tmp_path: Path) -> None:
    broken(tmp_path)
    other = tmp_path / "data" / "raw" / "monitoring" / "zon"
    other.mkdir()
    ran = bt("-w", tmp_path, "check", "zon")
    assert ran.code == 1
    assert "tuin" not in ran.out
    nobody = bt("-w", tmp_path, "check", "zon", "maan")
    assert nobody.code == 1
    is_one_line(nobody, "monitoring/maan holds no package", "run: bt new collective maan")
