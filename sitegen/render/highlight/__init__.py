"""Colours code: text in, HTML with Pygments' short classes out; style sheets for light and dark pages in `styles`."""

from sitegen.render.highlight.characters import printable
from sitegen.render.highlight.highlighting import highlight, largest_coloured
from sitegen.render.highlight.languages import Language, display_name, find_language

__all__ = [
    "Language",
    "display_name",
    "find_language",
    "highlight",
    "largest_coloured",
    "printable",
]
