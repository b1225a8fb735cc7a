"""Feeds and sitemap as the programs that fetch them read them."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser  # type: ignore[import-untyped]
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import Project, SiteFactory
from tests.pages.finished import FinishedSite
from tests.pages.npm import program

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
POSTS = 15


@pytest.fixture(params=["demonstration", "below_a_path", "notes"])
def finished(request: pytest.FixtureRequest) -> FinishedSite:
    """Each of the sites in turn."""
    site: FinishedSite = request.getfixturevalue(request.param)
    return site


def atom_feeds(site: FinishedSite) -> dict[str, Path]:
    """The Atom feeds of a site by their address."""
    return {url: path for url, path in site.files.items() if path.name == "atom.xml"}


def relative_addresses(html: str) -> list[str]:
    """The addresses in HTML that mean something else on another page."""
    return [
        address
        for name in ("href", "src", "poster", "data", "srcset")
        for node in LexborHTMLParser(html).css(f"[{name}]")
        if not (address := node.attributes[name] or "").startswith(
            ("http://", "https://", "mailto:", "data:")
        )
    ]


def text(element: ET.Element, path: str) -> str:
    """The text of the one element at a path."""
    (found,) = element.findall(path)
    assert found.text
    return str(found.text)


def test_every_atom_feed_has_what_a_reader_needs(finished: FinishedSite) -> None:
    feeds = atom_feeds(finished)
    assert {"atom.xml"} < feeds.keys()
    for url, path in feeds.items():
        root = ET.parse(path).getroot()
        page = url.removesuffix("atom.xml")
        assert text(root, f"{ATOM}title")
        assert text(root, f"{ATOM}id") == finished.absolute(page)
        links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        assert links == {"self": finished.absolute(url), "alternate": finished.absolute(page)}
        moments = []
        for entry in root.findall(f"{ATOM}entry"):
            (link,) = entry.findall(f"{ATOM}link")
            assert finished.below(link.get("href") or "") in finished.files
            assert text(entry, f"{ATOM}id") == link.get("href")
            assert text(entry, f"{ATOM}title")
            published = datetime.fromisoformat(text(entry, f"{ATOM}published"))
            moments.append(datetime.fromisoformat(text(entry, f"{ATOM}updated")))
            assert published <= moments[-1]
            assert published.utcoffset() == timedelta(hours=8)
            for name in ("summary", "content"):
                assert relative_addresses(text(entry, f"{ATOM}{name}")) == []
        assert datetime.fromisoformat(text(root, f"{ATOM}updated")) == max(moments)
        ids = [text(entry, f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
        assert len(set(ids)) == len(ids) > 0


def test_a_feed_parser_reads_every_post_of_the_blog_from_all_three_feeds(
    demonstration: FinishedSite,
) -> None:
    atom = parsed(demonstration.folder / "atom.xml")
    rss = parsed(demonstration.folder / "feed.xml")
    document: dict[str, Any] = json.loads((demonstration.folder / "feed.json").read_bytes())
    assert (atom.bozo, atom.version, rss.bozo, rss.version) == (False, "atom10", False, "rss20")
    assert atom.feed.title == rss.feed.title == document["title"] == "慢编译"
    posts = [(entry.title, entry.link, entry.published_parsed) for entry in atom.entries]
    assert len(posts) == POSTS
    assert posts == [(entry.title, entry.link, entry.published_parsed) for entry in rss.entries]
    assert [(title, link) for title, link, _ in posts] == [
        (item["title"], item["url"]) for item in document["items"]
    ]
    for entry, item in zip(atom.entries, document["items"], strict=True):
        assert shown(entry.content[0].value) == shown(item["content_html"])


def parsed(path: Path) -> Any:
    """What a feed parser finds in a feed, with its HTML as it stands there."""
    return feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)


def shown(html: str) -> str:
    """The text that a reader sees."""
    return LexborHTMLParser(html).text().strip("\n")


def test_rss_has_what_its_specification_requires(finished: FinishedSite) -> None:
    root = ET.parse(finished.folder / "feed.xml").getroot()
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    assert text(channel, "title")
    assert text(channel, "description")
    assert text(channel, "link") == finished.absolute("")
    (self_link,) = channel.findall(f"{ATOM}link")
    assert self_link.get("href") == finished.absolute("feed.xml")
    items = channel.findall("item")
    moments = [parsedate_to_datetime(text(item, "pubDate")) for item in items]
    assert parsedate_to_datetime(text(channel, "lastBuildDate")) >= max(moments)
    for item in items:
        assert text(item, "guid") == text(item, "link")
        assert finished.below(text(item, "link")) in finished.files
        assert relative_addresses(text(item, "{http://purl.org/rss/1.0/modules/content/}encoded")) == []


def test_the_json_feed_has_what_its_specification_requires(finished: FinishedSite) -> None:
    document: dict[str, Any] = json.loads((finished.folder / "feed.json").read_bytes())
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["title"]
    assert document["home_page_url"] == finished.absolute("")
    assert document["feed_url"] == finished.absolute("feed.json")
    assert document["items"]
    for item in document["items"]:
        assert item["id"] == item["url"]
        assert finished.below(item["url"]) in finished.files
        assert datetime.fromisoformat(item["date_published"]).utcoffset() == timedelta(hours=8)
        assert relative_addresses(item["content_html"]) == []


def test_ids_and_dates_of_entries_stay_when_a_post_is_edited(site: SiteFactory) -> None:
    def ids(project: Project) -> list[tuple[str, str]]:
        entries = ET.parse(project.output / "atom.xml").getroot().findall(f"{ATOM}entry")
        return [(text(entry, f"{ATOM}id"), text(entry, f"{ATOM}published")) for entry in entries]

    project = site(
        "-- sitegen.toml --\n-- content/posts/a.md --\n---\ntitle: A\ndate: 2026-01-02\n---\nOne.\n"
    )
    project.build()
    before = ids(project)
    project.write(
        "-- content/posts/a.md --\n---\ntitle: Another\ndate: 2026-01-02\nupdated: 2026-03-04\ntags: [x]\n---\nTwo.\n"
    )
    project.build()
    assert before == ids(project) == [("http://localhost:4000/2026/01/02/a/", "2026-01-02T00:00:00+00:00")]


def test_text_that_looks_like_markup_comes_through_every_feed(site: SiteFactory) -> None:
    project = site(
        "-- sitegen.toml --\ntitle = 'A & B <c>'\n-- content/posts/a.md --\n"
        "---\ntitle: 'x < y & ]]> \"z\"'\ndate: 2026-01-02\ntags: ['<&>']\n---\n"
        "One ]]> & `<b>` \U0001f600\n\n```\na\tb ]]>\n```\n"
    )
    project.build()
    for name in ("atom.xml", "feed.xml"):
        feed = parsed(project.output / name)
        assert not feed.bozo
        (entry,) = feed.entries
        assert LexborHTMLParser(entry.title).text() == 'x < y & ]]> "z"'
        assert entry.tags[0].term == "<&>"
        shown = LexborHTMLParser(entry.content[0].value).text()
        assert "One ]]> & <b> \U0001f600" in shown
        assert "a\tb ]]>" in shown
    assert json.loads(project.page("feed.json"))["items"][0]["title"] == 'x < y & ]]> "z"'


def test_atom_is_valid_by_its_schema(
    shared: Path, demonstration: FinishedSite, below_a_path: FinishedSite, notes: FinishedSite, tmp_path: Path
) -> None:
    jing = program("jing", "jing")
    feeds = [path for site in (demonstration, below_a_path, notes) for path in atom_feeds(site).values()]
    assert len(feeds) > POSTS
    planted = tmp_path / "planted.xml"
    planted.write_text('<feed xmlns="http://www.w3.org/2005/Atom"/>', encoding="utf-8")
    command = [jing, "-c", str(shared / "fixtures/schemas/atom.rnc"), *map(str, feeds)]
    done = subprocess.run([*command, str(planted)], capture_output=True, check=False, encoding="utf-8")
    assert "planted.xml" in done.stdout
    assert [line for line in done.stdout.splitlines() if "planted.xml" not in line] == []


def test_the_sitemap_is_valid_by_its_schema(
    shared: Path, demonstration: FinishedSite, below_a_path: FinishedSite, notes: FinishedSite, tmp_path: Path
) -> None:
    xmllint = program("xmllint", "libxml2-utils")
    planted = tmp_path / "planted.xml"
    planted.write_text(f'<urlset xmlns="{SITEMAP[1:-1]}"/>', encoding="utf-8")
    sitemaps = [str(site.folder / "sitemap.xml") for site in (demonstration, below_a_path, notes)]
    command = [xmllint, "--noout", "--nonet", "--schema", str(shared / "fixtures/schemas/sitemap.xsd")]
    done = subprocess.run(
        [*command, *sitemaps, str(planted)], capture_output=True, check=False, encoding="utf-8"
    )
    verdicts = done.stderr.splitlines()
    assert verdicts[: len(sitemaps)] == [f"{path} validates" for path in sitemaps]
    assert verdicts[-1] == f"{planted} fails to validate"


def test_the_sitemap_names_every_page_that_is_to_be_found_and_no_other(finished: FinishedSite) -> None:
    root = ET.parse(finished.folder / "sitemap.xml").getroot()
    found = [text(url, f"{SITEMAP}loc") for url in root]
    wanted = {
        finished.absolute(url)
        for url, page in finished.readable_pages.items()
        if not page.css_matches('meta[name=robots][content="noindex"]')
    }
    assert len(found) == len(set(found))
    assert set(found) == wanted
    for url in root:
        for changed in url.findall(f"{SITEMAP}lastmod"):
            assert datetime.fromisoformat(changed.text or "").utcoffset() is not None


def test_robots_are_told_where_the_sitemap_is(finished: FinishedSite) -> None:
    lines = (finished.folder / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == f"Sitemap: {finished.absolute('sitemap.xml')}"


def test_every_page_leads_to_the_feeds_and_each_term_to_its_own(finished: FinishedSite) -> None:
    for url, page in finished.readable_pages.items():
        offered = [
            finished.below(node.attributes["href"] or "", url)
            for node in page.css("link[rel=alternate][type]")
        ]
        assert offered[-3:] == ["atom.xml", "feed.xml", "feed.json"], url
        own = f"{url}atom.xml"
        assert (own in offered) == (own in finished.files), url
