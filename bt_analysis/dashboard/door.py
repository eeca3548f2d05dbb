"""The door of the dashboard: every question of a browser goes in; only those for us, from our own pages, get through.

Beside Panel's page stand a few plain ones: the agenda, the reply form, and the page that takes the token.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import Router
from tornado.web import Application, HTTPError, RequestHandler

from bt_analysis.dashboard import agenda, exported, page, reply
from bt_analysis.dashboard.key import Key
from bt_analysis.dashboard.shown import Shown
from bt_analysis.pages.content import Content
from bt_analysis.pages.stored import ContentError

MOST_BYTES = 64_000
"""Bytes that may be sent to the dashboard at once: a form is a few thousand."""

_OURS = re.compile(r"/(?:ws|open|static/.+|agenda/.+|weerwoord/.+)?")
# Bokeh answers more, such as a script with which other pages could show ours.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
}  # fmt: skip


class Door(Router):
    """Lets through what asks for us by our own name; from elsewhere, only with the token.

    Parameters
    ----------
    inside : Application
        Panel's server with our pages.
    key : Key
        Names and token.
    """

    def __init__(self, inside: Application, key: Key) -> None:
        self._inside, self._key = inside, key
        self._outside = Application([(r".*", _Refused)])

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """Give what answers a question.

        Parameters
        ----------
        request : HTTPServerRequest
            The question.
        **kwargs : Any
            As Tornado gives them.

        Returns
        -------
        HTTPMessageDelegate or None
            Of the dashboard, or one that says no.
        """
        shown = request.cookies[self._key.cookie].value if self._key.cookie in request.cookies else None
        known = self._key.is_local or request.path == "/open" or self._key.opens(shown)
        let_in = request.host in self._key.origins and known and _OURS.fullmatch(request.path) is not None
        return (self._inside if let_in else self._outside).find_handler(request, **kwargs)


class _Refused(RequestHandler):
    """Says no to a question that is not for us, or without the token."""

    def prepare(self) -> Awaitable[None] | None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish("403: open the dashboard with the address that bt dashboard printed.\n")
        return None


class Plain(RequestHandler):
    """What our own pages share: safe headers, whose page it is, and whether a form is ours."""

    def initialize(self, shown: Shown, key: Key) -> None:
        """Take what is shown and the key."""
        self.shown, self.key = shown, key

    def set_default_headers(self) -> None:
        """Let no page be framed, guessed at or kept."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def check_xsrf_cookie(self) -> None:
        """Leave it to :meth:`prepare`, which asks where the form came from."""

    def prepare(self) -> Awaitable[None] | None:
        """Refuse a form that somebody else's page sent."""
        headers = self.request.headers
        if self.request.method == "POST" and not self.key.is_own(headers.get("Origin"), headers.get("Sec-Fetch-Site")):
            raise HTTPError(403)
        return None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say in one line that it is not there, and nothing about why."""
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(f"{status_code}\n")

    def of(self, collective_id: str) -> Content:
        """Read the report of the collective that is asked for."""
        try:
            return self.shown.content(collective_id)
        except ContentError as problem:
            raise HTTPError(404) from problem

    def back(self, collective_id: str, part: str) -> str:
        """Return the address of a part of the dashboard."""
        return f"../?{urlencode({'collective': collective_id})}#{part}"

    def may_write(self, token: str | None = None) -> bool:
        """Tell whether the visitor showed the token: now, or when opening the dashboard."""
        return self.key.opens(self.get_cookie(self.key.cookie)) or self.key.opens(token)


class Open(Plain):
    """Takes the token, keeps it in a cookie that no script reads, and goes on to the dashboard without it."""

    def get(self) -> None:
        """Open the dashboard with the token of the address."""
        if not self.key.opens(self.get_query_argument("token", None)):
            raise HTTPError(403)
        self.set_cookie(self.key.cookie, self.key.token, httponly=True, samesite="Strict", path="/")
        chosen = self.get_query_argument("collective", "")
        self.redirect("/" + (f"?{urlencode({'collective': chosen})}" if chosen else ""))


class Agenda(Plain):
    """Gives the agenda: as a page to print, as JSON or as CSV."""

    def get(self, collective_id: str) -> None:
        """Give the agenda with the questions that are ticked at first."""
        self._give(self.of(collective_id), None, "", self.get_query_argument("vorm", "html"))

    def post(self, collective_id: str) -> None:
        """Give the agenda with the questions that were chosen and added."""
        ids, own = set(self.get_body_arguments("vraag")), self.get_body_argument("eigen", "")
        self._give(self.of(collective_id), ids, own, self.get_body_argument("vorm", "html"))

    def _give(self, content: Content, ids: set[str] | None, own: str, form: str) -> None:
        asked = agenda.chosen(content, ids, own)
        name = quote(f"gespreksagenda-{content.collective['collective_id']}-{content.period}.{form}")
        if form == "html":
            self.write(str(page.agenda_page(content, asked)))
            return
        if form not in ("json", "csv"):
            raise HTTPError(404)
        kind = "application/json" if form == "json" else "text/csv"
        self.set_header("Content-Type", f"{kind}; charset=UTF-8")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.write((exported.as_json if form == "json" else exported.as_csv)(content, asked))


class Reply(Plain):
    """Takes a reply of residents, and keeps it as a proposed change."""

    def get(self, collective_id: str) -> None:
        """Give the form on a page of its own."""
        self._ask(self.of(collective_id), {}, {})

    def post(self, collective_id: str) -> None:
        """Keep a reply, or say what to mend; without the token nothing is kept."""
        content = self.of(collective_id)
        say = content.language.say
        given = {name: self.get_body_argument(name, "") for name in reply.LABELS}
        if not self.may_write(given.pop("token")):
            self.set_status(403)
            self._ask(content, given, {"token": say("Deze sleutel past niet. Er is niets bewaard.")})
            return
        listed = self.shown.claims(collective_id)
        path, wrong = reply.propose(content, self.shown.folder(collective_id), listed, given)
        if path is None:
            self.set_status(400)
            self._ask(content, given, wrong)
            return
        where = path.relative_to(self.shown.workspace.root).as_posix()
        told = [
            say("Het voorstel staat in {file}.", file=where),
            say("Er is nog niets veranderd. Wie de gegevens bijhoudt, neemt het over of gooit het weg."),
        ]
        self.write(str(page.plain(content, say("Bewaard als voorstel"), paragraphs=told,
                                  back=self.back(collective_id, "weerwoord"))))  # fmt: skip

    def _ask(self, content: Content, given: dict[str, str], wrong: dict[str, str]) -> None:
        name = str(content.collective["collective_id"])
        body = reply.form(content, self.shown.claims(name), given, wrong, may_write=self.may_write(), action=name)
        title = content.language.say("Weerwoord")
        self.write(str(page.plain(content, title, body=body, back=self.back(name, "weerwoord"))))


def pages(shown: Shown, key: Key) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """List the plain pages.

    Parameters
    ----------
    shown : Shown
        What may be shown.
    key : Key
        Who may write.

    Returns
    -------
    list of tuple
        Pattern, handler and what it takes, as Tornado wants them.
    """
    given = {"shown": shown, "key": key}
    name = r"([a-z0-9][a-z0-9_-]*)"
    return [
        (r"/open", Open, given), (rf"/agenda/{name}", Agenda, given), (rf"/weerwoord/{name}", Reply, given),
    ]  # fmt: skip


def socket_of(host: str) -> str:
    """Return the address of Panel's socket on the host that a browser asked for.

    Parameters
    ----------
    host : str
        Name and port.

    Returns
    -------
    str
        As ``ws://127.0.0.1:5006``.
    """
    return f"ws://{urlsplit(f'//{host}').netloc}"
