"""The judge of what lives in a page: a page in a real browser in, what an attack made or ran in it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ELEMENTS = """
html head meta title style body main header footer nav section article aside h1 h2 h3 h4 p ul ol li dl dt dd a strong em
b i small span div table caption colgroup col thead tbody tfoot tr th td figure figcaption svg g defs path rect circle
ellipse line polyline polygon text tspan use clippath symbol marker desc details summary code pre br hr abbr time
blockquote q sup sub wbr mark lineargradient stop pattern
"""
"""What our pages are made of; no attack is one of them."""

JUDGE = r"""
harmless => {
  const found = window.__hit ? ['a script ran'] : [];
  const texts = new Set(['aria-label', 'title', 'alt', 'summary', 'content', 'value']);
  const all = root => [...root.querySelectorAll('*')].flatMap(
    one => one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]);
  for (const one of all(document)) {
    const tag = one.localName.toLowerCase();
    const policy = 'Content-Security-Policy';
    if (!harmless.includes(tag)) found.push(`<${tag}>`);
    if (tag === 'meta' && one.httpEquiv && one.httpEquiv !== policy) found.push(`meta ${one.httpEquiv}`);
    if (tag === 'style' && /hit\.example|body *{ *display/.test(one.textContent)) found.push('style');
    for (const {name, value} of one.attributes) {
      const says = `${tag} ${name}=${value}`;
      if (/^on|^autofocus$|^srcdoc$/.test(name)) found.push(says);
      const away = /^\s*(javascript|data:text|[a-z]*:?\/\/)/i.test(value) && !value.startsWith(location.origin);
      if (/^(xlink:)?href$|^src$|^data$|^(form)?action$/.test(name) && away) found.push(says);
      if (!texts.has(name) && /hit\.example|__hit/.test(value)) found.push(says);
    }
  }
  if (getComputedStyle(document.body).display === 'none') found.push('nothing is shown');
  return found;
}
"""
"""Lists elements, attributes, addresses and styles that are not ours, also in parts that a library keeps to itself."""

TOUCH = """
() => { for (const one of document.querySelectorAll('*')) for (const kind of
  ['mouseover', 'pointerenter', 'focus', 'click', 'toggle', 'animationstart']) one.dispatchEvent(new Event(kind)); }
"""
"""Points at, focuses and clicks everything, for what only waits for a reader."""


def judged(page: Page, more: str = "") -> list[str]:
    """Touch everything in a page, and return what of an attack lives in it.

    Parameters
    ----------
    page : Page
        Of Playwright.
    more : str
        Names of elements that this page may have besides, such as those of a form.

    Returns
    -------
    list of str
        Empty when all of it is text.
    """
    page.evaluate(TOUCH)
    found: list[str] = page.evaluate(JUDGE, f"{ELEMENTS} {more}".split())
    return found
