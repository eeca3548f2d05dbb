"""Cigarettes sold in 39 states, 1970–2000: California and its tax of 1989, with the names the tests use."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bt_analysis.methods.comparison import Floats, Indices
from tests.published import table

BEFORE = 1989 - 1970


@dataclass(frozen=True)
class Prop99:
    """States × years, the row of California, and the rows of all others."""

    sales: pd.DataFrame
    paths: Floats
    california: int
    donors: Indices

    def others(self, state: int) -> Indices:
        """Return the donors when another state is compared: never California, which was treated."""
        return np.setdiff1d(self.donors, [state])


def load() -> Prop99:
    """Return the panel, or skip the test where it is not there."""
    sales = table("prop99_cigsale.csv").pivot(index="state", columns="year", values="cigsale")
    california = sales.index.get_loc("California")
    assert isinstance(california, int)
    return Prop99(sales, sales.to_numpy(dtype=float), california, np.delete(np.arange(len(sales)), california))
