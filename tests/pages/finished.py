"""A built site as its readers and their programs find it: addresses and what is there."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

KEPT_IN_ADDRESSES = "/:?#[]@!$&'()*+,;=%"
"""Nothing but what is neither of these nor unreserved is percent-encoded."""


class FinishedSite:
    """The output folder of a build for one address."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        self.base_url = base_url

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every published file by its address below `base_url`, not percent-encoded: `tags/C++/`."""
        return {
            path.relative_to(self.folder).as_posix().removesuffix("index.html"): path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != ".sitegen-files"
        }

    @cached_property
    def pages(self) -> dict[str, LexborHTMLParser]:
        """Every HTML page by its address below `base_url`."""
        return {
            url: LexborHTMLParser(path.read_text(encoding="utf-8"))
            for url, path in self.files.items()
            if path.suffix == ".html"
        }

    @cached_property
    def readable_pages(self) -> dict[str, LexborHTMLParser]:
        """The pages that a reader stays on: all but those that only lead on to another."""
        return {
            url: page for url, page in self.pages.items() if not page.css_matches("meta[http-equiv=refresh]")
        }

    def absolute(self, url: str) -> str:
        """The whole address, percent-encoded, of an address below `base_url`."""
        return quote(self.base_url, safe=KEPT_IN_ADDRESSES) + quote(url)

    def below(self, reference: str, page: str = "") -> str | None:
        """Where a reference on a page leads below `base_url`, without its fragment; `None` when elsewhere."""
        target = urlsplit(urljoin(self.absolute(page), reference))
        base = urlsplit(self.base_url)
        path = unquote(target.path)
        if (target.scheme, target.netloc) != (base.scheme, base.netloc):
            return None
        return path[len(base.path) :] if path.startswith(base.path) else f"outside the site: {path}"
