"""Talks of energy coaches as recorded come in; talks with the regiocode of their buurt, or why not, go out."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pandas as pd

GEMEENTE = "GM0193"
DIVISION_YEAR = 2024

# Postcode areas of the gemeente; a talk outside it has no buurt in Zwolle to be placed in.
PC4_IN_ZWOLLE = range(8011, 8050)

# Spellings that differ in more than case, hyphens and spaces -> the spelling of the 2024 division.
# CBS wrote Harculo en Hoogzutmen until it took over the spelling of the gemeente.
ALIASES = {"Harculo en Hoogzutmen": "Harculo en Hoog-Zuthem"}


class PackageError(ValueError):
    """The files are not what this script was written for; the message says what was got and what is expected."""


def read_talks(path: Path) -> pd.DataFrame:
    """Read the talks as recorded.

    Parameters
    ----------
    path : Path
        ``coachgesprekken_met_buurt.csv``.

    Returns
    -------
    DataFrame
        One row is a talk, key ``talk_n``; ``date``, ``pc4`` and ``buurt`` (text, missing when not in the source).

    Raises
    ------
    PackageError
        When a date is no dd/mm/yyyy, or the dates do not rise with the running number.

    Notes
    -----
    The source writes dd/mm/yyyy: 04/01/2023 is 4 January. Read as mm/dd, 103 of the 312 talks land in a
    wrong month without any error. The running number follows the calendar, which shows such a misreading.
    """
    text = pd.read_csv(path, dtype="str")
    try:
        dates = pd.to_datetime(text["datum_bron"], format="%d/%m/%Y")
    except ValueError as problem:
        raise PackageError(f"{path.name}: got a date in another form ({problem}); expected dd/mm/yyyy.") from problem
    talks = pd.DataFrame(
        {"talk_n": text["volgnr"].astype(int), "date": dates, "pc4": text["pc4"], "buurt": text["buurt_naam"]}
    ).sort_values("talk_n", ignore_index=True)
    if not talks["date"].is_monotonic_increasing:
        first = talks.loc[talks["date"].diff() < pd.Timedelta(0), "talk_n"].iloc[0]
        raise PackageError(
            f"{path.name}: talk {first} is dated before the one above it; expected dates that rise with the running "
            "number. Were day and month exchanged?"
        )
    return talks


def plain(name: str) -> str:
    """Return a name without case, hyphens, spaces and points, to compare spellings by.

    Parameters
    ----------
    name : str
        As it is written, such as ``Aa-landen-Noord``.

    Returns
    -------
    str
        Letters and digits only, such as ``aalandennoord``.
    """
    return re.sub(r"[\W_]", "", name).casefold()


def read_buurten(path: Path) -> dict[str, str]:
    """Read the buurten of the gemeente, and of no other: names are no keys outside one gemeente.

    Parameters
    ----------
    path : Path
        ``WijkenEnBuurten.json.gz`` of the KWB table of the division year.

    Returns
    -------
    dict
        Plain name -> regiocode; Noordereiland is BU01931020 here, and BU05991088 in Rotterdam.

    Raises
    ------
    PackageError
        When two buurten of the gemeente have the same plain name.
    """
    regions = json.loads(gzip.decompress(path.read_bytes()))
    prefix = "BU" + GEMEENTE[2:]
    own = [(plain(region["Title"]), region["Key"].strip()) for region in regions if region["Key"].startswith(prefix)]
    names = dict(own)
    if len(names) != len(own) or not own:
        raise PackageError(f"{path.name}: got {len(own)} buurten with {len(names)} names; expected a name for each.")
    aliases = {plain(other): names[plain(name)] for other, name in ALIASES.items()}
    return names | aliases


def place(talks: pd.DataFrame, buurten: dict[str, str]) -> pd.DataFrame:
    """Give each talk the regiocode of its buurt, or the reason why it has none.

    Parameters
    ----------
    talks : DataFrame
        As :func:`read_talks` returns.
    buurten : dict
        Plain name -> regiocode.

    Returns
    -------
    DataFrame
        The same rows with ``regiocode`` and ``reason`` (Dutch; empty when placed).
    """
    codes = talks["buurt"].map(lambda name: buurten.get(plain(name)), na_action="ignore")
    reasons = [
        "" if pd.notna(code) else _reason(pc4, buurt)
        for code, pc4, buurt in zip(codes, talks["pc4"], talks["buurt"], strict=True)
    ]
    return talks.assign(regiocode=codes, reason=reasons)


def _reason(pc4: str, buurt: str | float) -> str:
    if isinstance(buurt, str):
        return f"buurt {buurt} bestaat niet in {GEMEENTE} in de indeling van {DIVISION_YEAR}"
    if int(pc4) not in PC4_IN_ZWOLLE:
        return f"geen buurt in de bron; postcodegebied {pc4} ligt buiten Zwolle"
    return f"geen buurt in de bron; postcodegebied {pc4} ligt in Zwolle"
