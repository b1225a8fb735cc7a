"""The exact text of every problem in `sitegen.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.errors import SitegenError
from sitegen.settings import parse_config, read_config

CASES = r"""
titel = "x"
-----
sitegen.toml:1:1: error[settings]: there is no setting "titel". Did you mean title?
    1 | titel = "x"
      | ^^^^^
=====
url = "https://example.org/"
-----
sitegen.toml:1:1: error[settings]: there is no setting "url". Did you mean base_url?
    1 | url = "https://example.org/"
      | ^^^
=====
[markdown]
brakes = true
-----
sitegen.toml:2:1: error[settings]: [markdown] has no setting "brakes". Did you mean breaks?
    2 | brakes = true
      | ^^^^^^
=====
breaks = true
-----
sitegen.toml:1:1: error[settings]: there is no setting "breaks". It belongs into the table [markdown]
    1 | breaks = true
      | ^^^^^^
=====
[markdown]
per_page = 3
-----
sitegen.toml:2:1: error[settings]: [markdown] has no setting "per_page". It belongs to the top of the file, above the first [table]
    2 | per_page = 3
      | ^^^^^^^^
=====
[markdwon]
breaks = true
-----
sitegen.toml:1:2: error[settings]: there is no setting "markdwon". Did you mean markdown?
    1 | [markdwon]
      |  ^^^^^^^^
=====
[deploy.production]
type = "git"
repo = "git@example.org:me/blog.git"
-----
sitegen.toml:1:2: error[settings]: [deploy.production] has no target; it is one of "git", "local", "netlify", "plugin", "rsync", "s3", "sftp". Did you mean target in place of type?
    1 | [deploy.production]
      |  ^^^^^^^^^^^^^^^^^
=====
[deploy.production]
target = "gti"
-----
sitegen.toml:2:10: error[settings]: deploy.production.target must be one of "git", "local", "netlify", "plugin", "rsync", "s3", "sftp", not "gti". Did you mean git?
    2 | target = "gti"
      |          ^^^^^
=====
[deploy.production]
target = "git"
repo = "git@example.org:me/blog.git"
-----
sitegen.toml:3:1: error[settings]: [deploy.production] has no setting "repo". Did you mean repository?
    3 | repo = …
      | ^^^^
=====
[deploy.production]
target = "git"
repository = "https://ghp_0123456789@example.org/blog.git"
-----
sitegen.toml:1:2: error[settings]: deploy.production has a user or a password in its repository. Leave them to git's credential helper, or use SSH
    1 | [deploy.production]
      |  ^^^^^^^^^^^^^^^^^
=====
[deploy.production]
target = "git"
repository = "https://me:hunter2@example.org/blog.git"
branch = "a..b"
cname = true
-----
sitegen.toml:1:2: error[settings]: deploy.production has a user or a password in its repository. Leave them to git's credential helper, or use SSH
    1 | [deploy.production]
      |  ^^^^^^^^^^^^^^^^^
sitegen.toml:4:10: error[settings]: deploy.production.branch must be the name of a branch, such as gh-pages, not "a..b"
    4 | branch = "a..b"
      |          ^^^^^^
sitegen.toml:5:9: error[settings]: deploy.production.cname needs a base_url with your domain, not "http://localhost:4000/"
    5 | cname = true
      |         ^^^^
=====
[deploy.plan]
target = "local"
folder = "../www"
-----
sitegen.toml:1:2: error[settings]: deploy.plan has the name of the command `sitegen deploy plan`. Give it another
    1 | [deploy.plan]
      |  ^^^^^^^^^^^
=====
[deploy.web]
target = "rsync"
host = "-oProxyCommand=x"
-----
sitegen.toml:1:2: error[settings]: [deploy.web] has no folder
    1 | [deploy.web]
      |  ^^^^^^^^^^
=====
[deploy.web]
target = "rsync"
host = "-oProxyCommand=x"
folder = "/"
keep_releases = 0
-----
sitegen.toml:3:8: error[settings]: deploy.web.host must be a host as ssh takes it, such as me@example.org, not "-oProxyCommand=x"
    3 | host = "-oProxyCommand=x"
      |        ^^^^^^^^^^^^^^^^^^
sitegen.toml:4:10: error[settings]: deploy.web.folder must be a folder on the host, from its root or from your home folder there, such as www, not "/"
    4 | folder = "/"
      |          ^^^
sitegen.toml:5:17: error[settings]: deploy.web.keep_releases must be a whole number of 1 or more, not 0
    5 | keep_releases = 0
      |                 ^
=====
[deploy.web]
target = "s3"
bucket = "my-bucket"
endpoint = "s3.example.org"
-----
sitegen.toml:3:10: error[settings]: deploy.web.bucket must be a bucket such as s3://my-bucket or s3://my-bucket/blog, not "my-bucket"
    3 | bucket = "my-bucket"
      |          ^^^^^^^^^^^
sitegen.toml:4:12: error[settings]: deploy.web.endpoint must be an address such as https://s3.example.org, not "s3.example.org"
    4 | endpoint = "s3.example.org"
      |            ^^^^^^^^^^^^^^^^
=====
[deploy.web]
target = "s3"
bucket = "s3://AKIA:hunter2@my-bucket"
-----
sitegen.toml:1:2: error[settings]: deploy.web has credentials in an address. Leave them to the environment or to the provider's configuration
    1 | [deploy.web]
      |  ^^^^^^^^^^
=====
[deploy.web]
target = "s3"
bucket = "s3://my-bucket"
headers = { "*.pdf" = "no-store", "*.html" = { X-Frame-Options = "DENY" } }
-----
sitegen.toml:4:11: error[settings]: deploy.web.headers must have a table of headers for each pattern, such as { "*.pdf" = { Cache-Control = "no-store" } }
    4 | headers = { "*.pdf" = "no-store", "*.html" = { X-Frame-Options = "DENY" } }
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
sitegen.toml:4:11: error[settings]: deploy.web.headers has X-Frame-Options for "*.html", which this place cannot keep: it keeps Cache-Control, Content-Disposition, Content-Language, Content-Type
    4 | headers = { "*.pdf" = "no-store", "*.html" = { X-Frame-Options = "DENY" } }
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
=====
xyz = 1
-----
sitegen.toml:1:1: error[settings]: there is no setting "xyz"
    1 | xyz = 1
      | ^^^
=====
[[menu]]
title = "About"
link = "/about/"
-----
sitegen.toml:3:1: error[settings]: a [[menu]] entry has no "link"; it has title and url. Did you mean url?
    3 | link = "/about/"
      | ^^^^
=====
[[menu]]
title = "About"
-----
sitegen.toml:1:3: error[settings]: this [[menu]] entry has no url
    1 | [[menu]]
      |   ^^^^
=====
per_page = "ten"
-----
sitegen.toml:1:12: error[settings]: per_page must be a whole number of 0 or more, not "ten"
    1 | per_page = "ten"
      |            ^^^^^
=====
per_page = -1
-----
sitegen.toml:1:12: error[settings]: per_page must be a whole number of 0 or more, not -1
    1 | per_page = -1
      |            ^^
=====
per_page = 10.5
-----
sitegen.toml:1:12: error[settings]: per_page must be a whole number of 0 or more, not 10.5
    1 | per_page = 10.5
      |            ^^^^
=====
per_page = true
-----
sitegen.toml:1:12: error[settings]: per_page must be a whole number of 0 or more, not true
    1 | per_page = true
      |            ^^^^
=====
markdown.toc_depth = 9
-----
sitegen.toml:1:22: error[settings]: markdown.toc_depth must be a whole number from 1 to 6, not 9
    1 | markdown.toc_depth = 9
      |                      ^
=====
markdown.breaks = "yes"
-----
sitegen.toml:1:19: error[settings]: markdown.breaks must be true or false, not "yes"
    1 | markdown.breaks = "yes"
      |                   ^^^^^
=====
title = 2018-05-08
-----
sitegen.toml:1:9: error[settings]: title must be a text in quotes, not the date 2018-05-08
    1 | title = 2018-05-08
      |         ^^^^^^^^^^
=====
title = "a\u0000b"
-----
sitegen.toml:1:9: error[settings]: title must not hold the control character U+0000
    1 | title = "a\u0000b"
      |         ^^^^^^^^^^
=====
markdown.heading_ids = "githob"
-----
sitegen.toml:1:24: error[settings]: markdown.heading_ids must be "github" or "hexo", not "githob". Did you mean github?
    1 | markdown.heading_ids = "githob"
      |                        ^^^^^^^^
=====
feeds.formats = ["atmo"]
-----
sitegen.toml:1:18: error[settings]: feeds.formats must be "atom", "json" or "rss", not "atmo". Did you mean atom?
    1 | feeds.formats = ["atmo"]
      |                  ^^^^^^
=====
feeds.formats = "atom"
-----
sitegen.toml:1:17: error[settings]: feeds.formats must be a list in brackets of "atom", "json" or "rss", not "atom"
    1 | feeds.formats = "atom"
      |                 ^^^^^^
=====
feeds.formats = [1]
-----
sitegen.toml:1:18: error[settings]: feeds.formats must be "atom", "json" or "rss", not 1
    1 | feeds.formats = [1]
      |                  ^
=====
feeds.formats = ["rss", "rss"]
-----
sitegen.toml:1:25: error[settings]: feeds.formats names "rss" twice
    1 | feeds.formats = ["rss", "rss"]
      |                         ^^^^^
=====
theme = "next"
-----
sitegen.toml:1:9: error[settings]: theme must be a table, not "next". Did you mean theme.name = "next"?
    1 | theme = "next"
      |         ^^^^^^
=====
theme.name = 3
-----
sitegen.toml:1:14: error[settings]: theme.name must be a text in quotes, not 3
    1 | theme.name = 3
      |              ^
=====
markdown = true
-----
sitegen.toml:1:12: error[settings]: markdown must be a table, not true
    1 | markdown = true
      |            ^^^^
=====
menu = { Home = "/" }
-----
sitegen.toml:1:8: error[settings]: menu must be a list of tables with title and url, not a table
    1 | menu = { Home = "/" }
      |        ^^^^^^^^^^^^^^
=====
params = 1
-----
sitegen.toml:1:10: error[settings]: params must be a table, not 1
    1 | params = 1
      |          ^
=====
params.n = 99999999999999999999
-----
sitegen.toml:1:12: error[settings]: params.n holds a number that is too big
    1 | params.n = 99999999999999999999
      |            ^^^^^^^^^^^^^^^^^^^^
=====
output = "/var/www"
-----
sitegen.toml:1:10: error[settings]: output must be the path of a folder, such as "public", not "/var/www"
    1 | output = "/var/www"
      |          ^^^^^^^^^^
=====
output = ""
-----
sitegen.toml:1:10: error[settings]: output must be the path of a folder, such as "public", not ""
    1 | output = ""
      |          ^^
=====
output = "../public"
-----
sitegen.toml:1:10: error[settings]: output must be a folder below the site's own, such as public, not "../public"
    1 | output = "../public"
      |          ^^^^^^^^^^^
=====
output = "content/site"
-----
sitegen.toml:1:10: error[settings]: output must not be "content/site": content/ holds sources of the site
    1 | output = "content/site"
      |          ^^^^^^^^^^^^^^
=====
taxonomies.tags = "a b?"
-----
sitegen.toml:1:19: error[settings]: taxonomies.tags must not hold any of ? # % : * " < > |, as "a b?" does
    1 | taxonomies.tags = "a b?"
      |                   ^^^^^^
=====
taxonomies.tags = "Categories"
-----
sitegen.toml:1:19: error[settings]: taxonomies.tags must not be the same folder as taxonomies.categories, "Categories"
    1 | taxonomies.tags = "Categories"
      |                   ^^^^^^^^^^^^
=====
language = "zh_CN"
-----
sitegen.toml:1:12: error[settings]: language must be a language tag, not "zh_CN". Did you mean zh-CN?
    1 | language = "zh_CN"
      |            ^^^^^^^
=====
language = "Chinese"
-----
sitegen.toml:1:12: error[settings]: language must be a language tag such as en or zh-Hans, not "Chinese"
    1 | language = "Chinese"
      |            ^^^^^^^^^
=====
timezone = "asia/shanghai"
-----
sitegen.toml:1:12: error[settings]: timezone must be the name of a time zone, such as Asia/Shanghai, not "asia/shanghai". Did you mean Asia/Shanghai?
    1 | timezone = "asia/shanghai"
      |            ^^^^^^^^^^^^^^^
=====
timezone = "Asia/Beijing"
-----
sitegen.toml:1:12: error[settings]: timezone must be the name of a time zone, such as Asia/Shanghai, not "Asia/Beijing". Did you mean Asia/Shanghai?
    1 | timezone = "Asia/Beijing"
      |            ^^^^^^^^^^^^^^
=====
timezone = "nowhere"
-----
sitegen.toml:1:12: error[settings]: timezone must be the name of a time zone, such as Asia/Shanghai, not "nowhere"
    1 | timezone = "nowhere"
      |            ^^^^^^^^^
=====
base_url = "example.org/blog"
-----
sitegen.toml:1:12: error[settings]: base_url must be a full address such as https://example.org/, not "example.org/blog". Did you mean https://example.org/blog?
    1 | base_url = "example.org/blog"
      |            ^^^^^^^^^^^^^^^^^^
=====
base_url = "ftp://example.org"
-----
sitegen.toml:1:12: error[settings]: base_url must be a full address such as https://example.org/, not "ftp://example.org"
    1 | base_url = "ftp://example.org"
      |            ^^^^^^^^^^^^^^^^^^^
=====
base_url = "https://example.org/?a=1"
-----
sitegen.toml:1:12: error[settings]: base_url must end with its path, without ? and #, not be "https://example.org/?a=1"
    1 | base_url = "https://example.org/?a=1"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^
=====
base_url = "https://example.org/../"
-----
sitegen.toml:1:12: error[settings]: base_url has a path that is not plain: "https://example.org/../"
    1 | base_url = "https://example.org/../"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^
=====
base_url = "http://[x"
-----
sitegen.toml:1:12: error[settings]: base_url is not an address: "http://[x"
    1 | base_url = "http://[x"
      |            ^^^^^^^^^^^
=====
permalink = ":year/:slug"
-----
sitegen.toml:1:13: error[settings]: permalink must begin with /, as in /:year/:month/:day/:slug/, not be ":year/:slug"
    1 | permalink = ":year/:slug"
      |             ^^^^^^^^^^^^^
=====
permalink = "/posts/"
-----
sitegen.toml:1:13: error[settings]: permalink must hold what tells posts apart, such as :slug; "/posts/" is one address
    1 | permalink = "/posts/"
      |             ^^^^^^^^^
=====
permalink = "/../:slug/"
-----
sitegen.toml:1:13: error[settings]: permalink must be a plain path, without ?, #, // or .., not "/../:slug/"
    1 | permalink = "/../:slug/"
      |             ^^^^^^^^^^^^
=====
[[menu]]
title = "About"
url = "about"
-----
sitegen.toml:3:7: error[settings]: menu.url must begin with / or be a full URL, not "about"
    3 | url = "about"
      |       ^^^^^^^
=====
[[social]]
title = "GitHub"
url = "github.com"
-----
sitegen.toml:3:7: error[settings]: social.url must be a full URL, not "github.com"
    3 | url = "github.com"
      |       ^^^^^^^^^^^^
=====
highlight.dark = "monokia"
-----
sitegen.toml:1:18: error[settings]: highlight.dark must be a Pygments style, not "monokia". Did you mean monokai?
    1 | highlight.dark = "monokia"
      |                  ^^^^^^^^^
=====
highlight.light = "zzz"
-----
sitegen.toml:1:19: error[settings]: highlight.light must be a Pygments style, not "zzz"
    1 | highlight.light = "zzz"
      |                   ^^^^^
=====
title = Hello world
-----
sitegen.toml:1:9: error[toml]: a text stands in quotes: title = "Hello world"
    1 | title = Hello world
      |         ^^^^^^^^^^^
=====
title =
-----
sitegen.toml:1:8: error[toml]: title has no value
    1 | title =
      |        ^
=====
title: Hello
-----
sitegen.toml:1:6: error[toml]: a setting is written title = value
    1 | title: Hello
      |      ^
=====
title = "Hello
-----
sitegen.toml:1:15: error[toml]: the text is never closed: its quote is missing
    1 | title = "Hello
      |               ^
=====
title = "a" per_page = 3
-----
sitegen.toml:1:13: error[toml]: a line holds one setting; "per_page = 3" stands after its end
    1 | title = "a" per_page = 3
      |             ^
=====
title = "我的博客" 3
-----
sitegen.toml:1:16: error[toml]: a line holds one setting; "3" stands after its end
    1 | title = "我的博客" 3
      |                    ^
=====
title = "C:\path"
-----
sitegen.toml:1:14: error[toml]: a backslash in a text is written \\, or the text stands in single quotes
    1 | title = "C:\path"
      |              ^
=====
[menu
-----
sitegen.toml:1:6: error[toml]: the name of the table is never closed: its ] is missing
    1 | [menu
      |      ^
=====
[[menu]
-----
sitegen.toml:1:7: error[toml]: the name of the list is never closed: its ]] is missing
    1 | [[menu]
      |       ^
=====
output = [
-----
sitegen.toml:1:11: error[toml]: a list is never closed: its ] is missing
    1 | output = [
      |           ^
=====
markdown = { breaks = true
-----
sitegen.toml:1:27: error[toml]: a table is never closed: its } is missing, or a comma before the next key
    1 | markdown = { breaks = true
      |                           ^
=====
markdown.breaks = yes
-----
sitegen.toml:1:19: error[toml]: a switch is true or false: markdown.breaks = true
    1 | markdown.breaks = yes
      |                   ^^^
=====
title = "a"
title = "b"
-----
sitegen.toml:2:1: error[toml]: title is there twice; the first is on line 1
    2 | title = "b"
      | ^^^^^
=====
[theme]
[theme]
-----
sitegen.toml:2:2: error[toml]: theme is there twice; the first is on line 1
    2 | [theme]
      |  ^^^^^
=====
theme.name = "a"
[theme]
name = "b"
-----
sitegen.toml:2:7: error[toml]: this setting was there before, in another form
    2 | [theme]
      |       ^
=====
markdown = { cjk = true, cjk = false }
-----
sitegen.toml:1:26: error[toml]: markdown.cjk is there twice; the first is on line 1
    1 | markdown = { cjk = true, cjk = false }
      |                          ^^^
=====
date = 2024-13-01
-----
sitegen.toml:1:12: error[toml]: there is no such date
    1 | date = 2024-13-01
      |            ^
=====
[deploy.production]
target = "sftp"
password = hunter2
-----
sitegen.toml:3:12: error[toml]: a text stands in quotes: password = "…"
=====
[deploy.production
target = "git"
-----
sitegen.toml:1:19: error[toml]: the name of the table is never closed: its ] is missing
    1 | [deploy.production
      |                   ^
=====
= 3
-----
sitegen.toml:1:1: error[toml]: a line is a setting, key = value, a table, [name], or a comment, # …
    1 | = 3
      | ^
=====
!
-----
sitegen.toml:1:1: error[toml]: a line is a setting, key = value, a table, [name], or a comment, # …
    1 | !
      | ^
"""


def cases() -> list[tuple[str, str]]:
    """Pairs of a file and what is said about it."""
    pairs = [case.split("\n-----\n") for case in CASES.strip("\n").split("\n=====\n")]
    return [(written, said) for written, said in pairs]


@pytest.mark.parametrize(("written", "said"), cases(), ids=[written for written, _ in cases()])
def test_the_problem_of_a_file_is_told_so(written: str, said: str) -> None:
    with pytest.raises(SitegenError) as caught:
        parse_config(written)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "written",
    [
        "[deploy.web]\ntoken = canary",
        "[deploy.web]\ntoken = 12canary",
        "[deploy.web]\ntoken canary",
        "[deploy.web]\ntoken: canary",
        "[deploy.web]\ncanary",
        '[deploy.web]\nhost = "example.org" canary',
        '[deploy.web]\nhost = "canary',
        "[deploy.web]\nhost = canary",
        '[deploy.web]\nhost = """\ncanary',
        '[deploy.web]\nhost = "canary\\q"',
        "[deploy.web]\noptions = { password = canary }",
        '[deploy.web]\ntarget = "git"\ntoken = "canary"\ntoken = "canary"',
        '["deploy".web]\nhost = canary',
        "[deploy.web.options]\nuser = canary",
        "deploy.web.user = canary",
        "deploy = { web = { user = canary } }",
        "[params]\napi_key = canary",
        "[params]\nmap = { access-key = canary }",
        "[deploy.web]\nhost = 'canary\xb2'",
        "[deploy.web] canary",
    ],
)
def test_no_message_repeats_what_may_be_a_secret(tmp_path: Path, written: str) -> None:
    (tmp_path / "sitegen.toml").write_bytes(written.encode("latin-1"))
    with pytest.raises(SitegenError) as caught:
        read_config(tmp_path)
    assert "canary" not in f"{caught.value}{caught.value.problems!r}"
    assert all(problem.line for problem in caught.value.problems), "but where it stands is told"


@pytest.mark.parametrize("written", ["[deploy.web]\n[params]\nlogo = a.png", "title = x\n[deploy.web]"])
def test_a_line_that_is_no_target_is_repeated(written: str) -> None:
    with pytest.raises(SitegenError) as caught:
        parse_config(written)
    assert caught.value.problems[0].source in written.splitlines()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'title = "a\x01b"', ":1:11: error[toml]: the character U+0001 cannot stand here"),
        (
            b'\n\ntitle = "\xb2\xa9\xbf\xcd"\n',
            ":3:10: error[encoding]: is not UTF-8: byte 0xB2. Save the file as UTF-8",
        ),
        (b"params.n = 1" + b"0" * 5000, ": error[toml]: a number has too many digits"),
        (b"params.n = " + b"[" * 5000, ": error[toml]: lists and tables are nested too deeply"),
        (
            b"[params]\n" + b"a." * 3000 + b"a = 1",
            ":2:1: error[settings]: lists and tables go 32 levels deep here at most",
        ),
    ],
    ids=["control character", "encoding", "long number", "deep nesting", "a key of many parts"],
)
def test_a_file_that_is_no_text_is_told_so(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "sitegen.toml").write_bytes(content)
    with pytest.raises(SitegenError) as caught:
        read_config(tmp_path)
    assert str(caught.value).split("\n")[0] == f"sitegen.toml{said}"


def test_a_folder_in_the_place_of_the_file_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "sitegen.toml").mkdir()
    with pytest.raises(SitegenError) as caught:
        read_config(tmp_path)
    assert str(caught.value) == "sitegen.toml: error[file]: cannot be read: Is a directory"
