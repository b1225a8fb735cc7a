"""The page about deploying, followed to the letter by somebody who has never deployed to a host before."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path

from tests.deploy.servers.ssh import SshServer, needs_sshd, ssh_server
from tests.documents import REPOSITORY, Terminal, blocks

PAGE = REPOSITORY / "docs" / "deploy.md"


def settings_for_a_host(server: SshServer, folder: Path) -> str:
    """What the page says to put into `sitegen.toml`, with another host and folder."""
    shown = next(
        block.text for block in blocks(PAGE) if block.language == "toml" and 'target = "rsync"' in block.text
    )
    assert '"me@example.org"' in shown
    assert '"/var/www/blog"' in shown
    own = shown.replace("me@example.org", f"{getpass.getuser()}@{server.host}")
    own = own.replace("/var/www/blog", str(folder))
    return f'{own}port = {server.port}\nssh_config = "{server.config}"\n'


@needs_sshd
def test_the_page_leads_from_an_empty_folder_to_a_blog_on_a_host(tmp_path: Path) -> None:
    terminal, host = Terminal(tmp_path), tmp_path / "host"
    with ssh_server(tmp_path / "server") as server:
        terminal.type("sitegen init blog")
        terminal.type("cd blog")
        terminal.type('sitegen new "My first post"')
        own = settings_for_a_host(server, host)
        settings = terminal.folder / "sitegen.toml"
        lines = [line for line in settings.read_text().splitlines() if not line.startswith("base_url")]
        address, _, table = own.partition("\n\n")
        settings.write_text("\n".join([address, *lines, "", table]))

        server.forget()
        assert "the host's key is not known. Connect once with ssh" in terminal.type("sitegen deploy")
        keys = ["ssh-keyscan", "-p", str(server.port), server.host]
        server.known_hosts.write_bytes(subprocess.run(keys, capture_output=True, check=True).stdout)

        known = (server.folder / "authorized_keys").read_text()
        (server.folder / "authorized_keys").write_text("")
        assert "the host refuses your key. Is it loaded (ssh-add -l)" in terminal.type("sitegen deploy")
        (server.folder / "authorized_keys").write_text(known)
        assert not host.exists(), "nothing was sent so far"

        assert "add     index.html" in terminal.type("sitegen deploy plan")
        assert "Deployed to production: 2" in terminal.type("sitegen deploy --yes --message 'It begins'")
        assert "My first post" in (host / "current" / "index.html").read_text(), "which the web server serves"
        assert "production is up to date" in terminal.type("sitegen deploy")

        terminal.type("echo 'A second thought.' >> content/posts/My-first-post.md")
        terminal.type("export SOURCE_DATE_EPOCH=1767225700 && sitegen deploy --quiet")
        page = next((host / "current").rglob("My-first-post/index.html")).relative_to(host / "current")
        assert "A second thought." in (host / "current" / page).read_text()
        assert "It begins" in terminal.type("sitegen deploy list")
        assert "Rolled production back" in terminal.type("sitegen deploy rollback")
        assert "A second thought." not in (host / "current" / page).read_text()
        assert "It begins" in terminal.type("sitegen deploy status")

        (host / "current" / "index.html").write_text("defaced")
        assert "changed by somebody else: index.html" in terminal.type("sitegen deploy status --rehash")
        assert "Deployed to production" in terminal.type("sitegen deploy --rehash")
        assert "A second thought." in (host / "current" / page).read_text()
        assert "defaced" not in (host / "current" / "index.html").read_text()
