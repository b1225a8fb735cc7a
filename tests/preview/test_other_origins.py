"""A real browser on a page of somebody else, which tries to get at the preview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import launched, needs_chromium, serve
from tests.conftest import Project

from .conftest import BLOG, HELLO_URL, TOKEN, Running, running

pytestmark = needs_chromium

REBOUND = "rebound.example"
"""A name that its owner has bound to this machine, after the browser had loaded a page of his under it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as it:
        yield it


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    project = Project(tmp_path_factory.mktemp("preview") / "project")
    project.root.mkdir()
    project.write(
        f"{BLOG}-- static/dot.svg --\n<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\n"
    )
    project.put("static/code.js", b"window.stolen = 'code'\n")
    with running(project.root) as it:
        yield it


@pytest.fixture(params=["127.0.0.1", "localhost"], ids=["another port", "another site"])
def foreign(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of another origin on this machine, under no policy of its own."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Evil</title><p>Evil")
    with serve(tmp_path) as address:
        page = browser.new_page(bypass_csp=True)
        page.goto(address.replace("127.0.0.1", request.param))
        yield page
        page.close()


LOADS = """async ([tag, attribute, address]) => {
    const element = document.createElement(tag);
    if (tag === "link") element.rel = "stylesheet";
    return await new Promise((resolve) => {
        element.onload = () => resolve("loaded");
        element.onerror = () => resolve("refused");
        element[attribute] = address;
        document.body.append(element);
    });
}"""


@pytest.mark.parametrize(
    ("tag", "attribute", "path"),
    [
        ("script", "src", "/code.js"),
        ("script", "src", "/__sitegen__/preview.js"),
        ("script", "src", HELLO_URL),
        ("img", "src", "/dot.svg"),
        ("link", "href", "/style/own.css"),
    ],
)
def test_nothing_can_be_built_into_a_page_of_another_origin(
    preview: Running, foreign: Page, tag: str, attribute: str, path: str
) -> None:
    assert foreign.evaluate(LOADS, [tag, attribute, preview.url + path]) == "refused"
    assert foreign.evaluate("window.stolen") is None


def test_the_same_things_load_on_a_page_of_the_preview(preview: Running, browser: Browser) -> None:
    """Else the tests above would prove nothing."""
    page = browser.new_page()
    page.goto(preview.url + HELLO_URL)
    for tag, attribute, path in (
        ("script", "src", "/code.js"),
        ("img", "src", "/dot.svg"),
        ("link", "href", "/style/own.css"),
    ):
        assert page.evaluate(LOADS, [tag, attribute, preview.url + path]) == "loaded"
    assert page.evaluate("window.stolen") == "code"
    page.close()


@pytest.mark.parametrize("mode", ["cors", "no-cors"])
@pytest.mark.parametrize("path", [HELLO_URL, f"/__sitegen__/events?token={TOKEN}&page=/"])
def test_nothing_can_be_fetched_by_another_origin(
    preview: Running, foreign: Page, path: str, mode: str
) -> None:
    found = foreign.evaluate(
        """async ([address, mode]) => {
            try { return await (await fetch(address, { mode })).text(); } catch (error) { return error.name; }
        }""",
        [preview.url + path, mode],
    )
    assert found in ("TypeError", "")


@pytest.mark.parametrize("credentials", [True, False])
def test_another_origin_hears_no_event_even_with_the_token(
    preview: Running, foreign: Page, credentials: bool
) -> None:
    heard = foreign.evaluate(
        """([address, withCredentials]) => new Promise((resolve) => {
            const stream = new EventSource(address, { withCredentials });
            stream.onopen = () => resolve("opened");
            stream.addEventListener("update", () => resolve("heard"));
            stream.onerror = () => resolve("refused");
        })""",
        [f"{preview.url}/__sitegen__/events?token={TOKEN}&page=/", credentials],
    )
    assert heard == "refused"


def test_another_origin_opens_no_editor(preview: Running, foreign: Page) -> None:
    address = f"{preview.url}/__sitegen__/open?token={TOKEN}&source=content/posts/hello.md&line=1"
    foreign.evaluate("(address) => fetch(address, { mode: 'no-cors' }).catch(() => 0)", address)
    foreign.evaluate(LOADS, ["img", "src", address])
    assert preview.opened == []


def test_no_frame_of_another_origin_shows_the_preview(preview: Running, foreign: Page) -> None:
    foreign.evaluate(LOADS, ["iframe", "src", preview.url + HELLO_URL])
    assert all("First words" not in (frame.content()) for frame in foreign.frames)


def test_a_link_on_a_page_of_another_origin_leads_to_the_preview(preview: Running, foreign: Page) -> None:
    foreign.set_content(f'<a href="{preview.url}{HELLO_URL}">there</a>')
    foreign.click("a")
    foreign.wait_for_url(preview.url + HELLO_URL)
    assert "First words" in foreign.content()


def test_a_rebound_name_gets_nothing(preview: Running, browser: Browser) -> None:
    """To the browser this is one origin with the attacker's page, so only the name tells."""
    page = browser.new_page()
    answer = page.goto(f"http://{REBOUND}:{preview.port}{HELLO_URL}")
    assert answer
    assert answer.status == 421
    assert "First words" not in page.content()
    page.close()


def test_every_link_of_the_site_leads_somewhere_in_the_preview(tmp_path: Path, browser: Browser) -> None:
    """Although the settings name another host and a path on it."""
    project = Project(tmp_path / "project")
    project.root.mkdir()
    project.write(
        BLOG.replace('title = "Blog"', 'title = "Blog"\nbase_url = "https://example.org/my%20blog/"')
    )
    with running(project.root) as it:
        page = browser.new_page()
        broken: list[str] = []
        page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 400 else None)
        waiting, seen = [it.server.url], {it.server.url}
        while waiting:
            page.goto(waiting.pop())
            assert page.url.startswith(it.url)
            for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
                address = link.partition("#")[0]
                if address.startswith(it.url) and address.endswith("/") and address not in seen:
                    seen.add(address)
                    waiting.append(address)
        page.close()
        assert broken == []
        assert len(seen) > 8
