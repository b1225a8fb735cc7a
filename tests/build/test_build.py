"""Whole builds of small sites."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.build import BuildOptions
from sitegen.build.verify import verify
from sitegen.build.why import why
from sitegen.errors import GuardError, SitegenError
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree

HELLO = """\
-- sitegen.toml --
title = "Test"
-- content/posts/hello.md --
---
title: Hello
date: 2024-05-08 10:00:00
categories: [Languages, Python]
tags: [C, C++, 你好]
---
First part.

<!-- more -->

Second part with [a link](other.md).
-- content/posts/other.md --
---
title: Other
date: 2024-05-09
---
Text.
-- content/pages/about.md --
---
title: About
---
About me.
"""


def test_a_site_has_every_kind_of_page(site: SiteFactory) -> None:
    project = site(HELLO)
    report = project.build()
    assert report.problems == ()
    assert project.files() >= {
        "index.html",
        "2024/05/08/hello/index.html",
        "2024/05/09/other/index.html",
        "about/index.html",
        "categories/index.html",
        "categories/languages/index.html".replace("languages", "Languages"),
        "categories/Languages/Python/index.html",
        "tags/index.html",
        "tags/你好/index.html",
        "archives/index.html",
        "archives/2024/index.html",
        "archives/2024/05/index.html",
        "404.html",
        "atom.xml",
        "feed.xml",
        "feed.json",
        "sitemap.xml",
        "robots.txt",
    }


def test_the_index_shows_the_summary_and_the_post_the_whole_text(site: SiteFactory) -> None:
    project = site(HELLO)
    project.build()
    assert "First part." in project.page("index.html")
    assert "Second part" not in project.page("index.html")
    assert "Second part" in project.page("2024/05/08/hello/index.html")


def test_a_link_to_a_post_by_file_name_becomes_its_address(site: SiteFactory) -> None:
    project = site(HELLO)
    project.build()
    assert 'href="/2024/05/09/other/"' in project.page("2024/05/08/hello/index.html")


def test_a_second_build_writes_nothing(site: SiteFactory) -> None:
    project = site(HELLO)
    first = project.build()
    before = tree(project.output)
    second = project.build()
    assert (second.written, second.deleted) == (0, 0)
    assert second.unchanged == first.written
    assert tree(project.output) == before


def test_a_deleted_post_leaves_no_page_and_no_empty_folder(site: SiteFactory) -> None:
    project = site(HELLO)
    project.build()
    (project.root / "content/posts/hello.md").unlink()
    report = project.build()
    assert report.deleted > 0
    assert not (project.output / "2024/05/08").exists()
    assert "hello" not in project.page("index.html").lower()


def test_foreign_files_in_the_output_stay(site: SiteFactory) -> None:
    project = site(HELLO)
    project.put("output/CNAME", b"example.org\n")
    project.put("output/.gitignore", b"*\n")
    project.build()
    (project.root / "content/posts/hello.md").unlink()
    project.build()
    assert (project.output / "CNAME").read_bytes() == b"example.org\n"
    assert (project.output / ".gitignore").read_bytes() == b"*\n"


def test_a_foreign_file_in_the_way_is_never_replaced(site: SiteFactory) -> None:
    project = site(HELLO)
    project.put("output/index.html", b"mine")
    with pytest.raises(GuardError) as caught:
        project.build()
    assert str(caught.value) == (
        "output/index.html: error[output]: this file was not written by sitegen and would be replaced. "
        "Move it away, or build elsewhere with --output."
    )
    assert tree(project.output) == {"index.html": b"mine"}


def test_a_project_in_a_folder_whose_name_is_no_unicode_is_built_and_remembered(tmp_path: Path) -> None:
    project = Project(tmp_path / os.fsdecode(b"caf\xe9"))
    project.write(HELLO)
    project.build()
    config, _ = read_config(project.root)
    assert project.build().rendered == 0
    assert verify(project.root, config, BuildOptions(now=NOW)) == ()
    assert why(project.root, config, BuildOptions(now=NOW), "/2024/05/08/hello/") is not None


def test_two_posts_with_one_address_are_told_together(site: SiteFactory) -> None:
    project = site(HELLO + "-- content/posts/sub/hello.md --\n---\ntitle: H\ndate: 2024-05-08\n---\nx\n")
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == (
        "error[collision]: 2 pages want the address /2024/05/08/hello/:\n"
        "    content/posts/hello.md\n"
        "    content/posts/sub/hello.md"
    )
    assert not project.output.exists()


def test_a_post_and_a_page_without_a_date_with_one_address_are_told_together(site: SiteFactory) -> None:
    project = site(HELLO + "-- content/pages/2024/05/08/hello.md --\nx\n")
    with pytest.raises(SitegenError, match="2 pages want the address /2024/05/08/hello/"):
        project.build()


def test_a_template_fault_names_file_line_and_page_and_writes_nothing(site: SiteFactory) -> None:
    project = site(HELLO + "-- templates/post.html --\n<p>\n{{ post.titel }}\n")
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value.problems[0]) == (
        'templates/post.html:2:9: error[template]: a post has no "titel". Did you mean title?\n'
        "    2 | {{ post.titel }}\n"
        "      |         ^^^^^\n"
        "    while rendering /2024/05/08/hello/ from content/posts/hello.md, and 1 other page"
    )
    assert project.files() == set()


@pytest.mark.parametrize("folder", [".", "content", "static/x", "..", "/"])
def test_dangerous_output_folders_are_refused(site: SiteFactory, folder: str) -> None:
    project = site(HELLO)
    with pytest.raises(GuardError):
        project.build(output=project.root / folder)


def test_with_keep_going_the_healthy_pages_are_written(site: SiteFactory) -> None:
    project = site(HELLO + "-- content/posts/bad.md --\n---\ntitle: [\n---\nx\n")
    with pytest.raises(SitegenError):
        project.build()
    assert not project.output.exists()
    report = project.build(keep_going=True)
    assert report.has_errors
    assert "2024/05/08/hello/index.html" in project.files()


def drafts_project(site: SiteFactory) -> Project:
    return site(
        HELLO
        + "-- content/drafts/secret.md --\n---\ntitle: Xyzzy\ndate: 2024-01-01\ntags: [Xyzzytag]\n---\nXyzzy\n"
        + "-- content/posts/later.md --\n---\ntitle: Plugh\ndate: 2099-01-01\ncategories: [Plughcat]\n---\nPlugh\n"
    )


def test_drafts_and_future_posts_leak_nowhere(site: SiteFactory) -> None:
    project = drafts_project(site)
    project.build()
    everything = " ".join(tree(project.output)) + b"".join(tree(project.output).values()).decode()
    assert "xyzzy" not in everything.lower()
    assert "plugh" not in everything.lower()


def test_drafts_and_future_posts_appear_when_asked_for(site: SiteFactory) -> None:
    project = drafts_project(site)
    project.build(drafts=True, future=True)
    assert "Xyzzy" in project.page("index.html")
    assert "Plugh" in project.page("index.html")


def test_terms_that_differ_have_addresses_that_differ_on_every_disk(site: SiteFactory) -> None:
    names = ["C", "C#", "C++", "PyTorch", "pytorch"]
    project = site(
        f"-- content/posts/a.md --\n---\ntitle: A\ndate: 2024-01-01\ntags: [{', '.join(names)}]\n---\nx\n"
    )
    project.build()
    folders = {
        path.split("/")[1] for path in project.files() if path.startswith("tags/") and path.count("/") > 1
    }
    assert len({folder.casefold() for folder in folders}) == 5


def test_categories_that_differ_by_case_alone_have_addresses_of_their_own(site: SiteFactory) -> None:
    posts = [
        f"-- content/posts/about-{number}.md --\n---\ntitle: A\ndate: 2024-01-01\ncategories: [Top, {name}]\n---\nx\n"
        for number, name in enumerate(["Deep", "deep"])
    ]
    project = site("".join(posts))
    project.build()
    folders = {path.split("/")[2] for path in project.files() if path.startswith("categories/Top/")}
    assert len({folder.casefold() for folder in folders if folder.casefold().startswith("deep")}) == 2


@pytest.mark.parametrize(
    ("divides", "folders"),
    [("month", {"", "2024", "2024/05"}), ("year", {"", "2024"}), ("none", {""})],
)
def test_the_archive_is_divided_as_the_setting_says(
    site: SiteFactory, divides: str, folders: set[str]
) -> None:
    project = site(HELLO + f'-- sitegen.toml --\n[taxonomies]\narchives_by = "{divides}"\n')
    project.build()
    found = {
        path.removesuffix("index.html").strip("/") for path in project.files() if path.startswith("archives/")
    }
    assert {path.removeprefix("archives").strip("/") for path in found} == folders


def test_the_ledger_knows_what_each_file_is_to_readers(site: SiteFactory) -> None:
    from sitegen.build.ledger import remembered_ledger
    from sitegen.build.recipes import FileKind
    from sitegen.build.state_folder import held_state

    project = site(
        "-- content/posts/a.md --\n---\ndate: 2024-05-08\ntags: x\n---\n-- static/robots.txt --\nUser-agent: *\n"
    )
    project.build()
    with held_state(project.root) as state:
        pages = remembered_ledger(state, project.output).pages
    kinds = {str(path): page.kind for path, page in pages.items()}
    assert kinds.keys() == project.files()
    assert {path for path, kind in kinds.items() if kind is FileKind.RESOURCE} == {"robots.txt"}
    assert {path for path, kind in kinds.items() if kind is FileKind.PAGE} == {
        "2024/05/08/a/index.html",
        "404.html",
    }
    assert {kinds[path] for path in project.files() if path.startswith("assets/")} == {FileKind.ASSET}
    assert kinds["tags/x/index.html"] is kinds["atom.xml"] is kinds["index.html"] is FileKind.LIST


SHOWN = "-- templates/inject/footer.html --\n<p>{{ site.params.since }} {{ site.params.until[0] }}</p>\n"


def test_a_date_of_the_settings_that_changes_its_offset_or_becomes_a_text_reaches_the_pages(
    site: SiteFactory,
) -> None:
    project = site(HELLO + SHOWN)
    for since, until in (
        ("2024-01-01T00:30:00+08:00", "2024-01-01"),
        ("2023-12-31T16:30:00Z", "2024-01-01"),  # the same moment
        ("2023-12-31T16:30:00Z", "inf"),
        ("2023-12-31T16:30:00Z", "nan"),
    ):
        project.write(f"-- sitegen.toml --\n[params]\nsince = {since}\nuntil = [{until}]\n")
        project.build()
        assert f"<p>{since.replace('Z', '+00:00')} {until}</p>" in project.page("about/index.html")
