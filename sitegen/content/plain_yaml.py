"""The few forms of YAML that most front matter consists of, read at a third of the cost of the whole of it."""

from __future__ import annotations

import re

from sitegen.content.scalars import Plain

# All that means something to YAML is ASCII, and of what is no ASCII only printable characters come this far. Sets
# that reach beyond would take ten times as long to compile.
# With what a value without quotes may begin: letters, digits, and what is no ASCII.
_FIRST = r"[^\x00-/:-@\[-`{-\x7f]"
_TEXT = rf"{_FIRST}(?:[^\n:#]|:(?=[^\n ]))*"
_LISTED = rf"{_FIRST}[^\n:#,\[\]{{}}?&*!|>'\"%@`]*"
_QUOTED = r"\"[^\n\"\\]*\""
_ENTRY = re.compile(
    rf"(?P<key>[A-Za-z_][0-9A-Za-z_-]{{0,60}}):"
    rf"(?: +(?P<text>{_TEXT})"
    rf"| +(?P<quoted>{_QUOTED})[ ]*"
    rf"| +\[ *(?P<list>(?:(?:{_LISTED}|{_QUOTED} *)(?:, *(?:{_LISTED}|{_QUOTED} *))*)?)\][ ]*"
    rf"| *\n(?P<items>(?P<indent> *)- +{_TEXT}(?:\n(?P=indent)- +{_TEXT})*)"
    r")(?:\n+|\Z)"
)
_ITEM = re.compile(rf"{_QUOTED}|{_LISTED}")
_DASH = re.compile(r"^ *- +", re.MULTILINE)


def read_plain_yaml(text: str) -> dict[str, object] | None:
    """What `read_yaml` would make of `text`, or None if that takes more than lines of the simplest forms.

    Those are `key: value`, `key: "value"`, `key: [a, "b"]` and `key:` with lines `- value` below it, no key twice.
    """
    if not text.replace("\n", "").isprintable():
        return None
    values: dict[str, object] = {}
    position = 0
    while position < len(text):
        entry = _ENTRY.match(text, position)
        if entry is None or entry["key"] in values:
            return None
        position = entry.end()
        key, kind = entry["key"], entry.lastgroup
        if kind == "text":
            values[key] = Plain(entry["text"].rstrip(" "))
        elif kind == "quoted":
            values[key] = entry["quoted"][1:-1]
        elif kind == "list":
            values[key] = [
                item[1:-1] if item[0] == '"' else Plain(item.rstrip(" "))
                for item in _ITEM.findall(entry["list"])
            ]
        else:
            values[key] = [Plain(item.rstrip(" ")) for item in _DASH.sub("", entry["items"]).split("\n")]
    return values
