"""The settings reader: every problem at once, each at its place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen import config as config_module
from sitegen.config import Config, MarkdownConfig, MenuItem, Section, ThemeConfig
from sitegen.errors import Problem, SitegenError
from sitegen.settings import parse_config, read_config, with_base_url
from sitegen.settings.locations import Span, locate
from sitegen.settings.notation import toml_lines, toml_value
from sitegen.settings.reference import settings_reference
from sitegen.settings.schema import config_schema, setting_descriptions


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(SitegenError) as caught:
        parse_config(text)
    return caught.value.problems


def test_an_empty_file_gives_every_default() -> None:
    assert parse_config("") == Config()


def test_a_file_sets_what_it_names_and_nothing_else() -> None:
    config = parse_config(
        """
        title = "我的博客"
        per_page = 0
        feeds.formats = ["json"]

        [markdown]
        breaks = true

        [theme]
        options = { color = "red", columns = [1, 2] }

        [[menu]]
        title = "关于"
        url = "/about/"

        [params]
        since = 2018-05-08
        """
    )
    assert config == msgspec.structs.replace(
        Config(),
        title="我的博客",
        per_page=0,
        feeds=config_module.FeedsConfig(formats=("json",)),
        markdown=MarkdownConfig(breaks=True),
        theme=ThemeConfig(options={"color": "red", "columns": [1, 2]}),
        menu=(MenuItem(title="关于", url="/about/"),),
        params={"since": "2018-05-08"},
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/blog", "https://example.org/blog/"),
        ("http://localhost:4000/", "http://localhost:4000/"),
        ("https://例子.中国/博客/", "https://例子.中国/博客/"),
    ],
)
def test_the_base_url_ends_with_a_slash(written: str, read: str) -> None:
    assert parse_config(f'base_url = "{written}"').base_url == read


def test_a_slash_at_the_end_of_a_folder_is_not_part_of_its_name() -> None:
    config = parse_config('output = "public/"\ntaxonomies.tags = "topics/"')
    assert (config.output, config.taxonomies.tags) == ("public", "topics")


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "sitegen.toml").write_bytes(b'\xef\xbb\xbftitle = "A"\r\nper_page = 3\r\n')
    config, warnings = read_config(tmp_path)
    assert (config.title, config.per_page, warnings) == ("A", 3, ())


def test_a_project_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path) == (Config(), ())


def test_settings_that_cannot_be_looked_at_are_not_taken_for_missing(tmp_path: Path) -> None:
    """The defaults would build another site."""
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(SitegenError) as caught:
        read_config(tmp_path / "circle")
    assert str(caught.value) == (
        "sitegen.toml: error[file]: cannot be read: Too many levels of symbolic links"
    )


def test_all_problems_come_together_in_the_order_of_the_file() -> None:
    problems = problems_of(
        """\
titel = "x"
timezone = "Asia/Shangai"
[markdown]
toc_depth = 9
[[menu]]
title = "a"
url = "b"
[taxonomies]
tags = "categories"
"""
    )
    assert [(problem.line, problem.column, problem.length) for problem in problems] == [
        (1, 1, 5),
        (2, 12, 14),
        (4, 13, 1),
        (7, 7, 3),
        (9, 8, 12),
    ]


def test_a_broken_list_item_does_not_shift_the_place_of_the_next() -> None:
    problems = problems_of(
        """\
feeds.formats = ["atmo", "rss", 3, "rss", 3]
menu = [
  3,
  { title = "no address" },
  { titel = "no title", url = "also-wrong" },
  { title = "c", url = "wrong" },
]
"""
    )
    assert [(problem.line, problem.column) for problem in problems] == [
        (1, 18),
        (1, 33),
        (1, 36),
        (1, 43),
        (3, 3),
        (4, 3),
        (5, 5),
        (5, 31),
        (6, 24),
    ]


def test_a_setting_with_a_wrong_type_is_not_reported_twice() -> None:
    assert len(problems_of("base_url = 3\ntimezone = false")) == 2


def test_an_empty_title_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "sitegen.toml").write_text('title = " "\n')
    config, warnings = read_config(tmp_path)
    assert config.title == " "
    assert [(warning.severity, warning.location) for warning in warnings] == [
        ("warning", "sitegen.toml:1:9"),
    ]


def test_another_base_url_can_be_given() -> None:
    assert with_base_url(Config(), "https://example.org/x").base_url == "https://example.org/x/"
    with pytest.raises(SitegenError, match=r"^error\[settings\]: base_url must be a full address"):
        with_base_url(Config(), "example")


# Places


def places(text: str) -> dict[tuple[Any, ...], tuple[str, str | None]]:
    """What the key and the value of each path read in the text."""
    lines = text.split("\n")

    def reading(span: Span) -> str:
        return lines[span.line - 1][span.column - 1 : span.column - 1 + span.length]

    return {
        path: (reading(location.key), reading(location.value) if location.value else None)
        for path, location in locate(text).by_path.items()
    }


def test_every_form_of_toml_is_located() -> None:
    text = r'''# a comment with [brackets] and = signs
bare = 1
"quoted \"key\"" = "a # no comment"  # a comment
'literal' = 'C:\path'
dotted . name = true
date = 1979-05-27 07:32:00  # a space inside
long = """
[not.a.table]
x = \""" """
list = [
  "a", # one
  [1, 2],
  { deep = "b", more = [3] },
]
after = 2

[table.inner]
key = 3
[[entries]]
name = "first"
[[entries]]
name = "second"
[entries.sub]
x = 4
[[entries.sub.list]]
y = { z = 5 }
'''
    expected = {
        ("bare",): ("bare", "1"),
        ('quoted "key"',): (r'"quoted \"key\""', '"a # no comment"'),
        ("literal",): ("'literal'", r"'C:\path'"),
        ("dotted",): ("dotted", None),
        ("dotted", "name"): ("name", "true"),
        ("date",): ("date", "1979-05-27 07:32:00"),
        ("long",): ("long", '"""'),
        ("list",): ("list", "["),
        ("list", 0): ('"a"', '"a"'),
        ("list", 1): ("[1, 2]", "[1, 2]"),
        ("list", 1, 0): ("1", "1"),
        ("list", 1, 1): ("2", "2"),
        ("list", 2): ('{ deep = "b", more = [3] }', '{ deep = "b", more = [3] }'),
        ("list", 2, "deep"): ("deep", '"b"'),
        ("list", 2, "more"): ("more", "[3]"),
        ("list", 2, "more", 0): ("3", "3"),
        ("after",): ("after", "2"),
        ("table",): ("table.inner", None),
        ("table", "inner"): ("table.inner", None),
        ("table", "inner", "key"): ("key", "3"),
        ("entries",): ("entries", None),
        ("entries", 0): ("entries", None),
        ("entries", 0, "name"): ("name", '"first"'),
        ("entries", 1): ("entries", None),
        ("entries", 1, "name"): ("name", '"second"'),
        ("entries", 1, "sub"): ("entries.sub", None),
        ("entries", 1, "sub", "x"): ("x", "4"),
        ("entries", 1, "sub", "list"): ("entries.sub.list", None),
        ("entries", 1, "sub", "list", 0): ("entries.sub.list", None),
        ("entries", 1, "sub", "list", 0, "y"): ("y", "{ z = 5 }"),
        ("entries", 1, "sub", "list", 0, "y", "z"): ("z", "5"),
    }
    tomllib.loads(text)
    assert places(text) == expected


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path, *(deeper for name, item in items for deeper in paths_of(item, (*path, name)))}


KEYS = st.text(min_size=1, max_size=6) | st.sampled_from(["a", "b-c", "1", "[x]", 'a"b', "a.b", "#"])
SCALARS = (
    st.text(max_size=8)
    | st.sampled_from(['"', "#", "[a]", "x = 1", "a\nb", "\\", "'''", '"""', "，。"])
    | st.integers(-(2**63), 2**63 - 1)
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_every_value_that_tomllib_reads_is_located(table: dict[str, Any]) -> None:
    text = "\n".join(toml_lines(table))
    assert tomllib.loads(text) == table, "our own notation says what was meant"
    assert set(locate(text).by_path) | {()} == paths_of(table)


@given(st.text(alphabet="ab=.[]{}\"'#\\, \n1", max_size=40))
def test_no_text_breaks_the_locator(text: str) -> None:
    locate(text)


@given(SCALARS)
def test_a_value_is_written_as_toml_reads_it(value: Any) -> None:
    assert tomllib.loads(f"value = {toml_value(value)}") == {"value": value}


SETTINGS = st.dictionaries(st.sampled_from(Config.__struct_fields__) | KEYS, VALUES, max_size=6)
TEXTS = st.text(max_size=60) | st.text(alphabet="at=.[]{}\"'#\\, \n\r1", max_size=60)


@given(SETTINGS.map(lambda table: "\n".join(toml_lines(table))) | TEXTS)
def test_whatever_the_file_holds_it_is_settings_or_problems_with_their_place(text: str) -> None:
    try:
        config = parse_config(text)
    except SitegenError as error:
        lines = text.replace("\r\n", "\n").split("\n")
        for problem in error.problems:
            assert problem.line
            assert problem.column
            assert problem.source == lines[problem.line - 1]
            assert problem.column <= len(problem.source) + 1
            assert str(problem)
    else:
        assert msgspec.convert(msgspec.to_builtins(config), Config) == config


# Schema and reference


def sections() -> list[type[Section]]:
    return [
        kind
        for kind in vars(config_module).values()
        if isinstance(kind, type) and issubclass(kind, Section) and kind is not Section
    ]


@pytest.mark.parametrize("section", sections(), ids=lambda kind: kind.__name__)
def test_every_setting_says_what_it_does(section: type[Section]) -> None:
    descriptions = setting_descriptions()
    assert section.__doc__
    for name in section.__struct_fields__:
        description = descriptions.get((section.__name__, name))
        assert description, f"{section.__name__}.{name} has no string below it"
        assert description.endswith((".", "`.")), description


def test_the_schema_knows_what_the_reader_knows() -> None:
    schema = config_schema()
    assert schema["properties"].keys() == set(Config.__struct_fields__)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["per_page"] == {
        "type": "integer",
        "minimum": 0,
        "default": 10,
        "description": "How many posts a list shows on one page; 0 puts all on one.",
    }
    assert schema["properties"]["markdown"]["$ref"] == "#/$defs/MarkdownConfig"
    assert schema["$defs"]["MarkdownConfig"]["properties"]["heading_ids"]["enum"] == ["github", "hexo"]
    for definition in (schema, *schema["$defs"].values()):
        assert all(described["description"] for described in definition["properties"].values())


def test_the_reference_in_docs_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_reference(), (
        "run: sitegen config --reference > docs/settings.md"
    )
