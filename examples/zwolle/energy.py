"""Workbooks of the Klimaatmonitor come in; copies in a workspace, where a build finds them, and their origin go out."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote

from talks import PackageError

from bt_analysis.settings import Workspace
from bt_analysis.sources import files
from bt_analysis.sources.klimaatmonitor import read_themes, title_of

WORKBOOKS = Path("energy") / "zwolle_buurten"
YEARS = range(2015, 2024)

_FOLDER_URL = (
    "https://github.com/jenkenpow76/energy-transition-dashboard-zwolle/blob/276b6f1c84f0/raw_data/energy_consumption/"
)


def copy_workbooks(shared: Path, workspace: Workspace) -> list[tuple[Path, str, str, str, int]]:
    """Copy the workbook of every year to where a build looks for it.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.
    workspace : Workspace
        Gets ``data/raw/downloads/klimaatmonitor/energie_2015.xlsx`` and so on.

    Returns
    -------
    list of tuple
        Per workbook its path, where it came from, its table, licence, and number of buurten.

    Raises
    ------
    PackageError
        When a workbook is of another year than its name says.
    """
    folder = workspace.raw / "downloads" / "klimaatmonitor"
    return [_copy(shared / WORKBOOKS, folder, year) for year in YEARS]


def _copy(source: Path, folder: Path, year: int) -> tuple[Path, str, str, str, int]:
    original, copy = source / f"energie_{year}_Themas_Buurten_Zwolle.xlsx", folder / f"energie_{year}.xlsx"
    themes = read_themes(original)
    if set(themes["year"]) != {year}:
        raise PackageError(f"{original.name}: got figures of {themes['year'].iloc[0]}; expected {year}.")
    files.write_atomically(copy, lambda temporary: shutil.copyfile(original, temporary))
    url = _FOLDER_URL + quote(f"{title_of(original)}.xlsx")
    return copy, url, "klimaatmonitor", "open data, bron: Klimaatmonitor (RVO) en CBS", themes["name"].nunique()
