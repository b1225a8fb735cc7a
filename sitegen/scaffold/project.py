"""A new project: settings with their explanation, a first post, a page."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from pathlib import Path

from sitegen.errors import GuardError, Problem
from sitegen.model import Value
from sitegen.settings import FILE_NAME
from sitegen.settings.notation import toml_value

_IGNORED = ("output/", ".sitegen/")


class NewProject(Value, frozen=True):
    """What is known about a new blog."""

    language: str
    timezone: str
    now: datetime


class CreatedProject(Value, frozen=True):
    """What stands in the folder now."""

    created: tuple[str, ...]
    """The files that were written, relative to the project."""
    kept: tuple[str, ...]
    """The files that were there already and are as they were."""
    not_ignored: tuple[str, ...]
    """What Git should ignore but a `.gitignore` that was there does not name."""


def write_new_project(folder: Path, wanted: NewProject) -> CreatedProject:
    """Writes a new project, and leaves every file alone that is there.

    Raises GuardError, with nothing changed, when the folder holds a project.
    """
    if (folder / FILE_NAME).exists():
        message = f"there is a site in this folder already: {FILE_NAME} is there"
        raise GuardError(Problem(code="init", message=message))
    if folder.exists() and not folder.is_dir():
        raise GuardError(Problem(code="init", message=f"{folder} is a file"))
    created: list[str] = []
    kept: list[str] = []
    for name, text in _texts(wanted).items():
        (created if write_new_file(folder / name, text) else kept).append(name)
    ignored = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").split()
    missing = [name for name in _IGNORED if not {name, f"/{name}", name.rstrip("/")} & set(ignored)]
    return CreatedProject(created=tuple(created), kept=tuple(kept), not_ignored=tuple(missing))


def write_new_file(path: Path, text: str | None) -> bool:
    """Makes a file, or a folder where there is no text; False, with nothing changed, when it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if text is None:
            path.mkdir()
        else:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except FileExistsError:
        return False
    return True


def _texts(wanted: NewProject) -> dict[str, str | None]:
    """The files and folders of a new project; the settings last, for they are what makes it one."""
    source = files("sitegen.scaffold") / "files" / ("zh" if wanted.language.startswith("zh") else "en")

    def text(name: str) -> str:
        filled = (source / name).read_text(encoding="utf-8")
        filled = filled.replace("{{ language }}", toml_value(wanted.language))
        filled = filled.replace("{{ timezone }}", toml_value(wanted.timezone))
        return filled.replace("{{ date }}", f"{wanted.now:%Y-%m-%d %H:%M:%S}")

    return {
        ".gitignore": "".join(f"{name}\n" for name in _IGNORED),
        "content/posts/hello.md": text("hello.md"),
        "content/pages/about.md": text("about.md"),
        "static/": None,
        FILE_NAME: text(FILE_NAME),
    }
