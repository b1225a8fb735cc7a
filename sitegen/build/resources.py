"""Where pictures and other files beside posts are published."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from sitegen.model import Outline, SourceFile, SourcePath, Url
from sitegen.urls import resource_url


def resource_addresses(
    posts: Iterable[Outline],
    published: Iterable[Outline],
    resources: Iterable[SourceFile],
    static: Iterable[SourceFile],
) -> dict[SourcePath, Url]:
    """The address of every file that is published as it is.

    A file in the folder of a post (`hello/index.md`) or in the folder named after it (`hello.md`, `hello/`) goes
    beside the post's page, and is published when the post is. Any other goes where it lies below `content/`
    (below `content/pages/` for files there). Static files go to the root.
    """
    owners = {_own_folder(post.source): post for post in posts}
    visible = {post.source for post in published}
    addresses: dict[SourcePath, Url] = {}
    for file in resources:
        folder = posixpath.dirname(file.path)
        while folder and folder not in owners:
            folder = posixpath.dirname(folder)
        owner = owners.get(folder)
        if owner is None:
            place = file.path.removeprefix("content/").removeprefix("pages/")
            addresses[file.path] = Url(f"/{place}")
        elif owner.source in visible:
            addresses[file.path] = resource_url(owner.url, file.path[len(folder) + 1 :])
    for file in static:
        addresses[file.path] = Url("/" + file.path.removeprefix("static/"))
    return addresses


def _own_folder(source: SourcePath) -> str:
    """The folder whose files belong to a post: `a/hello` for `a/hello.md` and for `a/hello/index.md`."""
    stem = posixpath.splitext(source)[0]
    return posixpath.dirname(stem) if posixpath.basename(stem) == "index" else stem
