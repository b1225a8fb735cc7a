"""The cases of the fixture files beside this one."""

from __future__ import annotations

import pytest

from sitegen.render.markdown.parser import build_parser

from .fixtures import Case, read_cases

CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_markdown_becomes_the_html_of_its_fixture(case: Case) -> None:
    """Each case says its rule in its name."""
    language = "zh-Hans" if "Chinese" in case.name else "en"
    assert build_parser(case.config).render(case.input, {"lang": language}) == case.output


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
