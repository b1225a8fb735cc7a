"""Spans of time in which nothing changes by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

from sitegen.model import Value

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class Span(Value, frozen=True):
    """A time in which the passing of time changes nothing."""

    begin: Moment | None = None
    end: Moment | None = None
    """The first moment after it."""

    def __contains__(self, now: datetime) -> bool:
        return not (self.begin and now < self.begin) and not (self.end and now >= self.end)
