"""The default theme's templates as files: what they may hold, which options they read, what they let sites add."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

THEME = Path(__file__).parents[2] / "themes/default"
TEMPLATES = {
    path.relative_to(THEME / "templates").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((THEME / "templates").rglob("*"))
    if path.is_file()
}
MANIFEST: dict[str, Any] = tomllib.loads((THEME / "theme.toml").read_text(encoding="utf-8"))
PLACES = ["after_post", "before_post", "body_end", "body_start", "footer", "head_end"]


def tree(name: str) -> nodes.Template:
    return Environment(autoescape=True).parse(TEMPLATES[name])


def test_there_is_a_template_for_every_kind_of_page() -> None:
    top = {name for name in TEMPLATES if "/" not in name}
    assert top == {
        "404.html",
        "archive.html",
        "base.html",
        "categories.html",
        "category.html",
        "index.html",
        "page.html",
        "post.html",
        "redirect.html",
        "tag.html",
        "tags.html",
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_inline_script_and_no_inline_style(name: str) -> None:
    source = re.sub(r"\{#.*?#\}", "", TEMPLATES[name], flags=re.DOTALL)
    scripts = re.findall(r"<script\b[^>]*>", source)
    assert all(' src="{{ asset(' in tag or 'type="application/ld+json"' in tag for tag in scripts)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", source)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_loads_nothing_from_elsewhere(name: str) -> None:
    loaded = re.findall(r'<(?:script|img|iframe|source|video)\b[^>]*\bsrc="([^"]*)"', TEMPLATES[name])
    loaded += re.findall(r'<link rel="(?:stylesheet|icon|preload)"[^>]*href="([^"]*)"', TEMPLATES[name])
    assert all(address.startswith("{{ ") for address in loaded)


def test_the_options_that_templates_read_are_those_that_are_declared() -> None:
    read = {
        node.attr
        for name in TEMPLATES
        for node in tree(name).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "theme"
    }
    assert read == MANIFEST["options"].keys()


@pytest.mark.parametrize("name", MANIFEST["options"])
def test_an_option_is_described_and_its_default_is_one_of_its_choices(name: str) -> None:
    option = MANIFEST["options"][name]
    assert option.keys() <= {"default", "description", "choices"}
    assert option["description"].endswith(".")
    assert option["default"] in option.get("choices", [option["default"]])


@pytest.mark.parametrize("place", PLACES)
def test_each_place_for_own_html_is_a_block_around_an_empty_file_that_is_explained(place: str) -> None:
    include = f'{{% block {place} %}}{{% include "inject/{place}.html" %}}{{% endblock %}}'
    assert any(include in source for source in TEMPLATES.values())
    assert Environment(autoescape=True).from_string(TEMPLATES[f"inject/{place}.html"]).render() == ""
    assert f"inject/{place}.html " in TEMPLATES["base.html"].partition("#}")[0]


def test_there_is_no_further_place() -> None:
    assert [name for name in TEMPLATES if name.startswith("inject/")] == [
        f"inject/{place}.html" for place in PLACES
    ]


def test_the_manifest_names_the_theme_and_its_interface() -> None:
    assert MANIFEST["name"] == "default"
    assert MANIFEST["api"] == 1
    assert MANIFEST["description"]
