"""A look at the site without writing it: every pass up to the plan."""

from __future__ import annotations

from pathlib import Path

from sitegen.build.options import BuildOptions, job_for, nobody_watches
from sitegen.build.prepare import prepare
from sitegen.build.state_folder import StateFolder, held_state
from sitegen.config import Config
from sitegen.errors import GuardError, Problem
from sitegen.model import Site, Value


class Survey(Value, frozen=True):
    """What a site consists of, and what is wrong with its sources."""

    site: Site
    problems: tuple[Problem, ...]


def survey(project: Path, config: Config, options: BuildOptions) -> Survey:
    """The site that a build with these options would make of the sources. Writes nothing but the state.

    Raises SitegenError when there are errors and `options` does not say to keep going.
    """
    job = job_for(project, config, options)
    try:
        with held_state(project) as folder:
            prepared = folder.attempt(lambda: prepare(job, folder, nobody_watches))
    except GuardError:  # a build is at work and holds the state; a look can do without
        prepared = prepare(job, StateFolder(None), nobody_watches)
    return Survey(site=prepared.site, problems=prepared.problems)
