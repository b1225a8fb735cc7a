"""The style sheet of code: readable in every style, light and dark."""

from __future__ import annotations

import re

import pytest

from sitegen.config import HighlightConfig
from sitegen.errors import SitegenError
from sitegen.render.highlight.styles import (
    MINIMUM_CONTRAST,
    contrast,
    highlight_stylesheet,
    known_styles,
    mix,
    readable,
)

DEFAULT = highlight_stylesheet(HighlightConfig().light, HighlightConfig().dark)
TINTS = ["hl", "ins", "del"]


def palettes(css: str) -> list[dict[str, str]]:
    """The custom properties of the light page, the dark by choice and the dark by preference."""
    blocks = re.findall(r"(?m)^ *:root\S* \{ (--.*) \}$", css)
    return [dict(re.findall(r"--code-(\w+): (#[0-9a-f]{6});", block)) for block in blocks]


def test_black_on_white_has_the_greatest_contrast_and_a_colour_on_itself_none() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_a_colour_is_changed_as_little_as_makes_it_readable() -> None:
    assert readable("#000080", ["#ffffff"]) == "#000080"
    assert readable("#777777", ["#ffffff"]) == "#767676"
    assert contrast(readable("#888888", ["#000000", "#333333"]), "#333333") >= MINIMUM_CONTRAST
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


@pytest.mark.parametrize("style", known_styles())
def test_every_colour_of_every_style_is_readable_on_plain_and_tinted_lines(style: str) -> None:
    css = highlight_stylesheet(style, style)
    light = palettes(css)[0]
    backgrounds = [light["background"], *(light[tint] for tint in TINTS)]
    colours = [light["text"], light["number"]]
    for block in re.findall(r"\{ ([^{}]*) \}", css.partition("@media")[0]):
        found = re.match(r"color: (#\w+);(?: background-color: (#\w+);)?", block)
        if found and found[2]:
            assert contrast(found[1], found[2]) >= MINIMUM_CONTRAST
        elif found:
            colours.append(found[1])
    for colour in colours:
        for background in backgrounds:
            assert contrast(colour, background) >= MINIMUM_CONTRAST, (colour, background)


def test_dark_by_choice_and_by_preference_are_the_same() -> None:
    light, chosen, preferred = palettes(DEFAULT)
    assert chosen == preferred
    assert chosen.keys() == light.keys()
    by_choice = DEFAULT.partition("@media screen {\n")[2].partition("\n}\n")[0]
    by_preference = DEFAULT.partition("@media screen and (prefers-color-scheme: dark) {\n")[2].partition(
        "\n}\n"
    )[0]
    assert by_preference.replace("  :root", ":root").replace(
        ':not([data-theme="light"])', ""
    ) == by_choice.replace('[data-theme="dark"]', "")


def test_paper_is_never_dark() -> None:
    assert set(re.findall(r"@media (\S+)", DEFAULT)) == {"screen"}


def test_a_dark_page_undoes_what_only_the_light_style_says() -> None:
    css = highlight_stylesheet("default", "rrt")
    light, dark = css.partition("@media screen {")[::2]
    assert re.search(r"\.gh, .*font-weight: bold", light)
    assert re.search(r"\.gh.*font-weight: inherit", dark)


def test_errors_and_white_space_have_no_colour() -> None:
    assert not re.search(r"\.(err|w)\b", DEFAULT)


def test_the_style_sheet_is_small_and_always_the_same() -> None:
    assert len(DEFAULT) < 8_000
    assert highlight_stylesheet("default", "github-dark") == DEFAULT


def test_an_unknown_style_is_a_problem_that_names_the_nearest() -> None:
    with pytest.raises(SitegenError) as caught:
        highlight_stylesheet("default", "monokia")
    assert str(caught.value) == 'error[highlight]: Pygments has no style "monokia". Did you mean monokai?'


def test_an_unknown_style_like_no_other_lists_them_all() -> None:
    with pytest.raises(SitegenError) as caught:
        highlight_stylesheet("no such thing", "default")
    assert str(caught.value).startswith(
        'error[highlight]: Pygments has no style "no such thing". It has abap, algol, '
    )


def test_the_known_styles_are_in_order_and_hold_the_defaults() -> None:
    assert list(known_styles()) == sorted(known_styles())
    assert {HighlightConfig().light, HighlightConfig().dark} <= set(known_styles())
