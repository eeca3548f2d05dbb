"""Addresses of boundaries in bt.toml: one that cannot work, or gives every year the same map, is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from bt_analysis import settings

YEARLY = ("ogc_url", "wfs_url", "download_url")


def load(folder: Path, key: str, url: str) -> settings.BoundarySettings:
    (folder / "bt.toml").write_text(f'[boundaries]\n{key} = "{url}"\n', encoding="utf-8")
    return settings.load(folder).boundaries


@pytest.mark.parametrize("key", YEARLY)
@pytest.mark.parametrize(
    "url",
    [
        "https://host/2024/ogc",  # without the year, or with it twice
        "https://host/{year}/{year}",
        "https://host/{jaar}/ogc",
        "https://host/{year}/{",
        "host/{year}",
        "ftp://host/{year}",
        "https:///{year}",
        "https://host:port/{year}",
        "https://host/a b/{year}",
        "https://name:secret@host/{year}",
        "https://host/{year}?key=secret",
        "",
    ],
)
def test_an_address_that_cannot_work_is_refused(tmp_path: Path, key: str, url: str) -> None:
    with pytest.raises(settings.SettingsError) as told:
        load(tmp_path, key, url)
    assert str(told.value) == (
        f"{tmp_path / 'bt.toml'}: boundaries.{key}: got {url!r}; value error, expected an address that starts with "
        "https:// or http:// and a host and {year} once. Change or remove the key."
    )


@pytest.mark.parametrize("url", ["https://host/{year}", "host/maps", "https://host/maps#2024"])
def test_the_archive_has_all_years_in_one_folder(tmp_path: Path, url: str) -> None:
    with pytest.raises(settings.SettingsError, match=r"boundaries\.archive_url: got .* a host and no braces\. Change"):
        load(tmp_path, "archive_url", url)


@pytest.mark.parametrize("key", YEARLY)
def test_a_slash_at_the_end_does_not_matter(tmp_path: Path, key: str) -> None:
    found = load(tmp_path, key, "http://127.0.0.1:8765/maps/{year}/")
    assert getattr(found, key).format(year=2024) == "http://127.0.0.1:8765/maps/2024"
    assert load(tmp_path, "archive_url", "https://host/maps/").archive_url == "https://host/maps"


def test_a_variable_is_held_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BT_BOUNDARIES__WFS_URL", "https://host/wfs")
    with pytest.raises(settings.SettingsError, match=r"boundaries\.wfs_url: got 'https://host/wfs'"):
        settings.load(tmp_path)
    monkeypatch.setenv("BT_BOUNDARIES__WFS_URL", "https://host/{year}/wfs")
    assert settings.load(tmp_path).boundaries.wfs_url == "https://host/{year}/wfs"
