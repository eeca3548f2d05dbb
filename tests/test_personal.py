"""Personal data is refused at the door: found in all the forms people write it in, told by place, never by content."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bt_analysis import schema
from bt_analysis.schema import Problem
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.monitoring import Package, read_package
from bt_analysis.sources.person_names import has_person_name, is_first_name
from bt_analysis.sources.personal import KINDS, is_personal_header, looks_personal
from bt_analysis.sources.screening import WITHHELD, screen
from bt_analysis.sources.sentences import Findings, Place, line

REGIONS = Path(__file__).resolve().parents[2] / "shared" / "data" / "cbs_tables"
Rows = list[list[Any]]
COLLECTIVE: Rows = [["collective_id", "name", "primary_domain"], ["zon", "Zonnewijk", "welzijn"]]
AREA: Rows = [["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from", "note"],
        ["zon-1", "zon", "codes", "BU00010101", 2024, "01-01-2024", "oost"]]  # fmt: skip
ACTIVITY: Rows = [["activity_id", "collective_id", "title", "domain", "activity_type", "start", "sessions_n"],
            ["koffie", "zon", "Koffie", "welzijn", "ontmoeting", "13-01-2024", 12],
            ["soep", "zon", "Soep", "welzijn", "ontmoeting", "14-01-2024", 5]]  # fmt: skip

# 9×1 + 8×2 + 7×3 + 6×4 + 5×5 + 4×6 + 3×7 + 2×8 − 2 = 154 = 14 × 11
BSN, NO_BSN = "123456782", "123456783"
# ABNA0417164300NL91 with A = 10 … Z = 35 leaves 1 when divided by 97; with 92 for 91 it leaves 2.
IBAN, NO_IBAN = "NL91ABNA0417164300", "NL92ABNA0417164300"

PERSONAL: dict[str, list[str]] = {
    "personal_email": [
        *(
            "j.jansen@voorbeeld.nl",
            "mail naar J＠voorbeeld.nl",
            "jan (at) voorbeeld.nl",
            "info@buurthuis.nl",
            "x [at] y.nl",
        ),
        *(
            "jan apenstaartje voorbeeld punt nl",
            "j\u200bansen@voorbeeld.nl",
            "JAN@VOORBEELD.NL",
            "<a@b.nl>",
            "a+b@c-d.org",
        ),
    ],
    "personal_phone": [
        *(
            "0612345678",
            "06-12345678",
            "06 12 34 56 78",
            "+31612345678",
            "+31 (0)6 1234 5678",
            "010-1234567",
            "010 123 45 67",
        ),
        *(
            "038 - 4211234",
            "(038) 421 12 34",
            "0031 6 12345678",
            "0521 51 23 45",
            "06-12-34-56-78",
            "bel 06.12345678 graag",
        ),
        *(
            "+90 532 123 45 67",
            "０６１２３４５６７８",
            "tel: 06/12345678",
            "06–12345678",
            "(06) 1234 5678",
            "+31-10-1234567",
        ),
    ],
    "personal_bsn": [
        BSN,
        f"BSN {NO_BSN}",
        "bsn: 12345678",
        f"nummer {BSN}.",
        "123 456 782",
        "1234.56.782",
        f"code-{BSN}",
    ],
    "personal_iban": [
        IBAN,
        "nl91 abna 0417 1643 00",
        f"rek. {IBAN} t.n.v.",
        "NL91.ABNA.0417.1643.00",
        "BE71 0961 2345 6769",
    ],
    "personal_address": [
        *("8011 AB 12", "8011AB 12a", "Dorpsstraat 12, 8011 AB Zwolle", "8011 AB, nr 12", "Dorpsstraat 1204 8011AB"),
        *("8011ab 12", "8011AB-12", "12-3 8011 AB", "8011 AB huisnummer 4", "nr. 7 8011 AB"),
    ],
    "personal_birth": ["geboren op 12-03-1956", "geb. 12-3-56", "Geboortedatum: 12 maart 1956", "born 3 mei 1980"],
    "personal_name": [
        *(
            "mevr. Bakker",
            "Mw. A. de Boer",
            "dhr. Yilmaz belt terug",
            "de heer Van der Berg",
            "J.P. de Vries",
            "J. de Vries",
        ),
        *(
            "J. Jansen",
            "Fatima Yılmaz",
            "Mohamed El Amrani",
            "jan jansen",
            "jan-de-vries",
            "jan.de.vries",
            "Ayşe Demir",
        ),
        *("Jan Willem de Boer", "Met Jan Jansen gesproken", "Jansen, P.", "Ingevuld door: Anja Koster", "Mark Visser"),
        *(
            "drs. P. Postma",
            "fam. Zijlstra",
            "A.B.C. van den Heuvel",
            "Sjoerd Hoekstra",
            "Roos Bakker",
            "Piet-Jan Smit",
        ),
        *(
            "marieke_van_dijk",
            "Bouchra Azzouzi",
            "Krzysztof Nowak",
            "Jan P. de Wit",
            "Karin Uitdenbogaard",
            "Bilal Ouali",
        ),
    ],
}
"""Kind → texts that are of that kind."""

MORE = {
    "personal_name": [
        *("Mevr v.d. Berg", "Dhr. v/d Meer", "hr. Pietersen", "A. v.d. Heuvel", "S. Mohammed", "Nguyễn Thị Hoa"),
        *("Wei Zhang", "Oluwaseun Adeyemi", "Amara Okafor", "Svetlana Ivanova", "Rajesh Kumar", "Priya Sharma"),
        *("Tesfaye Bekele", "Ana Silva", "Dewi Kartodikromo", "Sjaan de Bruin"),
    ],
    "personal_address": [
        *("de buurvrouw van nr 12", "buurman van nummer 14", "een man op nr. 7", "gezin uit huisnummer 3"),
        *("woont op Lindelaan 8", "woont aan de Lange Molenweg 101-2", "woonachtig in de Kerkstraat 5a"),
    ],
    "personal_email": ["jan jansen @ gmail.com", "j jansen@ziggo . nl", "anneke(a)hotmail.com"],
    "personal_phone": ["6 12345678", "bel 6-12345678"],
    "personal_birth": ["geb 03041961", "geb 3-4-1961"],
}
"""Kind → more of what volunteers write."""

for _kind, _more in MORE.items():
    PERSONAL[_kind] += _more

ORDINARY = [
    *("BU03630302;WK036304", "8011;8012 AB", "8011, 8012 AB", "8011 AB;8012 AC 8013 AD", "01-12-2024 10:30"),
    *("2024-2025", "01-03-2024 - 31-03-2024", "2024-01-01 2024-12-31", "52.468.987", "20240115", "KvK 12345678"),
    *("NL-KVK-12345678", "in 2024 en 12 keer", "12 x 25 euro = 300", "3000 m2 groen", "Buurt 8011 AB"),
    *("0,612345678", "1.234.567,89", "https://voorbeeld.nl/0612345678", "10:30-12:00", "0-15; 15-25; 25-45"),
    *("sessie 06 2024", "100.000.000", "geb. in de wijk", "op 06-01 kwamen 12, op 13-01 kwamen 15"),
    *("@buurthuis op insta", "6-12 jaar", "€ 10.000,- in 2024", "112", "0800-1234", "Jan van Galenbuurt"),
    *("Willem de Zwijgerlaan", "Stichting Anna Zorg", "Huis van Hendrik", "Plan A. Daarna verder"),
    *("Koffie in de Anna Paulownastraat", "Zonne B.V. Bergkwartier", "P.C. Hooftstraat", "Dr. Schaepmanstraat"),
    *("Moestuin", "Roos Schilderen voor iedereen", "Albert Heijn geeft korting", "Energieadvies aan huis"),
    *("Prins Bernhardplein", "Wil Zwolle meer groen?", "Familie-uitje naar zee", "Koffie met Anna"),
    *("buurthuis Jan de Vries", "J.F. Kennedylaan", "wil bakker worden", "Maria Magdalena kerk"),
    *("Frank Lodeizenbuurt", "2e Jan Steenstraat", "Sint Jan de Doper", ""),
    *("Bewoners vroegen om bankjes bij de Vecht", "De wethouder zegde een antwoord toe voor 1 mei 2024"),
    *("MHI-5 en DJG-6", NO_IBAN, NO_BSN, f"RSIN {BSN}", "Wijk 06 Dieze-Oost", "hoogste score: 8.1 (2023)"),
    *("1e t/m 12e bijeenkomst", "N.V.T."),
    *("gesprek met buren van nr 1 t/m 50", "gezin op nummer 1 tot 20", "vrouw van 12 jaar", "woont in flat 3"),
    *("Energiecafé in de Dorpsstraat", "mensen die wonen in de wijk 60 jaar", "wonen in Zwolle 2025"),
    *("ruimte (a) en (b)", "3 @ 25 euro", "code 1-6 12345678", "Johan Cruijff ArenA", "Igor Stravinskystraat"),
    "Pablo Picassostraat",
    *("Boris Pasternakstraat", "v.d. Palmstraat", "Wei land", "kamer 204", "Rozenstraat 1 t/m 99", "huur 65+"),
]  # fmt: skip
"""What collectives write, and what is nothing personal."""


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts])
def test_personal_data_is_found_in_the_forms_people_write(kind: str, text: str) -> None:
    assert looks_personal(text) == kind


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert looks_personal(text) is None


def test_every_kind_has_examples() -> None:
    assert set(PERSONAL) == set(KINDS)


@pytest.mark.parametrize("digits", range(100_000_000, 100_000_300))
def test_one_in_eleven_numbers_passes_the_test_of_a_bsn(digits: int) -> None:
    weighted = sum(weight * int(digit) for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), str(digits), strict=True))
    assert (looks_personal(str(digits)) == "personal_bsn") == (weighted % 11 == 0)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a",
            "1",
            "A. ",
            "Jan ",
            "Jan van de ",
            "0 ",
            "1234 ",
            "@",
            "a@",
            " ",
            "A-",
            "jan-",
            "NL12 ",
            "geb. ",
            "(at ",
        ),
        *("Mevr. ", "bsn ", "12-12-2024", "A'"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    # A search that goes back and forth takes minutes on 40,000 characters; this file would not end.
    text *= 40_000 // len(text)
    assert looks_personal(text) in (None, *KINDS)
    assert is_personal_header(text) in (True, False)


def test_a_first_name_alone_is_no_person_in_a_sentence_but_is_one_who_did_something() -> None:
    assert not has_person_name("Fatima")
    assert is_first_name("Fatima")
    assert not is_first_name("buurtcoach")


@pytest.mark.parametrize(
    "name",
    [
        *("naam deelnemer", "e-mail", "E-mailadres", "telefoonnummer", "Tel.", "BSN", "adres", "geboortedatum", "IBAN"),
        *("Naam vrijwilliger", "voornaam", "Deelnemersnaam", "mobiel nummer", "huisnummer", "naam_contactpersoon"),
        *("date of birth", "Geb.datum", "phone number", "Rekeningnummer", "e-mail deelnemer", "telefoon (mobiel)"),
        *("naam van de deelnemer", "EMAIL", "Achternaam:", "voorletters", "burgerservicenummer", "mobiel", "Ｅ-mail"),
    ],
)
def test_the_name_of_a_column_about_people_is_known(name: str) -> None:
    assert is_personal_header(name)


@pytest.mark.parametrize(
    "name",
    [
        *("naam", "webadres", "internetadres", "straat", "titel", "naam activiteit", "aantal leden", "deelnemers"),
        *("contacten", "mobiliteit", "totaal aantal deelnemers", "mail verstuurd op", "", "geboorteland", "leden"),
    ],
)
def test_the_name_of_another_column_is_none(name: str) -> None:
    assert not is_personal_header(name)


@pytest.mark.parametrize("table", schema.MONITORING)
def test_nothing_in_a_schema_is_taken_for_personal_data(table: str) -> None:
    fields = schema.load(table)["fields"]
    assert [
        each["name"] for each in fields for part in ("name", "title", "title_en") if is_personal_header(each[part])
    ] == []
    assert [each["name"] for each in fields for text in _texts(each) if looks_personal(text)] == []
    rows = [(1, [each["name"] for each in fields]), (2, [each.get("example") for each in fields])]
    findings = Findings()
    grid = Grid(Place("zon/zon.xlsx", table), table, rows)
    assert screen(grid, findings) is grid
    assert findings.problems == []


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def test_few_names_of_real_buurten_are_taken_for_people() -> None:
    files = sorted(REGIONS.glob("*/WijkenEnBuurten.json.gz"))
    if not files:
        pytest.skip("the tables of CBS that this measures are not beside this repository")
    names = set()
    for file in files:
        content = json.loads(gzip.decompress(file.read_bytes()))
        names |= {row["Title"].strip() for row in (content["value"] if isinstance(content, dict) else content)}
    wrong = sorted(name for name in names if looks_personal(f"Koffie in {name}"))
    # 6 of 19,250 when this was written, of which Gerard Dou, Nico Bergsteijn and Tjerk Hiddes are people.
    assert len(wrong) / len(names) < 0.0005, wrong


# --- deliveries ------------------------------------------------------------------------------------------------------


def deliver(folder: Path, sheets: dict[str, Rows], file: str = "zon.xlsx") -> Package:
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / file)
    return read_package(folder, None)


def sheets(**changed: Rows) -> dict[str, Rows]:
    return {"collective": COLLECTIVE, "work_area": AREA, "activity": ACTIVITY, **changed}


def with_cell(row: int, column: str, value: Any) -> Rows:
    """Return the activities with one cell changed; the row counts as a person does."""
    rows = [list(each) for each in ACTIVITY]
    rows[row - 1][rows[0].index(column)] = value
    return rows


def places(problems: list[Problem]) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(problem.kind, problem.sheet, problem.row, problem.column) for problem in problems]


def everything_said(package: Package) -> str:
    """Return all that a person, a log or another program could see of what was told."""
    told = [*package.problems, *package.repairs]
    return json.dumps([asdict(each) for each in told]) + repr(told) + "".join(map(line, told)) + repr(package.tables)


def test_the_package_of_these_tests_is_good(tmp_path: Path) -> None:
    assert places(deliver(tmp_path / "zon", sheets()).problems) == []


SECRETS = [
    ("personal_email", "j.jansen@voorbeeld.nl"), ("personal_phone", "06-12345678"), ("personal_bsn", f"bsn {BSN}"),
    ("personal_iban", IBAN), ("personal_address", "Dorpsstraat 12, 8011 AB"), ("personal_birth", "geb. 12-03-1956"),
    ("personal_name", "mevr. Zijlstra"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "secret"), SECRETS)
@pytest.mark.parametrize("column", ["activity_id", "title", "domain", "start", "sessions_n"])
def test_a_cell_is_told_once_by_its_place_and_never_by_what_it_holds(
    tmp_path: Path, column: str, kind: str, secret: str
) -> None:
    package = deliver(tmp_path / "zon", sheets(activity=with_cell(3, column, secret)))
    assert places(package.problems) == [(kind, "activity", 3, column)]
    assert secret not in everything_said(package)
    assert secret.rsplit(maxsplit=1)[-1] not in everything_said(package)


@pytest.mark.parametrize(
    "name", ["naam deelnemer", "e-mail", "telefoonnummer", "BSN", "adres", "geboortedatum", "IBAN"]
)
def test_a_column_about_people_is_one_problem(tmp_path: Path, name: str) -> None:
    rows: Rows = [[*ACTIVITY[0], name], [*ACTIVITY[1], "Zus"], [*ACTIVITY[2], "06-12345678"]]
    package = deliver(tmp_path / "zon", sheets(activity=rows))
    assert places(package.problems) == [("personal_column", "activity", 1, "H")]
    assert "Zus" not in everything_said(package)
    assert "12345678" not in everything_said(package)


def test_cells_of_unknown_and_nameless_columns_are_looked_at_too(tmp_path: Path) -> None:
    rows = [
        [*ACTIVITY[0], "opmerking", None],
        [*ACTIVITY[1], "mevr. Zijlstra", None],
        [*ACTIVITY[2], "x", "0612345678"],
    ]
    package = deliver(tmp_path / "zon", sheets(activity=rows))
    assert places(package.problems) == [
        ("personal_name", "activity", 2, "H"),
        ("personal_phone", "activity", 3, "I"),
        ("unknown_column", "activity", 1, "opmerking"),
    ]
    assert "Zijlstra" not in everything_said(package)


def test_a_title_above_the_header_and_the_header_itself_are_looked_at(tmp_path: Path) -> None:
    rows: Rows = [["Ingevuld door Anja Koster"], [*ACTIVITY[0], "bel 0612345678"], *ACTIVITY[1:]]
    package = deliver(tmp_path / "zon", sheets(activity=rows))
    assert places(package.problems) == [("personal_name", "activity", 1, "A"), ("personal_phone", "activity", 2, "H")]
    assert "Koster" not in everything_said(package)


def test_a_sheet_without_a_header_is_looked_at(tmp_path: Path) -> None:
    package = deliver(tmp_path / "zon", sheets(activity=[["j@voorbeeld.nl", 12], ["x", 3]]))
    assert places(package.problems) == [("personal_email", "activity", 1, "A"), ("no_header", "activity", None, None)]


def test_the_name_of_a_sheet_or_file_is_not_repeated(tmp_path: Path) -> None:
    package = deliver(tmp_path / "zon", sheets(**{"Fatima Yilmaz": [["x"]]}))
    assert places(package.problems) == [("personal_sheet", "nr. 4", None, None)]
    assert "Yilmaz" not in everything_said(package)
    package = deliver(tmp_path / "b" / "zon", sheets(), "lijst_van_Jan_Jansen.xlsx")
    assert [(problem.kind, problem.file) for problem in package.problems] == [("personal_file", "zon")]
    assert "Jansen" not in everything_said(package)


def test_a_sheet_that_is_not_read_is_warned_about(tmp_path: Path) -> None:
    package = deliver(tmp_path / "zon", sheets(Ledenlijst=[["nr", "Naam lid", "E-mail"], [1, "Zus", "z@voorbeeld.nl"]]))
    assert package.problems == []
    assert ("personal_unread", "Ledenlijst", 1, "B") in places(package.repairs)
    assert "z@voorbeeld" not in everything_said(package)


def test_a_file_that_is_not_read_is_warned_about(tmp_path: Path) -> None:
    (tmp_path / "zon").mkdir()
    (tmp_path / "zon" / "leden.csv").write_text("nr;telefoon\n1;0612345678\n", encoding="utf-8")
    package = read_package(tmp_path / "zon", None)
    assert ("personal_unread", None, 1, "B") in places(package.repairs)
    assert "0612345678" not in everything_said(package)


def test_the_name_of_an_organisation_may_be_that_of_a_person(tmp_path: Path) -> None:
    rows = [COLLECTIVE[0], ["zon", "Jan Jansen Genootschap", "welzijn"]]
    assert deliver(tmp_path / "zon", sheets(collective=rows)).problems == []
    rows = [COLLECTIVE[0], ["zon", "Jan Jansen, 0612345678", "welzijn"]]
    problems = deliver(tmp_path / "zon", sheets(collective=rows)).problems
    assert places(problems) == [("personal_phone", "collective", 2, "name")]


def test_a_number_that_happens_to_pass_the_test_of_a_bsn_is_a_number(tmp_path: Path) -> None:
    for value in (int(BSN), BSN):
        package = deliver(tmp_path / "zon", sheets(activity=with_cell(3, "sessions_n", value)))
        assert package.problems == []
        assert package.tables["activity"]["sessions_n"].to_list() == [12, int(BSN)]


def test_a_phone_number_that_lost_its_zero_is_found_in_a_code(tmp_path: Path) -> None:
    package = deliver(tmp_path / "zon", sheets(activity=with_cell(3, "activity_id", 612345678)))
    assert places(package.problems) == [("personal_phone", "activity", 3, "activity_id")]
    assert "612345678" not in everything_said(package)


def test_a_cell_that_was_refused_is_not_told_again_by_a_rule(tmp_path: Path) -> None:
    rows = [AREA[0], ["zon-1", "zon", "codes", "mevr. Zijlstra", 2024, "01-01-2024", "oost"]]
    problems = deliver(tmp_path / "zon", sheets(work_area=rows)).problems
    assert places(problems) == [("personal_name", "work_area", 2, "area_codes")]


def test_who_coded_something_may_be_a_code_and_not_a_first_name() -> None:
    rows = [(1, ["evidence_id", "link_id", "coder"]), (2, ["e1", "l1", "Fatima"]), (3, ["e2", "l1", "FY1"])]
    findings = Findings()
    screened = screen(Grid(Place("zon/zon.xlsx", "evidence"), "evidence", rows), findings)
    assert places(findings.problems) == [("personal_name", "evidence", 2, "coder")]
    assert [list(cells) for _, cells in screened.rows] == [rows[0][1], ["e1", "l1", WITHHELD], rows[2][1]]
    # What was delivered is not changed.
    assert rows[1][1][2] == "Fatima"


def test_a_formula_with_something_personal_in_it_is_not_repeated(tmp_path: Path) -> None:
    package = deliver(tmp_path / "zon", sheets(activity=with_cell(3, "title", '=IF(1,"j@voorbeeld.nl","x")')))
    assert places(package.problems) == [("personal_email", "activity", 3, "title")]
    assert "voorbeeld" not in everything_said(package)


HASH = "cc6a527d58786c0fc80fca5356579ae708c1d4e52ee47a4d5ef7b00597527011"
"""A fingerprint of a card; its last ten digits could be a telephone number."""


@pytest.mark.parametrize(
    ("cell", "kind"), [(HASH, None), (HASH[-10:], "personal_phone"), (f"{HASH} x", "personal_phone")]
)
def test_a_fingerprint_that_the_program_made_is_nobodys_telephone_number(cell: str, kind: str | None) -> None:
    assert looks_personal(HASH) == "personal_phone"
    rows: Rows = [["experiment_id", "activity_id", "card_hash"], ["e1", "a1", cell]]
    findings = Findings()
    screen(Grid(Place("zon/zon.xlsx", "experiment"), "experiment", list(enumerate(rows, start=1))), findings)
    assert [problem.kind for problem in findings.problems] == ([kind] if kind else [])
