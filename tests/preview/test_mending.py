"""Mistakes: each is told in the words of the terminal, the last good site stays, and mending it is noticed at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Project, SiteFactory

from .conftest import BLOG, HELLO, HELLO_URL, Events, Running, eventually, running


def messages(update: dict[str, Any]) -> list[str]:
    return [problem["message"] for problem in update["problems"]]


@pytest.fixture
def stream(preview: Running) -> Iterator[Events]:
    """The events of the page about hello, which the browser has."""
    digest = preview.page(HELLO_URL).partition('data-digest="')[2][:32]
    with preview.events(HELLO_URL, digest) as it:
        assert (it.next()["page"], preview.diary.failures) == ("same", [])
        yield it


MISTAKES = {
    "front matter": (HELLO, "---\ntitle: Hello\ndate: 2024-13-08\n---\nx\n", "is not a date"),
    "settings": ("sitegen.toml", "titel = 'Blog'\n", "titel"),
    "settings that are no TOML": ("sitegen.toml", "title = \n", "title has no value"),
    "a base_url of no host": ("sitegen.toml", 'base_url = "nowhere"\n', "base_url"),
    "a theme that is not there": ("sitegen.toml", '[theme]\nname = "gone"\n', "gone"),
    "data": ("data/names.toml", "names = [", "this is not TOML"),
    "a collision": ("content/pages/2024/05/08/hello.md", "x", "want the address"),
    "a page template": ("templates/post.html", "{{ post.titel }}", 'a post has no "titel"'),
    "the syntax of a template": ("templates/post.html", "{% if %}", "Expected an expression"),
    "a base template": ("templates/base.html", "{% block %}", "expected token 'name'"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_and_its_mending_too(
    blog: Project, preview: Running, stream: Events, mistake: str
) -> None:
    path, text, said = MISTAKES[mistake]
    file = blog.root / path
    before = file.read_bytes() if file.exists() else None
    blog.put(path, text.encode())
    update = stream.until(lambda update: bool(update["problems"]))
    assert any(said in message for message in messages(update))
    assert update["page"] == "same"
    assert {line["role"] for problem in update["problems"] for line in problem["lines"]} >= {"error"}
    assert "words" in preview.page(HELLO_URL)
    if before is None:
        file.unlink()
    else:
        file.write_bytes(before)
    update = stream.until(lambda update: not update["problems"])
    assert update["page"] == "same"
    assert "words" in preview.page(HELLO_URL)


def test_what_was_made_good_meanwhile_is_shown_when_the_mistake_is_mended(
    blog: Project, preview: Running, stream: Events
) -> None:
    good = (blog.root / "content/posts/world.md").read_text()
    blog.put("content/posts/world.md", b"---\ndate: never\n---\n")
    stream.until(lambda update: bool(update["problems"]))
    blog.put(HELLO, (blog.root / HELLO).read_bytes() + b"\nThird words.\n")
    assert "Third words" not in preview.page(HELLO_URL)
    blog.put("content/posts/world.md", good.encode())
    assert stream.until(lambda update: not update["problems"])["page"] == "changed"
    assert "Third words" in preview.page(HELLO_URL)


def test_a_site_that_was_never_good_shows_its_problems_and_then_itself(site: SiteFactory) -> None:
    project = site(BLOG.replace("date: 2024-05-08", "date: never"))
    with running(project.root) as preview:
        answer = preview.get(HELLO_URL)
        assert answer.status == 500
        assert "content/posts/hello.md:3:7: error[date]" in answer.text
        assert 'data-digest=""' in answer.text
        with preview.events(HELLO_URL) as stream:
            update = stream.next()
            assert (update["page"], len(update["problems"])) == ("same", 1)
            project.put(HELLO, b"---\ndate: 2024-05-08\n---\nWords.\n")
            assert stream.until(lambda update: not update["problems"])["page"] == "changed"
        assert "Words." in preview.page(HELLO_URL)


def test_pages_that_were_seen_stay_when_all_is_looked_at_anew_and_is_broken(
    blog: Project, preview: Running
) -> None:
    preview.page(HELLO_URL)
    blog.put("sitegen.toml", b"titel = 1")
    preview.call(preview.server.rebuild)
    eventually(lambda: not preview.diary.looks[-1].has_site)
    assert "First words" in preview.page(HELLO_URL)
    blog.put("sitegen.toml", b"title = 'Mended'")
    assert "Mended" in preview.page(HELLO_URL)


def test_a_template_that_was_never_good_shows_its_fault_on_its_pages_alone(site: SiteFactory) -> None:
    project = site(f"{BLOG}-- templates/post.html --\n{{{{ post.titel }}}}\n")
    with running(project.root) as preview:
        assert "while rendering /2024/05/08/hello/" in preview.get(HELLO_URL).text
        assert "Hello" in preview.page("/")
        assert [problem.path for problem in preview.diary.failures] == ["templates/post.html"]


def test_a_style_sheet_is_told_of_by_its_address(blog: Project, preview: Running, stream: Events) -> None:
    """However broken: what is in it is for the browser."""
    blog.put("static/style/own.css", b"p { color: ")
    update = stream.next()
    assert (update["page"], update["files"]) == ("same", ["/style/own.css"])
    assert preview.get("/style/own.css").body == b"p { color: "


def test_a_picture_is_told_of_when_it_comes_changes_and_goes(
    blog: Project, preview: Running, stream: Events
) -> None:
    for content in (b"<svg/>", b"<svg></svg>"):
        blog.put("static/a picture.svg", content)
        assert stream.until(lambda update: bool(update["files"]))["files"] == ["/a%20picture.svg"]
        assert preview.get("/a%20picture.svg").body == content
    (blog.root / "static/a picture.svg").unlink()
    assert stream.until(lambda update: bool(update["files"]))["files"] == ["/a%20picture.svg"]
    assert preview.get("/a%20picture.svg").status == 404


def test_settings_take_effect_at_once(blog: Project, preview: Running, stream: Events) -> None:
    blog.put("sitegen.toml", b'title = "Another name"\nbase_url = "https://example.org/deep/"\n')
    assert stream.until(lambda update: update["page"] != "same")["page"] == "gone"
    assert "Another name" in preview.page("/deep/2024/05/08/hello/")
    assert preview.get("/").headers["location"] == "/deep/"


def test_a_page_is_not_told_of_what_does_not_concern_it(
    blog: Project, preview: Running, stream: Events
) -> None:
    blog.put("content/drafts/later.md", b"---\ntitle: Later\n---\nNot even now.\n")
    blog.put(HELLO, (blog.root / HELLO).read_bytes() + b"\nThird words.\n")
    update = stream.next()
    assert update["page"] == "changed"


def test_drafts_and_future_posts_are_named_with_their_reason(blog: Project, preview: Running) -> None:
    blog.put("content/posts/soon.md", b"---\ndate: 2099-01-01\n---\nSoon.\n")
    preview.page("/")
    with preview.events("/") as stream:
        assert stream.next()["drafts"] == {"/2099/01/01/soon/": "future", "/drafts/later/": "draft"}


def test_a_browser_that_was_away_catches_up(blog: Project, preview: Running) -> None:
    """What it has is in its question, so it need not have heard of what happened meanwhile."""
    digest = preview.page(HELLO_URL).partition('data-digest="')[2][:32]
    blog.put(HELLO, (blog.root / HELLO).read_bytes() + b"\nThird words.\n")
    with preview.events(HELLO_URL, digest) as stream:
        assert stream.until(lambda update: update["page"] == "changed")


def test_the_saved_post_is_followed_where_that_was_asked_for(blog: Project) -> None:
    with running(blog.root, follows=True) as preview, preview.events("/") as stream:
        assert stream.next()["follow"] is None
        blog.put(HELLO, (blog.root / HELLO).read_bytes() + b"\nThird words.\n")
        assert stream.until(lambda update: update["follow"])["follow"] == HELLO_URL


def test_nothing_is_followed_unasked(blog: Project, stream: Events) -> None:
    blog.put(HELLO, (blog.root / HELLO).read_bytes() + b"\nThird words.\n")
    assert stream.until(lambda update: update["page"] == "changed")["follow"] is None


def test_an_open_page_goes_with_its_file_that_is_renamed(blog: Project, preview: Running) -> None:
    with preview.events(HELLO_URL) as stream:
        stream.next()
        (blog.root / HELLO).rename(blog.root / "content/posts/hallo.md")
        assert stream.until(lambda update: update["moved"])["moved"] == "/2024/05/08/hallo/"


def test_the_open_page_of_a_draft_goes_with_its_publishing(blog: Project, preview: Running) -> None:
    draft = blog.root / "content/drafts/later.md"
    preview.page("/drafts/later/")
    with preview.events("/drafts/later/") as stream:
        stream.next()
        (blog.root / "content/posts/later.md").write_text(
            "---\ntitle: Later\ndate: 2024-06-01\n---\nAt last.\n"
        )
        draft.unlink()
        assert stream.until(lambda update: update["moved"])["moved"] == "/2024/06/01/later/"


def test_an_open_list_goes_with_the_site_to_another_path(blog: Project, preview: Running) -> None:
    with preview.events("/tags/greetings/") as stream:
        stream.next()
        blog.put("sitegen.toml", b'base_url = "https://example.org/deep/"\n')
        assert stream.until(lambda update: update["moved"])["moved"] == "/deep/tags/greetings/"
