"""A small site with one of everything a theme shows, made by hand: its pages rendered without files or Markdown."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sitegen.build.organise import organise
from sitegen.build.plan import plan_pages
from sitegen.build.recipes import AssetRecipe, FeedRecipe, RobotsRecipe, SitemapRecipe
from sitegen.build.rendering import PageRenderer
from sitegen.config import Config, SocialLink, TaxonomiesConfig, ThemeConfig
from sitegen.model import Body, Counts, Digest, Heading, Metadata, Outline, Post, SourcePath, Url
from sitegen.render.theme.facts import FactKey, Facts
from sitegen.render.theme.links import LinkIndex
from sitegen.render.theme.templates import Templates
from sitegen.render.theme.theme import read_theme

NEWEST = datetime(2026, 9, 12, 21, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NOT_PAGES = (AssetRecipe, FeedRecipe, RobotsRecipe, SitemapRecipe)

CONFIG = Config(
    title="Notes & <Queries>",
    subtitle="工具与“排版”",
    description="A blog about tools.",
    author="林深",
    timezone="Asia/Shanghai",
    base_url="https://example.org/blog/",
    per_page=3,
    taxonomies=TaxonomiesConfig(archives_per_page=3),
    social=(SocialLink(title="GitHub", url="https://github.com/example"),),
)

CONFIG_AT_ROOT = msgspec.structs.replace(CONFIG, base_url="https://example.org/")


class Showcase(msgspec.Struct, frozen=True):
    """Rendered pages by their address."""

    html: dict[str, str]
    reads: dict[str, frozenset[FactKey]]
    assets: dict[str, Url]
    asset_contents: dict[Url, bytes]


class Bodies:
    """Rendered texts by their digest."""

    def __init__(self, bodies: dict[Digest, Body]) -> None:
        self._bodies = bodies

    def get(self, digest: Digest) -> Body:
        """The body with this digest."""
        return self._bodies[digest]


class Cards:
    """The cards of some posts."""

    def __init__(self, posts: list[Post]) -> None:
        self._posts = {post.metadata.source: post for post in posts}

    def get(self, outline: Outline) -> Post:
        """The post of an outline."""
        return self._posts[outline.source]


def show(
    project: Path,
    config: Config = CONFIG,
    *,
    posts: list[Post] | None = None,
    tells_lines: bool = False,
    **options: Any,
) -> Showcase:
    """The showcase as the default theme draws it with these options; `project` may hold templates of its own."""
    config = msgspec.structs.replace(config, theme=ThemeConfig(options=options))
    loaded = posts if posts is not None else example_posts()
    bodies = Bodies({post.body: example_body(post) for post in loaded})
    theme = read_theme(project, config, {"highlight.css": b".code { color: inherit; }"})
    site = organise([post.outline for post in loaded], {}, {}, config)
    pages = plan_pages(site, config, theme.asset_urls).pages
    links = LinkIndex(site.posts, {}, [page.url for page in pages], lambda _: None)
    templates = Templates(theme, config.language)
    facts = Facts(site, config, Cards(loaded), bodies, templates, theme, links, {})
    facts.tells_lines = tells_lines
    renderer = PageRenderer(project, facts, templates, theme)
    rendered = {page.url: renderer.render(page) for page in pages if not isinstance(page.recipe, NOT_PAGES)}
    return Showcase(
        html={url: page.content.decode() for url, page in rendered.items()},
        reads={url: page.reads for url, page in rendered.items()},
        assets=theme.asset_urls,
        asset_contents={url: theme.assets[name].content for name, url in theme.asset_urls.items()},
    )


def example_posts() -> list[Post]:
    """Nine posts over three years in two languages, a draft and a page."""
    posts = [
        example_post(
            f"p{number}",
            title=f"Post {number}",
            date=NEWEST - timedelta(days=100 * number),
            language="en",
            categories=(("Essays",),),
            tags=("writing", f"tag {number}"),
        )
        for number in range(7)
    ]
    posts.append(
        example_post(
            "安静",
            title="安静的工具：“能用”",
            date=NEWEST - timedelta(days=1),
            updated=NEWEST,
            language="zh-Hans",
            categories=(("笔记", "工具"), ("Essays",)),
            tags=("排版", "C#"),
            sticky=1,
            aliases=(Url("/old/"),),
        )
    )
    posts.append(
        example_post(
            "draft", title="Not yet", date=NEWEST - timedelta(days=700), language="en", is_draft=True
        )
    )
    posts.append(example_post("about", title="About", date=None, language="en", kind="page"))
    return posts


def example_post(name: str, *, title: str, date: datetime | None, language: str, **metadata: Any) -> Post:
    """One post or page with a text of its own."""
    kind = metadata.pop("kind", "post")
    source = SourcePath(f"content/{kind}s/{name}.md")
    digest = Digest(blake2b(name.encode(), digest_size=16).digest())
    return Post(
        metadata=Metadata(source=source, kind=kind, title=title, slug=name, date=date, **metadata),
        url=Url(f"/{date:%Y/%m/%d}/{name}/" if date else f"/{name}/"),
        language=language,
        description=f'About {title} & "more"',
        counts=Counts(words=1500),
        has_more=True,
        summary_html="<p>Beginning.</p>",
        links=(),
        card=digest,
        body=digest,
    )


def example_body(post: Post) -> Body:
    """A text with the marks by which tests know it."""
    return Body(
        html='<h2 id="first">First</h2>\n<p>Whole text.</p>\n<h3 id="a%b">A % b</h3>\n<h2 id="第二">第二</h2>',
        summary_html=post.summary_html,
        headings=(
            Heading(level=2, id="first", title="First"),
            Heading(level=3, id="a%b", title="A % b"),
            Heading(level=2, id="第二", title="第二"),
        ),
        lines=((3, 8), (28, 10)),
    )
