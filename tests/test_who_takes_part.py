"""Who is not in it: requests to take part counted by answer, and the warning that goes with every claim."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import counting, selection
from bt_analysis.pages.selection import answers, warning
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.learning_cases import value

TWO = {"zon": ("2023", "2024", "2023-2024"), "tuin": ("2024",)}
ASKED = (
    {"approach_id": "zon--1", "party_type": "collectief", "date": "2023-03-01", "response": "doet_mee"},
    {"approach_id": "zon--2", "party_type": "Bewonerscollectief", "date": "2023-04-01", "response": "weigert",
     "reason": "geen tijd"},
    {"approach_id": "zon--3", "party_type": "collectief", "date": "2024-04-01", "response": "weigert",
     "reason": "geen tijd"},
    {"approach_id": "zon--4", "party_type": "gemeente", "date": "2024-05-01", "response": "geen_antwoord"},
    {"approach_id": "tuin--1", "collective_id": "tuin", "date": "2024-06-01", "response": "stopt"},
)  # fmt: skip


def learnt(*rows: dict[str, Any], **more: Any) -> learning.Learned:
    cases = learning_cases.of(TWO, selection_register=rows, **more)
    return learning_cases.checked(selection.learn(cases, Settings()))


def test_requests_are_counted_by_answer_over_all_and_per_collective_and_year() -> None:
    answer = learnt(*ASKED)
    assert value(answer, "approached_n")["value"] == 1 + 2 + 1 + 1
    assert value(answer, "approached_n", group_type="gevraagd", group_value="weigert")["value"] == 2
    refused = value(answer, "approached_n", collective_id="zon", year="2023", group_type="gevraagd",
                    group_value="weigert")  # fmt: skip
    assert (refused["value"], refused["n"], refused["n_unit"]) == (1, 2, "requests")  # one of the two of that year
    whole = value(answer, "approached_n", collective_id="zon", year="2023-2024")
    assert whole["value"] == 4


def test_collectives_are_told_apart_from_other_parties_and_from_unknown_ones() -> None:
    answer = learnt(*ASKED)
    of_collectives = value(answer, "approached_n", group_type="gevraagd_collectief", group_value="weigert")
    assert (of_collectives["value"], of_collectives["n"]) == (2, 3)
    assert value(answer, "approached_n", group_type="gevraagd_andere_partij", group_value="geen_antwoord")["value"] == 1
    assert value(answer, "approached_n", group_type="gevraagd_onbekend", group_value="stopt")["value"] == 1


def test_a_request_counts_once_by_its_last_version() -> None:
    first = {"approach_id": "zon--1", "party_type": "collectief", "date": "2023-03-01", "version": 1}
    answer = learnt({**first, "response": "stopt", "version": 2}, {**first, "response": "doet_mee"})
    assert value(answer, "approached_n")["value"] == 1
    assert value(answer, "approached_n", group_type="gevraagd", group_value="stopt")["value"] == 1


def test_reasons_are_counted_per_kind_of_party() -> None:
    table = learnt(*ASKED).tables["selection"]
    together = table[table["collective_id"].eq("") & table["reason"].eq("geen tijd")]
    assert together[["party", "response", "requests_n"]].to_numpy().tolist() == [["collectief", "weigert", 2]]
    assert table.loc[table["collective_id"].eq("tuin"), ["party", "reason"]].to_numpy().tolist() == [["onbekend", ""]]


def test_collectives_that_stopped_are_counted_of_those_that_said_how_far_they_are() -> None:
    known = [{"collective_id": "zon", "lifecycle": "gestopt"}, {"collective_id": "tuin", "lifecycle": "lopend"}]
    row = value(learnt(*ASKED, collective=known), "stopped_collectives_n")
    assert (row["value"], row["n"], row["n_unit"]) == (1, 2, "collectives")


def test_a_register_that_nobody_keeps_is_no_answer() -> None:
    answer = learnt()
    assert answer.estimates.empty
    assert answer.tables["selection"].empty


# The warning


def told(page: Any, counts: dict[str, int], kind: str = "gevraagd_collectief", lang: str = "nl", stop: int = 0) -> str:
    rows = [
        {"question": "selection", "indicator_id": "approached_n", "collective_id": "", "group_type": kind,
         "group_value": answer, "value": n} for answer, n in counts.items()
    ]  # fmt: skip
    stopped = {"question": "selection", "indicator_id": "stopped_collectives_n", "collective_id": "", "value": stop}
    return warning(page.content(*rows, *([stopped] if stop else []), lang=lang))


def test_the_warning_counts_who_does_not_take_part(page: Any) -> None:
    counts = {"doet_mee": 8, "weigert": 12, "stopt": 4, "geen_antwoord": 7}
    assert told(page, counts) == (
        "Collectieven zijn 31 keer gevraagd om mee te doen: 8 doen mee, 12 zeiden nee, 4 stopten later, "
        "7 gaven geen antwoord. Dat kan het beeld vertekenen."
    )
    assert told(page, counts, lang="en").startswith("Collectives were asked 31 times to take part: 8 take part, 12")


def test_the_warning_without_collectives_is_about_parties(page: Any) -> None:
    assert told(page, {"weigert": 1}, "gevraagd") == (
        "Partijen zijn 1 keer gevraagd om mee te doen: 1 zei nee. Dat kan het beeld vertekenen."
    )


@pytest.mark.parametrize(
    ("stop", "sentence"), [(1, " 1 collectief in dit rapport is gestopt."), (3, " 3 collectieven in dit rapport zijn")]
)
def test_the_warning_says_who_stopped_though_in_the_report(page: Any, stop: int, sentence: str) -> None:
    assert sentence in told(page, {"doet_mee": 2}, stop=stop)
    assert sentence in told(page, {}, stop=stop)


def test_the_warning_says_when_nobody_keeps_who_was_asked(page: Any) -> None:
    assert warning(page.content()) == ("Wie niet mee wilde doen is niet bijgehouden. Dat kan het beeld vertekenen.")


def test_every_answer_has_words_for_one_and_for_more(page: Any) -> None:
    for n in (1, 2):
        parts = answers(page.content(), dict.fromkeys(selection.ANSWERS, n)).split(", ")
        assert len(parts) == 4
        assert all(part.startswith(f"{n} ") for part in parts)


# Counting


def test_a_row_without_a_day_is_only_in_the_longest_period() -> None:
    cases = learning_cases.of(TWO)
    rows = pd.DataFrame({"collective_id": ["zon"], "day": pd.Series([pd.NaT], dtype="datetime64[us]")})
    found = counting.everywhere(rows, cases, "day")
    assert found["collective_id"].tolist() == ["zon", ""]
    assert found["period_start"].tolist() == [pd.Timestamp("2023-01-01")] * 2
    assert found["period_end"].tolist() == [pd.Timestamp("2024-12-31")] * 2


def test_what_goes_on_is_in_every_period_until_it_ends() -> None:
    days = {
        "from": pd.Series([pd.Timestamp("2023-05-01")] * 2),
        "until": pd.Series([pd.NaT, pd.Timestamp("2023-06-01")]),
    }
    rows = pd.DataFrame({"collective_id": ["zon", "zon"], "key": ["open", "over"], **days})
    found = counting.everywhere(rows, learning_cases.of(TWO), "from", "until")
    own = found[found["collective_id"].eq("zon")]
    assert own.groupby("key")["period_start"].size().to_dict() == {"open": 3, "over": 2}  # over is not in 2024


def test_the_owner_of_a_row_is_read_from_its_code() -> None:
    rows = pd.DataFrame({"key": ["zon--1", "gezamenlijk"], "collective_id": pd.Series([None, None], dtype="str")})
    assert counting.owned(rows, "key")["collective_id"].tolist() == ["zon", ""]


def test_counting_nothing_gives_no_estimate() -> None:
    found = counting.everywhere(pd.DataFrame({"collective_id": [], "day": []}), learning_cases.of(TWO), "day")
    assert counting.figures(counting.counted(found, ["day"]), "selection").empty
