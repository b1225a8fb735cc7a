"""What authors call a language, and how the page calls it."""

from __future__ import annotations

import pytest

from sitegen.render.highlight import display_name, find_language
from sitegen.render.highlight.languages import FURTHER_ALIASES, PLAIN_NAMES


@pytest.mark.parametrize(
    ("name", "alias", "shown"),
    [
        ("python", "python", "Python"),
        ("py3", "python", "Python"),
        ("c++", "cpp", "C++"),
        ("C#", "csharp", "C#"),
        ("golang", "go", "Go"),
        ("JS", "javascript", "JavaScript"),
        ("tsx", "tsx", "TSX"),
        ("jsonc", "json", "JSON with comments"),
        ("sh", "bash", "Shell"),
        ("shell", "bash", "Shell"),
        ("bash", "bash", "Bash"),
        ("yml", "yaml", "YAML"),
        ("objc", "objective-c", "Objective-C"),
        ("vue", "html", "Vue"),
        ("ejs", "html", "EJS"),
        ("docker", "docker", "Dockerfile"),
        ("vim", "vim", "Vim script"),
        ("patch", "diff", "Diff"),
        ("kt", "kotlin", "Kotlin"),
    ],
)
def test_a_language_by_the_names_that_authors_use(name: str, alias: str, shown: str) -> None:
    language = find_language(name)
    assert language is not None
    assert (language.alias, language.name, display_name(name)) == (alias, shown, shown)


@pytest.mark.parametrize("name", ["plain", "plaintext", "Text", "txt", "none", "nohighlight", ""])
def test_plain_text_is_no_language(name: str) -> None:
    assert find_language(name) is None
    assert display_name(name) == ""


def test_an_unknown_language_is_never_guessed_and_shown_as_typed() -> None:
    assert find_language("mermaidd") is None
    assert display_name("Brainfog") == "Brainfog"
    assert display_name("mermaid") == "Mermaid"


def test_every_further_alias_leads_to_a_language_and_is_new() -> None:
    for name, target in FURTHER_ALIASES.items():
        assert find_language(target) is not None, target
        assert target not in FURTHER_ALIASES, target
        assert find_language(name) is not None
    assert not PLAIN_NAMES & FURTHER_ALIASES.keys()
