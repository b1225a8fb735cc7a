"""The default theme's style sheet: colours that can be read in every palette, and nothing fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.render.highlight.styles import contrast

STYLE = (Path(__file__).parents[2] / "themes/default/assets/style.css").read_text(encoding="utf-8")
READABLE = 4.5
"""Of text against its background: WCAG 2.2, level AA."""

TEXT = ["ink", "soft", "accent", "note", "tip", "important", "warning", "caution"]
GROUNDS = ["paper", "wash"]
PALETTES = ["ink", "pine", "indigo"]
LIGHT, CHOSEN, PREFERRED = ":root", ':root[data-theme="dark"]', ':root:not([data-theme="light"])'


def declarations(selector: str) -> dict[str, str]:
    found = re.search(rf"(?m)^ *{re.escape(selector)} \{{\n(.*?)\n *\}}", STYLE, re.DOTALL)
    assert found, selector
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", found[1]))


def colours(root: str, palette: str) -> dict[str, str]:
    own = {} if palette == "ink" else declarations(f'{root}[data-palette="{palette}"]')
    return {**declarations(root), **own}


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("root", [LIGHT, CHOSEN])
def test_every_colour_of_text_is_readable_on_every_ground(root: str, palette: str) -> None:
    found = colours(root, palette)
    for ground in GROUNDS:
        for text in TEXT:
            assert contrast(found[text], found[ground]) >= READABLE, (text, ground)
    assert contrast(found["ink"], found["mark"]) >= READABLE


@pytest.mark.parametrize("palette", PALETTES)
def test_dark_by_choice_and_dark_by_preference_are_the_same(palette: str) -> None:
    assert colours(CHOSEN, palette) == colours(PREFERRED, palette)
    assert colours(CHOSEN, palette).keys() == colours(LIGHT, palette).keys()


def test_paper_is_never_dark() -> None:
    for found in re.finditer(r"@media ([^{]+)\{\n  :root\S* ?\{\n    color-scheme: dark;", STYLE):
        assert found[1].startswith("screen")
    assert STYLE.count("color-scheme: dark;") == 2


def test_the_style_sheet_fetches_nothing() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_motion_is_only_for_readers_who_do_not_mind() -> None:
    without = re.sub(
        r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", "", STYLE, flags=re.DOTALL
    )
    assert not re.search(r"transition|animation|scroll-behavior", without)
