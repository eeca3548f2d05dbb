"""Who is not in it? The register of who was asked to take part comes in; how many did, refused or stopped, goes out.

What collectives that take part have in common may also be why they take part. So every claim over collectives is told
together with how many did not.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("selection",)

ANSWERS = ("doet_mee", "weigert", "stopt", "geen_antwoord")
"""What a party that was asked may answer, in the order in which a reader gets them."""

COLLECTIVE, OTHER, NOT_KNOWN = "collectief", "andere_partij", "onbekend"
"""Kinds of parties that were asked; of which kind is not known where nobody agreed that the text is published."""

ASKED = "gevraagd"
"""Kind of group of answers; the kind of party may stand behind it: ``gevraagd_collectief``."""

_COLLECTIVES = r"collectie[fv]"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Count who was asked to take part and what they answered.

    Parameters
    ----------
    cases : Cases
        Reads selection_register and collective.
    settings : Settings
        Not used: parties are counted, not people.

    Returns
    -------
    Learned
        ``approached_n`` by answer, per collective and period, and over all; over all also per kind of party.
        ``stopped_collectives_n``, collectives that stopped though they are in; and the table ``selection``
        with reasons.

    Notes
    -----
    A register names no parties, so a row is a request and each is counted once, by its last version. A party that
    changes its mind must be changed in its row: ``stopt`` is counted instead of ``doet_mee``, not beside it.
    """
    asked = requests(cases)
    rows = counting.everywhere(asked, cases, "date")
    by_answer = counting.counted(rows, ["response"]).rename(columns={"response": "group_value"})
    together = rows[rows["collective_id"].eq(ACROSS)]
    by_party = counting.counted(together, ["party", "response"]).rename(columns={"response": "group_value"})
    totals = by_answer.groupby(counting.PERIOD, as_index=False)["value"].sum()
    parts = [
        totals.assign(n=totals["value"], group_type="", group_value=""),
        by_answer.assign(group_type=ASKED),
        _of_their_kind(by_party).assign(group_type=ASKED + "_" + by_party["party"].astype("str")),
    ]
    source = "collective: selection_register"
    told = counting.figures(
        pd.concat(parts).assign(indicator_id="approached_n"), "selection", n_unit="requests", source=source
    )
    return Learned(pd.concat([told, _stopped(cases)], ignore_index=True), {"selection": reasons(asked)})


def requests(cases: Cases) -> pd.DataFrame:
    """List the requests to take part, with the kind of party.

    Parameters
    ----------
    cases : Cases
        Reads selection_register.

    Returns
    -------
    DataFrame
        One row is a request in its last version, with ``party``, one of the three kinds.
    """
    register = counting.owned(cases.table("selection_register"), "approach_id")
    last = register.sort_values(["version", "date"], na_position="first", kind="stable")
    last = last.drop_duplicates("approach_id", keep="last").sort_index()
    text = last["party_type"].fillna("").astype("str")
    party = text.str.contains(_COLLECTIVES, case=False, regex=True).map({True: COLLECTIVE, False: OTHER})
    return last.assign(party=party.where(text.ne(""), NOT_KNOWN).astype("str"))


def reasons(asked: pd.DataFrame) -> pd.DataFrame:
    """Count requests by kind of party, answer and reason.

    Parameters
    ----------
    asked : DataFrame
        As :func:`requests` gives.

    Returns
    -------
    DataFrame
        One row (analysed_selection) is a kind of party with an answer and a reason, of one collective or of all
        together; the reason is empty where none was given, or nobody agreed that it is published.
    """
    keys = ["collective_id", "party", "response", "reason"]
    rows = asked.assign(reason=asked["reason"].fillna("").astype("str").str.strip())
    both = pd.concat([rows[rows["collective_id"].ne(ACROSS)], rows.assign(collective_id=ACROSS)])
    counts = both.groupby(keys, as_index=False).size().rename(columns={"size": "requests_n"})
    return made(counts, "selection")


def _of_their_kind(by_party: pd.DataFrame) -> pd.DataFrame:
    """Let n be how many parties of that kind were asked."""
    keys = [*counting.PERIOD, "party"]
    return by_party.assign(n=by_party.groupby(keys)["value"].transform("sum"))


def _stopped(cases: Cases) -> pd.DataFrame:
    """Count collectives that stopped, of those that said how far they are."""
    table = cases.table("collective")
    known = table[table["collective_id"].isin(cases.ids) & table["lifecycle"].notna()]
    start, end = cases.span
    row = {
        "indicator_id": "stopped_collectives_n", "collective_id": ACROSS, "period_start": start, "period_end": end,
        "value": int(known["lifecycle"].eq("gestopt").sum()), "n": len(known),
    }  # fmt: skip
    return counting.figures(
        pd.DataFrame([row] if len(known) else []), "selection", n_unit="collectives", source="collective: collective"
    )
