"""Source files read: metadata, and the text that is still to be rendered."""

from __future__ import annotations

import html
import re
from pathlib import Path

import msgspec

from sitegen.config import Config
from sitegen.content.encoding import decode
from sitegen.content.frontmatter import take_apart
from sitegen.content.metadata import gives_title, read_metadata
from sitegen.errors import Problem, SitegenError
from sitegen.model import Manuscript, SourceFile

_HEADING = re.compile(r"[ \t\n]*^#[ \t]+(?P<title>[^\n]*[^ \t\n#])[ \t]*#*[ \t]*(?:\n|\Z)", re.MULTILINE)
_ATTRIBUTES = re.compile(r"[ \t]*\{[^{}]*\}$")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"(\*{1,3}|`+|~~)(?=\S)(.+?)(?<=\S)\1")
_HTML_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WHOLE_DOCUMENT = re.compile(
    r"[ \t\n]*(?:<!--.*?-->[ \t\n]*)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL
)


def read_manuscript(
    project: Path, file: SourceFile, config: Config
) -> tuple[Manuscript, tuple[Problem, ...]]:
    """One file of a project, with the warnings that it gave rise to.

    Raises `SitegenError` with every problem of a file that cannot be used.
    """
    try:
        data = (project / file.path).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SitegenError(
            Problem(code="file", message=f"cannot be read: {reason}", path=file.path)
        ) from None
    return parse_manuscript(data, file, config)


def parse_manuscript(data: bytes, file: SourceFile, config: Config) -> tuple[Manuscript, tuple[Problem, ...]]:
    """As `read_manuscript`, from the bytes of the file: depends on nothing else.

    A file without a title has that of the `#` heading its text begins with, which is then taken out of the
    text, or else the name of the file. An HTML file that is a whole document has the layout `false`, which means
    that no theme goes round it.
    """
    text, mended = decode(data, file.path)
    parts = take_apart(text, file.path)
    is_html = file.path.lower().endswith(".html")
    body, body_line, heading = parts.body, parts.body_line, None
    if not gives_title(parts.front_matter):
        heading, length = (_html_title(body), 0) if is_html else _leading_heading(body)
        body_line += body.count("\n", 0, length)
        body = body[length:]
    try:
        metadata, problems = read_metadata(parts.front_matter, file, config, heading)
    except SitegenError as error:
        raise SitegenError((*mended, *parts.problems, *error.problems)) from None
    if is_html and metadata.layout is None and _WHOLE_DOCUMENT.match(body):
        metadata = msgspec.structs.replace(metadata, layout="false")
    manuscript = Manuscript(
        metadata=metadata, text=body, first_line=body_line, format="html" if is_html else "markdown"
    )
    return manuscript, (*mended, *parts.problems, *problems)


def _leading_heading(body: str) -> tuple[str | None, int]:
    """The text of the first-level heading that `body` begins with, and how much of `body` it takes up."""
    found = _HEADING.match(body)
    if found is None:
        return None, 0
    title = _ATTRIBUTES.sub("", found["title"])
    title = _MARKS.sub(r"\2", _LINK.sub(r"\1", title)).strip(" \t")
    return (title, found.end()) if title else (None, 0)


def _html_title(body: str) -> str | None:
    """The text of the `title` of an HTML document, or of its first `h1`."""
    found = _HTML_TITLE.search(body)
    if found is None:
        return None
    text = html.unescape(_TAG.sub("", found[2]))
    return " ".join(part for part in re.split("[ \t\n]+", text) if part) or None
