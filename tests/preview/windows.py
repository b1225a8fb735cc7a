"""Pages of a preview in a real browser, and what can be seen in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page

from tests.conftest import Project

from .conftest import Running, running

POST = "content/posts/long.md"
POST_URL = "/2024/05/10/long/"

BLOG = f"""\
-- sitegen.toml --
title = "Blog"
-- {POST} --
---
title: A long post
date: 2024-05-10
---
<details><summary>More</summary>What is in it.</details>

<form><label>Word <input id="word"></label></form>

{{}}

The end.
-- content/posts/other.md --
---
title: Another
date: 2024-05-09
---
See [the long one](long.md).
-- content/drafts/idea.md --
---
title: An idea
---
Not yet.
-- content/posts/later.md --
---
title: Later
date: 2030-01-01
---
Not now.
""".format("\n\n".join(f"Paragraph {number}. {'Some words. ' * 20}" for number in range(40)))
"""Its post is longer than a window and has something to open and something to fill in."""


def edit(project: Project, path: str, old: str, new: str) -> None:
    """Saves a file with something else in it, at once, so that no page is made of half of it."""
    place = project.root / path
    text = place.read_text(encoding="utf-8")
    assert old in text
    beside = place.with_name(f".{place.name}.new")
    beside.write_text(text.replace(old, new), encoding="utf-8")
    beside.replace(place)


@contextmanager
def window(browser: Browser, preview: Running, path: str = POST_URL, **options: object) -> Iterator[Page]:
    """A page of the preview, open and listening; an error in the browser fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 700}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if message.text.startswith("sitegen:") else None,
    )
    with page.expect_response(lambda response: "/__sitegen__/events" in response.url):
        page.goto(preview.url + path)
    page.evaluate("window.isFirst = true")
    yield page
    context.close()
    assert not errors


@contextmanager
def shown(project: Project, browser: Browser, path: str = POST_URL, **overrides: object) -> Iterator[Page]:
    """A page of a preview of its own."""
    with (
        running(project.root, tells_lines=True, **overrides) as preview,
        window(browser, preview, path) as page,
    ):
        yield page


def is_loaded_anew(page: Page) -> bool:
    """Whether the page is not the one that was opened."""
    return not page.evaluate("window.isFirst === true")


def marked(page: Page) -> Locator:
    """The block that is marked as changed."""
    page.wait_for_function(
        "() => document.getAnimations().some((animation) => animation.id === 'sitegen-changed')"
    )
    page.evaluate(
        """() => {
            const animation = document.getAnimations().find(({ id }) => id === "sitegen-changed");
            animation.pause();
            animation.effect.target.dataset.marked = "";
        }"""
    )
    return page.locator("[data-marked]")


def is_in_view(locator: Locator) -> bool:
    """Whether something is inside the window, without scrolling to it."""
    return bool(
        locator.evaluate(
            """(element) => {
                const { top, bottom } = element.getBoundingClientRect();
                return top >= 0 && bottom <= innerHeight;
            }"""
        )
    )


def problems(page: Page) -> Locator:
    """The list of problems over the page."""
    return page.get_by_role("dialog")
