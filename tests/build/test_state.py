"""The state: whatever becomes of it, the site comes out right, nothing foreign is touched, and one line says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sitegen.build.arrangement import Arrangement
from sitegen.build.builder import build, build_clean
from sitegen.build.ledger import COLUMNS, fact_numbers, remembered_ledger
from sitegen.build.options import BuildOptions
from sitegen.build.output import OWNED_LIST
from sitegen.build.snapshot import Snapshot, snapshot_name
from sitegen.build.spans import Span
from sitegen.build.state import UNUSED_BUILDS, LockedStateError, State, StateError
from sitegen.build.state_folder import StateFolder, held_state
from sitegen.build.survey import survey
from sitegen.build.verify import verify
from sitegen.build.why import why
from sitegen.build.written import column_name
from sitegen.model import Digest
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree

BLOG = """\
-- sitegen.toml --
title = "Test"
[feeds]
formats = ["atom"]
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
---
Second.
"""
OTHER_VERSION = "another version of sitegen, or of something it uses, wrote it"


@pytest.fixture
def project(site: SiteFactory) -> Project:
    project = site(BLOG)
    project.build()
    return project


def database(project: Project) -> Path:
    return project.root / ".sitegen/state.db"


def clean_tree(project: Project, folder: Path) -> dict[str, bytes]:
    config, _ = read_config(project.root)
    build_clean(project.root, config, BuildOptions(now=NOW, jobs=1), folder)
    return tree(folder)


LOCKED = "the state in .sitegen/ cannot be written (database is locked), so this build will not be remembered"
TRUST_NS = 20_000_000


def could_not_be_used(reason: str) -> str:
    return f"the state in .sitegen/ could not be used ({reason}), so everything is built anew"


def not_remembered(reason: str) -> str:
    return f".sitegen/ cannot be used ({reason}), so this build will not be remembered"


def edited_build(project: Project) -> tuple[str, ...]:
    """Builds after an edit; gives the remarks on the state."""
    post = project.root / "content/posts/one.md"
    post.write_text(post.read_text() + "More.\n")
    report = project.build()
    assert "More." in project.page("2024/01/01/one/index.html")
    return report.notes


# What is not a state of ours


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no such table: value"),
        (b"garbage" * 1000, "file is not a database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "file is not a database"),
    ],
    ids=["empty", "garbage", "half garbage"],
)
def test_a_state_that_is_none_is_told_once_and_replaced(
    project: Project, content: bytes, reason: str
) -> None:
    database(project).write_bytes(content)
    assert edited_build(project) == (could_not_be_used(reason),)
    assert edited_build(project) == ()


def test_a_state_of_another_version_is_told_once_and_replaced(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.build.state_folder.salt", lambda: Digest(b"of tomorrow"))
    report = project.build()
    assert report.notes == (could_not_be_used(OTHER_VERSION),)
    assert report.written == 0
    assert report.rendered == report.unchanged
    assert project.build().notes == ()


def test_rows_of_another_version_are_not_believed(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    theirs = State(folder, Digest(b"theirs"))
    with theirs.transaction():
        theirs.set_value("word", b"content")
    theirs.close()
    with closing(sqlite3.connect(folder / "state.db")) as file:
        row = file.execute("SELECT content FROM value WHERE name = 'word'").fetchone()
    ours = State(tmp_path, Digest(b"ours"))
    with ours.transaction():
        ours._database.execute("INSERT INTO value VALUES ('word', ?)", row)
    with pytest.raises(StateError, match="a checksum is wrong"):
        ours.value("word")
    ours.close()


def test_a_row_under_another_name_is_not_believed(tmp_path: Path) -> None:
    with closing(State(tmp_path, Digest(b"salt"))) as state:
        with state.transaction():
            state.set_value("one", b"content")
            state._database.execute("UPDATE value SET name = 'two' WHERE name = 'one'")
        with pytest.raises(StateError, match="a checksum is wrong"):
            state.value("two")


def test_a_database_of_something_else_is_told_and_replaced(project: Project) -> None:
    database(project).unlink()
    with closing(sqlite3.connect(database(project))) as file:
        file.execute("CREATE TABLE value (something TEXT)")
    assert edited_build(project) == (could_not_be_used("no such column: content"),)


def test_names_in_a_database_that_are_no_text_are_told_and_replaced(project: Project) -> None:
    whole = database(project).read_bytes()
    places = [place for place in range(len(whole)) if whole.startswith(b"unused", place)]
    assert len(places) >= 3
    for place in places:
        database(project).write_bytes(whole[:place] + b"unu\x8ced" + whole[place + 6 :])
        assert len(edited_build(project)) == 1


def test_the_state_of_another_project_does_no_harm(project: Project, tmp_path: Path) -> None:
    other = Project(tmp_path / "other")
    other.root.mkdir()
    other.write(BLOG.replace("First", "Foremost"))
    other.build()
    shutil.rmtree(project.root / ".sitegen")
    shutil.copytree(other.root / ".sitegen", project.root / ".sitegen")
    assert edited_build(project) == ()
    assert tree(project.output) == clean_tree(project, tmp_path / "clean")


def test_an_older_state_of_the_same_project_does_no_harm(project: Project, tmp_path: Path) -> None:
    shutil.copy(database(project), tmp_path / "older.db")
    edited_build(project)
    (project.root / "content/posts/two.md").unlink()
    project.build()
    shutil.copy(tmp_path / "older.db", database(project))
    project.build()
    assert tree(project.output) == clean_tree(project, tmp_path / "clean")


# Truncated and altered

IN_FULL = "SITEGEN_SOAK_STEPS" in os.environ
"""Whether every byte is tried. The state then has pages of 512 bytes, so that there are few of them."""

PARTS = 8 if IN_FULL else 1
"""How many tests share the bytes, so that as many processes can."""


@pytest.fixture
def whole(project: Project, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The state of a project after an edit."""
    if IN_FULL:
        monkeypatch.setattr("sitegen.build.state.PAGE_SIZE", 512)
        database(project).unlink()
    edited_build(project)
    return database(project).read_bytes()


def places(whole: bytes, part: int) -> range:
    """The bytes of a state at which something is done to it."""
    return range(part, len(whole), PARTS if IN_FULL else len(whole) // 60)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_truncated_state_gives_the_clean_tree_and_a_line_that_says_so(
    project: Project, whole: bytes, tmp_path: Path, part: int
) -> None:
    page_size = int.from_bytes(whole[16:18], "big")
    right = clean_tree(project, tmp_path / "clean")
    for size in places(whole, part):
        database(project).write_bytes(whole[:size])
        report = project.build()
        assert tree(project.output) == right, size
        assert [note for note in report.notes if "could not be used" not in note] == [], size
        is_noticed = size <= len(whole) - page_size  # what is missing of the last page may not be needed
        assert len(report.notes) == 1 or not is_noticed, size


@pytest.mark.parametrize("part", range(PARTS))
def test_an_altered_state_gives_the_clean_tree(
    project: Project, whole: bytes, tmp_path: Path, part: int
) -> None:
    right = clean_tree(project, tmp_path / "clean")
    for place in places(whole, part):
        altered = bytearray(whole)
        altered[place] ^= 0xFF
        database(project).write_bytes(bytes(altered))
        assert len(project.build().notes) <= 1, place
        assert tree(project.output) == right, place


# Values that are not what they should be


def forge(project: Project, name: str, content: bytes) -> None:
    """Puts a value into the state, with a right checksum."""
    with held_state(project.root) as folder, folder.state.transaction():
        folder.state.set_value(name, content)


def value_name(project: Project, kind: str) -> str:
    """What the state calls a value of this kind."""
    if kind in ("head", *COLUMNS):
        return column_name(kind, project.output)
    return snapshot_name(project.output) if kind == "snapshot" else kind


@pytest.mark.parametrize("name", ["head", *COLUMNS, "snapshot", "files 0", "posts 0", "arrangement"])
@pytest.mark.parametrize(
    "content",
    [b"", b"\xc1", *map(msgspec.msgpack.encode, [None, 1, "text", [], [1], {"a": 1}, {"pages": {"a": [1]}}])],
)
def test_values_of_wrong_types_mean_a_cold_start(project: Project, name: str, content: bytes) -> None:
    forge(project, value_name(project, name), content)
    notes = edited_build(project)
    assert len(notes) <= 1
    assert edited_build(project) == ()


@pytest.mark.parametrize("column", COLUMNS)
def test_columns_that_do_not_fit_together_mean_a_cold_start(project: Project, column: str) -> None:
    with held_state(project.root) as folder:
        value = getattr(remembered_ledger(folder, project.output), column)
    for other in (value[:-1], value + value[:1]):
        forge(project, column_name(column, project.output), msgspec.msgpack.encode(other))
        assert len(edited_build(project)) == 1


@pytest.mark.parametrize(
    "key",
    [
        ("card",),
        (),
        ("listing", "/", "x", "y"),
        ("no_such_kind", 1),
        ("_config", 1),
        ("config", "no_such_setting"),
        {"card": 1},
    ],
)
def test_a_ledger_of_what_are_no_facts_means_a_cold_start(project: Project, key: object) -> None:
    with held_state(project.root) as folder:
        facts = remembered_ledger(folder, project.output).facts
    forged = [msgspec.msgpack.encode(key)] * len(facts)
    forge(project, column_name("facts", project.output), msgspec.msgpack.encode(forged))
    project.write("-- content/posts/three.md --\n---\ndate: 2024-03-03\n---\nThird.\n")
    assert len(project.build().notes) == 1


@pytest.mark.parametrize("reads", [b"odd", b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff" * 3])
def test_pages_that_read_facts_which_are_none_mean_a_cold_start(project: Project, reads: bytes) -> None:
    with held_state(project.root) as folder:
        count = len(remembered_ledger(folder, project.output).paths)
    forge(project, column_name("reads", project.output), msgspec.msgpack.encode([reads] * count))
    assert len(edited_build(project)) == 1


@pytest.mark.parametrize("numbers", [b"odd", b"\xff\xff\xff\x7f"])
def test_lists_of_posts_that_are_none_mean_a_cold_start(project: Project, numbers: bytes) -> None:
    with held_state(project.root) as folder:
        arrangement = folder.load("arrangement", Arrangement)
    assert arrangement is not None
    forged = msgspec.structs.replace(arrangement, listings=dict.fromkeys(arrangement.listings, numbers))
    forge(project, "arrangement", msgspec.msgpack.encode(forged))
    shutil.rmtree(project.output)
    assert len(project.build().notes) == 1


def test_a_snapshot_without_a_zone_means_a_cold_start(project: Project) -> None:
    snapshot = Snapshot(span=Span(begin=NOW.replace(tzinfo=None)))
    forge(project, snapshot_name(project.output), msgspec.msgpack.encode(snapshot))
    assert len(project.build().notes) == 1


def test_lost_texts_are_made_again_whoever_misses_them(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.build.staging.PAGES_WORTH_A_WORKER", 1)
    monkeypatch.setattr("sitegen.build.staging.CHUNK", 1)
    for jobs in (1, 2):
        with closing(sqlite3.connect(database(project))) as file, file:
            file.execute("DELETE FROM body")
        shutil.rmtree(project.output)
        assert project.build(jobs=jobs).notes == (could_not_be_used("a text is missing"),)
        assert "Second." in project.page("2024/02/02/two/index.html")


@pytest.mark.parametrize("command", ["survey", "why", "verify"])
def test_commands_that_only_look_get_over_a_broken_state(project: Project, command: str) -> None:
    config, _ = read_config(project.root)
    options = BuildOptions(now=NOW, jobs=1)
    for name in (column_name("head", project.output), "files 0"):
        forge(project, name, b"\xc1")
    match command:
        case "survey":
            assert len(survey(project.root, config, options).site.posts) == 2
        case "why":
            assert why(project.root, config, options, "/2024/01/01/one/") is not None
        case "verify":
            assert verify(project.root, config, options) == ()


# A state that cannot be written


def test_a_file_in_place_of_the_folder_means_no_memory(project: Project) -> None:
    shutil.rmtree(project.root / ".sitegen")
    project.put(".sitegen", b"mine")
    assert edited_build(project) == (not_remembered("File exists"),)
    assert (project.root / ".sitegen").read_bytes() == b"mine"


def test_a_link_in_place_of_the_folder_is_not_followed(project: Project, tmp_path: Path) -> None:
    shutil.rmtree(project.root / ".sitegen")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/lock").write_bytes(b"mine")
    (project.root / ".sitegen").symlink_to(tmp_path / "elsewhere")
    assert edited_build(project) == (not_remembered("it is a link"),)
    assert tree(tmp_path / "elsewhere") == {"lock": b"mine"}


@pytest.mark.parametrize("name", ["lock", "state.db", "state.db-journal"])
@pytest.mark.parametrize("kind", ["link", "dead link", "folder", "fifo"])
def test_nothing_is_written_through_what_stands_in_place_of_a_file(
    project: Project, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / "foreign").write_bytes(b"mine")
    place = project.root / ".sitegen" / name
    place.unlink(missing_ok=True)
    match kind:
        case "link":
            place.symlink_to(tmp_path / "foreign")
        case "dead link":
            place.symlink_to(tmp_path / "nothing")
        case "folder":
            place.mkdir()
        case "fifo":
            os.mkfifo(place)
    assert 1 <= len(edited_build(project)) <= 2
    assert (tmp_path / "foreign").read_bytes() == b"mine"
    assert not (tmp_path / "nothing").exists()


def test_a_read_only_folder_means_no_memory(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: ".sitegen" not in str(path) and real(path, mode))
    assert edited_build(project) == (not_remembered("Permission denied"),)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for a locked state no longer than it must."""
    monkeypatch.setattr("sitegen.build.state.PATIENCE_SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_state_that_another_program_locks_is_done_without_and_kept(project: Project, lock: str) -> None:
    before = database(project).stat().st_ino
    with closing(sqlite3.connect(database(project), isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        assert edited_build(project) == (LOCKED,)
    assert edited_build(project) == ()
    assert database(project).stat().st_ino == before


@pytest.mark.usefixtures("impatient")
def test_a_state_that_is_locked_to_the_workers_is_done_without_and_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.build.staging.PAGES_WORTH_A_WORKER", 1)
    monkeypatch.setattr("sitegen.build.staging.CHUNK", 1)
    before = database(project).stat().st_ino
    shutil.rmtree(project.output)
    with closing(sqlite3.connect(database(project), isolation_level=None)) as other:

        class Other:
            def progress(self, name: str, _done: int, _total: int) -> None:
                if name == "render" and not other.in_transaction:
                    other.execute("BEGIN EXCLUSIVE")

        config, _ = read_config(project.root)
        assert build(project.root, config, BuildOptions(now=NOW, jobs=2), Other()).notes == (LOCKED,)
    assert "Second." in project.page("2024/02/02/two/index.html")
    assert database(project).stat().st_ino == before


@pytest.mark.usefixtures("impatient")
def test_a_transaction_that_cannot_end_is_taken_back(tmp_path: Path) -> None:
    with closing(State(tmp_path, Digest(b"salt"))) as state:
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM value").fetchone()
            with pytest.raises(LockedStateError), state.transaction():
                state.set_value("word", b"first")
        with state.transaction():
            assert state.value("word") is None
            state.set_value("word", b"second")
        assert state.value("word") == b"second"


@pytest.fixture
def at_rest(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of which `stat` alone tells that nothing has changed since the last build."""
    monkeypatch.setattr("sitegen.build.inputs.TRUSTED_AFTER_NS", TRUST_NS)
    monkeypatch.setattr("sitegen.build.snapshot.TRUSTED_AFTER_NS", TRUST_NS)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        project.build()
        with held_state(project.root) as folder:
            snapshot = folder.load(snapshot_name(project.output), Snapshot)
        if snapshot is not None and snapshot.inputs:
            return project
    raise AssertionError("the sources never came to rest")


@pytest.mark.usefixtures("impatient")
def test_a_file_that_a_build_added_without_remembering_it_goes_with_its_source(at_rest: Project) -> None:
    at_rest.put("static/note.txt", b"note")
    with closing(sqlite3.connect(database(at_rest), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert at_rest.build().notes == (LOCKED,)
    assert (at_rest.output / "note.txt").exists()
    shutil.rmtree(at_rest.root / "static")
    at_rest.build()
    assert not (at_rest.output / "note.txt").exists()


def test_a_list_of_files_that_was_taken_away_is_written_again(at_rest: Project) -> None:
    listed = at_rest.output / OWNED_LIST
    before = listed.read_bytes()
    listed.unlink()
    assert at_rest.build().written == 0
    assert listed.read_bytes() == before


def broken_at(table: str) -> Any:
    """`State.__init__` of a state in which nothing can be written to a table, as when the disk is full."""
    real = State.__init__

    def broken(self: State, folder: Path | None, salt: Digest) -> None:
        real(self, folder, salt)
        if folder is not None:
            self._database.execute(
                f"CREATE TEMP TRIGGER full BEFORE INSERT ON main.{table} BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
            )

    return broken


def test_a_memo_that_cannot_be_written_is_done_without(
    site: SiteFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(State, "__init__", broken_at("body"))
    project = site(BLOG)
    assert project.build().notes == (
        could_not_be_used("disk is full"),
        "the state in .sitegen/ cannot be written (disk is full), so this build will not be remembered",
    )
    assert "First" in project.page("2024/01/01/one/index.html")


def test_a_ledger_that_cannot_be_written_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(State, "__init__", broken_at("value"))
    assert edited_build(project) == (
        "the state in .sitegen/ cannot be written (disk is full), so this build will not be remembered",
    )
    monkeypatch.undo()
    assert edited_build(project) == ()


def test_a_state_that_breaks_while_a_page_is_made_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by another program that locks it, or a disk that fails, before the last transaction begins."""
    real = State.transaction
    monkeypatch.setattr("sitegen.build.state.PATIENCE_SECONDS", 0.1)
    with closing(sqlite3.connect(database(project), isolation_level=None)) as other:

        def locked(self: State) -> Any:
            if not other.in_transaction and (project.output / "2024/03/03/three/index.html").exists():
                other.execute("BEGIN IMMEDIATE")
            return real(self)

        monkeypatch.setattr(State, "transaction", locked)
        project.put("content/posts/three.md", b"---\ntitle: Three\ndate: 2024-03-03\n---\nThird.\n")
        assert project.build().notes == (LOCKED,)


def test_nothing_is_left_open(project: Project) -> None:
    def descriptors() -> set[str]:
        return {os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.exists()}

    before = descriptors()
    edited_build(project)
    database(project).write_bytes(b"garbage")
    edited_build(project)
    assert {name for name in descriptors() - before if str(project.root) in name} == set()


@pytest.fixture(autouse=True)
def no_state_beyond_its_build(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every state that a test opens by way of a build is closed at its end."""
    opened: list[StateFolder] = []
    real = StateFolder.__init__

    def noted(self: StateFolder, *arguments: Any) -> None:
        opened.append(self)
        real(self, *arguments)

    monkeypatch.setattr(StateFolder, "__init__", noted)
    yield
    for folder in opened:
        if folder._folder is not None:
            with pytest.raises(sqlite3.ProgrammingError):
                folder.state._database.execute("SELECT 1")


def test_of_many_values_those_parts_are_written_that_have_changed(tmp_path: Path) -> None:
    values = {f"n{number}": number for number in range(600)}
    changed = {**values, "n300": -1}
    with held_state(tmp_path) as folder:
        with folder.state.transaction():
            folder.save_parts("numbers", values, {})
            folder.save("numbers 0", {"n0": "not written again"})
            folder.save_parts("numbers", changed, values)
        assert folder.load("numbers 0", dict[str, str]) == {"n0": "not written again"}
        assert folder.load("numbers 1", dict[str, int]) == {
            f"n{n}": changed[f"n{n}"] for n in range(256, 512)
        }


def test_fewer_values_than_before_are_all_there_is(tmp_path: Path) -> None:
    values = {f"n{number}": number for number in range(600)}
    few = dict(list(values.items())[:256])
    with held_state(tmp_path) as folder:
        for before, now in (({}, values), (values, few)):
            with folder.state.transaction():
                folder.save_parts("numbers", now, before)
            assert folder.load_parts("numbers", dict[str, int]) == now


def test_facts_that_nothing_reads_any_more_are_forgotten(project: Project) -> None:
    for year in range(2001, 2013):
        shutil.rmtree(project.root / "content/posts")
        for month in range(1, 13):
            project.write(
                f"-- content/posts/{year}-{month}.md --\n---\ndate: {year}-{month:02d}-01\n---\nText.\n"
            )
        project.build()
    with held_state(project.root) as folder:
        ledger = remembered_ledger(folder, project.output)
    used = set[int]().union(*map(fact_numbers, ledger.reads))
    assert len(ledger.facts) < 4 * len(used)
    assert verify(project.root, read_config(project.root)[0], BuildOptions(now=NOW)) == ()


def test_a_new_state_is_not_kept_in_memory(tmp_path: Path) -> None:
    script = f"""
import os, pathlib
from sitegen.build.state import State

def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

state = State(pathlib.Path({str(tmp_path)!r}), b"salt")
before = resident()
for number in range(64):
    with state.transaction():
        names = [bytes([number, key]) * 8 for key in range(32)]
        state.add([(name, bytes(4_000), name, bytes(16_000)) for name in names])
print(resident() - before)
"""
    grown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert int(grown.stdout) < 12_000_000 < (tmp_path / "state.db").stat().st_size


def after_builds(builds: int, posts: int, used: int) -> tuple[int, int]:
    """How many posts and bodies a state still has after as many builds that used only some of its posts."""
    state = State(None, Digest(b"salt"))
    keys = [bytes([number]) * 16 for number in range(posts)]
    state.add([(key, b"post", Digest(key), b"body") for key in keys])
    for _ in range(builds):
        state.prune(keys[:used])
    bodies = 0
    for key in keys:
        with suppress(StateError):
            bodies += state.body(Digest(key)) == b"body"
    return len(state.posts(keys)), bodies


def test_posts_that_no_build_uses_any_more_are_forgotten() -> None:
    assert after_builds(UNUSED_BUILDS, posts=30, used=29) == (30, 30)
    assert after_builds(UNUSED_BUILDS + 1, posts=30, used=29) == (29, 29)


def test_a_few_posts_of_many_wait_to_be_forgotten() -> None:
    assert after_builds(UNUSED_BUILDS + 1, posts=200, used=199) == (200, 200)
    assert after_builds(UNUSED_BUILDS + 1, posts=200, used=190) == (190, 190)


def test_a_post_that_is_used_again_is_not_forgotten() -> None:
    state = State(None, Digest(b"salt"))
    state.add([(b"key", b"post", Digest(b"body"), b"body")])
    for _ in range(UNUSED_BUILDS):
        state.prune([])
        state.prune([b"key"])
    assert state.posts([b"key"]) == {b"key": b"post"}
