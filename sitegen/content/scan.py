"""Which files a project is made of: the first pass, and the only one that walks folders."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.files import LEADS_OUT, leads_out
from sitegen.model import Signature, SourceFile, SourceKind, SourcePath, Sources

TEXT_ENDINGS = (".md", ".markdown", ".mkd", ".mkdn", ".mdwn", ".mdtxt", ".mdtext", ".html")
"""Files under `content/` with these endings, in any case, are posts and pages; others are published as they are."""

Scanned: TypeAlias = tuple[Sources, tuple[Problem, ...]]
"""The source files of a project, and what could not be taken for one."""

_FOLDERS = {
    "content/drafts": SourceKind.DRAFT,
    "content/pages": SourceKind.PAGE,
    "content/posts": SourceKind.POST,
    "data": SourceKind.DATA,
    "static": SourceKind.STATIC,
}
_LEFT_BY_PROGRAMS = re.compile(
    r"\.git|\.svn|\.hg|\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|\.#.*|#.*#|.*~|\..*\.sw[a-z]|.*___jb_(?:tmp|old)___"
)


def scan(project: Path, config: Config) -> Scanned:
    """All source files of a project, sorted by path, with what could not be taken.

    In `content/` names that begin with `.` or `_` or end with `~` or `%` are passed over, in `static/` and `data/`
    only what editors and systems leave behind. A link to a folder or file inside the project is followed; one
    that leads out of it, to nothing or back to where it stands is a problem. The output folder is never a source.
    """
    walk = _Walk(project, project / config.output)
    files: dict[SourceKind, list[SourceFile]] = {kind: [] for kind in SourceKind}
    for folder, kind in _FOLDERS.items():
        for file in walk.files(folder, kind):
            files[file.kind].append(file)
    walk.look_for_strays()
    texts = files[SourceKind.DRAFT] + files[SourceKind.PAGE] + files[SourceKind.POST]
    sources = Sources(
        posts=_sorted(texts),
        resources=_sorted(files[SourceKind.RESOURCE]),
        static=_sorted(files[SourceKind.STATIC]),
        data=_sorted(files[SourceKind.DATA]),
    )
    return sources, tuple(sorted(walk.problems, key=lambda problem: problem.path or ""))


def _sorted(files: list[SourceFile]) -> tuple[SourceFile, ...]:
    return tuple(sorted(files, key=lambda file: file.path))


class _Walk:
    """One walk through the folders of a project, which collects the problems on its way."""

    def __init__(self, project: Path, output: Path) -> None:
        self.problems: list[Problem] = []
        self._project = os.path.realpath(project)
        self._output = os.path.realpath(output)

    def files(self, folder: str, kind: SourceKind) -> Iterator[SourceFile]:
        """The files below a top folder, which need not exist."""
        path = os.path.join(self._project, folder)
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:  # to take it for missing would delete what was made from it
            self._note(folder, f"cannot be read: {error.strerror}")
            return
        if os.path.islink(path) and not self._may_follow(path, folder):
            return
        yield from self._folder(path, folder, kind, through_link=False)

    def look_for_strays(self) -> None:
        """Notes posts that stand beside the folders which are read."""
        try:
            entries = sorted(os.scandir(os.path.join(self._project, "content")), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            path = f"content/{entry.name}"
            if path in _FOLDERS or _is_passed_over(entry.name):
                continue
            if entry.is_dir() or entry.name.lower().endswith(TEXT_ENDINGS):
                self._note(
                    path,
                    "is not read: posts belong in content/posts/, pages in content/pages/, drafts in content/drafts/",
                    severity="warning",
                )

    def _folder(
        self, folder: str, shown: str, kind: SourceKind, *, through_link: bool
    ) -> Iterator[SourceFile]:
        """The files of one folder and those below it."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except NotADirectoryError:
            self._note(shown, "is a file where a folder is expected")
            return
        except OSError as error:
            self._note(shown, f"cannot be read: {error.strerror}")
            return
        in_content = kind not in (SourceKind.STATIC, SourceKind.DATA)
        for entry in entries:
            if _LEFT_BY_PROGRAMS.fullmatch(entry.name) or (in_content and _is_passed_over(entry.name)):
                continue
            path = f"{shown}/{entry.name}"
            if not entry.name.isprintable() and not self._has_usable_name(path):
                continue
            try:
                yield from self._entry(entry, path, kind, through_link=through_link)
            except FileNotFoundError:
                continue  # taken away since the folder was listed
            except OSError as error:
                self._note(path, f"cannot be read: {error.strerror}")

    def _entry(
        self, entry: os.DirEntry[str], path: str, kind: SourceKind, *, through_link: bool
    ) -> Iterator[SourceFile]:
        is_link = entry.is_symlink()
        if is_link and not self._may_follow(entry.path, path):
            return
        status = entry.stat()
        if stat.S_ISDIR(status.st_mode):
            if os.path.realpath(entry.path) == self._output:
                return
            if is_link and through_link:
                self._note(
                    path, "is a link to a folder inside a linked folder, which is not followed", "warning"
                )
                return
            if path.lower().endswith(TEXT_ENDINGS) and kind not in (SourceKind.STATIC, SourceKind.DATA):
                self._note(path, "is a folder, although its name is that of a post", "warning")
            yield from self._folder(entry.path, path, kind, through_link=through_link or is_link)
        elif stat.S_ISREG(status.st_mode):
            yield SourceFile(
                path=SourcePath(path),
                kind=_kind_of(entry.name, kind),
                signature=Signature(
                    mtime_ns=status.st_mtime_ns,
                    ctime_ns=status.st_ctime_ns,
                    size=status.st_size,
                    inode=status.st_ino,
                ),
            )
        else:
            self._note(path, "is neither a file nor a folder, and is left out", "warning")

    def _may_follow(self, link: str, shown: str) -> bool:
        """Whether a link leads to something else inside the project; notes why not."""
        target = os.path.realpath(link)
        if leads_out(target, self._project):
            self._note(shown, LEADS_OUT)
        elif (os.path.dirname(os.path.abspath(link)) + os.sep).startswith(target + os.sep):
            self._note(shown, "is a link to a folder that it stands in, and is not followed", "warning")
        elif not os.path.exists(target):
            self._note(shown, "is a link to something that does not exist: mend or delete it")
        else:
            return True
        return False

    def _has_usable_name(self, path: str) -> bool:
        """Whether a name of unusual characters can be that of a file of a site; notes why not."""
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if any("\ud800" <= character <= "\udfff" for character in path):
            self._note(shown, "has a name that is not UTF-8: rename it")
            return False
        if any(character < " " or "\x7f" <= character <= "\x9f" for character in path):
            self._note(ascii(path)[1:-1], "has a control character in its name: rename it")
            return False
        return True

    def _note(self, path: str, message: str, severity: Literal["error", "warning"] = "error") -> None:
        self.problems.append(Problem(code="file", message=message, path=path, severity=severity))


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "_")) or name.endswith(("~", "%"))


def _kind_of(name: str, kind: SourceKind) -> SourceKind:
    if kind in (SourceKind.STATIC, SourceKind.DATA) or name.lower().endswith(TEXT_ENDINGS):
        return kind
    return SourceKind.RESOURCE
