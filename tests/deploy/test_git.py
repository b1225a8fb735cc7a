"""What only a git branch has: a history that others write too, and a user with a repository of his own."""

from __future__ import annotations

import os
import random
import stat
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sitegen.config import GitTarget
from sitegen.deploy.git import GitRemote
from sitegen.deploy.manifest import Manifest
from sitegen.deploy.target import Surroundings
from sitegen.errors import GuardError, SitegenError
from tests.conftest import tree
from tests.deploy.places.git import IDENTITY, GitPlace, folder, git
from tests.deploy.sites import ADDRESS, NOW, Deployer, Files, blog, dangling, make_site

TURNS = int(os.environ.get("SITEGEN_SOAK_DEPLOYS", "15"))


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    return GitPlace(tmp_path / "place")


class Rival(GitRemote):
    """A remote to which somebody else pushes just before we do."""

    pushes: Callable[[], None]

    def commit(self, manifest: Manifest) -> None:
        self.pushes()
        super().commit(manifest)


def rival(place: GitPlace, pushes: Callable[[], None]) -> Rival:
    surroundings = Surroundings(
        project=place.project, environment=dict(place.environment), home=None, now=NOW
    )
    remote = Rival(GitTarget(repository=place.url), surroundings, ADDRESS)
    remote.pushes = pushes
    return remote


def once(*actions: Callable[[], None]) -> Callable[[], None]:
    """Does one of the actions at each call, then nothing any more."""
    left = list(actions)

    def act() -> None:
        if left:
            left.pop(0)()

    return act


def history(place: GitPlace) -> list[str]:
    """Every commit of the branch, newest first."""
    return git(place.repository, "rev-list", place.branch).decode().split()


def test_every_deploy_is_a_commit_on_top_of_the_one_before(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    for posts in (1, 2, 3):
        deploy(place.remote(), make_site(tmp_path / str(posts), blog(posts)))
    assert len(history(place)) == 3
    log = git(place.repository, "log", "--format=%an <%ae> %s", "-1", place.branch).decode()
    assert log == "Lin <lin@example.org> Deploy the site: 2 new, 3 changed\n"
    deploy(place.remote(), make_site(tmp_path / "3", blog(3)))
    assert len(history(place)) == 3, "an identical site makes no commit"


def test_history_rivals_and_the_work_of_others_survive_any_number_of_deploys(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    chance = random.Random(20)
    others: dict[str, bytes] = {}
    seen: list[str] = []

    def by_hand() -> None:
        path = f"hand/{chance.randint(0, 9)}.txt"
        others[path] = b"%d" % chance.randint(0, 10**6)
        place.tamper(path, others[path])

    def rival_deploy() -> None:
        version = chance.randint(1, 3)
        other = make_site(tmp_path / "rival", blog(chance.randint(1, 5), version))
        own, place.project = place.project, tmp_path / "project of the rival"
        place.project.mkdir(exist_ok=True)
        Deployer()(place.remote(), other)
        place.project = own

    for turn in range(TURNS):
        if chance.random() < 0.3:
            by_hand()
        files = {**blog(chance.randint(1, 6), chance.randint(1, 3)), "turn.txt": str(turn)}
        rivals = [by_hand, rival_deploy][: chance.randint(0, 2)]
        deploy(rival(place, once(*rivals)), make_site(tmp_path / "ours", files))
        visible = place.visible()
        assert {path: visible[path] for path in others} == others
        assert {path: visible[path] for path in files} == {
            path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()
        }
        assert not dangling(visible)
        assert set(seen) <= set(history(place)), "no history is lost"
        seen = history(place)
    assert len(seen) >= TURNS
    git(place.repository, "fsck", "--strict", "--no-dangling")


def test_the_users_own_repository_is_not_touched(tmp_path: Path, deploy: Deployer) -> None:
    place = GitPlace(tmp_path / "place")
    project, repository = place.project, place.project / ".git"
    run = ["git", "-C", str(project), "-c", "init.defaultBranch=main"]

    def user(*arguments: str) -> bytes:
        return subprocess.run(
            [*run, *arguments], check=True, capture_output=True, env=place.environment
        ).stdout

    user("init", "-q")
    (project / ".gitignore").write_text(".sitegen/\n")
    for name in ("one", "two", "three"):
        (project / name).write_text(name)
        user("add", name, ".gitignore")
        user("commit", "-qm", name)
    (project / "one").write_text("stashed")
    user("stash", "-q")
    (project / "two").write_text("staged")
    user("add", "two")
    (project / "three").write_text("edited")
    (project / "new").write_text("untracked")
    ran = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for folder_of_hooks in (hooks, repository / "hooks"):
        # Those that receive a push are, in a repository on the same disk, the business of that repository.
        sending = ("pre-push", "pre-commit", "post-commit")
        for name in sending if folder_of_hooks == hooks else (*sending, "reference-transaction"):
            hook = folder_of_hooks / name
            hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
            hook.chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[core]\n\thooksPath = {hooks}\n\tautocrlf = true\n[commit]\n\tgpgSign = true\n[push]\n\tfollowTags = true\n"
    )
    place.environment |= {"GIT_CONFIG_GLOBAL": str(settings), "GIT_INDEX_FILE": str(repository / "index")}
    status = user("status", "--porcelain=v2", "--branch", "--show-stash")
    before = tree(repository)
    deploy(place.remote(), make_site(tmp_path / "1", {**blog(2), "crlf.txt": "a\r\nb\n"}))
    deploy(place.remote(), make_site(tmp_path / "2", blog(3)))
    assert tree(repository) == before
    assert user("status", "--porcelain=v2", "--branch", "--show-stash") == status
    assert not ran.exists()
    first = git(place.repository, "show", f"{place.branch}~:crlf.txt")
    assert first == b"a\r\nb\n", "bytes are sent as they are"


def test_the_branch_may_hold_the_site_in_a_folder(tmp_path: Path, deploy: Deployer) -> None:
    with folder(tmp_path / "place") as place:
        git(place.repository, "fast-import", "--quiet", content=_commit("README", b"about"))
        deploy(place.remote(), make_site(tmp_path / "1", blog(2)))
        deploy(place.remote(), make_site(tmp_path / "2", blog(1)))
        names = git(place.repository, "ls-tree", "-r", "--name-only", place.branch).decode().split()
        assert "README" in names
        assert {name for name in names if not name.startswith("docs/")} == {"README"}
        assert blog(1).keys() <= place.visible().keys()


def _commit(path: str, content: bytes) -> bytes:
    return (
        b"commit refs/heads/gh-pages\ncommitter H <h@h> 1 +0000\ndata 1\nx\n"
        b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)
    )


def test_squash_leaves_one_commit_with_the_files_of_others_in_it(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(place.remote(), make_site(tmp_path / "1", blog(2)))
    place.tamper("CNAME", b"blog.example.org")
    deploy(place.remote(squash=True), make_site(tmp_path / "2", blog(3)))
    assert len(history(place)) == 1
    visible = place.visible()
    assert visible["CNAME"] == b"blog.example.org"
    assert not dangling(visible)
    deploy(place.remote(), make_site(tmp_path / "3", blog(4)))
    assert len(history(place)) == 2


def test_squash_does_not_drop_what_a_rival_pushed_meanwhile(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(place.remote(), make_site(tmp_path / "1", blog(2)))
    remote = rival(place, once(lambda: place.tamper("theirs.txt", b"1")))
    remote._squash = True
    deploy(remote, make_site(tmp_path / "2", blog(3)))
    assert place.visible()["theirs.txt"] == b"1"
    assert len(history(place)) == 1


def _with_cname(place: GitPlace, address: str) -> GitRemote:
    surroundings = Surroundings(
        project=place.project, environment=dict(place.environment), home=None, now=NOW
    )
    return GitRemote(GitTarget(repository=place.url, cname=True), surroundings, address)


def test_cname_is_made_from_the_address_when_asked_for(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(_with_cname(place, ADDRESS), make_site(tmp_path / "1", blog(1)))
    assert place.visible()["CNAME"] == b"blog.example.org\n"
    assert place.visible()[".nojekyll"] == b""
    deploy(_with_cname(place, ADDRESS), make_site(tmp_path / "2", {**blog(1), "CNAME": "other.example.org"}))
    assert place.visible()["CNAME"] == b"other.example.org", "a file of the site's own comes first"


def test_a_cname_of_another_domain_is_not_replaced(place: GitPlace, deploy: Deployer, tmp_path: Path) -> None:
    place.tamper("CNAME", b"shop.example.org\n")
    with pytest.raises(GuardError, match="in the way"):
        deploy(_with_cname(place, ADDRESS), make_site(tmp_path / "1", blog(1)))
    assert place.visible() == {"CNAME": b"shop.example.org\n"}


def test_a_rollback_is_a_new_commit_with_the_old_tree(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    trees = []
    for posts in (1, 2):
        deploy(place.remote(), make_site(tmp_path / str(posts), blog(posts)))
        trees.append(git(place.repository, "rev-parse", f"{place.branch}^{{tree}}"))
    (place.project / ".sitegen").rename(tmp_path / "lost")  # as in a checkout on another machine
    with place.remote() as remote:
        releases = remote.releases()
        remote.roll_back(releases[-1].name)
    assert git(place.repository, "rev-parse", f"{place.branch}^{{tree}}") == trees[0]
    assert len(history(place)) == 3
    with place.remote() as remote:
        after = remote.releases()
    assert [(release.name, release.is_current) for release in after] == [
        (releases[0].name, False),
        (releases[1].name, True),
    ]


def test_a_push_that_the_other_side_declines_is_told_in_its_words(
    place: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    hook = place.repository / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'the disk quota of lin is used up' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SitegenError) as failure:
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert "cannot push to the branch: the host declines it, in the words below" in str(failure.value)
    assert "the disk quota of lin is used up" in str(failure.value)
    assert place.tip() == ""


def test_a_repository_that_is_not_there_is_an_error_with_a_remedy(tmp_path: Path, deploy: Deployer) -> None:
    place = GitPlace(tmp_path / "place")
    place.url = str(tmp_path / "nowhere")
    with pytest.raises(SitegenError, match="cannot fetch the branch: there is no git repository"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


def test_without_git_the_message_says_what_to_install(tmp_path: Path, deploy: Deployer) -> None:
    place = GitPlace(tmp_path / "place")
    place.environment["PATH"] = str(tmp_path)
    with pytest.raises(SitegenError, match=r"the program git is not there\. Install git"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


FAILING_GIT = """#!/bin/sh
n=1; while ! mkdir "$COUNT/$n" 2>/dev/null; do n=$((n + 1)); done
if [ $n = "$FAILS_AT" ] && [ "$WHEN" = before ]; then echo "fatal: the line went dead" >&2; exit 128; fi
"$GIT" "$@"; code=$?
if [ $n = "$FAILS_AT" ]; then echo "fatal: the line went dead" >&2; exit 128; fi
exit $code
"""


def test_whichever_call_of_git_fails_the_branch_is_old_or_new_and_the_next_deploy_finishes(
    tmp_path: Path, deploy: Deployer
) -> None:
    import shutil

    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text(FAILING_GIT)
    (programs / "git").chmod(0o755)
    files: Files = blog(3, version=2)
    failed = 0
    for fails_at in range(1, 40, 2 if TURNS < 100 else 1):
        place = GitPlace(tmp_path / f"place-{fails_at}")
        deploy(place.remote(), make_site(tmp_path / "1", blog(2)))
        before = place.visible()
        honest = dict(place.environment)
        count = tmp_path / f"calls-{fails_at}"
        count.mkdir()
        place.environment |= {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "GIT": shutil.which("git") or "",
            "COUNT": str(count),
            "FAILS_AT": str(fails_at),
            "WHEN": "before" if fails_at % 4 < 2 else "after",
        }
        second = make_site(tmp_path / "2", files)
        problem = _failure(partial(deploy, place.remote(), second))
        if problem:
            failed += 1
            assert "the line went dead" in problem
            assert place.visible() == before or files.keys() <= place.visible().keys()
        place.environment = honest
        deploy(place.remote(), make_site(tmp_path / "2", files))
        assert files.keys() <= place.visible().keys()
        git(place.repository, "fsck", "--strict", "--no-dangling")
        if len(list(count.iterdir())) < fails_at:
            break
    assert failed >= 4


def _failure(action: Callable[[], object]) -> str | None:
    try:
        action()
    except SitegenError as error:
        return str(error)
    return None


def test_no_secret_is_in_the_repository_in_a_message_or_in_an_argument(
    tmp_path: Path, deploy: Deployer
) -> None:
    canary = "c4n4ry-Z9"
    place = GitPlace(tmp_path / "place")
    seen = tmp_path / "arguments"
    spy = tmp_path / "programs" / "git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@" >> {seen}\nPATH=${{PATH#*:}} exec git "$@"\n')
    spy.chmod(spy.stat().st_mode | stat.S_IXUSR)
    place.environment |= {
        "PATH": f"{spy.parent}:{os.environ['PATH']}",
        "GIT_PASSWORD": canary,
        "TOKEN": canary,
    }
    outcome = deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert canary not in repr(outcome)
    assert canary not in seen.read_text()
    for path, content in {**tree(place.repository), **tree(place.project), **place.visible()}.items():
        assert canary.encode() not in content, path
    place.url = f"https://{canary}@127.0.0.1:9/blog.git"
    with pytest.raises(SitegenError) as failure:
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert canary not in str(failure.value)
    assert canary not in place.remote().shown


def test_the_user_of_the_environment_is_not_needed(tmp_path: Path, deploy: Deployer) -> None:
    place = GitPlace(tmp_path / "place")
    for name in IDENTITY:
        if not name.startswith("GIT_CONFIG"):
            del place.environment[name]
    place.environment |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.useConfigOnly",
        "GIT_CONFIG_VALUE_0": "true",
    }
    deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert git(place.repository, "log", "--format=%an", place.branch) == b"sitegen\n"
