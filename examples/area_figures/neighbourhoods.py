"""Figures of buurten that a gemeente published, of Zwolle and of Rotterdam, come in; packages go out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from packages import SourceError, Taken, account, indicator, measurements, read, unused_columns

from bt_analysis import regions

HELP = Path("collectives") / "zwolle_buurt_voor_buurt_2014" / "index_codes.csv"
HELP_URL = "https://github.com/djvanderlaan/hackathon_zwolle/tree/8d607395f777"
WIJKPROFIEL = Path("collectives") / "rotterdam_wijkprofiel"
WIJKPROFIEL_URL = "https://github.com/ArmindoMaurits/Shiny_housemap/tree/677bc2660c5d"
YEARS = (2014, 2016)

_HELP = {
    "ondersteuning_nodig": ("hulp_nodig_n", "Bewoners die ondersteuning nodig hebben", "aantal"),
    "index_nodig": ("hulp_nodig_index", "Hulp nodig, gedeeld door wat te verwachten was", "schaal"),
    "ondersteuning_krijg": ("hulp_krijgt_n", "Bewoners die ondersteuning krijgen", "aantal"),
    "index_krijg": ("hulp_krijgt_index", "Hulp gekregen, gedeeld door wat te verwachten was", "schaal"),
}
_PROFILE = {
    "veiligheidsindex_sub": ("veiligheid_subjectief", "Veiligheidsindex, beleving", "schaal"),
    "veiligheidsindex_ob": ("veiligheid_objectief", "Veiligheidsindex, cijfers", "schaal"),
    "aanwezigheid_binnensport": ("tevreden_binnensport_pct", "Tevreden over binnensport in de buurt", "%"),
    "aanwezigheid_sportveld": ("tevreden_sportveld_pct", "Tevreden over sportvelden in de buurt", "%"),
    "aanwezigheid_basisscholen": ("tevreden_basisscholen_pct", "Tevreden over basisscholen in de buurt", "%"),
    "aanwezigheid_middelbarescholen": ("tevreden_middelbaar_pct", "Tevreden over middelbare scholen", "%"),
    "aanwezigheid_ov": ("tevreden_ov_pct", "Tevreden over openbaar vervoer in de buurt", "%"),
    "aanwezigheid_parkeergelegenheid": ("tevreden_parkeren_pct", "Tevreden over parkeren in de buurt", "%"),
    "aanwezigheid_eigenparkeerpl": ("eigen_parkeerplaats_pct", "Woningen met een eigen parkeerplaats", "%"),
}
# The end of a column's name → why it is left out; the first that fits counts.
_NOT_PROFILE = {
    "_norm": "score van de app die deze cijfers toonde, geen cijfer van het Wijkprofiel",
    "norm_bushalte": "norm zonder bron of eenheid", "norm_metrostation": "norm zonder bron of eenheid",
    "norm_tramhalte": "norm zonder bron of eenheid",
    "leeftijd_tot15": "staat bij CBS", "leeftijd_15.65": "staat bij CBS", "leeftijd_van65": "staat bij CBS",
    "autochtoon": "staat bij CBS, onder andere namen", "allochtoon_w": "staat bij CBS, onder andere namen",
    "allochtoon_nw": "staat bij CBS, onder andere namen", "wozwaarde": "staat bij CBS",
    "aantal_basisscholen": "staat bij CBS (nabijheid)", "aantal_vmboschool": "staat bij CBS (nabijheid)",
    "aantal_hav.vwoschool": "staat bij CBS (nabijheid)", "aantal_bushaltes": "telling zonder gebied erbij",
    "aantal_metrostations": "telling zonder gebied erbij", "aantal_tramhaltes": "telling zonder gebied erbij",
    "internetsnelheid": "geen bron en geen eenheid", "lat": "plaats, geen cijfer", "long": "plaats, geen cijfer",
    "postcode": "naam, geen cijfer", "naam": "naam, geen cijfer", "nummer": "naam, geen cijfer",
}  # fmt: skip


def help_needed(shared: Path) -> Taken:
    """Take how many residents of a buurt of Zwolle need help and get it (2014).

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    Taken
        57 buurten of the division of 2014; the numbers to expect are left out, as the index holds them.
    """
    taken = Taken("zwolle_hulp_2014", "Hulp nodig en gekregen in buurten van Zwolle, 2014")
    rows = read(shared / HELP)
    reasons = {"buurt": "naam, geen cijfer", "expected_nodig": "zit in de index", "expected_krijg": "zit in de index"}
    unused_columns(HELP.name, rows, ["Codering_3", *_HELP], reasons, taken)
    long = _long(rows, "Codering_3", _HELP, HELP.name, taken)
    long = long.assign(quality_note="De bron zegt niet hoe is geteld")
    taken.tables = {
        "source": pd.DataFrame([{"source_id": "buurt_voor_buurt", "title": "Buurt voor Buurt 2014",
                                 "publisher": "Gemeente Zwolle", "url": HELP_URL}]),
        "indicator": pd.DataFrame(indicator(*one, "welzijn") for one in _HELP.values()),
        "measurement": measurements(
            long, area_year=2014, period_start="2014-01-01", period_end="2014-12-31", population="bewoners",
            method="telling", comparison="geen", source_id="buurt_voor_buurt",
        ),
    }  # fmt: skip
    return taken


def wijkprofiel(shared: Path) -> Taken:
    """Take the figures of the Wijkprofiel per buurt of Rotterdam, 2014 and 2016.

    Parameters
    ----------
    shared : Path
        Folder of the shared data.

    Returns
    -------
    Taken
        76 buurten in two years; each column that is left out is listed with its reason.
    """
    taken = Taken("rotterdam_wijkprofiel", "Wijkprofiel Rotterdam, 2014 en 2016")
    parts = []
    for year in YEARS:
        file = f"all_data_buurten_{year}.csv"
        rows = read(shared / WIJKPROFIEL / file)
        unused_columns(file, rows, ["cbs_buurtnummer", *_PROFILE], _NOT_PROFILE, taken)
        long = _long(rows, "cbs_buurtnummer", _PROFILE, file, taken)
        parts.append(long.assign(area_year=year, period_start=f"{year}-01-01", period_end=f"{year}-12-31"))
    taken.tables = {
        "source": pd.DataFrame([{"source_id": "wijkprofiel", "title": "Wijkprofiel", "publisher": "Gemeente Rotterdam",
                                 "url": WIJKPROFIEL_URL}]),
        "indicator": pd.DataFrame(
            indicator(*one, "leefomgeving", source_type="enquete") for one in _PROFILE.values()
        ),
        "measurement": measurements(
            pd.concat(parts, ignore_index=True), population="bewoners", method="aselect", comparison="geen",
            source_id="wijkprofiel",
        ),
    }  # fmt: skip
    return taken


def _long(
    rows: pd.DataFrame, code: str, columns: dict[str, tuple[str, str, str]], file: str, taken: Taken
) -> pd.DataFrame:
    """Put the columns of figures under each other; every row must be of a buurt that can exist."""
    wrong = [text for text in rows[code] if not (regions.is_valid(text) and regions.level(text) == "buurt")]
    if wrong or not rows[code].is_unique:
        raise SourceError(f"{file}: got the codes {wrong[:3]}; expected one code of a buurt in each row.")
    account(file, rows.index, rows.index[rows[code].notna()], taken)
    for column in columns:
        for row in rows.index[rows[column].isna()]:
            taken.left_out.append((file, int(row), column, "leeg in de bron"))
    long = rows.melt(id_vars=code, value_vars=list(columns), var_name="column").rename(columns={code: "area_code"})
    return long.assign(indicator_id=long["column"].map({column: one[0] for column, one in columns.items()})).dropna(
        subset="value"
    )
