"""The live site: page for page what a clean build writes, after every edit, without touching the output."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sitegen.build import BuildOptions, build
from sitegen.build.builder import build_clean
from sitegen.build.live import LiveSite
from sitegen.build.live_values import LiveOptions, Refresh
from sitegen.build.loader import Loader
from sitegen.build.output import OWNED_LIST
from sitegen.build.state import UNUSED_BUILDS
from sitegen.build.state_folder import held_state
from sitegen.errors import Problem, SitegenError
from sitegen.model import Body, OutputPath, SourceFile, SourcePath, Url
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree
from tests.properties.edits import EDITS, Blog

BLOG = """\
-- sitegen.toml --
title = "Test"
per_page = 1
-- content/posts/one.md --
---
title: One
date: 2024-01-01
tags: [x]
---
First, with [two](two.md).
-- content/posts/two.md --
---
title: Two
date: 2024-02-02
tags: [x]
---
Second.
-- content/drafts/idea.md --
---
title: Idea
date: 2024-03-03
---
A draft.
-- content/posts/later.md --
---
title: Later
date: 2030-01-01
---
Not yet.
-- static/note.txt --
note
"""
ONE, TWO = OutputPath("2024/01/01/one/index.html"), OutputPath("2024/02/02/two/index.html")
TRUST_NS = 20_000_000


@pytest.fixture
def project(site: SiteFactory) -> Project:
    return site(BLOG)


@pytest.fixture
def live(project: Project) -> Iterator[LiveSite]:
    found = LiveSite(project.root, LiveOptions())
    yield found
    found.close()


def text(live: LiveSite, path: OutputPath) -> str:
    page = live.page(path)
    assert page is not None
    return page.content.decode()


def replace(project: Project, path: str, old: str, new: str) -> Path:
    place = project.root / path
    content = place.read_text()
    assert old in content
    place.write_text(content.replace(old, new))
    return place


def refreshed(live: LiveSite, *touched: Path) -> Refresh:
    return live.refresh(NOW, touched or None)


def differences(live: LiveSite, root: Path, options: BuildOptions) -> list[str]:
    """The files that the live site has otherwise than a clean build."""
    config, _ = read_config(root)
    with tempfile.TemporaryDirectory() as folder:
        build_clean(root, config, options, Path(folder) / "output")
        right = tree(Path(folder) / "output")
    del right[OWNED_LIST]
    ours = {path: live.page(OutputPath(path)) for path in live.paths() | right.keys()}
    return [path for path, page in ours.items() if (page.content if page else None) != right.get(path)]


# What it shows


def test_it_has_every_file_that_a_build_with_drafts_and_future_posts_writes(
    project: Project, live: LiveSite
) -> None:
    assert refreshed(live).problems == ()
    assert differences(live, project.root, BuildOptions(now=NOW, drafts=True, future=True)) == []


def test_it_touches_no_output(project: Project, live: LiveSite) -> None:
    refreshed(live)
    text(live, ONE)
    assert not project.output.exists()


def test_what_the_site_does_not_have_is_no_page(live: LiveSite) -> None:
    refreshed(live)
    for path in ("nothing.html", "../sitegen.toml", "content/posts/one.md", ""):
        assert live.page(OutputPath(path)) is None


def test_nothing_is_there_before_the_first_look(live: LiveSite) -> None:
    assert live.page(ONE) is None
    assert live.paths() == frozenset()


def test_a_site_may_lose_all_its_posts(project: Project, live: LiveSite) -> None:
    refreshed(live)
    shutil.rmtree(project.root / "content")
    assert ONE in refreshed(live, project.root / "content").gone
    assert live.page(ONE) is None
    assert differences(live, project.root, BuildOptions(now=NOW)) == []


def test_posts_that_a_build_would_leave_out_are_named(live: LiveSite) -> None:
    refreshed(live)
    assert dict(live.drafts()) == {"/2024/03/03/idea/": "draft", "/2030/01/01/later/": "future"}


def test_a_post_that_comes_of_age_is_named_no_more(live: LiveSite) -> None:
    refreshed(live)
    live.refresh(NOW + timedelta(days=4000))
    assert dict(live.drafts()) == {"/2024/03/03/idea/": "draft"}


def test_sources_and_addresses_know_each_other(live: LiveSite) -> None:
    refreshed(live)
    assert live.page_of(SourcePath("content/posts/one.md")) == "/2024/01/01/one/"
    assert live.source_of(Url("/2024/01/01/one/")) == "content/posts/one.md"
    assert live.page_of(SourcePath("content/posts/none.md")) is None
    assert live.source_of(Url("/")) is None


def test_the_address_of_the_site_can_be_another(project: Project) -> None:
    live = LiveSite(project.root, LiveOptions(base_url="http://127.0.0.1:4000/blog/"))
    refreshed(live)
    assert 'href="/blog/2024/02/02/two/"' in text(live, ONE)
    live.close()


# What changes


def test_an_edited_text_is_on_its_page_and_nowhere_else(project: Project, live: LiveSite) -> None:
    refreshed(live)
    before = {path: live.page(path) for path in (ONE, TWO)}
    found = refreshed(live, replace(project, "content/posts/one.md", "First", "1st"))
    assert found.changed == ("content/posts/one.md",)
    assert ONE in found.outdated
    assert "1st" in text(live, ONE)
    assert live.page(TWO) == before[TWO]


def test_an_edited_title_is_right_everywhere_it_is_shown(project: Project, live: LiveSite) -> None:
    refreshed(live)
    shown = [TWO, OutputPath("tags/x/page/2/index.html"), OutputPath("archives/index.html")]
    for path in shown:
        assert "Uno" not in text(live, path)
    found = refreshed(live, replace(project, "content/posts/one.md", "title: One", "title: Uno"))
    assert {ONE, *shown} <= set(found.outdated)
    for path in [ONE, *shown]:
        assert "Uno" in text(live, path)


def test_a_new_post_and_a_deleted_one_are_told(project: Project, live: LiveSite) -> None:
    refreshed(live)
    new = project.root / "content/posts/new.md"
    new.write_text("---\ntitle: New\ndate: 2024-06-06\n---\nNew.\n")
    found = refreshed(live, new)
    assert found.changed == ("content/posts/new.md",)
    assert OutputPath("2024/06/06/new/index.html") in found.outdated
    new.unlink()
    found = refreshed(live, new)
    assert OutputPath("2024/06/06/new/index.html") in found.gone
    assert live.page(OutputPath("2024/06/06/new/index.html")) is None


def test_a_look_that_finds_nothing_says_so(project: Project, live: LiveSite) -> None:
    refreshed(live)
    text(live, ONE)
    (project.root / "content/posts/one.md").touch()
    assert refreshed(live) == Refresh()
    assert refreshed(live, project.root / "content/posts/one.md") == Refresh()


@pytest.mark.parametrize(
    ("path", "content", "shown"),
    [
        ("sitegen.toml", 'title = "Renamed"\n', "Renamed"),
        ("templates/inject/footer.html", "<p>A new foot</p>", "A new foot"),
        ("i18n/en.toml", 'skip_to_content = "Jump"', "Jump"),
        ("assets/style.css", "p { color: red }", "/assets/style."),
    ],
)
def test_settings_and_theme_are_taken_in_without_a_restart(
    project: Project, live: LiveSite, path: str, content: str, shown: str
) -> None:
    refreshed(live)
    before = text(live, ONE)
    project.put(path, content.encode())
    found = refreshed(live, project.root / path)
    assert path in found.changed
    assert ONE in found.outdated
    assert shown in text(live, ONE)
    assert text(live, ONE) != before


def test_a_static_file_is_read_when_it_is_asked_for(project: Project, live: LiveSite) -> None:
    refreshed(live)
    assert text(live, OutputPath("note.txt")) == "note\n"
    found = refreshed(live, replace(project, "static/note.txt", "note", "another"))
    assert found.outdated == ("note.txt",)
    assert text(live, OutputPath("note.txt")) == "another\n"


def test_a_static_file_that_has_vanished_is_no_page(project: Project, live: LiveSite) -> None:
    refreshed(live)
    (project.root / "static/note.txt").unlink()
    assert live.page(OutputPath("note.txt")) is None


# What goes wrong


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("content/posts/one.md", "---\ntitle: One\ndate: 2024-13-01\n---\nText.\n"),
        ("sitegen.toml", "titel = 1"),
        ("static/2024/02/02/two/index.html", "in the way"),
    ],
)
def test_with_an_error_the_last_good_site_stays_and_mending_clears_it(
    project: Project, live: LiveSite, path: str, content: str
) -> None:
    refreshed(live)
    before = text(live, ONE)
    place = project.root / path
    good = place.read_bytes() if place.exists() else None
    project.put(path, content.encode())
    found = refreshed(live, place)
    assert found.has_errors
    assert text(live, ONE) == before
    if good is None:
        place.unlink()
    else:
        place.write_bytes(good)
    assert refreshed(live, place).problems == ()


def test_an_error_from_the_start_leaves_an_empty_site_until_it_is_mended(project: Project) -> None:
    project.put("sitegen.toml", b"titel = 1")
    live = LiveSite(project.root, LiveOptions())
    assert refreshed(live).has_errors
    assert live.page(ONE) is None
    project.put("sitegen.toml", b'title = "Test"')
    assert not refreshed(live).has_errors
    assert "First" in text(live, ONE)
    live.close()


def test_a_broken_template_is_told_when_a_page_needs_it(project: Project, live: LiveSite) -> None:
    project.put("templates/inject/footer.html", b"{{ post.titel }}")
    refreshed(live)
    with pytest.raises(SitegenError, match="titel"):
        live.page(ONE)
    project.put("templates/inject/footer.html", b"<p>mended</p>")
    refreshed(live)
    assert "mended" in text(live, ONE)


def test_warnings_are_told_as_long_as_they_last(project: Project, live: LiveSite) -> None:
    refreshed(live)
    broken = replace(project, "content/posts/one.md", "two.md", "three.md")
    (problem,) = refreshed(live, broken).problems
    assert (problem.path, problem.severity) == ("content/posts/one.md", "warning")
    assert refreshed(live, replace(project, "content/posts/two.md", "Second", "2nd")).problems == (problem,)
    assert refreshed(live, replace(project, "content/posts/one.md", "three.md", "two.md")).problems == ()


def test_what_is_wrong_with_a_file_ends_with_the_file(project: Project, live: LiveSite) -> None:
    refreshed(live)
    link = project.root / "content/posts/link.md"
    link.symlink_to("nowhere.md")
    assert refreshed(live, link).has_errors
    link.unlink()
    assert refreshed(live, link).problems == ()


# Beside builds


def test_builds_run_while_a_live_site_is_open(project: Project, live: LiveSite) -> None:
    refreshed(live)
    assert project.build().notes == ()
    edited = replace(project, "content/posts/one.md", "First", "1st")
    refreshed(live, edited)
    assert "1st" in text(live, ONE)
    assert project.build().notes == ()
    assert "1st" in project.page(ONE)


def test_two_live_sites_share_a_state(project: Project, live: LiveSite) -> None:
    other = LiveSite(project.root, LiveOptions(drafts=False))
    refreshed(live)
    refreshed(other)
    edited = replace(project, "content/posts/one.md", "First", "1st")
    for site in (live, other):
        refreshed(site, edited)
        assert "1st" in text(site, ONE)
    other.close()


def test_what_a_live_site_loaded_a_build_need_not_load(project: Project, live: LiveSite) -> None:
    """Shown by taking the source away from the loader: only the memo can have the text."""
    refreshed(live)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sitegen.build.loader.Loader.load", None)
        project.build()
    assert "First" in project.page(ONE)


def test_what_was_saved_on_the_way_is_forgotten_without_a_build(project: Project) -> None:
    """The state would otherwise keep every text that a file ever had."""

    def remembered() -> int:
        with held_state(project.root) as held:
            (count,) = held.state._database.execute("SELECT count(*) FROM post").fetchone()
        assert isinstance(count, int)
        return count

    live = LiveSite(project.root, LiveOptions())
    refreshed(live)
    for text_before, text_after in [("First", "1st"), ("1st", "First of all")]:
        refreshed(live, replace(project, "content/posts/one.md", text_before, text_after))
    live.close()
    assert remembered() == 4 + 2
    for _ in range(UNUSED_BUILDS):
        live = LiveSite(project.root, LiveOptions())
        refreshed(live)
        live.close()
    assert remembered() == 4


@pytest.mark.parametrize("begin_with_build", [True, False])
def test_a_lost_or_broken_state_is_got_over(
    project: Project, live: LiveSite, *, begin_with_build: bool
) -> None:
    if begin_with_build:
        project.build()
    refreshed(live)
    database = project.root / ".sitegen/state.db"
    database.write_bytes(b"garbage" * 2000)
    edited = replace(project, "content/posts/one.md", "First", "1st")
    assert refreshed(live, edited).problems == ()
    assert "1st" in text(live, ONE)
    assert differences(live, project.root, BuildOptions(now=NOW, drafts=True, future=True)) == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for a locked state no longer than it must."""
    monkeypatch.setattr("sitegen.build.state.PATIENCE_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_a_state_that_a_build_is_at_work_with_is_left_to_it(project: Project, live: LiveSite) -> None:
    refreshed(live)
    database = project.root / ".sitegen/state.db"
    before = database.stat().st_ino
    edited = replace(project, "content/posts/one.md", "First", "1st")
    with held_state(project.root) as held, held.state.transaction():
        held.state.set_value("something", b"that a build writes")
        assert refreshed(live, edited).problems == ()
        assert "1st" in text(live, ONE)
    assert database.stat().st_ino == before
    with held_state(project.root) as held:
        assert held.state.value("something") == b"that a build writes"
        assert held.notes == []


def test_what_a_build_remembers_is_known_while_another_is_at_work(project: Project) -> None:
    """Shown by taking the source away from the loader: only the memo can have the text."""
    project.build()
    with held_state(project.root), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sitegen.build.loader.Loader.load", None)
        live = LiveSite(project.root, LiveOptions(drafts=False))
        refreshed(live)
        assert "First" in text(live, ONE)
        live.close()


def test_a_build_and_a_live_site_do_not_take_what_the_other_remembers_for_their_own(project: Project) -> None:
    """The one shows no draft, and each knows of the links that are broken in what it has seen last."""
    for number in range(3):
        live = LiveSite(project.root, LiveOptions())
        refreshed(live)
        replace(project, "content/posts/one.md", "First", f"First, with [none]({number}.md)")
        assert len(refreshed(live).problems) == number + 1
        assert differences(live, project.root, BuildOptions(now=NOW, drafts=True, future=True)) == []
        live.close()
        assert len(project.build().problems) == number + 1
        assert project.build().rendered == 0


def test_a_text_that_is_lost_is_made_again(project: Project, live: LiveSite) -> None:
    refreshed(live)
    with held_state(project.root) as held, held.state.transaction():
        held.state._database.execute("DELETE FROM body")
    assert "First" in text(live, ONE)


def test_a_text_that_is_lost_while_there_are_errors_is_told_to_be_missing_and_comes_back(
    project: Project, live: LiveSite
) -> None:
    refreshed(live)
    broken = replace(project, "content/posts/two.md", "2024", "never")
    assert refreshed(live, broken).has_errors
    with held_state(project.root) as held, held.state.transaction():
        held.state._database.execute("DELETE FROM body")
    with pytest.raises(SitegenError, match="never"):
        live.page(ONE)
    refreshed(live, replace(project, "content/posts/two.md", "never", "2024"))
    assert "First" in text(live, ONE)


# Without a state


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads of all posts the front matter at first, and then goes on one by one."""
    monkeypatch.setattr("sitegen.build.looking.LOADED_AT_ONCE", 0)
    monkeypatch.setattr("sitegen.build.live.LOADED_IN_A_STEP", 1)


@pytest.mark.usefixtures("unhurried")
def test_what_is_not_loaded_is_loaded_when_a_page_asks_for_it(project: Project, live: LiveSite) -> None:
    refreshed(live)
    assert differences(live, project.root, BuildOptions(now=NOW, drafts=True, future=True)) == []


@pytest.mark.usefixtures("unhurried")
def test_a_page_loads_no_more_than_it_needs(
    project: Project, live: LiveSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []
    real = Loader.load

    def load(self: Loader, file: SourceFile, content: bytes, before: Body | None = None) -> Any:
        loaded.append(file.path)
        return real(self, file, content, before)

    monkeypatch.setattr(Loader, "load", load)
    refreshed(live)
    assert loaded == []
    text(live, OutputPath("tags/x/page/2/index.html"))
    assert loaded == ["content/posts/one.md"]


@pytest.mark.usefixtures("unhurried")
def test_the_rest_is_loaded_step_by_step_and_changes_no_page(project: Project, live: LiveSite) -> None:
    refreshed(live)
    before = {path: live.page(path) for path in (ONE, OutputPath("index.html"))}
    steps = 0
    while live.load_some() is not None:
        steps += 1
    assert 1 <= steps <= 4
    assert {path: live.page(path) for path in before} == before
    assert refreshed(live) == Refresh()


@pytest.mark.usefixtures("unhurried")
def test_what_one_live_site_found_out_the_next_one_knows(project: Project, live: LiveSite) -> None:
    """Shown by taking away whoever reads and arranges; with its draft the site is another than builds remember."""
    refreshed(live)
    while live.load_some() is not None:
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sitegen.build.load._outlined", None)
        patch.setattr("sitegen.build.loader.Loader.load", None)
        patch.setattr("sitegen.build.prepare.arrange", None)
        other = LiveSite(project.root, LiveOptions())
        assert refreshed(other) == Refresh()
        assert other.load_some() is None
        assert {path: text(other, path) for path in (ONE, TWO)} == {
            path: text(live, path) for path in (ONE, TWO)
        }
    other.close()


@pytest.mark.usefixtures("unhurried")
def test_one_that_is_closed_before_all_is_loaded_is_gone_on_with(project: Project) -> None:
    one = LiveSite(project.root, LiveOptions())
    refreshed(one)
    one.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sitegen.build.load._outlined", None)
        patch.setattr("sitegen.build.prepare.arrange", None)
        other = LiveSite(project.root, LiveOptions())
        refreshed(other)
    assert other.load_some() is not None
    assert differences(other, project.root, BuildOptions(now=NOW, drafts=True, future=True)) == []
    other.close()


@pytest.mark.usefixtures("unhurried")
def test_one_that_goes_on_with_many_posts_keeps_what_was_loaded(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of many posts reads all cards at once, of posts that are loaded and of none else."""
    monkeypatch.setattr("sitegen.build.cards.MANY", 1)
    one = LiveSite(project.root, LiveOptions())
    refreshed(one)
    text(one, TWO)
    one.close()
    other = LiveSite(project.root, LiveOptions())
    refreshed(other)
    assert "Second" in text(other, TWO)
    assert other._state.notes == []
    other.close()


@pytest.mark.usefixtures("unhurried")
def test_an_edit_of_what_is_not_loaded_is_not_missed(project: Project, live: LiveSite) -> None:
    refreshed(live)
    refreshed(live, replace(project, "content/posts/one.md", "First", "1st"))
    assert "1st" in text(live, ONE)
    assert live.load_some() is not None
    assert "1st" in text(live, ONE)


@pytest.mark.usefixtures("unhurried")
def test_problems_of_a_text_are_told_once_it_is_loaded(project: Project, live: LiveSite) -> None:
    replace(project, "content/posts/one.md", "two.md", "three.md")
    assert refreshed(live).problems == ()
    found: list[Problem] = []
    while (step := live.load_some()) is not None:
        found = list(step.problems)
    assert [problem.path for problem in found] == ["content/posts/one.md"]
    assert [problem.path for problem in refreshed(live).problems] == ["content/posts/one.md"]


# Whatever is edited


def signatures(folder: Path) -> dict[str, tuple[int, ...]]:
    """How every file below a folder looks."""
    found: dict[str, tuple[int, ...]] = {}
    for path in folder.rglob("*"):
        if not path.is_dir():
            status = path.lstat()
            found[str(path)] = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    return found


@pytest.mark.parametrize("loaded_at_once", [0, 63])
def test_after_every_edit_there_is_it_has_what_a_clean_build_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaded_at_once: int
) -> None:
    """Half of the looks are told what was touched."""
    monkeypatch.setattr("sitegen.build.looking.LOADED_AT_ONCE", loaded_at_once)
    monkeypatch.setattr("sitegen.build.inputs.TRUSTED_AFTER_NS", TRUST_NS)
    blog = Blog(tmp_path / "blog")
    live = LiveSite(blog.root, LiveOptions(drafts=False, future=False))
    live.refresh(blog.now)
    for number, name in enumerate(EDITS):
        before = signatures(blog.root)
        EDITS[name](blog, Random(name))
        blog.drafts = False
        time.sleep(TRUST_NS * 1.5 / 1e9)
        after = signatures(blog.root)
        touched = [Path(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
        refresh = live.refresh(blog.now, touched if (number + loaded_at_once) % 2 else None)
        assert not refresh.has_errors, (name, refresh.problems)
        assert differences(live, blog.root, BuildOptions(now=blog.now, jobs=1)) == [], name
        if number % 5 == 0:
            config, _ = read_config(blog.root)
            build(blog.root, config, BuildOptions(now=blog.now, jobs=1))
    live.close()


def test_pages_tell_the_lines_of_their_source_where_that_is_asked_for(project: Project) -> None:
    """Only pages: a feed is read elsewhere."""
    live = LiveSite(project.root, LiveOptions(tells_lines=True))
    live.refresh(NOW)
    assert '<p data-line="6">Second.</p>' in text(live, TWO)
    assert "data-line" not in text(live, OutputPath("atom.xml"))
    replace(project, "content/posts/two.md", "Second.", "\nSecond.")
    assert live.refresh(NOW).outdated
    assert '<p data-line="7">Second.</p>' in text(live, TWO)
    live.close()


@pytest.mark.usefixtures("unhurried")
def test_a_state_that_breaks_before_the_rest_is_loaded_is_got_over(project: Project, live: LiveSite) -> None:
    project.build()
    refreshed(live, replace(project, "sitegen.toml", "title", "language = 'de'\ntitle"))
    (project.root / ".sitegen/state.db").write_bytes(b"garbage" * 2000)
    while live.load_some() is not None:
        pass
    assert differences(live, project.root, BuildOptions(now=NOW, drafts=True, future=True)) == []
