"""linkinator follows every link of the blog, below a sub-path and at the very address it was built for."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any
from urllib.parse import unquote

from tests.pages.finished import FinishedSite
from tests.pages.npm import npm_file, program


def test_a_crawler_finds_no_dead_link_and_every_page(below_a_path: FinishedSite) -> None:
    node = program("node", "nodejs")
    crawler = npm_file("linkinator/build/src/cli.js")
    address = below_a_path.absolute("")
    elsewhere = f"^(?!{re.escape(address)})"
    done = subprocess.run(
        [
            node,
            str(crawler),
            address,
            "--recurse",
            "--format",
            "json",
            "--skip",
            elsewhere,
            "--timeout",
            "30000",
        ],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["links"]
    assert [link for link in found if link["state"] == "BROKEN"] == []
    assert done.returncode == 0, done.stderr
    reached = {below_a_path.below(unquote(link["url"])) for link in found if link["state"] == "OK"}
    # The only month of a year would list what the year lists, so nothing leads to it.
    unreached = below_a_path.readable_pages.keys() - reached - {"404.html"}
    assert [url for url in unreached if not re.fullmatch(r"archives/\d{4}/\d{2}/", url)] == []
