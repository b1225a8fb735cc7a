"""A preview that begins without a state: what nobody asks for is loaded while it waits."""

from __future__ import annotations

import pytest

from tests.conftest import SiteFactory
from tests.preview.conftest import BLOG, eventually, running


def test_problems_in_posts_that_nobody_opens_are_found_too(
    site: SiteFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.build.looking.LOADED_AT_ONCE", 0)
    monkeypatch.setattr("sitegen.build.live.LOADED_IN_A_STEP", 1)
    project = site(BLOG.replace("(hello.md)", "(nowhere.md)"))
    with running(project.root) as preview:
        looks = preview.diary.looks
        found = eventually(lambda: next((look.refresh for look in looks if look.refresh.problems), None))
        assert [problem.path for problem in found.problems] == ["content/posts/world.md"]
