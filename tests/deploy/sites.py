"""Small sites for deploys, made without a build: files with links between them, and what each is to readers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from sitegen.build.finished import FinishedSite
from sitegen.build.inputs import signature_of
from sitegen.build.ledger import PageRecord
from sitegen.build.recipes import FileKind
from sitegen.deploy.engine import DeployOptions, Outcome, deploy, plan_deploy
from sitegen.deploy.guards import Allowances
from sitegen.deploy.plan import Plan
from sitegen.deploy.site import BuiltSite, built_site
from sitegen.deploy.target import Remote
from sitegen.digests import hash_bytes
from sitegen.model import Digest, OutputPath

NOW = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
ADDRESS = "https://blog.example.org/"

Files = Mapping[str, str | bytes]

SiteMaker = Callable[..., BuiltSite]
"""Makes a built site from its files, each in a folder of its own."""


def kind_of(path: str) -> FileKind:
    """What a file of these sites is, by its name."""
    if path.startswith("assets/"):
        return FileKind.ASSET
    if path.endswith((".png", ".bin", ".txt")):
        return FileKind.RESOURCE
    if path == "index.html" or path.startswith("tags/") or path.endswith(".xml"):
        return FileKind.LIST
    return FileKind.PAGE


def make_site(folder: Path, files: Files, address: str = ADDRESS) -> BuiltSite:
    """Writes files as if a build had done it."""
    records: dict[OutputPath, PageRecord] = {}
    for path, text in sorted(files.items(), key=lambda item: (kind_of(item[0]), item[0])):
        content = text if isinstance(text, bytes) else text.encode()
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        records[OutputPath(path)] = PageRecord(
            recipe=Digest(bytes([kind_of(path)]) + bytes(15)),
            content=hash_bytes(content),
            written=signature_of(place.lstat()),
        )
    return built_site(FinishedSite(folder=folder, files=records), address)


def blog(posts: int, version: int = 1) -> dict[str, str | bytes]:
    """A blog of so many posts that link to their neighbours, tags and style sheet; another version looks different."""
    style = f"assets/style.{version:04}.css"
    files: dict[str, str | bytes] = {style: f"body {{ order: {version} }}", "logo.png": b"\x89PNG"}
    for number in range(1, posts + 1):
        near = [other for other in (number - 1, number + 1) if 1 <= other <= posts]
        links = [f"/posts/{other}/" for other in near] + [
            f"/tags/t{number % 3}/",
            f"/{style}",
            "/logo.png",
            "/",
        ]
        files[f"posts/{number}/index.html"] = page(f"Post {number}", links)
    tags = sorted({number % 3 for number in range(1, posts + 1)})
    for tag in tags:
        tagged = [f"/posts/{number}/" for number in range(1, posts + 1) if number % 3 == tag]
        files[f"tags/t{tag}/index.html"] = page(f"Tag {tag}", [*tagged, f"/{style}"])
    files["index.html"] = page("Home", [f"/posts/{posts}/", *(f"/tags/t{tag}/" for tag in tags)])
    files["atom.xml"] = page("Feed", [f"/posts/{posts}/"])
    return files


def page(title: str, links: list[str]) -> str:
    """A page with links."""
    return f"<title>{title}</title>" + "".join(f'<a href="{link}">x</a>' for link in links)


def dangling(visible: Mapping[str, bytes]) -> list[str]:
    """What a visitor who begins at the first page and follows every link does not find."""
    found: set[str] = set()
    missing = []
    todo = ["index.html"] if "index.html" in visible else []
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        for link in re.findall(rb'href="/([^"]*)"', visible[path]):
            address = unquote(link.decode())
            target = f"{address}index.html" if not address or address.endswith("/") else address
            if target in visible:
                todo.append(target)
            else:
                missing.append(f"{path} → {target}")
    return missing


class Log:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.steps: list[str] = []

    def begin(self, plan: Plan) -> None:
        self.plans.append(plan)
        self.steps = []

    def done(self, path: str) -> None:
        self.steps.append(path)

    def reading_back(self) -> None:
        pass


class Deployer:
    """Deploys with a clock that moves on a minute each time, and sees to it that what was shown is what was done."""

    def __init__(self, *, plans_first: bool = False) -> None:
        """With `plans_first`, each deploy is planned on its own before, as `sitegen deploy plan` does."""
        self.now = NOW
        self.log = Log()
        self._plans_first = plans_first

    def __call__(
        self,
        remote: Remote,
        site: BuiltSite,
        *,
        deletions: int | None = 1000,
        take_over: bool = False,
        rehash: bool = False,
        message: str = "",
    ) -> Outcome:
        self.now += timedelta(minutes=1)
        self.log = Log()
        options = DeployOptions(
            now=self.now,
            allowances=Allowances(deletions=deletions, take_over=take_over),
            rehash=rehash,
            message=message,
        )
        shown: list[Plan] = []

        def confirm(plan: Plan) -> bool:
            shown.append(plan)
            return True

        with remote:
            planned = plan_deploy(remote, site, options) if self._plans_first else None
            outcome = deploy(remote, site, options, confirm, self.log)
        if planned and len(self.log.plans) < 2:  # nobody was faster
            assert outcome.plan.steps == planned.steps, "a plan says what a deploy then does"
        if outcome.is_done:
            assert outcome.plan.steps == shown[-1].steps, "what is done is what was agreed to"
            assert_as_planned(outcome.plan, self.log.steps, is_atomic=remote.is_atomic)
        return outcome


def assert_as_planned(plan: Plan, done: Sequence[str], *, is_atomic: bool) -> None:
    """What was done, step by step, is what was planned, and in an order that visitors may see."""
    assert sorted(done) == sorted(step.path for step in plan.steps)
    if not is_atomic:
        stages = {upload.path: number for number, stage in enumerate(plan.stages()) for upload in stage}
        last = len(stages)
        order = [stages.get(path, last) for path in done if path not in plan.in_the_way]
        assert order == sorted(order), "a stage begins when the one before it is over"
