"""What every way of getting a table from a host has in common: a table id comes in, files as published go out.

There is one class per way (OData v3, OData v4, CSV); ``cbs.BACK_ENDS`` lists them. Which files they leave in the folder
of a table decides how ``read_table`` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bt_analysis.sources.http import Client

Progress = Callable[[int, int], None]
"""Is told the rows so far and the rows in all; the latter is 0 when nobody knows."""

Selection = Mapping[str, tuple[str, ...]]
"""Dimension → its wanted members; ``BU0363*`` stands for all that begin so. Empty: the whole table."""


@dataclass(frozen=True)
class Wanted:
    """A table, or a selection of one, and where to get it.

    Parameters
    ----------
    table_id : str
        Id such as ``84799NED``; capitals do not matter.
    host : str
        ``opendata`` for CBS's own tables, ``dataderden`` for those of others.
    where : mapping
        A :data:`Selection`. A selection lies in a folder of its own, and never passes for the whole table.
    back_end : str
        A name in ``cbs.BACK_ENDS``.
    """

    table_id: str
    host: str = "opendata"
    where: Selection = field(default_factory=dict)
    back_end: str = "odata3"


@dataclass(frozen=True)
class Release:
    """One edition of a table, as its host announces it.

    Parameters
    ----------
    table_id : str
        Id as the host writes it.
    title : str
        Title without padding.
    modified : str
        Time stamp of the figures.
    metadata_modified : str
        Time stamp of the descriptions; ``""`` when the host has no other.
    rows : int
        Records the host promises; of a selection, those of the whole table.
    """

    table_id: str
    title: str
    modified: str
    metadata_modified: str
    rows: int


class BackEnd(Protocol):
    """One way to get a table; made per table as ``BackEnd(root, where)``.

    Parameters
    ----------
    root : str
        Host with its scheme, without a slash at the end: ``settings.cbs.root(name, host)``.
    where : mapping
        A :data:`Selection`; a back end that cannot select raises SourceRejected when it is not empty.
    """

    @property
    def name(self) -> str:
        """As in ``bt fetch --back-end``."""
        ...

    def release(self, table_id: str, client: Client) -> Release:
        """Ask with one small question which release the host has.

        Parameters
        ----------
        table_id : str
            Capitals do not matter.
        client : Client
            Asks.

        Returns
        -------
        Release
            Of this table; a host that answers with another one is refused.

        Raises
        ------
        SourceRejected, SourceUnreachable
            When there is no such table, or no answer.
        """
        ...

    def expect(self, table_id: str, client: Client) -> None:
        """Ask already for what :meth:`download` needs first, because nothing of this table is here yet.

        Parameters
        ----------
        table_id : str
            As it was given; perhaps there is no such table.
        client : Client
            Asks, by :meth:`Client.ahead <bt_analysis.sources.http.Client.ahead>`.
        """
        ...

    def download(
        self, release: Release, client: Client, staging: Path, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring a release into a folder.

        Parameters
        ----------
        release : Release
            From :meth:`release`.
        client : Client
            Asks, a few questions at once.
        staging : Path
            Exists. A file that is in it was fetched whole by an earlier run for the same release, and is not asked for
            again; every file is written under another name and renamed. Working files go into a folder within it,
            which is thrown away in the end.
        progress : callable, optional
            Told after every page.

        Returns
        -------
        dict
            File name → records in it: the files that make up the table.

        Raises
        ------
        SourceRejected
            When rows are lacking, come twice, or are not what the description says.
        SourceUnreachable
            When the host gives no usable answer; what arrived stays in ``staging``.
        """
        ...

    def url(self, table_id: str, file: str) -> str:
        """Return where one of the files came from.

        Parameters
        ----------
        table_id : str
            As in Release.
        file : str
            A name that :meth:`download` returned.

        Returns
        -------
        str
            An address, for sources.csv.
        """
        ...
