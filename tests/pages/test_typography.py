"""Where lines end and begin on a finished page, at every width that a column may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import needs_chromium, serve
from tests.conftest import Project

pytestmark = needs_chromium

TEXT = """\
-- sitegen.toml --
language = "zh-Hans"
-- content/posts/a.md --
---
title: 行
date: 2026-01-02
---
他说的是$n=2$。然后（$x^2$）说“$y$”，这样。[^1]就好$z$[^1]，对**不对**。[^1]吗？

- [ ] 一件写在一行里写不下的事，所以折了行，折了又折，折了又折，折了又折，折了又折
- 一件写在一行里写不下的事，所以折了行，折了又折，折了又折，折了又折，折了又折

很长的$a_1+a_2+a_3+a_4+a_5+a_6+a_7+a_8+a_9+a_{10}+a_{11}+a_{12}+a_{13}+a_{14}+a_{15}+a_{16}$，也行。

[^1]: 注。
"""
LINE_BEGINNINGS = """([selector, from, to]) => {
  const paragraph = document.querySelector(selector);
  const edge = paragraph.getBoundingClientRect().left;
  const found = new Set();
  for (let width = from; width <= to; width += 1) {
    paragraph.style.width = `${width}px`;
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); )
      for (let at = 0; at < node.data.length; at += 1) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const box = range.getBoundingClientRect();
        if (box.width && box.left < edge + 1 && !node.parentElement.closest("math")) found.add(node.data[at]);
      }
  }
  paragraph.style.width = "";
  return [...found].join("");
}"""


@pytest.fixture(scope="module")
def loaded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The post in a browser."""
    project = Project(tmp_path_factory.mktemp("lines"))
    project.write(TEXT)
    assert project.build().problems == ()
    page = browser.new_page()
    with serve(project.output) as server:
        page.goto(f"{server}/2026/01/02/a/")
        yield page
    page.close()


@pytest.fixture
def page(loaded: Page) -> Page:
    """The post on a telephone."""
    loaded.set_viewport_size({"width": 390, "height": 844})
    return loaded


def test_no_line_begins_with_closing_punctuation_or_the_number_of_a_footnote(page: Page) -> None:
    beginnings = page.evaluate(LINE_BEGINNINGS, [".prose > p", 90, 350])
    assert set("他说然就") <= set(beginnings)
    assert set("。，）”？1") & set(beginnings) == set()


def test_a_task_that_wraps_hangs_below_its_text_as_items_do(page: Page) -> None:
    task, item = page.evaluate(
        """[...document.querySelectorAll(".prose li")].slice(0, 2).map((item) => {
          const text = document.createTreeWalker(item, NodeFilter.SHOW_TEXT).nextNode();
          const range = document.createRange();
          range.setStart(text, text.data.search(/\\S/));
          range.setEnd(text, text.length);
          return [...range.getClientRects()].map((box) => box.left);
        })"""
    )
    assert len(task) > 1
    assert task == pytest.approx([item[0]] * len(task), abs=1)


def test_a_formula_longer_than_the_screen_scrolls_in_its_place(page: Page) -> None:
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(
            """(() => {
              const formula = [...document.querySelectorAll(".prose > p:not(:first-child) math")].at(-1);
              formula.scrollLeft = 1e6;
              return formula.scrollWidth > formula.clientWidth && formula.scrollLeft > 0;
            })()"""
        )
