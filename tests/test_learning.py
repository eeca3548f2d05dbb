"""Learning across collectives: what questions get to see, and how their answers are put together."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from bt_analysis import answers, processed
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import cases as learning_cases
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS
from bt_analysis.instruments.rows import typed
from bt_analysis.schema import SchemaError
from bt_analysis.settings import Settings, Workspace

TODAY = dt.date(2026, 1, 31)
COLLECTIVES = pd.DataFrame(
    [("zon", "2023"), ("zon", "2024"), ("zon", "2023-2024"), ("tuin", "2024")], columns=["collective_id", "period"]
)
TOLD = {"collectives": COLLECTIVES, "estimates": pd.DataFrame(), "indicators": pd.DataFrame()}


def cases(**records: pd.DataFrame) -> learning.Cases:
    return learning.Cases(records, COLLECTIVES, pd.DataFrame(), pd.DataFrame(), TODAY)


def asked(monkeypatch: pytest.MonkeyPatch, *questions: SimpleNamespace) -> None:
    monkeypatch.setattr(learning, "QUESTIONS", questions)
    monkeypatch.setattr(learning, "LAST", ())
    monkeypatch.setattr(learning, "TABLES", tuple(name for one in questions for name in one.TABLES))


def question(answer: learning.Learned, *tables: str) -> SimpleNamespace:
    return SimpleNamespace(TABLES=tables, learn=lambda *_: answer)


def row(collective_id: str) -> dict[str, object]:
    return {
        "indicator_id": "lessons_n", "collective_id": collective_id, "period_start": "2024-01-01",
        "period_end": "2024-12-31", "population": "collectief", "value": 1.0, "unit": "aantal",
    }  # fmt: skip


def lessons(*owners: str) -> pd.DataFrame:
    return learning.told(pd.DataFrame([row(one) for one in owners]), question="lessons", method="count", source="own")


def test_a_table_that_nobody_keeps_has_its_columns_and_no_rows() -> None:
    table = cases().table("input")
    assert table.empty
    assert {"input_id", "collective_id", "raised_on"} <= set(table)


def test_a_table_that_is_none_of_the_model_is_refused() -> None:
    with pytest.raises(KeyError, match="inputs"):
        cases().table("inputs")


def test_the_longest_period_of_each_collective_is_its_whole() -> None:
    whole = cases().whole.set_index("collective_id")
    assert whole["period"].to_dict() == {"tuin": "2024", "zon": "2023-2024"}
    assert whole.loc["zon", "period_start"] == pd.Timestamp(2023, 1, 1)
    assert cases().span == (pd.Timestamp(2023, 1, 1), pd.Timestamp(2024, 12, 31))
    assert cases().ids == ["tuin", "zon"]


def test_every_period_has_its_days() -> None:
    periods = cases().periods
    assert len(periods) == 4
    assert periods.loc[periods["period"].eq("2023"), "period_end"].tolist() == [pd.Timestamp(2023, 12, 31)]


def test_rows_of_a_question_are_estimates_without_working_columns() -> None:
    told = lessons("zon")
    assert told.columns.tolist() == ESTIMATE_COLUMNS
    assert told["claim_id"].str.fullmatch("[0-9a-f]{12}").all()
    assert learning.nothing().columns.tolist() == ESTIMATE_COLUMNS
    assert learning.nothing().empty


def test_answers_come_together_and_tables_that_nobody_made_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    events = learning.made([{"collective_id": "zon", "experiment_id": "zon--1", "event_id": "1"}], "experiment_events")
    one = question(learning.Learned(lessons("zon", learning.ACROSS)))
    told = learning.Learned(learning.nothing(), {"experiment_events": events}, {"seen": events})
    asked(monkeypatch, one, question(told, "experiment_events", "experiments"))
    answer = learning.learn(cases(), Settings())
    assert answer.estimates["collective_id"].tolist() == ["zon", ""]
    assert len(answer.tables["experiment_events"]) == 1
    assert answer.tables["experiments"].empty
    assert "declared" in answer.tables["experiments"]
    assert list(answer.remember) == ["seen"]


def test_what_is_about_all_together_is_told_of_bundles_only() -> None:
    about_all = pd.DataFrame({"rq_id": ["1"]})
    both = pd.DataFrame({"collective_id": ["zon", learning.ACROSS]})
    kept = learning.of_collectives(
        learning.Learned(lessons("zon", learning.ACROSS), {"all": about_all, "both": both}, {"seen": both})
    )
    assert kept.estimates["collective_id"].tolist() == ["zon"]
    assert kept.tables["all"].empty
    assert kept.tables["all"].columns.tolist() == ["rq_id"]
    assert kept.tables["both"]["collective_id"].tolist() == ["zon"]
    assert len(kept.remember["seen"]) == 2


def test_no_collective_is_nothing_to_learn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch, SimpleNamespace(TABLES=("experiments",), learn=None))
    empty = {**TOLD, "collectives": COLLECTIVES.iloc[:0]}
    answer = answers.learned({}, empty, Settings(), TODAY, {})
    assert answer.estimates.empty
    assert answer.tables["experiments"].empty


def seen_by_a_question(monkeypatch: pytest.MonkeyPatch, records: dict[str, pd.DataFrame]) -> learning.Cases:
    """Return the cases that questions get of these records."""
    seen: list[learning.Cases] = []

    def learn(given: learning.Cases, _: Settings) -> learning.Learned:
        seen.append(given)
        return learning.Learned(learning.nothing())

    asked(monkeypatch, SimpleNamespace(TABLES=(), learn=learn))
    answers.learned(records, TOLD, Settings(), TODAY, {"statuses": COLLECTIVES})
    return seen[0]


def test_questions_do_not_see_what_people_wrote_without_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    one: dict[str, object] = {"lesson_id": "zon--1", "collective_id": "zon", "valence": "werkte"}
    other: dict[str, object] = {"lesson_id": "zon--2", "collective_id": "zon", "valence": "schade"}
    written = [one | {"context": "In de flat", "text_consent": True}, other | {"context": "Bij ons thuis"}]
    table = seen_by_a_question(monkeypatch, {"lesson": typed(written, "lesson")}).table("lesson")
    assert table["context"].tolist()[0] == "In de flat"
    assert pd.isna(table["context"].tolist()[1])
    assert table["valence"].tolist() == ["werkte", "schade"]  # that it did harm is told all the same


def test_questions_do_not_see_measures_of_few_people(monkeypatch: pytest.MonkeyPatch) -> None:
    saving = {"collective_id": "zon", "outcome": "minder gas", "toc_link_id": "a", "effect_mid": 3}
    told = [saving | {"saving_id": "zon--1", "n": 9}, saving | {"saving_id": "zon--2", "n": 10}]
    table = seen_by_a_question(monkeypatch, {"saving_claim": typed(told, "saving_claim")}).table("saving_claim")
    assert table["n"].isna().tolist() == [True, False]
    assert table["effect_mid"].isna().tolist() == [True, False]
    assert table["n_missing_reason"].tolist()[0] == "suppressed"


@pytest.mark.parametrize("name", ["participation", "contribution", "measurement", "survey_wave"])
def test_questions_see_no_measure_of_tables_whose_counts_add_up(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given = {
        "participation": {"activity_id": "zon--1", "period_start": "2024-01-01", "contacts_n": 900, "unique_n": 300},
        "contribution": {"contribution_id": "zon--1", "activity_id": "zon--1", "persons_n": 40, "hours": 400.0},
        "measurement": {"measurement_id": "zon--1", "indicator_id": "i", "value": 40.0, "n_valid": 200},
        "survey_wave": {"wave_id": "zon--1", "collective_id": "zon", "start": "2024-05-01", "responded_n": 200},
    }[name]
    table = seen_by_a_question(monkeypatch, {name: typed([given], name)}).table(name)
    for measure in {"contacts_n", "unique_n", "persons_n", "hours", "value", "n_valid", "responded_n"} & set(table):
        assert table[measure].isna().all(), measure
    assert len(table) == 1


def test_microdata_do_not_reach_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = typed([{"wave_id": "w", "respondent_key": "a", "item_code": "q1", "answer": "ja"}], "response_item")
    seen = seen_by_a_question(monkeypatch, {"response_item": answered, "activity_made": COLLECTIVES})
    assert seen.table("response_item").empty
    assert set(seen.records) == set()
    assert len(seen.earlier["statuses"]) == 4


def test_made_gives_exactly_the_fields_of_the_schema() -> None:
    table = learning.made([{"collective_id": "zon", "experiment_id": "e", "event_id": "1", "date": "2024-02-01"}],
                          "experiment_events")  # fmt: skip
    assert table["text"].tolist() == [""]
    assert table["date"].tolist() == [pd.Timestamp(2024, 2, 1)]
    assert not [name for name in table if str(name).endswith("_missing_reason")]
    with pytest.raises(SchemaError):
        learning_cases.made([], "no_such_table")


def test_what_is_remembered_comes_back_per_scope(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert processed.remembered(workspace, "across") == {}
    processed.remember(workspace, "across", {"statuses": COLLECTIVES})
    processed.remember(workspace, "build", {"other": COLLECTIVES.iloc[:1]})
    assert list(processed.remembered(workspace, "across")) == ["statuses"]
    pd.testing.assert_frame_equal(processed.remembered(workspace, "across")["statuses"], COLLECTIVES)
    assert len(processed.remembered(workspace, "build")["other"]) == 1
