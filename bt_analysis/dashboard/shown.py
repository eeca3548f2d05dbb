"""What a running dashboard shows: a workspace in; the content of a report out, read anew after a build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bt_analysis.dashboard import reply
from bt_analysis.dashboard.reply import Choice
from bt_analysis.language import Language
from bt_analysis.pages import content
from bt_analysis.pages.content import Content
from bt_analysis.pages.stored import ContentError, read
from bt_analysis.settings import Workspace

T = TypeVar("T")


class Shown:
    """The collectives of a workspace.

    Parameters
    ----------
    workspace : Workspace
        That was built.
    lang : str
        ``nl`` or ``en``.
    only : str
        The one collective to show; empty: all.

    Raises
    ------
    ContentError
        When that collective was not built.
    """

    def __init__(self, workspace: Workspace, lang: str, only: str = "") -> None:
        self.workspace, self.lang, self.only = workspace, lang, only
        self._kept: dict[tuple[str, str], tuple[int, object]] = {}
        there = [one.code for one in self._built()]
        if only and only not in there:
            raise ContentError(f"got collective {only!r}; expected one of {', '.join(there)}. Name one of those.")

    @property
    def language(self) -> Language:
        """The reader's language."""
        return Language(self.lang)

    def choices(self) -> list[Choice]:
        """List the collectives that may be chosen.

        Returns
        -------
        list of Choice
            In the order of their names.
        """
        return [one for one in self._built() if self.only in ("", one.code)]

    def content(self, collective_id: str) -> Content:
        """Read the report of a collective, of its longest period.

        Parameters
        ----------
        collective_id : str
            The collective.

        Returns
        -------
        Content
            The same object until the next build.

        Raises
        ------
        ContentError
            When it is none of :meth:`choices`, or the workspace was not built.
        """
        known = [one.code for one in self.choices()]
        if collective_id not in known:
            raise ContentError(f"got collective {collective_id!r}; expected one of {', '.join(known)}. Choose one.")
        return self.once("content", collective_id, self._read)

    def claims(self, collective_id: str) -> dict[str, list[Choice]]:
        """List the claims that can be replied to.

        Parameters
        ----------
        collective_id : str
            The collective.

        Returns
        -------
        dict of str to list of Choice
            As :func:`bt_analysis.dashboard.reply.claims_of` gives.
        """
        return self.once("claims", collective_id, lambda name: reply.claims_of(self.content(name)))

    def level(self, collective_id: str) -> str:
        """Tell for whom a collective released its report.

        Parameters
        ----------
        collective_id : str
            The collective.

        Returns
        -------
        str
            ``intern`` when it did not say.
        """
        table = read(self.workspace.root, "joined/collective", [("collective_id", "==", collective_id)])
        levels = table["release_level"].dropna()
        return str(levels.iloc[0]) if len(levels) else "intern"

    def folder(self, collective_id: str) -> Path:
        """Return the folder of a collective's package.

        Parameters
        ----------
        collective_id : str
            One of :meth:`choices`.

        Returns
        -------
        Path
            It may be gone.
        """
        return self.workspace.monitoring / collective_id

    def once(self, kind: str, collective_id: str, make: Callable[[str], T]) -> T:
        """Make something of a collective once per build.

        Parameters
        ----------
        kind : str
            What it is.
        collective_id : str
            The collective.
        make : callable
            Makes it of the collective's id.

        Returns
        -------
        object
            The same until the next build.
        """
        built = (self.workspace.processed / "analysed" / "collectives.parquet").stat().st_mtime_ns
        stamp, kept = self._kept.get((kind, collective_id), (0, None))
        if stamp != built or kept is None:
            kept = make(collective_id)
            self._kept[kind, collective_id] = built, kept
        return kept  # type: ignore[return-value]

    def _built(self) -> list[Choice]:
        table = read(self.workspace.root, "analysed/collectives").drop_duplicates("collective_id")
        table = table.sort_values(["name", "collective_id"])
        return [Choice(str(code), str(name)) for code, name in zip(table["collective_id"], table["name"], strict=True)]

    def _read(self, collective_id: str) -> Content:
        period = content.periods(self.workspace.root)[collective_id][-1]
        return content.of_collective(self.workspace.root, collective_id, period, self.lang)
