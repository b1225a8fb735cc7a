"""`sitegen init --ci`: workflows that forges accept and that run commands which exist."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from sitegen import __version__
from sitegen.cli.program import program
from sitegen.scaffold.workflow import WORKFLOWS, Forge
from tests.cli.conftest import Sitegen

SCHEMAS: dict[Forge, str] = {
    "github": "vendor.github-workflows",
    "gitea": "vendor.github-workflows",  # Gitea publishes none; its workflows are meant to be GitHub's
    "gitlab": "vendor.gitlab-ci",
}

each_forge = pytest.mark.parametrize("forge", list(WORKFLOWS))


@each_forge
def test_a_new_blog_comes_with_a_workflow(sitegen: Sitegen, tmp_path: Path, forge: Forge) -> None:
    outcome = sitegen("init", "blog", "--ci", forge)
    assert outcome.code == 0
    assert f"Created blog/{WORKFLOWS[forge]}\nCreated blog/requirements.txt\n" in outcome.out
    assert (tmp_path / "blog" / "sitegen.toml").is_file()
    assert (tmp_path / "blog" / "requirements.txt").read_text() == f"sitegen=={__version__}\n"


@each_forge
def test_a_blog_that_is_there_gets_the_workflow_and_nothing_else(
    blog: Path, sitegen: Sitegen, forge: Forge
) -> None:
    before = {path for path in blog.rglob("*") if path.is_file()}
    outcome = sitegen("init", "--ci", forge)
    assert outcome == (0, f"Created {WORKFLOWS[forge]}\nCreated requirements.txt\n", "")
    after = {path for path in blog.rglob("*") if path.is_file()}
    assert after - before == {blog / WORKFLOWS[forge], blog / "requirements.txt"}


def test_a_workflow_and_requirements_that_are_there_stay_as_they_are(blog: Path, sitegen: Sitegen) -> None:
    (blog / ".gitlab-ci.yml").write_text("mine: {}\n")
    (blog / "requirements.txt").write_text("pygments\n")
    outcome = sitegen("init", "--ci", "gitlab")
    assert outcome.code == 0
    assert outcome.out == (
        ".gitlab-ci.yml was there already and is as it was\n"
        "requirements.txt was there already and is as it was\n"
        f"Add sitegen=={__version__} to requirements.txt, which says what the workflow installs.\n"
    )
    assert (blog / ".gitlab-ci.yml").read_text() == "mine: {}\n"
    assert (blog / "requirements.txt").read_text() == "pygments\n"


def test_requirements_that_name_sitegen_need_nothing(blog: Path, sitegen: Sitegen) -> None:
    (blog / "requirements.txt").write_text("sitegen[s3] @ https://example.org/sitegen.whl\n")
    assert "Add " not in sitegen("init", "--ci", "github").out


def test_what_was_written_can_be_told_in_json(sitegen: Sitegen) -> None:
    told = sitegen("init", "blog", "--ci", "github", "--json").json
    assert told["created"][-3:] == ["sitegen.toml", ".github/workflows/blog.yml", "requirements.txt"]


def test_a_forge_that_is_not_known_is_wrong_usage(sitegen: Sitegen) -> None:
    assert sitegen("init", "--ci", "sourcehut").code == 2


@each_forge
def test_the_schema_of_the_forge_accepts_the_workflow(blog: Path, sitegen: Sitegen, forge: Forge) -> None:
    sitegen("init", "--ci", forge)
    workflow = blog / WORKFLOWS[forge]
    assert check_schema(workflow, SCHEMAS[forge]) == ""
    broken = re.sub("(runs-on|extends): .*", r"\1: 7", workflow.read_text())
    workflow.write_text(broken)
    assert check_schema(workflow, SCHEMAS[forge]) != "", "the schema is strict enough to say something"


def check_schema(workflow: Path, schema: str) -> str:
    """What is wrong with a workflow by the schema that the checker ships; nothing is fetched."""
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, workflow],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr


@each_forge
def test_the_commands_and_options_of_a_workflow_exist(blog: Path, sitegen: Sitegen, forge: Forge) -> None:
    sitegen("init", "--ci", forge)
    text = (blog / WORKFLOWS[forge]).read_text()
    lines = [line for script in strings(yaml.safe_load(text)) for line in script.splitlines()]
    scripts = [line for line in lines if line.startswith("sitegen ")]
    assert {words.split()[1] for words in scripts} == {"build", "deploy"}
    for script in scripts:
        _, name, *options = script.split()
        command = program.get_command(click.Context(program), name)
        assert command, script
        assert set(options) <= {known for parameter in command.params for known in parameter.opts}, script


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from strings(item)
        case list():
            for item in value:
                yield from strings(item)


@pytest.mark.parametrize(
    ("timezone", "cron"),
    [("UTC", "17 0 * * *"), ("Asia/Shanghai", "17 16 * * *"), ("Asia/Kolkata", "47 18 * * *")],
)
@each_forge
def test_the_day_of_the_site_begins_the_daily_run(
    blog: Path, sitegen: Sitegen, forge: Forge, timezone: str, cron: str
) -> None:
    (blog / "sitegen.toml").write_text(f'timezone = "{timezone}"\n')
    sitegen("init", "--ci", forge)
    text = (blog / WORKFLOWS[forge]).read_text()
    assert f'"{cron}"' in text
    assert f"midnight in {timezone}" in text
    assert not re.search(r"\{\{ [a-z]+ \}\}", text), "what is left in braces is for the forge"


@each_forge
def test_what_a_build_remembers_is_kept_with_what_it_wrote(
    blog: Path, sitegen: Sitegen, forge: Forge
) -> None:
    """The memory alone would not do: a page whose file is gone is written again."""
    sitegen("init", "--ci", forge)
    text = (blog / WORKFLOWS[forge]).read_text()
    assert re.search(r"\.sitegen,? *\n? *output", text)
