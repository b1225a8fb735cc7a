"""The settings of a site as values; `sitegen.settings` reads them from `sitegen.toml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

Folder = Annotated[str, Meta(pattern=r"^[^/\\\x00][^\\\x00]*$")]
Count = Annotated[int, Meta(ge=0)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of `sitegen.toml`. Every setting has a default; a string below it says what it does."""


class MenuItem(Section, frozen=True):
    """One entry of the menu at the top of every page."""

    title: str
    """The text shown."""
    url: str
    """An address inside the site (`/about/`) or a full URL."""


class SocialLink(Section, frozen=True):
    """One link to the author elsewhere."""

    title: str
    """The text shown, such as `GitHub`."""
    url: str
    """The full URL, or a `mailto:` address."""


class ThemeConfig(Section, frozen=True):
    """Which theme draws the pages."""

    name: str = "default"
    """A folder in the project's `themes/`, else a theme that comes with sitegen."""
    options: dict[str, Any] = {}
    """Options that the theme declares in its `theme.toml`."""


class MarkdownConfig(Section, frozen=True):
    """How the text of posts is read."""

    breaks: bool = False
    """A line break in the source is a line break on the page, and indented notes keep their outline, as in Hexo."""
    cjk: bool = True
    """Bold, italics and line breaks next to Chinese, Japanese and Korean text as their readers expect."""
    html: bool = True
    """Raw HTML in posts is passed through; without it, it is shown as text."""
    linkify: bool = True
    """Bare URLs become links."""
    typographer: bool = False
    """Straight quotes, dashes and dots become typographic ones, by the language of the post."""
    emoji: bool = False
    """`:smile:` becomes an emoji."""
    math: bool = True
    """`$…$` and `$$…$$` become MathML; `math: false` in a post leaves them alone."""
    heading_ids: Literal["hexo", "github"] = "hexo"
    """The form of the ids of headings."""
    toc_depth: Annotated[int, Meta(ge=1, le=6)] = 3
    """The deepest heading level in tables of contents."""
    summary_width: Annotated[int, Meta(ge=20)] = 200
    """The width of a summary without a more marker, in columns; an ideograph takes two."""


class HighlightConfig(Section, frozen=True):
    """How code is coloured."""

    light: str = "default"
    """The Pygments style on light pages."""
    dark: str = "github-dark"
    """The Pygments style on dark pages."""
    line_numbers: bool = False
    """Line numbers beside every code block; a block can say `linenos` or `linenos=false` itself."""


class FeedsConfig(Section, frozen=True):
    """The feeds of the site."""

    formats: tuple[Literal["atom", "rss", "json"], ...] = ("atom", "rss", "json")
    """Which feeds of all posts there are: `/atom.xml`, `/feed.xml`, `/feed.json`."""
    term_formats: tuple[Literal["atom", "rss", "json"], ...] = ("atom",)
    """Which feeds each category and tag has."""
    content: Literal["full", "summary"] = "full"
    """Whether a feed holds whole posts."""
    limit: Annotated[int, Meta(ge=1)] = 20
    """How many posts a feed holds."""


class TaxonomiesConfig(Section, frozen=True):
    """The folders in which lists stand."""

    categories: Folder = "categories"
    """The folder of category pages."""
    tags: Folder = "tags"
    """The folder of tag pages."""
    archives: Folder = "archives"
    """The folder of the archive."""
    archives_by: Literal["month", "year", "none"] = "month"
    """Whether the archive has pages for each year and month, for each year, or none but its own."""
    archives_per_page: Count = 100
    """How many posts one page of the archive shows; 0 puts all on one."""
    pagination: Folder = "page"
    """The folder of the further pages of a list, as in `/page/2/`."""


class GitTarget(Section, frozen=True, tag_field="target", tag="git"):
    """A branch of a git repository, as GitHub, GitLab, Gitee and Codeberg Pages serve it."""

    repository: str
    """Where it is, as `git push` takes it: `git@github.com:me/me.github.io.git`, a URL or a folder."""
    branch: str = "gh-pages"
    """The branch that holds the site and nothing of its sources."""
    folder: str = ""
    """The folder of the branch that the site stands in; empty for its root."""
    cname: bool = False
    """Write a file `CNAME` with the host of `base_url`, by which GitHub and Codeberg know your domain."""
    timeout_seconds: Annotated[int, Meta(ge=1)] = 300
    """How long git is waited for while it says nothing, not even how far it is."""


class LocalTarget(Section, frozen=True, tag_field="target", tag="local"):
    """A folder of this machine, or one that is mounted."""

    folder: str
    """Where it is; relative to the project unless it begins with `/` or `~/`."""
    releases: bool = True
    """Every deploy makes a folder of its own in `releases/`, and the link `current` is switched to it at once; without
    it, the files in the folder itself are replaced one by one."""
    keep_releases: Annotated[int, Meta(ge=1)] = 5
    """How many releases there are to roll back to, the current one among them."""


class RsyncTarget(Section, frozen=True, tag_field="target", tag="rsync"):
    """A folder of a host that SSH reaches, filled by rsync."""

    host: str
    """The host as `ssh` takes it: `example.org`, `me@example.org` or a name from your SSH configuration."""
    folder: str
    """Where on that host, from its root or from your home folder there: `/var/www/blog`, `www`."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """The port of SSH; 0 leaves it to your SSH configuration."""
    ssh_config: str = ""
    """A configuration file for `ssh` in place of your own, relative to the project unless it begins with `/` or `~/`."""
    releases: bool = True
    """Every deploy makes a folder of its own in `releases/`, and the link `current` is switched to it at once; without
    it, the files in the folder itself are replaced one by one, as a host needs that follows no links."""
    keep_releases: Annotated[int, Meta(ge=1)] = 5
    """How many releases there are to roll back to, the current one among them."""
    timeout_seconds: Annotated[int, Meta(ge=1)] = 300
    """How long the host is waited for while it says nothing. A slow disk may need it to link the files of a large site."""


class S3Target(Section, frozen=True, tag_field="target", tag="s3"):
    """A bucket of a store that speaks S3 (AWS, R2, OSS, COS, MinIO and others), of Google Cloud or of Azure."""

    bucket: str
    """The bucket, and the folder in it if there is one: `s3://my-bucket/blog`, `gs://my-bucket`,
    `az://account/$web`."""
    endpoint: str = ""
    """The address of the store, where it is not Amazon's: `https://ACCOUNT.r2.cloudflarestorage.com`."""
    region: str = ""
    """The region of the bucket; else what your environment says, else `us-east-1`."""
    profile: str = ""
    """The profile of your AWS configuration that has the credentials, where boto3 is installed."""
    compress: Literal["none", "gzip", "br"] = "none"
    """Store text compressed, for a host that does not compress by itself."""
    headers: dict[str, Any] = {}
    """Headers by pattern of path, which win over sitegen's own: `{ "*.pdf" = { Cache-Control = "no-store" } }`. `*` stands
    for anything, `/` included; an empty value takes a header away."""
    keep_releases: Annotated[int, Meta(ge=1)] = 5
    """How many releases there are to roll back to, the current one among them; in a bucket that keeps versions."""
    check_all: bool = False
    """List the whole bucket before every deploy, to find files that somebody changed by hand."""
    cloudfront: str = ""
    """The CloudFront distribution in front of the bucket, whose copies of changed files are invalidated."""
    timeout_seconds: Annotated[int, Meta(ge=1)] = 60
    """How long a silent store is waited for."""
    patience_seconds: Annotated[int, Meta(ge=0)] = 120
    """How long a request that fails is tried again, at growing intervals."""


class SftpTarget(Section, frozen=True, tag_field="target", tag="sftp"):
    """A folder of a host that gives nothing but SFTP; its files are replaced one by one."""

    host: str
    """The host: `example.org`, `me@example.org` or a name from your SSH configuration."""
    folder: str
    """Where on that host, from its root or from where SFTP begins: `/var/www/blog`, `public_html`."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """The port of SSH; 0 leaves it to your SSH configuration."""
    ssh_config: str = ""
    """An SSH configuration file in place of your own, relative to the project unless it begins with `/` or `~/`."""
    keep_releases: Annotated[int, Meta(ge=1)] = 5
    """How many releases there are to roll back to, the current one among them."""
    timeout_seconds: Annotated[int, Meta(ge=1)] = 60
    """How long an answer is waited for."""


class NetlifyTarget(Section, frozen=True, tag_field="target", tag="netlify"):
    """A site of Netlify; your token is taken from the variable `NETLIFY_AUTH_TOKEN`."""

    site: str
    """Its id, or its address such as `my-blog.netlify.app`."""
    headers: dict[str, Any] = {}
    """Headers by pattern of path, which win over sitegen's own: `{ "*" = { X-Frame-Options = "DENY" } }`. `*` stands
    for anything, `/` included. A `_headers` in `static/` takes the place of all this."""
    endpoint: str = "https://api.netlify.com/api/v1"
    """The address of the API, if you reach it through a proxy of your own."""
    timeout_seconds: Annotated[int, Meta(ge=1)] = 60
    """How long Netlify is waited for while it says nothing."""
    patience_seconds: Annotated[int, Meta(ge=0)] = 120
    """How long a request that fails is tried again, at growing intervals."""


class PluginTarget(Section, frozen=True, tag_field="target", tag="plugin"):
    """A kind of place that an installed package knows."""

    plugin: str
    """The name under which the package offers it."""
    options: dict[str, Any] = {}
    """What the package wants to know; no secrets."""


TargetConfig: TypeAlias = (
    GitTarget | LocalTarget | NetlifyTarget | PluginTarget | RsyncTarget | S3Target | SftpTarget
)


class Config(Section, frozen=True):
    """All settings of a site. An empty `sitegen.toml` gives every default."""

    title: str = "My blog"
    """The name of the site."""
    subtitle: str = ""
    """A line under the name."""
    description: str = ""
    """One sentence about the site, for search engines and feeds."""
    author: str = ""
    """Who writes it, unless a post says otherwise."""
    language: str = "en"
    """The language of the interface and of posts that do not say: a BCP 47 tag such as `en` or `zh-Hans`."""
    timezone: str = "UTC"
    """The zone of all dates without an offset, such as `Asia/Shanghai`."""
    base_url: str = "http://localhost:4000/"
    """Where the site will live, with a sub-path if it has one: `https://example.org/blog/`."""
    permalink: str = "/:year/:month/:day/:slug/"
    """The pattern of the addresses of posts."""
    per_page: Count = 10
    """How many posts a list shows on one page; 0 puts all on one."""
    output: Folder = "output"
    """The folder that the site is written to, below the project's."""
    menu: tuple[MenuItem, ...] = ()
    """The menu; when empty the theme shows archives, categories, tags and the pages."""
    social: tuple[SocialLink, ...] = ()
    """Links to the author elsewhere."""
    theme: ThemeConfig = ThemeConfig()
    """The theme and its options."""
    markdown: MarkdownConfig = MarkdownConfig()
    """How the text of posts is read."""
    highlight: HighlightConfig = HighlightConfig()
    """How code is coloured."""
    feeds: FeedsConfig = FeedsConfig()
    """The feeds of the site."""
    taxonomies: TaxonomiesConfig = TaxonomiesConfig()
    """The folders in which lists stand."""
    deploy: dict[str, TargetConfig] = {}
    """Where the site is sent to, each place under a name of your choice: `[deploy.production]`."""
    params: dict[str, Any] = {}
    """Anything else that templates of your own read, as `site.params`."""
