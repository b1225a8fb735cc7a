"""The finished blog under the policy `default-src 'self'`: its scripts work, and without them it can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import needs_chromium, serve
from tests.pages.conftest import REPOSITORY
from tests.pages.finished import FinishedSite

pytestmark = needs_chromium

PROGRAM = "/2024/08/25/one-program-six-languages/"
SOURCE = REPOSITORY / "content/posts/2024/one-program-six-languages/index.md"
UNSEEN = """() => [...document.body.querySelectorAll("*:not(script, svg *, math *)")]
  .filter((element) => !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((element) => !element.closest(".scheme-switch, .toc details:not([open]), .anchor"))
  .map((element) => element.outerHTML.slice(0, 80))"""
"""What is not seen but the switch of colours, closed contents and the marks that headings show to a pointer."""


@pytest.fixture
def server(demonstration: FinishedSite) -> Iterator[str]:
    """The address of the blog, served under the policy."""
    with serve(demonstration.folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A post with code; whatever the browser complains of fails the test."""
    context = browser.new_context(color_scheme="light", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server + PROGRAM)
    yield page
    context.close()
    assert complaints == []


def ground(page: Page) -> str:
    """The colour behind the text."""
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return colour


def test_the_policy_is_in_force(browser: Browser, server: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(server + PROGRAM)
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.close()
    assert len(complaints) == 1
    assert "default-src 'self'" in complaints[0]


def test_the_colours_of_the_page_and_of_its_code_follow_the_switch(page: Page) -> None:
    code = "getComputedStyle(document.querySelector('.code .k, .code .kn')).color"
    light = ground(page), page.evaluate(code)
    page.locator(".scheme-switch").click()
    dark = ground(page), page.evaluate(code)
    assert dark[0] != light[0]
    assert dark[1] != light[1]


def test_every_block_of_code_is_copied_as_its_author_typed_it(page: Page) -> None:
    # Blocks that stand in items are indented in the source.
    source = {line.strip(" \t") for line in SOURCE.read_text(encoding="utf-8").splitlines()}
    blocks = page.locator("figure.code").all()
    assert len(blocks) > 5
    for block in blocks:
        block.hover()
        block.get_by_role("button").click()
        block.get_by_role("button", name="已复制").wait_for()
        copied: str = page.evaluate("navigator.clipboard.readText()")
        assert copied.count("\n") > 2
        assert {line.strip(" \t") for line in copied.splitlines()} <= source


@pytest.mark.parametrize("url", ["/", PROGRAM, "/math/birthday/", "/archives/", "/categories/", "/404.html"])
def test_without_scripts_a_page_shows_all_but_what_needs_them(
    browser: Browser, server: str, url: str
) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(server + url)
    assert page.locator("main").inner_text().strip()
    assert page.evaluate(UNSEEN) == []
    assert ground(page) == "rgb(25, 23, 20)"
    context.close()
