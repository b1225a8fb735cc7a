"""Colours code: text in, HTML with Pygments' short classes out; style sheets for light and dark pages."""

from sitegen.render.highlight.characters import printable
from sitegen.render.highlight.highlighting import highlight, largest_coloured
from sitegen.render.highlight.languages import Language, display_name, find_language
from sitegen.render.highlight.styles import highlight_stylesheet, known_styles

__all__ = [
    "Language",
    "display_name",
    "find_language",
    "highlight",
    "highlight_stylesheet",
    "known_styles",
    "largest_coloured",
    "printable",
]
