"""A folder of this machine in which only our own files are replaced, each at once, and no link is followed."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sitegen.build.inputs import hash_file
from sitegen.deploy.manifest import MANIFEST, Manifest, decode_manifest, encode_manifest
from sitegen.deploy.target import Sent, Upload
from sitegen.errors import GuardError, Problem, SitegenError

TEMPORARY = ".sitegen-new"
"""What a file is called until it is whole; it then moves to its place at once."""

_GONE = (errno.ENOENT, errno.ENOTDIR)


class Folder:
    """One folder. Paths are relative to it and plain, as `manifest.is_plain` means it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._safe = {""}

    def place(self, path: str) -> Path:
        """Where a file stands. Raises `GuardError` when a link on the way leads elsewhere."""
        self._refuse_links(os.path.dirname(path))
        return self.root / path

    def _refuse_links(self, folder: str) -> None:
        if folder in self._safe:
            return
        self._refuse_links(os.path.dirname(folder))
        if (self.root / folder).is_symlink():
            message = f"{folder} is a link in {self.root}, and sitegen writes through none. Move it away"
            raise GuardError(Problem(code="foreign", message=message))
        self._safe.add(folder)

    def digest(self, path: str) -> str | None:
        """The hash of a plain file, `None` where there is nothing or a folder; a link and the like have none."""
        place = self.place(path)
        with self.named(path, "read"):
            try:
                mode = os.lstat(place).st_mode
                if stat.S_ISDIR(mode):
                    return None
                return hash_file(place).hex() if stat.S_ISREG(mode) else ""
            except OSError as error:
                if error.errno in _GONE:
                    return None
                raise

    def read(self, path: str) -> bytes | None:
        """The content of a file, `None` where there is none."""
        with self.named(path, "read"):
            try:
                return self.place(path).read_bytes()
            except FileNotFoundError:
                return None

    def write(self, path: str, parts: Iterable[bytes]) -> None:
        """Replaces a file at once, with the folders above it, when all parts of its content have come."""
        place = self.place(path)
        temporary = self.root / TEMPORARY
        with self.named(path):
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            try:
                with open(temporary, "xb") as file:
                    file.writelines(parts)
                os.replace(temporary, place)
            except BaseException:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise

    def delete(self, path: str) -> None:
        """Deletes a file, if it is there, and the folders that it leaves empty."""
        place = self.place(path)
        with self.named(path, "delete"):
            try:
                place.unlink()
            except OSError as error:
                if error.errno not in _GONE:
                    raise
            folder = place.parent
            while folder != self.root:
                try:
                    folder.rmdir()
                except OSError as error:
                    if error.errno not in _GONE:
                        break
                folder = folder.parent

    def put_all(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Replaces files, each at once."""
        for upload in uploads:
            self.write(upload.path, upload.parts())
            sent(upload.path)

    def delete_all(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes files and the folders that they leave empty."""
        for path in paths:
            self.delete(path)
            sent(path)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place something stands that is not just the same file."""
        return frozenset(
            upload.path for upload in uploads if self.digest(upload.path) not in (None, upload.entry.hash)
        )

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing."""
        return frozenset(upload.path for upload in uploads if self.digest(upload.path) != upload.entry.hash)

    def manifest(self, shown: str) -> Manifest | None:
        """The manifest in the folder, `None` where there is none. Raises `GuardError` for a broken one."""
        content = self.read(MANIFEST)
        return None if content is None else decode_manifest(content, shown)

    def write_manifest(self, manifest: Manifest) -> None:
        """Replaces the manifest at once."""
        self.write(MANIFEST, [encode_manifest(manifest)])

    @contextlib.contextmanager
    def named(self, path: str, verb: str = "write") -> Iterator[None]:
        """Turns a failure of the system into a `SitegenError` that names the file."""
        try:
            yield
        except OSError as error:
            message = f"cannot {verb} {self.root / path}: {error.strerror}"
            raise SitegenError(Problem(code="deploy", message=message)) from error
