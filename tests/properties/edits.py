"""The smallest edits that people make to a blog, each changing one thing."""

from __future__ import annotations

import os
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sitegen.build.staging_folder import STAGING

START = """\
-- sitegen.toml --
title = "Test"
per_page = 2
author = "A"
[feeds]
limit = 3
-- content/posts/one.md --
---
title: One
date: 2024-01-01
categories: [Top, Below]
tags: [x, y]
---
First of one, with [two](two.md) and ![pic](one/pic.png).

<!-- more -->

Rest of one. ![shared](/shared.png)

## A heading
-- content/posts/two.md --
---
title: Two
date: 2024-02-02
tags: [y]
---
First of two.

<!-- more -->

Rest of two with [one](one.md#A-heading).
-- content/posts/three/index.md --
---
title: Three
date: 2024-03-03
categories: [Top]
sticky: 1
---
All of three. `code`

```python
print("three")
```
-- content/posts/four.md --
---
title: Four
date: 2025-04-04
aliases: [/old-four/]
---
All of four.
-- content/pages/about.md --
---
title: About
---
About, see [one](/2024/01/01/one/).
-- content/drafts/idea.md --
---
title: Idea
date: 2024-05-05
---
A draft.
-- data/friends.toml --
first = "Ann"
-- static/robots-note.txt --
note
-- templates/inject/footer.html --
<p>{{ (data("friends") or {}).get("first", "nobody") }}{% include "extra.html" ignore missing %}</p>
-- assets/extra.css --
p { color: inherit }
"""


def picture(width: int, height: int) -> bytes:
    """A PNG of this size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x88" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Blog:
    """A blog that is being edited."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.drafts = False
        self.count = 0
        parts = re.split(r"^-- (.+) --\n", START, flags=re.MULTILINE)
        for path, content in zip(parts[1::2], parts[2::2], strict=True):
            self.write(path, content)
        self.write_bytes("content/posts/one/pic.png", picture(3, 2))
        self.write_bytes("static/shared.png", picture(5, 4))

    def write(self, path: str, content: str) -> None:
        self.write_bytes(path, content.encode())

    def write_bytes(self, path: str, content: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def posts(self) -> list[Path]:
        return sorted((self.root / "content/posts").rglob("*.md"))

    def number(self) -> int:
        self.count += 1
        return self.count


Edit = Callable[[Blog, Random], None]
EDITS: dict[str, Edit] = {}


def edit(function: Edit) -> Edit:
    EDITS[function.__name__] = function
    return function


def set_field(path: Path, name: str, value: str | None) -> None:
    """Sets, replaces or removes one line of front matter."""
    head, fence, body = path.read_text().partition("\n---\n")
    lines = [line for line in head.split("\n") if not line.startswith(f"{name}:")]
    if value is not None:
        lines.append(f"{name}: {value}")
    path.write_text("\n".join(lines) + fence + body)


def field_edit(name: str, values: Callable[[Blog, Random], str | None], called: str = "") -> None:
    def change(blog: Blog, random: Random) -> None:
        posts = blog.posts()
        if posts:
            set_field(random.choice(posts), name, values(blog, random))

    EDITS[called or f"change {name}"] = change


field_edit("title", lambda blog, random: f"T{blog.number()}")
field_edit("date", lambda blog, random: f"202{random.randint(0, 5)}-0{random.randint(1, 9)}-15")
field_edit(
    "date",
    lambda blog, random: random.choice(["2024-01-01T02:00:00+08:00", "2023-12-31T18:00:00Z", "2024-01-01"]),
    called="write a moment with another offset",
)
field_edit("updated", lambda blog, random: f"2025-0{random.randint(1, 9)}-20")
field_edit(
    "categories", lambda blog, random: random.choice(["[Top]", "[Top, Below]", "[Other]", "[[Top], [Other]]"])
)
field_edit("tags", lambda blog, random: random.choice(["[x]", "[y, z]", "[x, y, z]", None]))
field_edit("sticky", lambda blog, random: random.choice(["1", "2", None]))
field_edit("description", lambda blog, random: f"Description {blog.number()}")
field_edit("aliases", lambda blog, random: f"[/alias-{blog.number()}/]")
field_edit("slug", lambda blog, random: f"slug-{blog.number()}")
field_edit("permalink", lambda blog, random: f"/moved-{blog.number()}/")
field_edit("cover", lambda blog, random: random.choice(["/shared.png", None]))
field_edit("toc", lambda blog, random: random.choice(["true", "false"]))
field_edit("lang", lambda blog, random: random.choice(["en", "zh-Hans", "ja"]))
field_edit("layout", lambda blog, random: random.choice(["page", "post", "wide", None]))
field_edit("authors", lambda blog, random: random.choice(["[B]", "[B, C]", None]))
field_edit("excerpt", lambda blog, random: f"Excerpt {blog.number()}")
field_edit("mood", lambda blog, random: f"extra {blog.number()}")
field_edit("draft", lambda blog, random: random.choice(["true", "false"]))
field_edit("expiryDate", lambda blog, random: random.choice(["2026-01-03", "2030-01-01", None]))
field_edit("sitemap", lambda blog, random: random.choice(["false", None]))


@edit
def edit_the_end_of_a_body(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        path.write_text(path.read_text() + f"\nMore {blog.number()}.\n")


@edit
def edit_a_summary(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        path.write_text(path.read_text().replace("\n---\n", f"\n---\nStart {blog.number()}. ", 1))


@edit
def edit_code(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        path.write_text(path.read_text() + f"\n```python\nx = {blog.number()}\n```\n")


@edit
def edit_code_in_place(blog: Blog, random: Random) -> None:
    with_code = [path for path in blog.posts() if "```python" in path.read_text()]
    if with_code:
        path = random.choice(with_code)
        path.write_text(re.sub("(```python\n).*", rf"\1y = {blog.number()}", path.read_text(), count=1))


@edit
def add_a_heading(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        path.write_text(path.read_text() + f"\n## Heading {blog.number()}\n")


@edit
def add_a_post(blog: Blog, random: Random) -> None:
    number = blog.number()
    date = f"202{random.randint(0, 5)}-{random.randint(1, 12):02d}-01"
    tags = random.choice(["[x]", "[new]", "[]"])
    blog.write(
        f"content/posts/n{number}.md", f"---\ntitle: N{number}\ndate: {date}\ntags: {tags}\n---\nNew.\n"
    )


@edit
def add_a_future_post(blog: Blog, random: Random) -> None:
    number = blog.number()
    date = (blog.now + timedelta(days=random.randint(0, 2))).date()
    blog.write(f"content/posts/f{number}.md", f"---\ntitle: F{number}\ndate: {date}\n---\nFuture.\n")


@edit
def delete_a_post(blog: Blog, random: Random) -> None:
    if len(blog.posts()) > 1:
        random.choice(blog.posts()).unlink()


@edit
def rename_a_post(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        path.rename(path.with_name(f"r{blog.number()}.md"))


@edit
def delete_and_add_again(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)


@edit
def move_a_post_into_a_folder(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        target = blog.root / f"content/posts/sub{random.randint(1, 2)}" / f"m{blog.number()}.md"
        target.parent.mkdir(exist_ok=True)
        path.rename(target)


@edit
def same_size_edit_with_restored_mtime(blog: Blog, random: Random) -> None:
    if blog.posts():
        path = random.choice(blog.posts())
        status = path.stat()
        text = path.read_text()
        path.write_text(text[:-2] + ("!" if text[-2] != "!" else "?") + text[-1:])
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@edit
def touch_everything(blog: Blog, random: Random) -> None:
    for path in (blog.root / "content").rglob("*"):
        os.utime(path)


@edit
def edit_a_page(blog: Blog, random: Random) -> None:
    blog.write(
        "content/pages/about.md", f"---\ntitle: About {random.randint(1, 3)}\n---\nText {blog.number()}\n"
    )


@edit
def add_or_remove_a_page(blog: Blog, random: Random) -> None:
    path = blog.root / "content/pages/links.md"
    if path.exists():
        path.unlink()
    else:
        blog.write("content/pages/links.md", "---\ntitle: Links\n---\nLinks.\n")


@edit
def break_or_mend_a_link(blog: Blog, random: Random) -> None:
    path = blog.root / "content/posts/target.md"
    if path.exists():
        path.unlink()
    else:
        blog.write("content/posts/target.md", "---\ntitle: Target\ndate: 2023-01-01\n---\nT.\n")
    if not (blog.root / "content/posts/pointer.md").exists():
        blog.write("content/posts/pointer.md", "---\ntitle: P\ndate: 2023-01-02\n---\n[t](target.md)\n")


@edit
def change_a_picture(blog: Blog, random: Random) -> None:
    path = random.choice(["static/shared.png", "content/posts/one/pic.png"])
    blog.write_bytes(path, picture(random.randint(1, 9), random.randint(1, 9)))


@edit
def add_or_remove_a_picture(blog: Blog, random: Random) -> None:
    path = blog.root / "content/posts/one/pic.png"
    if path.exists():
        path.unlink()
    else:
        blog.write_bytes("content/posts/one/pic.png", picture(2, 2))


@edit
def change_a_static_file(blog: Blog, random: Random) -> None:
    blog.write("static/robots-note.txt", f"note {blog.number()}")


@edit
def add_or_remove_a_static_file(blog: Blog, random: Random) -> None:
    path = blog.root / "static/sub/extra.txt"
    if path.exists():
        path.unlink()
    else:
        blog.write("static/sub/extra.txt", "extra")


@edit
def change_a_data_file(blog: Blog, random: Random) -> None:
    blog.write("data/friends.toml", f'first = "F{blog.number()}"')


@edit
def add_or_remove_a_data_file(blog: Blog, random: Random) -> None:
    path = blog.root / "data/friends.toml"
    if path.exists():
        path.unlink()
    else:
        blog.write("data/friends.toml", 'first = "Again"')


def setting_edit(name: str, old: str, values: list[str]) -> None:
    def change(blog: Blog, random: Random) -> None:
        path = blog.root / "sitegen.toml"
        text = "\n".join(line for line in path.read_text().split("\n") if not line.startswith(old))
        path.write_text(f"{old} = {random.choice(values)}\n{text}")

    EDITS[name] = change


setting_edit("change the title of the site", "title", ['"Test"', '"Other"', '"Third"'])
setting_edit("change per_page", "per_page", ["1", "2", "3", "0"])
setting_edit("change the author", "author", ['"A"', '"B"'])
setting_edit("change the language", "language", ['"en"', '"zh-Hans"'])
setting_edit("change the zone", "timezone", ['"UTC"', '"Asia/Shanghai"', '"America/New_York"'])
setting_edit(
    "change the permalink", "permalink", ['"/:year/:slug/"', '"/p/:slug/"', '"/:year/:month/:day/:slug/"']
)
setting_edit("change the address", "base_url", ['"https://a.example/"', '"https://a.example/blog/"'])
setting_edit("change the menu", "menu", ["[]", '[{title = "One", url = "/2024/01/01/one/"}]'])


@edit
def change_an_override(blog: Blog, random: Random) -> None:
    blog.write(
        "templates/partials/pagination.html",
        f"<p>pages {blog.number()} of {{{{ listing.page_count }}}}</p>\n",
    )


@edit
def remove_an_override(blog: Blog, random: Random) -> None:
    (blog.root / "templates/partials/pagination.html").unlink(missing_ok=True)


@edit
def let_an_optional_include_come_and_go(blog: Blog, random: Random) -> None:
    path = blog.root / "templates/extra.html"
    if path.exists():
        path.unlink()
    else:
        blog.write("templates/extra.html", f"extra {blog.number()}")


@edit
def let_the_template_of_a_layout_come_and_go(blog: Blog, random: Random) -> None:
    path = blog.root / "templates/wide.html"
    if path.exists():
        path.unlink()
    else:
        blog.write("templates/wide.html", f"wide {blog.number()} {{{{ post.title }}}}")


@edit
def change_an_asset(blog: Blog, random: Random) -> None:
    blog.write("assets/extra.css", f"p {{ margin: {blog.number()}px }}\n")


@edit
def override_a_text_of_the_theme(blog: Blog, random: Random) -> None:
    blog.write("i18n/en.toml", f'archives = "Archive {random.randint(1, 3)}"\n')


@edit
def let_a_day_pass(blog: Blog, random: Random) -> None:
    blog.now += timedelta(days=1)


@edit
def set_the_clock_back(blog: Blog, random: Random) -> None:
    blog.now -= timedelta(days=2)


@edit
def switch_drafts(blog: Blog, random: Random) -> None:
    blog.drafts = not blog.drafts


def written(blog: Blog) -> list[Path]:
    """The files of the site, without our own list."""
    return sorted(
        path for path in blog.output.rglob("*") if path.is_file() and not path.name.startswith(".sitegen")
    )


@edit
def vandalise_a_page(blog: Blog, random: Random) -> None:
    if written(blog):
        random.choice(written(blog)).write_bytes(b"vandalised")


@edit
def vandalise_a_page_at_equal_size(blog: Blog, random: Random) -> None:
    if written(blog):
        path = random.choice(written(blog))
        status = path.stat()
        path.write_bytes(b"x" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@edit
def delete_a_page(blog: Blog, random: Random) -> None:
    if written(blog):
        random.choice(written(blog)).unlink()


@edit
def replace_a_page_by_a_link(blog: Blog, random: Random) -> None:
    if written(blog):
        path = random.choice(written(blog))
        path.unlink()
        path.symlink_to(blog.root / "sitegen.toml")


@edit
def replace_a_page_by_a_folder(blog: Blog, random: Random) -> None:
    if written(blog):
        path = random.choice(written(blog))
        path.unlink()
        (path / "empty").mkdir(parents=True)


@edit
def lose_the_list_of_our_files_and_the_state(blog: Blog, random: Random) -> None:
    """What is not as a build writes it goes with them: it would then count as somebody else's."""
    delete_the_output(blog, random)
    delete_the_state(blog, random)


@edit
def check_out_another_branch_and_come_back(blog: Blog, random: Random) -> None:
    """As `git checkout` does it: files are taken away and put back, with new times and new inodes."""
    for path in blog.posts():
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    for path in random.sample(blog.posts(), min(2, len(blog.posts()))):
        path.write_text(path.read_text() + f"\nOf the other branch {blog.number()}.\n")


@edit
def swap_two_posts(blog: Blog, random: Random) -> None:
    """Each gets the other's name, with its own inode, size and time."""
    if len(blog.posts()) > 1:
        one, other = random.sample(blog.posts(), 2)
        aside = blog.root / "aside"
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


@edit
def change_a_theme_of_our_own(blog: Blog, random: Random) -> None:
    """A theme that extends the default one comes, changes and goes."""
    settings = blog.root / "sitegen.toml"
    text = settings.read_text()
    if "[theme]" in text and random.random() < 0.5:
        settings.write_text(text.partition("[theme]")[0])
        return
    blog.write("themes/own/theme.toml", 'name = "own"\napi = 1\nextends = "default"\n')
    blog.write("themes/own/templates/404.html", f"nothing {blog.number()}\n")
    blog.write("themes/own/assets/own.css", f"p {{ top: {blog.number()}px }}\n")
    if "[theme]" not in text:
        settings.write_text(text + '[theme]\nname = "own"\n')


@edit
def link_a_folder_of_posts(blog: Blog, random: Random) -> None:
    """Posts that are reached by a link; what changes behind it is seen."""
    blog.write("shared/linked.md", f"---\ntitle: Linked\ndate: 2022-02-02\n---\nBehind {blog.number()}.\n")
    link = blog.root / "content/posts/link"
    if not link.is_symlink():
        link.symlink_to(blog.root / "shared")
    elif random.random() < 0.3:
        link.unlink()


@edit
def make_a_page_read_only(blog: Blog, random: Random) -> None:
    if written(blog):
        random.choice(written(blog)).chmod(0o444)


@edit
def delete_the_output(blog: Blog, random: Random) -> None:
    shutil.rmtree(blog.output, ignore_errors=True)


@edit
def delete_the_state(blog: Blog, random: Random) -> None:
    shutil.rmtree(blog.root / ".sitegen", ignore_errors=True)


@edit
def truncate_the_state(blog: Blog, random: Random) -> None:
    path = blog.root / ".sitegen/state.db"
    if path.exists():
        content = path.read_bytes()
        path.write_bytes(content[: random.randint(0, len(content))])


@edit
def flip_a_byte_of_the_state(blog: Blog, random: Random) -> None:
    path = blog.root / ".sitegen/state.db"
    if path.exists():
        content = bytearray(path.read_bytes())
        if content:
            content[random.randrange(len(content))] ^= 0xFF
            path.write_bytes(bytes(content))


@edit
def interrupt_a_build(blog: Blog, random: Random) -> None:
    """Leaves the output as a killed build would: some files staged, some of them in place."""
    files = written(blog)
    if not files or not (blog.output / ".sitegen-files").exists():
        return
    staging = blog.output / STAGING
    staging.mkdir(exist_ok=True)
    for _ in range(3):
        (staging / f"{random.getrandbits(128):032x}").write_bytes(b"half")
    new_folder = staging / f"{random.getrandbits(128):032x}"
    new_folder.mkdir()
    (new_folder / "index.html").write_bytes(b"half")
    random.choice(files).write_bytes(b"of the interrupted build")
