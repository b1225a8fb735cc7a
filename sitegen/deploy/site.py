"""The built site as deploys see it: each file with its hash and what it is, straight from the build's own books."""

from __future__ import annotations

from sitegen.build.finished import FinishedSite
from sitegen.deploy.manifest import Entry, is_plain
from sitegen.deploy.target import Upload, changed_under_way
from sitegen.errors import SitegenError
from sitegen.model import Value


class BuiltSite(Value, frozen=True):
    """Every file of a site that is ready to be sent."""

    address: str
    """The `base_url` it was built for."""
    files: dict[str, Upload]
    """By path, in the order of writing."""
    finished: FinishedSite

    def assert_unchanged(self) -> None:
        """Raises `SitegenError` when a file is no longer what it was, so that what was sent may be a mixture."""
        changed = self.finished.changed()
        if changed:
            raise SitegenError(map(changed_under_way, changed))


def built_site(finished: FinishedSite, address: str) -> BuiltSite:
    """The files of a finished build for the site at `address`."""
    files = {
        str(path): Upload(
            path=path,
            entry=Entry(hash=record.content.hex(), size=record.written.size, kind=record.kind),
            place=finished.folder / path,
        )
        for path, record in finished.files.items()
        if is_plain(path)
    }
    return BuiltSite(address=address, files=files, finished=finished)
