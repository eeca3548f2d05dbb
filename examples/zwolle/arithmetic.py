"""Work out of a built workspace, step by step, whether the talks could be seen in the gas of Zwolle.

python examples/zwolle/arithmetic.py --workspace DIR
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bt_analysis import panel
from bt_analysis.methods import detection
from bt_analysis.settings import Workspace

GEMEENTE, COLLECTIVE = "GM0193", "blauwvinger_energie"
INDICATOR, HOUSEHOLDS = "gas_corrected_m3_per_household", "gas_corrected_households"
FIRST_AFTER, LAST = 2023, 2023
FEWEST_HOUSEHOLDS = 400
"""A step of 1 TJ is 79 m3 per household in a buurt of 400; in smaller ones rounding hides everything else."""


@dataclass(frozen=True)
class Arithmetic:
    """Every step of the sum, in m3 of gas per household unless said otherwise.

    Parameters
    ----------
    path : Series
        Of Zwolle, per year.
    talks : int
        In all years: at most as many households.
    households : float
        In the last year.
    buurten : int
        Large enough, and with a figure in every year.
    noise : float
        How far one figure of such a buurt is off by chance.
    """

    path: pd.Series
    talks: int
    households: float
    buurten: int
    noise: float

    @property
    def reach(self) -> float:
        """Highest share of the households that had a talk."""
        return self.talks / self.households

    @property
    def most(self) -> float:
        """Fall of the mean of Zwolle if all of them had stopped using gas."""
        return self.reach * float(self.path[LAST])

    @property
    def mde(self) -> float:
        """Smallest change of a buurt that is nearly always seen."""
        return detection.minimum_detectable(self.noise)

    @property
    def needed(self) -> float:
        """What each of them would have had to save."""
        return detection.needed_per_participant(self.mde, self.reach)


def arithmetic(workspace: Workspace) -> Arithmetic:
    """Work out whether the talks could be seen.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.

    Returns
    -------
    Arithmetic
        The steps.
    """
    names = pd.read_parquet(workspace.processed / "harmonised" / "regions.parquet")["regiocode"]
    buurten = names[names.str.startswith(f"BU{GEMEENTE[2:]}")].tolist()
    rows = panel.history(workspace, [GEMEENTE, *buurten], [INDICATOR, HOUSEHOLDS])
    gas, homes = (rows[rows["indicator_id"].eq(key)].pivot_table("value", "regiocode", "year")
                  for key in (INDICATOR, HOUSEHOLDS))  # fmt: skip
    large = homes.min(axis=1).ge(FEWEST_HOUSEHOLDS) & gas.notna().all(axis=1)
    paths = gas[large.reindex(gas.index, fill_value=False)].drop(GEMEENTE)
    after = paths.columns.to_numpy(dtype=int) >= FIRST_AFTER
    changes = paths.loc[:, after].mean(axis=1) - paths.loc[:, ~after].mean(axis=1)
    counted = pd.read_parquet(workspace.processed / "joined" / "participation.parquet")
    talks = int(counted.loc[counted["group_type"].eq("totaal"), "contacts_n"].sum())
    noise = detection.standard_error_of_change(changes.to_numpy(dtype=np.float64))
    return Arithmetic(gas.T[GEMEENTE], talks, float(homes.T[GEMEENTE].loc[LAST]), len(paths), noise)


def lines(found: Arithmetic) -> list[str]:
    """Write the sum down.

    Parameters
    ----------
    found : Arithmetic
        Its steps.

    Returns
    -------
    list of str
        A line per step.
    """
    return [
        "m3 of gas per household, corrected for the weather: "
        + ", ".join(f"{year} {value:,.1f}" for year, value in found.path.items()),
        f"reach: at most {found.talks} of {found.households:,.0f} households = {100 * found.reach:.2f}%",
        f"had all of them stopped using gas: {found.most:.1f} m3 lower in {LAST}",
        f"noise of {found.buurten} buurten: {found.noise:.1f} m3; smallest change to be seen: {found.mde:.0f} m3",
        f"needed of each: {found.needed:,.0f} m3, {found.needed / found.path[LAST]:.0f} times what a household uses",
        "so: not to be seen (niet_te_zien)",
    ]


def main() -> int:
    """Print the sum.

    Returns
    -------
    int
        0.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace, built")
    found = arithmetic(Workspace(parser.parse_args().workspace.resolve()))
    sys.stdout.write("\n".join([*lines(found), ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
