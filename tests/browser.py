"""A real browser as the judge of pages: Chromium without a network, which writes down what a page asks for and says.

    def test_a_page_keeps_to_itself(visit):
        seen = visit(path_of_the_page)                  # or visit.html("<h1>…"), or visit("http://127.0.0.1:5006/")
        assert seen.complaints == []                    # nothing asked from outside, no error, no dialog
        assert violations(seen.page) == []              # axe-core, up to WCAG 2.2 AA

Chromium is Debian's, or the one that BT_CHROMIUM names. Where it is not there a test skips with the reason.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, PHONE, NARROWEST = 1100, 390, 320
"""Widths in CSS pixels: a laptop, a phone, and what WCAG 1.4.10 asks a page to fit in."""
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""The rules of axe-core that every page keeps."""
NO_CHROMIUM = (
    "no Chromium here; expected /usr/bin/chromium. Install it (apt install chromium), or name it in BT_CHROMIUM"
)
_PATIENCE_MS = 120_000  # two cores are shared by many tests
_SETTLE_MS = 50  # what a page starts while it loads is told a moment later


@dataclass
class Visit:
    """A page that was opened, and all it did that a reader would not expect.

    Parameters
    ----------
    page : Page
        Of Playwright.
    address : str
        Where it stands.
    outside : list of str
        Addresses it asked for other than itself; none was answered.
    console : list of str
        Errors and warnings in its console, also of what its Content-Security-Policy refused.
    errors : list of str
        Errors of scripts.
    dialogs : list of str
        What it said in a window of its own.
    """

    page: "Page"
    address: str
    outside: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """All of it in one list, which is empty for a page that is in order."""
        kinds = {"asked for": self.outside, "console": self.console, "error": self.errors, "dialog": self.dialogs}
        return [f"{kind}: {one}" for kind, found in kinds.items() for one in found]

    def width(self) -> int:
        """Return the width in CSS pixels that the page takes; more than its window means scrolling sideways."""
        return int(self.page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"))


class Visits:
    """Opens pages in a browser, each in a context of its own, and closes them when the test is over."""

    def __init__(self, chromium: "Browser") -> None:
        self._chromium = chromium
        self._closing: list[Callable[[], None]] = []
        self._folder = Path(tempfile.mkdtemp(prefix="bt-pages-"))
        self._closing.append(lambda: shutil.rmtree(self._folder, ignore_errors=True))

    def __call__(
        self,
        page: Path | str,
        *,
        width: int = WIDE,
        height: int = 900,
        scripts: bool = True,
        folder: Path | None = None,
        **context: Any,
    ) -> Visit:
        """Open a page.

        A file may ask for nothing but itself; an address may ask for whatever its own server has.

        Parameters
        ----------
        page : Path or str
            File, or an address of a server on this machine.
        width, height : int
            Of the window, in CSS pixels.
        scripts : bool
            False: a reader whose browser runs no script.
        folder : Path, optional
            Whose files the page may ask for too, such as those of a site that is opened from disk.
        **context
            For ``Browser.new_context``, such as ``reduced_motion``, ``color_scheme`` or ``device_scale_factor``.

        Returns
        -------
        Visit
            The page, and what it did until now; it goes on writing down.
        """
        address = page.resolve().as_uri() if isinstance(page, Path) else page
        own = "/".join(address.split("/")[:3]) + "/"
        if isinstance(page, Path):
            own = folder.resolve().as_uri() + "/" if folder else address
        opened = self._chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            service_workers="block",
            offline=isinstance(page, Path),
            **context,
        )
        self._closing.append(opened.close)
        opened.set_default_timeout(_PATIENCE_MS)
        seen = Visit(opened.new_page(), address)

        def meet(route: "Route") -> None:
            asked = route.request.url
            itself = asked.startswith(own) if own.endswith("/") else asked.partition("#")[0] == own
            if itself or asked.startswith(("data:", "blob:", "about:")):
                route.continue_()
                return
            seen.outside.append(asked)
            route.abort()

        opened.route("**/*", meet)
        _write_down(seen)
        seen.page.goto(address, wait_until="load")
        seen.page.wait_for_timeout(_SETTLE_MS)
        return seen

    def html(self, html: str, **options: Any) -> Visit:
        """Open a page that a test typed or made; options as of a file."""
        path = self._folder / f"{len(self._closing)}.html"
        path.write_text(html, encoding="utf-8")
        return self(path, **options)

    def close(self) -> None:
        """Close all that was opened."""
        while self._closing:
            self._closing.pop()()


def _write_down(seen: Visit) -> None:
    """Let a page write down what it says, and answer what would make it wait."""
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("console", lambda said: seen.console.append(said.text) if said.type in {"error", "warning"} else None)
    seen.page.on("websocket", lambda socket: _own_socket(seen, socket.url))

    def dismiss(dialog: Any) -> None:
        seen.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    seen.page.on("dialog", dismiss)
    seen.page.on("popup", lambda other: seen.outside.append(other.url))


def _own_socket(seen: Visit, address: str) -> None:
    """A socket to another server than the page's own counts as asking outside; routes do not see sockets."""
    if address.split("/")[2:3] != seen.address.split("/")[2:3]:
        seen.outside.append(address)


def executable() -> str | None:
    """Return where Chromium is, or None."""
    named = os.environ.get("BT_CHROMIUM")
    return named or next((found for found in map(shutil.which, NAMES) if found), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Start Chromium once for the tests of a file.

    Not once for all: while it runs, Playwright keeps a loop of asyncio in this thread, in which a notebook that another
    test runs cannot wait for its kernel.
    """
    sync = pytest.importorskip("playwright.sync_api", reason="no Playwright here; it comes with make test")
    program = executable()
    if program is None:
        pytest.skip(NO_CHROMIUM)
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], timeout=_PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: "Browser") -> Iterator[Visits]:
    """Give a test what opens pages."""
    visits = Visits(chromium)
    yield visits
    visits.close()


def violations(
    page: "Page", *, within: str = "document", without: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[str]:
    """Ask axe-core what is wrong with a page as it now stands.

    Parameters
    ----------
    page : Page
        Of Playwright.
    within : str
        CSS selector of the part to look at.
    without : tuple of str
        Ids of rules to leave out; a test that does says why.
    only : tuple of str
        Ids of rules to keep to, where the others were asked before; none: all.

    Returns
    -------
    list of str
        One per element: rule, what to do, and where it stands; empty when all is well.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    options = {
        "runOnly": {"type": "rule", "values": only} if only else {"type": "tag", "values": TAGS},
        "rules": {rule: {"enabled": False} for rule in without} | ({} if only else {"target-size": {"enabled": True}}),
        "resultTypes": ["violations"],
    }
    target = "document" if within == "document" else repr(within)
    found = page.evaluate(f"options => axe.run({target}, options)", options)["violations"]
    return [
        f"{rule['id']}: {rule['help']} | {' '.join(map(str, node['target']))} | {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]
