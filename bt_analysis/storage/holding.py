"""One writer at a time on object storage: a place in; held by a file there that can be made only once."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import os
import platform
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bt_analysis.storage.places import Place, StorageError

LOCK = ".bt-lock.json"
"""Name of the file that says who writes."""


@contextlib.contextmanager
def held(place: Place, copy_id: str) -> Iterator[None]:
    """Hold a place on storage.

    Parameters
    ----------
    place : Place
        Which.
    copy_id : str
        Of the copy that it is held for, which itself is held by this process: a hold of the same copy is left from a
        run that was cut off, and is taken over.

    Yields
    ------
    None
        While it is held.

    Raises
    ------
    StorageError
        When another run holds it; the message says who, since when, and what to do when that run is no more.
    """
    mine = {
        "copy": copy_id,
        "holder": f"{getpass.getuser()}@{platform.node()}, process {os.getpid()}",
        "since": dt.datetime.now(ZoneInfo("Europe/Amsterdam")).isoformat(timespec="seconds"),
    }
    content = json.dumps(mine, ensure_ascii=False).encode()
    if not place.create(LOCK, content):
        if _holder(place).get("copy") != copy_id:
            _refuse(place)
        place.remove([LOCK])
        if not place.create(LOCK, content):
            _refuse(place)
    try:
        yield
    finally:
        if is_held(place, copy_id):
            place.remove([LOCK])


def is_held(place: Place, copy_id: str) -> bool:
    """Say whether a place is still held for a copy.

    Parameters
    ----------
    place : Place
        Which.
    copy_id : str
        Of the copy.

    Returns
    -------
    bool
        False when somebody removed the file that says so, or another run holds it since.
    """
    return _holder(place).get("copy") == copy_id


def _holder(place: Place) -> dict[str, str]:
    try:
        holder = json.loads(place.read(LOCK) or b"{}")
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _refuse(place: Place) -> None:
    holder = _holder(place)
    raise StorageError(
        f"{place.url} is held by {holder.get('holder', 'another run')} since {holder.get('since', 'a moment ago')}; "
        f"expected one run at a time. Wait until it is done; if it was cut off, remove {place.url}/{LOCK}"
    )
