"""The published examples of GitHub Flavored Markdown (0.29) for the parts that we share with it.

What differs by intent is put back before comparing: alignment is a class, a table stands in a box that scrolls, the
box of a task in a label, deleted text is `<s>`, a header without text an ordinary cell.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from sitegen.config import Config
from sitegen.render.markdown.parser import build_parser

PARSER = build_parser(Config())


class Published(NamedTuple):
    """One example: its number, what is typed, what GitHub's specification makes of it."""

    number: int
    markdown: str
    html: str


def table(header: str, *rows: str) -> str:
    """A table in HTML without its line ends: cells divided by `|`."""

    def cells(row: str, tag: str) -> str:
        return "".join(f"<{tag}>{cell}</{tag}>" for cell in row.split("|"))

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table><thead><tr>{cells(header, 'th')}</tr></thead>{f'<tbody>{body}</tbody>' if rows else ''}</table>"


TABLES = [
    Published(198, "| foo | bar |\n| --- | --- |\n| baz | bim |", table("foo|bar", "baz|bim")),
    Published(
        199,
        "| abc | defghi |\n:-: | -----------:\nbar | baz",
        '<table><thead><tr><th align="center">abc</th><th align="right">defghi</th></tr></thead>'
        '<tbody><tr><td align="center">bar</td><td align="right">baz</td></tr></tbody></table>',
    ),
    Published(
        200,
        "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |",
        "<table><thead><tr><th>f|oo</th></tr></thead><tbody><tr><td>b <code>|</code> az</td></tr>"
        "<tr><td>b <strong>|</strong> im</td></tr></tbody></table>",
    ),
    Published(
        201,
        "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar",
        table("abc|def", "bar|baz") + "<blockquote><p>bar</p></blockquote>",
    ),
    Published(
        202,
        "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar",
        table("abc|def", "bar|baz", "bar|") + "<p>bar</p>",
    ),
    Published(203, "| abc | def |\n| --- |\n| bar |", "<p>| abc | def || --- || bar |</p>"),
    Published(
        204,
        "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |",
        table("abc|def", "bar|", "bar|baz"),
    ),
    Published(205, "| abc | def |\n| --- | --- |", table("abc|def")),
]
TASKS = [
    Published(
        279,
        "- [ ] foo\n- [x] bar",
        "<ul><li><input disabled type=checkbox> foo</li><li><input checked disabled type=checkbox> bar</li></ul>",
    ),
    Published(
        280,
        "- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim",
        "<ul><li><input checked disabled type=checkbox> foo"
        "<ul><li><input disabled type=checkbox> bar</li><li><input checked disabled type=checkbox> baz</li></ul>"
        "</li><li><input disabled type=checkbox> bim</li></ul>",
    ),
]
DELETED = [
    Published(491, "~~Hi~~ Hello, ~there~ world!", "<p><del>Hi</del> Hello, <del>there</del> world!</p>"),
    Published(492, "This ~~has a\n\nnew paragraph~~.", "<p>This ~~has a</p><p>new paragraph~~.</p>"),
    Published(493, "This will ~~~not~~~ strike.", "<p>This will ~~~not~~~ strike.</p>"),
]


def link(url: str, text: str | None = None) -> str:
    return f'<a href="{url}">{text or url}</a>'


SEARCH = "www.google.com/search?q="
LINKS = [
    Published(622, "www.commonmark.org", f"<p>{link('http://www.commonmark.org', 'www.commonmark.org')}</p>"),
    Published(
        623,
        "Visit www.commonmark.org/help for more information.",
        f"<p>Visit {link('http://www.commonmark.org/help', 'www.commonmark.org/help')} for more information.</p>",
    ),
    Published(
        624,
        "Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.",
        f"<p>Visit {link('http://www.commonmark.org', 'www.commonmark.org')}.</p>"
        f"<p>Visit {link('http://www.commonmark.org/a.b', 'www.commonmark.org/a.b')}.</p>",
    ),
    Published(
        625,
        f"{SEARCH}Markup+(business)\n\n({SEARCH}Markup+(business))",
        f"<p>{link(f'http://{SEARCH}Markup+(business)', f'{SEARCH}Markup+(business)')}</p>"
        f"<p>({link(f'http://{SEARCH}Markup+(business)', f'{SEARCH}Markup+(business)')})</p>",
    ),
    Published(
        626,
        f"{SEARCH}(business))+ok",
        f"<p>{link(f'http://{SEARCH}(business))+ok', f'{SEARCH}(business))+ok')}</p>",
    ),
    Published(
        627,
        f"{SEARCH}commonmark&hl=en\n\n{SEARCH}commonmark&hl;",
        f"<p>{link(f'http://{SEARCH}commonmark&amp;hl=en', f'{SEARCH}commonmark&amp;hl=en')}</p>"
        f"<p>{link(f'http://{SEARCH}commonmark', f'{SEARCH}commonmark')}&amp;hl;</p>",
    ),
    Published(
        628,
        "www.commonmark.org/he<lp",
        f"<p>{link('http://www.commonmark.org/he', 'www.commonmark.org/he')}&lt;lp</p>",
    ),
    Published(
        629,
        "http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))",
        f"<p>{link('http://commonmark.org')}</p>"
        f"<p>(Visit {link('https://encrypted.google.com/search?q=Markup+(business)')})</p>",
    ),
    Published(630, "foo@bar.baz", f"<p>{link('mailto:foo@bar.baz', 'foo@bar.baz')}</p>"),
    Published(
        631,
        "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
        "<p>hello@mail+xyz.example isn't valid, but "
        f"{link('mailto:hello+xyz@mail.example', 'hello+xyz@mail.example')} is.</p>",
    ),
    Published(
        632,
        "a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_",
        f"<p>{link('mailto:a.b-c_d@a.b', 'a.b-c_d@a.b')}</p><p>{link('mailto:a.b-c_d@a.b', 'a.b-c_d@a.b')}.</p>"
        "<p>a.b-c_d@a.b-</p><p>a.b-c_d@a.b_</p>",
    ),
]


def as_published(html: str) -> str:
    """Our HTML with what differs by intent as GitHub has it, without line ends."""
    html = re.sub(r'<div class="table-scroll" tabindex="0">\n(.*?)</div>\n', r"\1", html, flags=re.DOTALL)
    html = re.sub(r'class="align-(\w+)"', r'align="\1"', html)
    html = html.replace("<s>", "<del>").replace("</s>", "</del>")
    html = re.sub(r' class="(?:contains-task-list|task-list-item)"', "", html)
    html = re.sub(r"</?label>", "", html)
    html = html.replace('<input type="checkbox" disabled checked>', "<input checked disabled type=checkbox>")
    html = html.replace('<input type="checkbox" disabled>', "<input disabled type=checkbox>")
    return html.replace("\n", "")


@pytest.mark.parametrize(
    "published", [*TABLES, *TASKS, *DELETED, *LINKS], ids=lambda published: str(published.number)
)
def test_published_examples_hold(published: Published) -> None:
    assert as_published(str(PARSER.render(published.markdown))) == published.html
