"""axe-core on one page of each kind, light and dark, from telephones to desks."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import needs_chromium, serve
from tests.pages.finished import FinishedSite
from tests.pages.npm import npm_file

pytestmark = needs_chromium

PAGES = {
    "index": "/",
    "second page of the index": "/page/2/",
    "post with code": "/2020/03/29/shell-scripts-that-outlive-their-authors/",
    "post with formulas": "/math/birthday/",
    "post of notes": "/2017/11/19/数据库笔记/",
    "tag": "/tags/Python/",
    "category": "/categories/编程/",
    "archive": "/archives/",
    "month": "/archives/2024/08/",
    "tags": "/tags/",
    "categories": "/categories/",
    "page": "/about/",
    "404": "/404.html",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AUDIT = """async (tags) => {
  const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  const { violations, passes } = await axe.run(document, options);
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  return { found, passed: passes.map(({ id }) => id) };
}"""


def audit(page: Page) -> dict[str, Any]:
    """The violations that axe finds, and the rules that hold."""
    result: dict[str, Any] = page.evaluate(AUDIT, RULES)
    return result


@pytest.fixture(scope="module")
def axe() -> str:
    """The script, which the browser takes from the test and not from the page."""
    return npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_no_violation(browser: Browser, with_drafts: FinishedSite, axe: str, kind: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    with serve(with_drafts.folder) as server:
        page.goto(server + PAGES[kind])
        assert page.locator(".list-header, .post-header, .entry").count()
        page.evaluate(axe)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                result = audit(page)
                assert result["found"] == [], (width, scheme)
                assert "color-contrast" in result["passed"]
    page.close()


def test_axe_would_find_a_violation(browser: Browser, axe: str) -> None:
    page = browser.new_page()
    page.set_content("<main><h1>x</h1><img src='data:,'><p style='color: #ccc'>pale</p></main>")
    page.evaluate(axe)
    found = {violation.partition(":")[0] for violation in audit(page)["found"]}
    assert found >= {"html-has-lang", "image-alt", "color-contrast"}
    page.close()
