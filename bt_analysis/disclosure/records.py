"""What of records may be shown to others: monitoring tables in; what is left of them after disclosure control out.

Microdata never go along, free text only with consent, and small groups of people not at all. A suppressed number keeps
its place, with the reason why it is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import ascii_lowercase
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.schema import REASON_SUFFIX, Descriptor, FieldDescriptor

Tables = Mapping[str, pd.DataFrame]
Protect = Callable[[Tables, Tables], Tables]
"""From monitoring tables and figures of a collective, the tables whose counts add up, protected as a whole."""

NEVER = "L1"
"""Protection level of pseudonymous microdata, which stay with the collective."""

CONSENT = "text_consent"
"""Field that says of a row whether its free text may be read by others."""

FINGERPRINTS = ("card_hash",)
"""Fields made of free text: who guesses the text can check the guess."""

CODERS = ("coder", "judge")
"""Fields with the code of a person who judged something, which may be the first letters of a name."""

_UNCOUNTED_IS_FEW = ("coop_scan",)
"""Tables in which what an unknown number of people said may be what one person said."""

_EFFORT = ("resident_minutes", "paid_eur")
"""What research took of people: a known number per person, of so many people."""

_COMMON = frozenset({"recorded_at", "recorded_by_role", "source_id", "version"})
_OWNER = r"^(.+?)--"
_NUMBERS = ("integer", "number")
_CLASS = "klasse"
"""Unit of a number that names a class of the record, such as how a finding was designed: it measures no people."""
_MISSING = "suppressed"


class MicrodataError(ValueError):
    """A table of respondents is about to leave a collective; that is a defect of the program, not of the data."""


def protected(tables: Tables, figures: Tables, min_cell: int, protect: Protect) -> dict[str, pd.DataFrame]:
    """Take out of monitoring tables what may not travel.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Monitoring tables of one collective, by name.
    figures : mapping of str to DataFrame
        Its analysed tables, already protected, which travel along.
    min_cell : int
        Smallest number of people that may be shown.
    protect : callable
        Protects tables whose counts add up, in a way that looks at all their rows together and at the figures. What it
        returns takes the place of the table; the other tables are looked at row by row.

    Returns
    -------
    dict of str to DataFrame
        The same tables with rows; suppressed numbers are missing, with the reason ``suppressed`` beside them.

    Raises
    ------
    MicrodataError
        When a table of level L1 is among them.
    """
    descriptors = {name: schema.load(name) for name in tables}
    for name, descriptor in descriptors.items():
        if descriptor["protection_level"] == NEVER:
            raise MicrodataError(f"table {name} holds microdata; expected none. Leave it out.")
    whole = protect(tables, figures)
    shown = {
        name: without_text(
            whole[name] if name in whole else without_small_groups(tables[name], descriptor, min_cell), descriptor
        )
        for name, descriptor in descriptors.items()
    }
    return without_effort_of_few(shown, tables, min_cell)


def without_effort_of_few(shown: Tables, tables: Tables, min_cell: int) -> dict[str, pd.DataFrame]:
    """Suppress the minutes and the money of research that few people took part in.

    Parameters
    ----------
    shown : mapping of str to DataFrame
        Monitoring tables as they may be shown otherwise.
    tables : mapping of str to DataFrame
        The same tables before anything was taken out: how many took part is read from survey_wave, measurement and
        participation.
    min_cell : int
        Smallest number of people that may be shown.

    Returns
    -------
    dict of str to DataFrame
        The tables of ``shown``; a table without research_effort is as it was.

    Notes
    -----
    Who knows how long a questionnaire takes, or what people got for it, divides by that and knows how many filled it
    in: 60 minutes of 20 each are three people.
    """
    out = dict(shown)
    if "research_effort" not in out:
        return out
    effort = out["research_effort"]
    of_wave, of_activity = _took_part(tables)
    few = effort["wave_id"].map(of_wave).lt(min_cell) | effort["activity_id"].map(of_activity).lt(min_cell)
    changed: dict[str, Any] = {}
    for name in _EFFORT:
        hidden = few & effort[name].notna()
        reasons = effort.get(name + REASON_SUFFIX, pd.Series(None, index=effort.index, dtype="str"))
        changed |= {name: effort[name].mask(hidden), name + REASON_SUFFIX: reasons.mask(hidden, _MISSING)}
    out["research_effort"] = effort.assign(**changed)
    return out


def _took_part(tables: Tables) -> tuple[pd.Series, pd.Series]:
    """Count the people of each wave and each activity of which any number is known."""
    empty = pd.Series(dtype="float64")
    waves = tables.get("survey_wave")
    of_wave = empty if waves is None else waves.set_index("wave_id")["responded_n"].astype("float64").dropna()
    if "measurement" in tables:
        measured = tables["measurement"].dropna(subset=["wave_id"]).groupby("wave_id")["n_valid"].max()
        of_wave = of_wave.combine_first(measured.astype("float64").dropna())
    rows = tables.get("participation")
    if rows is None:
        return of_wave, empty
    rows = rows[rows["group_type"].eq("totaal")]
    people = rows["unique_n"].fillna(rows["contacts_n"]).astype("float64")
    return of_wave, people.groupby(rows["activity_id"]).sum(min_count=1).dropna()


def without_text(table: pd.DataFrame, descriptor: Descriptor) -> pd.DataFrame:
    """Take out what people wrote, save in rows that say that others may read it, and who judged.

    Parameters
    ----------
    table : DataFrame
        A monitoring table.
    descriptor : dict
        Its schema; fields with ``freeText`` are meant.

    Returns
    -------
    DataFrame
        A copy; without a field for consent no free text is left, nor a fingerprint of it. Beside each field of text
        stands the reason of what was taken out: ``suppressed``. Codes of people who judged may hold initials; they
        become b1, b2, … in the order in which a collective names them, so that who agrees with whom can be seen.
    """
    agreed = table[CONSENT].fillna(False).astype(bool) if CONSENT in table else pd.Series(False, index=table.index)
    changed: dict[str, Any] = {name: table[name].where(agreed) for name in FINGERPRINTS if name in table}
    for name in (field["name"] for field in descriptor["fields"] if field.get("freeText")):
        changed[name] = table[name].where(agreed)
        changed[name + REASON_SUFFIX] = (table[name].notna() & ~agreed).map({True: _MISSING, False: None})
    return table.assign(**changed, **{name: _numbered(table, descriptor, name) for name in CODERS if name in table})


def _numbered(table: pd.DataFrame, descriptor: Descriptor, name: str) -> pd.Series:
    """Give the people of each collective numbers in the place of their codes."""
    known = table[name].notna()
    owner = table.loc[known, schema.key(descriptor)[0]].astype("str").str.extract(_OWNER, expand=False).fillna("")
    own = pd.DataFrame({"owner": owner, "code": table.loc[known, name].astype("str")})
    each = own.drop_duplicates()
    number = each.groupby("owner").cumcount()
    codes = dict(zip(each.itertuples(index=False, name=None), map(_code, number), strict=True))
    numbered = [codes[key] for key in own.itertuples(index=False, name=None)]
    return pd.Series(numbered, index=own.index, dtype="str").reindex(table.index)


def _code(number: int) -> str:
    """Return b1 for 0, b2 for 1, …, and c1 when there are no more: a letter and at most three digits."""
    block, rest = divmod(number, 999)
    letters = ascii_lowercase[1:]
    return f"{letters[block % len(letters)] * (1 + block // len(letters))}{rest + 1}"


def without_small_groups(table: pd.DataFrame, descriptor: Descriptor, min_cell: int) -> pd.DataFrame:
    """Suppress the measures of rows that rest on few people.

    Parameters
    ----------
    table : DataFrame
        A monitoring table.
    descriptor : dict
        Its schema; fields with ``persons`` count people. A public table (L3) is left as it is.
    min_cell : int
        Smallest number of people that may be shown; zero is less than that.

    Returns
    -------
    DataFrame
        A copy in which every measure of such a row is missing: numbers that are no key and say nothing about the
        record itself.

    Notes
    -----
    A percentage gives two groups away: those it counts and the others. So n_valid − numerator is looked at as well.
    """
    if descriptor["protection_level"] == "L3":
        return table
    return suppressed(table, descriptor, small(table, descriptor, min_cell))


def suppressed(table: pd.DataFrame, descriptor: Descriptor, rows: pd.Series[bool]) -> pd.DataFrame:
    """Take the measures out of rows.

    Parameters
    ----------
    table : DataFrame
        A monitoring table.
    descriptor : dict
        Its schema.
    rows : Series of bool
        Which rows.

    Returns
    -------
    DataFrame
        A copy in which these measures are missing, with the reason ``suppressed`` beside them.
    """
    changed: dict[str, Any] = {}
    for name in (field["name"] for field in measures(descriptor)):
        hidden = rows & table[name].notna()
        reasons = table.get(name + REASON_SUFFIX, pd.Series(None, index=table.index, dtype="str"))
        changed[name] = table[name].mask(hidden)
        changed[name + REASON_SUFFIX] = reasons.mask(hidden, _MISSING)
    if "suppressed" in table:
        changed["suppressed"] = table["suppressed"].mask(rows, True)
    return table.assign(**changed)


def measures(descriptor: Descriptor) -> list[FieldDescriptor]:
    """List the fields of a table that measure something.

    Parameters
    ----------
    descriptor : dict
        Schema of a monitoring table.

    Returns
    -------
    list of dict
        Numbers that are no part of a key, refer to nothing, name no class and are not about the record itself.
    """
    keys = {*schema.key(descriptor), *(name for link in descriptor.get("foreignKeys", []) for name in _names(link))}
    return [
        field
        for field in descriptor["fields"]
        if field["type"] in _NUMBERS and field.get("unit") != _CLASS and field["name"] not in keys | _COMMON
    ]


def may_be_missing(descriptor: Descriptor) -> set[str]:
    """List the fields of a table that protection may leave empty.

    Parameters
    ----------
    descriptor : dict
        Schema of a monitoring table.

    Returns
    -------
    set of str
        Its measures, and what people wrote.
    """
    written = [field for field in descriptor["fields"] if field.get("freeText")]
    return {field["name"] for field in [*measures(descriptor), *written]}


def _names(link: Mapping[str, Any]) -> list[str]:
    fields = link["fields"]
    return [fields] if isinstance(fields, str) else list(fields)


def small(table: pd.DataFrame, descriptor: Descriptor, min_cell: int) -> pd.Series[bool]:
    """Tell which rows of a table rest on few people.

    Parameters
    ----------
    table : DataFrame
        A monitoring table.
    descriptor : dict
        Its schema.
    min_cell : int
        Smallest number of people that may be shown.

    Returns
    -------
    Series of bool
        One per row.
    """
    counts = [table[field["name"]] for field in descriptor["fields"] if field.get("persons")]
    if {"numerator", "n_valid"} <= set(table.columns):
        counts += [table["numerator"], table["n_valid"] - table["numerator"]]
    few = pd.Series(False, index=table.index)
    for count in counts:
        few |= (count < min_cell).fillna(False).astype(bool)
        if descriptor.get("name") in _UNCOUNTED_IS_FEW:
            few |= count.isna()
    return few
