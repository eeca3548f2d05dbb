"""All bundles of a workspace in; the tables that may be used today out, and how many collectives are not in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bt_analysis import schema
from bt_analysis.analysis import across as add_up
from bt_analysis.analysis import periods
from bt_analysis.bundles import register
from bt_analysis.bundles.packing import ANALYSED, descriptor_of
from bt_analysis.bundles.register import BundleError
from bt_analysis.bundles.unpacking import Bundle, line_of, unpack
from bt_analysis.settings import Workspace
from bt_analysis.sources.files import sha256

_MAY_LACK = {
    "analysed_estimates": ("missing_reason",),
    "analysed_collectives": ("work_area_id", "work_area_label"),
    "analysed_indicators": ("label_en", "direction", "instrument_id"),
}
"""Texts that can be absent; other texts of these tables are empty when there is nothing to say."""


@dataclass(frozen=True)
class Consents:
    """Who lets its data travel today, and who not.

    Parameters
    ----------
    lines : DataFrame
        One row is a bundle in use: its line of the register, with ``file`` (below data/) and ``sha256``.
    withdrawn, expired : frozenset of str
        Collectives that left, and collectives whose consent is over; neither has a bundle in use.
    refused : tuple of str
        A line per file that cannot be used.
    """

    lines: pd.DataFrame
    withdrawn: frozenset[str]
    expired: frozenset[str]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Bundles:
    """What may be used today, and what not.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Rows of all bundles in use together, by the names of their schemas; the tables of figures are always there.
    lines : DataFrame
        One row is a bundle in use: its line of the register, with ``file`` (below data/) and ``sha256``.
    withdrawn, expired : frozenset of str
        Collectives that left, and collectives whose consent is over; neither has a bundle in use.
    refused : tuple of str
        A line per file that cannot be used.
    """

    tables: dict[str, pd.DataFrame]
    lines: pd.DataFrame
    withdrawn: frozenset[str]
    expired: frozenset[str]
    refused: tuple[str, ...]

    @property
    def collectives(self) -> frozenset[str]:
        """Collectives with a bundle in use."""
        return frozenset(self.lines["collective_id"])


def read_all(workspace: Workspace, today: dt.date) -> Bundles:
    """Read every bundle that may be used today, one per collective.

    Parameters
    ----------
    workspace : Workspace
        Its ``data/bundles`` holds the register, and a folder per collective with what was made here or brought here.
    today : date
        Consent that ended before this day no longer counts.

    Returns
    -------
    Bundles
        Of each collective the bundle with the newest consent. A bundle from elsewhere counts with the line that it
        holds itself; one that the collective withdrew here never does, wherever a copy of it comes from.

    Raises
    ------
    BundleError
        When the register cannot be read: then nobody knows who withdrew.
    """
    given, chosen = _sorted_out(workspace, today, {})
    tables = _together([one for _, one in chosen])
    return Bundles(tables, given.lines, given.withdrawn, given.expired, given.refused)


def consents(workspace: Workspace, today: dt.date) -> Consents:
    """Say who lets its data travel today, as :func:`read_all` does, without reading the tables again.

    Parameters
    ----------
    workspace : Workspace
        As there. Of a bundle that the last build used, and that is the same file now, only the consent is read.
    today : date
        As there.

    Returns
    -------
    Consents
        Who does, and who left.

    Raises
    ------
    BundleError
        When the register cannot be read: then nobody knows who withdrew.
    """
    path = workspace.processed / "across" / "bundles.parquet"
    used = pd.read_parquet(path, columns=["file", "sha256"]) if path.exists() else pd.DataFrame()
    checked = dict(zip(used["file"], used["sha256"], strict=True)) if len(used) else {}
    return _sorted_out(workspace, today, checked)[0]


def _sorted_out(
    workspace: Workspace, today: dt.date, checked: Mapping[str, str]
) -> tuple[Consents, list[tuple[Path, Bundle]]]:
    """Choose of each collective the bundle that may be used; of those that were checked before, without tables."""
    lines = register.read(workspace)
    found, refused = _found(workspace, lines, checked)
    gone = {str(name) for name in lines.loc[lines["withdrawn_on"].notna(), "collective_id"]}
    left = [one for path, one in found if _is_withdrawn(one, lines)]
    kept = [(path, one) for path, one in found if not _is_withdrawn(one, lines)]
    # Consent without a last day has no end.
    ended = [one.line["valid_until"] < pd.Timestamp(today) for _, one in kept]
    valid = [pair for pair, over in zip(kept, ended, strict=True) if not over]
    chosen = _newest(valid)
    in_use = frozenset(str(one.line["collective_id"]) for _, one in chosen)
    gone_by = {str(one.line["collective_id"]) for _, one in kept} - in_use
    withdrawn = frozenset(gone | {str(one.line["collective_id"]) for one in left}) - in_use - gone_by
    return Consents(_lines(chosen), withdrawn, frozenset(gone_by), tuple(refused)), chosen


def across(bundles: Bundles, here: Iterable[str], *, synthetic: bool) -> dict[str, pd.DataFrame]:
    """Make the tables of the cross-domain report, of bundles and nothing else.

    Parameters
    ----------
    bundles : Bundles
        As :func:`read_all` gives them.
    here : iterable of str
        Collectives that were built in this workspace, to count those that gave no bundle.
    synthetic : bool
        Whether the sums are of made-up data.

    Returns
    -------
    dict of str to DataFrame
        ``estimates`` (those of the collectives, and their sums), ``collectives``, ``activities``, ``unmatched``,
        ``indicators`` and ``sources`` by the schemas of analysed; ``bundles`` (a row per bundle in use) and ``left``
        (one row: how many collectives are not in it, and why).
    """
    own = {name.removeprefix("analysed_"): bundles.tables[name] for name in ANALYSED}
    added = sums(own["estimates"], own["collectives"], synthetic=synthetic)
    estimates = pd.concat([own["estimates"], added], ignore_index=True)
    lines = bundles.lines
    # A line on a file that cannot be used begins with the folder of its collective.
    unusable = {line.partition("/")[0] for line in bundles.refused}
    absent = set(here) - bundles.collectives - bundles.withdrawn - bundles.expired - unusable
    counts = {
        "withdrawn_n": len(bundles.withdrawn),
        "expired_n": len(bundles.expired),
        "refused_n": len(bundles.refused),
        "without_bundle_n": len(absent),
    }
    names = [field["name"] for field in schema.load("across_bundles")["fields"]]
    return {
        **own,
        "estimates": estimates.astype(own["estimates"].dtypes.to_dict()),
        "sources": _sources(lines),
        "bundles": lines.reset_index(drop=True)[names],
        "left": pd.DataFrame([counts]),
    }


def sums(estimates: pd.DataFrame, collectives: pd.DataFrame, *, synthetic: bool) -> pd.DataFrame:
    """Add up over collectives, each in its longest period.

    Parameters
    ----------
    estimates : DataFrame
        Protected estimates of these collectives.
    collectives : DataFrame
        analysed_collectives.
    synthetic : bool
        Whether the sums are of made-up data.

    Returns
    -------
    DataFrame
        Estimates with an empty collective_id.
    """
    whole = periods.with_days(periods.longest(collectives))
    return add_up.estimate(estimates, whole).assign(synthetic=synthetic)


def _found(
    workspace: Workspace, lines: pd.DataFrame, checked: Mapping[str, str]
) -> tuple[list[tuple[Path, Bundle]], list[str]]:
    found, refused = [], []
    for path in sorted(register.folder(workspace).glob("*/*.zip")):
        try:
            digest = checked.get(path.relative_to(workspace.root / "data").as_posix(), "")
            same = bool(digest) and sha256(path) == digest
            bundle = Bundle(line_of(path), {}, digest) if same else unpack(path)
            _refuse_other_line(bundle, lines, path)
            found.append((path, bundle))
        except BundleError as problem:
            refused.append(str(problem))
    return found, refused


def _refuse_other_line(bundle: Bundle, lines: pd.DataFrame, path: Path) -> None:
    """Refuse a bundle that was made here and now says something else than the register does."""
    own = lines[lines["bundle_id"] == bundle.line["bundle_id"]].drop(columns="withdrawn_on")
    if len(own) and not own.iloc[0].equals(bundle.line.drop("withdrawn_on")):
        raise BundleError(
            f"{path.parent.name}/{path.name}: got another consent than in the register; expected the same. "
            "Make the bundle again."
        )


def _is_withdrawn(bundle: Bundle, lines: pd.DataFrame) -> bool:
    own = lines[lines["bundle_id"] == bundle.line["bundle_id"]]
    if len(own):
        return bool(own["withdrawn_on"].notna().iloc[0])
    days = register.withdrawals(lines, str(bundle.line["collective_id"]))
    return bool(pd.notna(bundle.line["withdrawn_on"]) or (days >= bundle.line["approved_on"]).any())


def _newest(bundles: list[tuple[Path, Bundle]]) -> list[tuple[Path, Bundle]]:
    """Keep of each collective the bundle with the newest consent."""
    newest: dict[str, tuple[Path, Bundle]] = {}
    for path, bundle in sorted(bundles, key=lambda pair: (pair[1].line["approved_on"], pair[0].name)):
        newest[str(bundle.line["collective_id"])] = path, bundle
    return [newest[name] for name in sorted(newest)]


def _together(bundles: list[Bundle]) -> dict[str, pd.DataFrame]:
    names = [*ANALYSED, *sorted({name for bundle in bundles for name in bundle.tables} - set(ANALYSED))]
    tables = {}
    for name in names:
        parts = [bundle.tables[name] for bundle in bundles if name in bundle.tables]
        parts = parts or [pd.DataFrame({field["name"]: [] for field in descriptor_of(name)["fields"]}, dtype="str")]
        key = schema.key(schema.load(name))
        # A source or an area may be in more bundles than one.
        table = pd.concat(parts, ignore_index=True)
        table = table.drop_duplicates(key, ignore_index=True) if key else table
        tables[name] = _as_analysed(table, name) if name in ANALYSED else table
    return tables


def _as_analysed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give a table the types that a build gives it."""
    plain = {"number": "float64", "boolean": "bool", "date": "datetime64[us]", "integer": "Int64"}
    out = {}
    for field in schema.load(name)["fields"]:
        column, type_ = field["name"], field["type"]
        values = table[column].astype(plain.get(type_, "str"))
        empty_text = type_ == "string" and column not in _MAY_LACK.get(name, ())
        out[column] = values.fillna("") if empty_text else values
    return pd.DataFrame(out)


def _lines(chosen: list[tuple[Path, Bundle]]) -> pd.DataFrame:
    if not chosen:
        return register.of_lines([]).assign(file=pd.Series(dtype="str"), sha256=pd.Series(dtype="str"))
    lines = pd.concat([bundle.line.to_frame().T for _, bundle in chosen], ignore_index=True)
    typed = lines.astype(register.of_lines([]).dtypes.to_dict())
    files = [f"bundles/{path.parent.name}/{path.name}" for path, _ in chosen]
    return typed.assign(file=files, sha256=[bundle.sha256 for _, bundle in chosen])


def _sources(lines: pd.DataFrame) -> pd.DataFrame:
    names = [field["name"] for field in schema.load("analysed_sources")["fields"]]
    known = {
        "collective_id": lines["collective_id"],
        "file": lines["file"],
        "modified": lines["approved_on"].dt.strftime("%Y-%m-%d"),
        "licence": "toestemming" + (" tot en met " + lines["valid_until"].dt.strftime("%Y-%m-%d")).fillna(""),
        "sha256": lines["sha256"],
    }
    table = pd.DataFrame({name: known.get(name, pd.Series("", index=lines.index)) for name in names})
    return table.astype("str").reset_index(drop=True)
