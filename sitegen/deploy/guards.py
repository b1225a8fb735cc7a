"""Guards: what a deploy refuses to do unless it is told to, before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from sitegen.deploy.plan import Plan
from sitegen.errors import GuardError, Problem
from sitegen.model import Url, Value
from sitegen.settings.targets import LOOPBACK
from sitegen.urls import url_to_output_path

DELETIONS = 50
"""How many files may vanish."""

DELETED_PART = 10
"""What part of all files may vanish: one in so many."""

SHOWN = 5
"""How many files a message names."""

_LOCAL_LINK = re.compile(
    rb"""\b(?:href|src|srcset|content|action|poster)=["']?(https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?/[^"'\s<>#?]+)"""
)


class Allowances(Value, frozen=True):
    """What the user said that a deploy may do."""

    deletions: int | None = None
    """So many files may vanish, in place of the guard's own measure."""
    take_over: bool = False
    """Replace files that sitegen did not put there, and what is there of another site."""
    localhost: bool = False
    """Deploy a site whose address only this machine can reach."""


def refuse(plan: Plan, occupied: frozenset[str], shown: str, allowed: Allowances) -> None:
    """Raises `GuardError` with every reason not to do what `plan` says; `occupied` are others' files in its way."""
    problems = list(_reasons(plan, occupied, shown, allowed))
    if problems:
        raise GuardError(problems)


def _reasons(plan: Plan, occupied: frozenset[str], shown: str, allowed: Allowances) -> Iterator[Problem]:
    if not plan.uploads:
        message = "the site has no files, and deploying it would leave nothing. Build it first"
        yield Problem(code="empty", message=message)
        return
    if not allowed.localhost:
        yield from _local_addresses(plan)
    if not allowed.take_over:
        yield from _strangers(plan, occupied, shown)
    yield from _vanishing(plan, shown, allowed.deletions)


def _local_addresses(plan: Plan) -> Iterator[Problem]:
    """A site, or a link into it, that leads visitors to their own machines."""
    if LOOPBACK.fullmatch(urlsplit(plan.manifest.site).hostname or ""):
        message = (
            f"base_url is {plan.manifest.site}, so feeds, sitemap and previews would lead visitors to their own "
            "machines. Set base_url in sitegen.toml to the site's address (or allow it: --allow-localhost)"
        )
        yield Problem(code="localhost", message=message)
        return
    for step in plan.steps:
        if step.action in ("add", "change") and step.path.endswith((".html", ".xml")):
            address = _local_link(plan, plan.uploads[step.path].read())
            if address:
                message = (
                    f"links to {address}, which is a page of this site on your own machine. Link to its path, or "
                    "to its source file (or allow it: --allow-localhost)"
                )
                yield Problem(code="localhost", message=message, path=step.path)


def _local_link(plan: Plan, content: bytes) -> str | None:
    """An address on this machine by which a file links to a page of the site; others are the author's business."""
    for found in _LOCAL_LINK.finditer(content):
        address = found[1].decode("utf-8", "replace")
        path = unquote(urlsplit(address).path)
        base = unquote(urlsplit(plan.manifest.site).path).rstrip("/")
        for candidate in (path, path.removeprefix(base)):
            if candidate != "/" and _file_at(candidate) & plan.uploads.keys():
                return address
    return None


def _file_at(path: str) -> set[str]:
    return {
        path.lstrip("/"),
        url_to_output_path(Url("/")) if path == "/" else f"{path.strip('/')}/index.html",
    }


def _strangers(plan: Plan, occupied: frozenset[str], shown: str) -> Iterator[Problem]:
    previous = plan.previous
    if previous and previous.site != plan.manifest.site:
        message = (
            f"{shown} holds the site {previous.site}, and this one is {plan.manifest.site}. If it has moved, or is "
            "to take that one's place: --take-over"
        )
        yield Problem(code="other-site", message=message)
    if occupied:
        files = (
            "a file that sitegen did not put there is"
            if len(occupied) == 1
            else (f"{len(occupied):,} files that sitegen did not put there are")
        )
        message = f"in {shown}, {files} in the way. Move them away, or let them be replaced: --take-over"
        yield Problem(code="foreign", message=message, notes=_named(sorted(occupied)))


def _vanishing(plan: Plan, shown: str, allowed: int | None) -> Iterator[Problem]:
    before = plan.previous.files if plan.previous else {}
    gone = [path for path in plan.deletions if path in before]
    count, whole = len(gone), len(before)
    limit = min(DELETIONS, whole // DELETED_PART) if allowed is None else allowed
    if count > limit:
        message = f"{count:,} of the {whole:,} files in {shown} would vanish. If that is meant: --allow-deletes {count}"
        yield Problem(code="deletions", message=message, notes=_named(gone))


def _named(paths: Sequence[str]) -> tuple[str, ...]:
    further = len(paths) - SHOWN
    return (*paths[:SHOWN], *((f"and {further:,} more",) if further > 0 else ()))
