"""Batches: collectives in; what each batch of them delivered and comes to, out, some batches at the same time.

A build asks nothing of one collective that depends on another until it learns from all of them. So a few collectives
at a time are read and asked about, in a process of their own, and their memory is given back when it ends: what a build
needs at once grows with the figures that come of collectives, and not with all that is read to make them.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bt_analysis import delivered
from bt_analysis.batches.asking import CONTEXT, ESTIMATES, Answered, answered, written
from bt_analysis.batches.pieces import Batch, Batches, Common
from bt_analysis.batches.side_by_side import Tell, in_order
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import monitoring

__all__ = [
    "CONTEXT",
    "ESTIMATES",
    "SIZE",
    "Answered",
    "Batch",
    "Batches",
    "Common",
    "Tell",
    "answered",
    "read",
    "room",
    "written",
]

SIZE = 50
"""Collectives in a batch: enough that starting a process costs little, few enough that one takes little memory."""


def read(
    workspace: Workspace, known_regions: Mapping[int, set[str]], settings: Settings, tell: Tell | None = None
) -> list[delivered.Deliveries]:
    """Read the packages of all collectives of a workspace.

    Parameters
    ----------
    workspace : Workspace
        Its ``data/raw/monitoring`` holds a folder per collective.
    known_regions : Mapping of int to set of str
        Division year → all codes of that year.
    settings : Settings
        ``report.jobs``: how many batches at the same time.
    tell : callable, optional
        Hears how far it is, when it takes long.

    Returns
    -------
    list of Deliveries
        One per batch, in order of id.

    Raises
    ------
    PipelineError
        When a process was ended from outside.
    """
    there = monitoring.folders(workspace)
    pieces = [there[at : at + SIZE] for at in range(0, len(there), SIZE)]
    work = functools.partial(delivered.read, known_regions=known_regions)
    return in_order(work, pieces, [len(piece) for piece in pieces], settings, ("read", tell))


@contextmanager
def room(workspace: Workspace) -> Iterator[Path]:
    """Make room on disk for the largest tables of each batch, and remove it when the build ends.

    Parameters
    ----------
    workspace : Workspace
        The workspace that is built.

    Yields
    ------
    Path
        An empty folder; what a build that was cut off left there is gone.
    """
    folder = workspace.processed / ".batches"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
