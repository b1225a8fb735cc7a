"""Samples of the languages that blogs show most, and what Pygments itself makes of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pygments.lexer import Lexer

from sitegen.render.highlight import find_language
from sitegen.render.highlight.lexing import find_tokens

SAMPLES = {
    file.stem: file.read_text(encoding="utf-8")
    for file in sorted((Path(__file__).parent / "samples").iterdir())
}


def lexer_class(name: str) -> type[Lexer]:
    language = find_language(name)
    assert language is not None, name
    return language.lexer_class


def itself(token: Any) -> Any:
    return token


def tokens_by_pygments(lexer: type[Lexer], text: str) -> list[tuple[Any, str]]:
    """The tokens that are not empty, with a newline in the place of one that the text lacks at its end."""
    make: Any = lexer
    return [(token, value) for token, value in make(stripnl=False).get_tokens(text) if value]


def tokens_by_us(lexer: type[Lexer], text: str, reach: int | None = None) -> list[tuple[Any, str]]:
    found: list[Any] = find_tokens(lexer, text, itself, reach=reach)
    return [(token, value) for token, value in zip(found[::2], found[1::2], strict=True) if value]
