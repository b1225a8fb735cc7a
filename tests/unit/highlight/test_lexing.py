"""The tokens that we find are those that Pygments finds, in every language that it has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments import lexer as pygments_lexer
from pygments.lexer import RegexLexer, default, include, words
from pygments.lexers import get_all_lexers
from pygments.lexers._mapping import LEXERS
from pygments.token import Comment, Error, Keyword, Name, Number, Punctuation, String, Text

from sitegen.render.highlight.lexing import DEPEND_ON_OPTIONS, is_made_of_rules
from tests.unit.highlight.languages import SAMPLES, lexer_class, tokens_by_pygments, tokens_by_us


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_the_same_tokens(name: str) -> None:
    lexer, text = lexer_class(name), SAMPLES[name]
    assert tokens_by_us(lexer, text) == tokens_by_pygments(lexer, text)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_in_ascii_alone_has_the_same_tokens(name: str) -> None:
    lexer, text = lexer_class(name), SAMPLES[name].encode("ascii", "ignore").decode()
    assert tokens_by_us(lexer, text) == tokens_by_pygments(lexer, text)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_that_breaks_off_anywhere_has_the_same_tokens(name: str) -> None:
    lexer, text = lexer_class(name), SAMPLES[name]
    for end in range(0, len(text), 41):
        part = text[:end].rstrip("\n") + "\n"
        assert tokens_by_us(lexer, part) == tokens_by_pygments(lexer, part), part[-80:]


FRAGMENTS = st.sampled_from(
    [line for text in SAMPLES.values() for line in text.splitlines(keepends=True)]
    + list("\"'`(){}[]<>/*\\#$@%&|;:,.=+-!?^~ \n\té中　")
    + ["/*", "*/", "<!--", "-->", '"""', "${", "<<A", "0x", "1e", "//", "\n\n", "{{", "#{", "=begin\n"]
)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(SAMPLES)), fragments=st.lists(FRAGMENTS, max_size=12))
def test_a_jumble_of_code_has_the_same_tokens(name: str, fragments: list[str]) -> None:
    lexer, text = lexer_class(name), "".join(fragments).rstrip("\n") + "\n"
    assert tokens_by_us(lexer, text) == tokens_by_pygments(lexer, text)


def test_lexers_left_to_pygments_are_those_that_are_not_made_of_rules() -> None:
    for class_name, (module, *_) in LEXERS.items():
        lexer = getattr(__import__(module, fromlist=[class_name]), class_name)
        expected = issubclass(lexer, RegexLexer) and class_name not in DEPEND_ON_OPTIONS
        assert is_made_of_rules(lexer) == expected, class_name
    assert len(LEXERS) == sum(1 for _ in get_all_lexers(plugins=False))


bygroups: Any = pygments_lexer.bygroups
using: Any = pygments_lexer.using


class Odd(RegexLexer):
    """Uses what makes a merge or a first look at the text go wrong."""

    flags = re.NOFLAG
    tokens = {
        "root": [
            (r"(?i)begin\b", Keyword, ("block", "inner")),
            (r"(['\"])(?:\\.|(?!\1).)*\1", String),
            (r"(?P<open><<)(?P<word>\w+)\n(?:.|\n)*?\n(?P=word)$", String.Heredoc),
            (words(("if", "in", "int"), prefix=r"(?<!\.)", suffix=r"\b"), Keyword.Type),
            (words(("ſharp", "kelvin"), prefix=r"(?i)"), Name.Builtin),
            (r"(\w+)(\s*)(\()(?=(\d)?)", bygroups(Name.Function, None, Punctuation, Number)),
            (r"\((?:(\d)|x)(?(1)y|z)\)", Number),
            (r"\A#!.*", Comment.Hashbang),
            (r"(?=@)", Text, "at"),
            (r"[^\S\n]+", Text),
            (r"\{", Punctuation, "#push"),
            (r"\}", Punctuation, "#pop"),
            include("names"),
        ],
        "names": [(r"\w+", Name), (r"[à-ÿ一-龥]*!", Name.Exception)],
        "block": [
            (r"end", Keyword, "#pop"),
            (r"\s+", Text),
            (r"(.)(.)", bygroups(Name, using(lexer_class("python")))),
        ],
        "inner": [(r"<", Punctuation, ("#pop", "names2")), default("#pop:3")],
        "names2": [(r"\w", Name.Other), (r">", Punctuation, "#pop:9")],
        "at": [(r"@\w*", Name.Decorator, "#pop"), default("#pop")],
    }


WORDS = "begin BEGIN end 'a\"b' if int .in SHARP ſHARP kelvin Kelvin g( (1y) (xz) (xy) #!x @a @ { } < > é! 中! ! ab"
ODD_TEXT = st.lists(
    st.sampled_from([*WORDS.split(" "), '"\\""', "<<X\nbody\nX\n", "f (1", " ", "\n", "\t", "\u3000"]),
    max_size=14,
).map(lambda parts: "".join(parts).rstrip("\n") + "\n")


@settings(max_examples=400, deadline=None)
@given(ODD_TEXT)
def test_back_references_conditions_flags_and_odd_states_are_kept(text: str) -> None:
    assert tokens_by_us(Odd, text) == tokens_by_pygments(Odd, text)


def test_a_newline_that_no_rule_matches_leads_back_to_the_first_state() -> None:
    text = "begin<a\n中 if\n"
    assert tokens_by_us(Odd, text) == tokens_by_pygments(Odd, text)
    assert (Keyword.Type, "if") in tokens_by_us(Odd, text)


def test_a_character_that_no_rule_matches_is_an_error() -> None:
    assert tokens_by_us(Odd, "^\n")[0] == (Error, "^")


def test_no_token_is_longer_than_the_reach() -> None:
    comment = f"/* {'word ' * 40}*/\n"
    assert tokens_by_us(lexer_class("css"), comment)[0] == (Comment, comment[:-1])
    bounded = tokens_by_us(lexer_class("css"), comment, reach=50)
    assert max(len(value) for _, value in bounded) <= 50
    assert "".join(value for _, value in bounded) == comment


def test_a_reach_changes_nothing_where_tokens_are_shorter() -> None:
    for name in ("python", "javascript", "bash", "go", "yaml", "json", "console"):
        text = SAMPLES[name]
        assert tokens_by_us(lexer_class(name), text, reach=1_500) == tokens_by_pygments(
            lexer_class(name), text
        )
