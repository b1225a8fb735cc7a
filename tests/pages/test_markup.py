"""What every page and file of a finished site holds, and what none does."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.pages.finished import FinishedSite

TEXTS = {".html", ".xml", ".json", ".txt", ".css", ".js", ".svg"}
UNFIT_FOR_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ue000-\uf8ff]")
"""Control characters, of which our placeholders are made, replacement characters and private ones."""

SITES = ["demonstration", "with_drafts", "below_a_path", "notes", "notes_abroad"]


@pytest.fixture(params=SITES)
def finished(request: pytest.FixtureRequest) -> FinishedSite:
    """Each of the sites in turn."""
    site: FinishedSite = request.getfixturevalue(request.param)
    assert len(site.readable_pages) > 8
    return site


def only(page: LexborHTMLParser, selector: str) -> LexborNode:
    """The one element of its kind."""
    found = page.css(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def attribute(page: LexborHTMLParser, selector: str, name: str) -> str:
    """An attribute of the one element of its kind."""
    value = only(page, selector).attributes[name]
    assert value
    return value


def addresses(page: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Every address in a page, with the attribute that holds it."""
    for name in ("href", "src", "poster", "data", "action"):
        for node in page.css(f"[{name}]"):
            yield name, node.attributes[name] or ""
    for node in page.css("[srcset]"):
        for candidate in (node.attributes["srcset"] or "").split(","):
            yield "srcset", candidate.split()[0]
    for node in page.css("meta[http-equiv=refresh]"):
        yield "refresh", (node.attributes["content"] or "").partition("url=")[2]


def test_no_id_stands_twice_on_a_page(finished: FinishedSite) -> None:
    for url, page in finished.pages.items():
        counts = Counter(node.attributes["id"] for node in page.css("[id]"))
        assert [name for name, count in counts.items() if count > 1] == [], url


def test_no_text_holds_a_placeholder_or_anything_else_that_is_not_text(finished: FinishedSite) -> None:
    texts = {url: path for url, path in finished.files.items() if path.suffix in TEXTS}
    assert {path.suffix for path in texts.values()} >= {".html", ".xml", ".json", ".txt", ".css", ".js"}
    for url, path in texts.items():
        found = UNFIT_FOR_TEXT.search(path.read_text(encoding="utf-8"))
        assert found is None, (url, found)


def test_every_page_has_one_title_one_main_part_and_one_first_heading(finished: FinishedSite) -> None:
    for page in finished.pages.values():
        assert only(page, "title").text().strip()
        assert only(page, "main h1, .site-header h1").text().strip()
        assert only(page, "main")
        assert attribute(page, "html", "lang") in {"zh-Hans", "en"}


def test_no_heading_skips_a_level(finished: FinishedSite) -> None:
    for url, page in finished.readable_pages.items():
        last = 0
        for node in page.css("h1, h2, h3, h4, h5, h6"):
            level = int((node.tag or "")[1])
            assert level <= last + 1, (url, node.text())
            last = level


def test_every_address_in_the_site_leads_to_a_file_and_every_fragment_to_an_element(
    finished: FinishedSite,
) -> None:
    ids = {
        url: {node.attributes["id"] or "" for node in page.css("[id]")}
        for url, page in finished.pages.items()
    }
    dead = []
    for url, page in finished.pages.items():
        for name, address in addresses(page):
            target = finished.below(address, url)
            if target is None:
                continue
            fragment = unquote(address.partition("#")[2])
            if target not in finished.files or (fragment and fragment not in ids[target]):
                dead.append((url, name, address))
    assert dead == []


def test_every_picture_says_how_large_it_is(finished: FinishedSite) -> None:
    for url, page in finished.pages.items():
        for node in page.css("img"):
            size = node.attributes.get("width"), node.attributes.get("height")
            assert all(part and part.isdigit() for part in size), (url, node.html)


def test_every_page_says_where_it_is(finished: FinishedSite) -> None:
    for url, page in finished.readable_pages.items():
        if url == "404.html":
            assert not page.css_matches("link[rel=canonical]")
            assert attribute(page, "meta[name=robots]", "content") == "noindex"
            continue
        assert attribute(page, "link[rel=canonical]", "href") == finished.absolute(url)
        assert attribute(page, 'meta[property="og:url"]', "content") == finished.absolute(url)


def test_what_is_told_to_other_programs_is_complete_and_true(finished: FinishedSite) -> None:
    kinds = Counter[str]()
    for url, page in finished.readable_pages.items():
        kind = attribute(page, 'meta[property="og:type"]', "content")
        kinds[kind] += 1
        assert attribute(page, 'meta[property="og:title"]', "content")
        for node in page.css('meta[property="og:image"]'):
            assert finished.below(node.attributes["content"] or "") in finished.files
        for node in page.css('script[type="application/ld+json"]'):
            data = json.loads(node.text())
            assert data["@context"] == "https://schema.org"
            # A list tells of the site, a post of itself.
            subject = ("BlogPosting", url) if kind == "article" else ("WebSite", "")
            assert (data["@type"], data["url"]) == (subject[0], finished.absolute(subject[1]))
        if kind == "article":
            stamp = attribute(page, 'meta[property="article:published_time"]', "content")
            moment = datetime.fromisoformat(stamp)
            assert moment.utcoffset() is not None
            assert attribute(page, ".post-header time", "datetime") == stamp
    assert kinds["article"] >= 1
    assert kinds["website"] > kinds["article"]


def test_nothing_is_fetched_from_elsewhere(finished: FinishedSite) -> None:
    for url, page in finished.pages.items():
        for node in page.css("script[src], link[rel=stylesheet], link[rel=icon], img, iframe, source"):
            address = node.attributes.get("src") or node.attributes.get("href") or ""
            assert finished.below(address, url) in finished.files, (url, node.html)
