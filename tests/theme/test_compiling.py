"""Compiled templates: what sitegen's own code generator makes is what Jinja2's makes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateNotFound, UndefinedError
from markupsafe import Markup

from sitegen.model import Digest
from sitegen.render.theme.compiling import ThemeEnvironment
from sitegen.render.theme.theme import ThemeFile, ThemeFiles

PARTS = {
    "base.html": "<{% block main %}base{% endblock %}>",
    "part.html": "[{{ post.title }}|{{ word }}]",
    "nested.html": "({% include 'part.html' %})",
}
CONTEXT: dict[str, Any] = {
    "word": "a < b & 'c' \"d\"",
    "html": Markup("<b>&amp;</b>"),
    "number": 7,
    "nothing": None,
    "post": SimpleNamespace(title="T & T", page=SimpleNamespace(title="<inner>", tags=["x", "<y>"])),
    "params": {"items": "an item", "title": "<t>", "deep": {"er": {"est": 1}}},
    "posts": [SimpleNamespace(title=f"{number} & more", children=[]) for number in range(3)],
    "tree": [SimpleNamespace(title="a", children=[SimpleNamespace(title="<b>", children=[])])],
}
TEMPLATES = {
    "texts": "{{ word }}{{ html }}{{ number }}{{ nothing }}{{ number + 1 }}{{ word ~ html }}{{ [word] }}",
    "attributes": "{{ post.title }}{{ post.page.title }}{{ post.page.tags }}{{ post.page.title.upper() }}",
    "attributes of attributes in one text": "{{ post.page.title ~ post.title ~ params.deep.er.est }}",
    "keys of mappings": "{{ params.title }}{{ params.deep.er.est }}{{ params['items'] }}{{ params.get('x', 1) }}",
    "what is not there": "{{ post.none is defined }}{{ params.none is defined }}{{ post.none|default('d') }}",
    "filters": "{{ posts|map(attribute='title')|join(', ') }}{{ html|upper }}{{ word|safe }}{{ word|e }}",
    "conditions": "{{ post.title if post.title else post.page }}{% if post.page.tags and not nothing %}y{% endif %}",
    "a condition without another value": "{{ word if nothing }}{{ [word, {'a': [html, number]}, ('x',)] }}",
    "loops": "{% for post in posts %}{{ loop.index }}{{ post.title }}{{ loop.last }}{% endfor %}",
    "loops with a condition": "{% for item in posts if item.title != post.title %}{{ item.title }}{% endfor %}",
    "recursive loops": "{% for item in tree recursive %}{{ item.title }}{{ loop(item.children) }}{% endfor %}",
    "inclusion": "{% include 'part.html' %}",
    "inclusion in a loop": "{% for post in posts %}{% include 'nested.html' %}{% endfor %}{{ post.title }}",
    "inclusion after a name is set": "{% set word = '<set>' %}{% include 'part.html' %}",
    "inclusion in a macro": "{% macro m(post) %}{% include 'part.html' %}{% endmacro %}{{ m(posts[1]) }}",
    "inclusion in a set block": "{% set x %}{% include 'part.html' %}{% endset %}{{ x }}{{ x|length }}",
    "inclusion in a call block": "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}{% include 'part.html' %}"
    "{% endcall %}",
    "inclusion in a filter block": "{% filter upper %}{% include 'part.html' %}{% endfilter %}",
    "inclusion without context": "{% include 'base.html' without context %}",
    "inclusion by an expression": "{% include ['missing.html', 'part.html'] %}{% include 'nes' ~ 'ted.html' %}",
    "inclusion of what may be missing": "{% include 'missing.html' ignore missing %}",
    "inheritance": "{% extends 'base.html' %}{% block main %}{{ super() }}{{ post.title }}{% endblock %}",
    "inclusions between texts": "1{% include 'base.html' without context %}2{% include 'missing.html' ignore missing %}"
    "3{% include 'part.html' ignore missing %}4",
    "inheritance under a condition": "1{% if number > 3 %}{% extends 'base.html' %}{% endif %}2{{ word }}",
    "inheritance under a condition that fails": "1{% if nothing %}{% extends 'base.html' %}{% endif %}2{{ word }}",
    "text before inheritance": "1{{ word }}{% extends 'base.html' %}2{{ word }}",
    "blocks": "{% block a %}1{% block b %}2{{ word }}{% endblock %}3{% endblock %}{{ self.b() }}",
    "a block in a loop": "{% for item in posts %}{% block a scoped %}{{ item.title }}{% endblock %},{% endfor %}",
    "macros": "{% macro m(a, b=post.title) %}{{ a.title }}{{ b }}{% endmacro %}{{ m(posts[0]) }}{{ m(post, html) }}",
    "text that is not escaped": "{% autoescape false %}{{ word }}{{ post.title }}{% endautoescape %}",
    "text that is escaped or not": "{% autoescape number > 3 %}{{ word }}{{ post.title }}{% endautoescape %}",
}


def ours(**templates: str) -> ThemeEnvironment:
    """The environment of a theme that has these templates, named without `.html`, besides `PARTS`."""
    sources = {**PARTS, **{f"{name}.html": source for name, source in templates.items()}}
    files = {
        name: ThemeFile(path=Path(name), shown=name, content=source.encode())
        for name, source in sources.items()
    }
    return ThemeEnvironment(
        ThemeFiles(templates=files, texts={}, assets={}, options={}, asset_urls={}, common=Digest(b"")), "en"
    )


def plain() -> Environment:
    return Environment(
        loader=DictLoader(PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@pytest.mark.parametrize("source", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_says_what_jinja2_makes_it_say(source: str) -> None:
    assert ours().from_string(source).render(CONTEXT) == plain().from_string(source).render(CONTEXT)


def test_an_attribute_that_raises_is_asked_for_as_a_key_as_jinja2_does() -> None:
    class Shy(dict[str, str]):
        @property
        def title(self) -> str:
            raise AttributeError("not today")

    template = ours().from_string("{{ shy.title }}")
    assert template.render(shy=Shy(title="a key")) == "a key"


@pytest.mark.parametrize("source", ["{{ post.none }}", "{{ none_at_all }}", "{{ none_at_all.title }}"])
def test_an_unknown_name_is_an_error(source: str) -> None:
    with pytest.raises(UndefinedError):
        ours().from_string(source).render(CONTEXT)


def test_including_what_is_missing_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        ours().from_string("{% include 'missing.html' %}").render(CONTEXT)


def test_an_included_template_that_says_nothing_is_left_out() -> None:
    environment = ours(nothing="{# For\nlater. #}\n", whole="a{% include 'nothing.html' %}b")
    assert environment.get_template("whole.html").render() == "ab"
    assert environment.silent == {"nothing.html"}


def test_what_a_template_uses_is_known() -> None:
    environment = ours(
        one="{% extends 'base.html' %}{% include 'part.html' %}{% import word as x %}", two="{% if %}"
    )
    assert environment.used_by("one.html") == {"base.html", "part.html", None}
    assert environment.used_by("two.html") == environment.used_by("missing.html") == frozenset()


def test_what_a_template_imports_brings_nothing_from_one_page_to_the_next() -> None:
    environment = ours(
        lib="{% set seen = [] %}{% set count = namespace(n=0) %}"
        "{% macro note() %}{{ seen.append(1) or '' }}{{ seen|length }}{% endmacro %}",
        page="{% import 'lib.html' as lib %}{% from 'lib.html' import note %}{% set count = lib.count %}"
        "{% set count.n = count.n + 1 %}{{ lib.note() }}{{ lib.note() }}{{ note() }}{{ count.n }}",
    )
    assert [environment.get_template("page.html").render() for _ in range(2)] == ["1211", "1211"]
