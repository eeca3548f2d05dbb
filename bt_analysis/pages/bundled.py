"""What the cross-domain report is made of: bundles in; sentences on how many, of when, and who is not in them out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages.content import Content


def made_of(content: Content) -> list[str]:
    """Say of how many bundles the report is made, and when consent for them was given.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    list of str
        Without any bundle: that the report is empty, and what to do about it.
    """
    say, date, bundles = content.language.say, content.language.date, content.bundles
    if content.left.empty:  # not made of bundles
        return []
    if bundles.empty:
        return [
            say("Nog geen collectief gaf een bundel, dus in dit rapport staan geen cijfers."),
            say("Vraag een collectief om toestemming, maak zijn bundel met bt bundle en maak dan dit rapport opnieuw."),
        ]
    first, last = bundles["approved_on"].min(), bundles["approved_on"].max()
    if len(bundles) == 1:
        return [say("Dit rapport is gemaakt van 1 bundel; de toestemming is van {day}.", day=date(first))]
    if first == last:
        sentence = say("Dit rapport is gemaakt van {n} bundels; de toestemming is van {day}.",
                       n=str(len(bundles)), day=date(first))  # fmt: skip
    else:
        sentence = say("Dit rapport is gemaakt van {n} bundels; de toestemmingen zijn van {first} tot en met {last}.",
                       n=str(len(bundles)), first=date(first), last=date(last))  # fmt: skip
    return [sentence]


def left(content: Content) -> list[str]:
    """Say how many collectives are not in the report, and why.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    list of str
        That nobody left is said too; of other reasons only those that there are.
    """
    if content.left.empty:
        return []
    say = content.language.say
    n = {str(name): int(count) for name, count in content.left.iloc[0].items()}
    withdrawn = say("Geen collectief trok zich terug.")
    if n["withdrawn_n"]:
        withdrawn = say(
            "1 collectief trok zich terug; van dat collectief staat hier niets meer."
            if n["withdrawn_n"] == 1
            else "{n} collectieven trokken zich terug; van die collectieven staat hier niets meer.",
            n=str(n["withdrawn_n"]),
        )
    return [withdrawn, *filter(None, [_expired(content, n["expired_n"]), *_others(content, n)])]


def _expired(content: Content, count: int) -> str:
    if not count:
        return ""
    return content.language.say(
        "Van 1 collectief is de toestemming voorbij; het telt niet mee."
        if count == 1
        else "Van {n} collectieven is de toestemming voorbij; ze tellen niet mee.",
        n=str(count),
    )


def _others(content: Content, n: dict[str, int]) -> list[str]:
    say = content.language.say
    without = say(
        "1 collectief gaf geen bundel; het telt niet mee."
        if n["without_bundle_n"] == 1
        else "{n} collectieven gaven geen bundel; ze tellen niet mee.",
        n=str(n["without_bundle_n"]),
    )
    refused = say(
        "1 bundel is niet gebruikt, omdat het bestand niet klopt."
        if n["refused_n"] == 1
        else "{n} bundels zijn niet gebruikt, omdat de bestanden niet kloppen.",
        n=str(n["refused_n"]),
    )
    return [text for text, count in ((without, n["without_bundle_n"]), (refused, n["refused_n"])) if count]


def what_it_is(content: Content) -> list[str]:
    """Say what a bundle is, and until when the report may be made of these.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    list of str
        Empty without bundles.
    """
    if content.bundles.empty:
        return []
    say, ends = content.language.say, content.bundles["valid_until"].min()
    what = say("Een bundel is wat een collectief heeft vrijgegeven; van andere gegevens staat hier niets.")
    end = [] if pd.isna(ends) else [say("De eerste toestemming loopt af op {day}.", day=content.language.date(ends))]
    return [what, *end]
