"""What the preview adds to pages on their way to the browser, and the page it shows in place of one it cannot make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from sitegen.errors import Problem
from sitegen.preview.addresses import OURS

_END_OF_BODY = re.compile(rb"</body\s*>", re.IGNORECASE)


def with_script(content: bytes, *, token: str, digest: str, page: str) -> bytes:
    """A page that loads the script of the preview, which learns from its own attributes what it needs.

    `digest` is that of the page without the script, `page` its address as browsers ask for it.
    """
    script = (
        f'<script src="{OURS}preview.js" data-token="{escape(token)}" data-digest="{digest}" '
        f'data-page="{escape(page)}" defer></script>'
    ).encode()
    ends = list(_END_OF_BODY.finditer(content))
    place = ends[-1].start() if ends else len(content)
    return content[:place] + script + content[place:]


def trouble_page(problems: Sequence[Problem]) -> bytes:
    """A page that shows problems, for an address of which there is nothing else to show."""
    told = "\n".join(str(problem) for problem in problems)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>The site cannot be shown</title>\n</head>\n"
        "<body>\n<h1>The site cannot be shown</h1>\n<p>As soon as this is mended, the page shows itself.</p>\n"
        f"<pre>{escape(told)}</pre>\n</body>\n</html>\n"
    ).encode()


def missing_page(path: str, home: str) -> bytes:
    """A page for addresses that the site does not have, where it has no page of its own for these."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>404</title>\n</head>\n'
        f'<body>\n<h1>There is nothing at {escape(path)}</h1>\n<p>The site begins at <a href="{escape(home)}">'
        f"{escape(home)}</a>.</p>\n</body>\n</html>\n"
    ).encode()
