"""The exact text of every problem in a source file."""

from __future__ import annotations

import pytest

from sitegen.config import Config
from sitegen.errors import Problem, SitegenError
from sitegen.model import Metadata
from sitegen.urls import post_url
from tests.unit.content.files import POST, metadata, read

CASES = r"""
---
title: [原创] 标题
---
-----
post.md:2:8: warning[front-matter]: a value that begins with [ needs quotes. Read as: title: '[原创] 标题'
    2 | title: [原创] 标题
      |        ^^^^^^^^^^^
=====
---
title: a: b
---
-----
post.md:2:8: warning[front-matter]: a value with ": " in it needs quotes. Read as: title: 'a: b'
    2 | title: a: b
      |        ^^^^
=====
---
title: "引" 标题
---
-----
post.md:2:8: warning[front-matter]: a value that begins with " needs quotes. Read as: title: '"引" 标题'
    2 | title: "引" 标题
      |        ^^^^^^^^^
=====
---
title: 'It's fine'
---
-----
post.md:2:8: warning[front-matter]: an apostrophe may not stand between such quotes. Read as: title: "It's fine"
    2 | title: 'It's fine'
      |        ^^^^^^^^^^^
=====
---
title: *x*
---
-----
post.md:2:8: warning[front-matter]: a value that begins with * needs quotes. Read as: title: '*x*'
    2 | title: *x*
      |        ^^^
=====
---
title: @x
---
-----
post.md:2:8: warning[front-matter]: a value that begins with @ needs quotes. Read as: title: '@x'
    2 | title: @x
      |        ^^
=====
---
title: [原创]
---
-----
post.md:2:8: warning[front-matter]: a value that begins with [ needs quotes. Read as: title: '[原创]'
    2 | title: [原创]
      |        ^^^^^^
=====
---
title: {{ site.title }}
---
-----
post.md:2:8: warning[front-matter]: a value that begins with { needs quotes. Read as: title: '{{ site.title }}'
    2 | title: {{ site.title }}
      |        ^^^^^^^^^^^^^^^^
=====
---
title: #5 x
---
-----
post.md:2:8: warning[front-matter]: a value that begins with # needs quotes. Read as: title: '#5 x'
    2 | title: #5 x
      |        ^^^^
=====
---
tags: #web #css
---
-----
post.md:2:7: warning[front-matter]: a value that begins with # is a comment, so tags is empty. Write: tags: '#web #css'
    2 | tags: #web #css
      |       ^^^^^^^^^
=====
---
title：你好
---
-----
post.md:2:6: warning[front-matter]: "：" does not end a key: write ":" and a space. Read as: title: 你好
    2 | title：你好
      |      ^^
=====
---
title:x
---
-----
post.md:2:6: warning[front-matter]: a space is missing after the colon. Read as: title: x
    2 | title:x
      |      ^
=====
---
tags:
	- a
---
-----
post.md:3:1: warning[front-matter]: YAML does not allow tabs here; each was read as two spaces
    3 |     - a
      | ^^^^
=====
---
tags: [@vue/cli, c: d]
---
-----
post.md:2:7: warning[front-matter]: what stands in this list needs quotes. Read as: tags: ['@vue/cli', 'c: d']
    2 | tags: [@vue/cli, c: d]
      |       ^^^^^^^^^^^^^^^^
=====
---
tags:
  - @a
---
-----
post.md:3:5: warning[front-matter]: a value that begins with @ needs quotes. Read as: - '@a'
    3 |   - @a
      |     ^^
=====
---
title: a
title: b
---
-----
post.md:3:1: error[front-matter]: the key "title" is there twice: keep one of them
    3 | title: b
      | ^^^^^
=====
---
title: "a "b" c"
---
-----
post.md:2:12: error[front-matter]: the quotes end here, but not the value: use the other kind of quotes around it
    2 | title: "a "b" c"
      |            ^
=====
---
title: "深度学习
tags: [a]
---
-----
post.md:2:8: error[front-matter]: a quotation mark is opened here and not closed properly
    2 | title: "深度学习
      |        ^
=====
---
tags: [a, b
layout: x
---
-----
post.md:2:7: error[front-matter]: a list is opened with [ here and not closed properly
    2 | tags: [a, b
      |       ^
=====
---
title: x
  tags: y
---
-----
post.md:3:7: error[front-matter]: this continues the value of the line before, so it cannot be a key: check the indentation
    3 |   tags: y
      |       ^
=====
---
title: x
标题
layout: y
---
-----
post.md:3:1: error[front-matter]: a line of the form "key: value" was expected
    3 | 标题
      | ^^
=====
---
title: *x y: z
  - b
---
-----
post.md:2:8: error[front-matter]: no value before is marked with "&x"
    2 | title: *x y: z
      |        ^^
=====
---
title: x
-----
post.md:1:1: error[front-matter]: front matter begins here and never ends: add a line --- after it
    1 | ---
      | ^^^
=====
+++
title = "x"
-----
post.md:1:1: error[front-matter]: front matter begins here and never ends: add a line +++ after it
    1 | +++
      | ^^^
=====
---
- a
title: x
---
-----
post.md:3:1: error[front-matter]: an item of a list was expected, with the same indentation as the one before
    3 | title: x
      | ^
=====
+++
title = x
+++
-----
post.md:2:9: error[front-matter]: this is not TOML: invalid value
    2 | title = x
      |         ^
=====
+++
title = "x"
title = "y"
+++
-----
post.md:3:1: error[front-matter]: a key is there twice: keep one of them
    3 | title = "y"
      | ^^^^^^^^^^^
=====
;;;
"title": "x",,
;;;
-----
post.md:2:14: error[front-matter]: this is not JSON: expecting property name enclosed in double quotes
    2 | "title": "x",,
      |              ^
=====
;;;
"title": "x",
"title": "y"
;;;
-----
post.md:3:2: error[front-matter]: the key "title" is there twice: keep one of them
    3 | "title": "y"
      |  ^^^^^
=====
;;;
"sticky": NaN
;;;
-----
post.md:2:11: error[front-matter]: NaN is not JSON: write it as a text, in quotes
    2 | "sticky": NaN
      |           ^^^
=====
---
date: 2024-13-01
---
-----
post.md:2:7: error[date]: "2024-13-01" is not a date: month must be 1 to 12
    2 | date: 2024-13-01
      |       ^^^^^^^^^^
=====
---
date: 2024-13-01  # "the" day
---
-----
post.md:2:7: error[date]: "2024-13-01" is not a date: month must be 1 to 12
    2 | date: 2024-13-01  # "the" day
      |       ^^^^^^^^^^
=====
---
date: "2024-13-01 # 1"   # the 'day
---
-----
post.md:2:7: error[date]: "2024-13-01 # 1" is not a date: write it as 2018-05-08 23:54:20
    2 | date: "2024-13-01 # 1"   # the 'day
      |       ^^^^^^^^^^^^^^^^
=====
---
date: 昨天
---
-----
post.md:2:7: error[date]: "昨天" is not a date: write it as 2018-05-08 23:54:20
    2 | date: 昨天
      |       ^^^^
=====
---
updated: 2018-02-30 12:00
---
-----
post.md:2:10: error[date]: "2018-02-30 12:00" is not a date: February 2018 has 28 days
    2 | updated: 2018-02-30 12:00
      |          ^^^^^^^^^^^^^^^^
=====
---
date: [2018-05-08]
---
-----
post.md:2:7: error[date]: a date was expected, such as 2018-05-08 23:54:20
    2 | date: [2018-05-08]
      |       ^^^^^^^^^^^^
=====
---
title:
  a: b
---
-----
post.md:2:1: error[front-matter]: title must be a text: put it in quotes
    2 | title:
      | ^^^^^
=====
---
tags: {a: b}
---
-----
post.md:2:7: error[front-matter]: tags must be a list of names: [one, two]
    2 | tags: {a: b}
      |       ^^^^^^
=====
---
tags:
  - C++: notes
---
-----
post.md:2:1: error[front-matter]: tags must be a list of names: [one, two]. A name with ": " in it needs quotes
    2 | tags:
      | ^^^^
=====
---
categories: {A: B}
---
-----
post.md:2:13: error[front-matter]: categories must be a list of names, [parent, child], or a list of such lists. A name with ": " in it needs quotes
    2 | categories: {A: B}
      |             ^^^^^^
=====
---
authors: [[a]]
---
-----
post.md:2:10: error[front-matter]: authors must be a name or a list of names
    2 | authors: [[a]]
      |          ^^^^^
=====
---
draft: maybe
---
-----
post.md:2:8: error[front-matter]: draft must be true or false
    2 | draft: maybe
      |        ^^^^^
=====
---
toc: 3
---
-----
post.md:2:6: error[front-matter]: toc must be true or false
    2 | toc: 3
      |      ^
=====
---
sticky: first
---
-----
post.md:2:9: error[front-matter]: sticky must be true, false or a whole number; a higher one stands further up
    2 | sticky: first
      |         ^^^^^
=====
---
weight: heavy
---
-----
post.md:2:9: error[front-matter]: weight must be a whole number; a lower one stands further up
    2 | weight: heavy
      |         ^^^^^
=====
---
cover: 2018
slug: [a]
---
-----
post.md:3:7: error[front-matter]: slug must be a text: put it in quotes
    3 | slug: [a]
      |       ^^^
=====
---
slug: a/b
---
-----
post.md:2:7: error[front-matter]: slug must be one part of an address, without /: write permalink for a whole address
    2 | slug: a/b
      |       ^^^
=====
---
slug: ..
---
-----
post.md:2:7: error[address]: "/../" holds "..", which would lead out of its place
    2 | slug: ..
      |       ^^
=====
---
permalink: https://example.org/a/
---
-----
post.md:2:12: error[address]: "https://example.org/a/" is outside the site: write only what follows the host, beginning with /
    2 | permalink: https://example.org/a/
      |            ^^^^^^^^^^^^^^^^^^^^^^
=====
---
permalink: ../../etc/passwd
---
-----
post.md:2:12: error[address]: "/../../etc/passwd/" holds "..", which would lead out of its place
    2 | permalink: ../../etc/passwd
      |            ^^^^^^^^^^^^^^^^
=====
---
permalink: /?p=12
---
-----
post.md:2:12: error[address]: "/?p=12" has a query, which a site of files cannot answer. Write %3F if you mean the character ? itself
    2 | permalink: /?p=12
      |            ^^^^^^
=====
---
permalink: a\b
---
-----
post.md:2:12: error[address]: "/a\b/" holds a backslash, which no address may
    2 | permalink: a\b
      |            ^^^
=====
---
permalink: .git/hooks/x.txt
---
-----
post.md:2:12: error[address]: "/.git/hooks/x.txt" holds ".git", which belongs to Git
    2 | permalink: .git/hooks/x.txt
      |            ^^^^^^^^^^^^^^^^
=====
---
aliases: [/old/, '/old/#part']
---
-----
post.md:2:10: error[address]: "/old/#part" has a fragment, which a site of files cannot answer. Write %23 if you mean the character # itself
    2 | aliases: [/old/, '/old/#part']
      |          ^^^^^^^^^^^^^^^^^^^^^
=====
---
redirect_from: [{a: b}]
---
-----
post.md:2:16: error[front-matter]: redirect_from must be a text or a list of texts
    2 | redirect_from: [{a: b}]
      |                ^^^^^^^^
=====
---
catgories: [a]
---
-----
post.md:2:1: warning[front-matter]: catgories has no meaning here. Did you mean categories?
    2 | catgories: [a]
      | ^^^^^^^^^
=====
---
tilte: x
---
-----
post.md:2:1: warning[front-matter]: tilte has no meaning here. Did you mean title?
    2 | tilte: x
      | ^^^^^
=====
---
a: !python/name:os.system x
---
-----
post.md:2:4: warning[front-matter]: a value that begins with ! needs quotes. Read as: a: '!python/name:os.system x'
    2 | a: !python/name:os.system x
      |    ^^^^^^^^^^^^^^^^^^^^^^^^
"""


def cases() -> list[tuple[str, str]]:
    """Pairs of a file and what is said about it."""
    pairs = [case.split("\n-----\n") for case in CASES.strip("\n").split("\n=====\n")]
    return [(written, said) for written, said in pairs]


def told(text: str | bytes, path: str = POST) -> str:
    """All that is said about a file, which is called `post.md` here."""
    problems: tuple[Problem, ...]
    try:
        _, problems = read(text, path)
    except SitegenError as error:
        problems = error.problems
    return "\n".join(map(str, problems)).replace(path, "post.md")


@pytest.mark.parametrize(("written", "said"), cases(), ids=[written for written, _ in cases()])
def test_the_problem_of_a_file_is_told_so(written: str, said: str) -> None:
    assert told(f"{written}\n") == said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "content/posts/hello.md",
            (
                "post.md: error[date]: this post has no date: add date: 2018-05-08 23:54:20 to its front matter, "
                "or rename it to 2018-05-08-hello.md"
            ),
        ),
        (
            "content/posts/a/hello/index.md",
            (
                "post.md: error[date]: this post has no date: add date: 2018-05-08 23:54:20 to its front matter, "
                "or rename it to 2018-05-08-hello"
            ),
        ),
    ],
)
def test_a_post_without_date_is_told_so(path: str, said: str) -> None:
    assert told("---\ntitle: x\n---\n", path) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "---\ntitle: 深度\n---\n".encode("gbk"),
            (
                "post.md:2:8: error[encoding]: byte 0xC9 at offset 11 is not UTF-8. It looks like GBK (GB18030). "
                "Save the file as UTF-8\n    2 | title: \ufffd\ufffd\ufffd\n      |        ^"
            ),
        ),
        (b"\xff\xfea\x00", "post.md:1:1: error[encoding]: the file is in UTF-16: save it as UTF-8"),
        (
            b"a\x00" * 20,
            "post.md:1:1: error[encoding]: the file holds more zero bytes than a text can: save it as UTF-8",
        ),
        (
            b"good\nba\x08d\n",
            (
                "post.md:2:3: warning[encoding]: the character U+0008 cannot be shown and was taken out\n"
                "    2 | ba d\n      |   ^"
            ),
        ),
        (
            b"---\ntitle: " + b"x" * 100_000 + b"\n---\n",
            (
                "post.md:2:1: error[front-matter]: front matter of 100,008 characters; at most 100,000 are read. "
                "Is its end missing?"
            ),
        ),
        (
            b"---\ntags: [" + b"a," * 20_000 + b"]\n---\n",
            "post.md:2:40002: error[front-matter]: there are more than 20,000 values here",
        ),
        (
            b"---\ntitle: x\na: " + b"[" * 40 + b"\n---\n",
            (
                "post.md:3:35: error[front-matter]: lists and mappings go 32 levels deep here at most\n"
                f"    3 | a: {'[' * 40}\n      | {' ' * 34}^"
            ),
        ),
    ],
    ids=["gbk", "utf-16", "zero bytes", "control character", "size", "count", "depth"],
)
def test_a_file_that_is_no_healthy_text_is_told_so(content: bytes, said: str) -> None:
    assert told(content) == said


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (
            ":abbrlnk/",
            (
                "the permalink pattern has :abbrlnk, but this post has no abbrlnk. Add it to its front matter, "
                "or change permalink in sitegen.toml. Did you mean abbrlink?"
            ),
        ),
        (
            ":sulg/",
            (
                "the permalink pattern has :sulg, but this post has no sulg. Add it to its front matter, "
                "or change permalink in sitegen.toml. Did you mean slug?"
            ),
        ),
        (
            ":post_title/",
            "the permalink pattern has :post_title, which is empty here. Give this post a permalink of its own",
        ),
        (":links/", "the permalink pattern has :links, but links is no text or number here"),
        (":up/:slug/", '"/../hello/" holds "..", which would lead out of its place'),
        (":long/", f'"{"x" * 40}…" is too long for a file name: at most 255 bytes'),
        (":slug//x", '"/hello//x/" has nothing between two of its /'),
    ],
)
def test_an_address_that_cannot_be_is_told_so(pattern: str, said: str) -> None:
    found = metadata(f'title: "??"\nabbrlink: 1\nlinks: [a]\nup: ".."\nlong: {"x" * 300}')
    assert refusal(found, pattern) == f"{POST}: error[address]: {said}"


def refusal(found: Metadata, pattern: str) -> str:
    with pytest.raises(SitegenError) as caught:
        post_url(found, Config(permalink=pattern))
    return str(caught.value)
