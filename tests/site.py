"""Reads built pages of the documentation: what they ask for, where they lead, and which anchors they have."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "site"
# Elements of which a browser fetches the address by itself; a link is only followed by a reader.
FETCHED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
NOT_FETCHED = {"index", "search", "genindex", "next", "prev", "canonical", "author", "top"}


def module(name: str) -> ModuleType:
    """Import a module of the builder of the site, which is no package."""
    if str(SITE) not in sys.path:
        sys.path.insert(0, str(SITE))
    return importlib.import_module(name)


@dataclass
class Page(HTMLParser):
    """What one page holds."""

    path: Path
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in FETCHED and FETCHED[tag] in found and not set(found.get("rel", "").split()) & NOT_FETCHED:
            self.fetched.append(found[FETCHED[tag]])


def pages(folder: Path) -> dict[Path, Page]:
    """Read every page of a site."""
    return {path: Page(path) for path in sorted(folder.rglob("*.html"))}


def from_elsewhere(there: dict[Path, Page]) -> list[str]:
    """Return what pages would fetch from another host."""
    return [
        f"{path.name}: {address}"
        for path, page in there.items()
        for address in page.fetched
        if urlsplit(address).netloc or urlsplit(address).scheme in ("http", "https")
    ]


def dead_links(there: dict[Path, Page]) -> list[str]:
    """Return links that lead to no page, or to no place on it."""
    dead = []
    for path, page in there.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("", "#"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            missing = target in there and anchor and anchor not in there[target].anchors
            if not target.exists() or missing:
                dead.append(f"{path.name}: {link}")
    return dead
