"""How problems are told."""

from __future__ import annotations

from sitegen.errors import Problem, condensed


def problems(message: str, count: int, line: int | None = None) -> list[Problem]:
    return [
        Problem(code="address", message=message, path=f"{number}.md", line=line) for number in range(count)
    ]


def test_what_is_said_of_many_files_is_shown_of_three() -> None:
    shown = list(condensed([*problems("no month", 10), *problems("no year", 1)]))
    assert [problem.path for problem in shown] == ["0.md", "1.md", "2.md", "0.md"]
    assert [problem.notes for problem in shown] == [(), (), ("and in 7 other files; -v names them",), ()]


def test_one_file_beyond_three_is_counted() -> None:
    assert list(condensed(problems("no month", 4)))[2].notes == ("and in 1 other file; -v names them",)


def test_up_to_three_are_shown_as_they_are() -> None:
    assert list(condensed(problems("no month", 3))) == problems("no month", 3)


def test_what_has_a_line_is_shown_wherever_it_stands() -> None:
    assert list(condensed(problems("no such picture", 9, line=4))) == problems("no such picture", 9, line=4)
