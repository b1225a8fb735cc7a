"""Colours code: text in, HTML with Pygments' short classes out; style sheets for light and dark pages."""

from sitegen.render.highlight.highlighting import LARGEST, highlight, printable
from sitegen.render.highlight.languages import Language, display_name, find_language
from sitegen.render.highlight.styles import highlight_stylesheet, known_styles

__all__ = [
    "LARGEST",
    "Language",
    "display_name",
    "find_language",
    "highlight",
    "highlight_stylesheet",
    "known_styles",
    "printable",
]
