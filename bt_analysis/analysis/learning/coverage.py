"""Of what kind of place do we know anything? Collectives in; a grid of domain, urbanity and country out, gaps included.

Figures are compared within one kind of place only, and scores never across countries: conditions and lessons are.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made
from bt_analysis.schema import MONITORING
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("coverage",)

QUESTION = "coverage"

DOMAINS = (
    "gezondheid", "energie_klimaat", "leefomgeving", "welzijn", "weerbaarheid", "sociale_cohesie", "zeggenschap",
    "economische_kracht",
)  # fmt: skip

URBANITIES = (1, 2, 3, 4, 5)
"""CBS's classes, from very urban to not urban."""

UNKNOWN = 0
"""Urbanity of a collective whose work area has no class: elsewhere than in the Netherlands, or not on the map."""

STRATA = {1: "stedelijk", 2: "stedelijk", 3: "tussenin", 4: "landelijk", 5: "landelijk", UNKNOWN: "onbekend"}
"""Kind of place by urbanity. The class of the surroundings tells more of a place than the region it lies in."""

HOME = "NL"

COMPARES_ACROSS_COUNTRIES = frozenset({
    "case_condition", "lesson", "obstacle", "tradeoff", "toc_node", "toc_link", "evidence", "experiment",
    "experiment_event", "research_question", "engagement_tool", "actor", "membership", "selection_register",
    "input_link", "decision",
})  # fmt: skip
"""Monitoring tables of what was there and what happened: they mean the same in another country."""


def learn(cases: Cases, settings: Settings) -> Learned:
    """Count collectives by domain, urbanity and country, and keep the cells without any.

    Parameters
    ----------
    cases : Cases
        Reads collective, and what is known of each.
    settings : Settings
        Not used.

    Returns
    -------
    Learned
        ``coverage_n`` over all collectives: by country and urbanity (group_type ``NL_3``) and domain, by kind of
        place, and how many cells are empty; and the table ``coverage`` with all cells.
    """
    placed = strata(cases)
    return Learned(_across(placed, cases), {"coverage": made(grid(placed), "coverage")})


def strata(cases: Cases) -> pd.DataFrame:
    """Say of every collective in which kind of place it is.

    Parameters
    ----------
    cases : Cases
        Reads collective for the country.

    Returns
    -------
    DataFrame
        One row is a collective: collective_id, name, domain, country (empty: not known), urbanity (0: not known)
        and stratum, one of the values of :data:`STRATA`.
    """
    table = cases.table("collective").drop_duplicates("collective_id").set_index("collective_id")
    whole = cases.whole
    urbanity = whole["urbanity"].fillna(UNKNOWN).astype("int64")
    # Only Dutch areas have a class of CBS, so whoever has one is there, recorded or not.
    implied = urbanity.ne(UNKNOWN).map({True: HOME, False: ""})
    country = whole["collective_id"].map(table["country"]).astype("str").fillna(implied)
    urbanity = urbanity.where(country.eq(HOME), UNKNOWN)
    return pd.DataFrame({
        "collective_id": whole["collective_id"], "name": whole["name"], "domain": whole["primary_domain"],
        "country": country, "urbanity": urbanity,
        "stratum": urbanity.map(STRATA),
    })  # fmt: skip


def grid(placed: pd.DataFrame) -> pd.DataFrame:
    """Lay out all cells of country, urbanity and domain, also those without a collective.

    Parameters
    ----------
    placed : DataFrame
        As :func:`strata` gives.

    Returns
    -------
    DataFrame
        One row is a cell (analysed_coverage): all eight domains, by the five classes of CBS at home, and by an unknown
        class where there is one. Abroad there are no classes of CBS.
    """
    countries = [*sorted({*placed["country"], HOME} - {""}), *([""] if "" in set(placed["country"]) else [])]
    rows = []
    for country in countries:
        unknown = placed["country"].eq(country) & placed["urbanity"].eq(UNKNOWN)
        classes = (*(URBANITIES if country == HOME else ()), *((UNKNOWN,) if unknown.any() else ()))
        rows += [
            {"country": country, "urbanity": one, "stratum": STRATA[one], "domain": domain}
            for one in classes
            for domain in DOMAINS
        ]
    keys = ["country", "urbanity", "domain"]
    own = placed.sort_values("name").groupby(keys)["name"].agg(["size", ";".join]).reset_index()
    out = pd.DataFrame(rows).merge(own, on=keys, how="left", validate="one_to_one")
    return out.assign(collectives_n=out["size"].fillna(0).astype("int64"), names=out["join"].fillna(""))


def comparable_across_countries(table: str) -> bool:
    """Say whether rows of a table of several countries may be set beside each other.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    bool
        True for conditions, lessons and what happened. False for scores, measurements and sums of money: questions
        are translated, areas are counted otherwise, and a euro buys something else.

    Raises
    ------
    KeyError
        When there is no such monitoring table.
    """
    if table not in MONITORING:
        raise KeyError(f"table {table!r} is none that a collective keeps; expected one of schema.MONITORING.")
    return table in COMPARES_ACROSS_COUNTRIES


def _across(placed: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count the cells with collectives, the kinds of places, and the cells at home of which nothing is known."""
    start, end = cases.span
    cells = grid(placed)
    known = cells[cells["collectives_n"].gt(0)]
    kind = known["country"].replace("", "onbekend") + "_" + known["urbanity"].astype("str")
    per_cell = known.assign(group_type=kind, group_value=known["domain"], value=known["collectives_n"])
    sizes = placed.groupby("stratum", as_index=False).size().rename(columns={"size": "value"})
    per_kind = sizes.assign(group_type="plek", group_value=sizes["stratum"])
    at_home = cells[cells["country"].eq(HOME) & cells["urbanity"].ne(UNKNOWN)]
    empty = pd.DataFrame([{"value": int(at_home["collectives_n"].eq(0).sum()), "n": len(at_home)}])
    told = pd.concat([
        pd.concat([per_cell, per_kind]).assign(indicator_id="coverage_n", n=len(placed), n_unit="collectives"),
        empty.assign(indicator_id="coverage_empty_n", n_unit="cells", group_type="", group_value=""),
    ])[["indicator_id", "group_type", "group_value", "value", "n", "n_unit"]]  # fmt: skip
    told = told.assign(collective_id=ACROSS, period_start=start, period_end=end)
    return counting.figures(told, QUESTION, source="collective: collective; work_area")
