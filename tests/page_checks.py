"""What axe-core leaves to people, asked of a page in a browser: each function lists faults, none when all is well.

Titles in order, tables with heads, drawings that say their finding, links that lead somewhere, a keyboard that reaches
everything and shows where it is, words of drawings that can be read, nothing that is cut off or runs out of the window.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a page of ours may do: show itself."""
SMALLEST_PX, CONTRAST = 7.9, 4.5
"""The smallest letters of a drawing on a phone, and the contrast of letters (WCAG 1.4.3)."""
_SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } "
SPACING = _SPACED + "p { margin-bottom: 2em !important; }"
"""The spacing that a reader may ask of a page (WCAG 1.4.12)."""


def _ask(page: "Page", script: str, *given: object) -> list[str]:
    return [str(one) for one in page.evaluate(script, list(given))]


def frame(page: "Page") -> list[str]:
    """List what the frame of a page lacks: language, title, policy before all else, one main part."""
    return _ask(
        page,
        """([policy]) => {
          const found = [], one = query => document.querySelectorAll(query).length === 1;
          const meta = document.querySelector('meta[http-equiv="Content-Security-Policy"]');
          if (!['nl', 'en'].includes(document.documentElement.lang)) found.push('no language');
          if (!document.title.trim()) found.push('no title');
          if (!meta || meta.content !== policy) found.push('no strict Content-Security-Policy');
          if (meta && document.querySelector('style').compareDocumentPosition(meta) & 4)
            found.push('style before policy');
          if (!one('main')) found.push('not one main part');
          if (!one('h1')) found.push('not one h1');
          if (document.querySelector('script, link, iframe, object, embed, base, form')) found.push('more than a page');
          return found;
        }""",
        POLICY,
    )


def headings(page: "Page") -> list[str]:
    """List titles that are empty, or more than one level below the one they stand under."""
    return _ask(
        page,
        """() => {
          const found = [], seen = [];
          for (const head of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
            const level = +head.tagName[1], words = head.textContent.trim();
            if (!words) found.push(`h${level} is empty after ${seen.at(-1)}`);
            if (level > seen.length + 1) found.push(`h${level} ${words} stands under h${seen.length} ${seen.at(-1)}`);
            seen.length = Math.min(seen.length, level - 1);
            seen.push(words);
          }
          return found;
        }""",
    )


def tables(page: "Page") -> list[str]:
    """List tables without a caption, and heads that do not say of what they are the head."""
    return _ask(
        page,
        """() => [...document.querySelectorAll('table')].flatMap(table => {
          const name = table.caption ? table.caption.textContent.trim() : '', found = [];
          if (!name) found.push(`a table has no caption: ${table.textContent.trim().slice(0, 60)}`);
          for (const head of table.querySelectorAll('th')) {
            if (!head.textContent.trim()) found.push(`${name}: a head is empty`);
            if (!['col', 'row', 'colgroup', 'rowgroup'].includes(head.scope))
              found.push(`${name}: ${head.textContent.trim()} has no scope`);
          }
          for (const row of table.tBodies[0].rows)
            if (!row.querySelector('th')) found.push(`${name}: a row has no head: ${row.textContent.trim()}`);
          return found;
        })""",
    )


def drawings(page: "Page") -> list[str]:
    """List drawings that do not say their finding in words, and parts that can be walked to but have no name."""
    return _ask(
        page,
        """() => {
          const found = [], names = new Map();
          for (const svg of document.querySelectorAll('svg')) {
            const name = svg.getAttribute('aria-label') || '', role = svg.getAttribute('role');
            const caption = svg.closest('figure')?.querySelector('figcaption');
            const title = caption ? caption.textContent.trim() : '';
            if (svg.getAttribute('aria-hidden') === 'true') continue;
            if (!['img', 'group'].includes(role)) found.push(`${title}: role ${role}`);
            if (!title) found.push(`a drawing has no title: ${name.slice(0, 60)}`);
            else if (!name.startsWith(title)) found.push(`${title}: its text does not say so: ${name.slice(0, 60)}`);
            if (names.has(name)) found.push(`two drawings say: ${name.slice(0, 60)}`);
            names.set(name, svg);
            if (role === 'img' && svg.querySelector('a, [tabindex]'))
              found.push(`${title}: a picture with parts to walk to`);
            for (const part of svg.querySelectorAll('[tabindex]'))
              if (!(part.getAttribute('aria-label') || '').trim()) found.push(`${title}: a part has no name`);
          }
          for (const image of document.querySelectorAll('img'))
            if (!image.hasAttribute('alt')) found.push(`an image says nothing: ${image.src.slice(0, 60)}`);
          return found;
        }""",
    )


def links(page: "Page") -> list[str]:
    """List ids that stand twice, links that lead nowhere in the page, and links without words."""
    return _ask(
        page,
        """() => {
          const found = [], ids = [...document.querySelectorAll('[id]')].map(one => one.id);
          ids.forEach((id, at) => { if (ids.indexOf(id) !== at) found.push(`two parts are called ${id}`); });
          const known = new Set(ids);
          for (const link of document.querySelectorAll('a[href]')) {
            const to = link.getAttribute('href');
            if (to.startsWith('#') && !known.has(decodeURIComponent(to.slice(1)))) found.push(`${to} leads nowhere`);
            if (!(link.textContent.trim() || link.getAttribute('aria-label'))) found.push(`${to} has no words`);
          }
          return found;
        }""",
    )


def cut_off(page: "Page") -> list[str]:
    """List what is wider than the window and cannot be scrolled by itself, and words that are cut off."""
    return _ask(
        page,
        """() => {
          const found = [], wide = document.documentElement.clientWidth;
          const shown = one => one.checkVisibility() && one.getClientRects().length;
          const name = one =>
            `${one.tagName} ${one.className.baseVal ?? one.className} ${one.textContent.trim().slice(0, 50)}`;
          for (const one of document.querySelectorAll('body *')) {
            if (one.closest('svg') !== (one.tagName === 'svg' ? one : null) && one.tagName !== 'text') continue;
            if (!shown(one)) continue;
            const style = getComputedStyle(one), box = one.getBoundingClientRect();
            const scroller = one.parentElement.closest('.scroll');
            if (!scroller && (box.right > wide + 1 || box.left < -1))
              found.push(`runs out of the window: ${name(one)}`);
            if (one.tagName !== 'svg' && ['hidden', 'clip'].includes(style.overflowY) && box.height > 2
                && one.scrollHeight > one.clientHeight + 1) found.push(`cut off: ${name(one)}`);
            if (['fixed', 'sticky'].includes(style.position)) found.push(`stands over other parts: ${name(one)}`);
          }
          return found;
        }""",
    )


def letters(page: "Page") -> list[str]:
    """List words in drawings that are too small or too pale to read, by what lies under their middle."""
    return _ask(
        page,
        """([smallest, wanted]) => {
          const parse = text => { const all = (text.match(/[\\d.]+/g) || []).map(Number);
            return {rgb: all.slice(0, 3), alpha: all.length > 3 ? all[3] : 1}; };
          const bright = rgb => { const [r, g, b] = rgb.map(one => one / 255)
            .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const contrast = (a, b) => { const [low, high] = [bright(a), bright(b)].sort((x, y) => x - y);
            return (high + 0.05) / (low + 0.05); };
          const under = (text, svg, x, y) => {  // the topmost filled shape before the text, or else the page
            let ground = [255, 255, 255];
            for (const shape of svg.querySelectorAll('path, rect, circle, ellipse, polygon, use')) {
              if (!(shape.compareDocumentPosition(text) & 4) || shape.closest('defs, clipPath')) continue;
              const style = getComputedStyle(shape), fill = parse(style.fill);
              if (style.fill === 'none' || !style.fill.startsWith('rgb')) continue;
              const alpha = fill.alpha * style.fillOpacity * style.opacity;
              const box = shape.getBoundingClientRect();
              if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
              if (shape.isPointInFill) {
                const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
                if (!shape.isPointInFill(point)) continue;
              }
              ground = ground.map((one, at) => one * (1 - alpha) + fill.rgb[at] * alpha);
            }
            return ground;
          };
          const found = [];
          for (const svg of document.querySelectorAll('svg'))
            for (const text of svg.querySelectorAll('text')) {
              const words = text.textContent.trim(), box = text.getBoundingClientRect();
              if (!words || !text.checkVisibility() || !box.width) continue;
              const style = getComputedStyle(text), scale = text.getScreenCTM();
              const size = parseFloat(style.fontSize) * Math.hypot(scale.a, scale.b);
              if (size < smallest) found.push(`${size.toFixed(1)} px: ${words}`);
              const ground = under(text, svg, box.left + box.width / 2, box.top + box.height / 2);
              const seen = contrast(parse(style.fill).rgb, ground);
              if (seen < wanted) found.push(`contrast ${seen.toFixed(1)}: ${words}`);
            }
          return found;
        }""",
        SMALLEST_PX,
        CONTRAST,
    )


def overlapping(page: "Page") -> list[str]:
    """List words in drawings that stand on top of one another."""
    return _ask(
        page,
        """() => [...document.querySelectorAll('svg')].flatMap(svg => {
          const words = [...svg.querySelectorAll('text')]
            .filter(one => one.textContent.trim() && one.checkVisibility())
            .map(one => [one.textContent.trim(), one.getBoundingClientRect()]).filter(([, box]) => box.width);
          const found = [];
          words.forEach(([told, box], at) => { for (const [other, its] of words.slice(at + 1)) {
            const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
            const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
            // A box is higher than its letters, so lines that touch do not overlap.
            if (across > 2 && down > 0.4 * Math.min(box.height, its.height)) found.push(`${told} and ${other}`);
          } });
          return found;
        })""",
    )


def outside(page: "Page") -> list[str]:
    """List words of a drawing that stand beside it, where other parts of the page are."""
    return _ask(
        page,
        """() => [...document.querySelectorAll('svg')].flatMap(svg => {
          const own = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter(text => text.textContent.trim()).filter(text => {
            const box = text.getBoundingClientRect();
            // A box is higher than its letters.
            return box.width && (box.left < own.left - 3 || box.right > own.right + 3
              || box.top < own.top - 6 || box.bottom > own.bottom + 6);
          }).map(text => text.textContent.trim());
        })""",
    )


def walked(page: "Page") -> list[str]:
    """Walk through a page with the Tab key; list what is not reached in order, or does not show that it is reached."""
    page.evaluate(
        """() => {
          const look = one => { const style = getComputedStyle(one);
            const ring = style.outlineStyle === 'none' || !parseFloat(style.outlineWidth) ? '' : style.outline;
            return [ring, style.boxShadow, style.fill, style.stroke, style.strokeWidth].join(); };
          const stops = 'a[href], summary, button, input, select, textarea, [tabindex]';
          window.expected = [...document.querySelectorAll(stops)]
            .filter(one => one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0 && !one.disabled);
          window.before = new Map(expected.map(one => [one, look(one)]));
          window.reached = [];
          document.addEventListener('focusin', event => {
            const one = event.target, box = one.getBoundingClientRect();
            const there = box.bottom > 0 && box.top < innerHeight;
            reached.push({one, seen: look(one) !== before.get(one), there});
          });
          document.activeElement.blur();
        }"""
    )
    for _ in range(int(page.evaluate("expected.length"))):
        page.keyboard.press("Tab")
    return _ask(
        page,
        """() => {
          const name = one => `${one.tagName} ${one.getAttribute('aria-label') || one.textContent.trim()}`.slice(0, 80);
          const got = new Set(reached.map(step => step.one)), found = [];
          for (const one of expected) {
            if (!got.has(one)) found.push(`not reached: ${name(one)}`);
            if (one.tabIndex > 0) found.push(`out of order: ${name(one)}`);
          }
          for (const step of reached) {
            if (!step.seen) found.push(`does not show that it is reached: ${name(step.one)}`);
            if (!step.there) found.push(`out of sight when reached: ${name(step.one)}`);
          }
          return found;
        }""",
    )
