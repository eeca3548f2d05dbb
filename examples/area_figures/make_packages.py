"""Published figures of Zwolle and Rotterdam come in; monitoring packages in a workspace go out.

    python examples/area_figures/make_packages.py --shared ../shared/data --workspace DIR

Run it again and the same packages come out. Nothing is lost in silence: what is not taken over stands in
``data/raw/not_taken/<package>.csv`` with the file, the row, the column and the reason.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import neighbourhoods
import subsidies
from packages import SourceError, Taken, write

from bt_analysis.settings import Workspace


def all_packages(shared: Path) -> list[tuple[Taken, dict[Path, str]]]:
    """Read every source.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    list of tuple
        A package, and the files it was made of with where they came from.
    """
    folder = shared / subsidies.FOLDER
    made = [
        (taken, {folder / "SCE_cooperatieve_opwek.csv": subsidies.ORIGIN}) for taken in subsidies.cooperatives(shared)
    ]
    for taken, file in (
        (subsidies.companies(shared), "SDE_SCE_excel_beschadigd_rechtspersonen.csv"),
        (subsidies.heat_pumps_and_insulation(shared), "ISDE_per_techniek_pc4.csv.gz"),
        (subsidies.local_grants(shared), "lokale_isolatiesubsidies_per_buurt.csv"),
    ):
        made.append((taken, {folder / file: subsidies.ORIGIN}))
    made.append((neighbourhoods.help_needed(shared), {shared / neighbourhoods.HELP: neighbourhoods.HELP_URL}))
    profiles = [shared / neighbourhoods.WIJKPROFIEL / f"all_data_buurten_{year}.csv" for year in neighbourhoods.YEARS]
    made.append((neighbourhoods.wijkprofiel(shared), dict.fromkeys(profiles, neighbourhoods.WIJKPROFIEL_URL)))
    return made


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
    workspace = Workspace(arguments.workspace.resolve())
    try:
        for taken, origins in all_packages(arguments.shared.resolve()):
            write(taken, workspace, origins)
            rows = taken.tables["measurement"]
            withheld = int((rows["value"] == "onderdrukt").sum())
            lines = sum(1 for _, row, _, _ in taken.left_out if row)
            columns = len(taken.left_out) - lines
            print(
                f"{taken.name}: {len(rows)} measurements, {withheld} of them withheld; not taken: {lines} rows or "
                f"cells and {columns} columns, listed in {workspace.raw / 'not_taken' / taken.name}.csv"
            )
    except (SourceError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
