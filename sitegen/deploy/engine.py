"""The engine: plans, guards, sends, reads back and commits, for every kind of remote place in the same way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

import msgspec

from sitegen.deploy.guards import Allowances, refuse
from sitegen.deploy.manifest import Entry, Manifest
from sitegen.deploy.plan import Plan, make_plan
from sitegen.deploy.sending import half_way, read_back
from sitegen.deploy.site import BuiltSite
from sitegen.deploy.target import Found, OutrunError, Recalling, Remote, Upload
from sitegen.errors import GuardError
from sitegen.model import Value

ATTEMPTS = 8
"""How often a deploy is planned anew when somebody else keeps being faster."""

Confirm: TypeAlias = Callable[[Plan], bool]
"""Asked before anything is sent; `False` ends the deploy without a change."""


class DeployOptions(Value, frozen=True):
    """What one deploy is asked to do, apart from the settings."""

    now: datetime
    """Aware."""
    allowances: Allowances = Allowances()
    rehash: bool = False
    """Read back every file that should stand in the remote place, and send anew what was changed there."""
    message: str = ""


class Observer(Protocol):
    """Someone who watches a deploy."""

    def begin(self, plan: Plan) -> None:
        """Called when the steps of `plan` begin; again when they have to begin anew."""

    def done(self, path: str) -> None:
        """Called after each step with its path."""

    def reading_back(self) -> None:
        """Called when everything was sent and is compared with what the remote place now holds."""


class Outcome(Value, frozen=True):
    """What became of a deploy."""

    plan: Plan
    """What was done, or would have been."""
    is_done: bool
    """`False` when there was nothing to do, or when it was not confirmed."""


def plan_deploy(remote: Remote, site: BuiltSite, options: DeployOptions) -> Plan:
    """What a deploy would do now. Sends nothing. Raises `GuardError` for what a deploy would refuse."""
    return _plan(remote, remote.look(), site, options)


def _plan(remote: Remote, found: Found, site: BuiltSite, options: DeployOptions) -> Plan:
    uploads = remote.dress(site.files)
    previous = found.manifest
    standing = dict(previous.owned()) if previous else {}
    doubtful = set(found.altered)
    if options.rehash and previous:
        doubtful |= _differing(remote, previous.files)
    standing.update({path: _unknown(standing[path]) for path in doubtful & standing.keys()})
    new = [uploads[path] for path in uploads.keys() - standing.keys()]
    if previous and previous.claimed:
        _settle_claims(remote, previous, uploads, standing)
    occupied = remote.occupied(sorted(new, key=lambda upload: upload.path)) if new else frozenset()
    plan = make_plan(site.address, uploads, previous, standing, options.now, options.message)
    refuse(plan, occupied, remote.shown, options.allowances)
    return plan


def _plan_from_memory(remote: Remote, site: BuiltSite, options: DeployOptions) -> Plan | None:
    """A plan for what this machine left there last; `None` where only a look can tell whether there is any to make."""
    found = remote.recall() if isinstance(remote, Recalling) and not options.rehash else None
    if found is None:
        return None
    try:
        plan = _plan(remote, found, site, options)
    except GuardError:
        return None
    return plan if plan.is_needed else None


def _differing(remote: Remote, files: Mapping[str, Entry]) -> frozenset[str]:
    """Files of the manifest that are not in the remote place as it says."""
    return remote.differing([Upload(path=path, entry=entry) for path, entry in files.items()])


def _settle_claims(
    remote: Remote, previous: Manifest, uploads: Mapping[str, Upload], standing: dict[str, Entry]
) -> None:
    """Finds out which files of an interrupted deploy were sent already, so that they are not sent again."""
    maybe = [uploads[path] for path in sorted(previous.claimed) if path in uploads]
    differing = remote.differing(maybe)
    for upload in maybe:
        path = upload.path
        if path not in differing:
            standing[path] = upload.entry
        elif path in previous.files or path in previous.retired:
            standing[path] = _unknown(standing[path])
        else:
            # It may not be there at all, so it has to be sent before what refers to it, as new files are.
            del standing[path]


def _unknown(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, hash="", remote="")


def deploy(
    remote: Remote, site: BuiltSite, options: DeployOptions, confirm: Confirm, observer: Observer
) -> Outcome:
    """Sends what differs and returns when it was read back.

    A rival who deploys at the same time is no error: the rest is planned anew on top of what he left, and
    confirmed anew when that makes a difference. Raises `GuardError` with nothing changed, `UnfinishedError` when
    visitors may see a part of the new files (whole ones, in an order that keeps references intact), and else
    `SitegenError`.
    """
    confirmed = None
    plan = _plan_from_memory(remote, site, options)
    for _ in range(ATTEMPTS):
        plan = plan or plan_deploy(remote, site, options)
        if not plan.is_needed:
            return Outcome(plan=plan, is_done=False)
        if plan.steps != confirmed:
            if not confirm(plan):
                return Outcome(plan=plan, is_done=False)
            confirmed = plan.steps
        try:
            _apply(remote, site, plan, observer)
        except OutrunError as error:
            outrun = error
            plan = None
            continue
        return Outcome(plan=plan, is_done=True)
    raise outrun


def _apply(remote: Remote, site: BuiltSite, plan: Plan, observer: Observer) -> None:
    observer.begin(plan)
    remote.begin(plan)
    early = plan.deletions if remote.is_atomic else plan.in_the_way
    late = [path for path in plan.deletions if path not in set(early)]
    stages = tuple(plan.stages())
    sends = tuple(upload for stage in stages for upload in stage)
    with contextlib.nullcontext() if remote.is_atomic else half_way():
        remote.delete(early, observer.done)
        # Where nobody sees the files before they have all come, their order is nobody's concern.
        for stage in (sends,) if sends and remote.is_atomic else stages:
            remote.put(stage, observer.done)
        observer.reading_back()
        read_back(remote, sends)
        site.assert_unchanged()
        if not remote.is_atomic:
            remote.invalidate(plan.outdated_copies)
            remote.delete(late, observer.done)
        remote.commit(plan.manifest)
        if remote.is_atomic:
            remote.invalidate(plan.outdated_copies)


def describe_state(remote: Remote) -> Manifest | None:
    """The manifest of what stands in a remote place."""
    return remote.look().manifest
