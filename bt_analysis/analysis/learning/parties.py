"""What kind of party is an actor? Codes of actors in, kinds out; names stay behind."""

from __future__ import annotations

import pandas as pd

OWN = "collectief"
RESIDENTS = "bewoners"
VOLUNTEERS = "vrijwilligers"
OTHER = "anders"
UNKNOWN = ""

GOVERNMENT = ("gemeente", "provincie", "waterschap", "rijk")
"""Kinds of parties that are government."""


def kinds(actor_ids: pd.Series[str], actors: pd.DataFrame) -> pd.Series[str]:
    """Return the kind of party behind codes of actors.

    Parameters
    ----------
    actor_ids : Series of str
        Codes; a missing one gives an empty kind.
    actors : DataFrame
        Monitoring table actor.

    Returns
    -------
    Series of str
        actor_type; of an actor of another type, ``bewoners`` when its side is that of residents, else ``anders``.
    """
    by_id = actors.drop_duplicates("actor_id").set_index("actor_id")
    kind = by_id["actor_type"].astype("object")
    vague = kind.isna() | kind.eq(OTHER)
    kind = kind.mask(vague, by_id["side"].eq("civiel").fillna(False).map({True: RESIDENTS, False: OTHER}))
    found = actor_ids.map(kind).astype("object")
    return found.where(found.notna(), actor_ids.notna().map({True: OTHER, False: UNKNOWN})).astype("str")
