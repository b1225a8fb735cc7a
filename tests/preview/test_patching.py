"""A saved file in an open page: only what differs is replaced, and the reader is taken to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import launched, needs_chromium
from tests.conftest import Project, SiteFactory

from .windows import BLOG, POST, edit, is_in_view, is_loaded_anew, marked, shown

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with launched() as browser:
        yield browser


@pytest.fixture
def project(site: SiteFactory) -> Project:
    return site(BLOG)


def test_what_the_reader_did_on_the_page_stays(project: Project, browser: Browser) -> None:
    """Opened details, a half-filled form, the focus, the selection and the place in the page."""
    with shown(project, browser) as page:
        page.get_by_text("More", exact=True).click()
        page.locator("#word").fill("half a wo")
        page.locator("#word").evaluate("input => input.setSelectionRange(2, 4)")
        page.evaluate("scrollTo({ top: 240, behavior: 'instant' })")
        before = page.locator("p", has_text="Paragraph 2.").evaluate("p => p.getBoundingClientRect().top")
        edit(project, POST, "Paragraph 3.", "Paragraph three, which is longer now.")
        page.get_by_text("Paragraph three").wait_for()
        assert page.locator("details").get_attribute("open") is not None
        assert page.locator("#word").input_value() == "half a wo"
        assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == [
            "word",
            2,
        ]
        after = page.locator("p", has_text="Paragraph 2.").evaluate("p => p.getBoundingClientRect().top")
        assert after == before
        assert not is_loaded_anew(page)


def test_the_place_stays_when_text_above_it_grows(project: Project, browser: Browser) -> None:
    """The changed block is in view, and what is below it moves no more than it must."""
    with shown(project, browser) as page:
        page.locator("p", has_text="Paragraph 30.").evaluate(
            "p => scrollTo({ top: p.getBoundingClientRect().top + scrollY - 300, behavior: 'instant' })"
        )
        edit(project, POST, "Paragraph 28.", "Before it.\n\nParagraph 28.")
        page.get_by_text("Before it.").wait_for()
        assert is_in_view(page.get_by_text("Before it."))
        assert is_in_view(page.locator("p", has_text="Paragraph 30."))


def test_the_first_changed_block_is_shown_and_marked(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "Paragraph 35.", "A new thirty-fifth.")
        block = marked(page)
        expect(block).to_contain_text("A new thirty-fifth.")
        assert is_in_view(block)
        assert block.evaluate("block => block.localName") == "p"


def test_a_change_in_view_does_not_scroll(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "What is in it.", "What is in it now.")
        edit(project, POST, "Paragraph 0.", "The first.")
        expect(marked(page)).to_be_visible()
        assert page.evaluate("scrollY") == 0


def test_the_mark_does_not_move_where_motion_is_unwelcome(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        page.emulate_media(reduced_motion="reduce")
        edit(project, POST, "Paragraph 1.", "The second.")
        frames = marked(page).evaluate(
            "block => block.getAnimations()[0].effect.getKeyframes().map((frame) => frame.outlineColor)"
        )
        assert len(set(frames)) == 1


def test_a_removed_block_is_gone_and_its_place_is_shown(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "The end.", "")
        page.get_by_text("The end.").wait_for(state="detached")
        assert page.evaluate("scrollY") > 0
        assert not is_loaded_anew(page)


def test_blocks_know_their_lines_after_text_above_them_grew(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        end = page.get_by_text("The end.")
        before = int(end.get_attribute("data-line") or 0)
        edit(project, POST, "Paragraph 0.", "New.\n\nParagraph 0.")
        page.get_by_text("New.").wait_for()
        assert int(end.get_attribute("data-line") or 0) == before + 2


def test_a_selection_stays_around_a_change_in_its_paragraph(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        page.locator("p", has_text="Paragraph 0.").evaluate(
            "p => getSelection().setBaseAndExtent(p.firstChild, 0, p.firstChild, 9)"
        )
        edit(project, POST, "Paragraph 0. Some words.", "Paragraph 0. Other words.")
        page.get_by_text("Other words.").wait_for()
        assert page.evaluate("String(getSelection())") == "Paragraph"


def test_the_title_and_the_metadata_of_a_page_follow(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, POST, "title: A long post", "title: A longer post\ndescription: In short")
        page.locator("h1", has_text="A longer post").wait_for()
        assert page.title() == "A longer post · Blog"
        assert page.locator("meta[name=description]").get_attribute("content") == "In short"
        assert not is_loaded_anew(page)


def test_another_post_s_change_leaves_a_page_alone(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        page.evaluate(
            "window.patches = 0; document.addEventListener('sitegen:patch', () => (window.patches += 1))"
        )
        edit(project, "content/posts/other.md", "See", "Do see")
        edit(project, POST, "The end.", "Its end.")
        page.get_by_text("Its end.").wait_for()
        edit(project, "content/posts/other.md", "Do see", "Please see")
        edit(project, POST, "Its end.", "My end.")
        page.get_by_text("My end.").wait_for()
        assert page.evaluate("window.patches") == 2


def test_the_new_title_of_a_neighbour_does_not_lead_away(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        edit(project, "content/posts/other.md", "title: Another", "title: Neighbour")
        expect(marked(page)).to_contain_text("Neighbour")
        assert page.evaluate("scrollY") == 0


def test_a_change_of_the_theme_is_shown_wherever_it_is(project: Project, browser: Browser) -> None:
    with shown(project, browser) as page:
        project.put("templates/inject/after_post.html", b"<p>Thank you.</p>")
        block = marked(page)
        expect(block).to_have_text("Thank you.")
        assert is_in_view(block)


def test_buttons_of_the_theme_stay_and_new_code_gets_its_own(project: Project, browser: Browser) -> None:
    edit(project, POST, "The end.", "```\none\n```\n\nThe end.")
    with shown(project, browser) as page:
        expect(page.get_by_role("button", name="Copy")).to_have_count(1)
        edit(project, POST, "one", "uno")
        page.get_by_text("uno").wait_for()
        expect(page.get_by_role("button", name="Copy")).to_have_count(1)
        edit(project, POST, "The end.", "```\ntwo\n```\n\nThe end.")
        expect(page.get_by_role("button", name="Copy")).to_have_count(2)


FOREIGN = """\
-- static/foreign.js --
for (const table of document.querySelectorAll("table")) {
  const wrapper = document.createElement("div");
  wrapper.className = "wrapper";
  table.replaceWith(wrapper);
  wrapper.append(table);
}
document.body.classList.add("ready");
document.querySelector("h1").append(Object.assign(document.createElement("a"), { textContent: "#" }));
document.querySelector("#clock").textContent = "12:30";
-- content/pages/foreign.html --
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Foreign</title></head>
<body class="theirs">
<h1>Head</h1>
<p id="clock"></p>
<table><tr><td>cell</td></tr></table>
<p class="last">Text</p>
<script src="/foreign.js"></script>
</body></html>
"""
FOREIGN_PAGE = "content/pages/foreign.html"


@pytest.fixture
def foreign(site: SiteFactory) -> Project:
    """A page that a script changes before ours comes: it wraps, adds, gives classes and fills in."""
    return site('-- sitegen.toml --\ntitle = "Blog"\n' + FOREIGN)


def test_what_a_script_made_of_the_page_stays(foreign: Project, browser: Browser) -> None:
    with shown(foreign, browser, "/foreign.html") as page:
        edit(foreign, FOREIGN_PAGE, ">cell<", ">new cell<")
        edit(foreign, FOREIGN_PAGE, 'class="theirs"', 'class="other"')
        edit(foreign, FOREIGN_PAGE, "Head", "Heading")
        edit(foreign, FOREIGN_PAGE, '<p class="last">Text', "<p>Inserted\n<p>Text")
        page.get_by_text("Inserted").wait_for()
        assert page.locator(".wrapper td").inner_text() == "new cell"
        assert page.locator("body").get_attribute("class") == "ready other"
        assert page.locator("h1").inner_text() == "Heading#"
        assert page.locator("#clock").inner_text() == "12:30"
        assert not is_loaded_anew(page)


def test_a_page_whose_script_took_away_what_changed_is_loaded_anew(
    foreign: Project, browser: Browser
) -> None:
    edit(foreign, "static/foreign.js", '"12:30"', '""; document.querySelector(".last").remove()')
    with shown(foreign, browser, "/foreign.html") as page:
        edit(foreign, FOREIGN_PAGE, "Text", "Other text")
        page.wait_for_function("() => window.isFirst !== true")


def test_a_page_whose_script_changed_is_loaded_anew(foreign: Project, browser: Browser) -> None:
    with shown(foreign, browser, "/foreign.html") as page:
        edit(foreign, "static/foreign.js", "12:30", "12:31")
        page.get_by_text("12:31").wait_for()
        assert is_loaded_anew(page)
