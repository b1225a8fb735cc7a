"""The command as a whole: help, version, exit codes, streams."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import sitegen.cli.program as program_module
from sitegen import __version__
from sitegen.cli.program import ENTRIES, program, run
from tests.cli.conftest import REPOSITORY, Sitegen, sitegen_process


def test_sitegen_alone_shows_its_help(sitegen: Sitegen) -> None:
    alone = sitegen()
    assert alone == sitegen("--help")
    assert alone.code == 0
    assert alone.err == ""
    for name in ENTRIES:
        assert re.search(rf"^  {name} +[A-Z].*\.$", alone.out, re.MULTILINE), name


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told(sitegen: Sitegen, option: str) -> None:
    assert sitegen_process(option).stdout == f"sitegen {__version__}\n".encode()
    assert sitegen(option).out == f"sitegen {__version__}\n", "click says the same as the short way"


def test_the_version_imports_nothing_slow() -> None:
    code = "import sys; sys.argv = ['sitegen', '--version']; import sitegen.cli\ntry: sitegen.cli.main()\n"
    code += "finally: print([name for name in sys.modules if name.split('.')[0] in ('click', 'msgspec', 'sitegen')])"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, check=True, text=True
    )
    assert told.stdout.split("\n")[1] == "['sitegen', 'sitegen.cli']"


def test_a_command_is_imported_only_when_it_runs() -> None:
    code = "import sys; from sitegen.cli.program import run; run(['completion', 'zsh'])\n"
    code += "print([name for name in sys.modules if name.startswith('sitegen.') and 'cli' not in name])"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, check=True, text=True
    )
    assert told.stdout.rsplit("\n", 2)[1] == "[]"


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_option_says_what_it_does(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command
    assert command.help
    for option in command.params:
        assert isinstance(option, click.Argument) or getattr(option, "help", None), option.name


def test_the_names_of_other_generators_work() -> None:
    context = click.Context(program)
    build = program.get_command(context, "build")
    assert all(program.get_command(context, alias) is build for alias in ("generate", "g", "b"))


def test_a_mistyped_command_is_wrong_usage_with_a_suggestion(sitegen: Sitegen) -> None:
    outcome = sitegen("biuld")
    assert outcome.code == 2
    assert outcome.err.endswith('Error: there is no command "biuld". Did you mean build?\n')


def test_a_mistyped_option_is_wrong_usage(sitegen: Sitegen) -> None:
    outcome = sitegen("build", "--draft")
    assert outcome.code == 2
    assert "--drafts" in outcome.err


@pytest.mark.parametrize(
    "command", [["build"], ["new", "A"], ["publish", "a"], ["clean"], ["list"], ["config"]]
)
def test_outside_a_project_the_command_says_how_to_begin_one(sitegen: Sitegen, command: list[str]) -> None:
    outcome = sitegen(*command)
    assert outcome.code == 2
    assert outcome.err.endswith(
        "Error: there is no site in this folder and those above: no sitegen.toml, no content/. "
        "Begin one with: sitegen init\n"
    )


def test_a_source_that_is_no_folder_is_wrong_usage(sitegen: Sitegen) -> None:
    outcome = sitegen("config", "--source", "nowhere")
    assert (outcome.code, outcome.err.split("\n")[-2]) == (2, "Error: there is no folder nowhere")


def test_the_project_is_the_nearest_folder_upward_with_settings(
    blog: Path, sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = blog / "content" / "posts" / "deep"
    deep.mkdir()
    monkeypatch.chdir(deep)
    (blog / "sitegen.toml").write_text('title = "Upward"')
    assert sitegen("config", "title").out == "Upward\n"


def test_a_project_without_settings_has_the_defaults(sitegen: Sitegen, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    assert sitegen("config", "per_page").out == "10\n"


def test_problems_end_with_their_number_and_exit_code_1(blog: Path, sitegen: Sitegen) -> None:
    (blog / "sitegen.toml").write_text("per_page = 'x'\ntitel = 'y'\n")
    code, out, err = sitegen("config")
    assert (code, out) == (1, "")
    assert err == (
        'sitegen.toml:1:12: error[settings]: per_page must be a whole number of 0 or more, not "x"\n'
        "    1 | per_page = 'x'\n"
        "      |            ^^^\n"
        'sitegen.toml:2:1: error[settings]: there is no setting "titel". Did you mean title?\n'
        "    2 | titel = 'y'\n"
        "      | ^^^^^\n"
        "2 problems.\n"
    )


def test_a_command_that_would_have_written_says_that_it_did_not(blog: Path, sitegen: Sitegen) -> None:
    (blog / "sitegen.toml").write_text("per_page = 'x'\n")
    assert sitegen("new", "A").err.endswith("\nNothing was written. 1 problem.\n")


def test_the_problems_are_in_the_json_document(blog: Path, sitegen: Sitegen) -> None:
    (blog / "sitegen.toml").write_text("title = '我'\nper_page = 'x'\n")
    outcome = sitegen("new", "A", "--json")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.json == {
        "ok": False,
        "problems": [
            {
                "code": "settings",
                "message": 'per_page must be a whole number of 0 or more, not "x"',
                "path": "sitegen.toml",
                "line": 2,
                "column": 12,
                "length": 3,
                "source": "per_page = 'x'",
                "notes": [],
                "severity": "error",
            }
        ],
    }


def failing(error: BaseException) -> click.Command:
    @click.command
    def command() -> None:
        raise error

    return command


def test_an_interrupt_is_no_traceback(sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "program", failing(KeyboardInterrupt()))
    outcome = sitegen()
    assert (outcome.code, outcome.err.strip()) == (130, "Interrupted.")


def test_what_the_system_refuses_is_no_traceback(sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        program_module, "program", failing(OSError(28, "No space left on device", "a/b.html"))
    )
    assert sitegen() == (1, "", "error[system]: No space left on device: a/b.html\n")


def test_a_bug_shows_its_traceback_and_asks_for_a_report(
    sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_module, "program", failing(ZeroDivisionError("oh")))
    outcome = sitegen()
    assert outcome.code == 70
    assert outcome.err.startswith("Traceback (most recent call last):\n")
    assert outcome.err.endswith(
        "ZeroDivisionError: oh\n"
        f"This is a bug in sitegen {__version__}. Please report it with the lines above.\n"
    )


def test_a_reader_that_leaves_early_sees_no_traceback(blog: Path) -> None:
    (blog / "sitegen.toml").write_text("[params]\n" + "".join(f"key{n} = 'x'\n" for n in range(9000)))
    told = subprocess.run(
        f"'{sys.executable}' -m sitegen config | head -1",
        shell=True,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert (told.stdout, told.stderr) == ('title = "My blog"\n', "")


ASCII_ONLY = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}


@pytest.mark.parametrize(
    ("environment", "printed"),
    [
        (ASCII_ONLY, "我的博客 🙂\n".encode()),
        ({"PYTHONIOENCODING": "gbk"}, "我的博客 ".encode("gbk") + b"\\U0001f642\n"),
        ({"PYTHONIOENCODING": "latin-1"}, rb"\u6211\u7684\u535a\u5ba2 \U0001f642" + b"\n"),
    ],
    ids=["C", "GBK", "Latin-1"],
)
def test_a_terminal_that_lacks_a_character_gets_an_escape(
    blog: Path, environment: dict[str, str], printed: bytes
) -> None:
    (blog / "sitegen.toml").write_text('title = "我的博客 🙂"', encoding="utf-8")
    told = sitegen_process("config", "title", **environment)
    assert (told.returncode, told.stdout) == (0, printed)


def test_json_is_utf_8_whatever_the_terminal_has(blog: Path) -> None:
    (blog / "sitegen.toml").write_text('title = "我的博客"', encoding="utf-8")
    told = sitegen_process("config", "title", "--json", **ASCII_ONLY)
    assert told.stdout.decode() == '"我的博客"\n'


def test_a_problem_with_chinese_is_printed_where_the_terminal_has_none(blog: Path) -> None:
    (blog / "sitegen.toml").write_text('标题 = "我"', encoding="utf-8")
    told = sitegen_process("build", **ASCII_ONLY)
    assert told.returncode == 1
    assert told.stderr.startswith(b"sitegen.toml:1:1: error[toml]:")


def test_text_cannot_command_the_terminal(blog: Path, sitegen: Sitegen) -> None:
    (blog / "sitegen.toml").write_text('[params]\nx = "\\u001b[31mred"')
    assert sitegen("config", "params.x").out == "\\x1b[31mred\n"


@pytest.mark.parametrize("epoch", ["soon", "1e9", "99999999999999999999"])
def test_a_source_date_epoch_that_is_no_number_is_wrong_usage(
    blog: Path, sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    outcome = sitegen("new", "A")
    assert outcome.code == 2
    assert f'SOURCE_DATE_EPOCH must be a number of seconds since 1970, not "{epoch}"' in outcome.err


@pytest.mark.parametrize(
    ("shell", "sign"), [("bash", "complete -o"), ("zsh", "#compdef sitegen"), ("fish", "complete")]
)
def test_shells_learn_to_complete(sitegen: Sitegen, shell: str, sign: str) -> None:
    outcome = sitegen("completion", shell)
    assert outcome.code == 0
    assert sign in outcome.out
    assert "_SITEGEN_COMPLETE" in outcome.out


def test_completion_knows_commands_and_options() -> None:
    told = sitegen_process(_SITEGEN_COMPLETE="bash_complete", COMP_WORDS="sitegen c", COMP_CWORD="1")
    assert told.stdout.decode().split() == ["plain,clean", "plain,config", "plain,completion"]
    told = sitegen_process(_SITEGEN_COMPLETE="bash_complete", COMP_WORDS="sitegen build --fu", COMP_CWORD="2")
    assert told.stdout.decode().split() == ["plain,--future"]


def test_running_twice_in_one_process_leaves_nothing_behind(capsys: pytest.CaptureFixture[str]) -> None:
    assert (run(["--version"]), run(["--version"])) == (0, 0)
    assert capsys.readouterr().out == f"sitegen {__version__}\n" * 2
