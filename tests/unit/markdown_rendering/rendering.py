"""What the tests of rendering share: manuscripts from text, and a check that HTML is balanced."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from sitegen.config import Config, MarkdownConfig
from sitegen.model import Manuscript, Metadata, SourcePath
from sitegen.render.markdown.references import resolve
from sitegen.render.markdown.renderer import MarkdownRenderer, RenderedMarkdown

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def manuscript(
    text: str, *, first_line: int = 1, source: str = "content/posts/a.md", **metadata: Any
) -> Manuscript:
    return Manuscript(
        metadata=Metadata(source=SourcePath(source), kind="post", title="A", slug="a", date=None, **metadata),
        text=text,
        first_line=first_line,
        format="html" if source.endswith(".html") else "markdown",
    )


def render(
    text: str, *, language: str = "en", settings: dict[str, Any] | None = None, **about: Any
) -> RenderedMarkdown:
    config = Config(language=language, markdown=MarkdownConfig(**(settings or {})))
    return MarkdownRenderer(config).render(manuscript(text, **about))


def filled(html: str, rendered: RenderedMarkdown) -> str:
    """HTML with each placeholder replaced by `→target`, and sizes by ` sized`."""
    return resolve(html, lambda number: "→" + rendered.links[number].target, lambda _: " sized")


class _Structure(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> in {self.open}")


def faults_of(html: str) -> list[str]:
    """What is not balanced in `html`, and every id in it."""
    structure = _Structure()
    structure.feed(html)
    structure.close()
    return (
        structure.faults
        + [f"<{tag}> stays open" for tag in structure.open]
        + [f"id {i}" for i in structure.ids]
    )
