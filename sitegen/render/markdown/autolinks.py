"""Bare URLs and mail addresses as links, ended where a reader of Chinese sees them end.

`http://`, `https://` and `ftp://` begin a link anywhere but in a word, `www.` and mail addresses too; a bare
`example.com` does not, for it is as often a file (`README.md`) or a method (`net.train`). A link ends at a blank,
at what RFC 3986 keeps out of URLs, at full-width punctuation, and before the punctuation of the sentence it
stands in. Ideographs are part of it. Its text is shown as typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from markdown_it.common.utils import isLinkClose, isLinkOpen
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_SCHEME = re.compile(r"(?<![A-Za-z0-9.+-])(?:https?|ftp)$", re.IGNORECASE)
_LONGEST_SCHEME = len("xhttps")

_URL_CHARACTERS = re.compile(r"[^\x00-\x20\x7f\"<>\\^`{|}]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CUT = "\uff5c\uff5e\u3000"
"""Full-width characters that end a link although they are symbols or blanks: ｜ ～ and the ideographic space."""

_TRAILING = "?!.,:;*_~'\""
_REFERENCE = re.compile(r"&[A-Za-z0-9]{1,31};$")
_ANOTHER = re.compile(r"\*\*|~~|[*~](?=[^\x00-\x7f])|[,;](?=(?:https?|ftp)://)")
"""What ends a URL in its middle: emphasis around it, a list of URLs."""
_BRACKETS = {")": "(", "]": "["}
_HOST = re.compile(r"[^/?#:@]+")

# Letter case is spelled out: ignoring it makes `re` look at every character of so long a range.
_WWW = re.compile(r"(?<![A-Za-z0-9_.+/:@-])[wW]{3}\.(?=[^\x00-/:-@\[-`{-\xa0])")
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._+/:@-])(?:mailto:)?[A-Za-z0-9._+-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})+(?![A-Za-z0-9@]|[:/][^\s])"
)


def bare_url(state: StateInline, silent: bool) -> bool:
    """The inline rule for `://`: links the URL around it, whose scheme is text already read."""
    if state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.pending[-_LONGEST_SCHEME:])
    if not scheme:
        return False
    rest = _url_at(state.src, state.pos, state.posMax)
    url = scheme[0] + rest
    if not _has_valid_host(rest[3:]):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        for token in link_tokens(state.md.normalizeLink(url), url):
            pushed = state.push(token.type, token.tag, token.nesting)
            pushed.attrs, pushed.content = token.attrs, token.content
            pushed.markup, pushed.info = token.markup, token.info
    state.pos += len(rest)
    return True


def link_text(state: StateCore) -> None:
    """The core rule that links `www.` addresses and mail addresses in text."""
    for token in state.tokens:
        if token.type == "inline" and ("@" in token.content or "www." in token.content.lower()):
            token.children = list(_linked(state, token.children or []))


def link_tokens(href: str, text: str) -> list[Token]:
    """The tokens of a link that was typed as a bare address."""
    opening = Token("link_open", "a", 1, attrs={"href": href}, markup="linkify", info="auto")
    content = Token("text", "", 0, content=text)
    return [opening, content, Token("link_close", "a", -1, markup="linkify", info="auto")]


def _linked(state: StateCore, children: list[Token]) -> Iterator[Token]:
    """Inline tokens with the addresses linked that stand in text outside links."""
    inside = 0
    for child in children:
        if child.type in ("link_open", "link_close"):
            inside += child.nesting
        elif child.type == "html_inline":
            inside += isLinkOpen(child.content) - isLinkClose(child.content)
        if child.type == "text" and inside <= 0:
            yield from _split(state, child)
        else:
            yield child


def _split(state: StateCore, text: Token) -> Iterator[Token]:
    """The tokens that stand for a text with its addresses linked."""
    content = text.content
    position = 0
    for start, end, href in _addresses(content):
        if start < position:
            continue
        if start > position:
            yield text.copy(content=content[position:start])
        for token in link_tokens(state.md.normalizeLink(href), content[start:end]):
            token.level = text.level + (token.nesting == 0)
            yield token
        position = end
    if position < len(content):
        yield text.copy(content=content[position:]) if position else text


def _addresses(content: str) -> list[tuple[int, int, str]]:
    """The `www.` and mail addresses of a text in order: where they begin and end, where they lead."""
    found = []
    for match in _WWW.finditer(content):
        address = _url_at(content, match.start(), len(content))
        if _has_valid_host(address):
            found.append((match.start(), match.start() + len(address), f"http://{address}"))
    for match in _MAIL.finditer(content):
        if match[0][-1] in "-_":
            continue
        href = match[0] if match[0].startswith("mailto:") else f"mailto:{match[0]}"
        found.append((match.start(), match.end(), href))
    return sorted(found)


def _url_at(source: str, start: int, limit: int) -> str:
    """The longest text from `start` that is a URL, without the punctuation of the sentence around it."""
    match = _URL_CHARACTERS.match(source, start, limit)
    if not match:
        return ""
    url = match[0]
    for character in _NOT_ASCII.finditer(url):
        if character[0] in _CUT or unicodedata.category(character[0])[0] in "PZ":
            url = url[: character.start()]
            break
    another = _ANOTHER.search(url)
    return _without_trailing(_until_unbalanced(url[: another.start()] if another else url))


def _until_unbalanced(url: str) -> str:
    """`url` up to a bracket that closes none of its own, where something else than a URL goes on behind it.

    `(见 http://a.b/c)后面` goes on with Chinese, but `search?q=(business))+ok` with more of the URL.
    """
    open_brackets = {"(": 0, "[": 0}
    end = len(url.rstrip(_TRAILING + ")]"))
    for position, character in enumerate(url):
        if character in open_brackets:
            open_brackets[character] += 1
        elif character in _BRACKETS:
            opening = _BRACKETS[character]
            if open_brackets[opening]:
                open_brackets[opening] -= 1
            elif position >= end or not url[position + 1].isascii():
                return url[:position]
    return url


def _without_trailing(url: str) -> str:
    """`url` without the punctuation, quotes and character references at its end."""
    end = len(url)
    while end:
        reference = _REFERENCE.search(url, max(0, end - 33), end)
        if reference:
            end = reference.start()
        elif url[end - 1] in _TRAILING:
            end -= 1
        else:
            break
    return url[:end]


def _has_valid_host(address: str) -> bool:
    """Whether what follows `//`, or begins with `www.`, names a host as GFM asks: none of `_` in its last two parts."""
    authority = re.split("[/?#]", address, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        return True
    host = _HOST.match(authority)
    if not host:
        return False
    parts = host[0].split(".")
    return any(character.isalnum() for character in parts[0]) and "_" not in "".join(parts[-2:])
