"""What holds wherever files are sent: they are read back, and a failure says how far the work had come."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import msgspec

from sitegen.deploy.target import OutrunError, Remote, Upload
from sitegen.errors import Problem, SitegenError, UnfinishedError


@contextlib.contextmanager
def half_way() -> Iterator[None]:
    """Makes of what fails an `UnfinishedError`, for work of which visitors see each part as it is done."""
    try:
        yield
    except OutrunError:
        raise
    except SitegenError as error:
        raise UnfinishedError(error.problems) from error


@contextlib.contextmanager
def online_already() -> Iterator[None]:
    """Makes of what fails an `UnfinishedError` that says so, for what is left to do when visitors see the new release."""
    try:
        yield
    except SitegenError as error:
        raise UnfinishedError(
            msgspec.structs.replace(
                problem, message=f"the new release is online, but then: {problem.message}"
            )
            for problem in error.problems
        ) from error


def read_back(remote: Remote, uploads: Sequence[Upload]) -> None:
    """Raises `SitegenError` naming every file that did not arrive as it was sent."""
    wrong = remote.differing(uploads) if uploads else frozenset()
    if wrong:
        message = f"was sent, but {remote.shown} does not hold it as it is. Deploy again"
        raise SitegenError(Problem(code="deploy", message=message, path=path) for path in sorted(wrong))
