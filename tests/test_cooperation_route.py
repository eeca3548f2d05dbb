"""Cooperation, obstacles, outcomes and the backlog against a slow route of their own: one cell, one row at a time."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis import figures
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import backlog, cooperation, coverage, made, obstacles, scale, trials
from bt_analysis.pages import coverage as coverage_page
from bt_analysis.settings import LearningSettings, Settings
from tests import learning_cases
from tests.html_text import rows_of, text_of
from tests.learning_cases import value

PERIODS = {"zon": ("2023", "2024", "2023-2024")}
WHOLE = Settings()


# Cooperation

CELL = st.tuples(st.one_of(st.none(), st.integers(1, 5)), st.one_of(st.none(), st.integers(10, 60)))
SCAN = st.tuples(
    st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31)), CELL, CELL, st.sampled_from(["publiek", "markt"])
)


def scans(given_scans: list[Any]) -> list[dict[str, Any]]:
    return [
        {"scan_id": f"zon--s{at}", "date": str(day), "collective_id": "zon", "actor_id": "zon--a", "side": whose,
         "condition": "taal", "score": score, "n_raters": raters}
        for at, (day, ours, theirs, side) in enumerate(given_scans)
        for whose, (score, raters) in (("civiel", ours), (side, theirs))
    ]  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(SCAN, min_size=1, max_size=4))
def test_gaps_are_those_of_setting_two_cells_side_by_side(given_scans: list[Any]) -> None:
    found = cooperation.gaps(learning_cases.of(PERIODS, coop_scan=scans(given_scans)), WHOLE)
    assert len(found) == len(given_scans) * len(cooperation.CONDITIONS)
    own = found[found["condition"].eq("taal")].set_index("scan_id")
    for at, (_, ours, theirs, _) in enumerate(given_scans):
        row = own.loc[f"zon--s{at}"]
        if None in (*ours, *theirs):  # a score, or how many gave it, is not there
            assert pd.isna(row["gap"])
        else:
            assert row["gap"] == ours[0] - theirs[0]
            assert row["civiel_raters_n"] == 5 * (ours[1] // 5)
    for _, pair in own.reset_index().groupby("other_side"):
        in_order = pair.sort_values(["date", "scan_id"])
        assert in_order["newest"].tolist() == [False] * (len(pair) - 1) + [True]
        for (_, before), (_, after) in pairwise(in_order.iterrows()):
            assert after["date_before"] == before["date"]
            assert (pd.isna(before["gap"]) and pd.isna(after["gap_before"])) or after["gap_before"] == before["gap"]


@pytest.mark.parametrize(
    ("clear", "ours", "theirs", "way"),
    [
        (2, 4, 2, "civiel_hoger"),
        (2, 2, 4, "civiel_lager"),
        (2, 3, 2, "gelijk"),
        (2, 2, 3, "gelijk"),
        (1, 3, 2, "civiel_hoger"),
        (4, 5, 1, "civiel_hoger"),
        (4, 5, 2, "gelijk"),
    ],
)
def test_a_gap_is_clear_from_so_many_points_on(clear: int, ours: int, theirs: int, way: str) -> None:
    rows = scans([(dt.date(2024, 3, 1), (ours, 12), (theirs, 12), "publiek")])
    answer = cooperation.learn(
        learning_cases.of(PERIODS, coop_scan=rows), Settings(learning=LearningSettings(clear_gap=clear))
    )
    assert value(answer, "coop_gaps_n", group_type="voorwaarde_taal", group_value=way)["value"] == 1


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=6))
def test_the_spread_of_gaps_counts_every_pair_once(scores: list[tuple[int, int]]) -> None:
    rows = [
        row | {"actor_id": f"zon--{at}", "scan_id": f"zon--s{at}"}
        for at, (ours, theirs) in enumerate(scores)
        for row in scans([(dt.date(2024, 3, 1), (ours, 12), (theirs, 12), "publiek")])
    ]
    answer = learning_cases.checked(cooperation.learn(learning_cases.of(PERIODS, coop_scan=rows), WHOLE))
    spread = answer.tables["coop_spread"]
    expected = [ours - theirs for ours, theirs in scores]
    assert dict(zip(spread["gap"], spread["pairs_n"], strict=True)) == {
        gap: expected.count(gap) for gap in set(expected)
    }
    told = answer.estimates.query("indicator_id == 'coop_gaps_n' and group_type == 'voorwaarde_taal'")
    assert told["value"].sum() == len(scores)
    assert set(told["n"]) == {len(scores)}


def test_two_scans_of_one_day_are_told_by_the_later_code() -> None:
    day = dt.date(2024, 3, 1)
    rows = scans([(day, (1, 12), (5, 12), "publiek"), (day, (4, 12), (5, 12), "publiek")])
    answer = cooperation.learn(learning_cases.of(PERIODS, coop_scan=rows), WHOLE)
    told = value(answer, "coop_gap", collective_id="zon", year="2024", group_type="voorwaarde_taal",
                 group_value="zon--a/publiek")  # fmt: skip
    assert told["value"] == 4 - 5


# Obstacles

FIRST = st.dates(dt.date(2022, 6, 1), dt.date(2024, 12, 31))
STOP = st.tuples(
    st.sampled_from(["civiel", "publiek", None]), st.sampled_from(["geld", "regels"]), FIRST,
    st.one_of(st.none(), st.integers(0, 700)), st.one_of(st.none(), st.integers(0, 40)),
)  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(st.lists(STOP, min_size=1, max_size=7))
def test_obstacles_of_a_year_are_counted_one_after_another(stops: list[Any]) -> None:
    rows = [
        {"obstacle_id": f"zon--o{at}", "collective_id": "zon", "side": side, "type": kind, "first_seen": str(first),
         "resolved_on": None if days is None else str(first + dt.timedelta(days=days)), "hours_lost": hours}
        for at, (side, kind, first, days, hours) in enumerate(stops)
    ]  # fmt: skip
    answer = learning_cases.checked(obstacles.learn(learning_cases.of(PERIODS, obstacle=rows), WHOLE))
    first, last = "2023-01-01", "2023-12-31"
    there = [row for row in rows if row["first_seen"] <= last and (row["resolved_on"] or "9") >= first]
    own = answer.estimates[answer.estimates["collective_id"].eq("zon")]
    assert own["period_end"].eq(pd.Timestamp(last)).any() == bool(there)
    if not there:
        return
    year = {"collective_id": "zon", "year": "2023"}
    assert value(answer, "obstacles_n", **year)["value"] == len(there)
    resolved = value(answer, "obstacles_resolved_n", **year)
    assert (resolved["value"], resolved["n"]) == (sum((row["resolved_on"] or "9") <= last for row in there), len(there))
    hours = [row["hours_lost"] for row in there if row["hours_lost"] is not None]
    told = value(answer, "obstacle_hours", **year)
    assert told["n"] == len(hours)
    assert told["value"] == sum(hours) if hours else pd.isna(told["value"])
    for side in ("civiel", "publiek"):
        n = sum(row["side"] == side for row in there)
        if n:
            assert value(answer, "obstacles_n", group_type="kant", group_value=side, **year)["value"] == n


def test_kinds_are_counted_over_all_only_and_those_of_a_side_add_up() -> None:
    base = {"collective_id": "zon", "first_seen": "2023-05-01", "side": "civiel"}
    rows = [base | {"obstacle_id": f"zon--o{at}", "type": kind} for at, kind in enumerate(["geld", "geld", "regels"])]
    answer = obstacles.learn(learning_cases.of(PERIODS, obstacle=rows), WHOLE)
    told = answer.estimates[answer.estimates["group_type"].eq("hindernis_civiel")]
    assert set(told["collective_id"]) == {""}
    assert told.set_index("group_value")["value"].to_dict() == {"geld": 2, "regels": 1}
    assert set(told["n"]) == {2 + 1}
    assert not answer.estimates["group_type"].str.startswith("hindernisfase").any()  # no stage was recorded


# Outcomes of experiments

ORDER = ("schade", "werkte_niet", "gestopt", "gepland", "loopt", "geen_verschil", "werkte_deels", "werkte", "verschil")


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["gepland", "loopt", "klaar", "gestopt", "mislukt_leerzaam"]),
    st.sets(st.sampled_from(["schade", "werkte_niet", "werkte_deels", "werkte"])),
    st.sets(st.sampled_from(["geen_verschil", "hoger", "lager", "niet_te_zien"])),
)
def test_the_outcome_is_the_first_in_order_of_what_is_known(status: str, told: set[str], seen: set[str]) -> None:
    rows = pd.DataFrame({"status": [status], "lessons": [";".join(sorted(told))], "verdicts": [";".join(sorted(seen))]})
    known = {*told, *({status} & {"gestopt", "gepland", "loopt"}), *({"geen_verschil"} & seen)}
    known |= {"werkte_niet"} if status == "mislukt_leerzaam" else set()
    known |= {"verschil"} if seen & {"hoger", "lager"} else set()
    expected = next((name for name in ORDER if name in known), trials.UNKNOWN)
    assert trials._outcome(rows).tolist() == [expected]


@pytest.mark.parametrize(
    ("planned", "status", "stopped", "result", "told", "overdue"),
    [
        ("2024-12-31", "loopt", None, None, "", True),
        ("2025-01-01", "loopt", None, None, "", False),  # it ends today
        (None, "loopt", None, None, "", False),  # without a planned end nothing is late
        ("2024-12-31", "gestopt", None, None, "", False),
        ("2024-12-31", "mislukt_leerzaam", None, None, "", False),
        ("2024-12-31", "klaar", None, None, "", True),  # finished, and nobody says with what
        ("2024-12-31", "loopt", "2024-06-01", None, "", False),
        ("2024-12-31", "loopt", None, "2024-06-01", "", False),
        ("2024-12-31", "loopt", None, None, "werkte", False),
    ],
)
def test_late_is_past_the_planned_end_without_a_stop_a_result_or_a_lesson(
    planned: Any, status: str, stopped: Any, result: Any, told: str, overdue: bool
) -> None:
    days = {name: pd.to_datetime(pd.Series([day], dtype="str"))
            for name, day in (("planned_end", planned), ("stopped_on", stopped), ("result_on", result))}  # fmt: skip
    rows = pd.DataFrame({"status": [status], "lessons": [told], **days})
    assert trials._overdue(rows, pd.Timestamp("2025-01-01")).tolist() == [overdue]


# The backlog

QUESTION: dict[str, Any] = {"collective_id": "", "group": 1, "text": "Wat?", "text_en": "What?", "state": "open"}
CELLS: dict[str, Any] = {
    "domain": "",
    "why": "x",
    "claims_n": 1,
    "collectives_n": 1,
    "first_year": 2023,
    "last_year": 2024,
}


def left(*rows: dict[str, Any], below: int = 5, bare: tuple[tuple[str, str], ...] = ()) -> pd.DataFrame:
    """List what is not known: each row is a question with what is known of it over all."""
    given_rows = [QUESTION | CELLS | {"rq_id": f"zon--q{at}", "text": f"Vraag {at}?", "status": "open"} | row
                  for at, row in enumerate(rows)]  # fmt: skip
    questions = pd.DataFrame(given_rows)
    grid = made([*given_rows, *({"rq_id": rq, "domain": name, "status": "niemand_meet"} for rq, name in bare)],
                "question_coverage")  # fmt: skip
    kept = questions[[*QUESTION, "rq_id", "status", "why"]].assign(
        proposed_by=[row.get("proposed_by") for row in given_rows]
    )
    return backlog.of(kept, grid, Settings(learning=LearningSettings(side_by_side_below=below)))


@pytest.mark.parametrize(
    ("status", "n", "size"),
    [
        ("niemand_meet", 0, backlog.LARGE),
        ("niemand_meet", 9, backlog.LARGE),
        ("open", 4, backlog.MIDDLE),
        ("open", 5, backlog.SMALL),  # as many as the setting says
        ("betwist", 9, backlog.MIDDLE),  # data that contradict are no small work
    ],
)
def test_the_size_of_the_work_is_by_status_and_collectives(status: str, n: int, size: str) -> None:
    assert left({"status": status, "collectives_n": n})["size"].tolist() == [size]


@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "zon"]), st.sampled_from(["bewoner", "collectief", "gemeente", "student", None]),
            st.sampled_from(["betwist", "open", "niemand_meet", "bekend"]), st.sampled_from(["open", "beantwoord"]),
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_the_order_is_whose_question_it_is_and_then_what_is_known(given_rows: list[Any]) -> None:
    names = ("collective_id", "proposed_by", "status", "state")
    found = left(*(dict(zip(names, row, strict=True)) for row in given_rows))
    kept = [row for row in given_rows if row[2] != "bekend" and row[3] == "open"]
    whose = ["bewoner", "collectief", "gemeente", "student", None]
    expected = sorted(
        (not owner, whose.index(who), ["betwist", "open", "niemand_meet"].index(status))
        for owner, who, status, _ in kept
    )
    told = [
        (not row["own"], whose.index(row["proposed_by"] or None),
         ["betwist", "open", "niemand_meet"].index(row["status"]))
        for _, row in found.iterrows()
    ]  # fmt: skip
    assert told == expected
    assert found["place"].tolist() == list(range(1, len(kept) + 1))


def test_questions_of_the_programme_in_the_same_words_stay_two() -> None:
    same = {"text": "Wie doet mee?"}
    assert len(left(same | {"rq_id": "a"}, same | {"rq_id": "b"})) == 2
    asked = left(same | {"collective_id": "zon"}, same | {"collective_id": "tuin", "text": " wie  DOET mee? "})
    assert asked["asked_by_n"].tolist() == [2]
    assert asked["collectives_n"].tolist() == [1 + 1]


def test_domains_that_nobody_measures_are_named() -> None:
    found = left({"rq_id": "q"}, bare=(("q", "welzijn"), ("q", "zeggenschap"), ("other", "gezondheid")))
    assert found["unmeasured"].tolist() == ["welzijn;zeggenschap"]


def test_when_all_is_known_there_is_no_backlog() -> None:
    assert left({"status": "bekend"}).empty


# Coverage and scales on a page


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(coverage.DOMAINS), st.one_of(st.none(), st.integers(1, 5)),
                          st.sampled_from(["NL", "PT", None])), min_size=1, max_size=8))  # fmt: skip
def test_every_collective_is_in_exactly_one_cell(places: list[tuple[str, int | None, str | None]]) -> None:
    names = [f"c{at}" for at in range(len(places))]
    about = {
        name: {"primary_domain": domain, "urbanity": one} for name, (domain, one, _) in zip(names, places, strict=True)
    }
    rows = [{"collective_id": name, "country": country} for name, (_, _, country) in zip(names, places, strict=True)]
    cases = learning_cases.of(dict.fromkeys(names, ("2024",)), about, collective=rows)
    answer = learning_cases.checked(coverage.learn(cases, WHOLE))
    table = answer.tables["coverage"]
    assert not table.duplicated(["country", "urbanity", "domain"]).any()
    listed = [name for cell in table["names"] if cell for name in cell.split(";")]
    assert sorted(listed) == sorted(name.title() for name in names)
    home = table[table["country"].eq("NL") & table["urbanity"].gt(0)]
    empty = value(answer, "coverage_empty_n")
    assert (empty["value"], empty["n"]) == (home["collectives_n"].eq(0).sum(), 8 * 5)
    kinds = answer.estimates[answer.estimates["group_type"].eq("plek")]
    assert kinds["value"].sum() == len(names)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ((), ""),
        ((("stedelijk", "ok"),), "stedelijk: 2,0% tot 9,0% (6 collectieven)."),
        ((("stedelijk", "voorbehoud"), ("landelijk", "ok")), "(6 collectieven); landelijk: 2,0% tot 9,0%"),
        ((("stedelijk", "niet_te_zien"),), ""),
    ],
)
def test_a_range_of_reach_is_told_per_kind_of_place_that_can_be_seen(page: Any, ranges: Any, expected: str) -> None:
    rows = [
        {"question": "places", "indicator_id": "reach_pct_in_place", "collective_id": "", "group_type": "plek",
         "group_value": place, "gate": gate, "ci_low": 2, "ci_high": 9, "n": 6, "gate_reason": ""}
        for place, gate in ranges
    ]  # fmt: skip
    cell = {"country": "NL", "urbanity": 3, "stratum": "tussenin", "domain": "welzijn"}
    grid = made([cell | {"domain": one} for one in coverage.DOMAINS], "coverage")
    found = text_of(coverage_page.section(page.content(*rows, learned={"coverage": grid})))
    assert expected in found
    assert ("Bereik onder bewoners" in found) == bool(expected)


def test_a_cell_names_three_collectives_and_counts_four(page: Any) -> None:
    cell = {"country": "NL", "urbanity": 3, "stratum": "tussenin"}
    full = {"welzijn": "A;B;C", "gezondheid": "A;B;C;D"}
    rows = [
        cell
        | {
            "domain": one,
            "names": full.get(one, ""),
            "collectives_n": len(full.get(one, "").split(";")) * (one in full),
        }
        for one in coverage.DOMAINS
    ]
    html = coverage_page.section(page.content(learned={"coverage": made(rows, "coverage")}))
    told = dict(row[:2] for row in rows_of(html))
    assert (told["Welzijn"], told["Gezondheid"], told["Leefomgeving"]) == ("A, B, C", "4 collectieven", "–")


def test_without_collectives_nothing_is_said_of_places(page: Any) -> None:
    content = page.content(collectives=page.collectives().iloc[:0])
    assert "vakken" not in text_of(coverage_page.section(content))


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ({"buurt": 1, "wijk": 3}, "schaal wijk: 3 van de 4"),
        ({"straat": 2}, "schaal straat: 2 van de 2"),
        ({"wijk": 2, "buurt": 2}, "schaal buurt: 2 van de 4"),  # of two the smaller scale is named
    ],
)
def test_a_matrix_of_scales_is_titled_by_the_scale_of_most(page: Any, counts: dict[str, int], title: str) -> None:
    rows = [
        {"collective_id": whose, "kind": "les", "scale": name, "domain": "welzijn", "items_n": n}
        for name, n in counts.items()
        for whose in ("", "tuin")  # a line per collective is not drawn
    ]
    (drawn,) = figures.scales(page.content(learned={"scale_topics": made(rows, "scale_topics")}))
    assert drawn.title.endswith(title)
    assert drawn.note == ""


def test_every_kind_of_record_has_a_matrix_of_its_own(page: Any) -> None:
    rows = [
        {"collective_id": "", "kind": kind, "scale": "wijk", "domain": "welzijn", "items_n": 1} for kind in scale.KINDS
    ]
    drawn = figures.scales(page.content(learned={"scale_topics": made(rows, "scale_topics")}))
    assert len(drawn) == len(scale.KINDS)
    assert len({one.title for one in drawn}) == len(scale.KINDS)
    assert learning.ACROSS == ""
