"""What templates see: the site, the page being made, its posts and lists.

Each view asks facts when a template reads one of its properties and never before, so that a page depends on
exactly what it shows. Addresses given to templates are ready for an attribute: with the sub-path of the site,
percent-encoded once.
"""

from sitegen.render.theme.views.links import HeadingView, ImageView, LinkView
from sitegen.render.theme.views.lists import ListingView, PeriodView, TermView, list_page_url
from sitegen.render.theme.views.page import PageView, open_graph_locale
from sitegen.render.theme.views.place import Place, escape_attribute
from sitegen.render.theme.views.posts import PostView
from sitegen.render.theme.views.site import FEED_TYPES, SiteView

__all__ = [
    "FEED_TYPES",
    "HeadingView",
    "ImageView",
    "LinkView",
    "ListingView",
    "PageView",
    "PeriodView",
    "Place",
    "PostView",
    "SiteView",
    "TermView",
    "escape_attribute",
    "list_page_url",
    "open_graph_locale",
]
