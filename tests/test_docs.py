"""The documentation holds: its examples run, what it names exists, and what exists is in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import pytest
from markupsafe import Markup

from docs.generate import FURTHER_NAMES, PAGES, TEMPLATES, VIEWS, properties
from sitegen import urls
from sitegen.cli.program import ENTRIES, Program, program
from sitegen.content.metadata import known_keys
from sitegen.model import Metadata, SourcePath
from sitegen.render.theme import views
from sitegen.render.theme.chain import builtin_themes
from sitegen.render.theme.theme import read_theme
from sitegen.settings import parse_config
from sitegen.slugs import github_slug
from tests.conftest import Project, SiteFactory
from tests.documents import (
    REPOSITORY,
    Block,
    Terminal,
    blocks,
    commands,
    documents,
    is_shown,
    name_of,
    prose,
)

README = REPOSITORY / "README.md"
GUIDE = REPOSITORY / "docs" / "guide.md"
WRITING = REPOSITORY / "docs" / "writing.md"

all_documents = pytest.mark.parametrize("document", documents(), ids=name_of)


# What is made from the code


@pytest.mark.parametrize(("name", "make"), PAGES, ids=[name for name, _ in PAGES])
def test_the_pages_made_from_the_code_are_up_to_date(name: str, make: Any) -> None:
    written = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    assert written == f"{make().rstrip()}\n", "run: make docs"


def test_every_view_that_templates_can_meet_is_described() -> None:
    described = {view.__name__ for view in VIEWS}
    assert described == {name for name in views.__all__ if name.endswith("View")} | {"DateView"}


@pytest.mark.parametrize("view", VIEWS, ids=[view.__name__ for view in VIEWS])
def test_every_public_property_of_a_view_has_a_docstring_and_a_type(view: type) -> None:
    found = properties(view)
    assert not [item.name for item in found if not item.text or not item.kind]
    for_code = {name for name, value in vars(view).items() if isinstance(value, classmethod | staticmethod)}
    public = {name for name in vars(view) if not name.startswith("_")} - for_code
    assert public <= {item.name.partition("(")[0] for item in found}


NAMES = sorted({*FURTHER_NAMES, "site", "page", "theme", "asset", "url", "data", "t"})


def test_templates_find_the_names_that_their_page_says(site: SiteFactory) -> None:
    lines = "".join(f"{name}={{{{ {name} is defined }}}}\n" for name in NAMES)
    project = site(
        "".join(f"-- templates/{use.name} --\ntemplate={use.name}\n{lines}" for use in TEMPLATES)
        + "-- content/posts/a.md --\n---\ndate: 2024-05-08\ntags: x\ncategories: y\naliases: /old/\n---\n"
        "-- content/pages/about.md --\n"
    )
    project.build()
    places = {
        "index.html": "index.html",
        "post.html": "2024/05/08/a/index.html",
        "page.html": "about/index.html",
        "archive.html": "archives/2024/index.html",
        "categories.html": "categories/index.html",
        "category.html": "categories/y/index.html",
        "tags.html": "tags/index.html",
        "tag.html": "tags/x/index.html",
        "404.html": "404.html",
        "redirect.html": "old/index.html",
    }
    for use in TEMPLATES:
        shown = dict(line.split("=") for line in project.page(places[use.name]).splitlines())
        found = {name for name in NAMES if shown[name] == "True"}
        assert shown["template"] == use.name
        assert found - set(use.names) == {"site", "page", "theme", "asset", "url", "data", "t"}, use.name
        assert set(use.names) <= found, use.name


def test_every_template_that_draws_pages_is_described() -> None:
    folder = builtin_themes() / "default" / "templates"
    assert {use.name for use in TEMPLATES} == {path.name for path in folder.glob("*.html")} - {"base.html"}


# What the documents say to type


@pytest.mark.parametrize("document", [README, GUIDE], ids=name_of)
def test_the_examples_of_a_document_print_what_it_shows(document: Path, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    ran = 0
    for block in blocks(document):
        match block.language:
            case "$":
                assert not terminal.type(block.text), f"{name_of(document)}:{block.line}"
            case "console":
                for command, expected in commands(block.text):
                    printed = terminal.type(command)
                    assert is_shown(printed, expected), (
                        f"{name_of(document)}:{block.line}: $ {command}\n{printed}\nis not\n{expected}"
                    )
                    ran += 1
            case _ if block.title:
                terminal.save(block.title, block.text)
    assert ran >= 5
    assert (terminal.folder / "sitegen.toml").is_file(), "the examples end in the blog that they make"


def test_the_readme_starts_with_exactly_two_commands() -> None:
    first = next(block for block in blocks(README) if block.language == "sh")
    assert [line.split("#")[0].strip() for line in first.text.splitlines()] == ["make site", "make test"]


def _make_targets() -> set[str]:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))


@all_documents
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(r"^ *make ([a-z]+)|`make ([a-z]+)`", text, flags=re.MULTILINE))
    assert {first or second for first, second in named} <= _make_targets()


def _typed(document: Path) -> Iterator[list[str]]:
    """Every `sitegen …` that a document shows, as words."""
    for block in blocks(document):
        if block.language == "console":
            yield from (
                words for command, _ in commands(block.text) if (words := command.split())[0] == "sitegen"
            )
    for code in re.findall(r"`(sitegen(?: [^`\n]+)?)`", prose(document)):
        yield code.split()


@all_documents
def test_every_command_and_option_that_is_named_exists(document: Path) -> None:
    context = click.Context(program)
    unknown = []
    for words in _typed(document):
        command = program.get_command(context, words[1]) if len(words) > 1 else program
        if words[1:2] and words[1].startswith("-"):
            command = program
        options = (
            {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            if command
            else set()
        )
        given = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        if command is None or not given <= options | {"--help", "-h"}:
            unknown.append(" ".join(words))
    assert not unknown


def test_the_readme_names_every_command() -> None:
    rows = re.findall(r"^\| `sitegen ([a-z]+)", prose(README), flags=re.MULTILINE)
    assert rows == list(ENTRIES)


@pytest.mark.parametrize(
    ("name", "heading", "end"),
    [("build", "## Building\n", "\n\nThe same files"), ("serve", "## Preview\n", "\n\nOn a terminal")],
)
def test_the_options_in_a_table_of_the_guide_are_those_of_the_command(
    name: str, heading: str, end: str
) -> None:
    command = Program().get_command(click.Context(program), name)
    assert command
    table = prose(GUIDE).partition(heading)[2].partition(end)[0]
    named = set(re.findall(r"`(--[a-z-]+)", table.partition("\n|")[2]))
    everywhere = {"--source", "--quiet", "--verbose", "--no-color"}
    given = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    assert named == given - everywhere


def test_every_option_that_is_named_alone_exists() -> None:
    options = {
        name
        for entry in ENTRIES
        if (command := program.get_command(click.Context(program), entry))
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    for document in (README, GUIDE):
        named = set(re.findall(r"`(--?[A-Za-z][a-z-]*)[` ]", prose(document)))
        assert named <= {*options, "--help"}, name_of(document)


# What can be written into files


@all_documents
def test_every_example_of_settings_can_be_used(document: Path, tmp_path: Path) -> None:
    for block in blocks(document):
        if block.language == "toml":
            tomllib.loads(block.text)
            if block.title in ("", "sitegen.toml"):
                read_theme(tmp_path, parse_config(block.text), generated={})


def _table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading of the guide, as cells."""
    below = prose(GUIDE).partition(f"\n{heading}\n")[2].split("\n\n|", 1)[1].split("\n\n")[0]
    return [row.strip("| ").split(" | ") for row in below.split("\n")[2:]]


def test_the_guide_names_exactly_the_keys_of_front_matter_that_have_a_meaning() -> None:
    rows = [re.findall(r"`([^`]+)`", cells[0]) for cells in _table("### Front matter")]
    named = [name.lower() for names in rows for name in names]
    assert sorted(named) == sorted(known_keys())
    assert [len({known_keys()[name.lower()].field for name in names}) for names in rows] == [
        2 if names == ["draft", "published"] else 1 for names in rows
    ], "names in one row mean the same field"


def test_the_parts_of_addresses_in_the_guide_are_those_that_are_understood() -> None:
    rows = [re.findall(r"`:([a-z_]+)`", cells[0]) for cells in _table("### Addresses")]
    named = {name for names in rows for name in names}
    assert named >= {*urls._DATE_FORMATS, *urls._OTHER_PLACEHOLDERS}
    metadata = Metadata(
        source=SourcePath("content/posts/a/b.md"),
        kind="post",
        title="T",
        slug="b",
        folder="a",
        date=datetime(2024, 5, 8, tzinfo=UTC),
        authors=("Lin",),
        series="S",
    )
    for name in named:
        assert urls.post_url(metadata, parse_config(f'permalink = "/x-:{name}/"')) != f"/x-:{name}/"


def test_the_folders_in_the_guide_are_those_of_a_project() -> None:
    from sitegen.content.scan import _FOLDERS

    named = {
        name.rstrip("/") for cells in _table("## A project") for name in re.findall(r"`([^`]+)`", cells[0])
    }
    assert named == {*_FOLDERS, "templates", "assets", "i18n", "themes", "scaffolds", "output", ".sitegen"}


# How Markdown is read


def _examples() -> list[tuple[str, Block, list[str]]]:
    """The examples of the page about writing: settings, text, and what must be in the page made of it."""
    examples: list[tuple[str, Block, list[str]]] = []
    settings = ""
    for block in blocks(WRITING):
        match block.language:
            case "with:":
                settings = block.text
            case "markdown":
                examples.append((settings, block, []))
                settings = ""
            case "gives:":
                examples[-1][2].append(block.text)
    return examples


@pytest.mark.parametrize("settings", ["", "breaks = true", "typographer = true", "emoji = true"])
def test_the_examples_of_markdown_give_what_the_page_says(site: SiteFactory, settings: str) -> None:
    examples = [(block, wanted) for given, block, wanted in _examples() if given == settings]
    assert examples
    project = site(f"-- sitegen.toml --\n[markdown]\n{settings}\n-- content/pages/about.md --\n")
    picture = (builtin_themes() / "default" / "assets" / "favicon.svg").read_bytes()
    project.put("content/posts/other.md", b"---\ndate: 2020-01-01\n---\n## part\n")
    for block, _ in examples:
        folder = f"content/posts/{block.line}"
        project.put(f"{folder}/index.md", f"---\ntitle: T\ndate: 2024-01-01\n---\n{block.text}".encode())
        project.put(f"{folder}/lake.jpg", picture)
        project.put(f"{folder}/notes.txt", b"")
    report = project.build()
    assert [str(problem) for problem in report.problems] == []
    for block, wanted in examples:
        assert wanted, f"the example on line {block.line} says nothing of what it gives"
        page = _prose_of(project, block)
        for fragment in wanted:
            assert fragment in page, f"{name_of(WRITING)}:{block.line}"


def _prose_of(project: Project, block: Block) -> str:
    page = project.page(f"2024/01/01/{block.line}/index.html")
    return page.partition('<div class="prose">')[2].partition("<footer")[0]


def test_every_setting_of_the_examples_is_tried() -> None:
    assert {settings for settings, _, _ in _examples()} == {
        "",
        "breaks = true",
        "typographer = true",
        "emoji = true",
    }


# What the documents refer to


def _anchors(document: Path) -> set[str]:
    """The ids that the headings of a document have on a forge."""
    titles = re.findall(r"^#+ (.+)$", prose(document), flags=re.MULTILINE)
    return {github_slug(Markup(re.sub(r"[`*\[\]]|\]\([^)]*\)", "", title))) for title in titles}


@all_documents
def test_every_reference_leads_somewhere(document: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", prose(document))
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, fragment = unquote(target).partition("#")
        file = document.parent / path if path else document
        if not file.exists() or (fragment and fragment not in _anchors(file)):
            dead.append(target)
    assert not dead
