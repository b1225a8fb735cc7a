"""Posts of the corpus as each generator wants them written."""

from __future__ import annotations

from bench.corpus import Post


def sitegen(post: Post) -> str:
    """As blogs that come from Hexo write them: a list of categories is one path."""
    return _with_front_matter(
        post,
        f"date: {post.date:%Y-%m-%d %H:%M:%S}",
        f"categories: [{', '.join(post.category)}]",
        f"tags: [{', '.join(post.tags)}]",
    )


def hugo(post: Post) -> str:
    """Categories are flat there, so a nested one stands beside its parent and the lists come out the same."""
    paths = (post.category[:depth] for depth in range(1, len(post.category) + 1))
    return _with_front_matter(
        post,
        f"date: {post.date:%Y-%m-%dT%H:%M:%SZ}",
        f"categories: [{', '.join(' '.join(path) for path in paths)}]",
        f"tags: [{', '.join(post.tags)}]",
    )


def pelican(post: Post) -> str:
    """One category each; what comes before the first empty line is metadata."""
    metadata = (
        f"Title: {post.title}",
        f"Date: {post.date:%Y-%m-%d %H:%M:%S}",
        f"Category: {' '.join(post.category)}",
        f"Tags: {', '.join(post.tags)}",
        f"Slug: {post.slug}",
    )
    return "\n".join((*metadata, "", post.opening, "", post.rest))


def _with_front_matter(post: Post, *fields: str) -> str:
    more = ("", "<!--more-->", "")
    return "\n".join(("---", f'title: "{post.title}"', *fields, "---", "", post.opening, *more, post.rest))
