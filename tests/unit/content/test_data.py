"""The data files of a site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sitegen.config import Config
from sitegen.content.data import read_data
from sitegen.content.scan import scan


def data(root: Path, files: dict[str, str | bytes]) -> tuple[dict[str, Any], list[str]]:
    for name, content in files.items():
        path = root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    values, problems = read_data(scan(root, Config())[0].data, lambda path: (root / path).read_bytes())
    return values, [str(problem) for problem in problems]


def test_each_file_is_there_by_its_path_without_ending(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "links.yml": "- name: 张三\n  since: 2018-01-01\n  version: 1.10\n  count: 3\n",
        "sub/team.toml": 'lead = "李四"\nsince = 2018-01-01\n',
        "numbers.json": '{"a": [1, 2.5, null, true], "big": 99999999999999999999}',
        "empty.yaml": "",
        "odd.json": r'{"\ud800 a\u0000": ["b\udfff", "\ud83d\ude00"]}',
    }
    assert data(tmp_path, files) == (
        {
            "empty": None,
            "links": [{"name": "张三", "since": "2018-01-01", "version": "1.10", "count": 3}],
            "numbers": {"a": [1, 2.5, None, True], "big": "99999999999999999999"},
            "odd": {"\ufffd a\ufffd": ["b\ufffd", "\U0001f600"]},
            "sub/team": {"lead": "李四", "since": "2018-01-01"},
        },
        [],
    )


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        (
            "a.yml",
            "b: 1\nc: d: e\n",
            'data/a.yml:2:5: error[data]: a value with ": " in it needs quotes\n    2 | c: d: e\n      |     ^',
        ),
        (
            "a.toml",
            "b = 1\nb = 2\n",
            "data/a.toml:2:1: error[data]: a key is there twice: keep one of them\n    2 | b = 2\n      | ^^^^^",
        ),
        (
            "a.json",
            '{"b": 1,\n "b": 2}',
            'data/a.json:2:3: error[data]: the key "b" is there twice: keep one of them\n    2 |  "b": 2}\n      |   ^',
        ),
        ("a.json", "{b}", "data/a.json:1:2: error[data]: this is not JSON: expecting property name enclosed in double quotes\n    1 | {b}\n      |  ^"),
        ("a.json", "[" * 100_000, "data/a.json:1:1: error[data]: lists and mappings go 32 levels deep here at most"),
        ("a.yaml", b"\xff", "data/a.yaml:1:1: error[encoding]: byte 0xFF at offset 0 is not UTF-8. Save the file as UTF-8\n    1 | \ufffd\n      | ^"),
        ("a.csv", "b", "data/a.csv: warning[data]: is not read: data files end in .json, .toml, .yaml, .yml"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, name: str, content: str | bytes, problem: str
) -> None:
    assert data(tmp_path, {name: content}) == ({}, [problem])


def test_two_files_of_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    values, problems = data(tmp_path, {"a.json": "1", "a.toml": ""})
    assert values == {"a": 1}
    assert problems == [
        'data/a.toml: error[data]: there are two data files called "a": rename one of them\n    data/a.json'
    ]


def test_data_may_be_larger_than_front_matter(tmp_path: Path) -> None:
    values, problems = data(tmp_path, {"a.yaml": "- x\n" * 50_000})
    assert (len(values["a"]), problems) == (50_000, [])
