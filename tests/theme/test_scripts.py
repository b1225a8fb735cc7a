"""The default theme's scripts in a real browser, under the strictest policy a site may send."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from sitegen.model import Body, Heading
from tests.browser import launched, needs_chromium, serve
from tests.theme import showcase

POST = "/2026/09/12/p0/"
BODY = """\
<h2 id="第一">First</h2>
<p>Text<sup class="footnote-ref"><a href="#fn:1" id="fnref:1">1</a></sup>.</p>
<figure class="code"><pre tabindex="0"><code><span class="line" data-line="1">one
</span><span class="line" data-line="2">two
</span></code></pre></figure>
<p><img src="/large.svg" alt="A hill" width="1600" height="800"></p>
<div class="table-scroll" tabindex="0"><table><tr><td>a</td></tr></table></div>
<p class="spacer">…</p>
<h2 id="second">Second</h2>
<section class="footnotes"><ol><li id="fn:1"><p>The note. <a href="#fnref:1" class="footnote-backref">↩</a></p></li></ol></section>
"""
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="800"><rect width="9" height="9"/></svg>'
)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the showcase, with a post that has all that scripts look for."""
    folder = tmp_path_factory.mktemp("site")
    body = Body(
        html=BODY,
        summary_html="",
        headings=(
            Heading(level=2, id="第一", title="First"),
            Heading(level=2, id="second", title="Second"),
        ),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(showcase, "example_body", lambda _: body)
        config = showcase.CONFIG_AT_ROOT
        shown = showcase.show(folder / "project", config, outdated_after_days=1)
    for url, html in shown.html.items():
        path = folder / "site" / url.lstrip("/") / ("index.html" if url.endswith("/") else "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    for url, content in shown.asset_contents.items():
        path = folder / "site" / url.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "site/large.svg").write_bytes(PICTURE)
    with serve(folder / "site") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """The post on a wide screen; whatever the browser complains of fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(site + POST)
    yield page
    context.close()
    assert not complaints


def scheme(page: Page) -> str | None:
    return page.locator("html").get_attribute("data-theme")


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return colour


def test_the_switch_goes_to_the_other_scheme_first_and_comes_back_to_the_system_s(page: Page) -> None:
    switch = page.get_by_role("button", name="Colours: as the system")
    light = background(page)
    switch.click()
    assert scheme(page) == "dark"
    assert background(page) != light
    page.get_by_role("button", name="Colours: dark").click()
    assert scheme(page) == "light"
    assert background(page) == light
    page.get_by_role("button", name="Colours: light").click()
    assert scheme(page) is None


def test_a_chosen_scheme_holds_on_the_next_page_before_it_is_drawn(page: Page, site: str) -> None:
    page.get_by_role("button", name="Colours").click()
    dark = background(page)
    # The script that sets up the switch comes late; without it, only the one in the head can have worked.
    page.route("**/site.*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{site}/archives/")
    assert scheme(page) == "dark"
    assert background(page) == dark


def test_the_scheme_follows_the_system_until_one_is_chosen(page: Page) -> None:
    light = background(page)
    page.emulate_media(color_scheme="dark")
    assert background(page) != light
    page.get_by_role("button", name="Colours").click()
    assert scheme(page) == "light"
    assert background(page) == light


def test_copied_code_has_no_line_numbers(page: Page) -> None:
    page.locator(".code").hover()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "one\ntwo\n"


def test_the_contents_are_open_where_there_is_room_and_mark_what_is_read(page: Page) -> None:
    assert page.locator(".toc details").get_attribute("open") is not None
    page.locator(".spacer").evaluate("spacer => { spacer.style.height = '4000px' }")
    page.locator("#第一").evaluate("heading => heading.scrollIntoView({ behavior: 'instant' })")
    page.locator('.toc a[aria-current="location"]', has_text="First").wait_for()
    page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
    page.locator('.toc a[aria-current="location"]', has_text="Second").wait_for()
    assert page.locator(".toc a[aria-current]").count() == 1
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator(".toc details:not([open])").wait_for()


def test_a_footnote_is_shown_beside_its_number_while_the_pointer_is_there(page: Page) -> None:
    page.locator(".footnote-ref a").hover()
    preview = page.locator(".footnote-preview")
    assert preview.inner_text() == "The note."
    assert page.locator("[id='fn:1']").count() == 1
    page.mouse.move(0, 0)
    assert preview.count() == 0


def test_a_large_picture_opens_with_the_keyboard_and_closes_with_escape(page: Page) -> None:
    picture = page.get_by_role("button", name="Enlarge the image: A hill")
    picture.press("Enter")
    page.get_by_role("dialog", name="A hill").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert picture.evaluate("picture => picture === document.activeElement")


def test_an_old_post_says_so(page: Page) -> None:
    page.clock.set_fixed_time("2030-01-01T00:00:00Z")
    page.reload()
    assert page.locator(".outdated").is_visible()
    page.clock.set_fixed_time("2026-09-13T00:00:00+08:00")
    page.reload()
    assert not page.locator(".outdated").is_visible()


def test_without_scripts_everything_is_there_but_the_switch(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(site + POST)
    assert page.locator(".prose table").is_visible()
    assert not page.get_by_role("button").count()
    page.locator(".toc summary").click()
    page.locator(".toc a", has_text="Second").click()
    assert page.url == f"{site}{POST}#second"
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_page(browser: Browser, site: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    found = {}
    for path in ("/", POST, "/2026/09/11/安静/", "/archives/", "/tags/", "/categories/", "/404.html"):
        page.goto(site + quote(path))
        found[path] = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert set(found.values()) == {width}, found
