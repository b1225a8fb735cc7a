"""From one source file to a post: the content loader and the Markdown renderer put together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from sitegen.config import Config
from sitegen.content.manuscripts import parse_manuscript
from sitegen.digests import hash_bytes
from sitegen.errors import Problem
from sitegen.files import read_file
from sitegen.model import Body, Digest, Link, Metadata, Post, SourceFile, Url
from sitegen.render.markdown.references import numbers_in
from sitegen.render.markdown.renderer import MarkdownRenderer, RenderedMarkdown
from sitegen.urls import post_url


class Loader:
    """Loads source files of one project under one set of settings."""

    def __init__(self, project: Path, config: Config) -> None:
        self._project = project
        self._config = config
        self._renderer = MarkdownRenderer(config)

    def read(self, file: SourceFile) -> bytes:
        """The content of a file. Raises `SitegenError` when it cannot be read."""
        return read_file(f"{self._project}/{file.path}", file.path)

    def load(
        self, file: SourceFile, content: bytes, before: Body | None = None
    ) -> tuple[Post, bytes, tuple[Problem, ...]]:
        """The post in a file, its body encoded, and warnings; depends on these bytes and the settings alone.

        It comes sooner with the body that the file gave `before`, under whatever settings.
        Raises `SitegenError` with every problem of a file that cannot be used.
        """
        manuscript, warnings = parse_manuscript(content, file, self._config)
        rendered = self._renderer.render(manuscript, before)
        summary_html = rendered.body.summary_html
        whole = msgspec.structs.replace(rendered.body, summary_html="")
        body = msgspec.msgpack.encode(whole, order="deterministic")
        url = post_url(manuscript.metadata, self._config)
        post = Post(
            metadata=manuscript.metadata,
            url=url,
            language=rendered.language,
            description=rendered.description,
            counts=rendered.counts,
            summary_html=summary_html,
            has_more=rendered.has_more,
            links=rendered.links,
            card=_card_digest(manuscript.metadata, url, rendered),
            body=hash_bytes(body + "\n".join(_targets(rendered.links)).encode()),
        )
        return post, body, (*warnings, *rendered.problems)


def _card_digest(metadata: Metadata, url: Url, rendered: RenderedMarkdown) -> Digest:
    """Over what a listing may show; links count only where the summary holds them."""
    links = [rendered.links[number] for number in numbers_in(rendered.body.summary_html)]
    return _digest(
        (
            metadata,
            url,
            rendered.language,
            rendered.description,
            rendered.body.summary_html,
            rendered.has_more,
            _targets(links),
        )
    )


def _targets(links: Iterable[Link]) -> list[str]:
    return [link.target for link in links]


def _digest(value: object) -> Digest:
    # Not MessagePack, which would leave the offsets of dates out.
    return hash_bytes(msgspec.json.encode(value, order="deterministic"))
