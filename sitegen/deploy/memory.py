"""What this machine left in a remote place last, so that the next deploy need not read it to make its plan.

A plan from memory may be outdated. That does no harm where the place takes no change from somebody who has not seen
what stands there now, and only such places are remembered.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sitegen.build.state_folder import NAME
from sitegen.digests import blake2b


class Memory:
    """A file in `.sitegen/` about one place. It can be lost, and then is nothing but a thing to read again."""

    def __init__(self, project: Path, place: str) -> None:
        digest = blake2b(place.encode(), digest_size=8).hexdigest()
        self._file = project / NAME / "deploy" / f"{digest}.manifest"

    def recall(self) -> tuple[str, bytes] | None:
        """The version and the content of the manifest, `None` where nothing is remembered."""
        try:
            version, sign, content = self._file.read_bytes().partition(b"\n")
        except OSError:
            return None
        return (version.decode("utf-8", "replace"), content) if sign else None

    def keep(self, version: str, content: bytes) -> None:
        """Remembers a manifest, if it can be written."""
        new = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(b"%s\n%s" % (version.encode(), content))
            os.replace(new, self._file)

    def forget(self) -> bool:
        """Remembers nothing any more, and says whether there was anything."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True
