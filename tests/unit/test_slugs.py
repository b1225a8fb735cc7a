"""Names turned into parts of addresses and ids."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.slugs import github_slug, slugify, term_slug, term_slugs


@pytest.mark.parametrize(
    ("text", "hexo", "github"),
    [
        ("第一章：开始！", "第一章：开始！", "第一章开始"),
        ("1.GPU选购指南", "1-GPU选购指南", "1gpu选购指南"),
        ("C++ / C#", "C-C", "c--c"),
        ("【全角】(半角)？", "【全角】-半角-？", "全角半角"),
        ("日本語　タイトル", "日本語-タイトル", "日本語タイトル"),
        ("??", "", ""),
    ],
)
def test_slugs_are_those_that_hexo_and_github_were_measured_to_give(
    text: str, hexo: str, github: str
) -> None:
    assert slugify(text) == hexo
    assert github_slug(text) == github


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello, World!", "Hello-World"),
        ("a\tb", "ab"),
        ("  -- x --  ", "x"),
        ("a\u00a0b\u3000c\ufeffd", "a-b-c-d"),
        ("全角ＡＢＣ１２３", "全角ABC１２３"),
        ("Straße Über Łódź", "Strase-Uber-Lodz"),
        ("ÆØÅ œuvre", "AEOA-oeuvre"),
        ("ⓐⒷ", "aB"),
        ("한국어 🎉", "한국어-🎉"),
        ("ﬁ ² ª", "ﬁ-²-ª"),
        ("が", "が"),
        ("か\u3099", "が"),
    ],
)
def test_a_slug_keeps_every_script_and_reduces_only_latin_letters(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_every_letter_is_folded_as_hexo_does() -> None:
    """The digest is over what hexo-util 4.0.0 gave for each character, where NFC does not decide otherwise."""
    folded = hashlib.sha256()
    count = 0
    for code in (*range(0xA0, 0xD800), *range(0xE000, 0xFFFE)):
        character = chr(code)
        if unicodedata.normalize("NFC", f"x{character}y") != f"x{character}y" or not character.isalpha():
            continue
        slug = slugify(f"x{character}y")[1:-1]
        if slug != character:
            count += 1
            folded.update(f"{character}{slug}".encode())
    assert (count, folded.hexdigest()[:16]) == FOLDED


FOLDED = (768, "041764f0475b8f3d")


@given(st.text())
def test_a_slug_of_a_slug_is_the_same(text: str) -> None:
    assert slugify(slugify(text)) == slugify(text)


@given(st.text())
def test_a_slug_does_not_depend_on_the_unicode_form(text: str) -> None:
    assert slugify(unicodedata.normalize("NFD", text)) == slugify(text)


@given(st.text())
def test_a_slug_can_stand_in_a_path(text: str) -> None:
    slug = slugify(text)
    assert not set(slug) & set("/\\?#%\x00. ")
    assert not slug.startswith("-")


def test_names_that_lose_their_difference_to_hexo_keep_it_here() -> None:
    assert term_slugs(["C", "C#", "C++", "PyTorch", "pytorch"]) == {
        "C": "C",
        "C#": "C-sharp",
        "C++": "C-plus-plus",
        "PyTorch": "PyTorch",
        "pytorch": "pytorch-0b92",
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("深度学习", "深度学习"),
        ("F# notes", "F-sharp-notes"),
        ("a + b", "a-b"),
        ("Google+", "Google-plus"),
        ("#python", "python"),
        (".NET", "NET"),
        ("Node.js", "Node-js"),
        ("SOFAStack | 剖析", "SOFAStack-剖析"),
        ("??", "term-d54b"),
        ("..", "term-c577"),
    ],
)
def test_the_slug_of_a_term_comes_from_its_name_alone(name: str, slug: str) -> None:
    assert term_slug(name) == slug


def test_the_name_that_reads_like_the_slug_gets_it() -> None:
    slugs = term_slugs(["a b", "a-b", "A_b"])
    assert slugs["a-b"] == "a-b"
    assert slugs["a b"].startswith("a-b-")
    assert slugs["A_b"].startswith("A-b-")


def test_a_reserved_slug_is_nobodys() -> None:
    assert term_slugs(["page", "Page", "pages"], reserved=("page",)) == {
        "page": f"page-{digits('page')}",
        "Page": f"Page-{digits('Page')}",
        "pages": "pages",
    }


def digits(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()[:4]


def test_two_unicode_forms_of_a_name_are_one_term() -> None:
    assert term_slugs(["が", "か\u3099"]) == {"が": "が", "か\u3099": "が"}


def test_a_name_too_long_for_a_file_system_is_cut_and_told_apart() -> None:
    long = "长" * 200
    slugs = term_slugs([long, long + "者"])
    assert len(set(slugs.values())) == 2
    for slug in slugs.values():
        assert len(slug.encode()) <= 200
        assert slug.startswith("长长")


names = st.lists(
    st.one_of(
        st.text(),
        st.sampled_from(["C", "c", "C#", "C++", "a b", "a-b", "A b", "??", "", "ß", "ss", "ＡＢ", "AB"]),
    )
)


@given(names)
def test_no_two_terms_share_a_slug_even_where_case_does_not_count(names: list[str]) -> None:
    slugs = term_slugs(names)
    terms = {unicodedata.normalize("NFC", name) for name in names}
    assert len({unicodedata.normalize("NFC", slug.casefold()) for slug in slugs.values()}) == len(terms)


@given(names)
def test_the_slugs_of_terms_do_not_depend_on_their_order(names: list[str]) -> None:
    assert term_slugs(names) == term_slugs(reversed(names))


@given(names, st.text(max_size=6))
def test_a_new_term_moves_no_other_but_a_rival_of_its_own_slug(names: list[str], new: str) -> None:
    before = term_slugs(names)
    after = term_slugs([*names, new])
    for name in names:
        rivals = term_slug(name).casefold() == term_slug(new).casefold()
        assert rivals or after[name] == before[name] or before[name].casefold() == term_slug(new).casefold()
