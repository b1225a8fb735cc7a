"""Writes the reference pages that are made from the code: `python -m docs.generate`, or `make docs`."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sitegen.render.theme.chain import builtin_themes
from sitegen.render.theme.context import template_context
from sitegen.render.theme.dates import DateView
from sitegen.render.theme.views import (
    HeadingView,
    ImageView,
    LinkView,
    ListingView,
    PageView,
    PeriodView,
    PostView,
    SiteView,
    TermView,
)
from sitegen.settings.reference import settings_reference

FOLDER = Path(__file__).parent

VIEWS = (
    SiteView,
    PageView,
    PostView,
    ListingView,
    TermView,
    PeriodView,
    LinkView,
    ImageView,
    HeadingView,
    DateView,
)
"""What templates see, in the order of the page."""


class TemplateUse(NamedTuple):
    """What one template of a theme is for."""

    name: str
    shows: str
    names: tuple[str, ...] = ()
    """What it finds beside the names that every template finds."""


TEMPLATES = (
    TemplateUse("index.html", "the first page, and the further pages of its list", ("listing",)),
    TemplateUse("post.html", "a post", ("post",)),
    TemplateUse("page.html", "a page that is not dated", ("post",)),
    TemplateUse("archive.html", "the archive: all of it, a year or a month", ("listing", "period")),
    TemplateUse("categories.html", "the tree of all categories", ("terms",)),
    TemplateUse("category.html", "the posts of a category and those below it", ("listing", "term")),
    TemplateUse("tags.html", "all tags", ("terms",)),
    TemplateUse("tag.html", "the posts of a tag", ("listing", "term")),
    TemplateUse("404.html", "the page for addresses that do not exist"),
    TemplateUse("redirect.html", "an address that a post has left", ("post", "target")),
)
"""Every template that a page is made with."""

FURTHER_NAMES = MappingProxyType(
    {
        "listing": "a [listing](#listing)",
        "post": "a [post](#post); a page that is not dated is one as well",
        "term": "a [term](#term): the category or tag",
        "terms": "a list of [terms](#term): the top categories, or all tags",
        "period": "a [period](#period): the year or month; `none` in the archive as a whole",
        "target": "a text: the address to go to, ready for `href`",
    }
)
"""What the names are that only some templates find."""

_INTRODUCTION = """\
<!-- Made by `make docs` from the docstrings in sitegen/render/theme; edit those instead. -->

# Templates

A theme's templates are [Jinja2](https://jinja.palletsprojects.com/en/stable/templates/), with its filters and
tests. They are trusted: a template may do what Jinja2 can. Posts are not: what stands in a post is never read as a
template. A file of the same name in your project's `templates/` stands in place of the theme's; see
[themes](guide.md#themes).

What is printed is escaped, except HTML that sitegen made (`post.content`, `post.summary`). A name that does not exist
is an error which says what is nearest; to ask whether there is one, write `{% if name is defined %}`. A line that
holds nothing but a tag leaves nothing behind. `range()` gives at most 100,000 numbers.

Addresses come ready for `href` and `src`: with the sub-path of the site, and encoded once.

A page is made anew when something that its template read has changed, and only then. So ask for what you show: a
list that shows `post.summary` does not depend on the whole text; one that shows `post.content` does.

A page is made of nothing else, so the same files give the same bytes in every build. Lists and mappings that a
template is given cannot be changed; make one of your own of them, as by `given + ["more"]`. What a template imports
begins anew on each page. There is no `random`, and a thing that has no text, such as a whole `post`, is an error where
it is printed.
"""


def template_reference() -> str:
    """The page `docs/templates.md`."""
    parts = [_INTRODUCTION, *_template_table(), *_names_everywhere(), *_names_of_some()]
    for view in VIEWS:
        parts += _view_section(view)
    return "\n".join([*parts, *_option_table()])


class Property(NamedTuple):
    """One thing that a template can ask of a view."""

    name: str
    """With parameters, if it takes any."""
    kind: str
    """Its type, as the code writes it; empty when it does not say."""
    text: str
    """Its docstring; empty when there is none."""


def properties(view: type) -> list[Property]:
    """Everything public of a view, in the order of its code."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(view)))
    definition = tree.body[0]
    assert isinstance(definition, ast.ClassDef)
    found: list[Property] = []
    for node in definition.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        if node.name == "__init__":
            found += _attributes(node)
        elif not node.name.startswith("_") and not _is_for_code(node):
            is_property = any("property" in ast.unparse(mark) for mark in node.decorator_list)
            parameters = ", ".join(argument.arg for argument in node.args.args[1:])
            found.append(
                Property(
                    name=node.name if is_property else f"{node.name}({parameters})",
                    kind=ast.unparse(node.returns) if node.returns else "",
                    text=ast.get_docstring(node) or "",
                )
            )
    return found


def _is_for_code(node: ast.FunctionDef) -> bool:
    """Whether a function belongs to the class: it makes views, or helps to."""
    return bool({"classmethod", "staticmethod"} & {ast.unparse(mark) for mark in node.decorator_list})


def _attributes(constructor: ast.FunctionDef) -> Iterator[Property]:
    """The public attributes that a constructor sets, each with the string below it."""
    arguments = [*constructor.args.args, *constructor.args.kwonlyargs]
    kinds = {item.arg: ast.unparse(item.annotation) for item in arguments if item.annotation}
    for node, below in zip(constructor.body, [*constructor.body[1:], None], strict=True):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Name(id=source)):
                kind = kinds.get(source, "")
            case ast.Assign(targets=[ast.Attribute(attr=name)]):
                kind = ""
            case ast.AnnAssign(target=ast.Attribute(attr=name), annotation=annotation):
                kind = ast.unparse(annotation)
            case _:
                continue
        if name.startswith("_"):
            continue
        match below:
            case ast.Expr(value=ast.Constant(value=str() as text)):
                yield Property(name, kind, inspect.cleandoc(text))
            case _:
                yield Property(name, kind, "")


def _template_table() -> Iterator[str]:
    yield "## Which template draws what"
    yield ""
    yield "| template | shows | finds, beside the names below |"
    yield "|---|---|---|"
    for use in TEMPLATES:
        yield f"| `{use.name}` | {use.shows} | {', '.join(f'`{name}`' for name in use.names)} |"
    yield ""
    yield (
        "`layout: wide` in the front matter of a post has it drawn by `wide.html`, if there is such a template;\n"
        "`layout: false` publishes its text as it is, without a template."
    )
    yield ""


def _names_everywhere() -> Iterator[str]:
    """The names that every template finds, as the docstring of `template_context` lists them."""
    yield "## What every template finds"
    yield ""
    described = {
        "site": "the [site](#site)",
        "page": "the [page](#page) being made",
        "theme": "the options of the theme, such as `theme.palette`; see [below](#options-of-the-default-theme)",
    }
    yield from (f"- `{name}`: {text};" for name, text in described.items())
    lines = (inspect.getdoc(template_context) or "").splitlines()
    yield from (line for line in lines if line.startswith("- `") and "(" in line.partition(":")[0])
    yield ""


def _names_of_some() -> Iterator[str]:
    yield "## What some templates find"
    yield ""
    yield from (f"- `{name}`: {text}" for name, text in FURTHER_NAMES.items())
    yield ""


def _view_section(view: type) -> Iterator[str]:
    yield f"## {_title(view)}"
    yield ""
    yield inspect.getdoc(view) or ""
    yield ""
    yield "| property | is | what it says |"
    yield "|---|---|---|"
    for item in properties(view):
        yield f"| `{item.name}` | {_words(item.kind)} | {_cell(item.text)} |"
    yield ""


def _option_table() -> Iterator[str]:
    theme: dict[str, Any] = tomllib.loads(
        (builtin_themes() / "default" / "theme.toml").read_text(encoding="utf-8")
    )
    yield "## Options of the default theme"
    yield ""
    yield "They are set under `[theme.options]` in `sitegen.toml`, and templates read them as `theme.NAME`."
    yield ""
    yield "| option | is | default | what it does |"
    yield "|---|---|---|---|"
    for name, option in theme["options"].items():
        default, choices = option["default"], option.get("choices")
        words = {bool: "true or false", int: "a whole number", str: "a text"}[type(default)]
        kind = " · ".join(f"`{_toml(choice)}`" for choice in choices) if choices else words
        yield f"| `{name}` | {kind} | `{_toml(default)}` | {_cell(option['description'])} |"
    yield ""


def _title(view: type) -> str:
    return view.__name__.removesuffix("View")


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|").replace("`None`", "`none`")


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


_WORDS = MappingProxyType(
    {
        "str": ("a text", "texts"),
        "int": ("a number", "numbers"),
        "bool": ("true or false", "true or false"),
        "Markup": ("HTML", "HTML"),
        "datetime": ("a `datetime` of Python", "datetimes"),
        "dict[str, Any]": ("a mapping", "mappings"),
    }
)
"""Types of the code in the words of people who write templates: one of them, several."""


def _words(kind: str) -> str:
    """A type as people who write templates would call it. Raises `ValueError` for one that has no words."""
    return _node_words(ast.parse(kind, mode="eval").body, several=False)


def _node_words(node: ast.expr, *, several: bool) -> str:
    plain = ast.unparse(node)
    if plain in _WORDS:
        return _WORDS[plain][several]
    match node:
        case ast.BinOp(left=kind, op=ast.BitOr(), right=ast.Constant(value=None)):
            joint = " and" if several else ", or"
            return f"{_node_words(kind, several=several)}{joint} `none`"
        case ast.Subscript(
            value=ast.Name(id="tuple"), slice=ast.Tuple(elts=[kind, ast.Constant(value=end)])
        ) if end is Ellipsis:
            return _list_of(kind, several=several)
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)):
            inside = " and ".join(_node_words(part, several=False) for part in parts)
            return f"pairs of {inside}" if several else f"a pair of {inside}"
        case ast.Subscript(value=ast.Name(id="list"), slice=kind):
            return _list_of(kind, several=several)
        case ast.Name(id=name) if name in {view.__name__ for view in VIEWS}:
            word = name.removesuffix("View")
            article = "an" if word[0] in "AEIOU" else "a"
            link = f"[{word.lower()}{'s' if several else ''}](#{word.lower()})"
            return link if several else f"{article} {link}"
    raise ValueError(f"no words for the type {plain}")


def _list_of(kind: ast.expr, *, several: bool) -> str:
    return f"{'lists' if several else 'a list'} of {_node_words(kind, several=True)}"


PAGES: Sequence[tuple[str, Callable[[], str]]] = (
    ("settings.md", settings_reference),
    ("templates.md", template_reference),
)
"""The pages that are made from the code, by their names in `docs/`."""


def main() -> None:
    """Writes each page, and says which."""
    for name, make in PAGES:
        (FOLDER / name).write_text(f"{make().rstrip()}\n", encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
