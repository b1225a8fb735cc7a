"""The author's editor: which one it is, and the words that open it at a line."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from sitegen.model import SourcePath

VARIABLES = ("SITEGEN_EDITOR", "VISUAL", "EDITOR")
"""Where an author says which editor to open, the first that is set."""

_FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "positron"),
            ("--goto", "{file}:{line}"),
        ),
        **dict.fromkeys(
            ("subl", "sublime_text", "zed", "zeditor", "lapce", "pulsar", "atom"), ("{file}:{line}",)
        ),
        **dict.fromkeys(
            ("idea", "pycharm", "webstorm", "phpstorm", "goland", "rubymine", "clion", "rider", "rustrover"),
            ("--line", "{line}", "{file}"),
        ),
        **dict.fromkeys(("kate", "kwrite", "mate", "geany"), ("--line", "{line}", "{file}")),
        **dict.fromkeys(
            ("gvim", "mvim", "emacs", "gedit", "gnome-text-editor", "xed", "pluma", "mousepad", "bbedit"),
            ("+{line}", "{file}"),
        ),
        "emacsclient": ("--no-wait", "+{line}", "{file}"),
        "notepad++": ("-n{line}", "{file}"),
    }
)
"""How editors with windows are asked for a line."""

_IN_TERMINALS = frozenset(
    ["vi", "vim", "nvim", "nano", "pico", "micro", "hx", "helix", "kak", "joe", "ne", "ed", "mcedit", "jed"]
)
"""Editors that want the terminal, which the preview has."""

_FALLBACKS = ("code", "codium", "zed", "subl")
"""What is looked for where no variable says anything."""

_WAITING = frozenset(["--wait", "-w", "--block"])
"""Options that make an editor's command wait until the file is closed."""


class EditorError(Exception):
    """No editor can be opened; the message says why and what to do."""


class Editor:
    """The author's editor for the files of one project."""

    def __init__(self, project: Path, environment: Mapping[str, str]) -> None:
        """Which editor it is, `environment` tells when it is first needed."""
        self._project = project
        self._environment = environment

    def open(self, source: SourcePath, line: int) -> str | None:
        """Opens a file at a line and does not wait for the editor; where that cannot be, gives the words why."""
        try:
            self._start(source, line)
        except EditorError as error:
            return str(error)
        return None

    def _start(self, source: SourcePath, line: int) -> None:
        words = editor_from(self._environment)
        file = self._project / source
        if not file.is_file():
            raise EditorError(f"{source} is not a file of this project.")
        try:
            process = subprocess.Popen(
                opening(words, file, line),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise EditorError(f"{words[0]} cannot be started: {error.strerror}.") from error
        # Whoever starts a process has to take note of its end.
        threading.Thread(target=process.wait, daemon=True).start()


def editor_from(environment: Mapping[str, str]) -> list[str]:
    """The words that start the author's editor.

    Raises `EditorError` where none is named or found, or it has no window of its own.
    """
    value = next((environment[name] for name in VARIABLES if environment.get(name, "").strip()), "")
    try:
        words = shlex.split(value)
    except ValueError:
        raise EditorError(
            f"{value} cannot be understood as the name of an editor: a quotation mark is open."
        ) from None
    if not words:
        path = environment.get("PATH", "")
        words = [name for name in _FALLBACKS if shutil.which(name, path=path)][:1]
    if not words:
        raise EditorError(
            f"No editor is known. Set {VARIABLES[1]} to one, such as code, and start the preview again."
        )
    name = _name(words[0])
    if name in _IN_TERMINALS or (
        name in ("emacs", "emacsclient") and {"-nw", "-t", "-tty", "--tty"} & {*words}
    ):
        raise EditorError(
            f"{name} runs in a terminal, and that of the preview is taken. "
            f"Set {VARIABLES[0]} to an editor with a window, such as code, and start the preview again."
        )
    return words


def opening(editor: Sequence[str], file: Path, line: int) -> list[str]:
    """The command that opens a file at a line, to be started as it is and by no shell.

    An editor whose way with lines is not known opens the file alone.
    """
    form = _FORMS.get(_name(editor[0]))
    if form is None:
        return [*editor, str(file.absolute())]
    # A path that is absolute can be no option, whatever the file is called.
    where = {"file": str(file.absolute()), "line": line}
    words = [editor[0], *(word for word in editor[1:] if word not in _WAITING)]
    return [*words, *(part.format(**where) for part in form)]


def _name(program: str) -> str:
    return Path(program).name.lower().removesuffix(".exe").removesuffix(".cmd")
