"""What is said of a fault in a template: where it is, what was meant, and which page met it."""

from __future__ import annotations

import pytest

from sitegen.errors import SitegenError
from tests.conftest import SiteFactory

POST = "-- content/posts/{0}.md --\n---\ntitle: {0}\ndate: 2024-05-08\n---\ntext\n"


def messages(site: SiteFactory, template: str, *, name: str = "post.html", posts: str = "a") -> str:
    """The problems of a site whose posts are drawn by `template`, as the terminal shows them."""
    project = site("".join(POST.format(post) for post in posts) + f"-- templates/{name} --\n{template}\n")
    with pytest.raises(SitegenError) as failure:
        project.build()
    assert not project.output.exists() or not any(project.output.rglob("*.html"))
    return "\n".join(str(problem) for problem in failure.value.problems)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ post.titel }}", 'a post has no "titel". Did you mean title?'),
        ("{{ pots.title }}", 'there is no "pots" here. Did you mean post?'),
        ("{% for x in listing %}{% endfor %}", 'there is no "listing" here.'),
        ("{{ post.cover.width }}", 'none has no "width".'),
        ("{{ post.title.nope }}", 'a text has no "nope".'),
        ("{{ theme.palete }}", 'a mapping has no "palete". Did you mean palette?'),
        ('{{ asset("stile.css") }}', 'the theme has no asset "stile.css". Did you mean style.css?'),
        ('{{ t("archive") }}', 'the theme has no text "archive" in i18n/. Did you mean archives?'),
        ("{{ asset(post.nope) }}", 'a post has no "nope".'),
        ("{{ asset([]) }}", "asset() takes a text in quotes, not []"),
        ("{{ url(1) }}", "url() takes a text in quotes, not 1"),
        ("{{ data({}) }}", "data() takes a text in quotes, not {}"),
        ('{% extends "bass.html" %}', 'there is no template "bass.html". Did you mean base.html?'),
        (
            '{% include "partials/tok.html" %}',
            'there is no template "partials/tok.html". Did you mean partials/toc.html?',
        ),
        ("{{ post.title | uper }}", "No filter named 'uper'."),
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero"),
        ("{{ site | tojson }}", "TypeError: Object of type SiteView is not JSON serializable"),
        ("{{ post.title }", "unexpected '}'"),
        ("{% for n in range(1000000) %}{% endfor %}", "range() gives at most 100,000 numbers"),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_page(site: SiteFactory, template: str, message: str) -> None:
    assert messages(site, f"<p>\n{template}") == (
        f"templates/post.html:2: error[template]: {message}\n"
        f"    2 | {template}\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md"
    )


def test_a_fault_that_many_pages_meet_is_told_once(site: SiteFactory) -> None:
    assert messages(site, "{{ post.titel }}", posts="abc") == (
        'templates/post.html:1: error[template]: a post has no "titel". Did you mean title?\n'
        "    1 | {{ post.titel }}\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md, and 2 other pages"
    )


def test_two_faults_that_pages_meet_are_told_both(site: SiteFactory) -> None:
    template = '{% if post.title == "a" %}\n{{ one }}\n{% else %}\n{{ two }}\n{% endif %}'
    told = messages(site, template, posts="ab").split("\n")
    assert [line for line in told if not line.startswith(" ")] == [
        'templates/post.html:2: error[template]: there is no "one" here.',
        'templates/post.html:4: error[template]: there is no "two" here.',
    ]


def test_a_fault_in_what_a_template_includes_is_told_where_it_stands(site: SiteFactory) -> None:
    assert messages(site, "<p>\n{{ post.nmae }}", name="inject/after_post.html") == (
        'templates/inject/after_post.html:2: error[template]: a post has no "nmae".\n'
        "    2 | {{ post.nmae }}\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md"
    )


def test_a_template_that_includes_itself_is_stopped(site: SiteFactory) -> None:
    assert messages(site, '{% include "post.html" %}') == (
        "error[template]: this template includes itself without end\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md"
    )
