"""Known code: the figures of code blocks, kept with the text that shows them, so that an edit colours what it changed.

To colour is two fifths of loading a text, and the first block of a language takes many times as long as others. What
becomes of it depends on the block alone, so a text takes it from its own earlier version.
"""

from __future__ import annotations

from sitegen.digests import hash_bytes
from sitegen.model import Body, CodePlace, Digest

FIGURE = "<figure"
"""How the HTML of every code block begins."""


def code_digest(text: str, *options: str) -> Digest:
    """Over all that the figure of a code block is made from."""
    whole = "\0".join((*options, text)).encode(errors="surrogatepass")
    return hash_bytes(whole)


class KnownCode:
    """The figures of code blocks by what they are made from."""

    def __init__(self, before: Body | None = None) -> None:
        """Takes an earlier version of the text, if there is one."""
        self._figures = {key: before.html[start:end] for key, start, end in before.code} if before else {}
        self._shown: list[Digest] = []

    def get(self, key: Digest) -> str | None:
        """The figure of a block, which is shown once more; `None` when it is not known."""
        figure = self._figures.get(key)
        if figure is not None:
            self._shown.append(key)
        return figure

    def add(self, key: Digest, figure: str) -> None:
        """Takes the figure of a block that is shown."""
        self._figures[key] = figure
        self._shown.append(key)

    def places(self, html: str) -> tuple[CodePlace, ...]:
        """Where all that was shown stands in the HTML of the text."""
        found = []
        end = 0
        for key in self._shown:
            figure = self._figures[key]
            start = html.find(FIGURE, end)
            # To look for a long text, Python looks through all of it first.
            while start >= 0 and not html.startswith(figure, start):
                start = html.find(FIGURE, start + 1)
            if start >= 0:
                end = start + len(figure)
                found.append((key, start, end))
        return tuple(found)
