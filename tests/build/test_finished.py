"""The finished site: given to whoever passes it on only when it is just what a build would write."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sitegen.build import BuildOptions
from sitegen.build.finished import FinishedSite, finished_site
from sitegen.errors import GuardError, SitegenError
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory

SITE = "-- content/posts/a.md --\n---\ndate: 2024-05-08\n---\nText.\n"


def finished(project: Project, *, just_built: bool = False) -> FinishedSite:
    return finished_site(
        project.root, read_config(project.root)[0], BuildOptions(now=NOW), just_built=just_built
    )


@pytest.mark.parametrize("just_built", [True, False])
def test_a_built_site_is_every_file_of_the_output(site: SiteFactory, just_built: bool) -> None:
    project = site(SITE)
    project.build()
    assert finished(project, just_built=just_built).files.keys() == project.files()


def test_an_output_that_was_never_built_is_refused(site: SiteFactory) -> None:
    with pytest.raises(GuardError, match="it is not known what is in output/"):
        finished(site(SITE))


@pytest.mark.parametrize(
    "edit",
    [
        SITE + "More.\n",
        "-- content/posts/b.md --\n---\ndate: 2024-05-09\n---\n",
        "-- sitegen.toml --\ntitle = 'Other'\n",
        "-- static/x.txt --\nx\n",
    ],
)
def test_an_output_that_a_build_would_change_is_refused(site: SiteFactory, edit: str) -> None:
    project = site(SITE)
    project.build()
    project.write(edit)
    with pytest.raises(GuardError, match="output/ is not what a build would write now"):
        finished(project)


@pytest.mark.parametrize("just_built", [True, False])
def test_an_output_that_was_changed_by_hand_is_refused(site: SiteFactory, just_built: bool) -> None:
    project = site(SITE)
    project.build()
    project.put("output/index.html", b"half")
    with pytest.raises(GuardError) as refusal:
        finished(project, just_built=just_built)
    assert refusal.value.problems[0].notes == ("index.html",)


def test_drafts_in_the_output_are_refused_by_their_names(site: SiteFactory) -> None:
    project = site(SITE + "-- content/drafts/secret.md --\n---\ntitle: S\n---\n")
    project.build(drafts=True)
    with pytest.raises(GuardError) as refusal:
        finished(project)
    (problem,) = refusal.value.problems
    assert str(problem) == (
        "content/drafts/secret.md: error[draft]: this draft is in output/, as drafts/secret/index.html. "
        "Build without drafts first"
    )


def test_posts_of_the_future_in_the_output_are_refused(site: SiteFactory) -> None:
    project = site(
        f"{SITE}-- content/posts/later.md --\n---\ndate: {NOW + timedelta(days=1):%Y-%m-%d}\n---\n"
    )
    project.build(future=True)
    with pytest.raises(GuardError, match="not what a build would write"):
        finished(project)


def test_a_build_with_errors_is_refused(site: SiteFactory) -> None:
    project = site(SITE + "-- content/posts/b.md --\n---\ndate: 2024-13-01\n---\n")
    project.build(keep_going=True)
    with pytest.raises(SitegenError, match="2024-13-01"):
        finished(project)


def test_an_interrupted_build_is_refused(site: SiteFactory) -> None:
    project = site(SITE)
    project.build()
    (project.output / ".sitegen-new").mkdir()
    with pytest.raises(GuardError, match="was interrupted"):
        finished(project, just_built=True)


def test_files_that_change_later_are_named(site: SiteFactory) -> None:
    project = site(SITE)
    project.build()
    made = finished(project)
    assert not made.changed()
    project.put("output/index.html", b"half")
    assert made.changed() == ("index.html",)
