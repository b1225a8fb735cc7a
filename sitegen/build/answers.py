"""Answers: the facts that pages read, by number, with the digests of today's answers."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sitegen.build.ledger import DIGEST, Ledger, fact_numbers, filled, packed_numbers
from sitegen.build.outlines import posts_digest
from sitegen.build.prepare import Known, Prepared
from sitegen.build.state import StateError
from sitegen.build.written import rows
from sitegen.render.theme.facts import TEXT_FACTS, FactKey

_encode = msgspec.msgpack.Encoder().encode


class FactTable:
    """The facts of one build by number: those that the ledger names, then those that pages ask beside them."""

    def __init__(self, ledger: Ledger, prepared: Prepared, known: Known) -> None:
        """Compares today's answers with those of the ledger; `known` is what was before.

        Raises `StateError` where the ledger names what are no facts.
        """
        self.changed: dict[int, FactKey] = {}
        """The facts of the ledger whose answers are no longer the same."""
        self._ledger = ledger
        self._facts = prepared.facts
        self._numbers = {key: number for number, key in enumerate(ledger.facts)}
        self._answers = bytearray(ledger.answers)
        for number in self._doubtful(prepared, known):
            key = ledger.fact_key(number)
            answer, row = self._answer(key), slice(number * DIGEST, (number + 1) * DIGEST)
            if answer != self._answers[row]:
                self._answers[row] = answer
                self.changed[number] = key

    def _doubtful(self, prepared: Prepared, known: Known) -> Iterable[int]:
        """The facts of the ledger whose answers may have changed.

        While the structure of the site is what it was, these are facts about the texts of posts alone, because
        facts are pure; and if the ledger was written when the texts of posts were those that are known, they are
        about the posts that have changed since.
        """
        ledger = self._ledger
        if ledger.structure != prepared.structure:
            return range(len(ledger.facts))
        if ledger.texts != posts_digest(known.posts.values()):
            return [number for number in self._numbers.values() if ledger.fact_key(number)[0] in TEXT_FACTS]
        changed = prepared.gathered.loaded.changed_since(known.posts)
        keys = (_encode((kind, source)) for source in changed for kind in TEXT_FACTS)
        return [self._numbers[key] for key in keys if key in self._numbers]

    def _answer(self, key: FactKey) -> bytes:
        try:
            return filled(self._facts.digest(key))
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise StateError("the ledger names facts that there are none of") from error

    def number(self, key: FactKey) -> int:
        """The number of a fact, given to it when it is first named."""
        encoded = _encode(key)
        number = self._numbers.get(encoded)
        if number is None:
            number = self._numbers[encoded] = len(self._numbers)
            self._answers += filled(self._facts.digest(key))
        return number

    def renewed(self, ledger: Ledger) -> Ledger:
        """A ledger with these facts, without such as nothing reads any more once they are the most.

        Which are read is looked up when there are about twice as many as the last time: it takes all that pages read.
        """
        before, keys = len(self._ledger.facts), tuple(self._numbers)
        renewed = msgspec.structs.replace(ledger, facts=keys, answers=bytes(self._answers))
        is_time = before and len(keys).bit_length() > before.bit_length()
        return _swept(renewed) if is_time else renewed


def _swept(ledger: Ledger) -> Ledger:
    """The ledger without the facts that nothing reads, if these are the most."""
    used = set[int]().union(*map(fact_numbers, ledger.reads))
    if len(used) * 2 >= len(ledger.facts):
        return ledger
    kept = sorted(used)
    number_of = {old: new for new, old in enumerate(kept)}
    answers = rows(ledger.answers, DIGEST)
    return msgspec.structs.replace(
        ledger,
        reads=tuple(
            packed_numbers([number_of[old] for old in fact_numbers(reads)]) for reads in ledger.reads
        ),
        facts=tuple(ledger.facts[number] for number in kept),
        answers=b"".join(answers[number] for number in kept),
    )
