"""What an interrupted deploy said it would send, and what the next one makes of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from sitegen.errors import SitegenError
from tests.deploy.conformance.faults import Faulty
from tests.deploy.places.local import plain
from tests.deploy.sites import Deployer, blog, dangling, make_site

NEVER = 0


def test_a_new_file_that_was_announced_and_not_sent_is_sent_before_what_refers_to_it(tmp_path: Path) -> None:
    first, second = make_site(tmp_path / "1", blog(2)), make_site(tmp_path / "2", blog(3))
    deploy = Deployer()

    def visit() -> None:
        assert not dangling(place.visible())

    for fails_at in range(3, 9):
        with plain(tmp_path / f"place-{fails_at}") as place:
            deploy(place.remote(), first)
            with contextlib.suppress(SitegenError):
                deploy(Faulty(place.remote(), fails_at, "after", visit), second)
            deploy(Faulty(place.remote(), NEVER, "before", visit), second)
            assert place.visible().keys() >= second.files.keys()
