"""Notes typed as outlines on the screen of a telephone: lines stay lines, nothing is cut off, Han looks Chinese."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import needs_chromium, serve
from tests.pages.conftest import SAMPLE
from tests.pages.finished import FinishedSite
from tests.pages.npm import program
from tests.pages.test_layout import measured

pytestmark = needs_chromium

OURS = "/2019/03/02/编译原理笔记/"
THEIRS = "/2018/05/08/深度学习笔记/"

LINES = """() => [...document.querySelectorAll("[class^='outline-']")].map((line) => {
  const range = document.createRange();
  range.selectNodeContents(line);
  const boxes = [...range.getClientRects()].filter((box) => box.width > 1);
  const rows = [...new Set(boxes.map((box) => Math.round(box.bottom)))];
  const left = (row) => Math.min(...boxes.filter((box) => Math.round(box.bottom) === row).map((box) => box.left));
  return { depth: Number(line.className.match(/\\d/)[0]), lefts: rows.map(left), text: line.textContent };
})"""
"""Each indented line: its depth and where each of its rows begins, the em spaces of the indentation included."""


@pytest.fixture(params=[OURS, THEIRS])
def url(request: pytest.FixtureRequest) -> str:
    """Each of the notes in turn."""
    if request.param == THEIRS and not SAMPLE.exists():
        pytest.skip("needs the shared samples beside the checkout")
    url: str = request.param
    return url


@pytest.fixture
def page(browser: Browser, notes: FinishedSite) -> Iterator[Page]:
    """A page on a telephone, not yet at any address; addresses need no server."""
    with serve(notes.folder) as server:
        context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844})
        yield context.new_page()
        context.close()


def test_what_wraps_hangs_deeper_than_its_own_line_at_every_depth(page: Page, url: str) -> None:
    page.goto(url)
    lines = page.evaluate(LINES)
    wrapped = [line for line in lines if len(line["lefts"]) > 1]
    assert len(wrapped) > 2
    assert {line["depth"] for line in lines} >= {1, 2}
    for line in wrapped:
        first, *others = line["lefts"]
        assert all(left > first + 8 for left in others), line["text"]


def test_nothing_is_wider_than_the_screen_or_cut_off(page: Page, notes: FinishedSite) -> None:
    for address in notes.readable_pages:
        page.goto(f"/{address}")
        for width in (1280, 390, 320):
            assert measured(page, width) == [], address


def test_prose_set_in_an_indented_block_wraps_and_code_scrolls(page: Page, url: str) -> None:
    page.goto(url)
    for block in page.locator(".prose pre").all():
        is_code = block.evaluate("block => block.parentElement.matches('figure.code')")
        overflow = block.evaluate("block => block.scrollWidth - block.clientWidth")
        assert is_code or overflow == 0
        if is_code:
            assert block.evaluate("block => getComputedStyle(block).overflowX") == "auto"


def test_chinese_glyphs_are_drawn_whatever_the_language_of_the_site(
    browser: Browser, notes: FinishedSite, notes_abroad: FinishedSite, url: str
) -> None:
    fonts = subprocess.run([program("fc-list", "fontconfig")], capture_output=True, check=True).stdout
    if b"Noto Sans CJK SC" not in fonts:
        pytest.skip("needs Chinese fonts: apt install fonts-noto-cjk")
    for site in (notes, notes_abroad):
        with serve(site.folder) as server:
            page = browser.new_page()
            page.goto(server + url)
            families = drawn_families(page, ".prose > p")
            page.close()
        assert "Noto Sans CJK SC" in families
        assert not families & {"Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK TC"}


def drawn_families(page: Page, selector: str) -> set[str]:
    """The fonts from which the glyphs of an element were in fact taken."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"] for font in fonts if font["glyphCount"]}
