"""What sitegen tells of its own work: why a page was made, what a source reaches, whether all is as it must be."""

from __future__ import annotations

import pytest

from sitegen.build import BuildOptions
from sitegen.build.ledger import Ledger
from sitegen.build.live import LiveSite
from sitegen.build.live_values import LiveOptions, Refresh
from sitegen.build.survey import survey
from sitegen.build.verify import verify
from sitegen.build.why import PageStory, SourceStory, why
from sitegen.model import OutputPath
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory

BLOG = """\
-- sitegen.toml --
title = "Test"
-- content/posts/one.md --
---
title: One
date: 2024-01-01
tags: [x]
categories: [Top, Below]
---
Text of [two](two.md).
-- content/posts/two.md --
---
title: Two
date: 2024-02-02
---
Text.
-- static/note.txt --
note
-- data/friends.toml --
first = "Ann"
-- templates/inject/footer.html --
<p>{{ data("friends").first }}</p>
"""


def story(project: Project, name: str) -> PageStory | SourceStory | None:
    return why(project.root, read_config(project.root)[0], BuildOptions(now=NOW), name)


@pytest.mark.parametrize(
    ("name", "made_from"),
    [
        ("/2024/01/01/one/", "content/posts/one.md"),
        ("https://example.org/2024/01/01/one/", "content/posts/one.md"),
        ("/tags/x/", "the tag list of x, page 1 of 1"),
        ("/categories/Top/Below", "the category list of Top › Below, page 1 of 1"),
        ("/", "the index list of all posts, page 1 of 1"),
        ("/atom.xml", "the atom feed of all posts"),
        ("/tags/x/atom.xml", "the atom feed of x"),
        ("/note.txt", "a copy of static/note.txt"),
        ("/sitemap.xml", "the addresses of 12 pages"),
        ("404.html", "the settings and the theme"),
    ],
)
def test_every_kind_of_page_says_what_it_is_made_from(site: SiteFactory, name: str, made_from: str) -> None:
    project = site(BLOG)
    project.build()
    found = story(project, name)
    assert isinstance(found, PageStory)
    assert found.made_from == made_from
    assert found.last == ("pages that were not there",)


def test_a_page_names_what_it_read(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    found = story(project, "/2024/01/01/one/")
    assert isinstance(found, PageStory)
    assert set(found.reads) >= {
        "the title, address, date or terms of content/posts/one.md",
        "the card of content/posts/one.md",
        "the text of content/posts/one.md",
        "the newer neighbour of content/posts/one.md",
        "the target of two.md in content/posts/one.md",
        "the address of the tag x",
        "the template post.html or what it uses",
        "the data file friends",
    }


def test_the_reason_of_the_last_build_is_kept(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    post = project.root / "content/posts/one.md"
    post.write_text(post.read_text().replace("title: One", "title: Won"))
    report = project.build()
    changed = story(project, "/2024/01/01/one/")
    kept = story(project, "/note.txt")
    assert isinstance(changed, PageStory)
    assert "the card of content/posts/one.md changed" in changed.last
    assert isinstance(kept, PageStory)
    assert kept.last == ()
    assert {
        "the card of content/posts/one.md changed",
        "the title, address, date or terms of content/posts/one.md changed",
    } <= {change.what for change in report.changes}
    assert report.changes[0].pages == report.rendered


@pytest.mark.parametrize(
    ("source", "reached"),
    [
        ("content/posts/two.md", {"/2024/01/01/one/", "/2024/02/02/two/", "/", "/archives/", "/atom.xml"}),
        ("static/note.txt", {"/note.txt"}),
        ("data/friends.toml", {"/", "/404.html"}),
        ("templates/inject/footer.html", {"/", "/404.html", "/2024/01/01/one/"}),
        ("sitegen.toml", {"/", "/robots.txt", "/sitemap.xml"}),
    ],
)
def test_a_source_names_the_pages_it_reaches(site: SiteFactory, source: str, reached: set[str]) -> None:
    project = site(BLOG)
    project.build()
    found = story(project, source)
    assert isinstance(found, SourceStory)
    assert {url for url, _ in found.pages} >= reached


def test_a_static_file_reaches_nothing_else(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    found = story(project, "static/note.txt")
    assert isinstance(found, SourceStory)
    assert found.pages == (("/note.txt", ("the file static/note.txt",)),)


def test_an_unknown_name_has_no_story(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    assert story(project, "/nowhere/") is None


DEPLOY = '[deploy.disk]\ntarget = "local"\nfolder = "/srv/blog"\n'


@pytest.mark.parametrize("command", ["why", "survey", "live"])
def test_who_looks_after_a_build_arranges_nothing_anew_wherever_the_site_is_sent(
    site: SiteFactory, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    project = site(BLOG + f"-- sitegen.toml --\n{DEPLOY}")
    project.build()
    monkeypatch.setattr("sitegen.build.prepare.arrange", None)
    match command:
        case "why":
            assert story(project, "/2024/01/01/one/") is not None
        case "survey":
            config, _ = read_config(project.root)
            assert len(survey(project.root, config, BuildOptions(now=NOW)).site.posts) == 2
        case "live":
            live = LiveSite(project.root, LiveOptions())
            assert live.refresh(NOW) == Refresh()
            live.close()


def test_verifying_finds_nothing_after_a_build(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    assert verify(project.root, read_config(project.root)[0], BuildOptions(now=NOW)) == ()


def test_verifying_names_every_file_that_is_not_as_it_must_be(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    page = project.output / "2024/01/01/one/index.html"
    page.write_text(page.read_text().replace("Text of", "Xext of"))
    (project.output / "404.html").unlink()
    found = verify(project.root, read_config(project.root)[0], BuildOptions(now=NOW))
    assert [(difference.path, difference.kind) for difference in found] == [
        ("2024/01/01/one/index.html", "differs"),
        ("404.html", "missing"),
    ]
    assert found[0].first_byte == page.read_bytes().index(b"Xext of")
    assert "the card of content/posts/one.md changed" in found[0].facts


def test_what_many_pages_read_is_found_without_comparing_each_with_all() -> None:
    compared = 0

    class Counting(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    names = [f"{number}/index.html" for number in range(200)]
    ledger = Ledger(paths=tuple(OutputPath(Counting(name)) for name in names), reads=(b"",) * len(names))
    assert list(ledger.reads_of(map(OutputPath, names))) == [[]] * len(names)
    assert compared <= 2 * len(names)
