"""What the user sees of deploys: the plan in words and numbers, the question, progress, releases."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import click
from msgspec.structs import replace

from sitegen.cli.clock import current_time
from sitegen.cli.console import counted
from sitegen.cli.session import EXIT_PROBLEMS, Session
from sitegen.cli.surroundings import user_home
from sitegen.cli.transfer import TransferWatcher, Waiting
from sitegen.config import Config
from sitegen.deploy import engine
from sitegen.deploy.engine import DeployOptions, plan_deploy
from sitegen.deploy.plan import Plan, Step
from sitegen.deploy.site import BuiltSite
from sitegen.deploy.target import Release, Remote, Surroundings, Upload
from sitegen.deploy.targets import open_target
from sitegen.errors import Problem, SitegenError, did_you_mean

SHOWN_STEPS = 20
"""How many steps are shown before a deploy."""


def chosen_target(config: Config, name: str | None) -> str:
    """The target that the user named, or the only one. Raises UsageError where there is no telling."""
    names = list(config.deploy)
    if not names:
        raise click.UsageError(
            "there is nowhere to deploy to yet: describe it in sitegen.toml, in a table [deploy.production]"
        )
    if name is None and len(names) > 1:
        raise click.UsageError(f"there are several targets, so name one of them: {', '.join(names)}")
    chosen = name or names[0]
    if chosen not in names:
        raise click.UsageError(f'there is no target "{chosen}".{did_you_mean(chosen, names)}')
    return chosen


class Deployment:
    """One command about one target."""

    def __init__(self, session: Session, name: str, *, keep_releases: int | None, squash: bool) -> None:
        self._console = session.console
        self._name = name
        config = session.config
        target = config.deploy[name]
        if keep_releases is not None:
            if "keep_releases" not in target.__struct_fields__:
                raise click.UsageError(f"--keep-releases is not for {name}, which keeps its releases itself")
            target = replace(target, keep_releases=keep_releases)
        surroundings = Surroundings(
            project=session.project, environment=dict(os.environ), home=user_home(), now=current_time()
        )
        self._remote: Remote = open_target(target, surroundings, config.base_url, squash=squash)
        self._waiting = Waiting(self._console, self._remote.shown)

    def show_plan(self, site: BuiltSite, options: DeployOptions) -> None:
        """Shows what a deploy would do."""
        with self._waiting, self._remote as remote:
            plan = plan_deploy(remote, site, options)
        if self._console.json:
            self._console.document(self._document(plan))
        else:
            for line in self._described(plan, len(plan.steps)):
                self._console.answer(line)

    def deploy(self, site: BuiltSite, options: DeployOptions, *, yes: bool) -> int | None:
        """Deploys, after the user has agreed; the exit code."""
        watcher = TransferWatcher(self._console, self._waiting)

        def confirm(plan: Plan) -> bool:
            watcher.pause()
            asks = self._can_ask and not yes
            # Who is asked must know what, be he quiet or not.
            tell = self._console.answer if asks else self._console.say
            # With -v, each step is told when it is done, so that it is shown before only to whom is asked.
            for line in self._described(plan, 0 if self._console.verbose and not asks else SHOWN_STEPS):
                tell(line)
            return not asks or click.confirm("Deploy?", err=True)

        with watcher, self._waiting, self._remote as remote:
            outcome = engine.deploy(remote, site, options, confirm, watcher)
        plan = outcome.plan
        if self._console.json:
            self._console.document({**self._document(plan), "done": outcome.is_done})
        elif outcome.is_done:
            self._console.say(f"Deployed to {self._name}: {_numbers(plan)} in {watcher.seconds:.1f} s")
        elif plan.is_needed:
            self._console.say("Nothing was deployed.")
            return EXIT_PROBLEMS
        else:
            self._console.say(f"{self._name} is up to date: {counted(plan.unchanged, 'file')}")
        return None

    @property
    def _can_ask(self) -> bool:
        return sys.stdin.isatty() and not self._console.json

    def show_status(self, *, rehash: bool) -> int | None:
        """Shows the release that is online, and what others changed in it; then the exit code is 1."""
        with self._waiting, self._remote as remote:
            found = remote.look()
            manifest = found.manifest
            altered = set(found.altered)
            if rehash and manifest:
                uploads = [Upload(path=path, entry=entry) for path, entry in manifest.files.items()]
                altered |= remote.differing(uploads)
        if self._console.json:
            self._console.document(
                {
                    "ok": not altered,
                    "target": self._name,
                    "place": remote.shown,
                    "release": manifest and manifest.release,
                    "site": manifest and manifest.site,
                    "created": manifest and manifest.created,
                    "message": manifest and manifest.message,
                    "files": len(manifest.files) if manifest else 0,
                    "interrupted": bool(manifest and manifest.claimed),
                    "altered": sorted(altered),
                }
            )
        elif manifest is None:
            self._console.answer(f"Nothing was deployed to {self._name} yet ({remote.shown}).")
        else:
            about = f": {manifest.message}" if manifest.message else ""
            self._console.answer(f"{self._name} is {remote.shown}")
            self._console.answer(f"    release {manifest.release}{about}")
            self._console.answer(f"    {counted(len(manifest.files), 'file')} of {manifest.site}")
            if manifest.claimed:
                self._console.answer("    a deploy was interrupted; the next one finishes it")
            for path in sorted(altered):
                self._console.answer(f"    changed by somebody else: {path}")
        return EXIT_PROBLEMS if altered else None

    def show_releases(self) -> None:
        """Lists the releases, newest first."""
        with self._waiting, self._remote as remote:
            releases = remote.releases()
        if self._console.json:
            self._console.document({"ok": True, "target": self._name, "releases": releases})
            return
        for release in releases:
            self._console.answer(_release_line(release))
        if not releases:
            self._console.note(f"Nothing was deployed to {self._name} yet.")

    def roll_back(self, name: str | None, *, yes: bool) -> int | None:
        """Makes an earlier release current, the one before if none is named."""
        with self._waiting, self._remote as remote:
            release = name or _before_current(remote)
            self._waiting.end()
            if not (
                yes or not self._can_ask or click.confirm(f"Roll {self._name} back to {release}?", err=True)
            ):
                self._console.say("Nothing was changed.")
                return EXIT_PROBLEMS
            self._waiting.begin()
            remote.roll_back(release)
        if self._console.json:
            self._console.document({"ok": True, "target": self._name, "release": release})
        self._console.say(f"Rolled {self._name} back to {release}")
        return None

    def _described(self, plan: Plan, shown: int) -> Iterator[str]:
        """The plan in numbers, then so many of its steps in their order."""
        if not plan.is_needed:
            yield f"{self._name} is up to date: {counted(plan.unchanged, 'file')}"
            return
        yield f"{self._name} ({self._remote.shown}): {_numbers(plan)}; {_bytes(plan.bytes_to_send)} to send"
        for step in plan.steps[:shown]:
            yield f"    {step.action:<8}{step.path}"
        if shown and len(plan.steps) > shown:
            yield f"    and {counted(len(plan.steps) - shown, 'further file')}"

    def _document(self, plan: Plan) -> dict[str, Any]:
        return {
            "ok": True,
            "target": self._name,
            "place": self._remote.shown,
            "release": plan.manifest.release if plan.is_needed else plan.previous and plan.previous.release,
            "steps": [_step_document(step) for step in plan.steps],
            "unchanged": plan.unchanged,
            "bytes": plan.bytes_to_send,
        }


def _step_document(step: Step) -> dict[str, Any]:
    return {"action": step.action, "path": step.path, "kind": step.kind.name.lower(), "size": step.size}


def _numbers(plan: Plan) -> str:
    """`3 new, 2 changed, 1 deleted, 9,988 unchanged`."""
    headers = plan.count("headers")
    return (
        f"{plan.count('add'):,} new, {plan.count('change'):,} changed, "
        + (f"{headers:,} with other headers, " if headers else "")
        + f"{len(plan.deletions):,} deleted, {plan.unchanged:,} unchanged"
    )


def _bytes(count: int) -> str:
    """`1.2 MB`."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _release_line(release: Release) -> str:
    mark = "*" if release.is_current else " "
    about = f"  {release.message}" if release.message else ""
    return f"{mark} {release.name}  {release.created.replace('T', ' ').rstrip('Z')}  {counted(release.files, 'file')}{about}"


def _before_current(remote: Remote) -> str:
    """The release before the current one. Raises `SitegenError` where there is none."""
    releases = remote.releases()
    names = [release.name for release in releases]
    current = next((index for index, release in enumerate(releases) if release.is_current), None)
    if current is None or current + 1 >= len(names):
        reason = remote.why_no_releases or "See: sitegen deploy list"
        message = f"{remote.shown} has no release before the current one. {reason}"
        raise SitegenError(Problem(code="release", message=message))
    return names[current + 1]
