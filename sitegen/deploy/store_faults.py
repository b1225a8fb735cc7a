"""What the failures of an object store mean, told from what the library says of them, without a secret."""

from __future__ import annotations

import re

_STATUS = re.compile(r"status code: (\d{3}[ \w]*)")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_RETRIES = re.compile(r"after (\d+) retries")
_PREAMBLE = re.compile(r"^Generic \w+ error: |Error performing [A-Z]+ \S+ in .*? - ")
_ADDRESS = re.compile(r"https?://\S+")

_KIND_OF_FAULT = re.compile(r"HttpError \{\s*kind: (\w+)")
_CAUSE = re.compile(r'(?:message|error): "([^"]*)"')

_LONGEST = 300
"""Characters."""


def reason(error: BaseException) -> str:
    """What happened, on one line, without the address that was asked: some have a signature in theirs."""
    text, _, details = str(error).partition("\n\nDebug source")
    status, kind, retries = _STATUS.search(text), _KIND_OF_FAULT.search(details), _RETRIES.search(text)
    if status:
        code = _CODE.search(text)
        what = f"{status[1].strip()} {code[1]}" if code else status[1].strip()
    elif kind:
        what = _fault_of_the_line(kind[1], details)
    else:
        what = " ".join(_ADDRESS.sub("the store", _PREAMBLE.sub("", text)).split())[:_LONGEST]
    return f"{what}, after {int(retries[1]) + 1} tries" if retries else what


def _fault_of_the_line(kind: str, details: str) -> str:
    causes = _CAUSE.findall(details)
    cause = f" ({causes[-1][:_LONGEST]})" if causes else ""
    match kind:
        case "Connect":
            return f"it cannot be reached{cause}; check its endpoint, and your own connection"
        case "Timeout":
            return "it does not answer"
        case _:
            return f"the connection broke{cause}"
