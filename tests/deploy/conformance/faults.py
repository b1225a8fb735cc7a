"""A remote that fails at a request of one's choice, and shows the place to a visitor after each change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Literal, Self

from sitegen.deploy.manifest import Manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.target import Found, Release, Remote, Sent, Upload
from sitegen.errors import Problem, SitegenError

When = Literal["before", "after"]
"""Whether the request is lost on its way, or only the answer to it."""


class FaultError(SitegenError):
    def __init__(self) -> None:
        super().__init__(Problem(code="fault", message="the line went dead"))


class Faulty:
    """Wraps a remote, file by file, so that every single request can fail."""

    def __init__(self, remote: Remote, fails_at: int, when: When, visit: Callable[[], None]) -> None:
        self._remote = remote
        self._left = fails_at
        self._when = when
        self._visit = visit
        self.requests = 0
        self.shown = remote.shown
        self.is_atomic = remote.is_atomic
        self.why_no_releases = remote.why_no_releases

    def __enter__(self) -> Self:
        self._remote.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remote.__exit__(kind, error, trace)

    def _try(self, request: Callable[[], object], *, changes: bool = True) -> None:
        self.requests += 1
        fails = self.requests == self._left
        if fails and self._when == "before":
            raise FaultError
        request()
        if changes:
            self._visit()
        if fails:
            raise FaultError

    def look(self) -> Found:
        self._try(lambda: None, changes=False)
        return self._remote.look()

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        return self._remote.dress(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        self._try(lambda: None, changes=False)
        return self._remote.occupied(uploads)

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        self._try(lambda: None, changes=False)
        return self._remote.differing(uploads)

    def begin(self, plan: Plan) -> None:
        self._try(lambda: self._remote.begin(plan))

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        for upload in uploads:
            self._try(lambda upload=upload: self._remote.put([upload], sent))  # type: ignore[misc]  # bound at once

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        for path in paths:
            self._try(lambda path=path: self._remote.delete([path], sent))  # type: ignore[misc]  # bound at once

    def commit(self, manifest: Manifest) -> None:
        self._try(lambda: self._remote.commit(manifest))

    def invalidate(self, paths: Collection[str]) -> None:
        self._try(lambda: self._remote.invalidate(paths))

    def releases(self) -> tuple[Release, ...]:
        return self._remote.releases()

    def roll_back(self, release: str) -> None:
        self._remote.roll_back(release)
