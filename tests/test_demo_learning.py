"""Twenty-four collectives from their files to the report: what was planted is found, and what was not is not claimed.

What is true stands in truth.json, which the demonstration writes beside the files; nothing of it is typed here.
"""

import ast
import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from bt_analysis.analysis.learning.patterns import found
from bt_analysis.pages import content, coverage, failures, patterns, selection, shared, theory
from bt_analysis.pages.content import Content
from tests.html_text import text_of

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
FULL = bool(os.environ.get("BT_FULL"))
KINDS = ("energie", "tafel", "stoep", "paraat", "huis", "beweging", "panel", "repareer")
Truth = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def truth(built_demo_24: Path) -> Truth:
    """Return what is true of each collective that gave a bundle."""
    known: Truth = json.loads((built_demo_24 / "truth.json").read_text(encoding="utf-8"))["collectives"]
    bundles = table(built_demo_24, "bundles")["collective_id"]
    assert len(known) == 24
    assert len(known) - bundles.nunique() == 1  # one did not agree
    return {name: one for name, one in known.items() if name in set(bundles)}


@pytest.fixture(scope="module")
def report(built_demo_24: Path) -> Content:
    return content.of_all(built_demo_24, "nl")


@pytest.fixture(scope="module")
def planted(truth: Truth) -> Any:
    """Return what is planted in the conditions; every collective that keeps them tells the same."""
    told = [one["conditions"] for one in truth.values() if "conditions" in one]
    assert all(one == told[0] for one in told)
    return told[0]


def table(root: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(root / "data" / "processed" / "across" / f"{name}.parquet")


def figures_of(report: Content, question: str, indicator_id: str, **where: Any) -> Any:
    """Return the only estimate about all collectives that fits."""
    rows = report.rows(question, indicator_id, **{"collective_id": ""} | where)
    assert len(rows) == 1, f"{len(rows)} rows of {indicator_id} fit {where}"
    return rows.iloc[0]


# Patterns


def test_the_planted_pattern_is_found_and_claimed(built_demo_24: Path, report: Content, planted: Any) -> None:
    outcome, condition = planted["pattern"]["outcome"], planted["pattern"]["condition"]
    tests = table(built_demo_24, "pattern_tests")
    claimed = tests[tests["claimed"]]
    # This one, and nothing else.
    assert claimed[["outcome", "pattern"]].to_numpy().tolist() == [[outcome, condition]]
    one = claimed.iloc[0]
    assert one["p_all"] <= report.settings.learning.level
    assert one["p_without"] <= report.settings.learning.level
    assert one["flips_without"] == ""
    # Chances are for all outcomes together: two.
    assert one["p_all"] == pytest.approx(2 * one["p"])
    assert found(report.learned)["pattern"].tolist() == [condition]
    estimate = figures_of(report, "patterns", "pattern_p", group_value=f"{outcome}:{condition}")
    assert (estimate["gate"], estimate["gate_reason"]) == ("voorbehoud", "pattern_no_cause")


def test_counts_of_the_pattern_are_those_of_the_files(built_demo_24: Path, planted: Any) -> None:
    outcome, condition = planted["pattern"]["outcome"], planted["pattern"]["condition"]
    wide = table(built_demo_24, "pattern_cases").pivot(index="collective_id", columns="code", values="value")
    tests = table(built_demo_24, "pattern_tests").set_index(["outcome", "pattern"])
    there = wide[condition].eq(1)
    assert list(tests.loc[(outcome, condition), ["in_n", "in_with_n", "out_n", "out_with_n"]]) == [
        there.sum(), wide.loc[there, outcome].sum(), (~there).sum(), wide.loc[~there, outcome].sum(),
    ]  # fmt: skip


def test_the_planted_non_effect_is_unknown(built_demo_24: Path, report: Content, planted: Any) -> None:
    outcome, condition = planted["no_effect"]["outcome"], planted["no_effect"]["condition"]
    verdicts = table(built_demo_24, "pattern_verdicts").set_index(["outcome", "condition"])
    assert list(verdicts.loc[(outcome, condition), ["verdict", "reason"]]) == ["niet_te_zien", "toeval"]
    estimate = figures_of(report, "patterns", "pattern_p", group_value=f"{outcome}:{condition}")
    assert estimate["gate"] == "niet_te_zien"


def test_of_an_outcome_that_depends_on_nothing_nothing_is_known(built_demo_24: Path, planted: Any) -> None:
    verdicts = table(built_demo_24, "pattern_verdicts")
    own = verdicts[verdicts["outcome"].eq(planted["no_pattern_at_all"])]
    assert len(own) > 0
    assert set(own["verdict"]) == {"niet_te_zien"}


def test_the_planted_contradiction_is_flagged_with_who_it_is(
    built_demo_24: Path, report: Content, planted: Any
) -> None:
    outcome = planted["pattern"]["outcome"]
    rows = table(built_demo_24, "pattern_configurations")
    flagged = rows[rows["outcome"].eq(outcome) & rows["contradictory"]]
    sides = [(set(row["cases_with"].split(";")), set(row["cases_without"].split(";"))) for _, row in flagged.iterrows()]
    one, other = planted["contradiction"]
    assert any((one in a and other in b) or (one in b and other in a) for a, b in sides)
    told = text_of(patterns.section(report))
    names = report.collectives.drop_duplicates("collective_id").set_index("collective_id")["name"]
    assert names[one] in told
    assert names[other] in told


def test_what_was_seen_after_the_outcome_is_marked(built_demo_24: Path, planted: Any) -> None:
    cases = table(built_demo_24, "pattern_cases")
    late = cases.loc[cases["late"], ["collective_id", "code"]]
    assert late.to_numpy().tolist() == [planted["late"]]


def test_solutions_of_all_kinds_and_both_outcomes_are_there(built_demo_24: Path, planted: Any) -> None:
    rows = table(built_demo_24, "pattern_solutions")
    own = rows[rows["outcome"].eq(planted["pattern"]["outcome"])]
    assert set(zip(own["kind"], own["absent"], strict=True)) == {
        (kind, absent) for kind in ("conservative", "parsimonious", "intermediate") for absent in (False, True)
    }
    assert own["complete"].all()
    stays = table(built_demo_24, "pattern_robustness")
    assert {"incl_cut", "dropped"} <= set(stays["change"])


# Shared figures


def test_the_planted_change_is_found_and_says_what_a_next_place_would_see(report: Content, truth: Truth) -> None:
    told = [one["shared"] for one in truth.values() if "shared" in one]
    moved = {name for one in told for name in one["changes"]} - {told[0]["no_effect"]}
    assert len(moved) == 1
    indicator_id = moved.pop()
    true = [one["changes"][indicator_id] for one in told if indicator_id in one["changes"]]
    kind = {"group_type": "verandering:deelnemers"}
    mean = figures_of(report, "shared", indicator_id, group_value="gemiddelde", **kind)
    following = figures_of(report, "shared", indicator_id, group_value="nieuw", **kind)
    assert mean["n"] == len(true)
    # The true mean of these collectives lies in the interval, and 0 does not.
    assert mean["ci_low"] <= sum(true) / len(true) <= mean["ci_high"]
    assert mean["ci_low"] > 0
    # What one place sees varies more than the mean does; which prediction interval it is, is named.
    assert following["ci_high"] - following["ci_low"] > 2 * (mean["ci_high"] - mean["ci_low"])
    assert "prediction interval" in following["method"]
    inside = [following["ci_low"] <= one <= following["ci_high"] for one in true]
    assert sum(inside) >= 0.8 * len(inside)
    assert "Hartung-Knapp" in mean["method"]
    assert figures_of(report, "shared", indicator_id, group_value="holm", **kind)["value"] <= 0.05


def test_what_is_more_where_a_condition_is_there_is_found(report: Content, truth: Truth) -> None:
    means = next(one["shared"] for one in truth.values() if "shared" in one)["means"]
    rows = report.learned["pooled_moderators"].set_index(["indicator_id", "moderator"])
    changes = next(one["shared"] for one in truth.values() if len(one.get("shared", {}).get("changes", {})) == 2)
    indicator_id = next(name for name in changes["changes"] if name != changes["no_effect"])
    own = rows.loc[(indicator_id, means["moderator"])]
    assert own["low"] <= means["with"] - means["without"] <= own["high"]
    assert own["p_holm"] <= 0.05
    others = rows.drop((indicator_id, means["moderator"]))
    assert (others["p_holm"] > 0.05).all()


def test_no_change_on_average_is_unknown(report: Content, truth: Truth) -> None:
    told = next(one["shared"] for one in truth.values() if "shared" in one)
    kind = {"group_type": "verandering:deelnemers"}
    mean = figures_of(report, "shared", told["no_effect"], group_value="gemiddelde", **kind)
    assert mean["ci_low"] < 0 < mean["ci_high"]
    effects = report.learned["shared_effects"]
    own = effects[effects["kind"].eq("verandering") & effects["indicator_id"].eq(told["no_effect"])]
    assert own["conclusion"].tolist() == ["onbekend"]


def test_the_one_that_went_the_other_way_is_told(report: Content, truth: Truth) -> None:
    told = next(one["shared"] for one in truth.values() if "shared" in one)
    rows = report.learned["pooled"]
    exceptions = rows[rows["kind"].eq("verandering") & rows["exception"]]
    assert exceptions["of_collective"].unique().tolist() == [told["means"]["exception"]]


# Theory of change


def test_arrows_have_the_status_that_was_planted(report: Content, truth: Truth) -> None:
    together = next(one["theory"]["together"] for one in truth.values())
    arrows = report.learned["arrows"]
    own = arrows[arrows["collective_id"].eq("")].set_index("arrow_id")
    assert own.loc[list(together), "status"].to_dict() == together
    assert {"gesteund", "betwist", "weerlegd"} <= set(together.values())
    known = next(one["theory"] for one in truth.values())
    assert own.index[own["contradicted"]].tolist() == known["contradicted"]
    assert set(known["outdated"]) <= set(own.index[own["outdated"]])
    for name in known["contradicted"]:
        assert own.loc[name, "for_n"] > 0
        assert own.loc[name, "against_n"] > 0
    assert text_of(theory.contradictions(report)) != ""


# What came in


def test_inputs_are_counted_as_they_were_planted(built_demo_24: Path, truth: Truth) -> None:
    kept = {name: one["inputs"] for name, one in truth.items() if "inputs" in one}
    assert 48 in {one["n"] for one in kept.values()}
    estimates = table(built_demo_24, "estimates")
    rows = estimates[estimates["question"].eq("inputs") & estimates["group_type"].eq("")]
    whole = rows.assign(days=rows["period_end"] - rows["period_start"]).sort_values("days")
    last = whole.drop_duplicates(["collective_id", "indicator_id"], keep="last")
    counted = last.pivot(index="collective_id", columns="indicator_id", values="value")
    names = {
        "inputs_n": "n", "inputs_executed_n": "executed", "inputs_unanswered_n": "unanswered",
        "inputs_silent_n": "silent", "inputs_rejected_explained_n": "rejected_explained",
    }  # fmt: skip
    for name, one in kept.items():
        told = {key: counted.loc[name, indicator_id] for indicator_id, key in names.items()}
        assert told == {key: one[key] for key in told}, name
    assert counted.loc["", "inputs_n"] == sum(one["n"] for one in kept.values())


# Lessons and who is not in it


def test_collectives_that_write_down_only_successes_are_warned(report: Content, truth: Truth) -> None:
    kept = {name: one["lessons"] for name, one in truth.items() if "lessons" in one}
    only_successes = {name for name, one in kept.items() if one["negative_n"] == 0}
    assert only_successes
    warned = report.learned["lesson_warnings"]
    assert only_successes <= set(warned.loc[warned["warning"].eq("no_negative"), "collective_id"])
    total = sum(one["lessons_n"] for one in kept.values())
    assert figures_of(report, "lessons", "lessons_n", group_type="")["value"] == total
    negative = sum(one["negative_n"] for one in kept.values())
    assert figures_of(report, "lessons", "lessons_negative_n", group_type="")["value"] == negative
    assert text_of(failures.section(report)) != ""


def test_who_declined_is_printed_with_every_claim(report: Content, truth: Truth) -> None:
    asked = sum(one["selection"]["asked"] for one in truth.values() if "selection" in one)
    taking = sum(one["selection"]["take_part"] for one in truth.values() if "selection" in one)
    assert figures_of(report, "selection", "approached_n", group_type="")["value"] == asked
    counted = figures_of(report, "selection", "approached_n", group_type="gevraagd", group_value="doet_mee")
    assert counted["value"] == taking
    # The whole warning stands once, in section 2; with each claim after it stand the numbers and the way there.
    assert selection.warning(report) in text_of(coverage.section(report))
    told = text_of(selection.again(report))
    assert "zeiden nee" in told
    for page in (patterns.section(report), shared.section(report)):
        assert told in text_of(page)


# The pages


def run(notebook: str, given: dict[str, str]) -> dict[str, str]:
    """Run the cells of a report's notebook in this process; return what each shows."""
    space: dict[str, Any] = {}
    shown = {}
    for cell in nbformat.read(NOTEBOOKS / notebook, 4).cells:  # type: ignore[no-untyped-call]
        if cell.cell_type != "code":
            continue
        lines = ast.parse(cell.source).body
        last = lines.pop() if isinstance(lines[-1], ast.Expr) else None
        exec(compile(ast.Module(lines, []), notebook, "exec"), space)  # noqa: S102  our own notebook
        if "parameters" in cell.metadata.get("tags", []):
            space |= given
        if isinstance(last, ast.Expr):
            shown[cell.source] = str(eval(compile(ast.Expression(last.value), notebook, "eval"), space))  # noqa: S307
    return shown


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_section_across_is_made(built_demo_24: Path, lang: str) -> None:
    shown = run("report_across.ipynb", {"workspace": str(built_demo_24), "lang": lang})
    assert len(shown) > 30
    assert not [source for source, html in shown.items() if "Traceback" in html or ">nan<" in html]


@pytest.mark.parametrize("turn", [0, 1] if FULL else [0])
@pytest.mark.parametrize(("number", "kind"), list(enumerate(KINDS)))
def test_every_section_of_a_collective_is_made(built_demo_24: Path, number: int, kind: str, turn: int) -> None:
    # One of each kind, half of them in each language: some keep nothing of what a section is about.
    lang, collective_id = ("nl", "en")[(number + turn) % 2], f"{kind}-02"
    period = content.periods(built_demo_24)[collective_id][-1]
    given = {"workspace": str(built_demo_24), "collective_id": collective_id, "period": period, "lang": lang}
    shown = run("report_collective.ipynb", given)
    assert len(shown) > 30
    assert not [source for source, html in shown.items() if "Traceback" in html or ">nan<" in html]
