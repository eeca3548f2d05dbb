"""The energy-coaching talks of a cooperative in Zwolle come in; a workspace with its monitoring package goes out.

    python examples/zwolle/make_package.py --shared ../shared/data --workspace DIR

Run it again and the same files come out, byte for byte. Nothing of the talks themselves is copied: the
package holds counts per buurt and per year, and what could not be placed is listed with its reason. Beside the package
the workspace gets the gas and electricity of the buurten of Zwolle, 2015 to 2023, as the Klimaatmonitor published them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
from energy import copy_workbooks
from talks import ALIASES, DIVISION_YEAR, GEMEENTE, PackageError, place, read_buurten, read_talks

from bt_analysis.settings import Workspace
from bt_analysis.sources import files

KWB_TABLE = "85984NED"
COLLECTIVE = "blauwvinger_energie"
TALKS = Path("collectives") / "zwolle_energiecoaching" / "coachgesprekken_met_buurt.csv"
BUURTEN = Path("cbs_tables") / KWB_TABLE / "WijkenEnBuurten.json.gz"

# The day the makers of this example wrote the card: long after the start, so that it is read as described afterwards.
DECLARED_AT = dt.date(2026, 11, 26)

# Where the files of ../shared/data came from, for sources.csv.
TALKS_URL = (
    "https://github.com/jenkenpow76/energy-transition-dashboard-zwolle/blob/276b6f1c84f0/"
    "raw_data/Coachgesprekken%20HOOMdossier.csv"
)
BUURTEN_URL = f"https://opendata.cbs.nl/ODataFeed/odata/{KWB_TABLE}/WijkenEnBuurten"

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_CREATED = dt.datetime(2024, 12, 31)  # noqa: DTZ001  (a fixed stamp, so that the same talks give the same bytes)


def tables(placed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Count the talks into the monitoring tables; contribution is left out, because hours were not recorded.

    Parameters
    ----------
    placed : DataFrame
        As :func:`place` returns.

    Returns
    -------
    dict of DataFrame
        Table name -> rows: collective (1 row), work_area (1), activity (one per year), participation (per year one
        row for all talks and one per buurt) and experiment (1, written afterwards by the makers of this example).
        Talks are counted in ``contacts_n``; ``unique_n`` stays empty, as a household that comes twice cannot be told
        from two households.

    Raises
    ------
    PackageError
        When the counts do not add up to the talks.
    """
    years = sorted(placed["date"].dt.year.unique())
    participation = pd.concat([_participation(placed[placed["date"].dt.year == year], int(year)) for year in years])
    _must_add_up(participation, placed)
    return {
        "collective": pd.DataFrame([_collective()]),
        "work_area": pd.DataFrame([_work_area(int(years[0]))]),
        "activity": pd.DataFrame([_activity(int(year), int((placed["date"].dt.year == year).sum())) for year in years]),
        "participation": participation,
        "experiment": pd.DataFrame([_experiment(int(years[0]))]),
    }


def _collective() -> dict[str, object]:
    return {
        "collective_id": COLLECTIVE,
        "name": "Blauwvinger Energie",
        "legal_form": "cooperatie",
        "primary_domain": "energie_klimaat",
        "country": "NL",
        "release_level": "openbaar",
        "recorded_by_role": "import",
    }


def _work_area(first_year: int) -> dict[str, object]:
    return {
        "work_area_id": f"{COLLECTIVE}_zwolle",
        "collective_id": COLLECTIVE,
        "definition_type": "codes",
        "area_codes": GEMEENTE,
        "area_year": DIVISION_YEAR,
        "valid_from": dt.date(first_year, 1, 1),
        "note": "Geldig vanaf het eerste jaar waarvan gesprekken bekend zijn",
        "recorded_by_role": "import",
    }


def _activity(year: int, talks_n: int) -> dict[str, object]:
    return {
        "activity_id": f"coachgesprekken_{year}",
        "collective_id": COLLECTIVE,
        "title": f"Gesprekken met een energiecoach in {year}",
        "domain": "energie_klimaat",
        "activity_type": "energieadvies",
        "scale": "gemeente",
        "start": dt.date(year, 1, 1),
        "end": dt.date(year, 12, 31),
        "sessions_n": talks_n,
        "recorded_by_role": "import",
    }


def _experiment(first_year: int) -> dict[str, object]:
    # Nobody declared this before the first talk. The cooperative did not write it: what it says is what can be looked
    # up, and a signal to stop, a planned end and a status are left empty because nobody knows them here.
    return {
        "experiment_id": "coachgesprekken",
        "collective_id": COLLECTIVE,
        "problem": "Niet bekend is of gesprekken met een energiecoach samengaan met minder aardgas in huis",
        "change_tried": "Gesprekken van een energiecoach met huishoudens",
        "mechanism_expected": "Wie een gesprek had, gebruikt daarna minder aardgas dan anders",
        "start": dt.date(first_year, 1, 1),
        "indicator_ids": "gas_corrected_m3_per_household",
        "success_signal": "Het aardgas per huishouden daalt meer dan in gebieden die hierop lijken",
        "change_of_mind": "Het aardgas per huishouden verandert net zo veel als in gebieden die hierop lijken",
        "comparison": "vergelijkgebied",
        "declared_at": DECLARED_AT,
        "text_consent": True,  # of the makers of this example, who wrote the text
        "recorded_by_role": "researcher",
    }


def _participation(talks: pd.DataFrame, year: int) -> pd.DataFrame:
    per_buurt = talks["regiocode"].value_counts().sort_index()
    counts = [("totaal", "totaal", len(talks)), *(("buurt", str(code), int(n)) for code, n in per_buurt.items())]
    rows = pd.DataFrame(counts, columns=["group_type", "group_value", "contacts_n"])
    rows.insert(0, "activity_id", f"coachgesprekken_{year}")
    rows.insert(1, "period_start", dt.date(year, 1, 1))
    rows.insert(2, "period_end", dt.date(year, 12, 31))
    return rows.assign(unique_n=None, count_method="lijst", recorded_by_role="import")


def _must_add_up(participation: pd.DataFrame, placed: pd.DataFrame) -> None:
    counted = participation.groupby("group_type")["contacts_n"].sum()
    unplaced_n = int((placed["reason"] != "").sum())
    if counted["totaal"] != len(placed) or counted["buurt"] + unplaced_n != len(placed):
        raise PackageError(
            f"got {counted['buurt']} talks in buurten and {unplaced_n} unplaced, {counted['totaal']} in all; "
            f"expected both to add up to {len(placed)}."
        )


def write_workbook(path: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """Write a workbook with a sheet per table; the same tables give the same bytes.

    Parameters
    ----------
    path : Path
        Where it must come.
    sheets : dict of DataFrame
        Sheet name -> rows; a missing value becomes an empty cell.
    """
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows.columns))
        for row in rows.astype(object).itertuples(index=False):
            sheet.append([None if pd.isna(value) else value for value in row])
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                if cell.is_date:
                    cell.number_format = "dd-mm-yyyy"
    book.properties.created = _CREATED
    files.write_atomically(path, lambda temporary: _save(book, temporary))


def _save(book: openpyxl.Workbook, path: Path) -> None:
    # openpyxl and zip both stamp the time of writing; without those stamps the bytes depend on the talks alone.
    book.save(path)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in sorted(packed.namelist())}
    stamp = f"{_CREATED.isoformat()}Z".encode()
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)


def _write_unplaced(path: Path, placed: pd.DataFrame) -> int:
    columns = {"talk_n": "volgnr", "date": "datum", "pc4": "pc4", "buurt": "buurt_naam", "reason": "reden"}
    unplaced = placed.loc[placed["reason"] != "", list(columns)].rename(columns=columns)
    files.write_atomically(path, lambda temporary: unplaced.to_csv(temporary, index=False, date_format="%d-%m-%Y"))
    return len(unplaced)


def _record(workspace: Workspace, shared: Path, origins: list[tuple[Path, str, str, str, int]]) -> None:
    # Input files stay where they are, so they are named from the folder above shared: shared/data/collectives/…
    known = set(zip(*files.read_sources(workspace.sources)[["file", "sha256"]].to_numpy().T, strict=True))
    above = shared.parents[1]
    now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    lines = [
        {
            "file": path.relative_to(workspace.raw if path.is_relative_to(workspace.raw) else above).as_posix(),
            "url": url,
            "table": table,
            "modified": "",
            "retrieved": now,
            "licence": licence,
            "sha256": files.sha256(path),
            "rows": rows,
        }
        for path, url, table, licence, rows in origins
    ]
    # A file that did not change keeps its line, and with it the moment it was first taken in.
    files.record(workspace.sources, [line for line in lines if (line["file"], line["sha256"]) not in known])


def make(shared: Path, workspace: Workspace) -> tuple[int, int]:
    """Write bt.toml, the monitoring package, the list of unplaced talks, the workbooks and the lines of sources.csv.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.
    workspace : Workspace
        Where to write; a bt.toml that is there stays as it is.

    Returns
    -------
    tuple of int
        Number of talks placed in a buurt, and number of unplaced talks.

    Raises
    ------
    PackageError
        When the files are not what this script was written for.
    """
    talks, buurten = read_talks(shared / TALKS), read_buurten(shared / BUURTEN)
    placed = place(talks, buurten)
    workbook = workspace.monitoring / COLLECTIVE / f"{COLLECTIVE}.xlsx"
    unplaced = workspace.raw / "zwolle" / "niet_geplaatst.csv"  # a package holds what is counted, nothing beside it
    sheets = tables(placed)
    write_workbook(workbook, sheets)
    unplaced_n = _write_unplaced(unplaced, placed)
    if not workspace.config.exists():
        workspace.config.write_text(f"reference_year = {DIVISION_YEAR}\n", encoding="utf-8")
    origins = [
        (shared / TALKS, TALKS_URL, "", "MIT", len(talks)),
        (shared / BUURTEN, BUURTEN_URL, KWB_TABLE, "CC BY 4.0", len(buurten) - len(ALIASES)),
        (workbook, TALKS_URL, "", "MIT", sum(map(len, sheets.values()))),
        (unplaced, TALKS_URL, "", "MIT", unplaced_n),
        *copy_workbooks(shared, workspace),
    ]
    _record(workspace, shared, origins)
    return len(talks) - unplaced_n, unplaced_n


def main() -> int:
    """Run the script; the return value is its exit status.

    Returns
    -------
    int
        0, or 1 after one line on stderr about what is wrong.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder of the shared data: ../shared/data")
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace; made when absent")
    arguments = parser.parse_args()
    try:
        placed_n, unplaced_n = make(arguments.shared.resolve(), Workspace(arguments.workspace.resolve()))
    except (PackageError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{placed_n + unplaced_n} talks: {placed_n} placed in a buurt of Zwolle, {unplaced_n} listed as unplaced")
    return 0


if __name__ == "__main__":
    sys.exit(main())
