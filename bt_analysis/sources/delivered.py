"""What the rules of a package look at: its typed tables, where each stands, and a way to say which rows are wrong.

A rule only looks at rows whose values could be read; what could not be read is a problem already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from bt_analysis.sources import registers
from bt_analysis.sources.sentences import Findings, Place

Rows = pd.Series
"""A value per row of a table, on the row numbers a person sees."""


@dataclass(frozen=True)
class Delivered:
    """The tables of one package, as its rules see them.

    Parameters
    ----------
    folder : str
        Name of the collective's folder.
    tables : Mapping of str to DataFrame
        Typed tables whose index is the row number a person sees.
    places : Mapping of str to Place
        File and sheet of each table that was delivered, also of one that could not be read.
    known_regions : Mapping of int to set of str, or None
        Division year → all codes of that year; None when no region is to be looked up.
    findings : Findings
        Every broken rule is added to it.
    """

    folder: str
    tables: Mapping[str, pd.DataFrame]
    places: Mapping[str, Place]
    known_regions: Mapping[int, set[str]] | None
    findings: Findings

    def has(self, needs: Mapping[str, tuple[str, ...]]) -> bool:
        """Return whether tables with these columns were delivered.

        Parameters
        ----------
        needs : Mapping of str to tuple of str
            Table → columns.

        Returns
        -------
        bool
            True when every column is there.
        """
        return all(name in self.tables and set(columns) <= {*self.tables[name]} for name, columns in needs.items())

    def values(self, table: str, column: str) -> set[Any]:
        """Return what stands in a column.

        Parameters
        ----------
        table, column : str
            The table need not be there.

        Returns
        -------
        set
            Empty when the table or the column was not delivered.
        """
        rows = self.tables.get(table)
        return set() if rows is None or column not in rows else set(rows[column].dropna())

    def tell(self, kind: str, table: str, column: str, wrong: Rows[Any], **values: object) -> None:
        """Add a problem for each row that is wrong.

        Parameters
        ----------
        kind : str
            Key of the sentences.
        table, column : str
            Where it stands.
        wrong : Series of bool
            A value per row of the table; missing is not wrong.
        **values : object
            What the sentences mention: the same for all rows, or a series with a value per row. ``got`` is the cell
            in the column, unless it is given here.
        """
        self._say(self.findings.problem, kind, (table, column), wrong, values)

    def note(self, kind: str, table: str, column: str, rows: Rows[Any], **values: object) -> None:
        """Add a remark, which does not make a package wrong, for each of these rows.

        Parameters
        ----------
        kind, table, column : str
            As for :meth:`tell`.
        rows : Series of bool
            A value per row of the table.
        **values : object
            As for :meth:`tell`.
        """
        self._say(self.findings.repair, kind, (table, column), rows, values)

    def _say(
        self,
        add: Callable[..., None],
        kind: str,
        where: tuple[str, str],
        chosen: Rows[Any],
        values: Mapping[str, object],
    ) -> None:
        table, column = where
        rows = chosen.index[chosen.fillna(False).astype(bool)]
        if rows.empty:
            return
        told = {"got": self.tables[table][column], **values} if column in self.tables[table] else values
        by_row: dict[str, list[Any]] = {
            name: value.loc[rows].to_list() for name, value in told.items() if isinstance(value, pd.Series)
        }
        constant = {name: value for name, value in told.items() if name not in by_row}
        for at, row in enumerate(rows):
            here = {name: cells[at] if pd.notna(cells[at]) else None for name, cells in by_row.items()}
            add(kind, self.places[table], row=int(row), column=column, **constant, **here)

    def look_up(self, table: str, key: str, parent: str, columns: tuple[str, ...]) -> pd.DataFrame:
        """Return, beside each row of a table, columns of the row it refers to.

        Parameters
        ----------
        table, key : str
            The table and its column that refers.
        parent : str
            Name of the other table, whose own column for it bears the name of its primary key.
        columns : tuple of str
            Columns of the other table.

        Returns
        -------
        DataFrame
            On the rows of ``table``; without a value where nothing, or nothing that is known, is referred to. Rows
            of a shipped register are known too.
        """
        known = self._known(parent, columns)
        return known.reindex(self.tables[table][key]).set_axis(self.tables[table].index)

    def _known(self, parent: str, columns: tuple[str, ...]) -> pd.DataFrame:
        identity = registers.identity(parent)
        parts = [registers.rows(parent), self.tables.get(parent, registers.rows(parent).iloc[:0])]
        rows = pd.concat([part.reindex(columns=[identity, *columns]) for part in parts if len(part)] or parts[:1])
        return rows.dropna(subset=[identity]).drop_duplicates(identity).set_index(identity)[list(columns)]


@dataclass(frozen=True)
class Rule:
    """One rule, and the columns without which there is nothing to hold against it.

    Parameters
    ----------
    check : callable
        Gets a :class:`Delivered` and tells what is wrong.
    needs : Mapping of str to tuple of str
        Table → columns.
    """

    check: Callable[[Delivered], None]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
