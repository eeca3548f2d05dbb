"""The judge of pages itself: each fault it must see, planted in a page of three lines."""

import pytest

from tests.browser import NARROWEST, Visits, violations

pytestmark = pytest.mark.browser

GOOD = (
    '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Tuin</title></head>'
    "<body><main><h1>De Tuin</h1>{}</main></body></html>"
)


def test_a_good_page_has_no_complaints(visit: Visits) -> None:
    seen = visit.html(GOOD.format("<p>Twaalf mensen.</p>"))
    assert seen.page.title() == "Tuin"
    assert seen.complaints == []
    assert violations(seen.page) == []


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        ('<img alt="" src="http://198.51.100.1/spy.png">', "asked for: http://198.51.100.1/spy.png"),
        ('<iframe title="a" src="file:///etc/hostname"></iframe>', "asked for: file:///etc/hostname"),
        ('<style>p { background: url("http://198.51.100.1/a.png") }</style><p>a</p>', "198.51.100.1/a.png"),
        ("<script>alert('hit')</script>", "dialog: alert: hit"),
        ("<script>throw new Error('hit')</script>", "error: "),
        ("<script>console.error('hit')</script>", "console: hit"),
        ("<script>new WebSocket('ws://198.51.100.1/')</script>", "asked for: ws://198.51.100.1/"),
    ],
)  # fmt: skip
def test_what_a_page_does_is_written_down(visit: Visits, planted: str, expected: str) -> None:
    seen = visit.html(GOOD.format(planted))
    assert any(expected in one for one in seen.complaints), seen.complaints


def test_what_the_policy_of_a_page_refuses_is_written_down(visit: Visits) -> None:
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    seen = visit.html(GOOD.replace("<title>", policy + "<title>").format("<script>alert(1)</script>"))
    assert seen.dialogs == []
    assert any("Content Security Policy" in one for one in seen.console), seen.complaints


def test_a_reader_may_run_no_script(visit: Visits) -> None:
    html = GOOD.format("<p>a</p><script>document.querySelector('p').textContent = 'b'</script>")
    assert visit.html(html).page.inner_text("p") == "b"
    assert visit.html(html, scripts=False).page.inner_text("p") == "a"


def test_a_page_that_is_too_wide_is_measured(visit: Visits) -> None:
    assert visit.html(GOOD.format("<p>a</p>"), width=NARROWEST).width() == NARROWEST
    assert visit.html(GOOD.format('<p style="width: 900px">a</p>'), width=NARROWEST).width() > NARROWEST


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ('<p style="color: #999">bleek</p>', "color-contrast"),
        ("<h3>kop</h3>", "heading-order"),
        ('<svg role="img"><path d="M0 0"/></svg>', "svg-img-alt"),
        ('<div style="overflow: auto; height: 2em"><p>a</p><p>b</p><p>c</p></div>', "scrollable-region-focusable"),
    ],
)
def test_axe_sees_what_is_wrong(visit: Visits, planted: str, rule: str) -> None:
    seen = visit.html(GOOD.format(planted))
    found = violations(seen.page)
    assert [one.partition(":")[0] for one in found] == [rule], found
    assert violations(seen.page, without=(rule,)) == []
