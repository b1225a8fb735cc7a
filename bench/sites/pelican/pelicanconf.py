"""Settings of the site as Pelican builds it."""

AUTHOR = SITENAME = "A measured blog"
SITEURL = ""
FEED_DOMAIN = "https://example.org"
PATH = "content"
OUTPUT_PATH = "output"
ARTICLE_PATHS = ["posts"]
STATIC_PATHS = ["images"]
THEME = "theme"
THEME_STATIC_DIR = ""
TIMEZONE = "UTC"
DEFAULT_LANG = "en"

ARTICLE_URL = "posts/{slug}/"
TAG_URL = "tags/{slug}/"
CATEGORY_URL = "categories/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
TAG_SAVE_AS = TAG_URL + "index.html"
CATEGORY_SAVE_AS = CATEGORY_URL + "index.html"
TAGS_SAVE_AS = "tags/index.html"
CATEGORIES_SAVE_AS = "categories/index.html"
ARCHIVES_SAVE_AS = "archive/index.html"
AUTHOR_SAVE_AS = AUTHORS_SAVE_AS = ""

DEFAULT_PAGINATION = 10
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)
SUMMARY_MAX_LENGTH = None
SUMMARY_MAX_PARAGRAPHS = 1

FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = 20
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None

PLUGINS = ["pelican.plugins.sitemap"]
SITEMAP = {"format": "xml"}
