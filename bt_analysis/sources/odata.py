"""Asking an OData v3 host of CBS: a table id comes in, records as published go out, whatever the line does.

The catalogue and the small metadata sets are asked through ``cbsodata``. Rows and dimensions, which may
span many pages, are asked here: ``cbsodata`` opens a connection per page, without compression, and its
``get_data`` puts titles in the place of codes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import cbsodata
import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from bt_analysis.settings import CbsSettings

_T = TypeVar("_T")

Record = dict[str, Any]
"""One record as the host gives it: field → text, number or None."""

FIRST_WAIT_S = 0.5
"""Longest wait, in seconds, before the second try; each following one is at most twice as long, drawn by chance."""

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
    (requests.exceptions.RetryError, "", "only failing answers"),
    (requests.exceptions.InvalidURL, "", "an address that cannot exist"),
    (requests.ConnectionError, "", "a refused or broken connection"),
    (requests.exceptions.ChunkedEncodingError, "", "half an answer"),
)
_scheme_in_use = threading.Lock()


class SourceUnreachable(RuntimeError):  # noqa: N818 - says what happened, as ConnectionRefused would
    """A host does not answer, or not with data; what was fetched before is still there."""


class SourceRejected(ValueError):  # noqa: N818 - as above
    """A host answered, but with something that must not be used, such as an incomplete table."""


def feed_url(table_id: str, name: str, cbs: CbsSettings) -> str:
    """Return the address of one set of a table.

    Parameters
    ----------
    table_id : str
        Id such as ``84799NED``.
    name : str
        A set: ``TypedDataSet``, ``TableInfos``, a dimension, ….
    cbs : CbsSettings
        Holds the host.

    Returns
    -------
    str
        An address in ODataFeed, which gives all records in pages; ODataApi stops at 10,000. It asks for
        JSON, because the Feed answers in Atom XML otherwise.
    """
    return f"{cbs.base_url}/ODataFeed/odata/{table_id}/{name}?$format=json"


def catalogue(cbs: CbsSettings) -> list[Record]:
    """Ask which tables a host has.

    Parameters
    ----------
    cbs : CbsSettings
        Host and patience.

    Returns
    -------
    list of dict
        One record is a table: its TableInfos.

    Raises
    ------
    SourceUnreachable
        When the host gives no usable answer after all tries.
    """
    url = f"{cbs.base_url}/ODataCatalog/Tables?$format=json"
    return _through_cbsodata(url, cbs, cbsodata.get_table_list)


def metadata(table_id: str, name: str, cbs: CbsSettings) -> list[Record]:
    """Ask for a small set of a table.

    Parameters
    ----------
    table_id : str
        Id such as ``84799NED``.
    name : str
        ``TableInfos``, ``DataProperties`` or ``CategoryGroups``.
    cbs : CbsSettings
        Host and patience.

    Returns
    -------
    list of dict
        The records of the set.

    Raises
    ------
    SourceRejected
        When the host does not know the table.
    SourceUnreachable
        When the host gives no usable answer after all tries.
    """
    return _through_cbsodata(feed_url(table_id, name, cbs), cbs, cbsodata.get_meta, table_id, name)


def pages(session: requests.Session, table_id: str, name: str, cbs: CbsSettings) -> Iterator[list[Record]]:
    """Ask for a set of any length, page after page.

    Parameters
    ----------
    session : requests.Session
        From :func:`open_session`.
    table_id : str
        Id such as ``84799NED``.
    name : str
        ``TypedDataSet`` or a dimension.
    cbs : CbsSettings
        Host and patience.

    Yields
    ------
    list of dict
        The records of one page, at most 10,000 on CBS's own host.

    Raises
    ------
    SourceRejected
        When the host does not know the table or the set.
    SourceUnreachable
        When the host gives no usable answer after all tries.
    """
    start = feed_url(table_id, name, cbs)
    url: str | None = start
    while url is not None:
        page = _page(session, url, cbs)
        yield page["value"]
        # The link names the host as it knows itself. Only its query is used, so that a proxy or a mirror
        # named in the settings is asked for the following pages too. An empty page is the last one.
        link = page.get("odata.nextLink")
        url = f"{start.partition('?')[0]}?{urlsplit(link).query}" if link and page["value"] else None


@contextmanager
def open_session(cbs: CbsSettings) -> Iterator[requests.Session]:
    """Keep one connection open, with compression, that asks again after resets and 5xx answers.

    Parameters
    ----------
    cbs : CbsSettings
        Patience.

    Yields
    ------
    requests.Session
        Closed when the ``with`` block ends.
    """
    again = Retry(
        total=cbs.retries,
        backoff_factor=FIRST_WAIT_S,
        backoff_max=LONGEST_WAIT_S,
        backoff_jitter=FIRST_WAIT_S,
        status_forcelist=_FAILING,
        allowed_methods=["GET"],
        raise_on_status=False,
        # A host may ask for hours of silence; this job has its own patience.
        respect_retry_after_header=False,
    )
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=again))
        yield session


def _page(session: requests.Session, url: str, cbs: CbsSettings) -> Record:
    def ask() -> Record:
        answer = session.get(url, timeout=cbs.timeout_s)
        answer.raise_for_status()
        page = cast(Any, answer.json())
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise KeyError("value")
        return page

    return _persist(ask, url, cbs, _is_cut_off)


def _through_cbsodata(url: str, cbs: CbsSettings, function: Callable[..., object], *arguments: str) -> list[Record]:
    scheme, _, host = cbs.base_url.partition("://")
    # cbsodata sends its requests past the environment, so REQUESTS_CA_BUNDLE and NO_PROXY are handed over here.
    with requests.Session() as session:
        options = session.merge_environment_settings(url, {}, None, None, None)

    def ask() -> list[Record]:
        with _cbsodata_scheme(scheme):
            found = function(*arguments, catalog_url=host, timeout=cbs.timeout_s, **options)
        return cast(list[Record], found)

    return _persist(ask, url, cbs, _may_pass)


@contextmanager
def _cbsodata_scheme(scheme: str) -> Iterator[None]:
    # cbsodata keeps the scheme in a global, and its own catalog() leaves it changed when a request fails.
    with _scheme_in_use:
        before = cbsodata.options.use_https
        cbsodata.options.use_https = scheme == "https"
        try:
            yield
        finally:
            cbsodata.options.use_https = before


def _persist(ask: Callable[[], _T], url: str, cbs: CbsSettings, again: Callable[[BaseException], bool]) -> _T:
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(cbs.retries + 1),
        wait=tenacity.wait_random_exponential(multiplier=FIRST_WAIT_S, max=LONGEST_WAIT_S),
        retry=tenacity.retry_if_exception(again),
        reraise=True,
    )
    try:
        return retrying(ask)
    except (requests.RequestException, ValueError, KeyError) as problem:
        if _status(problem) in _UNKNOWN:
            raise SourceRejected(
                f"{url}: got HTTP {_status(problem)}; expected a table this host has. "
                "Check the table id, for instance in the list of tables on StatLine."
            ) from problem
        raise SourceUnreachable(
            f"{url}: got {_in_words(problem)}; expected records in JSON. Check the connection and "
            "BT_CBS_URL, then fetch again; what was fetched before is unchanged."
        ) from problem


def _may_pass(problem: BaseException) -> bool:
    """Tell whether the same question may get a good answer a moment later."""
    if isinstance(problem, requests.HTTPError):
        return _status(problem) in _FAILING
    # An address that cannot exist is a ValueError too, but stays what it is.
    return not isinstance(problem, requests.exceptions.InvalidURL) and isinstance(problem, _PASSING)


def _is_cut_off(problem: BaseException) -> bool:
    """Tell whether an answer broke off after it began: the session itself has dealt with the rest already."""
    exhausted = isinstance(problem, requests.HTTPError) or isinstance((*problem.args, None)[0], MaxRetryError)
    return _may_pass(problem) and not exhausted


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
