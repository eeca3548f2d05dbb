"""What is other than last time: figures, sources, settings and members; and what of the report before may be said."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import __version__
from bt_analysis.pages import differences, earlier
from bt_analysis.pages.content import Content
from bt_analysis.pages.differences import Since
from bt_analysis.publishing.composing import estimates_csv
from bt_analysis.settings import GateSettings, Settings, Workspace

AT = "2026-03-03T09:30:00+01:00"
MADE_UP = Settings(synthetic=True)
HOURS = {"question": "hours", "indicator_id": "hours_total", "unit": "uur"}
IDEAS = {"question": "inputs", "indicator_id": "inputs_n", "unit": "aantal"}
HIDDEN = {"gate": "onderdrukt", "gate_reason": "few_people"}

Publish = Callable[..., Path]


def numbered(content: Content) -> Content:
    """Give the same figure the same number in every report, as a build does."""
    keys = content.estimates["question"] + content.estimates["group_value"].astype("str")
    content.estimates["claim_id"] = [hashlib.sha256(key.encode()).hexdigest()[:12] for key in keys]
    return content


@pytest.fixture
def report(page: Any) -> Callable[..., Content]:
    """Give a test what a report rests on: figures by their claim ids."""

    def make(*rows: dict[str, Any], **more: Any) -> Content:
        return numbered(page.content(*rows, **({"settings": MADE_UP} | more)))

    return make


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Give a test what publishes as much of a report as the next one reads; of last time what is other."""

    def do(content: Content, at: str = AT, **run: Any) -> Path:
        since = earlier.read(tmp_path, content)
        folder = earlier._folder(Workspace(tmp_path), content)
        folder.mkdir(parents=True, exist_ok=True)
        files = {earlier.FILE: earlier.written(since).encode(), "estimates.csv": estimates_csv(content).encode()}
        for name, written in files.items():
            (folder / name).write_bytes(written)
        sums = {name: hashlib.sha256(written).hexdigest() for name, written in files.items()}
        settings = json.loads(content.settings.model_dump_json(exclude={"cbs"}))
        told = {
            "at": at, "first_published": at[:10], "period": content.period, "lang": content.language.code,
            "version": __version__, "settings": settings, "sha256": sums, **earlier.facts(content),
        } | run  # fmt: skip
        (folder / "run.json").write_text(json.dumps(told), encoding="utf-8")
        return folder

    return do


def since(root: Path, content: Content) -> Since:
    found = earlier.read(root, content)
    assert found is not None
    return found


def claim(content: Content, at: int = 0) -> str:
    return str(content.estimates["claim_id"].iloc[at])


# Figures


def test_a_first_report_stands_beside_nothing(tmp_path: Path, report: Any) -> None:
    assert earlier.read(tmp_path, report({})) is None


def test_the_value_of_then_is_told_of_a_figure_that_is_other(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS | {"value": 40.0, "n": 4.0}, IDEAS | {"value": 7.0}))
    now = report(HOURS | {"value": 45.0, "n": 5.0}, IDEAS | {"value": 7.0})
    found = since(tmp_path, now)
    assert (found.at, found.period, found.both_n) == (AT, "2024", 2)
    assert list(found.changed) == [claim(now)]
    was = found.changed[claim(now)]
    assert was is not None
    assert (was.value, was.n, was.ci_low, was.unit, was.gate) == (40.0, 4.0, None, "uur", "ok")


@pytest.mark.parametrize(
    "other", [{"value": 41.0}, {"ci_low": 1.0}, {"ci_high": 99.0}, {"n": 39.0}, {"unit": "dag"}, {"gate": "voorbehoud"}]
)
def test_whatever_is_printed_of_a_figure_counts(
    tmp_path: Path, report: Any, publish: Publish, other: dict[str, Any]
) -> None:
    publish(report(HOURS))
    assert len(since(tmp_path, report(HOURS | other)).changed) == 1


def test_a_value_survives_being_written_and_read_exactly(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS | {"value": 0.1 + 0.2, "ci_low": 1 / 3}))
    assert earlier.read(tmp_path, report(HOURS | {"value": 0.1 + 0.2, "ci_low": 1 / 3})) is None


def test_figures_come_and_go(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS, IDEAS, {"question": "reach", **HIDDEN}, {"question": "savings", **HIDDEN}))
    now = report(HOURS | HIDDEN, {"question": "reach"}, {"question": "funding"})
    found = since(tmp_path, now)
    assert found.hidden == (claim(now, 0),)
    assert found.seen == (claim(now, 1),)
    assert found.appeared == (claim(now, 2),)
    assert found.gone == {"inputs": 1}  # what was hidden and is gone, nobody misses
    assert found.changed == {}
    assert found.both_n == 0


def test_a_newer_year_of_the_area_is_new_and_the_older_one_not_gone(
    tmp_path: Path, report: Any, publish: Publish
) -> None:
    of_year = [{"question": "context", "period": str(year), "group_value": str(year)} for year in (2022, 2023, 2024)]
    publish(report(*of_year[:2]))
    now = report(*of_year[1:])
    found = since(tmp_path, now)
    assert found.appeared == (claim(now, 1),)
    assert found.gone == {}  # 2022 was not in the list then either


# The same report again


def test_made_again_a_report_says_the_same_of_last_time(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS))
    publish(report(HOURS | {"value": 45.0}), at="2026-03-10T09:00:00+01:00")
    first = since(tmp_path, report(HOURS | {"value": 45.0}))
    publish(report(HOURS | {"value": 45.0}), at="2026-03-11T09:00:00+01:00")
    assert since(tmp_path, report(HOURS | {"value": 45.0})) == first
    assert first.at == AT


def test_the_next_one_stands_beside_the_last_one_only(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS))
    publish(report(HOURS | {"value": 45.0}), at="2026-03-10T09:00:00+01:00")
    now = report(HOURS | {"value": 45.0}, IDEAS)
    found = since(tmp_path, now)
    assert found.at.startswith("2026-03-10")
    assert (found.changed, found.appeared) == ({}, (claim(now, 1),))


def test_a_report_that_was_cut_off_still_knows_what_it_stood_beside(
    tmp_path: Path, report: Any, publish: Publish
) -> None:
    folder = publish(report(HOURS))
    old = (folder / "run.json").read_bytes()
    publish(report(HOURS | {"value": 45.0}), at="2026-03-10T09:00:00+01:00")
    expected = since(tmp_path, report(HOURS | {"value": 45.0}))
    (folder / "run.json").write_bytes(old)  # all but the last file was written
    assert since(tmp_path, report(HOURS | {"value": 45.0})) == expected
    (folder / "since.json").write_bytes(b"{")
    assert since(tmp_path, report(HOURS | {"value": 45.0})).changed == {}


def test_cut_off_before_its_figures_the_old_ones_are_still_the_last(
    tmp_path: Path, report: Any, publish: Publish
) -> None:
    folder = publish(report(HOURS))
    now = report(HOURS | {"value": 45.0})
    expected = since(tmp_path, now)
    (folder / "since.json").write_text(expected.model_dump_json(), encoding="utf-8")
    assert since(tmp_path, now) == expected


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b'{"at": 1}', b'{"at": "x", "period": "y", "more": 1}'])
def test_a_damaged_file_of_last_time_is_no_last_time(
    tmp_path: Path, report: Any, publish: Publish, written: bytes
) -> None:
    folder = publish(report(HOURS))
    (folder / "since.json").write_bytes(written)
    assert earlier.read(tmp_path, report(HOURS)) is None


def test_a_first_report_takes_the_place_of_what_an_earlier_one_left(report: Any, publish: Publish) -> None:
    publish(report(HOURS | {"value": 7313.0}))
    folder = publish(report(HOURS))
    assert "7313" in (folder / "since.json").read_text(encoding="utf-8")
    (folder / "run.json").write_text("damaged", encoding="utf-8")
    publish(report(HOURS | HIDDEN))
    assert (folder / "since.json").read_text(encoding="utf-8") == "null\n"


def test_what_somebody_put_there_by_hand_is_not_told(tmp_path: Path, report: Any, publish: Publish) -> None:
    folder = publish(report(HOURS))
    planted = Since(at=AT, period="2024", settings={"gates.min_n": ("1", "2")})
    (folder / "since.json").write_text(planted.model_dump_json(), encoding="utf-8")
    assert earlier.read(tmp_path, report(HOURS)) is None


@pytest.mark.parametrize("written", [b"", b"\xff\xfe", b"a,b\n1,2\n"])
def test_damaged_figures_are_no_figures(tmp_path: Path, report: Any, publish: Publish, written: bytes) -> None:
    folder = publish(report(HOURS))
    (folder / "estimates.csv").write_bytes(written)
    assert since(tmp_path, report(HOURS)).appeared == (claim(report(HOURS)),)


@pytest.mark.parametrize("at", ["", "yesterday", "2026-99-01", "NaT"])
def test_a_report_that_does_not_say_when_it_was_made_is_no_last_time(
    tmp_path: Path, report: Any, publish: Publish, at: str
) -> None:
    publish(report(HOURS), at=at, first_published="2026-01-01")
    assert earlier.read(tmp_path, report(HOURS | {"value": 45.0})) is None
    assert earlier.read(tmp_path, report(HOURS | {"period": "2025"}, period="2025")) is None


def test_a_source_without_a_day_is_passed_over(page: Any, report: Any) -> None:
    days = ["", "onbekend", "2026-13-45", "2026-02-01T00:00:00"]
    rows = [{"table": str(at), "modified": day} for at, day in enumerate(days)]
    assert earlier.facts(report(HOURS, sources=page.sources(*rows))) == {"sources": {"3": "2026-02-01"}}


def test_settings_that_were_not_written_down_are_not_other(tmp_path: Path, report: Any, publish: Publish) -> None:
    unreadable: tuple[Any, ...] = (None, [], "x", {"gates": None}, {"gates": {}})
    for written in unreadable:
        publish(report(HOURS), settings=written)
        assert earlier.read(tmp_path, report(HOURS)) is None


def test_each_language_has_a_last_time_of_its_own(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS))
    assert earlier.read(tmp_path, report(HOURS | {"value": 45.0}, lang="en")) is None


# Apart from the figures


def test_sources_settings_and_program_are_told(
    tmp_path: Path, page: Any, report: Any, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = page.sources({"table": "1", "modified": "2025-01-01T01:00:00"}, {"table": "2", "modified": "2025-01-01"})
    publish(report(HOURS, sources=then))
    now = page.sources(
        {"table": "1", "modified": "2026-02-01T01:00:00"}, {"table": "2", "modified": "2025-01-01"},
        {"table": "3", "modified": "2026-01-01"}, {"collective_id": "tuin", "table": "4", "modified": "2026-01-01"},
    )  # fmt: skip
    monkeypatch.setattr(differences, "__version__", "9.0")
    gates = Settings(synthetic=True, gates=GateSettings(min_n=20))
    found = since(tmp_path, report(HOURS, sources=now, settings=gates))
    assert found.sources == {"1": ("2025-01-01", "2026-02-01"), "3": ("", "2026-01-01")}
    assert found.settings == {"gates.min_n": ("30", "20")}
    assert found.version == (__version__, "9.0")
    assert (found.changed, found.both_n) == ({}, 1)


def test_what_decides_no_figure_is_no_change(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS))
    other = MADE_UP.model_copy(update={"report": MADE_UP.report.model_copy(update={"jobs": 7, "timeout_s": 5})})
    assert earlier.read(tmp_path, report(HOURS, settings=other)) is None


def test_a_report_of_before_sources_were_written_down_says_nothing_of_them(
    tmp_path: Path, page: Any, report: Any, publish: Publish
) -> None:
    publish(report(HOURS), sources=None)
    assert earlier.read(tmp_path, report(HOURS, sources=page.sources({"table": "1", "modified": "2026-01-01"}))) is None


def test_a_new_period_stands_beside_the_newest_of_before_without_figures(
    tmp_path: Path, report: Any, publish: Publish
) -> None:
    publish(report(HOURS | {"period": "2022"}, period="2022"))
    publish(report(HOURS | {"period": "2023"}, period="2023"), at="2026-01-01T00:00:00+01:00")
    publish(report(HOURS | {"period": "2024", "value": 99.0}, period="2024"), at="2026-05-01T00:00:00+01:00")
    now = report(HOURS | {"period": "2023-2024", "value": 7.0}, period="2023-2024")
    found = since(tmp_path, now)
    assert (found.period, found.at[:10]) == ("2023", "2026-01-01")
    assert (found.changed, found.appeared, found.both_n) == ({}, (), 0)
    publish(now)
    assert since(tmp_path, now) == found  # made again it says the same


def test_an_older_period_made_later_is_a_first_report(tmp_path: Path, report: Any, publish: Publish) -> None:
    publish(report(HOURS))
    assert earlier.read(tmp_path, report(HOURS | {"period": "2023"}, period="2023")) is None


# Who is in the cross-domain report


def across(page: Any, members: dict[str, str], value: float = 100.0) -> Content:
    """Return a cross-domain report: collective → the end of its bundle's id."""
    ids = list(members)
    rows = [HOURS | {"collective_id": "", "value": value}, *(IDEAS | {"collective_id": one} for one in ids)]
    bundles = pd.DataFrame({"collective_id": ids, "bundle_id": [f"{one}-{end}" for one, end in members.items()]})
    named = page.collectives(*({"collective_id": one, "name": one.title()} for one in ids))
    return numbered(page.content(*rows, collectives=named, bundles=bundles, settings=MADE_UP))


def bundles_of(content: Content) -> list[str]:
    return sorted(content.bundles["bundle_id"])


def test_sums_of_the_same_collectives_stand_beside_each_other(tmp_path: Path, page: Any, publish: Publish) -> None:
    then = across(page, {"bos": "a1", "tuin": "b1"})
    publish(then, bundles=bundles_of(then))
    found = since(tmp_path, across(page, {"bos": "a2", "tuin": "b2"}, 120.0))
    assert (found.joined, found.left_n, found.newer_n) == ((), 0, 2)
    (was,) = found.changed.values()
    assert was is not None
    assert was.value == 100.0
    assert found.gone == {}  # what collectives have of their own is not in it


@pytest.mark.parametrize(
    ("now", "joined", "left_n"),
    [({"bos": "a1", "tuin": "b1", "wijk-2": "c1"}, ("wijk-2",), 0), ({"bos": "a1", "wijk-2": "c1"}, ("wijk-2",), 1),
     ({"bos": "a1"}, (), 1), ({"bos": "a1", "tuin": "b2"}, (), 0)],
)  # fmt: skip
def test_a_difference_that_is_of_one_collective_is_not_said(
    tmp_path: Path, page: Any, publish: Publish, now: dict[str, str], joined: tuple[str, ...], left_n: int
) -> None:
    """Attack: 100 hours of two, 64 of one of them: the other, who took its data back, gave 36."""
    then = across(page, {"bos": "a1", "tuin": "b1"})
    publish(then, bundles=bundles_of(then))
    found = since(tmp_path, across(page, now, 64.0))
    assert (found.joined, found.left_n) == (joined, left_n)
    assert list(found.changed.values()) == [None]
    assert "tuin" not in found.model_dump_json()
    assert not {float(number) for number in re.findall(r"\d+", found.model_dump_json())} & {100.0, 36.0}


def test_of_a_report_that_does_not_say_who_was_in_it_no_value_is_said(
    tmp_path: Path, page: Any, publish: Publish
) -> None:
    publish(across(page, {"bos": "a1", "tuin": "b1"}))
    found = since(tmp_path, across(page, {"bos": "a1", "tuin": "b1"}, 64.0))
    assert list(found.changed.values()) == [None]
    assert (found.joined, found.left_n, found.newer_n) == ((), 0, 0)


# What may not be said any more


def test_what_is_hidden_now_is_written_nowhere(report: Any, publish: Publish) -> None:
    """Attack: three people left, a group is too small now, and its number of last time would tell who."""
    folder = publish(report(HOURS | {"value": 7313.0, "ci_low": 7111.0, "n": 7222.0}, IDEAS | {"value": 7414.0}))
    then = (folder / "estimates.csv").read_bytes()
    publish(report(HOURS | HIDDEN), at="2026-03-10T00:00:00+01:00")
    for path in folder.iterdir():
        written = path.read_text(encoding="utf-8")
        for number in ("7313", "7111", "7222", "7414"):
            assert number not in written, path.name
        assert hashlib.sha256(then).hexdigest() not in written, path.name  # by it cells could be tried


def test_what_the_collective_mended_in_its_first_look_is_not_said(
    tmp_path: Path, report: Any, publish: Publish
) -> None:
    today = pd.Timestamp.now("Europe/Amsterdam")
    real = Settings(synthetic=False)
    for days, said in ((real.report.first_look_days, True), (real.report.first_look_days - 1, False)):
        publish(report(HOURS, settings=real), at=(today - pd.Timedelta(days=days)).isoformat())
        (was,) = since(tmp_path, report(HOURS | {"value": 45.0}, settings=real)).changed.values()
        assert (was is not None) == said
    publish(report(HOURS, settings=real), first_published="once")
    assert list(since(tmp_path, report(HOURS | {"value": 45.0}, settings=real)).changed.values()) == [None]
