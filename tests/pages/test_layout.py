"""How the finished pages stand on screens: every one of them loaded once, measured at two widths of telephones."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser import needs_chromium, serve
from tests.pages.finished import FinishedSite

pytestmark = needs_chromium

WIDTHS = (390, 320)
MEASURE = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const isInScroller = (element) => {
    for (let outer = element.parentElement; outer !== document.body; outer = outer.parentElement)
      if (scrolls(outer)) return true;
    return false;
  };
  const name = (element) => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`;
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page itself");
  for (const element of document.body.querySelectorAll("*:not(svg *)")) {
    const box = element.getBoundingClientRect();
    if ((box.width > width || box.right > width + 0.5) && !isInScroller(element)) found.push(name(element));
    const hides = /hidden|clip/.test(getComputedStyle(element).overflowX) && box.width > 1;
    if (hides && element.scrollWidth > element.clientWidth) found.push(`cut off: ${name(element)}`);
  }
  return found;
}"""


class Visit(msgspec.Struct, frozen=True):
    """One page as the browser found it."""

    url: str
    complaints: list[str]
    """Of the browser: violations of the policy, missing files, faults of scripts."""
    requests: list[str]
    """For what it asked."""
    too_wide: dict[int, list[str]]
    """Elements that do not fit, by the width of the screen."""


def visits(browser: Browser, server: str, urls: list[str]) -> Iterator[Visit]:
    """Loads pages one after the other."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(failure(request)))
    page.on("request", lambda request: requests.append(request.url))
    for url in urls:
        page.goto(server + url)
        yield Visit(
            url=url,
            complaints=list(complaints),
            requests=list(requests),
            too_wide={width: measured(page, width) for width in WIDTHS},
        )
        complaints.clear()
        requests.clear()
    page.close()


def failure(request: Request) -> list[str]:
    """Why a request failed; pictures further down that the browser gave up when it left the page do not count."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


def measured(page: Page, width: int) -> list[str]:
    """The elements that do not fit a screen of this width."""
    page.set_viewport_size({"width": width, "height": 844})
    found: list[str] = page.evaluate(MEASURE)
    return found


@pytest.fixture(scope="package")
def tour(browser: Browser, with_drafts: FinishedSite) -> tuple[str, list[Visit]]:
    """Every page of the demonstration blog and the address of their server."""
    with serve(with_drafts.folder) as server:
        urls = [f"/{url}" for url in with_drafts.readable_pages]
        return server, list(visits(browser, server, urls))


def test_no_page_of_the_blog_is_wider_than_a_telephone(tour: tuple[str, list[Visit]]) -> None:
    _, seen = tour
    assert len(seen) > 100
    assert [(visit.url, visit.too_wide) for visit in seen if any(visit.too_wide.values())] == []


def test_no_page_breaks_the_policy_misses_a_file_or_asks_others(tour: tuple[str, list[Visit]]) -> None:
    server, seen = tour
    assert [(visit.url, visit.complaints) for visit in seen if visit.complaints] == []
    assert [url for visit in seen for url in visit.requests if not url.startswith(f"{server}/")] == []
    assert any(url.endswith(".css") for url in seen[0].requests)
