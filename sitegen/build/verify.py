"""Verifying: a clean build beside the real one, and every byte compared."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

import msgspec

from sitegen.build.builder import build_clean
from sitegen.build.ledger import remembered_ledger
from sitegen.build.options import BuildOptions
from sitegen.build.output import Output
from sitegen.build.review import fact_in_words
from sitegen.build.state_folder import held_state
from sitegen.config import Config
from sitegen.model import OutputPath, Value
from sitegen.render.theme.facts import FactKey

SHOWN_FACTS = 12
"""How many facts of a page a difference names."""


class Difference(Value, frozen=True):
    """A file that is not what a clean build writes."""

    path: str
    kind: Literal["differs", "missing", "left over"]
    first_byte: int | None = None
    """Where the two begin to differ, from 0."""
    facts: tuple[str, ...] = ()
    """What the page was made from, in words: one of these answers must have changed unnoticed."""


def verify(project: Path, config: Config, options: BuildOptions) -> tuple[Difference, ...]:
    """The files of the output that are not byte for byte those of a clean build; none is the promise.

    Raises `SitegenError` when the clean build finds errors.
    """
    folder = options.output or project / config.output
    with tempfile.TemporaryDirectory(prefix="sitegen-verify-") as temporary:
        clean = Path(temporary) / "output"
        build_clean(project, config, options, clean)
        with held_state(project) as state_folder:
            ledger = state_folder.attempt(lambda: remembered_ledger(state_folder, folder))
        ours, theirs = Output(folder, ledger.written).owned, Output(clean).owned
        looked_at = (_difference(path, folder, clean) for path in sorted(ours | theirs))
        found = [difference for difference in looked_at if difference]
    reads = ledger.reads_of(OutputPath(difference.path) for difference in found)
    return tuple(_explained(difference, keys) for difference, keys in zip(found, reads, strict=True))


def _difference(path: str, folder: Path, clean: Path) -> Difference | None:
    here, there = _read(folder / path), _read(clean / path)
    if here == there:
        return None
    if here is None:
        return Difference(path=path, kind="missing")
    if there is None:
        return Difference(path=path, kind="left over")
    same = next(
        (place for place, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), None
    )
    return Difference(
        path=path, kind="differs", first_byte=min(len(here), len(there)) if same is None else same
    )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _explained(difference: Difference, reads: list[FactKey]) -> Difference:
    facts = sorted(map(fact_in_words, reads))
    return msgspec.structs.replace(difference, facts=tuple(facts[:SHOWN_FACTS]))
