"""What an attacker may send: over raw sockets, byte for byte."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.conftest import Project

from .conftest import HELLO_URL, PATIENCE_SECONDS, SECRET, TOKEN, Running, running


def send(preview: Running, request: bytes) -> bytes:
    """Everything that comes back for some bytes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", preview.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while part := connection.recv(1 << 16):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def ask(preview: Running, path: str | bytes, *headers: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and the whole answer to a request; without headers it names the right host."""
    raw = path.encode() if isinstance(path, str) else path
    lines = headers or (f"Host: {preview.host}",)
    request = method.encode() + b" " + raw + b" HTTP/1.1\r\n"
    request += "".join(f"{line}\r\n" for line in lines).encode() + b"Connection: close\r\n\r\n"
    answer = send(preview, request)
    assert answer.startswith(b"HTTP/1.1 "), answer[:100]
    return int(answer[9:12]), answer


# Paths

DOTS = (
    "..",
    "%2e%2e",
    "%2E%2e",
    ".%2e",
    "%252e%252e",
    "..;",
    "..%00",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "․․",
)
SLASHES = ("/", "%2f", "%2F", "%252f", "\\", "%5c", "%255c", "%c0%af", "//", "%u2215")
OTHERS = (
    "/%00", "/index.html%00.png", "/%", "/%zz", "/%2", "/a%0d%0aX-Header:%20x", "/%ff%fe", "/~root/", "/.git/config",
    "/.sitegen/state", "/.sitegen/lock", "/.env", "/sitegen.toml", "/content/posts/hello.md", "/templates/extra.html",
    "/data/names.toml", "/notes.md", "/output/index.html", "/static/notes.txt", "/./notes.md", "//etc/passwd",
    "///etc/passwd", "/etc/passwd", "/proc/self/environ", "/file:///etc/passwd", "/C:/Windows/win.ini", "/\u2025/x",
    "http://evil.example/", "http://127.0.0.1/etc/passwd", "*", "evil.example:80", "sitegen.toml", "?x", "/%2e", "/.",
    "/..", "/__sitegen__/../sitegen.toml", "/__sitegen__/%2e%2e/sitegen.toml", "/__sitegen__/keeping.py",
    "/__sitegen__/__init__.py", "/__sitegen__//preview.js", "/" + "a" * 5000, "/" + "../" * 500, "/" + "%41" * 1500,
)  # fmt: skip
TRAVERSALS = [f"/x{slash}{dots}{slash}{dots}{slash}sitegen.toml" for dots in DOTS for slash in SLASHES]


@pytest.mark.parametrize("path", [*TRAVERSALS, *OTHERS], ids=ascii)
def test_no_path_leads_out_of_the_site(target: Running, path: str) -> None:
    status, answer = ask(target, path.encode())
    assert 400 <= status < 500
    assert SECRET.encode() not in answer
    assert b"root:" not in answer
    assert b"X-Header" not in answer.partition(b"\r\n\r\n")[0]


def test_a_link_that_leads_out_of_the_project_is_not_served(blog: Project, tmp_path: Path) -> None:
    (tmp_path / "beside.txt").write_text(SECRET)
    (blog.root / "static/inside.txt").symlink_to(tmp_path / "beside.txt")
    with running(blog.root) as preview:
        assert SECRET.encode() not in preview.get("/inside.txt").body
        assert [problem.path for problem in preview.diary.looks[-1].refresh.problems] == ["static/inside.txt"]


def test_a_path_is_decoded_once(blog: Project) -> None:
    blog.put("static/a%2fb.txt", b"percent")
    blog.put("static/中 文+.txt", b"Han")
    with running(blog.root) as preview:
        assert ask(preview, "/a%252fb.txt")[1].endswith(b"percent")
        assert ask(preview, "/%E4%B8%AD%20%E6%96%87+.txt")[1].endswith(b"Han")
        assert ask(preview, "/a%2fb.txt")[0] == 400


# Hosts and origins


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.evil.example",
        "127.0.0.1:{port}@evil.example", "evil.example#127.0.0.1:{port}", "localhost", "localhost.evil.example:{port}",
        "0.0.0.0:{port}", "127.0.0.2:{port}", "[::ffff:127.0.0.1]:{port}", "127.1:{port}", "2130706433:{port}", "",
        "127.0.0.1:0{port}0", "localhost.:{port}", "machine:{port}",
    ],
)  # fmt: skip
def test_foreign_hosts_are_refused(target: Running, host: str) -> None:
    """A name that an attacker owns can be bound to 127.0.0.1 while his page is open."""
    status, answer = ask(target, "/", f"Host: {host.format(port=target.port)}")
    assert status in (400, 421)
    assert b"First words" not in answer


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_the_names_of_this_machine_are_served(target: Running, host: str) -> None:
    assert ask(target, "/", f"Host: {host}:{target.port}")[0] == 200


def test_a_request_names_exactly_one_host(target: Running) -> None:
    assert send(target, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert send(target, b"GET / HTTP/1.0\r\n\r\n")[9:12] in (b"400", b"421")
    assert ask(target, "/", f"Host: {target.host}", f"Host: {target.host}")[0] == 400
    assert ask(target, f"http://{target.host}/")[0] == 400


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://{host}",
        "http://127.0.0.1",
        "http://localhost:{port}",
        "http://{host}/",
        "",
    ],
)
def test_foreign_origins_are_refused(target: Running, origin: str) -> None:
    given = origin.format(host=target.host, port=target.port)
    for path in ("/", f"/__sitegen__/events?token={TOKEN}&page=/"):
        assert ask(target, path, f"Host: {target.host}", f"Origin: {given}")[0] == 403


def test_the_own_origin_is_served(target: Running) -> None:
    assert ask(target, "/", f"Host: {target.host}", f"Origin: http://{target.host}")[0] == 200


@pytest.mark.parametrize(
    ("site", "mode", "destination", "status"),
    [
        ("cross-site", "no-cors", "script", 403),
        ("cross-site", "no-cors", "image", 403),
        ("cross-site", "cors", "empty", 403),
        ("cross-site", "navigate", "iframe", 403),
        ("same-site", "no-cors", "script", 403),
        ("cross-site", "websocket", "empty", 403),
        ("cross-site", "navigate", "document", 200),
        ("same-origin", "no-cors", "script", 200),
        ("same-origin", "navigate", "iframe", 200),
        ("none", "navigate", "document", 200),
    ],
)
def test_other_sites_may_lead_here_and_nothing_else(
    target: Running, site: str, mode: str, destination: str, status: int
) -> None:
    headers = (f"Sec-Fetch-Site: {site}", f"Sec-Fetch-Mode: {mode}", f"Sec-Fetch-Dest: {destination}")
    assert ask(target, "/", f"Host: {target.host}", *headers)[0] == status


@pytest.mark.parametrize("path", ["events?page=/", "open?source=content/posts/hello.md&line=1"])
@pytest.mark.parametrize("token", ["", "&token=", "&token=wrong", f"&token={TOKEN[:-1]}", "&token=%00%ff中"])
def test_the_stream_and_the_editor_want_the_token(target: Running, path: str, token: str) -> None:
    status, _ = ask(target, f"/__sitegen__/{path}{token}".encode())
    assert status in (400, 403)
    assert target.opened == []


def test_only_sources_of_the_site_are_opened(target: Running) -> None:
    for source in (
        "sitegen.toml",
        "../../etc/passwd",
        "/etc/passwd",
        "--help",
        "content/posts/hello.md;id",
        "",
    ):
        assert ask(target, f"/__sitegen__/open?token={TOKEN}&source={source}&line=1")[0] == 404
    for line in ("0", "-1", "1;id", "x", "99999999"):
        assert (
            ask(target, f"/__sitegen__/open?token={TOKEN}&source=content/posts/hello.md&line={line}")[0]
            == 404
        )
    assert target.opened == []
    assert ask(target, f"/__sitegen__/open?token={TOKEN}&source=content/posts/hello.md&line=6")[0] == 200
    assert ask(target, f"/__sitegen__/open?token={TOKEN}&page={HELLO_URL}")[0] == 200
    assert target.opened == [("content/posts/hello.md", 6), ("content/posts/hello.md", 1)]
    assert ask(target, f"/__sitegen__/open?token={TOKEN}&page=/")[0] == 404
    assert ask(target, f"/__sitegen__/open?token={TOKEN}&page=/../sitegen.toml")[0] == 404


# Methods


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "BREW"]
)
def test_methods_that_change_things_are_refused(target: Running, method: str) -> None:
    status, answer = ask(target, "/", method=method)
    assert status in (400, 405)
    assert b"First words" not in answer


def test_a_request_that_wants_a_web_socket_gets_a_page(target: Running) -> None:
    headers = ("Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13")
    answer = send(
        target,
        f"GET / HTTP/1.1\r\nHost: {target.host}\r\nConnection: Upgrade, close\r\n".encode()
        + "".join(f"{line}\r\n" for line in headers).encode()
        + b"\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 200")
