"""A report's content made of what value learns of typed collectives, for tests of pages and figures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import value
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.pages.content import Content
from bt_analysis.settings import Settings


def content(page: Any, cases: Cases, lang: str = "nl", **more: Any) -> Content:
    """Return the report of the first collective, or of all together with ``collective_id=""``."""
    learned = value.learn(cases, Settings())
    collective_id = more.pop("collective_id", cases.ids[0])
    every = pd.concat([cases.estimates, learned.estimates], ignore_index=True)
    own = every[every["collective_id"].eq(collective_id)].assign(synthetic=True).reset_index(drop=True)
    tables = {
        name: table[table["collective_id"].eq(collective_id)].reset_index(drop=True)
        for name, table in learned.tables.items()
    }
    made: Content = page.content(lang=lang, learned=tables, **more)
    object.__setattr__(made, "estimates", own)  # frozen: only a test puts figures in afterwards
    return made
