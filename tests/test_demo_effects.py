"""Shared figures of the demonstration: what is planted is in the records, and is found by putting them together."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import shared
from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import Collective, plan
from bt_analysis.demo.learning import conditions, effects
from bt_analysis.instruments import measures
from bt_analysis.settings import Settings
from tests.shared_figures import cases

SEED = 20260101


@pytest.fixture(scope="module")
def collectives() -> list[Collective]:
    return plan(municipality.draw(SEED), 24)


def rows_of(collectives: list[Collective], seed: int = SEED) -> pd.DataFrame:
    parts = [effects.tables(one, seed).get("measurement", pd.DataFrame()) for one in collectives]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def as_figures(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Figures as a report has them of these records."""
    how = {"aselect": "random sample", "census_van_groep": "everybody was asked", "zelfselectie": "self-selected"}
    shipped = measures.shipped().set_index("indicator_id")["unit"]
    return [
        {
            "question": "measurements", "indicator_id": row["indicator_id"], "collective_id": row["collective_id"],
            "period_start": "2023-01-01", "period_end": "2024-12-31", "population": row["population"],
            "group_type": f"meting:{row['collective_id']}--{row['measurement_id']}",
            "group_label": f"{row['measured_on']:%Y-%m-%d}", "value": row["value"], "ci_low": row.get("ci_low"),
            "ci_high": row.get("ci_high"), "n": row["n_valid"], "unit": shipped[row["indicator_id"]],
            "method": how[row["method"]], "source": "collective: measurement",
            "gate": "voorbehoud" if row["method"] == "zelfselectie" else "ok",
            "gate_reason": "self_selected" if row["method"] == "zelfselectie" else "",
        }
        for row in rows.to_dict("records")
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_figures(collectives: list[Collective]) -> None:
    pd.testing.assert_frame_equal(rows_of(collectives), rows_of(collectives))
    assert not rows_of(collectives)["value"].equals(rows_of(collectives, 7)["value"])


def test_figures_are_before_and_after_with_one_instrument(collectives: list[Collective]) -> None:
    rows = rows_of(collectives)
    assert set(rows["indicator_id"]) == {effects.COHESION, effects.HEALTH}
    assert set(rows["indicator_id"]) <= set(measures.shipped()["indicator_id"])
    assert (rows.groupby(["collective_id", "indicator_id"])["measured_on"].nunique() == 2).all()
    assert rows.groupby("collective_id")["measurement_id"].nunique().eq(rows.groupby("collective_id").size()).all()
    means = rows[rows["indicator_id"].eq(effects.COHESION)]
    assert means["ci_low"].le(means["value"]).all()
    assert means["ci_high"].ge(means["value"]).all()
    shares = rows[rows["indicator_id"].eq(effects.HEALTH)]
    np.testing.assert_allclose(shares["value"], 100 * shares["numerator"] / shares["n_valid"], atol=0.05)


def test_not_every_kind_measures_and_none_asked_more_people_than_it_has(collectives: list[Collective]) -> None:
    kinds = {one.collective_id: one.archetype for one in collectives}
    rows = rows_of(collectives)
    measuring = {kinds[name]["slug"] for name in rows["collective_id"]}
    assert len({one["slug"] for one in kinds.values()} - measuring) >= 2
    assert (rows["n_valid"] <= rows["collective_id"].map(lambda name: kinds[name]["people"])).all()
    silent = next(one for one in collectives if one.archetype["slug"] == "paraat")
    assert effects.tables(silent, SEED) == effects.truth(silent, SEED) == {}


def test_the_truth_tells_what_is_planted(collectives: list[Collective]) -> None:
    for one in collectives:
        known = effects.truth(one, SEED).get("shared")
        if known and effects.COHESION in known["changes"]:
            rise = known["changes"][effects.COHESION]
            assert rise == pytest.approx(effects.rise(one, SEED), abs=0.001)
            if one.collective_id == effects.EXCEPTION:
                assert rise == effects.FALL
            else:
                planted = effects.WITH if conditions.there(one, effects.MODERATOR) else effects.WITHOUT
                assert abs(rise - planted) < 4 * effects.SPREAD


def table(answer: Any, name: str) -> Any:
    return answer.tables[name]


def learned(collectives: list[Collective]) -> Any:
    rows = as_figures(rows_of(collectives))
    recorded = [conditions.tables(one, SEED).get("case_condition", pd.DataFrame()) for one in collectives]
    fields = ("collective_id", "condition_code", "period", "value")
    kept = [{name: row[name] for name in fields} for table in recorded for row in table.to_dict("records")]
    indicators = measures.shipped()[["indicator_id", "instrument_id", "unit"]]
    given = cases(rows, [one.collective_id for one in collectives], indicators=indicators, case_condition=kept)
    return shared.learn(given, Settings())


def test_of_twenty_four_the_rise_the_condition_and_the_exception_are_found(collectives: list[Collective]) -> None:
    answer = learned(collectives)
    families = table(answer, "shared_effects").set_index(["kind", "indicator_id"])
    rise = families.loc[("verandering", effects.COHESION)]
    assert rise["stage"] == "samen"
    assert rise["conclusion"] in ("gemiddeld", "ook_nieuw")
    slopes = table(answer, "pooled_moderators").query("indicator_id == @effects.COHESION").set_index("moderator")
    assert slopes.loc[effects.MODERATOR, "p_holm"] < 0.05
    assert slopes.loc[effects.MODERATOR, "slope"] > 0
    assert (slopes.drop(index=effects.MODERATOR)["p_holm"] > 0.05).all()
    rows = table(answer, "pooled").query("kind == 'verandering' and exception")
    assert rows["of_collective"].tolist() == [effects.EXCEPTION]


def test_of_twenty_four_the_planted_absence_is_unknown(collectives: list[Collective]) -> None:
    families = table(learned(collectives), "shared_effects").set_index(["kind", "indicator_id"])
    health = families.loc[("verandering", effects.HEALTH)]
    assert health["collectives_n"] >= 10
    assert health["conclusion"] == "onbekend"


def test_of_eight_nothing_is_put_together(collectives: list[Collective]) -> None:
    families = table(learned(collectives[:8]), "shared_effects").set_index(["kind", "indicator_id"])
    assert families.loc[("verandering", effects.COHESION), "stage"] == "punten"
    assert families.loc[("verandering", effects.HEALTH), "stage"] == "naast_elkaar"
    assert families["conclusion"].eq("").all()


def test_who_chose_to_answer_shows_no_change(collectives: list[Collective]) -> None:
    left = table(learned(collectives), "not_pooled")
    assert set(left["reason"]) == {"chose_to_answer"}
    assert left["of_collective"].str.startswith("huis").all()
