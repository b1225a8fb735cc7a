"""What is wrong with a `sitegen.toml` that is not TOML, in the words of somebody who does not know TOML."""

from __future__ import annotations

import re

from sitegen.errors import Problem
from sitegen.settings.locations import KeyPath, locate
from sitegen.settings.notation import toml_key, toml_value
from sitegen.settings.secrets import HIDDEN, hide_value, may_hold_secret

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_PLAIN_WORDS = {
    "Unclosed array": "a list is never closed: its ] is missing",
    "Unclosed inline table": "a table is never closed: its } is missing, or a comma before the next key",
    "Invalid date or datetime": "there is no such date",
    "Unescaped '\\' in a string": r"a backslash in a text is written \\, or the text stands in single quotes",
    "Unterminated string": "the text is never closed: its quote is missing",
    "Expected ']' at the end of a table declaration": "the name of the table is never closed: its ] is missing",
    "Expected ']]' at the end of an array declaration": "the name of the list is never closed: its ]] is missing",
}


def syntax_problem(text: str, path: str, fault: str) -> Problem:
    """The problem that `fault`, the message of `tomllib` about `text`, tells of. It repeats no line with a secret."""
    match = _POSITION.search(fault)
    if match is None:  # Python's own words on a number of thousands of digits
        return Problem(code="toml", message="a number has too many digits", path=path)
    fault = fault[: match.start()]
    lines = text.split("\n")
    if match[1]:
        line, column = int(match[1]), int(match[2])
    else:
        line = next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 1)
        column = len(lines[line - 1]) + 1
    repeated = _repeated(text, path, line)
    if repeated and fault.startswith(("Cannot overwrite", "Cannot declare", "Duplicate inline")):
        return repeated
    if column > len(lines[line - 1]) and fault.startswith("Illegal character"):
        fault = "Unterminated string"
    if fault == "Invalid value" and match[1] is None and not lines[line - 1].endswith("="):
        fault = "Unclosed array"
    if may_hold_secret(lines, line):
        message = _message_without_value(fault, lines[line - 1])
        return Problem(code="toml", message=message, path=path, line=line, column=column)
    return Problem(
        code="toml",
        message=_message(fault, lines[line - 1], column),
        path=path,
        line=line,
        column=column,
        length=len(_typed(lines[line - 1][column - 1 :])) if fault == "Invalid value" else 1,
        source=lines[line - 1],
    )


def _message_without_value(fault: str, line: str) -> str:
    """`fault` in plain words, which repeat the key of a setting at most."""
    if fault.startswith("Expected '='"):
        return "a setting is written key = value"
    if fault.startswith(("Illegal character", "Found invalid character")):
        return "a character stands here that cannot"
    hidden = hide_value(line)
    return _message(fault, hidden, hidden.index(HIDDEN) + 1)


def _message(fault: str, line: str, column: int) -> str:
    """`fault` in plain words, with the mend where it can be told."""
    before, rest = line[: column - 1], line[column - 1 :]
    if fault in _PLAIN_WORDS:
        return _PLAIN_WORDS[fault]
    if fault == "Invalid value":
        return _value_message(before, rest)
    if fault.startswith("Expected '='"):
        name = re.split(r"[:=\s]", line.strip(), maxsplit=1)[0]
        return f"a setting is written {toml_key(name)} = value"
    if fault.startswith("Expected newline"):
        if re.search(r"=\s*[0-9]{4}$", before) and rest.startswith("-"):
            return _PLAIN_WORDS["Invalid date or datetime"]
        return f"a line holds one setting; {toml_value(rest.strip())} stands after its end"
    if fault.startswith(("Invalid statement", "Invalid initial character")):
        return "a line is a setting, key = value, a table, [name], or a comment, # …"
    if fault.startswith(("Illegal character", "Found invalid character")):
        return f"the character U+{ord(rest[:1] or chr(10)):04X} cannot stand here"
    if fault.startswith("Cannot"):
        return "this setting was there before, in another form"
    return f"is not TOML: {fault[:1].lower()}{fault[1:]}"


def _value_message(before: str, rest: str) -> str:
    """What to write where a value should be and none is."""
    typed = _typed(rest)
    name = before.partition("=")[0].strip()
    if not typed:
        return f"{name} has no value" if "=" in before else "a value is missing"
    if typed.lower() in {"yes", "on", "true", "no", "off", "false"}:
        word = "true" if typed.lower() in {"yes", "on", "true"} else "false"
        return f"a switch is true or false: {name} = {word}" if "=" in before else "a switch is true or false"
    if (typed[0].isalpha() or typed == HIDDEN) and "=" in before and "[" not in before:
        return f"a text stands in quotes: {name} = {toml_value(typed)}"
    return f"{typed} is not a value: a text stands in quotes"


def _typed(rest: str) -> str:
    """What stands where a value should be, without the comment behind it."""
    return rest.partition("#")[0].strip()


def _repeated(text: str, path: str, line: int) -> Problem | None:
    """The problem that a setting stands in the file twice, if one does up to `line`."""
    lines = text.split("\n")
    locations = locate("\n".join(lines[:line]))
    if not locations.repeated:
        return None
    key_path, span = locations.repeated[0]
    first = locations.by_path[key_path].key
    return Problem(
        code="toml",
        message=f"{_name(key_path)} is there twice; the first is on line {first.line}",
        path=path,
        line=span.line,
        column=span.column,
        length=span.length,
        source=None if may_hold_secret(lines, span.line) else lines[span.line - 1],
    )


def _name(path: KeyPath) -> str:
    return ".".join(toml_key(part) for part in path if isinstance(part, str))
