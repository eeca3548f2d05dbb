"""The registry of instruments: one TOML file per family in, every instrument with its version and rules out.

An instrument is a questionnaire in one version. Its items have codes of our own and a short description of ours: the
text of an item belongs to its makers. One whose rule has not been verified stands here all the same, with the reason:
published values of it can be recorded, and its answers are refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from bt_analysis.instruments.definitions import DIRECTIONS, RULES, CutOff, Instrument, Item, Option, Scale

FAMILIES = ("gezondheid", "eenzaamheid", "welbevinden", "veerkracht", "cohesie", "zeggenschap")
"""Files of the registry."""

OWN_QUESTION = "eigen_vraag"
"""What a question that belongs to no instrument is called; it is never called a scale."""


class RegistryError(ValueError):
    """The registry says two things at once, or is asked for what it does not hold; the message names it."""


@cache
def load() -> Mapping[str, Instrument]:
    """Read the whole registry.

    Returns
    -------
    mapping of str to Instrument
        Id → instrument, in order of id.

    Raises
    ------
    RegistryError
        When an id or the code of an item stands twice, or an instrument contradicts itself.
    """
    found: dict[str, Instrument] = {}
    for family in FAMILIES:
        text = (resources.files(__package__) / f"{family}.toml").read_text(encoding="utf-8")
        for key, entry in tomllib.loads(text).items():
            if key in found:
                raise RegistryError(
                    f"instrument {key!r} stands twice, again in {family}.toml; expected once. Remove one."
                )
            found[key] = instrument_of(key, entry)
    check(found.values())
    return dict(sorted(found.items()))


def get(instrument_id: str) -> Instrument:
    """Look an instrument up.

    Parameters
    ----------
    instrument_id : str
        Its id, with the version.

    Returns
    -------
    Instrument
        Verified or not.

    Raises
    ------
    RegistryError
        When it does not stand in the registry.
    """
    known = load()
    if instrument_id not in known:
        raise RegistryError(
            f"instrument {instrument_id!r} is not in the registry; expected one of {', '.join(known)}. Use one of "
            f"these ids, or record your own question as {OWN_QUESTION}."
        )
    return known[instrument_id]


def instrument_of_item(code: str) -> Instrument | None:
    """Tell which instrument an item belongs to.

    Parameters
    ----------
    code : str
        Code of an item.

    Returns
    -------
    Instrument or None
        None for a question of the collective's own.
    """
    return _by_item().get(code)


def instrument_of(key: str, entry: Mapping[str, Any]) -> Instrument:
    """Make an instrument out of an entry of a TOML file.

    Parameters
    ----------
    key : str
        Its id.
    entry : mapping
        As the file holds it; ``numbers`` (from, to and the words of both ends) may stand in the place of options.

    Returns
    -------
    Instrument
        With the points of every answer and the items of every scale written out.

    Raises
    ------
    RegistryError
        When the entry has a field that there is not, or lacks one.
    """
    given = dict(entry)
    try:
        items = tuple(Item(**item) for item in given.pop("items"))
        numbers = given.pop("numbers", None)
        options = _numbered(**numbers) if numbers else _options(given.pop("options"))
        scales = tuple(_scale(scale, items) for scale in given.pop("scales"))
        return Instrument(id=key, items=items, options=options, scales=scales, **given)
    except (TypeError, KeyError) as problem:
        raise RegistryError(f"instrument {key!r}: {problem}; expected the fields of Instrument. Mend its entry.") from (
            problem
        )


def check(instruments: Iterable[Instrument]) -> None:
    """Refuse instruments that contradict themselves or each other.

    Parameters
    ----------
    instruments : iterable of Instrument
        The whole registry.

    Raises
    ------
    RegistryError
        With the first contradiction.

    Notes
    -----
    The lowest and highest score of a scale must be what its rule makes of the lowest and highest points.
    """
    taken: dict[str, str] = {}
    for instrument in instruments:
        for item in instrument.items:
            if item.code in taken:
                raise RegistryError(
                    f"item {item.code!r} stands in {taken[item.code]} and in {instrument.id}; expected its own code."
                )
            taken[item.code] = instrument.id
        for sentence in _contradictions(instrument):
            raise RegistryError(f"instrument {instrument.id!r}: {sentence}. Mend its entry.")


def _contradictions(instrument: Instrument) -> Iterator[str]:
    if instrument.verified == bool(instrument.why_not_nl and instrument.why_not_en):
        yield f"verified is {instrument.verified} and why_not is {instrument.why_not_nl!r}; expected a reason if not"
    for scale in instrument.scales:
        if scale.rule not in RULES or scale.direction not in DIRECTIONS:
            yield f"scale {scale.id} has rule {scale.rule!r} and direction {scale.direction!r}; expected known ones"
        for cutoff in scale.cutoffs:
            if [cutoff.at_least, cutoff.at_most, cutoff.below].count(None) != 2:
                yield f"cut-off {cutoff.id} has no line, or more than one; expected at_least, at_most or below"
        if scale.rule != "published":
            ends = _ends(scale, instrument)
            if ends != (scale.min, scale.max):
                yield f"scale {scale.id} runs from {scale.min:g} to {scale.max:g}; expected {ends[0]:g} to {ends[1]:g}"


def _ends(scale: Scale, instrument: Instrument) -> tuple[float, float]:
    reversed_ = {item.code: item.reversed for item in instrument.items}
    points = [
        [option.reversed_points if reversed_[code] else option.points for option in instrument.options]
        for code in scale.items
    ]
    share = len(scale.items) if scale.rule == "mean" else 1
    low, high = (scale.times * sum(pick(one) for one in points) / share for pick in (min, max))
    return low, high


def _options(entries: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Write out the points of reversed items: mirrored, unless the entry says otherwise."""
    listed = list(entries)
    points = [option["points"] for option in listed]
    return tuple(
        Option(**{"reversed_points": min(points) + max(points) - option["points"], **option}) for option in listed
    )


def _numbered(**ends: Any) -> tuple[Option, ...]:
    """Write out answers that are numbers; only the two ends have words."""
    first, last = ends.pop("from"), ends.pop("to")
    words = {first: "low", last: "high"}

    def label(number: int, language: str) -> str:
        return f"{number} ({ends[f'{words[number]}_{language}']})" if number in words else str(number)

    return tuple(
        Option(str(number), label(number, "nl"), label(number, "en"), number, first + last - number)
        for number in range(first, last + 1)
    )


def _scale(entry: Mapping[str, Any], items: tuple[Item, ...]) -> Scale:
    """Write out a scale: a subscale has the items that name it, any other all of them."""
    own = tuple(item.code for item in items if item.subscale == entry["id"])
    cutoffs = tuple(CutOff(**cutoff) for cutoff in entry.get("cutoffs", ()))
    return Scale(**{**entry, "items": own or tuple(item.code for item in items), "cutoffs": cutoffs})


@cache
def _by_item() -> Mapping[str, Instrument]:
    return {item.code: instrument for instrument in load().values() for item in instrument.items}
