"""Source files as values, for tests that need no disk."""

from __future__ import annotations

from sitegen.config import Config
from sitegen.content.manuscripts import parse_manuscript
from sitegen.content.metadata import FOLDERS
from sitegen.errors import Problem
from sitegen.model import Manuscript, Metadata, Signature, SourceFile, SourceKind, SourcePath

POST = "content/posts/2020-02-02-hello.md"
"""A post that has its date by its name, so that its front matter may say anything."""

CHINA = Config(timezone="Asia/Shanghai")


def source(path: str) -> SourceFile:
    """The file at `path`, of the kind that its folder says."""
    kind = next((kind for kind, folder in FOLDERS.items() if path.startswith(folder)), SourceKind.POST)
    signature = Signature(mtime_ns=0, ctime_ns=0, size=0, inode=0)
    return SourceFile(path=SourcePath(path), kind=kind, signature=signature)


def read(
    text: str | bytes, path: str = POST, config: Config = CHINA
) -> tuple[Manuscript, tuple[Problem, ...]]:
    """The manuscript in a file, with its warnings."""
    return parse_manuscript(text.encode() if isinstance(text, str) else text, source(path), config)


def metadata(front_matter: str, path: str = POST, config: Config = CHINA) -> Metadata:
    """What YAML front matter says, if there is nothing to warn of."""
    manuscript, problems = read(f"---\n{front_matter}\n---\nbody\n", path, config)
    assert not problems, "\n".join(map(str, problems))
    return manuscript.metadata
