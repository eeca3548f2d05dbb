"""Subsidies for saving and making energy in Zwolle: published files come in; packages go out.

A number that Excel damaged is only read when one reading fits what else the row says; else the row is listed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
from packages import SourceError, Taken, account, indicator, measurements, read, unused_columns

sys.path.insert(0, str(Path(__file__).parents[1] / "zwolle"))
from talks import DIVISION_YEAR, GEMEENTE, plain, read_buurten

FOLDER = Path("collectives") / "zwolle_subsidies"
BUURTEN = Path("cbs_tables") / "85984NED" / "WijkenEnBuurten.json.gz"
ORIGIN = "https://github.com/jenkenpow76/energy-transition-dashboard-zwolle/tree/276b6f1c84f0"
COLLECTIVES = {"Zonnebuur Coöperatie U.A.": "zonnebuur", "Coöperatief Allerzonst U.A.": "allerzonst"}

_BRACKET = re.compile(r"Zonne-energie (?P<low>[0-9,]+) - (?P<high>[0-9,]+) MW")
_PER_YEAR = {"population": "gebied", "method": "register", "comparison": "geen"}


def megawatts(text: str, label: str) -> float | None:
    """Read a capacity in a way that fits the class the row was put in.

    Parameters
    ----------
    text : str
        Capacity as it stands in the file, such as ``0.302``, ``250.614`` or ``26``.
    label : str
        Class of capacity, such as ``Zonne-energie 0,05 - 10 MW``.

    Returns
    -------
    float or None
        Capacity in MW; None when no reading, or more than one, lies in the class.

    Notes
    -----
    A point is a decimal point or, after Excel's damage, one of thousands. "2.474" in the class 0,05 - 10 MW is 2.474
    and not 2,474; "250.614" fits neither way (it was 2.50614), so it is not read.
    """
    bounds = _BRACKET.fullmatch(label)
    if bounds is None or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return None
    low, high = (float(bounds[end].replace(",", ".")) for end in ("low", "high"))
    readings = {float(text)}
    if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", text):
        readings.add(float(text.replace(".", "")))
    fitting = [reading for reading in readings if low <= reading <= high]
    return fitting[0] if len(fitting) == 1 else None


def cooperatives(shared: Path) -> list[Taken]:
    """Take the solar roofs of two cooperatives: projects and capacity per year, as their own measurements.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    list of Taken
        One package per cooperative.
    """
    file = "SCE_cooperatieve_opwek.csv"
    rows = read(shared / FOLDER / file)
    strange = set(rows["Aanvrager"]) - set(COLLECTIVES)
    if strange:
        raise SourceError(f"{file}: got the applicants {sorted(strange)}; expected {sorted(COLLECTIVES)}.")
    return [_cooperative(name, code, rows[rows["Aanvrager"] == name], file) for name, code in COLLECTIVES.items()]


def _cooperative(name: str, code: str, rows: pd.DataFrame, file: str) -> Taken:
    taken = Taken(code, name)
    per_year = _projects(rows, file, taken)
    first = int(per_year["year"].min())
    constants = {"collective_id": code, "work_area_id": "zwolle", "source_id": "rvo_sce"}
    taken.tables = {
        "source": _source("rvo_sce", "SCE-beschikkingen", "RVO"),
        "collective": pd.DataFrame([{
            "collective_id": code, "name": name, "legal_form": "cooperatie", "primary_domain": "energie_klimaat",
            "country": "NL", "release_level": "openbaar", "recorded_by_role": "import",
        }]),
        "work_area": pd.DataFrame([{
            "work_area_id": "zwolle", "collective_id": code, "definition_type": "codes", "area_codes": GEMEENTE,
            "area_year": DIVISION_YEAR, "valid_from": f"{first}-01-01",
            "note": "Geldig vanaf het eerste jaar waarin een dak werd aangesloten",
        }]),
        "indicator": _solar_indicators("output"),
        "measurement": measurements(per_year.drop(columns="year"), **constants, **_PER_YEAR | {"population": "leden"}),
    }  # fmt: skip
    return taken


def companies(shared: Path) -> Taken:
    """Take subsidised solar projects of legal persons in Zwolle: number and capacity per year.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    Taken
        Figures of the gemeente; a year in which one capacity cannot be read has no capacity.
    """
    file = "SDE_SCE_excel_beschadigd_rechtspersonen.csv"
    taken = Taken("zwolle_zon_sde", "Zonne-energie met subsidie in Zwolle")
    rows = read(shared / FOLDER / file, ";")
    per_year = _projects(rows, file, taken).drop(columns="year")
    taken.tables = {
        "source": _source("rvo_sde", "SDE-beschikkingen", "RVO"),
        "indicator": _solar_indicators("context"),
        "measurement": measurements(
            per_year, area_code=GEMEENTE, area_year=DIVISION_YEAR, source_id="rvo_sde", **_PER_YEAR
        ),
    }
    return taken


def _projects(rows: pd.DataFrame, file: str, taken: Taken) -> pd.DataFrame:
    """Count projects and add up capacity per year; note what could not be read."""
    used = ["Vermogen", "label", "Realisatiejaar", "Aanvrager"]
    unused_columns(file, rows, used, dict.fromkeys(rows.columns, "niet gevraagd"), taken)
    for column in ("Latitude", "Longitude", "x", "y"):
        damaged = rows[column].str.count(r"\.").gt(1) | rows[column].str.fullmatch(r"[0-9]{4,}")
        for row in rows.index[damaged.fillna(False)]:
            taken.left_out.append((file, int(row), column, "beschadigd door Excel: punten staan niet waar ze stonden"))
    power = pd.Series([megawatts(*pair) for pair in zip(rows["Vermogen"], rows["label"], strict=True)], rows.index)
    for row in rows.index[power.isna()]:
        reason = "vermogen past niet in de klasse van de rij: beschadigd door Excel"
        taken.left_out.append((file, int(row), "Vermogen", reason))
    years = rows["Realisatiejaar"].astype(int)
    account(file, rows.index, rows.index[years.notna()], taken)
    per_year = pd.DataFrame({"projects": years.groupby(years).size(), "power": power.groupby(years).sum() * 1000})
    unread = power.isna().groupby(years).sum()
    number = per_year["projects"].rename("value").reset_index(name="value").assign(indicator_id="zon_projecten_n")
    capacity = per_year["power"].where(unread == 0).round(3).reset_index(name="value")
    capacity = capacity.assign(
        indicator_id="zon_vermogen_kw",
        quality_note=unread.reindex(per_year.index)
        .map(lambda n: f"{n} vermogens niet te lezen" if n else None)
        .to_numpy(),
    )
    both = pd.concat([number, capacity], ignore_index=True).rename(columns={"Realisatiejaar": "year"})
    return both.assign(period_start=both["year"].astype(str) + "-01-01", period_end=both["year"].astype(str) + "-12-31")


def heat_pumps_and_insulation(shared: Path) -> Taken:
    """Take addresses with a national subsidy (ISDE) per buurt, year and technique.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    Taken
        A buurt in a year has a value for a technique when every line of it has a number; else it is suppressed.
    """
    file = "ISDE_per_techniek_pc4.csv.gz"
    taken = Taken("zwolle_isde", "Landelijke subsidies voor verduurzaming in Zwolle (ISDE)")
    rows = read(shared / FOLDER / file)
    used = ["buurtnaam", "subsidiejaar", "techniek", "aantal_adressen"]
    reasons = dict.fromkeys(rows.columns, "niet gevraagd")
    unused_columns(file, rows, used, reasons, taken)
    rows = _with_codes(rows, "buurtnaam", file, read_buurten(shared / BUURTEN), taken)
    rows = rows.assign(
        indicator_id="isde_" + rows["techniek"].str.lower() + "_adressen_n",
        year=rows["subsidiejaar"].astype(float).astype(int).astype(str),
        number=rows["aantal_adressen"].astype(float),
    )
    groups = rows.groupby(["area_code", "year", "indicator_id"])["number"]
    sums = groups.agg(value="sum", lines="size", known="count").reset_index()
    whole = sums["known"] == sums["lines"]
    unknown = (sums["lines"] - sums["known"]).astype(str) + " van " + sums["lines"].astype(str)
    sums = sums.assign(
        value=sums["value"].where(whole).astype("Int64"),
        quality_note=(unknown + " regels zonder aantal").where(~whole),
        period_start=sums["year"] + "-01-01",
        period_end=sums["year"] + "-12-31",
    )
    techniques = sorted(rows["techniek"].unique())
    taken.tables = {
        "source": _source("rvo_isde", "ISDE-toekenningen", "RVO"),
        "indicator": pd.DataFrame(
            indicator(f"isde_{name.lower()}_adressen_n", f"Adressen met subsidie voor {name.lower()}", "aantal",
                      "energie_klimaat")
            for name in techniques
        ),
        "measurement": measurements(sums, area_year=DIVISION_YEAR, source_id="rvo_isde", **_PER_YEAR),
    }  # fmt: skip
    return taken


def local_grants(shared: Path) -> Taken:
    """Take the insulation grants of the gemeente per buurt: grants and amount.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    Taken
        Fewer than five grants stay suppressed, as they were published.
    """
    file = "lokale_isolatiesubsidies_per_buurt.csv"
    taken = Taken("zwolle_isolatie", "Isolatiesubsidies van de gemeente Zwolle")
    rows = _with_codes(read(shared / FOLDER / file), "buurt_naam", file, read_buurten(shared / BUURTEN), taken)
    long = rows.melt(id_vars="area_code", value_vars=["subsidies", "bedrag_eur"], var_name="column")
    names = {"subsidies": "isolatiesubsidies_n", "bedrag_eur": "isolatiesubsidies_eur"}
    long = long.assign(indicator_id=long["column"].map(names), period_start="2024-01-01", period_end="2025-03-31")
    taken.tables = {
        "source": _source("zwolle_isolatie", "Lokale isolatiesubsidies", "Gemeente Zwolle"),
        "indicator": pd.DataFrame([
            indicator("isolatiesubsidies_n", "Toegekende isolatiesubsidies", "aantal", "energie_klimaat"),
            indicator("isolatiesubsidies_eur", "Bedrag aan isolatiesubsidies", "eur", "energie_klimaat"),
        ]),
        "measurement": measurements(long, area_year=DIVISION_YEAR, source_id="zwolle_isolatie", **_PER_YEAR),
    }  # fmt: skip
    return taken


def _with_codes(rows: pd.DataFrame, column: str, file: str, buurten: dict[str, str], taken: Taken) -> pd.DataFrame:
    """Give each row the regiocode of its buurt; list those without, and check that none is lost."""
    codes = rows[column].map(lambda name: buurten.get(plain(name)), na_action="ignore")
    for row, name in rows.loc[codes.isna(), column].items():
        known = isinstance(name, str)
        reason = f"{name} is geen buurt van {GEMEENTE} in {DIVISION_YEAR}" if known else "geen buurt in de bron"
        taken.left_out.append((file, int(str(row)), "", reason))
    account(file, rows.index, rows.index[codes.notna()], taken)
    return rows.assign(area_code=codes)[codes.notna()]


def _source(source_id: str, title: str, publisher: str) -> pd.DataFrame:
    return pd.DataFrame([{"source_id": source_id, "title": title, "publisher": publisher, "url": ORIGIN}])


def _solar_indicators(level: str) -> pd.DataFrame:
    return pd.DataFrame([
        indicator("zon_projecten_n", "Aangesloten zonneprojecten", "aantal", "energie_klimaat", result_level=level),
        indicator("zon_vermogen_kw", "Aangesloten vermogen aan zon", "kW", "energie_klimaat", result_level=level),
    ])  # fmt: skip
