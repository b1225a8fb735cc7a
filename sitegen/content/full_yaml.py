"""The whole of YAML, read as texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

import yaml

from sitegen.content.scalars import DEEPEST, TOO_DEEP, Plain, SyntaxFault

MOST_VALUES = 20_000
"""Values in front matter, each mention of an anchor counting for all that it stands for."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_PLAIN_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "timestamp"))
_LIST_TAG = "tag:yaml.org,2002:seq"
_MAPPING_TAG = "tag:yaml.org,2002:map"

_OPENED = {
    "quoted scalar": "a quotation mark is opened",
    "flow sequence": "a list is opened with [",
    "flow mapping": "a mapping is opened with {",
}
_QUOTES_INSIDE = re.compile(r"""[^"']*:[ ]+(["']).*\1[ ]*""")
_KEY_BEFORE = re.compile(r"[ -]*[^ ].*:[ \t]")

# libyaml where PyYAML was built with it, as it nearly always is; the parser in Python gives the same events.
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, most_values: int = MOST_VALUES) -> object:
    """The value of a YAML text: lists, dicts with text keys, `Plain` for what is not quoted, `str` for what is.

    No key appears twice, nothing is deeper than `DEEPEST`, there are at most `most_values`, and nothing refers
    to itself. `<<` is a key like any other, as in YAML 1.2. An empty text is None. Raises `SyntaxFault`.
    """
    try:
        return _Composer(text, most_values).document()
    except yaml.MarkedYAMLError as error:
        raise _fault(error, text) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        message = f"the character U+{ord(str(error.character)[:1] or ' '):04X} may not stand here"
        raise SyntaxFault(message, before.count("\n"), len(before) - before.rfind("\n") - 1) from None


class _Composer:
    """Puts values together from the events of one document, keeping count."""

    def __init__(self, text: str, most_values: int) -> None:
        self._next: Callable[[], Any] = _Parser(text).get_event
        self._most_values = most_values
        self._anchors: dict[str, tuple[object, int]] = {}
        self._count = 0

    def document(self) -> object:
        self._next()
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        value = self._value(self._next(), 0)
        self._next()
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            _fail("a second document begins here", event)
        return value

    def _value(self, event: yaml.Event, depth: int) -> object:
        if type(event) is yaml.ScalarEvent:
            self._add(1, event)
            text = Plain(event.value) if event.tag is None and event.implicit[0] else self._text(event)
            return text if event.anchor is None else self._kept(event, text, self._count - 1)
        if type(event) is yaml.AliasEvent:
            return self._alias(event)
        if depth >= DEEPEST:
            _fail(TOO_DEEP, event)
        before = self._count
        self._add(1, event)
        value: object
        if type(event) is yaml.SequenceStartEvent:
            if event.tag not in (None, "!", _LIST_TAG):
                _fail(f"the tag {_short_tag(event.tag)} means nothing here", event)
            value = self._list(depth)
        else:
            assert type(event) is yaml.MappingStartEvent
            if event.tag not in (None, "!", _MAPPING_TAG):
                _fail(f"the tag {_short_tag(event.tag)} means nothing here", event)
            value = self._mapping(depth)
        return self._kept(event, value, before)

    def _list(self, depth: int) -> list[object]:
        items = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, object]:
        items: dict[str, object] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                _fail("a key must be a text", event)
            if key in items:
                _fail(f'the key "{key}" is there twice: keep one of them', event, len(key))
            items[str(key)] = self._value(self._next(), depth + 1)
        return items

    def _text(self, event: yaml.ScalarEvent) -> str:
        """What is quoted or has a tag."""
        if event.tag in _PLAIN_TAGS:
            return Plain(event.value)
        if event.tag not in (None, "!", _TEXT_TAG):
            _fail(f"the tag {_short_tag(event.tag)} means nothing here", event)
        return event.value

    def _alias(self, event: yaml.AliasEvent) -> object:
        anchor = event.anchor or ""
        if anchor not in self._anchors:
            _fail(f'no value before is marked with "&{anchor}"', event, len(anchor) + 1)
        value, size = self._anchors[anchor]
        self._add(size, event)
        return value

    def _kept(self, event: yaml.NodeEvent, value: object, before: int) -> object:
        """Notes a finished value under its anchor; one that is not finished cannot be referred to."""
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _add(self, size: int, event: yaml.Event) -> None:
        self._count += size
        if self._count > self._most_values:
            _fail(f"there are more than {self._most_values:,} values here", event)


def _short_tag(tag: str) -> str:
    """A tag as authors write it."""
    return tag.replace("tag:yaml.org,2002:", "!!")


def _fail(message: str, event: yaml.Event, length: int = 1) -> NoReturn:
    mark = event.start_mark
    raise SyntaxFault(message, mark.line if mark else 0, mark.column if mark else 0, length)


def _fault(error: yaml.MarkedYAMLError, text: str) -> SyntaxFault:
    """What the parser found, as an author can use it."""
    problem, context = error.problem or "", error.context or ""
    found = error.problem_mark or error.context_mark
    assert found is not None, "libyaml marks each of its errors"
    reached = found.line
    if error.context_mark is not None and any(name in context for name in _OPENED):
        name = next(name for name in _OPENED if name in context)
        message = f"{_OPENED[name]} here and not closed properly"
        return SyntaxFault(message, error.context_mark.line, error.context_mark.column, 1, reached)
    if "could not find expected ':'" in problem and error.context_mark is not None:
        message = 'a line of the form "key: value" was expected'
        return SyntaxFault(message, error.context_mark.line, error.context_mark.column, 1, reached)
    if "mapping values are not allowed" in problem:
        line = text.split("\n")[found.line]
        message = (
            'a value with ": " in it needs quotes'
            if _KEY_BEFORE.match(line, 0, found.column)
            else "this continues the value of the line before, so it cannot be a key: check the indentation"
        )
    elif "maximum nesting depth" in problem:  # libyaml looks ahead, and gives up at a thousand
        message = TOO_DEEP
    elif "cannot start any token" in problem or "alphabetic or numeric" in problem:
        message = "a value that begins with this character needs quotes"
    elif "block mapping" in context and _QUOTES_INSIDE.fullmatch(text.split("\n")[found.line]):
        message = "the quotes end here, but not the value: use the other kind of quotes around it"
    elif "block mapping" in context:
        message = "this does not belong to what stands before it: check the quotes and the indentation"
    elif "block collection" in context:
        message = "an item of a list was expected, with the same indentation as the one before"
    else:
        message = f"this is not YAML: {problem}"
    return SyntaxFault(message, found.line, found.column, 1, reached)
