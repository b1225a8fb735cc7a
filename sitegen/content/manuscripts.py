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
from sitegen.files import read_file
from sitegen.model import Manuscript, SourceFile

_LONGEST_TITLE = 300
"""Characters of a heading or `title` element that is taken for a title."""

_TITLE_WITHIN = 20_000
"""Characters at the beginning of an HTML file in which its title is looked for."""

_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*+")
_HEADING = re.compile(r" {0,3}#[ \t]+(?P<title>[^ \t].*?)(?:[ \t]+#+)?[ \t]*")
_ATTRIBUTES = re.compile(r"[ \t]*\{[^{}]*\}$")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"(\*{1,3}|`+|~~)(?=\S)(.+?)(?<=\S)\1")
_HTML_TITLE = re.compile(r"<(title|h1)(?:[ \t\n][^>]{0,300})?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_WHOLE_DOCUMENT = re.compile(
    r"[ \t\n]*+(?:(?><!--.*?-->)[ \t\n]*+)*+<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL
)


def read_manuscript(
    project: Path, file: SourceFile, config: Config
) -> tuple[Manuscript, tuple[Problem, ...]]:
    """One file of a project, with the warnings that it gave rise to.

    Raises `SitegenError` with every problem of a file that cannot be used.
    """
    return parse_manuscript(read_file(project / file.path, file.path), file, config)


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
    start = _BLANK_LINES.match(body).end()  # type: ignore[union-attr]
    end = body.find("\n", start)
    end = end if end >= 0 else len(body)
    found = _HEADING.fullmatch(body, start, end) if end - start <= _LONGEST_TITLE else None
    if found is None:
        return None, 0
    title = _ATTRIBUTES.sub("", found["title"])
    title = _MARKS.sub(r"\2", _LINK.sub(r"\1", title)).strip(" \t")
    return (title, min(end + 1, len(body))) if title.strip("#") else (None, 0)


def _html_title(body: str) -> str | None:
    """The text of the `title` of an HTML document, or of its first `h1`."""
    opener = _HTML_TITLE.search(body, 0, _TITLE_WITHIN)
    if opener is None:
        return None
    inside = body[opener.end() : opener.end() + _LONGEST_TITLE]
    end = inside.lower().find(f"</{opener[1].lower()}")
    if end < 0:
        return None
    text = html.unescape(_TAG.sub("", inside[:end]))
    return " ".join(part for part in re.split("[ \t\n]+", text) if part) or None
