"""Feeds of a list of posts: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

Addresses in a feed are absolute. An entry's id is the address of its post without the sub-path's scheme being
guessed: the permalink, which stays when title and text change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime

from sitegen.model import Url, Value
from sitegen.render.theme.views import FEED_TYPES, Place, PostView, SiteView, escape_attribute

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold, even as references."""


class Feed(Value, frozen=True):
    """What a feed is about and where it stands."""

    title: str
    url: Url
    """Of the feed itself."""
    page_url: str
    """Of the page whose posts it holds, in full."""
    language: str
    full_text: bool


def atom(feed: Feed, site: SiteView, posts: Sequence[PostView], place: Place) -> str:
    """An Atom feed; `updated` is the newest moment among its posts, never the time of the build."""
    self_url = place.absolute(feed.url)
    updated = max((_changed(post) for post in posts), default=None)
    author = site.author or site.title
    entries = "".join(_atom_entry(feed, post) for post in posts)
    moment = updated.isoformat(timespec="seconds") if updated else "1970-01-01T00:00:00+00:00"
    subtitle = f"<subtitle>{_text(site.description)}</subtitle>\n" if site.description else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(feed.language)}">\n'
        f"<title>{_text(feed.title)}</title>\n"
        f"{subtitle}"
        f"<id>{_text(feed.page_url)}</id>\n"
        f'<link rel="self" type="{FEED_TYPES["atom"][1]}" href="{_text(self_url)}"/>\n'
        f'<link rel="alternate" type="text/html" href="{_text(feed.page_url)}"/>\n'
        f"<updated>{moment}</updated>\n"
        f"<author><name>{_text(author)}</name></author>\n"
        f"<generator>sitegen</generator>\n"
        f"{entries}</feed>\n"
    )


def _atom_entry(feed: Feed, post: PostView) -> str:
    published = f"<published>{post.date.iso}</published>\n" if post.date else ""
    authors = "".join(f"<author><name>{_text(name)}</name></author>\n" for name in post.authors)
    categories = "".join(f'<category term="{_text(tag.title)}"/>\n' for tag in post.tags)
    url = _text(post.absolute_url)
    content = f'<content type="html">{_text(_html(post))}</content>\n' if feed.full_text else ""
    return (
        f'<entry xml:lang="{_text(post.language)}">\n'
        f"<title>{_text(post.title)}</title>\n"
        f"<id>{url}</id>\n"
        f'<link rel="alternate" type="text/html" href="{url}"/>\n'
        f"{published}<updated>{_changed(post).isoformat(timespec='seconds')}</updated>\n"
        f"{authors}{categories}"
        f'<summary type="html">{_text(post.summary)}</summary>\n'
        f"{content}</entry>\n"
    )


def rss(feed: Feed, site: SiteView, posts: Sequence[PostView], place: Place) -> str:
    """An RSS 2.0 feed with the full text in `content:encoded`."""
    items = "".join(_rss_item(feed, post) for post in posts)
    updated = max((_changed(post) for post in posts), default=None)
    built = f"<lastBuildDate>{_rss_date(updated)}</lastBuildDate>\n" if updated else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n'
        f"<title>{_text(feed.title)}</title>\n"
        f"<link>{_text(feed.page_url)}</link>\n"
        f'<atom:link rel="self" type="{FEED_TYPES["rss"][1]}" href="{_text(place.absolute(feed.url))}"/>\n'
        f"<description>{_text(site.description or site.subtitle or site.title)}</description>\n"
        f"<language>{_text(feed.language)}</language>\n"
        f"{built}{items}</channel>\n</rss>\n"
    )


def _rss_item(feed: Feed, post: PostView) -> str:
    url = _text(post.absolute_url)
    creators = "".join(f"<dc:creator>{_text(name)}</dc:creator>\n" for name in post.authors)
    categories = "".join(f"<category>{_text(tag.title)}</category>\n" for tag in post.tags)
    date = f"<pubDate>{_rss_date(post.date.moment)}</pubDate>\n" if post.date else ""
    content = f"<content:encoded>{_text(_html(post))}</content:encoded>\n" if feed.full_text else ""
    return (
        f"<item>\n<title>{_text(post.title)}</title>\n<link>{url}</link>\n"
        f'<guid isPermaLink="true">{url}</guid>\n{date}{creators}{categories}'
        f"<description>{_text(post.summary)}</description>\n{content}</item>\n"
    )


def json_feed(feed: Feed, site: SiteView, posts: Sequence[PostView], place: Place) -> str:
    """A JSON Feed 1.1."""
    items = []
    for post in posts:
        item: dict[str, object] = {
            "id": post.absolute_url,
            "url": post.absolute_url,
            "title": post.title,
            "summary": post.description,
            "content_html": _html(post) if feed.full_text else str(post.summary),
            "language": post.language,
        }
        if post.date:
            item["date_published"] = post.date.iso
        if post.updated:
            item["date_modified"] = post.updated.iso
        if post.cover:
            item["image"] = post.cover.absolute_url
        if post.authors:
            item["authors"] = [{"name": name} for name in post.authors]
        if post.tags:
            item["tags"] = [tag.title for tag in post.tags]
        items.append(item)
    document: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page_url,
        "feed_url": place.absolute(feed.url),
        "language": feed.language,
    }
    if site.description:
        document["description"] = site.description
    if site.author:
        document["authors"] = [{"name": site.author}]
    return json.dumps({**document, "items": items}, ensure_ascii=False, indent=1) + "\n"


def _changed(post: PostView) -> datetime:
    moment = post.updated or post.date
    assert moment is not None  # only posts are listed, and every post has a date
    return moment.moment


def _rss_date(moment: datetime) -> str:
    from email.utils import format_datetime  # noqa: PLC0415  # a dozen modules, down to sockets

    return format_datetime(moment)


def _html(post: PostView) -> str:
    """The whole text for a reader elsewhere: references within the post lead to its page."""
    return str(post.content).replace(' href="#', f' href="{escape_attribute(post.absolute_url)}#')


def _text(text: str) -> str:
    """Text for an XML element or attribute."""
    return NOT_IN_XML.sub("", escape_attribute(str.__str__(text)))
