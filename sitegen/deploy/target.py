"""What a target is: the one protocol that the engine speaks with every kind of remote place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias, runtime_checkable

from sitegen.build.recipes import FileKind
from sitegen.deploy.manifest import Entry, Manifest
from sitegen.digests import blake2b, hash_bytes
from sitegen.errors import Problem, SitegenError
from sitegen.model import Value

if TYPE_CHECKING:
    from sitegen.deploy.plan import Plan


PART_BYTES = 1 << 18
"""How much of a file is in memory at a time."""


class Surroundings(Value, frozen=True):
    """What a target may know of the machine it runs on."""

    project: Path
    environment: dict[str, str]
    """The process's own: credentials are looked for here and nowhere in the settings."""
    home: Path | None
    now: datetime
    """Aware."""

    def path(self, text: str) -> Path:
        """The place that a setting means: relative to the project unless it begins with `/` or `~/`."""
        if text.startswith("~/") and self.home:
            return self.home / text[2:]
        return self.project / text


class Upload(Value, frozen=True):
    """One file as it is sent."""

    path: str
    """Where it stands in the site: `a/index.html`."""
    entry: Entry
    place: Path | None = None
    """The file that holds its content; `None` for content that no file holds."""
    content: bytes = b""
    """Its content, when there is no `place`."""

    def parts(self) -> Iterator[bytes]:
        """The content, in parts of which none is large; no more than was planned.

        Raises `SitegenError`, after the last part at the latest, when it is no longer what was planned: so nothing
        that was made of the parts may be shown before they have ended.
        """
        if self.place is None:
            yield self.content
            return
        digest = blake2b(digest_size=16)
        left = self.entry.size
        try:
            with self.place.open("rb", buffering=0) as file:
                while part := file.read(PART_BYTES):
                    digest.update(part)
                    left -= len(part)
                    if left < 0:
                        break
                    yield part
        except OSError as error:
            message = f"this file cannot be read: {error.strerror}"
            raise SitegenError(Problem(code="output", message=message, path=self.path)) from error
        if digest.hexdigest() != self.entry.hash:
            raise SitegenError(changed_under_way(self.path))

    def read(self) -> bytes:
        """The content, all of it. Raises `SitegenError` when it is no longer what was planned."""
        return b"".join(self.parts())


def made_upload(path: str, content: bytes) -> Upload:
    """A file that only one place needs, and that no build wrote."""
    entry = Entry(hash=hash_bytes(content).hex(), size=len(content), kind=FileKind.RESOURCE)
    return Upload(path=path, entry=entry, content=content)


def hash_parts(parts: Iterable[bytes]) -> str:
    """The hash of some content as an `Entry` has it."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def changed_under_way(path: str) -> Problem:
    """That a file of the output is not what was planned."""
    return Problem(
        code="output", message="this file changed while it was being deployed. Deploy again", path=path
    )


class Found(Value, frozen=True):
    """What a look at a remote place found."""

    manifest: Manifest | None
    """`None` where sitegen has never put anything."""
    altered: frozenset[str] = frozenset()
    """Files of ours that somebody else changed or deleted, as far as the place can tell without reading them all."""


class Release(Value, frozen=True):
    """A release that a remote place still has."""

    name: str
    created: str
    files: int
    is_current: bool
    message: str = ""


class OutrunError(SitegenError):
    """Somebody else changed the remote place since it was looked at; nothing of ours is visible yet. Look again."""

    def __reduce__(self) -> tuple[type[OutrunError], tuple[tuple[Problem, ...]]]:
        """Travels between processes with its problems intact."""
        return (OutrunError, (self.problems,))


Sent: TypeAlias = Callable[[str], None]
"""Called with the path of each file once it has been sent or deleted."""


class Remote(Protocol):
    """One remote place, opened for one command; used in a `with`.

    The engine calls `look`, `dress`, `differing` and `occupied`, which change nothing, then `begin`, `put` for each
    stage, `delete` and `commit`. In an atomic place all of these work on a release that visitors do not see, and
    `commit` shows it to them at once. In any other place each file is replaced as it is sent, so there `delete`
    comes after everything was read back, and `commit` only closes the books.

    Whatever fails raises `SitegenError` with words for the user, in which no secret stands; a guard of the target's
    own raises `GuardError`. Leaving the `with` gives up locks and connections, also after an error, and takes back
    nothing: what was half done is found by the next `look`.
    """

    @property
    def shown(self) -> str:
        """The place as messages name it: `the branch gh-pages of git@example.org:me/blog.git`."""

    @property
    def is_atomic(self) -> bool:
        """Whether `commit` is the moment at which visitors see everything that was sent."""

    @property
    def why_no_releases(self) -> str:
        """Why the place keeps no earlier releases, and what would make it; empty where it keeps some."""

    def __enter__(self) -> Self:
        """Makes the place ready to be looked at."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives up locks and connections."""

    def look(self) -> Found:
        """What the place holds now. May be called again after `OutrunError`."""

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as this place gets them: with headers, and with files that only it needs."""

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those, none of them in the manifest, in whose place something stands with another content."""

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those that the place, read back, does not hold with just this content and these headers.

        Between `begin` and `commit` of an atomic place this reads the release that is being made.
        """

    def begin(self, plan: Plan) -> None:
        """Gets ready for the steps of `plan`, and keeps other deploys out as well as the place allows.

        A place that is not atomic notes first, in its manifest, what is about to be sent (`plan.claim`), so that it
        is known to be ours whatever happens.
        """

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Sends files, in any order and at the same time if it likes; each is whole, old or new, at every moment."""

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes files; one that is already gone is as good."""

    def commit(self, manifest: Manifest) -> None:
        """Makes `manifest` the current release and returns when the place was seen to say so.

        Raises `OutrunError` when somebody else was faster and nothing of ours is visible.
        """

    def invalidate(self, paths: Collection[str]) -> None:
        """Tells caches in front of the place that these files changed; most have none."""

    def releases(self) -> tuple[Release, ...]:
        """The releases that can be rolled back to and the current one, newest first."""

    def roll_back(self, release: str) -> None:
        """Makes an earlier release current again, byte for byte. Raises `SitegenError` where there is none such."""


@runtime_checkable
class Recalling(Protocol):
    """A remote place whose `begin` notices when somebody else has changed it, so that a plan from memory will do."""

    def recall(self) -> Found | None:
        """What this machine left there last, `None` where that is not known. In place of a `look`."""
