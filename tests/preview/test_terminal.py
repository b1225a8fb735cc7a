"""What the preview tells on the terminal, and the keys that it obeys there."""

from __future__ import annotations

import socket
import threading
import time
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from sitegen.cli.preview import _open_one_at_a_time, greeting
from sitegen.preview.hosts import hosts_of
from tests.conftest import Project

from .conftest import HELLO, HELLO_URL, PATIENCE_SECONDS, eventually
from .terminal import Terminal, serve


def ask(terminal: Terminal, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", terminal.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def edit(project: Project, path: str, old: str, new: str) -> None:
    file = project.root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_it_says_where_the_site_is_and_ends_cleanly_by_ctrl_c(blog: Project) -> None:
    with serve(blog.root) as terminal:
        port = terminal.port
        assert ask(terminal, HELLO_URL)[0] == 200
        terminal.interrupt()
        assert terminal.ends() == 0
        assert terminal.text == (f"The site is at http://127.0.0.1:{port}/\nStop it with Ctrl-C.\nGoodbye.\n")


def test_a_line_tells_of_each_change(blog: Project) -> None:
    with serve(blog.root) as terminal:
        ask(terminal, HELLO_URL)
        edit(blog, HELLO, "First", "Very first")
        terminal.shows(r"\ncontent/posts/hello\.md → at least 1 page in \d+ ms\n")


def test_a_change_that_no_page_shows_is_told_too(blog: Project) -> None:
    with serve(blog.root) as terminal:
        ask(terminal, HELLO_URL)
        blog.put("static/notes.txt", b"other notes")
        terminal.shows(r"\nstatic/notes\.txt → no page seen so far in \d+ ms\n")


def test_mistakes_at_the_start_leave_nothing_to_show(blog: Project) -> None:
    edit(blog, HELLO, "date: 2024-05-08", "date: 2024-13-08")
    with serve(blog.root) as terminal:
        terminal.shows(r"There is no site to show yet\. 1 problem\.\n")
        edit(blog, HELLO, "date: 2024-13-08", "date: 2024-05-08")
        terminal.shows(r"\nMended\.\n")
        edit(blog, HELLO, "date: 2024-05-08", "date: 2024-13-08")
        terminal.shows(r"The site stays as it was\. 1 problem\.\n")


def test_problems_are_told_once_and_that_they_are_mended(blog: Project) -> None:
    with serve(blog.root) as terminal:
        ask(terminal, HELLO_URL)
        edit(blog, HELLO, "date: 2024-05-08", "date: 2024-13-08")
        terminal.shows(r"The site stays as it was\. 1 problem\.\n")
        assert 'content/posts/hello.md:3:7: error[date]: "2024-13-08" is not a date' in terminal.text
        assert "    3 | date: 2024-13-08\n      |       ^^^^^^^^^^\n" in terminal.text
        assert "First words" in ask(terminal, HELLO_URL)[1]
        edit(blog, HELLO, "date: 2024-13-08", "date: 2024-05-08")
        terminal.shows(r"\nMended\.\n")
        assert terminal.text.count("error[date]") == 1


def test_of_several_problems_only_the_new_ones_are_told(blog: Project) -> None:
    with serve(blog.root) as terminal:
        ask(terminal, HELLO_URL)
        for number in range(1, 4):
            blog.put(f"content/posts/bad{number}.md", b"---\ndate: 2024-01-01\n---\n[x](nowhere.md)\n")
            terminal.shows(rf"\n{number} warnings?\.\n")
        (blog.root / "content/posts/bad2.md").unlink()
        terminal.shows(r"\n3 warnings\.\n(.*\n)*2 warnings\.\n")
        assert terminal.text.count("warning[link]") == 3


def test_the_fault_of_a_template_is_told_once(blog: Project) -> None:
    blog.put("templates/post.html", b"{{ post.titel }}")
    with serve(blog.root) as terminal:
        for _ in range(3):
            status, text = ask(terminal, HELLO_URL)
            assert status == 500
            assert "templates/post.html:1:9:" in text
        terminal.shows(r"templates/post\.html:1:9: error\[template\]")
        assert terminal.text.count("error[template]") == 1


def test_a_taken_port_gives_way_to_the_next(blog: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with serve(blog.root, "--port", str(taken)) as terminal:
            assert terminal.port > taken
            assert f"Port {taken} is taken, so this is port {terminal.port}." in terminal.text
            assert ask(terminal, "/")[0] == 200


def test_two_previews_of_one_site_and_a_build_get_along(blog: Project) -> None:
    with serve(blog.root) as one, serve(blog.root) as other:
        assert one.port != other.port
        edit(blog, HELLO, "First", "Very first")
        for terminal in (one, other):
            assert "Very first" in ask(terminal, HELLO_URL)[1]
        assert blog.build().posts == 2
        edit(blog, HELLO, "Very first", "Last")
        for terminal in (one, other):
            assert "Last" in ask(terminal, HELLO_URL)[1]


@pytest.mark.parametrize(
    ("host", "address"), [("0.0.0.0", "0.0.0.0"), ("::", "::"), ("10.1.2.3", "10.1.2.3")]
)
def test_listening_to_others_is_said_loudly(host: str, address: str) -> None:
    hosts = hosts_of(host, address, 4000, "laptop")
    assert not hosts.is_loopback
    (line,) = greeting(hosts, 4000)
    assert line.startswith(f"CAUTION: everyone who can reach {host} can read this site, drafts included.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
        (("--host", "no-such-host.invalid"), 'there is no host "no-such-host.invalid"'),
    ],
)
def test_a_host_that_cannot_be_had_is_refused(blog: Project, arguments: tuple[str, str], said: str) -> None:
    with serve(blog.root, *arguments) as terminal:
        assert terminal.ends() == 3
        assert said in terminal.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "65536"), "65536 is not in the range"),
        (("--at", "someday"), '"someday" is not a date'),
        (("--policy", "default-src\n'self'"), "--policy must be a line"),
    ],
)
def test_wrong_usage_is_told(blog: Project, arguments: tuple[str, str], said: str) -> None:
    with serve(blog.root, *arguments) as terminal:
        assert terminal.ends() == 2
        assert said in terminal.text


def test_at_shows_the_site_of_another_moment(blog: Project) -> None:
    edit(blog, HELLO, "tags: [greetings]", "expires: 2030-01-01")
    with serve(blog.root, "--at", "2031-01-01") as terminal:
        assert ask(terminal, HELLO_URL)[0] == 404
    with serve(blog.root, "--at", "2029-01-01") as terminal:
        assert ask(terminal, HELLO_URL)[0] == 200


def test_keys_are_obeyed_on_a_terminal(blog: Project) -> None:
    with serve(blog.root, terminal=True) as terminal:
        terminal.shows("Keys: o opens a browser")
        assert ask(terminal, "/drafts/later/")[0] == 200
        terminal.press("d")
        terminal.shows(r"Drafts are hidden\.")
        terminal.press("x")
        terminal.shows(r"Drafts are hidden\.\n+Keys:")
        assert ask(terminal, "/drafts/later/")[0] == 404
        terminal.press("d")
        terminal.shows(r"Drafts are shown\.")
        terminal.press("r")
        terminal.shows(r"Looking at everything\.")
        assert ask(terminal, "/drafts/later/")[0] == 200
        terminal.press("q")
        assert terminal.ends() == 0


def test_the_browser_is_opened_where_asked(blog: Project, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >> {asked}\n')
    program.chmod(0o755)
    with serve(blog.root, "--open", terminal=True, BROWSER=f"{program} %s") as terminal:
        url = f"http://127.0.0.1:{terminal.port}/"
        terminal.shows("Keys:")
        terminal.press("o")
        eventually(lambda: asked.exists() and asked.read_text() == f"{url}\n{url}\n")


@pytest.mark.parametrize("end", ["q", "Ctrl-C", "Ctrl-D"])
def test_the_terminal_is_left_as_it_was(blog: Project, end: str) -> None:
    """A shell that does not wait for whole lines would be of little use."""
    with serve(blog.root, terminal=True) as terminal:
        before = terminal.settings
        terminal.shows("Keys:")
        assert terminal.settings != before
        if end == "Ctrl-C":
            terminal.interrupt()
        else:
            terminal.press("q" if end == "q" else "\x04")
        assert terminal.ends() == 0
        assert terminal.settings == before


def test_browsers_are_looked_for_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = threading.Lock()
    alone: list[bool] = []

    def open_browser(_url: str) -> bool:
        alone.append(busy.acquire(blocking=False))
        time.sleep(0.02)
        busy.release()
        return True

    monkeypatch.setattr(webbrowser, "open", open_browser)
    with ThreadPoolExecutor() as threads:
        list(threads.map(_open_one_at_a_time, ["http://127.0.0.1/"] * 4))
    assert alone == [True] * 4
