"""Rules about what is concluded: links of a theory, evidence, savings, cooperation, claims, and what may travel."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bt_analysis.schema import MONITORING, protection
from bt_analysis.sources.codes import parts
from bt_analysis.sources.delivered import Delivered, Rule

# What stands behind a pair that was scanned on a day.
_OF_SCAN = ("date", "collective_id", "actor_id")
_EURO = r"€|\beuro'?s?\b|\beur\b"


def between_nodes(delivered: Delivered) -> None:
    """Check that a link of the theory of change goes from one node to another.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["toc_link"]
    same = table["from_node"].eq(table["to_node"]).fillna(False)
    delivered.tell("to_itself", "toc_link", "to_node", same, other="from_node")


def saved(delivered: Delivered) -> None:
    """Note where money is said to be saved along a link that nobody has looked into: a report does not count it.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    links = delivered.tables["saving_claim"]["toc_link_id"]
    studied = delivered.values("evidence", "link_id")
    unread = "evidence" in delivered.places and "evidence" not in delivered.tables
    # A link that does not exist is told already.
    known = links.isin(delivered.values("toc_link", "link_id"))
    if not unread:
        delivered.note("not_studied", "saving_claim", "toc_link_id", known & ~links.isin(studied))


def one_scan(delivered: Delivered) -> None:
    """Check that a scan is of one collective and one actor on one day.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["coop_scan"]
    rows = pd.Series(table.index, index=table.index)
    for column in _OF_SCAN:
        first = table.groupby("scan_id")[column].transform("first")
        other = table[column].notna() & table[column].ne(first).fillna(False)
        at = rows.groupby(table["scan_id"]).transform("first")
        delivered.tell("other_scan", "coop_scan", column, other, scan=table["scan_id"], first=at, limit=first)


def raters(delivered: Delivered) -> None:
    """Check that a score was given by somebody.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["coop_scan"]
    nobody = table["score"].notna() & table["n_raters"].eq(0).fillna(False)
    delivered.tell("score_of_nobody", "coop_scan", "n_raters", nobody, score=table["score"])


def conditions(delivered: Delivered) -> None:
    """Check that a lesson names each condition once.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    place = delivered.places["lesson"]
    for row, cell in delivered.tables["lesson"]["conditions"].dropna().items():
        codes = [part.split("=")[0] for part in parts(cell)]
        for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
            delivered.findings.problem("condition_twice", place, row=int(str(row)), column="conditions", got=code)


def one_value(delivered: Delivered) -> None:
    """Check that a condition has one value at a time, so that 2025 does not say otherwise than 2025-H1.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["case_condition"]
    present = table.dropna(subset=["collective_id", "condition_code", "period", "value"])
    months = [_months(period) for period in present["period"]]
    spans = present.assign(first=[one.start for one in months], last=[one.stop - 1 for one in months])
    for _, rows in spans.groupby(["collective_id", "condition_code"], sort=False):
        for row, earlier in _contradictions(rows):
            values = {"got": table.at[row, "period"], "value": table.at[row, "value"], "first": earlier}
            values["period"] = table.at[earlier, "period"]
            delivered.findings.problem(
                "condition_contradicted", delivered.places["case_condition"], row=row, column="value", **values
            )


def _contradictions(rows: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield each row with the first row before it that overlaps in time and has another value."""
    # What says the same again is remembered once: a table full of it would be compared row by row.
    seen: dict[tuple[int, int, int], int] = {}
    for row, *said in rows[["value", "first", "last"]].itertuples(name=None):
        value, first, last = said
        for (other, begun, ended), earlier in seen.items():
            if value != other and first <= ended and begun <= last:
                yield row, earlier
                break
        seen.setdefault((value, first, last), row)


def _months(period: str) -> range:
    """Return the months, counted from the year 0, of 2025, 2025-H1, 2025-K1 or 2025-03."""
    year, _, part = period.partition("-")
    begun = 12 * int(year)
    if not part:
        return range(begun, begun + 12)
    length = {"H": 6, "K": 3}.get(part[0], 1)
    number = int(part.strip("HK"))
    return range(begun + length * (number - 1), begun + length * number)


def euro_alone(delivered: Delivered) -> None:
    """Check that a sum of money never stands alone: in its section of the report stands a claim of another kind.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["claim"]
    is_euro = table["plain_nl"].str.contains(_EURO, case=False, regex=True).fillna(False).astype(bool)
    others = (~is_euro & table["plain_nl"].notna()).groupby([table["report_id"], table["section"]], dropna=False)
    alone = is_euro & ~others.transform("any")
    delivered.tell("euro_alone", "claim", "section", alone, got=table["plain_nl"])


def may_travel(delivered: Delivered) -> None:
    """Check that a bundle holds tables that exist, and none with answers of one person.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    place = delivered.places["bundle"]
    for row, cell in delivered.tables["bundle"]["tables"].dropna().items():
        for name in parts(cell):
            kind = "no_such_table" if name not in MONITORING else "stays_home" if protection(name) == "L1" else ""
            if kind:
                delivered.findings.problem(kind, place, row=int(str(row)), column="tables", got=name)


def approved(delivered: Delivered) -> None:
    """Check that a bundle that was approved passed its checks, and says by whom it was approved.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["bundle"]
    given = table["approved_on"].notna()
    failed = given & ~table["checks_passed"].fillna(False).astype(bool)
    delivered.tell("approved_unchecked", "bundle", "checks_passed", failed, date=table["approved_on"])
    nobody = given & table["approved_by_role"].isna()
    delivered.tell("approved_by_nobody", "bundle", "approved_by_role", nobody, date=table["approved_on"])


def effort(delivered: Delivered) -> None:
    """Check that effort for research says for what wave or activity it was.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["research_effort"]
    options = ("wave_id", "activity_id")
    nothing = table[[*options]].isna().all(axis=1)
    delivered.tell("no_subject", "research_effort", "wave_id", nothing, options=", ".join(options))


def possible(delivered: Delivered) -> None:
    """Check that what was found can be, by what a judge says: under the link or under the other explanation.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["evidence_judgement"]
    claim, rival, seen = table["likelihood_claim"], table["likelihood_rival"], table["seen"]
    never = seen & claim.eq(0) & rival.eq(0)
    always = ~seen & claim.eq(1) & rival.eq(1)
    delivered.tell("never_seen", "evidence_judgement", "likelihood_rival", never)
    delivered.tell("always_seen", "evidence_judgement", "likelihood_rival", always)


RULES = (
    Rule(between_nodes, {"toc_link": ("from_node", "to_node")}),
    Rule(saved, {"saving_claim": ("toc_link_id",)}),
    Rule(one_scan, {"coop_scan": ("scan_id", *_OF_SCAN)}),
    Rule(raters, {"coop_scan": ("score", "n_raters")}),
    Rule(conditions, {"lesson": ("conditions",)}),
    Rule(one_value, {"case_condition": ("collective_id", "condition_code", "period", "value")}),
    Rule(euro_alone, {"claim": ("report_id", "section", "plain_nl")}),
    Rule(possible, {"evidence_judgement": ("likelihood_claim", "likelihood_rival", "seen")}),
    Rule(may_travel, {"bundle": ("tables",)}),
    Rule(approved, {"bundle": ("checks_passed", "approved_by_role", "approved_on")}),
    Rule(effort, {"research_effort": ("wave_id", "activity_id")}),
)
