"""`sitegen deploy` as its users type it."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Sitegen, sitegen_process
from tests.deploy.places.s3 import shared_moto
from tests.deploy.servers.http import DEADLINE, Fault
from tests.deploy.servers.object_store import object_store

LOCAL = '[deploy.production]\ntarget = "local"\nfolder = "../www"\n'


@pytest.fixture
def online(blog: Path, tmp_path: Path) -> Path:
    """A blog that is to live in a folder; the folder that visitors see."""
    settings = (blog / "sitegen.toml").read_text()
    address = 'base_url = "https://blog.example.org/"\n'
    lines = [line for line in settings.splitlines() if "base_url =" not in line]
    (blog / "sitegen.toml").write_text(address + "\n".join(lines) + "\n" + LOCAL)
    return tmp_path / "www" / "current"


def write(title: str) -> None:
    Path(f"content/posts/{title}.md").write_text(f"---\ntitle: {title}\ndate: 2025-05-08\n---\nText.\n")


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_deploy_builds_and_puts_the_site_where_it_lives(sitegen: Sitegen, online: Path) -> None:
    outcome = sitegen("deploy")
    assert outcome.code == 0, outcome.err
    assert "pages written" in outcome.out
    assert "production (" in outcome.out
    assert "Deployed to production: 2" in outcome.out
    built = files(Path("output")) - {".sitegen-files"}
    assert files(online.resolve()) == built | {".sitegen-manifest.json"}


def test_a_second_deploy_sends_what_changed_and_a_third_nothing(sitegen: Sitegen, online: Path) -> None:
    sitegen("deploy", "--quiet")
    write("second")
    second = sitegen("deploy", "-v", "production")
    assert second.out.count("    add     2025/05/08/second/index.html\n") == 1, "a step is told once"
    assert "    change  index.html\n" in second.out
    third = sitegen("deploy")
    assert third.code == 0
    assert third.out.splitlines()[-1].startswith("production is up to date: ")


def test_a_plan_says_what_a_deploy_then_does(sitegen: Sitegen, online: Path) -> None:
    sitegen("deploy", "--quiet")
    write("second")
    plan = sitegen("deploy", "plan", "--json").json
    assert not (online / "2025").exists(), "a plan sends nothing"
    done = sitegen("deploy", "--json").json
    assert done["done"]
    assert plan["steps"] == done["steps"]
    assert plan["steps"][0] == {
        "action": "add",
        "path": "2025/05/08/second/index.html",
        "kind": "page",
        "size": Path("output/2025/05/08/second/index.html").stat().st_size,
    }
    assert sitegen("deploy", "plan", "--json").json["steps"] == []


def test_the_site_can_be_rolled_back_and_its_releases_listed(
    sitegen: Sitegen, online: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitegen("deploy", "--message", "first")
    first = files(online.resolve())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225700")
    write("second")
    sitegen("deploy", "--message", "second")
    listed = sitegen("deploy", "list").out.splitlines()
    assert [(line[0], line.split()[-1]) for line in listed] == [("*", "second"), (" ", "first")]
    back = sitegen("deploy", "rollback")
    assert back.code == 0
    assert files(online.resolve()) == first
    status = sitegen("deploy", "status", "--json").json
    assert status["message"] == "first"
    name = listed[0].split()[1]
    assert (
        sitegen("deploy", "rollback", name, "--target", "production").out
        == f"Rolled production back to {name}\n"
    )
    missing = sitegen("deploy", "rollback", "20200101-000000-00000000")
    assert missing.code == 1
    assert "has no release 20200101-000000-00000000 to go back to" in missing.err


def test_a_folder_without_releases_says_how_to_get_some(sitegen: Sitegen, online: Path) -> None:
    with Path("sitegen.toml").open("a") as settings:
        settings.write("releases = false\n")
    sitegen("deploy")
    for words in ((), ("20200101-000000-00000000",)):
        outcome = sitegen("deploy", "rollback", *words)
        assert outcome.code == 1
        assert "With releases = true in sitegen.toml, each deploy makes a release of its own" in outcome.err


def test_a_status_tells_what_others_changed(sitegen: Sitegen, online: Path) -> None:
    assert "Nothing was deployed to production yet" in sitegen("deploy", "status").out
    sitegen("deploy")
    assert sitegen("deploy", "status", "--rehash").code == 0
    (online / "404.html").write_text("defaced")
    status = sitegen("deploy", "status", "--rehash")
    assert status.code == 1
    assert "changed by somebody else: 404.html" in status.out
    assert "    change  404.html\n" in sitegen("deploy", "--rehash").out
    assert sitegen("deploy", "status", "--rehash").code == 0


def refused(outcome: Outcome) -> str:
    assert outcome.code == 3, (outcome.out, outcome.err)
    assert "Nothing was deployed. 1 problem." in outcome.err
    return outcome.err


def test_the_address_of_this_machine_is_refused(sitegen: Sitegen, blog: Path) -> None:
    with (blog / "sitegen.toml").open("a") as settings:
        settings.write(LOCAL)
    assert "error[localhost]: base_url is http://localhost:4000/" in refused(sitegen("deploy"))
    assert not (blog.parent / "www").exists()
    assert sitegen("deploy", "--allow-localhost").code == 0


def test_without_a_build_what_is_deployed_must_be_up_to_date(sitegen: Sitegen, online: Path) -> None:
    assert "it is not known what is in output/" in refused(sitegen("deploy", "--no-build"))
    sitegen("build")
    assert sitegen("deploy", "--no-build").code == 0
    write("second")
    assert "is not what a build would write now" in refused(sitegen("deploy", "--no-build"))


def test_drafts_are_not_deployed(sitegen: Sitegen, online: Path) -> None:
    sitegen("new", "--draft", "Secret")
    sitegen("build", "--drafts")
    assert "error[draft]: this draft is in output/" in refused(sitegen("deploy", "--no-build"))
    sitegen("deploy")
    assert not [path for path in files(online.resolve()) if "ecret" in path]


def test_many_deletions_have_to_be_allowed(sitegen: Sitegen, online: Path) -> None:
    for name in ("a", "b", "c", "d"):
        write(name)
    sitegen("deploy")
    for name in ("a", "b", "c", "d"):
        Path(f"content/posts/{name}.md").unlink()
    outcome = sitegen("deploy")
    assert "would vanish" in refused(outcome)
    count = outcome.err.partition("--allow-deletes ")[2].split()[0]
    assert sitegen("deploy", "--allow-deletes", count).code == 0


def test_a_site_with_errors_is_not_deployed(sitegen: Sitegen, online: Path) -> None:
    Path("content/posts/bad.md").write_text("---\ndate: 2025-13-01\n---\n")
    outcome = sitegen("deploy")
    assert outcome.code == 1
    assert "Nothing was deployed." in outcome.err
    assert not online.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere",), 'there is no target "nowhere".'),
        (("produktion",), "Did you mean production?"),
        (("production", "staging"), "one name too many: staging"),
        (("--squash",), "--squash is for git targets"),
    ],
)
def test_wrong_words_are_told(sitegen: Sitegen, online: Path, words: tuple[str, ...], message: str) -> None:
    outcome = sitegen("deploy", *words)
    assert outcome.code in (1, 2)
    assert message in outcome.err


def test_several_targets_have_to_be_told_apart(sitegen: Sitegen, online: Path) -> None:
    with Path("sitegen.toml").open("a") as settings:
        settings.write('[deploy.staging]\ntarget = "local"\nfolder = "../staging"\n')
    outcome = sitegen("deploy")
    assert outcome.code == 2
    assert "name one of them: production, staging" in outcome.err
    assert sitegen("deploy", "staging").code == 0
    assert Path("../staging/current/index.html").exists()


def test_without_a_target_the_message_says_where_to_describe_one(sitegen: Sitegen, blog: Path) -> None:
    outcome = sitegen("deploy")
    assert outcome.code == 2
    assert "[deploy.production]" in outcome.err


def test_a_terminal_is_asked_and_a_no_changes_nothing(online: Path) -> None:
    script = ["script", "-qec", f"{_python()} -m sitegen deploy", "/dev/null"]
    for answer, exists in ((b"n\n", False), (b"y\n", True)):
        subprocess.run(script, input=answer, capture_output=True, check=False, timeout=60, env=_environment())
        assert online.exists() is exists


def test_who_is_asked_is_shown_what_even_if_quiet(online: Path) -> None:
    script = ["script", "-qec", f"{_python()} -m sitegen deploy -q", "/dev/null"]
    done = subprocess.run(
        script, input=b"n\n", capture_output=True, check=False, timeout=60, env=_environment()
    )
    assert b"0 deleted, 0 unchanged" in done.stdout.partition(b"Deploy?")[0]
    assert not online.exists()


@pytest.mark.parametrize("busy_from", [0, 5], ids=["before anything is sent", "among the files"])
def test_ctrl_c_ends_a_deploy_that_a_store_keeps_waiting(online: Path, busy_from: int) -> None:
    with object_store(shared_moto(), f"busy-from-{busy_from}") as store:
        settings = Path("sitegen.toml").read_text().replace(LOCAL, "")
        place = (
            f'bucket = "s3://{store.bucket}"\nendpoint = "{store.server.address}"\npatience_seconds = 600\n'
        )
        Path("sitegen.toml").write_text(f'{settings}[deploy.production]\ntarget = "s3"\n{place}')
        store.server.fail(Fault.BUSY, at=busy_from)
        command = [_python(), "-m", "sitegen", "deploy", "--yes"]
        with subprocess.Popen(command, env={**_environment(), **store.environment}) as process:
            deadline = time.monotonic() + DEADLINE
            while len(store.server.requests) <= busy_from:
                assert time.monotonic() < deadline, "the store is asked"
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(DEADLINE) == 130
            finally:
                process.kill()


def _python() -> str:
    import sys

    return sys.executable


def _environment() -> dict[str, str]:
    import os

    from tests.cli.conftest import REPOSITORY

    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def test_a_build_imports_nothing_of_deploys(blog: Path) -> None:
    import sys

    code = (
        "from sitegen.cli.program import run\nimport sys\nrun(['build', '-q'])\n"
        "print([name for name in sys.modules if name.startswith('sitegen.deploy')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment()
    )
    assert done.stdout == "[]\n"


def test_the_real_command_deploys_to_a_branch(online: Path, tmp_path: Path) -> None:
    repository = tmp_path / "pages.git"
    subprocess.run(["git", "init", "-q", "--bare", repository], check=True)
    settings = Path("sitegen.toml").read_text().replace(LOCAL, "")
    Path("sitegen.toml").write_text(
        f'{settings}[deploy.pages]\ntarget = "git"\nrepository = "{repository}"\ncname = true\n'
    )
    done = sitegen_process("deploy", "-m", "The first release")
    assert done.returncode == 0, done.stderr
    log = subprocess.run(
        ["git", "--git-dir", repository, "log", "--format=%s", "gh-pages"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert log.stdout == "The first release\n"
    assert b"The first release" in sitegen_process("deploy", "list").stdout
