"""Keys of front matter that are one slip away from a known one."""

from __future__ import annotations

from collections.abc import Iterable


def likely_meant(key: str, known: Iterable[str]) -> str | None:
    """The known name that `key` is almost surely a slip for, or None.

    One letter too many, too few, or two swapped; in a name of five letters or more also one letter for another.
    The first letter must be right, and a plural is no slip: unknown keys are legitimate, so a false alarm is worse
    than none.
    """
    key = key.lower()
    for name in known:
        if (
            key[:1] == name[:1]
            and len(name) >= 4
            and name.rstrip("s") != key.rstrip("s")
            and _one_slip(key, name)
        ):
            return name
    return None


def _one_slip(key: str, name: str) -> bool:
    if not key.isalpha() or abs(len(key) - len(name)) > 1:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(key, name, strict=False)) if a != b), min(len(key), len(name))
    )
    if len(key) == len(name):
        swapped = (
            key[start : start + 2] == name[start : start + 2][::-1] and key[start + 2 :] == name[start + 2 :]
        )
        replaced = key[start + 1 :] == name[start + 1 :] and len(name) >= 5
        return key != name and (swapped or replaced)
    longer, shorter = (key, name) if len(key) > len(name) else (name, key)
    return longer[start + 1 :] == shorter[start:]
