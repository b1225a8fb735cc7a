r"""Typographic quotes, dashes and dots, by the language of the text; off unless `markdown.typographer` is on.

Quotes are paired within their paragraph, so that `（"中文"）` and `"中文"后`, where no blank tells, come out right.
A quote that finds no partner stays as it is, except the apostrophe in a word. `--` and `---` between words or
blanks become dashes and `...` an ellipsis; longer runs (`------>`), paths (`..\MiKTeX`) and options (`--upgrade`)
are never touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from sitegen.render.markdown.cjk import is_cjk

_QUOTES = MappingProxyType(
    {
        "zh": "“”‘’",
        "zh-hant": "「」『』",
        "zh-tw": "「」『』",
        "zh-hk": "「」『』",
        "zh-mo": "「」『』",
        "ja": "「」『』",
        "de": "„“‚‘",
        "fr": "«»“”",
        "es": "«»“”",
    }
)
_ENGLISH = "“”‘’"

_DASHES_OR_DOTS = re.compile(r"(?<![-.])(?:-{2,3}|\.{3})(?![-.])")
_QUOTE = re.compile("[\"']")


def set_type(state: StateCore) -> None:
    """The core rule that makes the text of paragraphs, headings and cells typographic."""
    quotes = _quotes(str(state.env.get("lang", "en")))
    for token in state.tokens:
        if token.type != "inline":
            continue
        children = token.children or []
        if "--" in token.content or "..." in token.content:
            for child in _prose(children):
                child.content = _DASHES_OR_DOTS.sub(_dash_or_dots, child.content)
        if '"' in token.content or "'" in token.content:
            _set_quotes(children, quotes)


def _quotes(language: str) -> str:
    """The outer and inner quotation marks of a language."""
    language = language.lower()
    while language:
        if language in _QUOTES:
            return _QUOTES[language]
        language = language.rpartition("-")[0]
    return _ENGLISH


def _prose(children: Sequence[Token]) -> Iterator[Token]:
    """The text among inline tokens that is not a bare URL."""
    is_url = False
    for child in children:
        if child.info == "auto":
            is_url = child.nesting > 0
        elif child.type == "text" and not is_url:
            yield child


def _dash_or_dots(match: re.Match[str]) -> str:
    """A dash between words or between blanks, dots behind a word; else what was typed."""
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    after = match.string[match.end() : match.end() + 1]
    run = match[0]
    if run == "...":
        return "…" if before not in ("", "/", "\\") and after not in ("/", "\\") else run
    if _is_word(before) and _is_word(after):
        is_cjk_text = is_cjk(before) or is_cjk(after)
        return "——" if is_cjk_text else "—" if run == "---" else "–"
    if before in ("", " ") and after in ("", " ") and before + after:
        return "—" if run == "---" else "–"
    return run


def _is_word(character: str) -> bool:
    return character != "" and (character.isalnum() or is_cjk(character))


def _set_quotes(children: Sequence[Token], quotes: str) -> None:
    """Replace the straight quotes of one paragraph that pair."""
    prose = {id(child): list(child.content) for child in _prose(children)}
    opened: dict[str, tuple[int, list[str], int]] = {}
    for number, (child, position, before, after) in enumerate(_straight_quotes(children)):
        characters = prose.get(id(child))
        if characters is None:
            continue
        quote = characters[position]
        if quote == "'" and _is_word(before) and _is_word(after) and not is_cjk(before):
            characters[position] = "’"
        elif quote in opened and _can_close(before, after):
            beginning, opening, place = opened.pop(quote)
            first = 0 if quote == '"' else 2
            opening[place] = quotes[first]
            characters[position] = quotes[first + 1]
            # What was opened between the two and not closed is no quotation.
            opened = {other: found for other, found in opened.items() if found[0] < beginning}
        elif _can_open(before, after):
            opened[quote] = (number, characters, position)
    for child in children:
        if id(child) in prose:
            child.content = "".join(prose[id(child)])


def _straight_quotes(children: Sequence[Token]) -> Iterator[tuple[Token, int, str, str]]:
    """Each straight quote in text, with the characters around it, those beyond tags included."""
    texts = [child for child in children if child.content or child.type in ("softbreak", "hardbreak")]
    for index, child in enumerate(texts):
        if child.type != "text":
            continue
        content = child.content
        for match in _QUOTE.finditer(content):
            position = match.start()
            before = content[position - 1] if position else _edge(texts, index - 1, -1)
            after = content[position + 1] if position + 1 < len(content) else _edge(texts, index + 1, 0)
            yield child, position, before, after


def _edge(texts: Sequence[Token], index: int, place: int) -> str:
    """The first or last character of a neighbouring token, a blank at the ends of the paragraph."""
    if not 0 <= index < len(texts) or texts[index].type not in ("text", "text_special", "code_inline"):
        return " "
    return texts[index].content[place]


def _can_open(before: str, after: str) -> bool:
    """Whether a quote between two characters may open: text follows, and what precedes does not end a word."""
    return not _is_blank(after) and (not _is_word(before) or is_cjk(before))


def _can_close(before: str, after: str) -> bool:
    """Whether a quote between two characters may close: text precedes, and no Latin word goes on behind it."""
    return not _is_blank(before) and (not _is_word(after) or is_cjk(after))


def _is_blank(character: str) -> bool:
    return character in " \t\n\u3000" or unicodedata.category(character)[0] == "Z"
