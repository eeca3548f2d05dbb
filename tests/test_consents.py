"""Who lets its data travel today: told as when every bundle is read, without reading those that were checked before."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import bundles
from bt_analysis.bundles import BundleError, Consents, register, unpacking
from tests.bundle_workspace import CONSENT, TODAY, Built


@pytest.fixture
def built(tmp_path: Path, make: Any, page: Any) -> Built:
    """Two collectives that gave a bundle, which the last build read."""
    here = Built(tmp_path, make, page)
    for name in ("tuin", "zon"):
        here.deliver(name)
        here.estimate(name, indicator_id="contacts_n", value=40.0)
    here.write()
    here.bundle("tuin")
    here.bundle("zon")
    remember(here)
    return here


def remember(built: Built) -> None:
    """Leave what a build leaves of the bundles that it used."""
    tables = bundles.across(bundles.read_all(built.workspace, TODAY), ["tuin", "zon"], synthetic=True)
    path = built.workspace.processed / "across" / "bundles.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    tables["bundles"].to_parquet(path, index=False)


def told(built: Built, today: dt.date = TODAY) -> Consents:
    """Ask, and see that it is what reading every bundle says."""
    whole, here = bundles.read_all(built.workspace, today), bundles.consents(built.workspace, today)
    assert (here.withdrawn, here.expired, here.refused) == (whole.withdrawn, whole.expired, whole.refused)
    pd.testing.assert_frame_equal(here.lines, whole.lines)
    return here


def path_of(built: Built, name: str) -> Path:
    return next((register.folder(built.workspace) / name).glob("*.zip"))


def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List which bundles are read with their tables."""
    names: list[str] = []

    def read(path: Path) -> unpacking.Bundle:
        names.append(path.parent.name)
        return unpacking.unpack(path)

    monkeypatch.setattr("bt_analysis.bundles.reading.unpack", read)
    return names


def test_of_bundles_that_were_checked_only_the_consent_is_read(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told(built)
    names = unpacked(monkeypatch)
    here = bundles.consents(built.workspace, TODAY)
    assert names == []
    assert set(here.lines["collective_id"]) == {"tuin", "zon"}
    pd.testing.assert_frame_equal(here.lines, expected.lines)


def test_one_that_is_another_file_now_is_read_whole(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(built, "tuin")
    path.write_bytes(path.read_bytes()[:-40])
    names = unpacked(monkeypatch)
    here = bundles.consents(built.workspace, TODAY)
    assert names == ["tuin"]
    assert set(here.lines["collective_id"]) == {"zon"}
    assert "tuin/" in here.refused[0]


def test_before_any_build_all_are_read_whole(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    (built.workspace.processed / "across" / "bundles.parquet").unlink()
    names = unpacked(monkeypatch)
    assert set(bundles.consents(built.workspace, TODAY).lines["collective_id"]) == {"tuin", "zon"}
    assert sorted(names) == ["tuin", "zon"]


def test_one_of_a_later_consent_counts_at_once(built: Built) -> None:
    later = built.bundle("tuin", bundles.Consent("bestuur", CONSENT.approved_on + dt.timedelta(days=2)))
    assert later.stem in set(told(built).lines["bundle_id"])


@pytest.mark.parametrize("again", [False, True])
def test_who_withdrew_is_out_at_once_also_when_a_copy_comes_back(built: Built, again: bool) -> None:
    path = path_of(built, "tuin")
    copy = path.read_bytes()
    bundles.withdraw(built.workspace, "tuin", TODAY)
    if again:
        path.write_bytes(copy)
    here = told(built)
    assert here.withdrawn == {"tuin"}
    assert set(here.lines["collective_id"]) == {"zon"}


def test_a_consent_that_ended_is_over_though_nothing_was_built_since(built: Built) -> None:
    assert told(built, dt.date(2028, 1, 1)).expired == {"tuin", "zon"}


def test_a_register_that_says_something_else_refuses_a_bundle_that_was_checked(built: Built) -> None:
    lines = register.read(built.workspace)
    register.write(built.workspace, lines.assign(consent_level="bewoners"))
    assert len(told(built).refused) == len(lines)


def test_one_from_elsewhere_counts_with_its_own_line(built: Built, tmp_path: Path, make: Any, page: Any) -> None:
    other = Built(tmp_path / "elsewhere", make, page)
    other.deliver("wind")
    other.write()
    folder = register.folder(built.workspace) / "wind"
    folder.mkdir()
    shutil.copy(other.bundle("wind"), folder)
    remember(built)
    assert "wind" in set(told(built).lines["collective_id"])


def test_a_register_that_cannot_be_read_stops_everything(built: Built) -> None:
    (register.folder(built.workspace) / "bundle.csv").write_text("bundle_id\n", encoding="utf-16")
    with pytest.raises(BundleError, match="nobody knows who withdrew"):
        bundles.consents(built.workspace, TODAY)


def test_a_workspace_without_bundles_has_nobody(tmp_path: Path, make: Any, page: Any) -> None:
    here = Built(tmp_path, make, page)
    here.deliver("tuin")
    here.write()
    assert told(here).lines.empty
