"""An open page beside its HTML: style sheets and pictures, problems, badges, the connection, the way to the editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from sitegen.preview.application import Behaviour
from tests.browser import launched, needs_chromium
from tests.conftest import Project, SiteFactory
from tests.pages.npm import npm_file
from tests.pages.test_accessibility import audit

from .conftest import eventually, running
from .windows import BLOG, POST, POST_URL, edit, is_loaded_anew, problems, shown, window

pytestmark = needs_chromium

OTHER = "content/posts/other.md"
OTHER_URL = "/2024/05/09/other/"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"/>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with launched() as browser:
        yield browser


@pytest.fixture
def project(site: SiteFactory) -> Project:
    return site(BLOG)


def colour(page: Page) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).color")
    return found


# Style sheets and pictures


def test_a_style_sheet_is_exchanged_without_loading_the_page(project: Project, browser: Browser) -> None:
    """The old one stays until the new one is there, so that the page is at no moment without."""
    project.put("templates/inject/head_end.html", b'<link rel="stylesheet" href="/own.css">')
    project.put("static/own.css", b"body { color: rgb(1, 2, 3) }")
    with shown(project, browser) as page:
        assert colour(page) == "rgb(1, 2, 3)"
        page.evaluate(
            """() => {
                window.seen = new Set();
                const look = () => {
                    window.seen.add(getComputedStyle(document.body).color);
                    requestAnimationFrame(look);
                };
                look();
            }"""
        )
        edit(project, "static/own.css", "1, 2, 3", "4, 5, 6")
        page.wait_for_function("() => getComputedStyle(document.body).color === 'rgb(4, 5, 6)'")
        edit(project, "static/own.css", "4, 5, 6", "7, 8, 9")
        page.wait_for_function("() => getComputedStyle(document.body).color === 'rgb(7, 8, 9)'")
        assert page.evaluate("[...window.seen].sort()") == ["rgb(1, 2, 3)", "rgb(4, 5, 6)", "rgb(7, 8, 9)"]
        expect(page.locator('link[href*="own.css"]')).to_have_count(1)
        assert not is_loaded_anew(page)


def test_a_style_sheet_of_the_theme_is_exchanged_too(project: Project, browser: Browser) -> None:
    """Its address changes with its content, and so the page does."""
    project.put("assets/style.css", b"body { color: rgb(1, 2, 3) }")
    with shown(project, browser) as page:
        edit(project, "assets/style.css", "1, 2, 3", "4, 5, 6")
        page.wait_for_function("() => getComputedStyle(document.body).color === 'rgb(4, 5, 6)'")
        expect(page.locator('link[href*="/style."]')).to_have_count(1)
        assert not is_loaded_anew(page)


def test_a_changed_picture_is_shown(project: Project, browser: Browser) -> None:
    project.put("content/posts/long/a.svg", PICTURE.format(10).encode())
    edit(project, POST, "The end.", "![A](long/a.svg)\n\nThe end.")
    edit(project, POST, "<details>", "![A](long/a.svg)\n\n<details>")
    with shown(project, browser) as page:
        picture = page.locator(".prose img").first
        assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 10
        project.put("content/posts/long/a.svg", PICTURE.format(30).encode())
        page.wait_for_function("() => document.querySelector('.prose img').naturalWidth === 30")
        assert not is_loaded_anew(page)


def test_a_page_is_loaded_anew_for_a_picture_that_only_a_style_sheet_names(
    project: Project, browser: Browser
) -> None:
    project.put("static/a.svg", PICTURE.format(10).encode())
    project.put("assets/style.css", b"body { background: url(/a.svg) }")
    with shown(project, browser) as page:
        page.wait_for_function(
            "() => performance.getEntriesByType('resource').some(({ name }) => /a.svg/.test(name))"
        )
        with page.expect_response(lambda response: "/a.svg" in response.url) as found:
            project.put("static/a.svg", PICTURE.format(30).encode())
        assert b"30" in found.value.body()
        assert is_loaded_anew(page)


# Problems


def test_problems_are_shown_as_in_the_terminal_and_clear_at_once(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        title = page.title()
        edit(project, POST, "date: 2024-05-10", "date: 2024-13-10")
        shown_problems = problems(page)
        expect(shown_problems.get_by_role("heading")).to_have_text("1 error")
        expect(page.locator("sitegen-preview .problems")).to_be_hidden()
        said = shown_problems.inner_text()
        assert f'{POST}:3:7: error[date]: "2024-13-10" is not a date' in said
        excerpt = page.locator("sitegen-preview pre").text_content()
        assert excerpt == "3 | date: 2024-13-10\n  | date: ^^^^^^^^^^"
        assert not page.locator("sitegen-preview pre .unseen").is_visible()
        assert page.title() == f"✗ {title}"
        edit(project, POST, "date: 2024-13-10", "date: 2024-05-10")
        expect(shown_problems).to_have_count(0)
        assert page.title() == title
        assert not is_loaded_anew(page)


def test_carets_stand_below_what_is_meant_whatever_the_font(project: Project, browser: Browser) -> None:
    """A Chinese character need not be as wide as two Latin ones."""
    with shown(project, browser) as page:
        edit(project, POST, "date: 2024-05-10", "date: 二零二四年 2024-13-10")
        problems(page).wait_for()
        mark, caret = page.locator("sitegen-preview mark"), page.locator("sitegen-preview .caret")
        left = [locator.bounding_box()["x"] for locator in (mark, caret)]  # type: ignore[index]
        assert abs(left[0] - left[1]) < 1


def test_problems_can_be_put_aside_until_there_are_others(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "date: 2024-05-10", "date: 2024-13-10")
        problems(page).wait_for()
        page.keyboard.press("Escape")
        expect(problems(page)).to_have_count(0)
        assert page.get_by_text("The end.").is_visible()
        edit(project, OTHER, "See", "Do see")
        page.goto(page.url.replace(POST_URL, OTHER_URL))
        button = page.get_by_role("button", name="1 error")
        button.wait_for()
        expect(problems(page)).to_have_count(0)
        button.press("Enter")
        problems(page).wait_for()
        page.get_by_role("button", name="Put aside").click()
        assert (
            page.evaluate("document.querySelector('sitegen-preview').shadowRoot.activeElement.textContent")
            == "1 error"
        )
        edit(project, OTHER, "date: 2024-05-09", "date: 2024-99-09")
        expect(problems(page).get_by_role("heading")).to_have_text("2 errors")


def test_whoever_is_typing_goes_on_typing(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        page.locator("#word").focus()
        edit(project, POST, "date: 2024-05-10", "date: 2024-13-10")
        problems(page).wait_for()
        assert page.evaluate("document.activeElement.id") == "word"


def test_the_fault_of_a_template_is_shown_over_the_last_good_page(project: Project, browser: Browser) -> None:
    project.put("templates/inject/after_post.html", b"<p>After it</p>")
    with shown(project, browser) as page:
        edit(project, "templates/inject/after_post.html", "After it", "{{ post.titel }}")
        expect(problems(page)).to_contain_text('a post has no "titel". Did you mean title?')
        page.keyboard.press("Escape")
        assert page.get_by_text("After it").is_visible()
        edit(project, "templates/inject/after_post.html", "{{ post.titel }}", "{{ post.title }}!")
        page.get_by_text("A long post!").wait_for()
        expect(page.get_by_role("button", name="1 error")).to_have_count(0)


def test_a_site_that_is_broken_from_the_start_shows_itself_when_mended(
    project: Project, browser: Browser
) -> None:
    edit(project, POST, "date: 2024-05-10", "date: 2024-13-10")
    with shown(project, browser) as page:
        expect(problems(page)).to_contain_text("the page shows itself")
        edit(project, POST, "date: 2024-13-10", "date: 2024-05-10")
        page.get_by_text("The end.").wait_for()
        expect(problems(page)).to_have_count(0)


def test_a_warning_covers_nothing(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "The end.", "[The end](nowhere.md).")
        button = page.get_by_role("button", name="1 warning")
        button.wait_for()
        expect(problems(page)).to_have_count(0)
        button.click()
        expect(problems(page)).to_contain_text("nowhere.md")
        expect(problems(page)).to_contain_text("The site can be built all the same.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_what_is_shown_over_a_page(
    project: Project, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    axe = npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")
    with shown(project, browser, "/drafts/idea/") as page:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(axe)
        edit(project, POST, "date: 2024-05-10", "date: 2024-13-10")
        edit(project, OTHER, "(long.md)", "(nowhere.md)")
        expect(problems(page).get_by_role("heading")).to_have_text("1 error")
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            assert audit(page)["found"] == [], width
            assert page.evaluate("document.documentElement.scrollWidth") == width
        page.keyboard.press("Escape")
        page.get_by_role("button", name="1 error").wait_for()
        assert audit(page)["found"] == []


# What only the preview shows


def test_a_draft_and_a_future_post_wear_badges(project: Project, browser: Browser) -> None:
    with running(project.root) as preview:
        with window(browser, preview, "/drafts/idea/") as page:
            expect(page.get_by_text("Draft: it is not published.")).to_be_visible()
        with window(browser, preview, "/") as page:
            expect(page.locator("main h2 a", has_text="Later")).to_contain_text("future")
            expect(page.locator("main h2 a", has_text="Another").locator("sitegen-badge")).to_have_count(0)
            edit(project, OTHER, "title: Another", "title: Another\ndraft: true")
            page.locator("main h2 a", has_text="Another").wait_for()
            expect(page.locator("main h2 a", has_text="Later").locator("sitegen-badge")).to_have_count(1)


def test_a_published_post_wears_none(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "The end.", "An end.")
        page.get_by_text("An end.").wait_for()
        expect(page.get_by_text("not published")).to_have_count(0)


# The connection


def test_a_page_catches_up_when_the_preview_is_back(project: Project, browser: Browser) -> None:
    """Another process knows another token; the page keeps what its reader did."""
    with running(project.root, tells_lines=True) as preview:
        port = preview.port
        context = browser.new_context()
        page = context.new_page()
        with page.expect_response(lambda response: "/events" in response.url):
            page.goto(preview.url + POST_URL)
        page.locator("#word").fill("kept")
    page.get_by_text("The preview is not running.").wait_for()
    edit(project, POST, "The end.", "While you were away.")
    with running(project.root, tells_lines=True, port=port, behaviour=Behaviour(token="another")):
        page.get_by_text("While you were away.").wait_for()
        expect(page.get_by_text("The preview is not running.")).to_be_hidden()
        assert page.locator("#word").input_value() == "kept"
        edit(project, POST, "While you were away.", "And now.")
        page.get_by_text("And now.").wait_for()
    context.close()


def test_a_page_that_is_shown_again_catches_up(project: Project, browser: Browser) -> None:
    """A computer that slept, or a page that was left and returned to."""
    with shown(project, browser) as page:
        address = page.url
        page.goto(address.replace(POST_URL, OTHER_URL))
        edit(project, POST, "The end.", "Another end.")
        page.go_back()
        page.get_by_text("Another end.").wait_for()


def test_a_computer_that_slept_catches_up(project: Project, browser: Browser) -> None:
    """Its stream may be dead without a word, so another is asked for."""
    with running(project.root) as preview:
        context = browser.new_context()
        page = context.new_page()
        page.clock.install()
        with page.expect_response(lambda response: "/events" in response.url):
            page.goto(preview.url + POST_URL)
        with page.expect_request(lambda request: "/events" in request.url):
            page.clock.fast_forward("08:00:00")
        edit(project, POST, "The end.", "Good morning.")
        page.get_by_text("Good morning.").wait_for()
        context.close()


def test_a_page_that_nobody_looks_at_gives_its_stream_back(project: Project, browser: Browser) -> None:
    """A browser has six connections for all its tabs; one that is looked at again catches up."""
    turn = """(state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    with running(project.root) as preview:
        context = browser.new_context()
        page = context.new_page()
        page.clock.install()
        with page.expect_response(lambda response: "/events" in response.url):
            page.goto(preview.url + POST_URL)
        with page.expect_event("requestfailed", lambda request: "/events" in request.url):
            page.evaluate(turn, "hidden")
            page.clock.run_for(20_000)
        edit(project, POST, "The end.", "Meanwhile.")
        with page.expect_response(lambda response: "/events" in response.url):
            page.evaluate(turn, "visible")
        page.get_by_text("Meanwhile.").wait_for()
        context.close()


def test_the_browser_follows_the_post_that_is_saved(project: Project, browser: Browser) -> None:
    with shown(project, browser, follows=True) as page:
        with page.expect_response(lambda response: "/events" in response.url):
            edit(project, OTHER, "See", "Do see")
            page.wait_for_url(f"**{OTHER_URL}")
        page.get_by_text("Do see").wait_for()
        edit(project, OTHER, "Do see", "Please see")
        page.get_by_text("Please see").wait_for()
        edit(project, POST, "The end.", "The very end.")
        page.wait_for_url(f"**{POST_URL}")


def test_a_post_is_followed_to_its_new_address(project: Project, browser: Browser) -> None:
    """It has another date, say; what is open is the post, not the address."""
    with shown(project, browser) as page:
        edit(project, POST, "date: 2024-05-10", "date: 2024-06-11")
        page.wait_for_url("**/2024/06/11/long/")
        page.get_by_text("The end.").wait_for()


def test_a_page_that_is_gone_says_so_and_comes_back(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        text = (project.root / POST).read_bytes()
        (project.root / POST).unlink()
        expect(page.get_by_text("This page is no longer part of the site.")).to_be_visible()
        assert page.get_by_text("The end.").is_visible()
        project.put(POST, text.replace(b"The end.", b"Back again."))
        page.get_by_text("Back again.").wait_for()
        expect(page.get_by_text("This page is no longer part of the site.")).to_be_hidden()


# The way to the editor


def test_a_click_with_alt_opens_the_editor_at_the_line(project: Project, browser: Browser) -> None:
    edit(project, POST, "<details>", "Soft\nbreak\nhere\n\n- one\n- two\n\n```\na\nb\nc\n```\n\n<details>")
    lines = (project.root / POST).read_text(encoding="utf-8").split("\n")
    with running(project.root, tells_lines=True) as preview, window(browser, preview) as page:

        def opened_by(text: str) -> tuple[str, int]:
            before = len(preview.opened)
            place = page.evaluate(
                """(text) => {
                    const walker = document.createTreeWalker(document.querySelector(".prose"), NodeFilter.SHOW_TEXT);
                    while (walker.nextNode()) {
                        const at = walker.currentNode.data.indexOf(text);
                        if (at < 0) continue;
                        const range = document.createRange();
                        range.setStart(walker.currentNode, at);
                        range.setEnd(walker.currentNode, at + text.length);
                        const { x, y, width, height } = range.getBoundingClientRect();
                        return [x + width / 2, y + height / 2];
                    }
                }""",
                text,
            )
            page.keyboard.down("Alt")
            page.mouse.click(*place)
            page.keyboard.up("Alt")
            return eventually(lambda: preview.opened[before] if len(preview.opened) > before else None)

        for text, line in (
            ("here", "here"),
            ("two", "- two"),
            ("b\n", "b"),
            ("c\n", "c"),
            ("break", "break"),
        ):
            assert opened_by(text) == (POST, lines.index(line) + 1), text
        page.locator("h1").click(modifiers=["Alt"])
        assert eventually(lambda: preview.opened[5:]) == [(POST, 1)]
        assert page.get_by_text("Opened in the editor.").is_visible()


def test_a_click_with_alt_on_a_list_opens_the_post(project: Project, browser: Browser) -> None:
    with running(project.root, tells_lines=True) as preview, window(browser, preview, "/") as page:
        page.locator(".entry", has_text="Another").locator(".summary").click(modifiers=["Alt"])
        assert eventually(lambda: preview.opened) == [(OTHER, 1)]
        assert page.url == f"{preview.url}/"


def test_it_is_said_where_no_editor_can_be_opened(project: Project, browser: Browser) -> None:
    with shown(project, browser, open_editor=lambda _source, _line: "No editor is known.") as page:
        page.locator("h1").click(modifiers=["Alt"])
        expect(page.get_by_text("No editor is known.")).to_be_visible()


def test_the_place_of_a_problem_opens_the_editor(project: Project, browser: Browser) -> None:
    """Though the site has no page of a file that cannot be read."""
    with running(project.root) as preview, window(browser, preview) as page:
        project.put("content/posts/new.md", b"---\ntitle: New\ndate: 2024-13-01\n---\n")
        page.get_by_role("button", name="content/posts/new.md:3:7").click()
        assert eventually(lambda: preview.opened) == [("content/posts/new.md", 3)]
