"""The few forms of YAML that most front matter consists of, read at a third of the cost of the whole of it."""

from __future__ import annotations

import re

from sitegen.content.scalars import Plain

# Letters and digits with which a value without quotes may begin; nothing that means something to YAML.
_FIRST = r"[0-9A-Za-z\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
# What may not stand on one line whatever comes around it: breaks, controls, marks, the rest of a surrogate pair.
_NEVER = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_TEXT = rf"{_FIRST}(?:[^{_NEVER}:#]|:(?=[^{_NEVER} ]))*"
_LISTED = rf"{_FIRST}[^{_NEVER}:#,\[\]{{}}?&*!|>'\"%@`]*"
_QUOTED = rf"\"[^{_NEVER}\"\\]*\""
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
