"""What is said of references that lead nowhere: warnings, with file and line."""

from __future__ import annotations

import pytest

from sitegen.errors import SitegenError
from tests.conftest import SiteFactory

SITE = """\
-- content/posts/a.md --
---
title: A
date: 2024-05-08
cover: {cover}
---
{text}
-- content/posts/b.md --
---
title: B
date: 2024-05-09
---
## Part
-- static/images/a.png --
"""


def warnings(site: SiteFactory, text: str = "text", cover: str = "") -> list[str]:
    """The warnings of a site that has one reference."""
    report = site(SITE.format(text=text, cover=cover)).build()
    assert not report.has_errors
    return [str(problem) for problem in report.problems]


NO_COVER = (
    'content/posts/a.md: warning[image]: there is no picture "images/b.png" for the cover, neither beside this file '
    "nor in static/"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "\n![x](no.png)",
            '7: warning[image]: there is no picture "no.png", neither beside this file nor in static/',
        ),
        (
            "[x](no.pdf)",
            '6: warning[link]: this link leads nowhere: no page, post or file is at "no.pdf"',
        ),
        (
            "[x](/abuot/)",
            '6: warning[link]: this link leads nowhere: no page, post or file is at "/abuot/"',
        ),
        (
            "[x](b.md#prat)",
            '6: warning[link]: content/posts/b.md has no heading or other element with the id "prat"',
        ),
        (
            "[x](#prat)",
            '6: warning[link]: content/posts/a.md has no heading or other element with the id "prat"',
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_with_its_line(
    site: SiteFactory, text: str, message: str
) -> None:
    assert warnings(site, text) == [f"content/posts/a.md:{message}"]


def test_a_cover_that_is_not_there_is_told(site: SiteFactory) -> None:
    assert warnings(site, cover="images/b.png") == [NO_COVER]


@pytest.mark.parametrize("cover", ["/images/a.png", "https://example.org/a.png", "''"])
def test_a_cover_that_is_there_or_elsewhere_is_fine(site: SiteFactory, cover: str) -> None:
    assert warnings(site, cover=cover) == []


@pytest.mark.parametrize(
    "text", ["[x](b.md#Part)", "[x](/)", "[x](b.md)", "![x](/images/a.png)", "[x](#y)\n## y"]
)
def test_a_reference_that_leads_somewhere_is_fine(site: SiteFactory, text: str) -> None:
    assert warnings(site, text) == []


def test_with_strict_a_broken_reference_writes_nothing(site: SiteFactory) -> None:
    project = site(SITE.format(text="[x](/abuot/)", cover=""))
    with pytest.raises(SitegenError):
        project.build(strict=True)
    assert not project.output.exists()
