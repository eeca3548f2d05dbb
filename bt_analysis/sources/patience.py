"""Patience with a host: a question comes in and is asked again as long as that makes sense; two errors say why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import requests
import tenacity
from urllib3.exceptions import MaxRetryError

from bt_analysis.settings import CbsSettings

_T = TypeVar("_T")

LONGEST_WAIT_S = 10.0
"""Seconds that no wait between two tries exceeds."""

_FAILING = (429, 500, 502, 503, 504)
_UNKNOWN = (400, 404, 410)
# What a restless line or a page "Onderhoud" gives. ValueError: text that is no JSON; KeyError: JSON without records.
_PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    ValueError,
    KeyError,
)
# First line that fits: kind of failure, part of its text, what to call it.
_WORDS: tuple[tuple[type[Exception], str, str], ...] = (
    (requests.Timeout, "", "no answer in time"),
    (requests.ConnectionError, "Read timed out", "no answer in time"),
    (requests.ConnectionError, "NameResolution", "no host of that name"),
    (requests.exceptions.SSLError, "", "no secure connection (an untrusted certificate, or http behind https)"),
    (requests.exceptions.ProxyError, "", "a proxy that does not pass the question on"),
    (requests.exceptions.InvalidURL, "", "an address that cannot exist"),
    (requests.ConnectionError, "", "a refused or broken connection"),
    (requests.exceptions.ChunkedEncodingError, "", "half an answer"),
    (requests.exceptions.ContentDecodingError, "", "half an answer"),
)


class SourceUnreachable(RuntimeError):  # noqa: N818 - says what happened, as ConnectionRefused would
    """A host does not answer, or not with data; what was fetched before is still there."""


class SourceRejected(ValueError):  # noqa: N818 - as above
    """A host answered, but with something that must not be used, such as an incomplete table."""


def persist(ask: Callable[[], _T], url: str, cbs: CbsSettings) -> _T:
    """Ask until a good answer comes, or patience ends.

    Parameters
    ----------
    ask : callable
        Asks once. ValueError and KeyError say that the answer is not what it should be.
    url : str
        For the error.
    cbs : CbsSettings
        Patience.

    Returns
    -------
    object
        What ``ask`` returned.

    Raises
    ------
    SourceRejected
        When the host does not have what is asked for.
    SourceUnreachable
        When patience ended: after ``cbs.retries`` + 1 tries when nobody answers; a host that answers, but badly
        (broken off, 5xx, a web page), is asked until ``cbs.patience_s`` seconds have passed too.

    Notes
    -----
    Each wait is drawn by chance between 0 and a bound that begins at ``cbs.first_wait_s`` and doubles up to
    :data:`LONGEST_WAIT_S`, so that many clients of one host that fails do not come back at the same moment.
    """

    def enough(state: tenacity.RetryCallState) -> bool:
        problem = state.outcome.exception() if state.outcome else None
        waited = state.seconds_since_start or 0
        return state.attempt_number > cbs.retries and (_is_unanswered(problem) or waited >= cbs.patience_s)

    retrying = tenacity.Retrying(
        stop=enough,
        wait=tenacity.wait_random_exponential(multiplier=cbs.first_wait_s, max=LONGEST_WAIT_S),
        retry=tenacity.retry_if_exception(_may_pass),
        reraise=True,
    )
    try:
        return retrying(ask)
    except SourceRejected:
        raise
    except (requests.RequestException, ValueError, KeyError) as problem:
        if _status(problem) in _UNKNOWN:
            raise SourceRejected(
                f"{url}: got HTTP {_status(problem)}; expected a table this host has. "
                "Check the table id, for instance in the list of tables on StatLine."
            ) from problem
        raise SourceUnreachable(
            f"{url}: got {_in_words(problem)}; expected an answer with data. Check the connection and "
            "the address (BT_CBS_URL or bt.toml), then fetch again; what was fetched before is unchanged."
        ) from problem


def _may_pass(problem: BaseException) -> bool:
    """Tell whether the same question may get a good answer a moment later."""
    if isinstance(problem, requests.HTTPError):
        return _status(problem) in _FAILING
    # An address that cannot exist is a ValueError too, but stays what it is.
    stays = (requests.exceptions.InvalidURL, SourceRejected)
    return not isinstance(problem, stays) and isinstance(problem, _PASSING)


def _is_unanswered(problem: BaseException | None) -> bool:
    """Tell whether nobody answered at all, so that waiting longer is of no use."""
    # requests wraps what happens before a connection stands in MaxRetryError, also when nothing is asked again.
    return isinstance(problem, requests.Timeout) or isinstance((*getattr(problem, "args", ()), None)[0], MaxRetryError)


def _status(problem: BaseException) -> int | None:
    # cbsodata raises its own HTTPError without the response; the original one is its cause.
    for one in (problem, problem.__cause__):
        response = getattr(one, "response", None)
        if response is not None:
            return cast(int, response.status_code)
    return None


def _in_words(problem: BaseException) -> str:
    if isinstance(problem, requests.HTTPError):
        return f"HTTP {_status(problem)}"
    for kind, part, words in _WORDS:
        if isinstance(problem, kind) and part in str(problem):
            return words
    return "an answer that is no JSON with records (a web page, or half an answer)"
