"""What is asked for and what became of it: one report to make; published, unchanged or failed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bt_analysis.settings import Workspace

ACROSS = "across"
"""Folder and name of the cross-domain report; no collective may be called so."""


class ReportError(RuntimeError):
    """A report cannot be made; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class Job:
    """One report to make.

    Parameters
    ----------
    workspace : Path
        Root of the workspace.
    name : str
        A collective's id, or ``across``.
    period : str
        Reporting period.
    lang : str
        Language.
    formats : tuple of str
        ``pdf`` among them: also as PDF, beside the page.
    rests_on : str
        Hash of all that it depends on (:func:`bt_analysis.publishing.resting.rests_on`); empty when nobody knows.
    """

    workspace: Path
    name: str
    period: str
    lang: str
    formats: tuple[str, ...] = ("html",)
    rests_on: str = ""

    @property
    def folder(self) -> Path:
        """Where it is published; a language other than Dutch has a folder of its own inside."""
        folder = Workspace(self.workspace).reports / self.name / self.period
        return folder if self.lang == "nl" else folder / self.lang

    @property
    def notebook(self) -> str:
        """File name of its notebook."""
        return f"report_{ACROSS if self.name == ACROSS else 'collective'}.ipynb"

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebook gets."""
        common = {"workspace": str(self.workspace), "lang": self.lang}
        return common if self.name == ACROSS else {**common, "collective_id": self.name, "period": self.period}


@dataclass(frozen=True)
class Outcome:
    """What became of one report.

    Parameters
    ----------
    name, period, lang : str
        Which report.
    status : str
        ``published``, ``unchanged`` or ``failed``.
    seconds : float
        Time it took.
    error : str
        One line; empty unless it failed.
    """

    name: str
    period: str
    lang: str
    status: str
    seconds: float
    error: str = ""
