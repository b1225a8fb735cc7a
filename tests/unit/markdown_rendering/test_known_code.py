"""Known code: what an edit leaves alone is not coloured anew."""

from __future__ import annotations

import pytest

from sitegen.config import Config, HighlightConfig
from sitegen.model import Body
from sitegen.render.highlight import highlight
from sitegen.render.highlight.languages import Language
from sitegen.render.markdown.known_code import KnownCode, code_digest
from sitegen.render.markdown.renderer import MarkdownRenderer
from tests.unit.markdown_rendering.rendering import manuscript

ONE, TWO = "```python\nx = 1\n```\n", "```sh\nls\n```\n"


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the blocks that are coloured."""
    texts: list[str] = []

    def noting(text: str, language: Language | None) -> str:
        texts.append(text)
        return highlight(text, language)

    monkeypatch.setattr("sitegen.render.markdown.code.highlight", noting)
    return texts


def body(text: str, before: Body | None = None, *, line_numbers: bool = False) -> Body:
    config = Config(highlight=HighlightConfig(line_numbers=line_numbers))
    return MarkdownRenderer(config).render(manuscript(text), before).body


def test_only_what_an_edit_changed_is_coloured(coloured: list[str]) -> None:
    before = body(f"Text.\n\n{ONE}\n{ONE}\n{TWO}")
    assert coloured == ["x = 1\n", "ls\n"]  # each once, in the summary as well
    after = body(
        f"More.\n\n{TWO}\n```python\nx = 2\n```\n\n- > {ONE.replace(chr(10), chr(10) + '  > ')}", before
    )
    assert coloured == ["x = 1\n", "ls\n", "x = 2\n"]
    assert after.html.count("<figure") == 3
    assert len(after.code) == 3


def test_what_a_block_says_of_itself_and_the_settings_make_it_another(coloured: list[str]) -> None:
    before = body(ONE)
    for text in (
        "```python title=a\nx = 1\n```\n",
        "{#a}\n" + ONE,
        "{.b}\n" + ONE,
        ONE.replace("python", "js"),
    ):
        body(text, before)
    body(ONE, before, line_numbers=True)
    assert coloured == ["x = 1\n"] * 6


def test_what_is_complained_of_is_told_each_time() -> None:
    text = manuscript("```python {9}\nx = 1\n```\n")
    renderer = MarkdownRenderer(Config())
    first = renderer.render(text)
    assert renderer.render(text, first.body).problems == first.problems != ()


def test_places_are_those_of_the_figures_in_their_order() -> None:
    known = KnownCode()
    a, b = code_digest("a"), code_digest("b")
    assert code_digest("a", "b") != code_digest("b", "a")
    one, other = "<figure>a</figure>", "<figure>b</figure>"
    for key, figure in ((a, one), (b, other), (a, one), (b, other)):
        known.add(key, figure)
    html = f'-{one}{other}<figure class="x"></figure>{one}-'
    places = known.places(html)
    assert [html[start:end] for _, start, end in places] == [one, other, one]
    assert [key for key, _, _ in places] == [a, b, a]
