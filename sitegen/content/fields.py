"""The shapes in which authors write the values of front matter, each read as one kind of value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sitegen.content.encoding import clean_text
from sitegen.content.scalars import Plain, is_nothing, settle
from sitegen.free_values import free_value

_TRUE = ("true", "yes", "on", "y", "1")
_FALSE = ("false", "no", "off", "n", "0")
_COMMAS = re.compile("[,，、]")
_BLANKS = re.compile("[ \t\n]+")
_NUMBER = re.compile(r"[-+]?[0-9]{1,9}")
_BEFORE_WEIGHTLESS = 1_000_000
"""Above every weight that people use, so that a smaller weight gives a higher rank."""


class Misfit(ValueError):  # noqa: N818 — in the language of the site's author it is no error of the program
    """What was expected instead, to be said after the name of the key."""


def read_text(value: object) -> str | None:
    """A text on one line, as typed: `1.10` and `007` keep their form."""
    text = _text_of(value)
    if text is None:
        raise Misfit("must be a text: put it in quotes")
    return text.replace("\n", " ").strip(" \t") or None


def read_prose(value: object) -> str | None:
    """A text of one or more lines."""
    text = _text_of(value)
    if text is None:
        raise Misfit("must be a text: put it in quotes")
    return text.strip(" \t\n") or None


def read_flag(value: object) -> bool:
    """True or false, in any of the words that are used for them."""
    match value:
        case bool():
            return value
        case int() | str() if str(value).lower() in _TRUE:
            return True
        case int() | str() if str(value).lower() in _FALSE:
            return False
        case dict():
            for name in ("enable", "enabled"):
                if name in value:
                    return read_flag(value[name])
    raise Misfit("must be true or false")


def read_switch(value: object) -> bool:
    """True or false, or the name of what is to be used, which means true: `math: katex`."""
    try:
        return read_flag(value)
    except Misfit:
        if isinstance(value, str) and value:
            return True
        raise


def read_names(value: object) -> tuple[str, ...]:
    """Names from a list, or from a text with commas between them; repeats and empty ones dropped."""
    if isinstance(value, list):
        return _unique(_name(item) for item in value if not is_nothing(item))
    text = _text_of(value)
    if text is None:
        raise Misfit("must be a list of names: [one, two]")
    return _unique(_name(part) for part in _COMMAS.split(text))


def read_paths(value: object) -> tuple[tuple[str, ...], ...]:
    """Paths of names. A list of texts is one path from the top down; one that holds a list is several paths."""
    if isinstance(value, list):
        items = [item for item in value if not is_nothing(item)]
        if any(isinstance(item, list) for item in items):
            paths = [_path(item if isinstance(item, list) else [item]) for item in items]
        else:
            paths = [_path(items)]
    else:
        paths = [_path([value])]
    return tuple(dict.fromkeys(path for path in paths if path))


def read_authors(value: object) -> tuple[str, ...]:
    """One name, or a list of names; a mapping stands for its `name`."""
    items = value if isinstance(value, list) else [value]
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    return _unique(_name(name, "must be a name or a list of names") for name in names if not is_nothing(name))


def read_first(value: object) -> str | None:
    """A text, or the first of a list of texts."""
    if isinstance(value, list):
        value = next((item for item in value if not is_nothing(item)), "")
    return read_text(value)


def read_picture(value: object) -> str | None:
    """Where a picture is: a text, the first of a list, or a mapping that holds it; `false` is none."""
    if isinstance(value, list):
        return read_picture(value[0]) if value else None
    if isinstance(value, dict):
        for name in ("image", "path", "src", "url", "src_url", "thumbnail"):
            if name in value:
                return read_picture(value[name])
        return None
    if isinstance(value, bool) or (isinstance(value, Plain) and value in ("true", "false")):
        return None
    text = _text_of(value)
    if text is None:
        raise Misfit("must be the address of a picture")
    return text.strip(" \t\n") or None


def read_rank(value: object) -> int:
    """How far up a post stands: `true` is 1, `false` is 0."""
    if isinstance(value, (int, str)) and _NUMBER.fullmatch(str(value)):
        return int(value)
    try:
        return int(read_flag(value))
    except Misfit:
        raise Misfit("must be true, false or a whole number; a higher one stands further up") from None


def read_weight(value: object) -> int:
    """The rank that a weight of Hugo means: 1 stands before 2, both before posts without weight."""
    if isinstance(value, (int, str)) and _NUMBER.fullmatch(str(value)):
        weight = int(value)
        return max(1, _BEFORE_WEIGHTLESS - weight) if weight else 0
    raise Misfit("must be a whole number; a lower one stands further up")


def read_listed(value: object) -> bool:
    """Whether a page is in the sitemap: `false` or a mapping with `disable: true` keeps it out."""
    if isinstance(value, dict):
        return not read_flag(value.get("disable", False))
    return read_flag(value)


def read_texts(value: object) -> tuple[str, ...]:
    """One text or a list of texts, commas being part of them."""
    items = value if isinstance(value, list) else [value]
    texts = []
    for item in items:
        text = _text_of(item)
        if text is None:
            raise Misfit("must be a text or a list of texts")
        texts.append(text.strip(" \t\n"))
    return _unique(texts)


def keep(value: object) -> Any:
    """What a key that has no meaning gives to templates; see `free_value`."""
    return free_value(settle(value))


def clean(value: Any) -> Any:
    """The value with its texts as `clean_text` has them. What is not quoted can spell nothing out."""
    match value:
        case Plain():
            return value
        case str():
            return clean_text(value)
        case list():
            return [clean(item) for item in value]
        case dict():
            return {clean_text(key): clean(item) for key, item in value.items()}
    return value


def _path(items: list[object]) -> tuple[str, ...]:
    fault = "must be a list of names, [parent, child], or a list of such lists"
    names = [_name(item, fault) for item in items if not is_nothing(item)]
    return tuple(name for name in names if name)


def _name(value: object, fault: str = "must be a list of names: [one, two]") -> str:
    text = _text_of(value)
    if text is None:
        is_split = isinstance(value, dict) and len(value) == 1
        raise Misfit(f'{fault}. A name with ": " in it needs quotes' if is_split else fault)
    return _BLANKS.sub(" ", text).strip(" ")


def _text_of(value: object) -> str | None:
    """`value` as the author typed it, NFC; None for what is not one value."""
    match value:
        case str():
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime() | date() | time():
            return str(value)
    return None


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
