"""A git repository somewhere, through a bare copy of our own: the user's repository has no part in it.

Only plumbing is used: no index, no work tree, no hook, and none of the user's branches.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from functools import partial

import msgspec

from sitegen.build.state_folder import NAME
from sitegen.deploy.lock import Lock
from sitegen.deploy.programs import Answer, Programs, failure, scrubbed, ssh_options
from sitegen.deploy.target import PART_BYTES, Surroundings, Upload, hash_parts
from sitegen.digests import blake2b
from sitegen.errors import Problem, SitegenError

OUTRUN = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|already exists|incorrect old value"
)
"""What a refused push says when somebody else was faster."""

SETTINGS = (
    "core.bigFileThreshold=1m",  # what is larger goes through git in parts, without a search for a smaller form
    "core.hooksPath=/dev/null",
    "core.precomposeUnicode=false",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    "protocol.ext.allow=never",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.recurseSubmodules=no",
)

FALLBACK_IDENTITY = "sitegen <sitegen@localhost>"
"""Who commits where git knows no user, as in CI."""

_WHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[^/]*:")
"""What a repository begins with that is not a folder."""


class Repository:
    """One branch of a repository, fetched into a bare copy in `.sitegen/`."""

    def __init__(
        self, repository: str, branch: str, surroundings: Surroundings, timeout_seconds: float
    ) -> None:
        is_folder = not _WHERE.match(repository)
        self._url = str(surroundings.path(repository)) if is_folder else repository
        self._branch = branch
        self._project = surroundings.project
        name = blake2b(f"{self._url}\0{branch}".encode(), digest_size=8).hexdigest()
        self._copy = surroundings.project / NAME / "deploy" / f"{name}.git"
        self._ref = "refs/heads/remote"
        self._programs = Programs(
            environment=_environment(surroundings),
            folder=surroundings.project,
            patience_seconds=timeout_seconds,
        )
        self._lock = Lock(self._copy, f"the branch {branch}")
        self._hash = hashlib.sha1

    def close(self) -> None:
        """Lets another deploy use the copy."""
        self._lock.release()

    def prepare(self) -> None:
        """Makes the copy where there is none, and keeps other deploys out of it. Raises `SitegenError` without git."""
        self._programs.require("git", "Install git, or deploy to another kind of target")
        self._lock.take()
        if not (self._copy / "HEAD").exists():
            made = ["git", "init", "--quiet", "--bare", "--template=", str(self._copy)]
            self._programs.run(made, "make a copy of the repository")
        command = (
            self._programs.environment.get("GIT_SSH_COMMAND") or self._config("core.sshCommand") or "ssh"
        )
        if "GIT_SSH" not in self._programs.environment:
            self._programs.environment["GIT_SSH_COMMAND"] = " ".join([command, *ssh_options()])

    def _config(self, name: str) -> str:
        return self._programs.ask(["git", "config", "--get", name]).output.decode().strip()

    def _git(self, *arguments: str) -> list[str]:
        settings = [word for setting in SETTINGS for word in ("-c", setting)]
        return ["git", "--git-dir", str(self._copy), *settings, *arguments]

    def _run(self, doing: str, *arguments: str, content: bytes = b"") -> bytes:
        return self._programs.run(self._git(*arguments), doing, content)

    def fetch(self) -> str | None:
        """The id of the commit that the branch is at, `None` where there is no such branch."""
        known = self._programs.ask(self._git("rev-parse", "--verify", "--quiet", self._ref)).code == 0
        depth = () if known else ("--depth=1",)
        answer = self._programs.ask(
            self._git(
                *(
                    "fetch",
                    "--progress",
                    "--no-tags",
                    "--no-recurse-submodules",
                    "--no-write-fetch-head",
                    *depth,
                ),
                *("--", self._url, f"+refs/heads/{self._branch}:{self._ref}"),
            )
        )
        if answer.code and "couldn't find remote ref" in answer.said:
            self._run("forget the branch", "update-ref", "-d", self._ref)
            return None
        if answer.code:
            raise failure("git", "fetch the branch", answer)
        tip = self._run("read the branch", "rev-parse", self._ref).decode().strip()
        self._hash = hashlib.sha1 if len(tip) == 40 else hashlib.sha256
        return tip

    def fetch_history(self) -> None:
        """Fetches the commits that the first fetch left out."""
        if self._run("look at the branch", "rev-parse", "--is-shallow-repository").strip() == b"true":
            refs = f"+refs/heads/{self._branch}:{self._ref}"
            options = (
                "--progress",
                "--no-tags",
                "--no-recurse-submodules",
                "--no-write-fetch-head",
                "--unshallow",
            )
            self._run("fetch the history", "fetch", *options, "--", self._url, refs)

    def tree(self, commit: str, path: str = "") -> dict[str, tuple[str, str]]:
        """The mode and the id of every file of a commit, or of those at `path`."""
        listed = self._run(
            "list the files", "ls-tree", "-r", "-z", "--full-tree", commit, *([path] if path else [])
        )
        found = {}
        for line in listed.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            found[name.decode("utf-8", "surrogateescape")] = (mode, blob)
        return found

    def blob(self, name: str) -> bytes:
        """The content of a blob."""
        return self._run("read a file of the branch", "cat-file", "blob", name)

    def blob_hash(self, name: str) -> str:
        """The hash of a blob's content, as an entry of a manifest has it."""
        process = subprocess.Popen(
            self._git("cat-file", "blob", name),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._project,
            env=self._programs.environment,
        )
        with process:
            assert process.stdout
            return hash_parts(iter(partial(process.stdout.read, PART_BYTES), b""))

    def blob_id(self, upload: Upload) -> str:
        """The id that a blob of a file's content has."""
        digest = self.begun_blob(upload.entry.size)
        for part in upload.parts():
            digest.update(part)
        return digest.hexdigest()

    def begun_blob(self, size: int) -> hashlib._Hash:
        """The digest that will be the id of a blob of so many bytes, when they have been added."""
        return self._hash(b"blob %d\0" % size, usedforsecurity=False)

    def trailers(self, tip: str, key: str) -> list[tuple[str, str]]:
        """The value of a trailer and the commit, for all commits that have it, newest first."""
        form = f"--format=%H %(trailers:key={key},valueonly,separator=%x20)"
        lines = self._run("read the history", "log", "--first-parent", form, tip).decode("utf-8", "replace")
        pairs = (line.partition(" ") for line in lines.splitlines())
        return [(value.strip(), commit) for commit, _, value in pairs if value.strip()]

    def importing(self) -> subprocess.Popen[bytes]:
        """The process of git that makes blobs and commits of what is written to it."""
        arguments = self._git("fast-import", "--quiet", "--done", "--date-format=raw", "--force")
        return subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self._project,
            env=self._programs.environment,
        )

    def made_commit(self) -> str:
        """The commit that was written last."""
        return self._run("read the commit", "rev-parse", "refs/heads/made").decode().strip()

    def identity(self) -> str:
        """The user as git knows him in the project: `Name <address>`."""
        answer = self._programs.ask(["git", "var", "GIT_COMMITTER_IDENT"])
        match = re.match(rb"[^<>\n]*<[^<>\n]*>", answer.output)
        return match[0].decode("utf-8", "replace") if match and not answer.code else FALLBACK_IDENTITY

    def push(self, commit: str, over: str | None = None) -> bool:
        """Makes `commit` the tip, and says whether it was on top of all that others did; `over` is what it replaces.

        Returns when the branch was seen to hold the commit. Raises `SitegenError` when the push fails otherwise.
        """
        lease = [f"--force-with-lease=refs/heads/{self._branch}:{over}"] if over else []
        refs = f"{commit}:refs/heads/{self._branch}"
        answer = self._programs.ask(
            self._git("push", "--progress", "--porcelain", *lease, "--", self._url, refs)
        )
        if answer.code:
            if _was_outrun(answer):
                return False
            raise failure("git", "push to the branch", _with_refusal(answer))
        tip = self.fetch()
        if tip is not None and (tip == commit or self._is_ancestor(commit, tip)):
            return True
        message = "the branch was pushed, but does not hold the commit any more. Deploy again"
        raise SitegenError(Problem(code="deploy", message=message))

    def _is_ancestor(self, commit: str, tip: str) -> bool:
        return self._programs.ask(self._git("merge-base", "--is-ancestor", commit, tip)).code == 0


def _environment(surroundings: Surroundings) -> dict[str, str]:
    """That of the process, without what would lead git to the user's own repository."""
    leading = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
    kept = {
        name: value
        for name, value in surroundings.environment.items()
        if name not in (*leading, "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX")
    }
    return {**kept, "LC_ALL": "C"}


def _was_outrun(answer: Answer) -> bool:
    refusals = [
        line for line in answer.output.decode("utf-8", "replace").splitlines() if line.startswith("!")
    ]
    return any(OUTRUN.search(line) for line in refusals)


def _with_refusal(answer: Answer) -> Answer:
    """The answer with the line in which the other side refuses, which git prints elsewhere."""
    refusals = [line for line in scrubbed(answer.output).splitlines() if line.startswith("!")]
    return msgspec.structs.replace(answer, said="\n".join([answer.said, *refusals]))
