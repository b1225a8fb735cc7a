"""An incremental build is byte for byte a clean one, after any edits; and the test of this would see a bug."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sitegen.build import BuildOptions, build
from sitegen.build.builder import build_clean
from sitegen.build.options import Job
from sitegen.build.output import OWNED_LIST
from sitegen.build.snapshot import Inputs, look
from sitegen.build.spans import Span
from sitegen.model import Digest, SourceFile
from sitegen.settings import read_config
from tests.conftest import tree
from tests.properties.edits import EDITS, Blog

STEPS = int(os.environ.get("SITEGEN_SOAK_STEPS", "150"))
"""Edits in all; `make soak` asks for more."""

TRUST_NS = 20_000_000
"""In place of two seconds: after so long a signature is trusted, so that the tests see trusted ones."""


def rebuilt(blog: Blog) -> dict[str, bytes]:
    """The tree after an incremental build."""
    time.sleep(TRUST_NS * 1.5 / 1e9)
    config, _ = read_config(blog.root)
    build(blog.root, config, BuildOptions(now=blog.now, drafts=blog.drafts, jobs=1))
    return tree(blog.output)


def clean(blog: Blog) -> dict[str, bytes]:
    """The tree of a clean build of the same sources."""
    config, _ = read_config(blog.root)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        build_clean(blog.root, config, BuildOptions(now=blog.now, drafts=blog.drafts, jobs=1), output)
        return tree(output)


def difference(blog: Blog) -> list[str]:
    """The files that are not those of a clean build."""
    ours, right = rebuilt(blog), clean(blog)
    return sorted(path for path in ours.keys() | right.keys() if ours.get(path) != right.get(path))


@pytest.fixture(autouse=True)
def quick_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.build.inputs.TRUSTED_AFTER_NS", TRUST_NS)
    monkeypatch.setattr("sitegen.build.snapshot.TRUSTED_AFTER_NS", TRUST_NS)


class Editing(RuleBasedStateMachine):
    """Someone edits and builds, edits and builds."""

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._blog = Blog(Path(self._folder.name) / "blog")
        assert difference(self._blog) == []

    @rule(name=st.sampled_from(sorted(EDITS)), seed=st.integers(0, 1 << 16))
    def edit_and_build(self, name: str, seed: int) -> None:
        EDITS[name](self._blog, Random(seed))
        assert difference(self._blog) == [], name

    @rule()
    def build_again(self) -> None:
        before = {path: path.stat().st_mtime_ns for path in self._blog.output.rglob("*") if path.is_file()}
        rebuilt(self._blog)
        assert before == {path: path.stat().st_mtime_ns for path in before}

    def teardown(self) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def test_any_sequence_of_edits_builds_what_a_clean_build_does() -> None:
    steps = 30
    machine = settings(
        max_examples=max(1, STEPS // steps),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Editing, settings=machine)


def each_edit(blog: Blog) -> Iterator[str]:
    """Makes every edit there is, some twice, and says which."""
    for seed in (1, 2):
        for name in EDITS:
            EDITS[name](blog, Random(f"{name}{seed}"))
            yield name


def test_every_edit_there_is_builds_what_a_clean_build_does(tmp_path: Path) -> None:
    blog = Blog(tmp_path / "blog")
    assert difference(blog) == []
    wrong = {name: found for name in each_edit(blog) if (found := difference(blog))}
    assert wrong == {}
    assert len(EDITS) >= 25


def caught(blog: Blog, edits: Sequence[str]) -> str | None:
    """The edit after which the output is no longer that of a clean build; `None` if that never happens."""
    rebuilt(blog)
    for seed in range(4):
        for name in edits:
            EDITS[name](blog, Random(f"{name}{seed}"))
            if difference(blog):
                return name
    return None


def without_fact(name: str) -> Any:
    """A fact that forgets to note that it was asked."""
    from sitegen.render.theme.facts import Facts

    plain = getattr(Facts, name).__wrapped__

    def ask(self: Facts, *about: Any) -> Any:
        return plain(self, *about)

    ask.__wrapped__ = plain  # type: ignore[attr-defined]
    return ask


def constant(value: Any) -> Any:
    return lambda *_args, **_kwargs: value


def timeless(snapshot: Any, *about: Any) -> bool:
    """`still_holds` of someone who forgot that days pass."""
    from sitegen.build import snapshot as module

    return module.still_holds(msgspec.structs.replace(snapshot, span=Span()), *about)


def key_without_settings(file: SourceFile, content: bytes, _context: bytes) -> bytes:
    """The key of a memo of someone who forgot that settings change."""
    return content + file.path.encode()


def blind(job: Job, now_ns: int) -> Inputs:
    """`look` of someone who sees no difference between two states of the sources."""
    return msgspec.structs.replace(look(job, now_ns), digest=Digest(b"same"), newest_ns=0)


FACTS = "sitegen.render.theme.facts.Facts"

BUGS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "labels are not noted": (["change title"], {f"{FACTS}.label": without_fact("label")}),
    "cards are not noted": (["change description"], {f"{FACTS}.card": without_fact("card")}),
    "bodies are not noted": (
        ["same_size_edit_with_restored_mtime", "edit_the_end_of_a_body"],
        {f"{FACTS}.body": without_fact("body")},
    ),
    "newer neighbours are not noted": (["add_a_post"], {f"{FACTS}.newer": without_fact("newer")}),
    "lists are not noted": (["change date", "change sticky"], {f"{FACTS}.listing": without_fact("listing")}),
    "settings are not noted": (["change the author"], {f"{FACTS}.config": without_fact("config")}),
    "links are not noted": (
        ["change_a_picture", "break_or_mend_a_link"],
        {f"{FACTS}.link": without_fact("link")},
    ),
    "data is not noted": (["change_a_data_file"], {f"{FACTS}.data": without_fact("data")}),
    "templates are not noted": (["change_an_override"], {f"{FACTS}.template": without_fact("template")}),
    "copied files are not noted": (["change_a_static_file"], {f"{FACTS}.file": without_fact("file")}),
    "recipes are not compared": (
        ["change per_page", "add_a_post"],
        {
            "sitegen.build.review.recipe_digest": constant(bytes(16)),
            "sitegen.build.staging.recipe_digest": constant(bytes(16)),
        },
    ),
    "the ground of the arrangement never changes": (
        ["change sticky"],
        {"sitegen.build.prepare.ground_digest": constant(b"same")},
    ),
    "all posts are taken to keep their places": (
        ["change sticky"],
        {"sitegen.build.outlines._place": constant(b"same")},
    ),
    "stale pages stay": (["delete_a_post"], {"sitegen.build.output.Output.prune": constant(0)}),
    "vandalised pages stay": (
        ["vandalise_a_page", "edit_a_page"],
        {
            "sitegen.build.written.WrittenFiles.changed": constant(frozenset()),
        },
    ),
    "time stands still": (
        ["add_a_future_post", "let_a_day_pass"],
        {"sitegen.build.builder.still_holds": timeless},
    ),
    "the snapshot sees no source": (
        ["edit_a_summary"],
        {"sitegen.build.builder.look": blind},
    ),
    "code is known by its language alone": (
        ["edit_code_in_place"],
        {
            "sitegen.render.markdown.code.code_digest": lambda _text, *options: Digest(
                "".join(options).encode()
            )
        },
    ),
    "the memo ignores the settings": (
        ["change the zone", "change the permalink"],
        {"sitegen.build.load._key": key_without_settings},
    ),
}


@pytest.mark.parametrize("bug", sorted(BUGS))
def test_a_planted_bug_is_caught(bug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits, patches = BUGS[bug]
    for target, replacement in patches.items():
        monkeypatch.setattr(target, replacement)
    assert caught(Blog(tmp_path / "blog"), edits) is not None


def test_the_list_of_our_files_is_the_same_too(tmp_path: Path) -> None:
    blog = Blog(tmp_path / "blog")
    assert rebuilt(blog)[OWNED_LIST] == clean(blog)[OWNED_LIST]
