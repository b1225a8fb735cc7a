"""What a build does to the output folder: its own files are made right, and nobody else's is touched."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.build import BuildOptions, build
from sitegen.build.cleaning import clean
from sitegen.build.output import OWNED_LIST
from sitegen.build.staging_folder import STAGING
from sitegen.errors import GuardError, SitegenError, UnfinishedError
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree

BLOG = """\
-- sitegen.toml --
title = "Test"
[feeds]
formats = []
-- content/posts/one.md --
---
title: One
date: 2024-01-01
permalink: /one/
---
First.
-- content/posts/two.md --
---
title: Two
date: 2024-02-02
permalink: /two/
---
Second.
-- static/note.txt --
note
"""
ONE = "content/posts/one.md"
FOREIGN = "this file was not written by sitegen and would be replaced. Move it away, or build elsewhere with --output."
LINK = "this is a link, and sitegen writes through none. Move it away, or build elsewhere with --output."


def with_permalink(permalink: str) -> bytes:
    """The first post at another address."""
    return f"---\ntitle: One\ndate: 2024-01-01\npermalink: {permalink}\n---\nFirst.\n".encode()


def let_a_file_take_the_place_of_two(project: Project) -> None:
    (project.root / "content/posts/two.md").unlink()
    project.put("static/two", b"a file")


def refusal(project: Project) -> str:
    """What a build says that refuses to write."""
    before = everything(project.output)
    with pytest.raises(GuardError) as caught:
        project.build()
    assert everything(project.output) == before
    return str(caught.value)


def everything(folder: Path) -> dict[str, bytes | str | None]:
    """All there is below a folder: files with their content, links with their target, folders."""
    found: dict[str, bytes | str | None] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture
def project(site: SiteFactory) -> Project:
    """A built blog with foreign files between the pages."""
    project = site(BLOG)
    project.put("output/CNAME", b"example.org\n")
    project.put("output/.gitignore", b"*\n")
    project.put("output/one/notes.txt", b"mine\n")
    project.build()
    return project


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder outside the project with files of the names that pages have."""
    folder = tmp_path / "outside"
    for name in ("index.html", "sub/index.html", "note.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"foreign\n")
    return folder


@pytest.fixture(autouse=True)
def everything_outside_stays(outside: Path) -> Iterator[None]:
    """Whatever a test does, a folder outside the project is as it was."""
    before = everything(outside)
    yield
    assert everything(outside) == before


# Foreign files


def test_foreign_files_stay_when_the_pages_around_them_go(project: Project) -> None:
    (project.root / ONE).unlink()
    project.build()
    kept = {"CNAME": b"example.org\n", ".gitignore": b"*\n", "one/notes.txt": b"mine\n"}
    assert kept.items() <= tree(project.output).items()
    assert not (project.output / "one/index.html").exists()


def test_foreign_files_stay_when_the_site_is_cleaned(project: Project) -> None:
    config, _ = read_config(project.root)
    clean(project.root, config)
    assert tree(project.output) == {
        "CNAME": b"example.org\n",
        ".gitignore": b"*\n",
        "one/notes.txt": b"mine\n",
    }


def test_cleaning_a_folder_that_holds_no_site_leaves_it_alone(project: Project, outside: Path) -> None:
    before = everything(outside)
    config, _ = read_config(project.root)
    assert clean(project.root, config, outside) == 0
    assert everything(outside) == before


def test_a_foreign_file_where_a_folder_is_needed_is_named(project: Project) -> None:
    project.put("output/three", b"foreign")
    project.put(ONE, with_permalink("/three/four/"))
    assert refusal(project) == f"output/three: error[output]: {FOREIGN}"


def test_a_foreign_file_in_a_folder_where_a_file_is_needed_is_named(project: Project) -> None:
    (project.root / ONE).unlink()
    project.put("static/one", b"a file")
    assert refusal(project) == f"output/one/notes.txt: error[output]: {FOREIGN}"


def test_a_foreign_link_in_a_folder_where_a_file_is_needed_is_named(project: Project, outside: Path) -> None:
    (project.output / "two/link").symlink_to(outside)
    let_a_file_take_the_place_of_two(project)
    assert refusal(project) == f"output/two/link: error[output]: {FOREIGN}"


def test_every_foreign_file_in_the_way_is_named_at_once(project: Project) -> None:
    project.put("output/x/index.html", b"foreign")
    project.put("output/y", b"foreign")
    project.put(ONE, with_permalink("/x/"))
    project.put("content/posts/two.md", with_permalink("/y/"))
    assert refusal(project) == (
        f"output/x/index.html: error[output]: {FOREIGN}\noutput/y: error[output]: {FOREIGN}"
    )


def test_files_of_the_user_in_the_place_of_a_deleted_site_stay(project: Project) -> None:
    for path in sorted(project.output.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    project.put("output/index.html", b"a site of my own")
    assert refusal(project) == f"output/index.html: error[output]: {FOREIGN}"


def test_a_failed_first_build_claims_nothing(site: SiteFactory) -> None:
    project = site(BLOG + "-- templates/post.html --\n{{ nothing.at.all }}\n")
    with pytest.raises(SitegenError):
        project.build()
    assert not project.output.exists()
    project.put("output/index.html", b"mine")
    (project.root / "templates/post.html").unlink()
    assert refusal(project) == f"output/index.html: error[output]: {FOREIGN}"


def test_a_failed_later_build_changes_and_claims_nothing(project: Project) -> None:
    before = everything(project.output)
    project.put("content/posts/three.md", with_permalink("/three/"))
    project.put("content/posts/four.md", with_permalink("/two/index.html/four"))
    (project.root / "content/posts/two.md").unlink()
    project.put("templates/post.html", b"{{ nothing.at.all }}\n")
    with pytest.raises(SitegenError):
        project.build()
    assert everything(project.output) == before


@pytest.mark.parametrize("foreign", ["three/mine.txt", "three/index.html", "three"])
def test_what_appears_where_a_new_folder_goes_while_a_build_renders_stays(
    project: Project, foreign: str
) -> None:
    class Visitor:
        def progress(self, name: str, _done: int, _total: int) -> None:
            if name == "write":
                project.put(f"output/{foreign}", b"foreign")

    project.put("content/posts/three.md", with_permalink("/three/"))
    config, _ = read_config(project.root)
    with pytest.raises(UnfinishedError) as caught:
        build(project.root, config, BuildOptions(now=NOW), Visitor())
    assert "output/three/index.html: error[output]: cannot write this file: " in str(caught.value)
    assert (project.output / foreign).read_bytes() == b"foreign"


# Our own files in the way of others


def test_an_own_folder_gives_way_to_a_file(project: Project) -> None:
    let_a_file_take_the_place_of_two(project)
    project.build()
    assert (project.output / "two").is_file()


def test_an_own_folder_with_an_empty_folder_in_it_gives_way_to_a_file(project: Project) -> None:
    (project.output / "two/empty/very").mkdir(parents=True)
    let_a_file_take_the_place_of_two(project)
    project.build()
    assert (project.output / "two").is_file()


def test_an_own_file_gives_way_to_a_folder(project: Project) -> None:
    project.put("content/posts/two.md", with_permalink("/note.txt/two/"))
    (project.root / "static/note.txt").unlink()
    project.build()
    assert (project.output / "note.txt/two/index.html").is_file()


# Pages that were replaced between builds


@pytest.mark.parametrize("kind", ["link", "dead link", "folder", "fifo", "read-only", "hard link", "long"])
def test_a_page_that_was_replaced_is_made_again(project: Project, outside: Path, kind: str) -> None:
    page = project.output / "one/index.html"
    right = page.read_bytes()
    page.unlink()
    match kind:
        case "link":
            page.symlink_to(outside / "index.html")
        case "dead link":
            page.symlink_to(outside / "nothing")
        case "folder":
            (page / "empty").mkdir(parents=True)
        case "fifo":
            os.mkfifo(page)
        case "read-only":
            page.write_bytes(b"x" * len(right))
            page.chmod(0o400)
        case "hard link":
            page.hardlink_to(outside / "index.html")
        case "long":
            page.write_bytes(right + b"more")
    project.build()
    assert page.is_file()
    assert not page.is_symlink()
    assert page.read_bytes() == right


def test_a_page_that_was_replaced_by_a_link_to_its_own_bytes_is_made_again(
    project: Project, tmp_path: Path
) -> None:
    page = project.output / "one/index.html"
    page.rename(tmp_path / "moved")
    page.symlink_to(tmp_path / "moved")
    project.build()
    assert not page.is_symlink()


def test_a_page_that_was_replaced_by_a_folder_with_something_in_it_is_refused(project: Project) -> None:
    (project.output / "one/index.html").unlink()
    project.put("output/one/index.html/mine", b"foreign")
    assert refusal(project) == f"output/one/index.html/mine: error[output]: {FOREIGN}"


def test_a_stale_page_that_was_replaced_by_a_folder_is_left_to_its_owner(project: Project) -> None:
    (project.output / "two/index.html").unlink()
    project.put("output/two/index.html/mine", b"foreign")
    (project.root / "content/posts/two.md").unlink()
    project.build()
    project.build()
    assert (project.output / "two/index.html/mine").read_bytes() == b"foreign"


@pytest.mark.parametrize("kind", ["link", "fifo"])
def test_what_stands_in_place_of_a_stale_page_is_left_to_its_owner(
    project: Project, outside: Path, kind: str
) -> None:
    page = project.output / "two/index.html"
    page.unlink()
    if kind == "link":
        page.symlink_to(outside / "index.html")
    else:
        os.mkfifo(page)
    (project.root / "content/posts/two.md").unlink()
    project.build()
    assert os.path.lexists(page)


# Links that lead out


def test_a_folder_that_was_replaced_by_a_link_is_not_written_through(project: Project, outside: Path) -> None:
    (project.output / "two/index.html").unlink()
    (project.output / "two").rmdir()
    (project.output / "two").symlink_to(outside)
    assert refusal(project) == f"output/two: error[output]: {LINK}"


def test_a_link_in_the_way_of_a_new_folder_is_not_written_through(project: Project, outside: Path) -> None:
    (project.output / "three").symlink_to(outside)
    project.put(ONE, with_permalink("/three/new/"))
    assert refusal(project) == f"output/three: error[output]: {LINK}"


def test_a_stale_page_behind_a_link_is_not_deleted(project: Project, outside: Path) -> None:
    (project.output / "two/index.html").unlink()
    (project.output / "two").rmdir()
    (project.output / "two").symlink_to(outside)
    (project.root / "content/posts/two.md").unlink()
    project.build()
    assert (project.output / "two").is_symlink()


def test_a_folder_that_gives_way_to_a_file_is_not_emptied_through_a_link(
    project: Project, outside: Path
) -> None:
    project.put("content/posts/two.md", with_permalink("/two/sub/"))
    project.build()
    (project.output / "two/sub/index.html").unlink()
    (project.output / "two/sub").rmdir()
    (project.output / "two/sub").symlink_to(outside / "sub")
    let_a_file_take_the_place_of_two(project)
    assert refusal(project) == f"output/two/sub: error[output]: {FOREIGN}"


def test_an_output_folder_that_is_a_link_is_used(site: SiteFactory, tmp_path: Path) -> None:
    project = site(BLOG)
    (tmp_path / "target").mkdir()
    project.output.symlink_to(tmp_path / "target")
    project.build()
    assert (tmp_path / "target/one/index.html").is_file()


# The names that sitegen uses for itself


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (".sitegen-files", OWNED_LIST),
        (".Sitegen-Files/note", OWNED_LIST),
        (".sitegen-new", STAGING),
        (".sitegen-new/a/note", STAGING),
    ],
)
def test_a_file_that_would_lie_at_a_name_of_sitegen_is_an_error(
    project: Project, address: str, name: str
) -> None:
    before = everything(project.output)
    project.put(f"static/{address}", b"note")
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == (
        f"error[collision]: /{address} would lie at {name}, which sitegen keeps for itself. Rename or move away:\n"
        f"    static/{address}"
    )
    assert everything(project.output) == before


@pytest.mark.parametrize("kind", ["file", "link", "fifo"])
def test_what_bears_the_name_of_the_staging_folder_is_not_touched(
    site: SiteFactory, outside: Path, kind: str
) -> None:
    project = site(BLOG)
    project.output.mkdir()
    place = project.output / STAGING
    match kind:
        case "file":
            place.write_bytes(b"foreign")
        case "link":
            place.symlink_to(outside)
        case "fifo":
            os.mkfifo(place)
    assert refusal(project) == f"output/{STAGING}: error[output]: {FOREIGN}"


def test_foreign_files_in_the_staging_folder_stay(project: Project) -> None:
    project.put(f"output/{STAGING}/mine", b"foreign")
    project.build()
    assert (project.output / STAGING / "mine").read_bytes() == b"foreign"


def test_what_an_interrupted_build_has_staged_goes(project: Project, outside: Path) -> None:
    staging = project.output / STAGING
    project.put(f"output/{STAGING}/{'0' * 32}", b"half a pa")
    project.put(f"output/{STAGING}/{'1' * 32}/sub/index.html", b"half a pa")
    (staging / ("1" * 32) / "link").symlink_to(outside)
    (staging / ("2" * 32)).symlink_to(outside)
    project.build()
    assert not staging.exists()


@pytest.mark.parametrize("kind", ["folder", "link", "fifo"])
def test_what_bears_the_name_of_the_list_is_not_touched(site: SiteFactory, outside: Path, kind: str) -> None:
    project = site(BLOG)
    project.output.mkdir()
    place = project.output / OWNED_LIST
    match kind:
        case "folder":
            place.mkdir()
        case "link":
            place.symlink_to(outside / "note.txt")
        case "fifo":
            os.mkfifo(place)
    assert refusal(project) == f"output/{OWNED_LIST}: error[output]: {FOREIGN}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"../outside/index.html\n/etc/passwd\nsub/../../outside/index.html\n",
        b"a\x00b\n" + b"long" * 100 + b"\n" + b"deep/" * 2000 + b"x\n",
        b".\none/\n./CNAME\n//CNAME\none//notes.txt\n",
    ],
)
def test_a_broken_list_loses_no_foreign_file_and_no_page(project: Project, content: bytes) -> None:
    (project.output / OWNED_LIST).write_bytes(content)
    right = tree(project.output).keys() - {"two/index.html", "archives/2024/02/index.html"}
    (project.root / "content/posts/two.md").unlink()
    project.build()
    assert tree(project.output).keys() == right
    assert (project.output / "CNAME").exists()
    assert (project.output / "one/notes.txt").exists()


def test_without_the_list_pages_that_were_changed_are_foreign(project: Project) -> None:
    (project.output / OWNED_LIST).unlink()
    (project.output / "two/index.html").write_bytes(b"edited by hand")
    assert refusal(project) == f"output/two/index.html: error[output]: {FOREIGN}"


def test_a_list_that_cannot_be_read_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.read_bytes

    def broken(path: Path) -> bytes:
        if path.name == OWNED_LIST:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path)

    project.put(ONE, with_permalink("/three/"))
    monkeypatch.setattr(Path, "read_bytes", broken)
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == (
        f"output/{OWNED_LIST}: error[output]: cannot read this file: Input/output error"
    )


# Whole files


def test_a_file_that_does_not_fit_on_the_disk_is_an_error_and_no_half_page(site: SiteFactory) -> None:
    project = site(BLOG)
    project.put("static/big.bin", bytes(1_000_000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))  # a write stops short at this size
        with pytest.raises(SitegenError) as caught:
            project.build()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(caught.value) == "output/big.bin: error[output]: cannot write this file: File too large"
    assert not project.output.exists()
    project.build()
    assert (project.output / "big.bin").stat().st_size == 1_000_000


def test_unchanged_files_keep_their_time_and_place(project: Project) -> None:
    def marks() -> dict[str, tuple[int, int]]:
        return {
            path: ((project.output / path).stat().st_mtime_ns, (project.output / path).stat().st_ino)
            for path in tree(project.output)
        }

    before = marks()
    project.put(ONE, with_permalink("/one/").replace(b"First", b"Fresh"))
    project.build()
    after = marks()
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"one/index.html", "index.html"}


def test_folders_left_empty_go_and_foreign_empty_folders_stay(project: Project) -> None:
    (project.output / "mine/empty").mkdir(parents=True)
    project.put("content/posts/two.md", with_permalink("/a/b/c/d/"))
    project.build()
    assert not (project.output / "two").exists()
    (project.root / "content/posts/two.md").unlink()
    project.build()
    assert not (project.output / "a").exists()
    assert (project.output / "mine/empty").is_dir()


def test_nothing_but_the_site_and_the_list_is_left(site: SiteFactory) -> None:
    project = site(BLOG)
    project.build()
    extra = {path for path in everything(project.output) if path.rpartition("/")[2].startswith(".")}
    assert extra == {OWNED_LIST}
    listed = (project.output / OWNED_LIST).read_text().split("\n")[:-1]
    assert listed == sorted(project.files())


def test_two_sources_that_differ_by_case_alone_are_an_error(project: Project) -> None:
    before = everything(project.output)
    project.put("static/NOTE.txt", b"other")
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == (
        "error[collision]: 2 pages want the address /NOTE.txt:\n"
        "    static/NOTE.txt\n"
        "    static/note.txt   (spelt /note.txt)"
    )
    assert everything(project.output) == before


# Refused folders


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        (".", "it holds the project"),
        ("..", "it holds the project"),
        ("/", "it holds the project"),
        ("content", "it lies in content/"),
        ("content/posts/site", "it lies in content/"),
        ("static", "it lies in static/"),
        ("themes/mine", "it lies in themes/"),
        (".sitegen/site", "it lies in .sitegen/"),
        (".git", "it lies in .git/"),
        ("note", "it is a file"),
        ("dead", "it is a link to nothing"),
        ("linked", "it lies in content/"),
        ("elsewhere", "it lies in data/"),
        ("around", "it holds data/"),
        ("home", "it holds your home folder"),
    ],
)
def test_dangerous_output_folders_are_refused_with_the_reason(
    site: SiteFactory, tmp_path: Path, folder: str, reason: str
) -> None:
    project = site(BLOG)
    (project.root / "note").write_bytes(b"")
    (project.root / "dead").symlink_to(tmp_path / "nothing")
    (project.root / "linked").symlink_to(project.root / "content/posts")
    (tmp_path / "around/data/below").mkdir(parents=True)
    (project.root / "data").symlink_to(tmp_path / "around/data")
    (project.root / "elsewhere").symlink_to(tmp_path / "around/data/below")
    (project.root / "around").symlink_to(tmp_path / "around")
    (tmp_path / "homes/me").mkdir(parents=True)
    (project.root / "home").symlink_to(tmp_path / "homes")
    output = project.root / folder
    before = everything(tmp_path)
    with pytest.raises(GuardError) as caught:
        project.build(output=output, home=tmp_path / "homes/me")
    assert str(caught.value) == (
        f'error[output]: the output folder "{output}" is refused: {reason}. Name another.'
    )
    assert everything(tmp_path) == before


@pytest.mark.parametrize("folder", ["docs", "contents", "public/content", "content-site", "data.site"])
def test_folders_with_names_like_those_of_the_sources_are_fine(site: SiteFactory, folder: str) -> None:
    project = site(BLOG)
    project.build(output=project.root / folder)
    assert (project.root / folder / "one/index.html").is_file()
