"""What is talked over: a report's content in; open inputs, answers due, decisions and experiments as tables out.

Counts are of inputs, never of people. A text is shown only where the build says that it may be (``text_shown``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning.input_log import STAGES
from bt_analysis.dashboard.talk_words import AGE_ENDS, AGES, DUE, OUTCOMES, TOLD
from bt_analysis.pages import codes, input_words, words
from bt_analysis.pages.content import Content

DUE_DONE = ("besloten", "uitgevoerd")
"""Kinds of answers due about which everything is decided: somebody only has to tell it."""


def inputs(content: Content) -> pd.DataFrame:
    """List every input that residents raised, with what became of it.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        One row is an input that counts (analysed_input_fates), with beside it ``id`` (without the collective),
        ``about`` (its text, or its subject where the text may not be read), ``age`` (a key of
        :data:`~bt_analysis.dashboard.talk_words.AGES`) and ``place`` of its stage. The longest wait first.

    Notes
    -----
    Waits end on the last day to which the log was kept, as they do in the report: nobody knows what came after it.
    """
    table = content.learned.get("input_fates", pd.DataFrame())
    if table.empty:
        return table
    rows = _with_decisions(table)
    rows = rows[rows["counted"]]
    owner = f"{content.collective['collective_id']}--"
    at = np.searchsorted(AGE_ENDS, rows["waited_days"].fillna(0).to_numpy(dtype=float), side="right") - 1
    rows = rows.assign(
        id=rows["input_id"].str.removeprefix(owner),
        # As objects, so that a text keeps in which language it is.
        about=pd.Series([about(content, row) for _, row in rows.iterrows()], index=rows.index, dtype=object),
        age=np.array(list(AGES), dtype=object)[at],
        place=rows["stage"].map({stage: place for place, stage in enumerate(STAGES)}),
    )
    return rows.sort_values(["waited_days", "id"], ascending=[False, True], ignore_index=True)


def _with_decisions(table: pd.DataFrame) -> pd.DataFrame:
    """Give an input that went on in another the body that decided about that one; none in what was built earlier."""
    if "decided_by" not in table:
        return table.assign(decided_on=pd.Series(pd.NaT, index=table.index), decided_by="")
    by = dict(zip(table["input_id"], table["decided_by"], strict=True))
    of_first = table["went_into"].str.split(";").str[0].map(by).astype(object).fillna("")
    return table.assign(decided_by=table["decided_by"].where(table["decided_by"].ne(""), of_first))


def about(content: Content, row: pd.Series) -> str:
    """Say what an input is about.

    Parameters
    ----------
    content : Content
        A collective's report.
    row : Series
        Of analysed_input_fates.

    Returns
    -------
    str
        Its text; its subject where the text may not be read.
    """
    say = content.language.say
    if row["text_shown"] and row["text"]:
        return content.language.typed(str(row["text"]))
    subject = words.say(str(row["domain"]), codes.DOMAINS, content.language) or say("onderwerp niet opgeschreven")
    return say("{domain} (tekst niet openbaar)", domain=subject)


def still_open(content: Content) -> pd.DataFrame:
    """List the inputs on which residents have no answer yet.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        One row is an input, as :func:`inputs` gives; with ``due``, the kind of answer that has to come, and
        ``silent_on``, the day on which it is called silent when nothing happens.
    """
    rows = inputs(content)
    if rows.empty:
        return rows
    rows = rows[~rows["answered"]].reset_index(drop=True)
    kind = np.select([rows["outcome"].ne(""), rows["silent"]], ["besloten", "stil"], "wacht")
    quiet = pd.to_timedelta(content.settings.learning.silent_days, unit="D")
    return rows.assign(due=kind, silent_on=rows["last_on"] + quiet)


def by_stage_and_age(rows: pd.DataFrame) -> pd.DataFrame:
    """Count open inputs by how far they came and how long they wait.

    Parameters
    ----------
    rows : DataFrame
        As :func:`still_open` gives.

    Returns
    -------
    DataFrame
        One row is a stage that any of them reached, in order; a column per key of
        :data:`~bt_analysis.dashboard.talk_words.AGES`, and ``all``.
    """
    if rows.empty:
        return pd.DataFrame(columns=[*AGES, "all"], dtype=int)
    counted = pd.crosstab(rows["stage"], rows["age"])
    order = [stage for stage in STAGES if stage in counted.index]
    table = counted.reindex(index=order, columns=list(AGES), fill_value=0)
    return table.assign(all=table.sum(axis=1))


def answers_due(content: Content) -> pd.DataFrame:
    """List the answers that have still to come.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        One row is an input, with ``due`` (a key of :data:`~bt_analysis.dashboard.talk_words.DUE`): what is decided or
        carried out and only has to be told first, then what is silent, then what waits.
    """
    rows = inputs(content)
    if rows.empty:
        return rows
    untold = rows[rows["fate"].eq("uitgevoerd") & ~rows["reported_back"]].assign(due="uitgevoerd")
    both = pd.concat([still_open(content), untold], ignore_index=True)
    order = {kind: place for place, kind in enumerate(DUE)}
    both = both.assign(turn=both["due"].map(order))
    return both.sort_values(["turn", "waited_days", "id"], ascending=[True, False, True], ignore_index=True)


def decisions(content: Content) -> pd.DataFrame:
    """List what was decided about inputs, and why.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        One row is an input about which something was decided, the newest decision first; with ``told``, a key of
        :data:`~bt_analysis.dashboard.talk_words.TOLD`, and ``day``: of the decision or, when that was not recorded, of
        the last step.
    """
    rows = inputs(content)
    if rows.empty:
        return rows
    rows = rows[rows["outcome"].isin(list(OUTCOMES))]
    told = np.select([rows["reported_back"], rows["answered"]], list(TOLD)[:2], list(TOLD)[2])
    day = pd.to_datetime(rows["decided_on"]).fillna(rows["last_on"])
    return rows.assign(told=told, day=day).sort_values(["day", "id"], ascending=[False, True], ignore_index=True)


def experiments(content: Content) -> pd.DataFrame:
    """List the experiments with what was agreed beforehand.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        One row is an experiment (analysed_experiments) with ``outcome``, ``overdue`` and ``result_on`` of
        analysed_trials beside it; what runs first, then the newest.
    """
    cards, trials = content.experiments, content.learned.get("trials", pd.DataFrame())
    if cards.empty:
        return cards
    columns = ["experiment_id", "outcome", "overdue", "result_on"]
    known = trials[columns] if len(trials) else pd.DataFrame(columns=columns)
    rows = cards.merge(known, on="experiment_id", how="left", validate="one_to_one")
    rows = rows.assign(outcome=rows["outcome"].fillna(""), overdue=rows["overdue"].eq(True))
    running = rows["status"].isin(["loopt", "gepland"])
    return rows.assign(running=running).sort_values(["running", "start"], ascending=[False, False], ignore_index=True)


def stage(content: Content, code: str) -> str:
    """Name a stage.

    Parameters
    ----------
    content : Content
        A collective's report.
    code : str
        Stage of an input.

    Returns
    -------
    str
        In the reader's words.
    """
    return words.say(code, input_words.STAGES, content.language)


def reason(content: Content, code: str) -> str:
    """Name the reason of a decision.

    Parameters
    ----------
    content : Content
        A collective's report.
    code : str
        Reason; empty: none was recorded.

    Returns
    -------
    str
        In the reader's words.
    """
    return words.say(code or "niet_vastgelegd", input_words.REASONS, content.language)


def kept_until(content: Content) -> pd.Timestamp | None:
    """Tell until which day the log of inputs was kept.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Timestamp or None
        None when no inputs are kept.
    """
    rows = inputs(content)
    days = rows["kept_until"].dropna() if len(rows) else pd.Series(dtype="datetime64[us]")
    return None if days.empty else pd.Timestamp(days.max())
