"""Makes the style sheet of code blocks from two named Pygments styles, one for light pages and one for dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from pygments.token import STANDARD_TYPES, Error, Token, Whitespace, _TokenType

from sitegen.errors import Problem, SitegenError, did_you_mean

if TYPE_CHECKING:
    from pygments.style import Style

MINIMUM_CONTRAST = 4.5
"""Of text against its background: WCAG 2.2, level AA."""

LINE_TINTS = {"hl": "#ffcc00", "ins": "#22bb55", "del": "#ee4444"}
"""The colours mixed into the background of a highlighted, an added and a deleted line."""

TINT_STRENGTH = 0.12

DARK_SELECTOR = ':root[data-theme="dark"]'
UNDECIDED_SELECTOR = ':root:not([data-theme="light"])'

UNSET = {
    "color": "inherit",
    "background-color": "transparent",
    "font-weight": "inherit",
    "font-style": "inherit",
    "text-decoration": "none",
    "outline": "none",
}
"""What undoes a declaration of the light style that the dark style does not make."""

LAYOUT = """\
.code .line { display: block; }
.code .line:is(.hl, .ins, .del) { box-shadow: inset 0.2em 0 currentColor; }
.code .line[data-line]::before {
  content: attr(data-line);
  color: var(--code-number);
  display: inline-block;
  margin-right: 1.25em;
  min-width: 2em;
  text-align: right;
  user-select: none;
}
"""
"""Lines as blocks. A number is no text of the page, so it is neither copied nor read aloud as code."""

Declarations = Mapping[str, str]


def known_styles() -> tuple[str, ...]:
    """The names that `highlight.light` and `highlight.dark` may have, sorted: the styles Pygments comes with."""
    return tuple(sorted(_style_classes()))


def highlight_stylesheet(light: str, dark: str) -> str:
    """The CSS that colours code: `light` by default, `dark` by the reader's choice or else preference.

    The choice is `data-theme="light"` or `"dark"` on the root element. A colour with less than 4.5 : 1 against
    its background, tinted lines included, is mixed with black or white just far enough. `--code-background`,
    `--code-text` and `--code-number` are there for themes to use. Raises SitegenError for an unknown name.
    """
    light_style, dark_style = _load_style(light), _load_style(dark)
    light_rules, dark_rules = _token_rules(light_style), _token_rules(dark_style)
    overrides = {
        css_class: _override(light_rules.get(css_class, {}), dark_rules.get(css_class, {}))
        for css_class in sorted({*light_rules, *dark_rules})
    }
    preferred = _rules(UNDECIDED_SELECTOR, _palette(dark_style), overrides)
    indented = "".join(f"  {line}\n" for line in preferred.splitlines())
    return "".join(
        (
            LAYOUT,
            "".join(
                f".code .line.{tint} {{ background-color: var(--code-{tint}); }}\n" for tint in LINE_TINTS
            ),
            ".code pre { background-color: var(--code-background); color: var(--code-text); }\n",
            _rules(":root", _palette(light_style), light_rules),
            f"@media screen {{\n{_rules(DARK_SELECTOR, _palette(dark_style), overrides)}}}\n",
            f"@media screen and (prefers-color-scheme: dark) {{\n{indented}}}\n",
        )
    )


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two `#rrggbb` colours as WCAG defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, backgrounds: Iterable[str]) -> str:
    """`color`, mixed with as little black or white as gives it 4.5 : 1 against every background."""
    backgrounds = tuple(backgrounds)
    poles = sorted(
        ("#000000", "#ffffff"), key=lambda pole: -min(contrast(pole, other) for other in backgrounds)
    )
    for percent in range(101):
        mixed = mix(color, poles[0], percent / 100)
        if all(contrast(mixed, background) >= MINIMUM_CONTRAST for background in backgrounds):
            return mixed
    return poles[0]


def mix(color: str, other: str, share: float) -> str:
    """`color` with `share` (0 to 1) of it replaced by `other`."""
    channels = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in channels)


def _rules(root: str, palette: Declarations, tokens: Mapping[str, Declarations]) -> str:
    """The rules below `root`, with classes that look alike in one rule."""
    prefix = "" if root == ":root" else f"{root} "
    alike: dict[str, list[str]] = {}
    for css_class, declarations in sorted(tokens.items()):
        if declarations:
            alike.setdefault(_block(declarations), []).append(f".{css_class}")
    rules = [f"{root} {{ {_block(palette)} }}\n"]
    rules += [f"{prefix}.code :is({', '.join(classes)}) {{ {block} }}\n" for block, classes in alike.items()]
    return "".join(rules)


def _block(declarations: Declarations) -> str:
    return " ".join(f"{name}: {value};" for name, value in declarations.items())


def _override(light: Declarations, dark: Declarations) -> Declarations:
    """What a dark page must say of a class for which the light rules hold too."""
    names = [name for name in UNSET if name in light or name in dark]
    return {name: dark.get(name, UNSET[name]) for name in names if light.get(name) != dark.get(name)}


def _palette(style: type[Style]) -> dict[str, str]:
    background, text = _background(style), _text_color(style)
    tints = {f"--code-{name}": tint for name, tint in _tints(style).items()}
    number = readable(mix(text, background, 0.4), _backgrounds(style))
    return {"--code-background": background, "--code-text": text, "--code-number": number, **tints}


def _token_rules(style: type[Style]) -> dict[str, Declarations]:
    """The declarations of each class that looks different from plain text."""
    plain = style.style_for_token(Token)
    return {
        css_class: declarations
        for token, css_class in STANDARD_TYPES.items()
        if css_class
        and token not in (Error, Whitespace)
        and (declarations := _declarations(style, token, plain["color"]))
    }


def _declarations(style: type[Style], token: _TokenType, plain_color: str | None) -> Declarations:
    look = style.style_for_token(token)
    declarations: dict[str, str] = {}
    own_background = _hex(look["bgcolor"])
    if look["color"] != plain_color or own_background:
        backgrounds = (own_background,) if own_background else _backgrounds(style)
        color = _hex(look["color"])
        declarations["color"] = readable(color, backgrounds) if color else _text_color(style)
    if own_background:
        declarations["background-color"] = own_background
    if look["bold"]:
        declarations["font-weight"] = "bold"
    if look["italic"]:
        declarations["font-style"] = "italic"
    if look["underline"]:
        declarations["text-decoration"] = "underline"
    if border := _hex(look["border"]):
        declarations["outline"] = f"1px solid {border}"
    return declarations


def _background(style: type[Style]) -> str:
    return _hex(style.background_color) or "#ffffff"


def _text_color(style: type[Style]) -> str:
    color = _hex(style.style_for_token(Token)["color"])
    background = _background(style)
    fallback = "#1f2328" if contrast("#000000", background) > contrast("#ffffff", background) else "#e6edf3"
    return readable(color or fallback, _backgrounds(style))


def _backgrounds(style: type[Style]) -> tuple[str, ...]:
    """All that a token may stand on: the block and its tinted lines."""
    return (_background(style), *_tints(style).values())


def _tints(style: type[Style]) -> dict[str, str]:
    return {name: mix(_background(style), color, TINT_STRENGTH) for name, color in LINE_TINTS.items()}


def _hex(color: str | None) -> str | None:
    """A colour of a Pygments style as `#rrggbb`; nothing for names, variables and no colour at all."""
    digits = (color or "").removeprefix("#").lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if len(digits) == 6 and not digits.strip("0123456789abcdef") else None


def _luminance(color: str) -> float:
    linear = [
        channel / 255 / 12.92 if channel / 255 <= 0.04045 else ((channel / 255 + 0.055) / 1.055) ** 2.4
        for channel in _channels(color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _load_style(name: str) -> type[Style]:
    if name in _style_classes():
        module, style = _style_classes()[name]
        loaded: type[Style] = getattr(import_module(module), style)
        return loaded
    from pygments.styles import get_style_by_name  # noqa: PLC0415 - looks through all installed packages
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_style_by_name(name)
    except ClassNotFound:
        hint = did_you_mean(name, known_styles()) or f" It has {', '.join(known_styles())}."
        raise SitegenError(
            Problem(code="highlight", message=f'Pygments has no style "{name}".{hint}')
        ) from None


@lru_cache(maxsize=1)
def _style_classes() -> dict[str, tuple[str, str]]:
    """The module and class of each style of Pygments by its name."""
    from pygments.styles._mapping import STYLES  # noqa: PLC0415 - imported only where styles are asked for

    return {name: (module, style) for style, (module, name, _) in STYLES.items()}
