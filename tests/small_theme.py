"""A theme so small that building a whole site takes milliseconds, for tests that build hundreds of times."""

SHOWN_POST = """\
{% extends "base.html" %}
{% block main %}{{ post.content }}{% endblock %}
"""
SHOWN_LIST = """\
{% extends "base.html" %}
{% block main %}{% for post in listing.posts %}{{ post.title }} {{ post.summary }}{% endfor %}{% endblock %}
"""
SHOWN_TERMS = """\
{% extends "base.html" %}
{% block main %}{% for term in terms %}{{ term.name }} {{ term.count }}{% endfor %}{% endblock %}
"""

SMALL_THEME = {
    "themes/small/theme.toml": 'name = "small"\napi = 1\n',
    "themes/small/assets/style.css": "p { color: black }\n",
    "themes/small/i18n/en.toml": "\n".join(
        f'{name} = "{name}"' for name in ("not_found", "archives", "categories", "tags")
    ),
    "themes/small/templates/base.html": """\
<link rel="stylesheet" href="{{ asset('style.css') }}">
<h1>{{ page.title }} {{ t("archives") }}</h1>
{% block main %}{% endblock %}
{{ site.title }} {% include "footer.html" ignore missing %}
""",
    "themes/small/templates/404.html": '{% extends "base.html" %}\n',
    "themes/small/templates/redirect.html": "{{ target }}\n",
    **{f"themes/small/templates/{name}.html": SHOWN_POST for name in ("post", "page")},
    **{f"themes/small/templates/{name}.html": SHOWN_LIST for name in ("index", "archive", "category", "tag")},
    **{f"themes/small/templates/{name}.html": SHOWN_TERMS for name in ("categories", "tags")},
}
"""Its files by path; a site uses it by the name `small`."""
