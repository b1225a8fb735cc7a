"""What the preview serves: the site as it will be, from memory, and what it adds to pages."""

from __future__ import annotations

import pytest

from tests.conftest import Project, SiteFactory, tree

from .conftest import BLOG, HELLO, HELLO_URL, TOKEN, Running, running


def without_script(text: str) -> str:
    before, script, rest = text.partition("<script src=/__sitegen__/".replace("=/", '="/'))
    return before + rest.partition("</script>")[2] if script else text


def test_every_file_of_the_site_is_served_as_a_build_writes_it(blog: Project) -> None:
    blog.build(drafts=True, future=True)
    with running(blog.root) as preview:
        for path, content in tree(blog.output).items():
            if path == ".sitegen-files":
                continue
            answer = preview.get("/" + path.removesuffix("index.html"))
            assert answer.status == 200, path
            if path.endswith(".html"):
                assert without_script(answer.text).encode() == content, path
            else:
                assert answer.body == content, path


def test_the_output_folder_is_not_touched(blog: Project) -> None:
    with running(blog.root) as preview:
        preview.page("/")
        assert not blog.output.exists()


def test_a_page_gets_the_script_before_the_end_of_its_body(preview: Running) -> None:
    text = preview.page(HELLO_URL)
    digest = text.partition('data-digest="')[2].partition('"')[0]
    assert len(digest) == 32
    assert text.endswith(
        f'<script src="/__sitegen__/preview.js" data-token="{TOKEN}" data-digest="{digest}" '
        f'data-page="{HELLO_URL}" defer></script></body>\n</html>\n'
    )


def test_without_reloading_a_page_is_left_alone(blog: Project) -> None:
    with running(blog.root, reloads=False) as preview:
        assert "__sitegen__" not in preview.page(HELLO_URL)


def test_the_script_is_served_and_nothing_else_of_the_package(preview: Running) -> None:
    assert preview.get("/__sitegen__/preview.js").headers["content-type"] == "text/javascript; charset=utf-8"
    for name in ("keeping.py", "browser/preview.js", "browser", "nothing.js", ""):
        assert preview.get(f"/__sitegen__/{name}").status == 404


def test_an_unknown_address_shows_the_page_of_the_site_for_these(preview: Running) -> None:
    answer = preview.get("/nowhere/")
    assert answer.status == 404
    assert without_script(answer.text) == without_script(preview.get("/404.html").text)
    assert 'data-page="/nowhere/"' in answer.text


def test_a_missing_slash_is_added(preview: Running) -> None:
    answer = preview.get("/2024/05/08/hello?x=1")
    assert (answer.status, answer.headers["location"]) == (307, "/2024/05/08/hello/?x=1")


def test_drafts_are_shown_unless_that_is_refused(blog: Project) -> None:
    with running(blog.root) as preview:
        assert "Later" in preview.page("/drafts/later/")
    with running(blog.root, drafts=False) as preview:
        assert preview.get("/drafts/later/").status == 404


def test_a_site_below_a_path_is_served_there(site: SiteFactory) -> None:
    project = site(
        BLOG.replace('title = "Blog"', 'title = "Blog"\nbase_url = "https://example.org/my%20blog/"')
    )
    with running(project.root) as preview:
        assert preview.get("/").headers["location"] == "/my%20blog/"
        assert preview.server.url == f"{preview.url}/my%20blog/"
        page = preview.page("/my%20blog/2024/05/08/hello/")
        assert 'href="/my%20blog/2024/05/09/world/"' in page
        assert 'data-page="/my%20blog/2024/05/08/hello/"' in page
        assert preview.get("/2024/05/08/hello/").status == 404
        assert preview.get("/my%20blog").headers["location"] == "/my%20blog/"


def test_nothing_is_to_be_cached_or_sniffed_or_shared(preview: Running) -> None:
    for path in ("/", "/notes.txt", "/nowhere", "/__sitegen__/preview.js", "/%00"):
        headers = preview.get(path).headers
        assert headers["cache-control"] == "no-store", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["cross-origin-resource-policy"] == "same-origin", path
        assert not [name for name in headers if name.startswith("access-control")], path


def test_what_breaks_the_policy_of_the_theme_is_reported_on(preview: Running) -> None:
    headers = preview.get("/").headers
    assert headers["content-security-policy-report-only"] == "default-src 'self'"
    assert "content-security-policy" not in headers


def test_a_policy_that_is_given_is_enforced(blog: Project) -> None:
    with running(blog.root, policy="default-src 'none'") as preview:
        headers = preview.get("/").headers
        assert headers["content-security-policy"] == "default-src 'none'"
        assert "content-security-policy-report-only" not in headers


@pytest.mark.parametrize(
    ("asked", "status", "body", "shown"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/11"),
        ("bytes=4-", 206, b"456789\n", "bytes 4-10/11"),
        ("bytes=-4", 206, b"789\n", "bytes 7-10/11"),
        ("bytes=-400", 206, b"0123456789\n", "bytes 0-10/11"),
        ("bytes=9-400", 206, b"9\n", "bytes 9-10/11"),
        ("bytes=11-", 416, b"", "bytes */11"),
        ("bytes=-0", 416, b"", "bytes */11"),
        ("bytes=5-2", 200, b"0123456789\n", None),
        ("bytes=0-1,4-5", 200, b"0123456789\n", None),
        ("bytes=-", 200, b"0123456789\n", None),
        ("lines=0-1", 200, b"0123456789\n", None),
    ],
)
def test_parts_of_files_are_served(
    preview: Running, asked: str, status: int, body: bytes, shown: str | None
) -> None:
    answer = preview.get("/notes.txt", Range=asked)
    assert (answer.status, answer.body, answer.headers.get("content-range")) == (status, body, shown)
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_part_of_another_version_is_not_served(preview: Running) -> None:
    assert preview.get("/notes.txt", Range="bytes=0-3", If_Range='"old"').status == 200


def test_head_gives_the_headers_alone(preview: Running) -> None:
    head, got = preview.get(HELLO_URL, "HEAD"), preview.get(HELLO_URL)
    assert head.body == b""
    assert head.headers["content-length"] == got.headers["content-length"]


def test_an_edit_is_served_at_once(blog: Project, preview: Running) -> None:
    for number in range(30):
        path = blog.root / HELLO
        path.write_text(path.read_text().replace("First", f"First {number}"))
        assert f"First {number}" in preview.page(HELLO_URL)
