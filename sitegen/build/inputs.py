"""What a build reads: signatures to see that nothing changed, and digests of what did.

A signature that changed means that a file is read and hashed again, and the hash decides. A file touched within
two seconds of being looked at may change once more without its signature showing it, so it is not trusted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sitegen.digests import blake2b, hash_bytes
from sitegen.errors import Problem, SitegenError
from sitegen.files import read_file, unreadable
from sitegen.model import Digest, Signature, SourceFile, SourcePath, Value

TRUSTED_AFTER_NS = 2_000_000_000
"""How old a file must be for its signature to be trusted; file systems stamp as coarsely as that."""

READ_SIZE = 1 << 20

NOT_THERE = Signature(mtime_ns=0, ctime_ns=0, size=0, inode=0)
"""A signature that no file has."""


class Fingerprint(Value, frozen=True):
    """All files of some folders as `stat` sees them."""

    digest: Digest
    newest_ns: int
    """The latest moment at which one of them was touched."""


class KnownFile(Value, frozen=True, array_like=True):
    """A file whose content was read at some time."""

    signature: Signature
    digest: Digest


def fingerprint(places: Iterable[Path]) -> Fingerprint:
    """Over the paths and signatures of every file in `places`, which are files or folders or missing."""
    digest = blake2b(digest_size=16)
    newest = 0
    for place in places:
        for line, touched in _signatures(os.fspath(place)):
            digest.update(line.encode("utf-8", "surrogateescape"))
            newest = max(newest, touched)
    return Fingerprint(digest=Digest(digest.digest()), newest_ns=newest)


def _signatures(place: str, *, is_linked: bool = False) -> Iterator[tuple[str, int]]:
    """A line for each file below a folder, in the order of names, and when it was last touched.

    Links are followed, but as in the scan no link to a folder inside a linked folder.
    """
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except NotADirectoryError:
        yield _signature_line(place, os.stat(place))
        return
    except OSError as error:
        yield f"{place}\0{error.errno}\n", 0
        return
    yield f"{place}/\n", 0
    for entry in entries:
        try:
            if not entry.is_dir(follow_symlinks=not is_linked):
                yield _signature_line(entry.path, entry.stat())
                continue
        except OSError as error:  # a link in a circle, or to nothing
            yield f"{entry.path}\0{error.errno}\n", 0
            continue
        yield from _signatures(entry.path, is_linked=is_linked or entry.is_symlink())


def _signature_line(path: str, status: os.stat_result) -> tuple[str, int]:
    line = f"{path}\0{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}\n"
    return line, max(status.st_mtime_ns, status.st_ctime_ns)


def signature_of(status: os.stat_result) -> Signature:
    """The signature of a file."""
    return Signature(
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        size=status.st_size,
        inode=status.st_ino,
    )


def content_digests(
    project: Path, files: Iterable[SourceFile], known: Mapping[SourcePath, KnownFile]
) -> tuple[dict[SourcePath, KnownFile], list[Problem]]:
    """The digest of every file, read only where its signature is not known, and those that cannot be read.

    A file that has gone since it was found is in neither: it is as if it had gone before. Editors make and delete
    files beside the one that they save.
    """
    digests: dict[SourcePath, KnownFile] = {}
    problems: list[Problem] = []
    for file in files:
        before = known.get(file.path)
        if before is not None and before.signature == file.signature:
            digests[file.path] = before
            continue
        try:
            digest = hash_file(project / file.path)
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(unreadable(file.path, error))
            continue
        digests[file.path] = KnownFile(signature=file.signature, digest=digest)
    return digests, problems


def trusted(digests: Mapping[SourcePath, KnownFile], looked_at_ns: int) -> dict[SourcePath, KnownFile]:
    """The files; those that had not been at rest when they were looked at have a signature that no file has.

    They are hashed again next time.
    """
    limit = looked_at_ns - TRUSTED_AFTER_NS
    return {
        path: file
        if file.signature.mtime_ns < limit and file.signature.ctime_ns < limit
        else KnownFile(signature=NOT_THERE, digest=file.digest)
        for path, file in digests.items()
    }


def read_again(project: Path, source: SourcePath, digest: Digest) -> bytes:
    """The content of a source that has been hashed before in this build.

    Raises `SitegenError` when it cannot be read, and when it is no longer that content: a page made from it would
    be remembered as made from what was hashed.
    """
    content = read_file(project / source, source)
    if hash_bytes(content) != digest:
        message = "changed while it was being read. Build again."
        raise SitegenError(Problem(code="file", message=message, path=source))
    return content


def hash_file(path: Path) -> Digest:
    """The digest of a file's content."""
    digest = blake2b(digest_size=16)
    with path.open("rb", buffering=0) as file:
        while part := file.read(READ_SIZE):
            digest.update(part)
    return Digest(digest.digest())
