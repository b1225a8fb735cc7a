"""Where links may lead, and how their destinations are read and written."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from markdown_it import helpers
from markdown_it.common import normalize_url

_DANGEROUS = re.compile(r"(?:vbscript|javascript|file|data):")
_HARMLESS_BEGINNINGS = frozenset("h/#.")
"""With which most links begin, and none of the schemes above, nor what may stand before one."""
_HARMLESS_DATA = re.compile(r"data:image/(?:gif|png|jpeg|webp|avif)[;,]")
_IGNORED_BY_BROWSERS = re.compile("[\x00-\x20\x7f\u00ad\u200b-\u200f\u2028-\u202e\ufeff]")

_ORDINARY_URL = re.compile(
    r"(?:https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]+)?(?=[/?#]|$)|(?!//))"
    r"(?:[^\x00-\x20\"%':<>\[\\\]^`{|}\x7f-\xa0]|%[0-9A-Fa-f]{2})*"
)
"""A URL that needs no repair but that what is not ASCII be encoded."""
_LEFT_ALONE = ";/?:@&=+$,-_.!~*'()#%"

_ORDINARY_DESTINATION = re.compile(r"[^\x00-\x20\x7f<()\\&]+(?=[\x00-\x20\x7f)]|$)")


def is_safe_link(url: str) -> bool:
    """Whether `url` may become a link or a picture: nothing that runs as a program, no file of this machine."""
    if url[:1] in _HARMLESS_BEGINNINGS:
        return True
    plain = _IGNORED_BY_BROWSERS.sub("", url).lower()
    return not _DANGEROUS.match(plain) or _HARMLESS_DATA.match(plain) is not None


def normalise_link(url: str) -> str:
    """`url` as it stands in an attribute: percent-encoded, its host in ASCII."""
    if not _ORDINARY_URL.fullmatch(url):
        return normalize_url.normalizeLink(url)
    return url if url.isascii() else quote(url, safe=_LEFT_ALONE)


class Destination(NamedTuple):
    """The destination of a link, under the names that the rules of markdown-it read."""

    ok: bool
    pos: int
    str: str


class LinkHelpers:
    """What the rules for links call as `parser.helpers`; ordinary destinations are read in one step."""

    parseLinkLabel = staticmethod(helpers.parseLinkLabel)  # noqa: N815 - markdown-it's names
    parseLinkTitle = staticmethod(helpers.parseLinkTitle)  # noqa: N815

    @staticmethod
    def parseLinkDestination(string: str, pos: int, maximum: int) -> Destination:  # noqa: N802
        """The destination that begins at `pos`."""
        match = _ORDINARY_DESTINATION.match(string, pos, maximum)
        if match:
            return Destination(True, match.end(), match[0])
        found = helpers.parseLinkDestination(string, pos, maximum)
        return Destination(found.ok, found.pos, found.str)
