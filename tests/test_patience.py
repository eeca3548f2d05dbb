"""Asking again: which failures may pass, how often and how long is waited, and what is said when patience ends."""

import random
import time
from collections.abc import Callable

import pytest
import requests
from requests import exceptions
from urllib3.exceptions import MaxRetryError

from bt_analysis.settings import CbsSettings
from bt_analysis.sources.patience import LONGEST_WAIT_S, SourceRejected, SourceUnreachable, persist

URL = "https://cbs.example/84799NED"


class Host:
    """Raises what it is given, one after the other, and answers "data" after that; counts how often it is asked."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.asked = failures, 0

    def __call__(self) -> str:
        self.asked += 1
        if self.asked <= len(self.failures):
            raise self.failures[self.asked - 1]
        return "data"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait in no time, each wait as long as chance allows; gives the seconds that would have passed."""
    passed: list[float] = []
    monkeypatch.setattr(random, "uniform", max)
    monkeypatch.setattr(time, "sleep", passed.append)
    return passed


def ask(host: Callable[[], str], retries: int = 2, patience_s: float = 0) -> str:
    patient = {"retries": retries, "patience_s": patience_s, "first_wait_s": 0.5}
    return persist(host, URL, CbsSettings.model_validate(patient))


def http(status: int) -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(response=response)


def nobody() -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(None, URL, None))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_error_may_pass(status: int) -> None:
    host = Host(http(status), http(status))
    assert (ask(host), host.asked) == ("data", 3)


@pytest.mark.parametrize("status", [401, 403, 405, 501])
def test_a_host_that_does_not_want_to_answer_is_not_asked_twice(status: int) -> None:
    host = Host(http(status))
    with pytest.raises(SourceUnreachable, match=f"{URL}: got HTTP {status}; expected an answer with data. Check the c"):
        ask(host)
    assert host.asked == 1


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_a_host_does_not_have_is_rejected_at_once(status: int) -> None:
    host = Host(http(status))
    message = f"{URL}: got HTTP {status}; expected a table this host has. Check the table id"
    with pytest.raises(SourceRejected, match=message):
        ask(host)
    assert host.asked == 1


def test_the_status_may_lie_under_an_error_of_another_package() -> None:
    def cbsodata() -> str:
        raise requests.HTTPError("Downloading table failed") from http(404)

    with pytest.raises(SourceRejected, match="got HTTP 404; expected a table this host has"):
        ask(cbsodata)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (requests.ReadTimeout(), "no answer in time"),
        (requests.ConnectTimeout(), "no answer in time"),
        (requests.ConnectionError("HTTPConnectionPool: Read timed out."), "no answer in time"),
        (requests.ConnectionError("NameResolutionError: x"), "no host of that name"),
        (exceptions.SSLError("bad certificate"), "no secure connection"),
        (exceptions.ProxyError("refused"), "a proxy that does not pass the question on"),
        (requests.ConnectionError("reset by peer"), "a refused or broken connection"),
        (exceptions.ChunkedEncodingError(), "half an answer;"),
        (exceptions.ContentDecodingError(), "half an answer;"),
        (ValueError("Expecting value"), "an answer that is no JSON with records"),
        (KeyError("value"), "an answer that is no JSON with records"),
    ],
)
def test_each_failure_has_its_words_and_may_pass(failure: Exception, words: str) -> None:
    assert ask(Host(failure)) == "data"
    host = Host(*[failure] * 9)
    with pytest.raises(SourceUnreachable) as problem:
        ask(host, retries=2)
    assert f"{URL}: got {words}" in str(problem.value)
    assert "fetch again; what was fetched before is unchanged" in str(problem.value)
    assert host.asked == 1 + 2


def test_a_refusal_of_our_own_is_passed_on_as_it_is() -> None:
    refusal = SourceRejected("table 84799NED: got 3 rows; expected 4.")
    host = Host(refusal)
    with pytest.raises(SourceRejected) as problem:
        ask(host)
    assert (problem.value, host.asked) == (refusal, 1)


def test_waits_double_up_to_a_bound(waits: list[float]) -> None:
    ask(Host(*[nobody()] * 7), retries=7)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_no_retries_is_one_question(waits: list[float]) -> None:
    host = Host(nobody())
    with pytest.raises(SourceUnreachable):
        ask(host, retries=0)
    assert (host.asked, waits) == (1, [])


@pytest.mark.parametrize("failure", [nobody(), requests.ReadTimeout()])
def test_patience_is_not_spent_on_a_host_that_is_not_there(failure: Exception) -> None:
    host = Host(*[failure] * 99)
    with pytest.raises(SourceUnreachable):
        ask(host, retries=2, patience_s=3600)
    assert host.asked == 1 + 2


@pytest.mark.parametrize("failure", [http(503), ValueError("<html>"), requests.ConnectionError("reset by peer")])
def test_a_host_that_is_there_gets_more_tries_while_patience_lasts(failure: Exception) -> None:
    host = Host(*[failure] * 50)
    assert (ask(host, retries=2, patience_s=3600), host.asked) == ("data", 51)
