"""The words of the default theme: every language has every text, with the same blanks to fill in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from sitegen.render.theme.translation import translator

THEME = Path(__file__).parents[2] / "themes/default"
LANGUAGES = sorted(path.stem for path in (THEME / "i18n").glob("*.toml"))
CATEGORIES = {"zh-Hans": {"other"}, "zh-Hant": {"other"}, "ja": {"other"}, "ko": {"other"}}
"""The plural forms of each language; the others have a form for one as well."""

NAMED_BY_THE_BUILDER = {"archives", "categories", "tags", "not_found"}


def texts(language: str) -> dict[str, str]:
    loaded: dict[str, str] = tomllib.loads((THEME / f"i18n/{language}.toml").read_text(encoding="utf-8"))
    return loaded


def used_names() -> set[str]:
    sources = [path.read_text(encoding="utf-8") for path in (THEME / "templates").rglob("*.html")]
    return {name for source in sources for name in re.findall(r'\bt\("([a-z_]+)"', source)}


def names(language: str) -> set[str]:
    return {name.partition(".")[0] for name in texts(language)}


def test_there_are_the_languages_that_the_guide_names() -> None:
    assert LANGUAGES == ["de", "en", "es", "fr", "ja", "ko", "zh-Hans", "zh-Hant"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_that_templates_use_and_no_other(language: str) -> None:
    assert names(language) == used_names() | NAMED_BY_THE_BUILDER


def test_every_call_of_t_names_its_text_plainly() -> None:
    for path in (THEME / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert len(re.findall(r"\bt\(", source)) == len(re.findall(r'\bt\("[a-z_]+"', source)), path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_text_has_the_plural_forms_of_its_language(language: str) -> None:
    forms: dict[str, set[str]] = {}
    for name in texts(language):
        base, dot, form = name.partition(".")
        if dot:
            forms.setdefault(base, set()).add(form)
    assert forms.keys() == {"posts", "minutes", "words"}
    assert all(found == CATEGORIES.get(language, {"one", "other"}) for found in forms.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_blanks_of_the_english_text(language: str) -> None:
    english, own = texts("en"), texts(language)
    for name, text in own.items():
        base, dot, _ = name.partition(".")
        original = english[f"{base}.other"] if dot else english[name]
        assert blanks(text) == blanks(original), name


def blanks(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("en", 1, "1 post"),
        ("en", 1234, "1,234 posts"),
        ("en-GB", 2, "2 posts"),
        ("de", 1, "1 Beitrag"),
        ("de", 1234, "1.234 Beiträge"),
        ("zh-CN", 1234, "1,234 篇文章"),
        ("zh-TW", 1, "1 篇文章"),
        ("ja", 3, "3 件の記事"),
        ("nl", 3, "3 posts"),
    ],
)
def test_counts_are_written_as_the_language_writes_them(language: str, count: int, text: str) -> None:
    translate = translator(language, {name: texts(name) for name in LANGUAGES})
    assert translate("posts", count=count) == text
