"""Count changes that are called where nothing happened, and intervals that hold the true effect.

    python benchmarks/false_alarms.py --tables ../shared/data/cbs_tables

Buurten get a pretend collective, and are set beside areas like them by the code of the product
(`bt_analysis.analysis.comparing`, from the choice of years to the verdict).

kwb
    CBS's own tables of 2017, 2020 and 2024; the work began in 2021. A share or mean needs figures in all three years,
    as two years before are needed: in these releases only the share of people of 65 or older has them. The recorded
    flags of changed divisions are incomplete (2024 has none), so a rule of this benchmark says which buurten are the
    same: those with the same code and the same name in all three years, and the same area of land in 2020 and 2024
    (within 1 hectare or 1%; the columns of 2017 at hand have no land).
demo
    Fictional gemeenten of several seeds without any effect; the work began in 2021, 2022 or 2023.
coverage
    The same with a known effect, of -15% to +15%, in a few buurten of every seed. The true effect is computed of the
    exact figures, before rounding, with and without it.

Monte Carlo error is 1.96 · √(share · (1 - share) / n): 1.35 points for 5% of 1,000, and 1 for 95% of 2,000; so twice
as many known effects are looked for. A part takes five to ten minutes on one quiet core; stderr says how far it is.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pretend_panels import DEMO, KWB_OUTCOME, demo_panel, kwb_panel

from bt_analysis import indicators
from bt_analysis.analysis import comparing
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.change_rows import HEADLINE, verdict
from bt_analysis.demo.population import Effect
from bt_analysis.indicators import Indicator
from bt_analysis.methods.change import METHODS
from bt_analysis.settings import Settings

KWB_START = 2021
STARTS = (2021, 2022, 2023)
LEVEL = 0.05
_OTHER_SEEDS = 500  # so that effects are looked for in other towns than those without any


# Trials


def trial(
    panel: AreaPanel, code: str, indicator: Indicator, start: int, catalogue: Mapping[str, Indicator]
) -> dict[str, object]:
    """Give one buurt a pretend collective, and see what is said of one figure of it."""
    settings = Settings()
    own = pd.DataFrame({"work_area_id": ["pretend"], "area_code": [code], "weight": [1.0]})
    here = replace(panel, weights=pd.concat([panel.weights, own], ignore_index=True))
    area = comparing.area(own, here, 1)
    years = comparing.years_of(area, here, indicator, (start, max(here.years)), settings)
    answer = comparing.answer(area, here, indicator, (start, years), catalogue, settings.comparison)
    row: dict[str, object] = {"regiocode": code, "indicator_id": indicator.id, "start": start}
    if answer.beside is None:
        return row | {"refusal": answer.refusal}
    effects = answer.beside.change.effects
    said = verdict({name: one.value for name, one in effects.items()}, effects[HEADLINE].p, settings.comparison.level)
    ends = {f"{name}_{end}": getattr(effects[name], end) for name in METHODS for end in ("value", "low", "high", "p")}
    return row | ends | {"refusal": "", "verdict": said, "after": answer.beside.window.after}


def kwb_trials(tables: Path, count: int, seed: int) -> pd.DataFrame:
    """Pretend on CBS's figures."""
    panel, catalogue = kwb_panel(tables), indicators.load()
    places = _inhabited(panel, KWB_OUTCOME)
    chosen = np.random.default_rng(seed).choice(places, min(count, len(places)), replace=False)
    made = (trial(panel, str(code), catalogue[KWB_OUTCOME], KWB_START, catalogue) for code in chosen)
    return _collected("kwb", made, len(chosen))


def demo_trials(count: int, seed: int, per_seed: int = 100) -> pd.DataFrame:
    """Pretend in the demonstration, where nothing was planted."""
    catalogue, rng = indicators.load(), np.random.default_rng(seed)

    def made() -> Iterator[dict[str, object]]:
        for turn, first in enumerate(range(0, count, per_seed)):
            panel, _ = demo_panel(seed + turn, lambda _: ())
            places = _inhabited(panel, next(iter(DEMO)))
            for code in rng.choice(places, min(per_seed, count - first), replace=False):
                key, start = str(rng.choice(list(DEMO))), int(rng.choice(STARTS))
                yield trial(panel, str(code), catalogue[key], start, catalogue)

    return _collected("demo", made(), count)


def coverage_trials(count: int, seed: int, per_seed: int = 20) -> pd.DataFrame:
    """Look for effects that were planted in a few buurten of the demonstration."""
    catalogue, rng = indicators.load(), np.random.default_rng(seed)

    def made() -> Iterator[dict[str, object]]:
        left = count
        for turn in range(-(-count // (per_seed * len(DEMO)))):
            start = int(rng.choice(STARTS[:2]))
            effects = partial(_planted, start=start, count=per_seed, rng=rng)
            panel, truth = demo_panel(seed + _OTHER_SEEDS + turn, effects)
            places = _inhabited(panel, next(iter(DEMO)))
            codes = [code for code in places if (truth.loc[code].abs() > 0).to_numpy().any()]
            taken = pd.DataFrame({"work_area_id": "other", "area_code": codes, "weight": 1.0})
            asked = [(code, key) for code in codes for key in DEMO][:left]
            for code, key in asked:
                others = taken[taken["area_code"] != code]
                found = trial(replace(panel, weights=others), code, catalogue[key], start, catalogue)
                yield found | {"truth": _mean(truth[key], code, found.get("after", ()))}
            left -= len(asked)

    return _collected("coverage", made(), count)


def _mean(truth: pd.Series, code: str, years: Any) -> float:
    return float(np.mean([truth[code, year] for year in years])) if years else float("nan")


def _planted(cells: gpd.GeoDataFrame, *, start: int, count: int, rng: np.random.Generator) -> tuple[Effect, ...]:
    chosen = rng.choice(len(cells), count, replace=False)
    sizes = rng.uniform(-0.15, 0.15, (count, len(DEMO)))
    return tuple(
        Effect(made_of.above, float(sizes[at, which]), start, (int(cell),))
        for at, cell in enumerate(chosen)
        for which, made_of in enumerate(DEMO.values())
    )


def _inhabited(panel: AreaPanel, key: str) -> list[str]:
    buurten = panel.of_level("buurt").index
    figures = panel.values[key].loc[buurten]
    return sorted(buurten[figures.notna().all(axis=1) | figures.iloc[:, :-1].notna().all(axis=1)])


def _collected(part: str, made: Iterable[dict[str, object]], count: int) -> pd.DataFrame:
    rows, began = [], time.monotonic()
    for number, row in enumerate(made, start=1):
        rows.append(row)
        if number % 20 == 0 or number == count:
            each = (time.monotonic() - began) / number
            sys.stderr.write(
                f"\r{part}: {number} of {count}, {each:.2f} s each, {each * (count - number):.0f} s to go "
            )
            sys.stderr.flush()
    sys.stderr.write("\n")
    return pd.DataFrame(rows)


# What came out


def alarms(trials: pd.DataFrame) -> pd.DataFrame:
    """Count per indicator, and over all, what was called changed."""
    groups = [(str(key), part) for key, part in trials.groupby("indicator_id")]
    return pd.DataFrame(
        [_counted(key, part) for key, part in (groups if len(groups) == 1 else [*groups, ("all", trials)])]
    )


def _counted(key: str, part: pd.DataFrame) -> dict[str, object]:
    compared = part[part["refusal"].eq("")]
    called = {f"{name}_pct": 100 * compared[f"{name}_p"].le(LEVEL).mean() for name in METHODS}
    said = 100 * compared["verdict"].isin(["hoger", "lager"]).mean()
    return {"indicator_id": key, "tried": len(part), "compared": len(compared), **called, "said_pct": said}


def covered(trials: pd.DataFrame) -> pd.DataFrame:
    """Count per indicator, and over all, how often an interval holds the true effect."""
    known = trials[trials["refusal"].eq("")]
    groups = [*((str(key), part) for key, part in known.groupby("indicator_id")), ("all", known)]
    return pd.DataFrame(
        {
            "indicator_id": key,
            "compared": len(part),
            **{
                f"{name}_pct": 100 * part["truth"].between(part[f"{name}_low"], part[f"{name}_high"]).mean()
                for name in METHODS
            },
        }
        for key, part in groups
    )


def error(share_pct: float, count: int) -> float:
    """Return the Monte Carlo error of a share, in points."""
    return 1.96 * float(np.sqrt(share_pct * (100 - share_pct) / count)) if count else float("nan")


_HEAD = """
## False alarms

Written by `python benchmarks/false_alarms.py --tables DIR >> docs/validation.md` (below the part that
`benchmarks/validation.py` writes). Buurten get a pretend collective: nothing happened. *Called* is the share of which
the p value is at most .05, per method: difference-in-differences with similar areas (did), synthetic control (sc) and
synthetic difference-in-differences (sdid), which decides. *Said* is the share of which the report would say that it is
higher or lower. At most 5% may be called, plus the error of the trial itself. Areas that the product refuses to compare
count as tried and not as compared. The kind of area, size, features, similar areas, placebos and refusals are those of
the product.

In CBS's tables of 2017, 2020 and 2024 at hand only the share of people of 65 or older has figures in all three years,
of the shares and means that are counted and not modelled; two years before are the least that the product takes. The
flags of changed divisions are incomplete in these copies, so buurten count as the same when their code and name are
the same in the three years, and their land in 2020 and 2024 (within 1 hectare or 1%).

Less than 5% can be called where placebos are few: with N of them at most ⌊0.05 · (N + 1)⌋/(N + 1), on average 4.1% in
the demonstration and 4.8% at CBS. At CBS it is less still. Half of the p values there are below .5, as they should be,
but too few below .05: figures of some buurten vary more than those of buurten beside them, and a mixture of both has
longer tails than the middle one of them. Intervals are wider than they need be there, and not narrower.

| figures | outcome | tried | compared | called by did | sc | **sdid** | ± | said |
|---|---|---|---|---|---|---|---|---|
"""

_COVERED = """
### Known effects

Effects of -15% to +15% are put into 20 buurten of every fictional region; the true effect comes of the exact figures,
before rounding. 93% to 97% of the 95% intervals must hold it.

| outcome | compared | did | sc | **sdid** | ± |
|---|---|---|---|---|---|
"""


def page(kwb: pd.DataFrame, demo: pd.DataFrame, known: pd.DataFrame) -> str:
    """Write down what came out."""
    lines = [
        f"| {where} | {_called(row['indicator_id'])} | {row['tried']} | {row['compared']} | {row['did_pct']:.1f}% "
        f"| {row['sc_pct']:.1f}% | {row['sdid_pct']:.1f}% | {error(100 * LEVEL, row['compared']):.1f} "
        f"| {row['said_pct']:.1f}% |"
        for where, trials in (("CBS", kwb), ("demo", demo))
        for row in (alarms(trials).to_dict("records") if len(trials) else ())
    ]
    held = [
        f"| {_called(row['indicator_id'])} | {row['compared']} | {row['did_pct']:.1f}% | {row['sc_pct']:.1f}% "
        f"| {row['sdid_pct']:.1f}% | {error(100 * (1 - LEVEL), row['compared']):.1f} |"
        for row in (covered(known).to_dict("records") if len(known) else ())
    ]
    return _HEAD + "\n".join(lines) + "\n" + _COVERED + "\n".join(held) + "\n"


def _called(key: object) -> str:
    return "all" if key == "all" else f"`{key}`"


def main() -> None:
    """Try, and write what came out to stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--tables", type=Path, required=True, help="folder with recorded CBS tables")
    parser.add_argument("--count", type=int, default=1000, help="pretend collectives of kwb and of demo")
    parser.add_argument("--known", type=int, default=2000, help="known effects that are looked for")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same trials")
    parser.add_argument("--part", choices=["kwb", "demo", "coverage", "all"], default="all")
    given = parser.parse_args()
    made: dict[str, Callable[[], pd.DataFrame]] = {
        "kwb": lambda: kwb_trials(given.tables, given.count, given.seed),
        "demo": lambda: demo_trials(given.count, given.seed),
        "coverage": lambda: coverage_trials(given.known, given.seed),
    }
    asked = [part for part in made if given.part in (part, "all")]
    found = {part: made[part]() if part in asked else pd.DataFrame() for part in made}
    sys.stdout.write(page(found["kwb"], found["demo"], found["coverage"]))


if __name__ == "__main__":
    main()
