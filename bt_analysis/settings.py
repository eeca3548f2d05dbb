"""Settings and places of a workspace: bt.toml and BT_… variables in, one frozen object out.

Every threshold that a report depends on has a name here, and is printed in that report.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

KWB_TABLES = {
    2013: "82339NED",
    2014: "82931NED",
    2015: "83220NED",
    2016: "83487NED",
    2017: "83765NED",
    2018: "84286NED",
    2019: "84583NED",
    2020: "84799NED",
    2021: "85039NED",
    2022: "85318NED",
    2023: "85618NED",
    2024: "85984NED",
    2025: "86165NED",
}
"""CBS table of *Kerncijfers wijken en buurten* (KWB) per year; a year's table uses that year's division."""


class SettingsError(ValueError):
    """bt.toml or a BT_… variable cannot be used; the message names the key, what was got and what is expected."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CbsSettings(_Section):
    """Where CBS's tables are, and how patiently they are asked for."""

    base_url: str = Field(default="https://opendata.cbs.nl", description="OData v3 host of CBS, with its scheme")
    third_party_url: str = Field(default="https://dataderden.cbs.nl", description="OData v3 host of others' tables")
    datasets_url: str = Field(default="https://datasets.cbs.nl", description="host of OData v4 and of the CSV files")
    kwb_tables: dict[int, str] = Field(default=KWB_TABLES, description="year = table id of the KWB table of that year")
    publisher: str = Field(default="CBS", description="whom figures are attributed to")
    licence: str = Field(default="CC BY 4.0, bron: CBS", description="licence of fetched tables, as in sources.csv")
    timeout_s: float = Field(default=60, gt=0, description="seconds to wait for an answer")
    retries: int = Field(default=4, ge=0, le=10, description="times to ask again when nobody answers")
    patience_s: float = Field(default=120, ge=0, description="seconds to keep asking a host that answers, but badly")
    first_wait_s: float = Field(default=0.5, gt=0, description="longest wait before the second try; doubles after that")
    workers: int = Field(default=4, ge=1, le=4, description="questions asked at the same time")
    compress: Literal["auto", "always", "never"] = Field(
        default="auto", description="ask for compressed answers; auto: not of this machine, where it only costs time"
    )

    @field_validator("base_url", "third_party_url", "datasets_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if not _is_host(url):
            raise ValueError("expected an address that starts with http:// or https:// and a host, as https://cbs.nl")
        return url.rstrip("/")

    def root(self, back_end: str, host: str) -> str:
        """Return where a table is asked for.

        Parameters
        ----------
        back_end : str
            ``odata3``, ``odata4`` or ``csv``.
        host : str
            ``opendata`` (CBS's own tables) or ``dataderden`` (those of others).

        Returns
        -------
        str
            Scheme and host, without a slash at the end.

        Raises
        ------
        SettingsError
            When that back end does not have that host.
        """
        roots = {
            ("odata3", "opendata"): self.base_url,
            ("odata3", "dataderden"): self.third_party_url,
            ("odata4", "opendata"): self.datasets_url,
            ("csv", "opendata"): self.datasets_url,
        }
        if (back_end, host) not in roots:
            known = ", ".join(f"{one} from {other}" for one, other in roots)
            raise SettingsError(f"back end {back_end} from {host}: not there; expected one of {known}.")
        return roots[back_end, host]


def _is_host(url: str) -> bool:
    """Tell whether an address has a host, and nothing that must not stand in sources.csv or before a path."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number, or half an IPv6 address
        return False
    clean = not (parts.query or parts.fragment or parts.username or parts.password or re.search(r"\s", url))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and clean


class BoundarySettings(_Section):
    """Where boundaries are; {year} stands for the division year."""

    ogc_url: str = Field(
        default="https://api.pdok.nl/cbs/wijken-en-buurten-{year}/ogc/v1",
        description="OGC API of PDOK, from 2022",
    )
    wfs_url: str = Field(
        default="https://service.pdok.nl/cbs/wijkenbuurten/{year}/wfs/v1_0",
        description="WFS of PDOK, from 2022",
    )
    download_url: str = Field(
        default="https://service.pdok.nl/cbs/wijkenbuurten/{year}/atom/downloads",
        description="folder of PDOK's GeoPackages, from 2022",
    )
    archive_url: str = Field(
        default="https://geodata.cbs.nl/files/Wijkenbuurtkaart",
        description="folder of CBS's ZIP files of all years",
    )
    licence: str = Field(default="CC BY 4.0, bron: CBS, Kadaster", description="licence, as in sources.csv")

    @field_validator("ogc_url", "wfs_url", "download_url", "archive_url")
    @classmethod
    def _is_address(cls, url: str, field: ValidationInfo) -> str:
        # Without its year an address would give every year the same boundaries.
        years = 0 if field.field_name == "archive_url" else 1
        plain = url.replace("{year}", "")
        if not _is_host(url) or url.count("{year}") != years or set("{}") & set(plain):
            with_year = " and {year} once" if years else " and no braces"
            raise ValueError(f"expected an address that starts with https:// or http:// and a host{with_year}")
        return url.rstrip("/")


class DisclosureSettings(_Section):
    """What may be shown of groups of people."""

    min_cell: int = Field(default=10, ge=5, description="smallest number of people a shown figure may rest on")
    protection: int = Field(default=5, ge=1, description="people by which any guess at a hidden number may be off")
    dominance_n: int = Field(default=2, ge=1, description="how many people may not make up nearly all of a sum")
    dominance_pct: float = Field(default=90, gt=0, le=100, description="what nearly all of a sum is, in per cent")
    rounding: int = Field(default=5, ge=1, description="counts of people in a group are shown in multiples of this")
    words_below: int = Field(default=30, ge=1, description="a percentage of fewer people than this is told in words")


class GateSettings(_Section):
    """From when a figure is shown with its reservation."""

    min_n: int = Field(default=30, ge=1, description="below this many people a share is shown with a reservation")
    min_coverage: float = Field(
        default=0.9, ge=0, le=1, description="below this share of the work area, a figure is shown with a reservation"
    )
    min_response_pct: float = Field(
        default=30, ge=0, le=100, description="below this part who answered, a survey is told as a range"
    )


class ComparisonSettings(_Section):
    """How a work area is set beside areas that are like it."""

    neighbours: int = Field(default=50, ge=5, description="similar areas that a work area is compared with, at most")
    min_similar: int = Field(default=20, ge=5, description="with fewer similar areas than this nothing is compared")
    placebos: int = Field(default=500, ge=19, description="other areas on which the same comparison is tried, at most")
    size_ratio: float = Field(
        default=2.0, gt=1, description="how many times more or fewer inhabitants a similar area may have"
    )
    min_years_before: int = Field(default=2, ge=2, description="with fewer years before the start nothing is compared")
    level: float = Field(
        default=0.05, gt=0, lt=0.5, description="share of areas without any change that may be called changed"
    )
    seed: int = Field(default=20260101, description="seed of what is drawn by lot")


class LearningSettings(_Section):
    """How collectives are learnt from together; every threshold is printed in the report."""

    side_by_side_below: int = Field(default=5, ge=2, description="with fewer cases they are only set side by side")
    pooled_from: int = Field(default=10, ge=5, description="from this many cases on effects are pooled")
    level: float = Field(default=0.05, gt=0, lt=0.5, description="chance to call a pattern that luck alone makes")
    silent_days: int = Field(
        default=180, ge=1, description="without an event for so long, an open input is called silent"
    )
    outdated_months: int = Field(default=24, ge=1, description="evidence older than this is marked as outdated")
    contested_share: float = Field(
        default=0.25, gt=0, le=1, description="part of evidence against that contests a link"
    )
    supported_collectives: int = Field(default=3, ge=2, description="collectives that must support a link")
    negative_share: float = Field(
        default=0.2, ge=0, le=1, description="with fewer lessons that did not work: a warning"
    )
    unused_months: int = Field(default=12, ge=1, description="survey questions unused for so long should be dropped")
    return_days: int = Field(
        default=180, ge=1, description="days after a report's last day within which its claims should be told back"
    )
    median_from: int = Field(default=5, ge=3, description="of fewer obstacles, or collectives, there is no median")
    share_from: int = Field(
        default=10, ge=5, description="of fewer lessons, or claims, counts are told and no percentage"
    )
    clear_gap: int = Field(default=2, ge=1, le=4, description="points between two scores that are told as a gap")
    important_from: int = Field(default=4, ge=1, le=5, description="score from which a condition is important")
    incl_cut: float = Field(
        default=0.8, gt=0.5, le=1, description="share with the outcome from which a configuration counts as having it"
    )
    most_conditions: int = Field(default=5, ge=2, le=8, description="conditions in one table of configurations")
    known_share: float = Field(
        default=0.8, gt=0, le=1, description="share of collectives for which a condition in that table must be known"
    )
    draws: int = Field(default=1_999, ge=99, description="times that an outcome is dealt out by lot")
    of_a_kind: int = Field(
        default=3, ge=2, description="collectives with, and without, a condition below which it explains nothing"
    )
    places_from: int = Field(default=2, ge=2, description="gemeenten from which they are a level of their own")
    prior_points: float = Field(
        default=10, gt=0, description="scale of the half-normal prior of how far percentages of collectives differ"
    )
    seed: int = Field(default=20260101, description="seed of what is drawn by lot")


class HoursSettings(_Section):
    """How far recorded hours may be off, per way of recording, in per cent, when the collective did not say."""

    logboek_pct: float = Field(default=5, ge=0, le=100)
    steekproef_pct: float = Field(default=15, ge=0, le=100)
    schatting_pct: float = Field(default=40, ge=0, le=100)


class ReportSettings(_Section):
    """How reports are made."""

    lang: Literal["nl", "en"] = "nl"
    jobs: int = Field(
        default=2, ge=1, le=64, description="reports, or batches of 50 collectives, made at the same time"
    )
    timeout_s: int = Field(default=600, ge=10, description="seconds one cell of a report may take")
    memory_mb: int = Field(default=0, ge=0, description="memory one report may take, on Linux; 0: no limit")
    scheduler: str = Field(
        default="", description="Dask scheduler that the reports are sent to, as tcp://10.0.0.4:8786; empty: made here"
    )
    formats: tuple[Literal["html", "pdf"], ...] = Field(
        default=("html",), description="what is made of a report; the page in HTML is always made"
    )
    first_look_days: int = Field(
        default=14, ge=0, le=365, description="days that a report is for the collective alone; made-up data: none"
    )


class LogSettings(_Section):
    """How much is kept of what runs told."""

    file_kb: int = Field(default=1024, ge=16, description="size at which a new log is begun")
    files: int = Field(default=8, ge=1, le=1000, description="earlier logs that are kept beside the newest")


class ArchiveSettings(_Section):
    """Who publishes what is exported for an archive, and under which licence."""

    title: str = Field(default="Better Together: wat collectieven en buurten laten zien", description="of the data set")
    publisher: str = Field(default="Better Together", min_length=1, description="organisation that publishes")
    publisher_url: str = Field(default="", description="page of the publisher; empty: none")
    contact_name: str = Field(default="Better Together", min_length=1, description="whom readers write to")
    contact_email: str = Field(default="", description="address of the contact; needed for an export of real data")
    licence: str = Field(default="CC-BY-4.0", description="SPDX name of the licence of what is public")
    licence_url: str = Field(
        default="https://creativecommons.org/licenses/by/4.0/", description="page with the text of the licence"
    )
    access_url: str = Field(default="", description="where the export will be found; empty: beside its description")

    @field_validator("contact_email")
    @classmethod
    def _is_email(cls, address: str) -> str:
        if address and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", address):
            raise ValueError("expected one address, as info@example.org")
        return address

    @field_validator("publisher_url", "licence_url", "access_url")
    @classmethod
    def _is_address(cls, url: str, field: ValidationInfo) -> str:
        if not (_is_host(url) or (not url and field.field_name != "licence_url")):
            raise ValueError("expected an address that starts with https:// or http:// and a host")
        return url


class Settings(BaseSettings):
    """All settings of one workspace; an empty bt.toml gives every default."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="BT_", env_nested_delimiter="__")

    synthetic: bool = Field(default=False, description="the data are made up; marks every page and file")
    reference_year: int | None = Field(default=None, description="division year of all figures; empty: the newest")
    cbs: CbsSettings = CbsSettings()
    boundaries: BoundarySettings = BoundarySettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    gates: GateSettings = GateSettings()
    hours: HoursSettings = HoursSettings()
    comparison: ComparisonSettings = ComparisonSettings()
    learning: LearningSettings = LearningSettings()
    report: ReportSettings = ReportSettings()
    archive: ArchiveSettings = ArchiveSettings()
    logs: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let variables (BT_…) win over bt.toml, and bt.toml over the defaults."""
        return env_settings, init_settings


@dataclass(frozen=True)
class Workspace:
    """The folders of one workspace; asking for a folder does not make it.

    Parameters
    ----------
    root : Path
        Folder that holds bt.toml, data/ and reports/.
    """

    root: Path

    @property
    def config(self) -> Path:
        """bt.toml; it may be absent or empty."""
        return self.root / "bt.toml"

    @property
    def raw(self) -> Path:
        """What came from elsewhere, as it came."""
        return self.root / "data" / "raw"

    @property
    def sources(self) -> Path:
        """A line per raw file: where it came from, when, and its sha256."""
        return self.raw / "sources.csv"

    @property
    def monitoring(self) -> Path:
        """A folder per collective with what it delivers."""
        return self.raw / "monitoring"

    @property
    def processed(self) -> Path:
        """Tables that one command rebuilds."""
        return self.root / "data" / "processed"

    @property
    def released(self) -> Path:
        """What was ever published about people, with true counts; kept by the data steward."""
        return self.root / "data" / "released"

    @property
    def reports(self) -> Path:
        """What is published."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """What runs told."""
        return self.root / "logs"


def load(root: Path) -> Settings:
    """Read the settings of a workspace.

    Parameters
    ----------
    root : Path
        The workspace's folder; without a bt.toml in it every setting has its default.

    Returns
    -------
    Settings
        Frozen; BT_… variables win over bt.toml. ``BT_CBS_URL`` is short for all hosts of ``cbs``.

    Raises
    ------
    SettingsError
        When bt.toml is no TOML, a key is unknown or a value is out of its range.
    """
    path = Workspace(root).config
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(
            f"{path}: got text that is no TOML ({problem}); expected lines such as reference_year = 2024."
        ) from problem
    url = os.environ.get("BT_CBS_URL")
    if url:
        # One server, such as that of the demonstration, then stands in for all of CBS's.
        hosts = dict.fromkeys(("base_url", "third_party_url", "datasets_url"), url)
        content["cbs"] = {**content.get("cbs", {}), **hosts}
    try:
        return Settings(**content)
    except ValidationError as problem:
        raise SettingsError(_first_problems(f"BT_CBS_URL or {path}" if url else str(path), problem)) from problem


def _first_problems(where: str, problem: ValidationError) -> str:
    lines = []
    for error in problem.errors():
        key, message = ".".join(str(step) for step in error["loc"]), error["msg"]
        lines.append(f"{key}: got {error['input']!r}; {message[0].lower()}{message[1:]}")
    return f"{where}: " + " · ".join(lines) + ". Change or remove the key."
