"""The command line: ``bt`` and its commands, each a thin wrapper of a function of the package.

A mistake of the user is one line on stderr; ``--debug`` shows where it arose. ``flow`` has the commands of the main
job, ``packages`` those about what collectives deliver, ``sharing`` those about what leaves the workspace, ``students``
those about a thesis, ``talking`` the dashboard, ``workbench`` the one that opens the notebooks.
"""

from __future__ import annotations

import sys

from bt_analysis import demo, notebooks, pipeline, report, terminal
from bt_analysis.archive import ArchiveError
from bt_analysis.bundles import BundleError
from bt_analysis.cli import flow, packages, sharing, students, talking, workbench
from bt_analysis.cli.app import app
from bt_analysis.cluster import ClusterError
from bt_analysis.dashboard import DashboardError
from bt_analysis.disclosure import DisclosureError
from bt_analysis.indicators import CatalogueError
from bt_analysis.pages.pdf import PdfError
from bt_analysis.pages.stored import ContentError
from bt_analysis.regions import RegionCodeError
from bt_analysis.schema import SchemaError
from bt_analysis.settings import SettingsError
from bt_analysis.sources import addresses, boundaries
from bt_analysis.sources.accepted import AcceptanceError
from bt_analysis.sources.blank_workbook import BlankWorkbookError
from bt_analysis.sources.crosswalk import CrosswalkError
from bt_analysis.sources.files import SourcesFileError
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable
from bt_analysis.sources.proposals import ProposalError
from bt_analysis.storage import StorageError
from bt_analysis.thesis import ThesisError

__all__ = ["app", "flow", "main", "packages", "sharing", "students", "talking", "workbench"]

MISTAKES = (
    SettingsError,
    SourceRejected,
    pipeline.PipelineError,
    report.ReportError,
    ContentError,
    SchemaError,
    notebooks.NotebookError,
    boundaries.BoundariesError,
    addresses.AddressesError,
    CrosswalkError,
    ProposalError,
    demo.DemoError,
    SourcesFileError,
    CatalogueError,
    RegionCodeError,
    ArchiveError,
    AcceptanceError,
    BlankWorkbookError,
    BundleError,
    DisclosureError,
    PdfError,
    ClusterError,
    StorageError,
    ThesisError,
    DashboardError,
    OSError,
)
"""What a user can mend: one line, exit status 1. A source that is out of reach has status 3."""


def main() -> None:
    """Run the command line; turn a user's mistake into one line and an exit status."""
    debug = "--debug" in sys.argv
    try:
        app()
    except SourceUnreachable as problem:
        _give_up(problem, 3, debug)
    except MISTAKES as problem:
        _give_up(problem, 1, debug)


def _give_up(problem: Exception, code: int, debug: bool) -> None:
    if debug:
        raise problem
    terminal.warn(terminal.explain(problem))
    sys.exit(code)
