"""Which editor is opened, and by which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.model import SourcePath
from sitegen.preview.editor import Editor, EditorError, editor_from, opening

from .conftest import eventually

POST = Path("/blog/content/posts/深度 学习.md")


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        (["code"], ["code", "--goto", f"{POST}:12"]),
        (["code", "--wait", "-n"], ["code", "-n", "--goto", f"{POST}:12"]),
        (["/opt/zed/bin/zed"], ["/opt/zed/bin/zed", f"{POST}:12"]),
        (["pycharm"], ["pycharm", "--line", "12", str(POST)]),
        (["gvim"], ["gvim", "+12", str(POST)]),
        (["emacsclient", "-c"], ["emacsclient", "-c", "--no-wait", "+12", str(POST)]),
        (["some-editor", "-x"], ["some-editor", "-x", str(POST)]),
    ],
)
def test_an_editor_is_asked_for_a_line_in_its_own_way(editor: list[str], expected: list[str]) -> None:
    assert opening(editor, POST, 12) == expected


def test_a_file_is_never_taken_for_an_option_or_a_command() -> None:
    """It is one word, absolute, and braces in it are text."""
    words = opening(["code"], Path("-n; rm {line} $(x).md"), 3)
    assert words == ["code", "--goto", f"{Path.cwd()}/-n; rm {{line}} $(x).md:3"]


def test_the_variables_are_asked_in_their_order() -> None:
    environment = {"EDITOR": "vim", "VISUAL": "code --wait"}
    assert editor_from(environment) == ["code", "--wait"]
    assert editor_from({**environment, "SITEGEN_EDITOR": "'/opt/my editor/zed'"}) == ["/opt/my editor/zed"]
    assert editor_from({"VISUAL": " ", "EDITOR": "subl"}) == ["subl"]


def test_without_a_variable_an_editor_is_looked_for(tmp_path: Path) -> None:
    program = tmp_path / "codium"
    program.touch(mode=0o755)
    assert editor_from({"PATH": str(tmp_path)}) == ["codium"]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"PATH": "/nowhere"},
            "No editor is known. Set VISUAL to one, such as code, and start the preview again.",
        ),
        ({"EDITOR": "/usr/bin/vim"}, "vim runs in a terminal, and that of the preview is taken."),
        ({"VISUAL": "emacs -nw"}, "emacs runs in a terminal"),
        (
            {"VISUAL": "'code"},
            "'code cannot be understood as the name of an editor: a quotation mark is open.",
        ),
    ],
)
def test_where_no_editor_can_be_opened_it_is_said_why(environment: dict[str, str], said: str) -> None:
    with pytest.raises(EditorError) as error:
        editor_from(environment)
    assert said in str(error.value)


def test_the_editor_is_started_with_the_file(tmp_path: Path) -> None:
    """By the words of the variable, and nobody waits for it."""
    program, told = tmp_path / "my editor", tmp_path / "told"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {told}.new\nmv {told}.new {told}\n')
    program.chmod(0o755)
    post = tmp_path / "a; touch b.md"
    post.touch()
    editor = Editor(tmp_path, {"VISUAL": f"'{program}' --new"})
    assert editor.open(SourcePath(post.name), 3) is None
    eventually(told.exists)
    assert told.read_text() == f"--new|{post}|"


@pytest.mark.parametrize(
    ("name", "editor", "said"),
    [
        ("missing.md", "code", "missing.md is not a file of this project."),
        ("post.md", "/nowhere/editor", "/nowhere/editor cannot be started: No such file or directory."),
        ("post.md", "nano", "nano runs in a terminal"),
    ],
)
def test_what_went_wrong_with_the_editor_is_said(tmp_path: Path, name: str, editor: str, said: str) -> None:
    (tmp_path / "post.md").touch()
    assert said in (Editor(tmp_path, {"VISUAL": editor}).open(SourcePath(name), 1) or "")
