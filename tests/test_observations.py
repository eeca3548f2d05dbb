"""Observations are kept only when they are all there, once, and of something in the table."""

import json
from typing import Any

import pyarrow as pa
import pytest

from bt_analysis.sources import observations
from bt_analysis.sources.http import SourceRejected

SETS = {
    "Dimensions": [{"Identifier": "RegioS"}],
    "MeasureCodes": [{"Identifier": "M1"}, {"Identifier": "M2"}],
    "RegioSCodes": [{"Identifier": "GM0363"}, {"Identifier": "GM0599 "}],
}


def of(*lines: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"Id": at, "Measure": one, "RegioS": place, "Value": value} for at, (one, place, value) in enumerate(lines)]


def check(records: list[dict[str, Any]], promised: int, sets: dict[str, Any] = SETS) -> None:
    found = observations.table(records, ["RegioS"], "99001NED")
    observations.check(found, observations.axes(sets), "99001NED", promised)


def test_complete_observations_pass() -> None:
    check(of(("M1", "GM0363", 1), ("M2", "GM0363", 2.5), ("M1", "GM0599", None)), promised=3)


def test_padding_is_no_part_of_a_code() -> None:
    check(of(("M1 ", "GM0599    ", 1)), promised=1)
    assert observations.axes(SETS) == {"Measure": ["M1", "M2"], "RegioS": ["GM0363", "GM0599"]}


@pytest.mark.parametrize("promised", [0, 2])
def test_another_number_than_promised_is_refused(promised: int) -> None:
    with pytest.raises(SourceRejected, match=rf"got 1 observations; expected ObservationCount = {promised}\. CBS may"):
        check(of(("M1", "GM0363", 1)), promised)


def test_an_observation_that_comes_twice_is_refused() -> None:
    with pytest.raises(SourceRejected, match=r"got 1 observations twice, first 'M1 × GM0363'; expected each once"):
        check(of(("M1", "GM0363", 1), ("M2", "GM0363", 1), ("M1", "GM0363", 2)), promised=3)


@pytest.mark.parametrize(("line", "got"), [(("M3", "GM0363", 1), "M3 as Measure"), (("M1", "GM9", 1), "GM9 as RegioS")])
def test_an_observation_of_nothing_in_the_table_is_refused(line: tuple[str, str, Any], got: str) -> None:
    with pytest.raises(SourceRejected, match=rf"got {got}; expected a code of the metadata"):
        check(of(("M1", "GM0599", 1), line), promised=2)


def test_a_code_that_comes_twice_is_refused() -> None:
    sets = SETS | {"RegioSCodes": [{"Identifier": "GM0363"}, {"Identifier": "GM0363"}]}
    with pytest.raises(SourceRejected, match=r"got a code of RegioS twice; expected each once"):
        check(of(("M1", "GM0363", 1)), promised=1, sets=sets)


@pytest.mark.parametrize("value", ["veel", ["1"]])
def test_a_value_that_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(SourceRejected, match="table 99001NED: got an observation of another form"):
        check(of(("M1", "GM0363", value)), promised=1)


# --- a page of the host -----------------------------------------------------------------------------------------------

PAGE = {
    "@odata.context": "https://datasets.cbs.nl/…",
    "value": of(("M1", "GM0363", 1), ("M2 ", "GM0599  ", None)),
    "@odata.nextLink": "https://datasets.cbs.nl/odata/v1/CBS/99001NED/Observations?$skip=2",
}


def parse(text: str) -> tuple[pa.Table, str | None]:
    return observations.parse(text.encode(), ["RegioS"], "99001NED")


@pytest.mark.parametrize("indent", [None, 1])
def test_a_page_is_read_in_one_line_or_many(indent: int | None) -> None:
    found, link = parse(json.dumps(PAGE, indent=indent))
    assert found["Value"].to_pylist() == [1, None]
    assert found["RegioS"].to_pylist() == ["GM0363", "GM0599"]
    assert link == PAGE["@odata.nextLink"]


def test_the_last_page_has_no_link_and_fields_may_come_and_go() -> None:
    found, link = parse('{"value": [{"Onbekend": {"a": 1}, "RegioS": "GM0363", "Value": 2.5, "Measure": "M1"}]}')
    assert found.select(["Measure", "RegioS", "Value", "StringValue"]).to_pylist() == [
        {"Measure": "M1", "RegioS": "GM0363", "Value": 2.5, "StringValue": None}
    ]
    assert link is None


def test_an_empty_page_is_a_page() -> None:
    found, _ = parse('{"value": []}')
    assert found.num_rows == 0
    assert found.schema.equals(observations.table([], ["RegioS"], "99001NED").schema)


@pytest.mark.parametrize("text", [json.dumps(PAGE)[:-1], json.dumps(PAGE)[: len(json.dumps(PAGE)) // 2], "<html>", ""])
def test_half_a_page_is_no_page(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:  # so that it is asked for again
        parse(text)
    assert not isinstance(caught.value, SourceRejected)


@pytest.mark.parametrize("text", ['{"error": "Onderhoud"}', '{"value": null}', '{"value": "tekst"}', "[]", "3"])
def test_an_answer_without_observations_is_no_page(text: str) -> None:
    with pytest.raises(KeyError, match="value"):
        parse(text)


def test_a_text_as_a_value_is_refused_at_once() -> None:
    with pytest.raises(SourceRejected, match="got an observation of another form"):
        parse('{"value": [{"Measure": "M1", "RegioS": "GM0363", "Value": "1,5"}]}')
