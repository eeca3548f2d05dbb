"""What instruments measure: each mean and each share they give is an indicator of its own.

Two lines on one scale are two indicators, as two versions of a questionnaire are: their values never share an axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bt_analysis.instruments import registry
from bt_analysis.instruments.definitions import CutOff, Instrument, Scale
from bt_analysis.instruments.rows import registered, typed

OUTCOME = "uitkomst_middel"
"""Level of result of what people say about themselves and their neighbourhood."""


@dataclass(frozen=True)
class Measure:
    """One figure that an instrument gives about a group of people.

    Parameters
    ----------
    instrument : Instrument
        The instrument.
    scale : Scale
        One of its scales.
    cutoff : CutOff or None
        A line on it, for a share; None: the mean of the scale.
    """

    instrument: Instrument
    scale: Scale
    cutoff: CutOff | None

    @property
    def indicator_id(self) -> str:
        """Id of the indicator, such as ``djg6_2006_totaal`` or, for a share, ``djg6_2006_eenzaam``."""
        return f"{self.instrument.id}_{(self.cutoff or self.scale).id}"

    @property
    def unit(self) -> str:
        """``%`` for a share, ``schaal`` for a mean."""
        return "%" if self.cutoff else "schaal"


def of(instrument: Instrument) -> Iterator[Measure]:
    """List what an instrument measures.

    Parameters
    ----------
    instrument : Instrument
        Verified or not: published values of it may be recorded.

    Yields
    ------
    Measure
        Scale by scale: its mean, when that is published, and its shares.
    """
    for scale in instrument.scales:
        if scale.mean:
            yield Measure(instrument, scale, None)
        yield from (Measure(instrument, scale, cutoff) for cutoff in scale.cutoffs)


def indicators() -> pd.DataFrame:
    """Define the indicators that instruments measure, as far as the register of indicators does not.

    Returns
    -------
    DataFrame
        Rows of the table indicator.
    """
    every = [one for instrument in registry.load().values() for one in of(instrument)]
    listed = set(registered("indicator")["indicator_id"])
    return typed([_indicator(one) for one in every if one.indicator_id not in listed], "indicator")


def shipped() -> pd.DataFrame:
    """List the indicators that every collective may use without defining them.

    Returns
    -------
    DataFrame
        Rows of the table indicator: the register, and what instruments measure besides.
    """
    return pd.concat([registered("indicator"), indicators()], ignore_index=True)


def table() -> pd.DataFrame:
    """List the instruments.

    Returns
    -------
    DataFrame
        Rows of the table instrument; range and direction are those of the main scale.
    """
    return typed([_described(instrument) for instrument in registry.load().values()], "instrument")


def _indicator(measure: Measure) -> dict[str, Any]:
    scale, cutoff = measure.scale, measure.cutoff
    named = cutoff or scale
    score = f"score van {scale.min:g} tot {scale.max:g}; hoger: {scale.higher_means_nl}"
    # A share counts people on the low side of the line as often as on the high side.
    low_side = cutoff is not None and cutoff.at_least is None
    turned = {"hoger_beter": "lager_beter", "lager_beter": "hoger_beter"}
    return {
        "indicator_id": measure.indicator_id,
        "label_nl": named.label_nl,
        "label_en": named.label_en,
        "definition": f"{measure.instrument.name_nl}: "
        + (f"deel met een score {cutoff.line}; " if cutoff else "")
        + score,
        "domain": measure.instrument.domain,
        "result_level": OUTCOME,
        "unit": measure.unit,
        "direction": turned.get(scale.direction, scale.direction) if low_side else scale.direction,
        "instrument_id": measure.instrument.id,
        "iati_measure": 2 if cutoff else 1,
        "source_type": "enquete",
        "core": False,
    }


def _described(instrument: Instrument) -> dict[str, Any]:
    main = instrument.scales[0]
    why = "" if instrument.verified else f" Wordt hier niet berekend: {instrument.why_not_nl}."
    return {
        "instrument_id": instrument.id,
        "name": instrument.name_nl,
        "language": "nl",
        "items_n": len(instrument.items),
        "response_options": ";".join(option.code for option in instrument.options) or None,
        "scoring_rule": _rule(instrument) + why,
        "min": main.min,
        "max": main.max,
        "higher_means": main.higher_means_nl,
        "missing_rule": instrument.missing_rule,
        "cutoffs": ";".join(f"{one.id}: {one.line}" for scale in instrument.scales for one in scale.cutoffs) or None,
        "licence": instrument.licence,
        "citation": instrument.citation,
        "verified": instrument.verified,
    }


def _rule(instrument: Instrument) -> str:
    """Write the rule of an instrument in a sentence of Dutch."""
    words = {
        "sum": "de punten van de antwoorden opgeteld",
        "mean": "het gemiddelde van de punten van de antwoorden",
        "single": "elke vraag op zichzelf",
        "published": "alleen zoals gepubliceerd",
    }
    main = instrument.scales[0]
    turned = ", ".join(item.code for item in instrument.items if item.reversed)
    times = f", maal {main.times:g}" if main.times != 1 else ""
    return words[main.rule] + times + (f"; omgekeerd: {turned}." if turned else ".")
