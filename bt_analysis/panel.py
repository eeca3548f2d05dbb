"""The harmonised panel on disk: figures go in year by year; the history of a few regions comes out in a blink.

One Parquet file holds all years. Within a year its row groups are sorted by regiocode, so that reading some buurten
skips nearly all of it, and a whole country is never in memory at once; a few indicators of all regions are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bt_analysis import harmonise, regions, schema
from bt_analysis.analysis import areas
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.settings import Workspace
from bt_analysis.sources.files import write_atomically

_ROWS_PER_GROUP = 32_768
"""Small enough to skip most of a year, large enough that the list of groups stays short."""
_GROUPS_AT_ONCE = 16
"""Of a panel that is read whole: half a million rows, a hundred times less than a country may have."""
_KEY = ["indicator_id", "regiocode", "year"]
_SOURCE = ["indicator_id", "year", "table_id", "source_key", "modified"]
_WIDE = ["regiocode", "value", "n_base", "comparable", "comparable_reason", *_SOURCE]
_APPORTIONED = ("apportioned_addresses", "apportioned_surface")


class PanelError(RuntimeError):
    """The panel cannot be read; the message says what to do."""


def file(workspace: Workspace) -> Path:
    """Return where the panel of a workspace lies.

    Parameters
    ----------
    workspace : Workspace
        A workspace.

    Returns
    -------
    Path
        A Parquet file; it may be absent.
    """
    return workspace.processed / "harmonised" / "statistics.parquet"


@contextmanager
def replacing(workspace: Workspace) -> Iterator[Path]:
    """Write a new panel beside the one there is, and let it take its place when all went well.

    Parameters
    ----------
    workspace : Workspace
        The workspace whose panel is made.

    Yields
    ------
    Path
        Where to write.
    """
    new = file(workspace).with_name(".new.statistics.parquet")
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield new
        write_atomically(file(workspace), new.replace)
    finally:
        new.unlink(missing_ok=True)


def write(path: Path, years: Iterable[harmonise.Figures], keep: Collection[str], synthetic: bool) -> pd.DataFrame:
    """Write the figures of all years, one after another.

    Parameters
    ----------
    path : Path
        The file to write.
    years : iterable of Figures
        On one division; each is let go before the next is asked for.
    keep : collection of str
        Regiocodes whose figures are given back.
    synthetic : bool
        Whether the figures are made up; the mark travels inside the file.

    Returns
    -------
    DataFrame
        harmonised_statistics of the regions to keep, with plain texts.

    Raises
    ------
    SchemaError
        When a year is not what harmonised_statistics must be.
    """
    kept = [pd.DataFrame(columns=harmonise.COLUMNS)]
    writer = None
    try:
        for figures in years:
            rows = schema.check(harmonise.as_rows(figures), "harmonised_statistics")
            table = _as_arrow(rows, synthetic)
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table, row_group_size=_ROWS_PER_GROUP)
            here = figures.regions["regiocode"].isin(keep).to_numpy()
            kept.append(_plain(rows[np.repeat(here, len(figures.indicators))]))
    finally:
        if writer is not None:
            writer.close()
    return pd.concat(kept[1:] or kept, ignore_index=True)


def history(
    workspace: Workspace, regiocodes: Collection[str], indicator_ids: Collection[str] | None = None
) -> pd.DataFrame:
    """Read the figures of some regions in all years.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.
    regiocodes : collection of str
        Codes in the reference division, such as the buurten of a work area.
    indicator_ids : collection of str, optional
        Ids of the catalogue; all when left out.

    Returns
    -------
    DataFrame
        harmonised_statistics of those regions, sorted by indicator_id, regiocode and year.

    Raises
    ------
    PanelError
        When nothing was built yet, a code is of no region of the reference division, or one code or id came without a
        list.
    """
    if isinstance(regiocodes, str):
        raise PanelError(f"regiocodes: got {regiocodes!r}; expected a list of codes. Write [{regiocodes!r}].")
    if isinstance(indicator_ids, str):
        raise PanelError(f"indicator_ids: got {indicator_ids!r}; expected a list of ids. Write [{indicator_ids!r}].")
    path = file(workspace)
    if not path.exists():
        raise PanelError(f"{path} is not there; expected the harmonised figures. Run: bt build")
    with pq.ParquetFile(path, pre_buffer=True) as parquet:
        groups = _groups(parquet.metadata, regiocodes)
        rows = parquet.read_row_groups(groups, use_threads=True)
    wanted = pc.is_in(rows["regiocode"], pa.array(list(regiocodes), pa.string()))
    if indicator_ids is not None:
        wanted = pc.and_(wanted, pc.is_in(rows["indicator_id"], pa.array(list(indicator_ids), pa.string())))
    texts = [column.with_type(pa.string()) if pa.types.is_dictionary(column.type) else column for column in rows.schema]
    found: pd.DataFrame = rows.filter(wanted).cast(pa.schema(texts)).to_pandas()
    unknown = sorted(set(regiocodes) - set(found["regiocode"])) if indicator_ids is None else []
    if unknown:
        first, more = ", ".join(map(repr, unknown[:3])), len(unknown) - 3
        raise PanelError(
            f"got {first}{f' and {more} more' if more > 0 else ''}; expected regions of the reference division. "
            "Look their codes up in harmonised/regions.parquet."
        )
    return found.sort_values(_KEY, ignore_index=True)


def area_panel(
    path: Path,
    indicator_ids: Collection[str],
    names: pd.DataFrame,
    weights: pd.DataFrame,
    outlines: gpd.GeoDataFrame | None = None,
) -> AreaPanel:
    """Read a few indicators of all regions in all years.

    Parameters
    ----------
    path : Path
        The panel of a workspace, as :func:`file` or :func:`replacing` gives it.
    indicator_ids : collection of str
        Ids of the catalogue; one that the panel does not have is left out.
    names : DataFrame
        harmonised_regions of the same division.
    weights : DataFrame
        joined_area_weight; what adjoins the regions of these work areas is looked up.
    outlines : GeoDataFrame, optional
        Outlines of the buurten of that division; without them it is not known what lies where.

    Returns
    -------
    AreaPanel
        The figures, of which the file is read a piece at a time.
    """
    codes, ids = pd.Index(names["regiocode"]), pd.Index(sorted(set(indicator_ids)))
    with pq.ParquetFile(path) as parquet:
        years = _years(parquet.metadata)
        cube = np.full((4, len(ids), len(codes), len(years)), np.nan)
        places = pd.Series(range(len(years)), index=years)
        several = (
            range(at, min(at + _GROUPS_AT_ONCE, parquet.num_row_groups))
            for at in range(0, parquet.num_row_groups, _GROUPS_AT_ONCE)
        )
        sources = [
            _fill(cube, parquet.read_row_groups(list(some), columns=_WIDE), codes, ids, places) for some in several
        ]
    listed = pd.concat(sources, ignore_index=True).drop_duplicates(["indicator_id", "year"], ignore_index=True)
    held = [(at, key) for at, key in enumerate(ids) if key in set(listed["indicator_id"])]
    value, moved, base, lost = ({key: pd.DataFrame(part[at], codes, years) for at, key in held} for part in cube)
    own = weights["area_code"]
    return AreaPanel(
        regions=areas.with_gemeente(names),
        values=value,
        apportioned=moved,
        changed={key: table.eq(1.0) for key, table in lost.items()},
        bases=base,
        weights=weights,
        sources=listed.sort_values(["indicator_id", "year"], ignore_index=True),
        middles=None if outlines is None else areas.middles(outlines),
        # Of all buurten of their gemeenten as well: a pattern is one over a whole gemeente.
        beside=None if outlines is None else areas.adjoining(outlines, sorted({*own, *own.map(regions.gemeente)})),
    )


def _years(metadata: pq.FileMetaData) -> list[int]:
    column = metadata.schema.to_arrow_schema().get_field_index("year")
    ends = [metadata.row_group(at).column(column).statistics for at in range(metadata.num_row_groups)]
    return sorted({int(end.min) for end in ends})  # a row group is of one year


def _fill(
    cube: npt.NDArray[np.float64], rows: pa.Table, codes: pd.Index, ids: pd.Index, places: pd.Series
) -> pd.DataFrame:
    """Put the figures of a row group in their place (value, apportioned, base, changed); return the sources."""
    frame = rows.filter(_is_in(rows["indicator_id"], ids)).to_pandas(strings_to_categorical=True)
    indicator = ids.get_indexer(frame["indicator_id"].cat.categories)[frame["indicator_id"].cat.codes]
    region = codes.get_indexer(frame["regiocode"].cat.categories)[frame["regiocode"].cat.codes]
    year = places.loc[frame["year"]].to_numpy()
    here = region >= 0
    moved = frame["comparable_reason"].isin(_APPORTIONED)
    same = frame["comparable"]
    parts = (frame["value"].where(same), frame["value"].where(moved), frame["n_base"], ~same)
    for at, part in enumerate(parts):
        cube[at, indicator[here], region[here], year[here]] = part.to_numpy(dtype=float)[here]
    sources: pd.DataFrame = frame.loc[frame["value"].notna(), _SOURCE].drop_duplicates()
    return sources.astype(dict.fromkeys(["indicator_id", *_SOURCE[2:]], "str"))


def _is_in(column: pa.ChunkedArray, values: Collection[str]) -> pa.ChunkedArray:
    """Tell which rows hold one of some texts; the texts are looked at once each, not once a row."""
    return pa.chunked_array(
        [
            pc.take(pc.is_in(chunk.dictionary, pa.array(list(values), pa.string())), chunk.indices)
            for chunk in column.chunks
        ]
    )


def _groups(metadata: pq.FileMetaData, regiocodes: Collection[str]) -> list[int]:
    """Return the row groups that may hold some regions: those whose first and last code lie around one."""
    column = metadata.schema.to_arrow_schema().get_field_index("regiocode")
    found = []
    for at in range(metadata.num_row_groups):
        ends = metadata.row_group(at).column(column).statistics
        if any(ends.min <= code <= ends.max for code in regiocodes):
            found.append(at)
    return found


def _as_arrow(rows: pd.DataFrame, synthetic: bool) -> pa.Table:
    arrays = {str(name): _array(column) for name, column in rows.items()}
    table = pa.table(arrays)
    mark = {"PANDAS_ATTRS": json.dumps({"synthetic": synthetic})}  # where pandas itself puts and finds it
    return table.replace_schema_metadata(mark)


def _array(column: pd.Series) -> pa.Array:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pa.array(column.to_numpy(), from_pandas=True)
    codes = column.cat.codes.to_numpy().astype("int32")
    places = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(places, pa.array(column.cat.categories, pa.string()))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into texts: tables of a few regions are compared and joined on them."""
    texts = [name for name, dtype in rows.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]
    return rows.astype(dict.fromkeys(texts, "str")).reset_index(drop=True)
