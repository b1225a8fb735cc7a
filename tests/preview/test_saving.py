"""Every way in which editors save: no edit is missed, and no stale page is shown, not even by the next request."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Project

from .conftest import HELLO, HELLO_URL, Running, eventually, running

EDITS = int(os.environ.get("SITEGEN_SOAK_STEPS", "8"))
"""How often each way is used; 1,000 in the long form."""

Save = Callable[[Path, str], None]


def in_place(path: Path, text: str) -> None:
    """Overwrites and then cuts off what is left, as some editors do to keep a file's links."""
    with path.open("r+") as file:
        file.write(text)
        file.truncate()


def truncate_and_write(path: Path, text: str) -> None:
    """VS Code, nano, a shell."""
    path.write_text(text)


def rename_over(path: Path, text: str) -> None:
    """Emacs with atomic saving, JetBrains, gedit."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    beside.replace(path)


def backup_and_rename(path: Path, text: str) -> None:
    """Vim: a test file, the old file out of the way as a backup, a new one, no backup."""
    probe = path.with_name("4913")
    probe.touch()
    probe.unlink()
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def delete_and_create(path: Path, text: str) -> None:
    """Some synchronisers."""
    path.unlink()
    path.write_text(text)


def move_in(path: Path, text: str) -> None:
    """From a folder that is not watched."""
    beside = path.parents[2].with_name("beside.md")
    beside.write_text(text)
    os.replace(beside, path)


def keep_the_time(path: Path, text: str) -> None:
    """Programs that restore the time of modification; the size stays the same as well."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def byte_by_byte(path: Path, text: str) -> None:
    """A slow disk."""
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(text), 16):
            file.write(text[start : start + 16].encode())


WAYS = (
    in_place,
    truncate_and_write,
    rename_over,
    backup_and_rename,
    delete_and_create,
    move_in,
    keep_the_time,
    byte_by_byte,
)


def post(words: str) -> str:
    return f"---\ntitle: Hello {words}\ndate: 2024-05-08\ntags: [greetings]\n---\nThe words are {words}.\n"


@pytest.mark.parametrize("save", WAYS, ids=lambda way: way.__name__)
def test_the_request_after_a_save_gets_what_was_saved(blog: Project, preview: Running, save: Save) -> None:
    """Body, title in its own page, in its neighbour, on the first page and under its tag."""
    for number in range(EDITS):
        words = f"number {number:04}"
        save(blog.root / HELLO, post(words))
        assert f"The words are {words}." in preview.page(HELLO_URL)
        if number % 4 == 0:
            for address in ("/", "/tags/greetings/", "/2024/05/09/world/"):
                assert f"Hello {words}" in preview.page(address), address


@pytest.mark.parametrize("save", WAYS, ids=lambda way: way.__name__)
def test_an_open_page_is_told_of_a_save(blog: Project, preview: Running, save: Save) -> None:
    digest = preview.page(HELLO_URL).partition('data-digest="')[2][:32]
    with preview.events(HELLO_URL, digest) as stream:
        assert stream.next()["page"] == "same"
        save(blog.root / HELLO, post("told"))
        update = stream.until(lambda update: update["page"] == "changed")
        text = eventually(lambda: text if "The words are told." in (text := preview.page(HELLO_URL)) else "")
        if update["digest"] not in text:  # it was told of a file that was only half there, and then again
            assert stream.until(lambda update: update["digest"] in text)


def test_the_same_content_is_no_change(blog: Project, preview: Running) -> None:
    digest = preview.page(HELLO_URL).partition('data-digest="')[2][:32]
    text = (blog.root / HELLO).read_text()
    with preview.events(HELLO_URL, digest) as stream:
        assert stream.next()["page"] == "same"
        looks = len(preview.diary.looks)
        rename_over(blog.root / HELLO, text)
        (blog.root / HELLO).touch()
        eventually(lambda: len(preview.diary.looks) > looks)
        preview.page("/")
        assert [look.refresh.changed for look in preview.diary.looks[looks:] if look.refresh.changed] == []
        truncate_and_write(blog.root / HELLO, post("news"))
        assert stream.next()["page"] == "changed"


def test_a_file_saved_without_a_pause_comes_to_rest(blog: Project, preview: Running) -> None:
    for number in range(100):
        truncate_and_write(blog.root / HELLO, post(f"burst {number}"))
    assert "burst 99." in preview.page(HELLO_URL)
    eventually(lambda: not preview.server._keeper._has_news.is_set())
    assert "burst 99." in preview.page(HELLO_URL)


def test_posts_come_go_and_move(blog: Project, preview: Running) -> None:
    new = blog.root / "content/posts/deep/down/new.md"
    new.parent.mkdir(parents=True)
    new.write_text("---\ntitle: New\ndate: 2024-05-10\n---\nNew words.\n")
    assert "New words." in preview.page("/2024/05/10/new/")
    assert "New" in preview.page("/")
    new.write_text("---\ntitle: New\ndate: 2024-05-10\n---\nOther words.\n")
    assert "Other words." in preview.page("/2024/05/10/new/")
    (blog.root / "content/posts/deep").rename(blog.root / "content/posts/moved")
    moved = blog.root / "content/posts/moved/down/renamed.md"
    new = blog.root / "content/posts/moved/down/new.md"
    assert "Other words." in preview.page("/2024/05/10/new/")
    new.rename(moved)
    assert preview.get("/2024/05/10/new/").status == 404
    moved.write_text("---\ntitle: New\ndate: 2024-05-10\n---\nLast words.\n")
    assert "Last words." in preview.page("/2024/05/10/renamed/")
    shutil.rmtree(blog.root / "content/posts/moved")
    assert preview.get("/2024/05/10/renamed/").status == 404
    assert "New" not in preview.page("/")


def test_an_open_page_is_told_that_its_post_is_gone_and_back(blog: Project, preview: Running) -> None:
    text = (blog.root / HELLO).read_text()
    digest = preview.page(HELLO_URL).partition('data-digest="')[2][:32]
    with preview.events(HELLO_URL, digest) as stream:
        stream.next()
        (blog.root / HELLO).unlink()
        assert stream.until(lambda update: update["page"] != "same")["page"] == "gone"
        (blog.root / HELLO).write_text(text)
        assert stream.until(lambda update: update["page"] != "same")["digest"] == digest


def test_the_content_folder_may_be_deleted_and_made_again(blog: Project, preview: Running) -> None:
    preview.page(HELLO_URL)
    for number in range(3):
        shutil.copytree(blog.root / "content", blog.root / "kept", dirs_exist_ok=True)
        shutil.rmtree(blog.root / "content")
        assert preview.get(HELLO_URL).status == 404
        shutil.copytree(blog.root / "kept", blog.root / "content")
        assert "words" in preview.page(HELLO_URL)
        truncate_and_write(blog.root / HELLO, post(f"again {number}"))
        assert f"again {number}." in preview.page(HELLO_URL)


def test_five_hundred_files_may_change_at_once(blog: Project, preview: Running) -> None:
    """As when another branch is checked out."""
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(blog.root)]
    (blog.root / ".gitignore").write_text(".sitegen/\n")

    def run(*arguments: str) -> None:
        subprocess.run([*git, *arguments], check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    run("add", ".")
    run("commit", "-qm", "few")
    run("checkout", "-q", "-b", "many")
    for number in range(500):
        day = f"2023-{number % 12 + 1:02}-{number % 28 + 1:02}"
        blog.put(
            f"content/posts/{number % 7}/p{number}.md", f"---\ndate: {day}\n---\nText {number}.\n".encode()
        )
    truncate_and_write(blog.root / HELLO, post("many"))
    run("add", ".")
    run("commit", "-qm", "many")
    for _ in range(2):
        run("checkout", "-q", "main")
        assert "First words" in preview.page(HELLO_URL)
        assert preview.get("/2023/04/28/p391/").status == 404
        run("checkout", "-q", "many")
        assert "many." in preview.page(HELLO_URL)
        assert "Text 391." in preview.page("/2023/08/28/p391/")


def test_a_large_picture_may_be_dropped_in(blog: Project, preview: Running) -> None:
    content = os.urandom(1 << 20) * 50
    (blog.root / "static/huge.png").write_bytes(content)
    assert preview.get("/huge.png").body == content
    assert preview.get("/huge.png", Range="bytes=52000000-52000009").body == content[52000000:52000010]


def test_a_linked_file_is_watched_where_it_lies(blog: Project) -> None:
    (blog.root / "notes").mkdir()
    (blog.root / "notes/linked.md").write_text("---\ndate: 2024-01-01\n---\nOnce.\n")
    (blog.root / "content/posts/linked.md").symlink_to("../../notes/linked.md")
    with running(blog.root) as preview:
        assert "Once." in preview.page("/2024/01/01/linked/")
        (blog.root / "notes/linked.md").write_text("---\ndate: 2024-01-01\n---\nTwice.\n")
        assert "Twice." in preview.page("/2024/01/01/linked/")
