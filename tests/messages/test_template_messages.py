"""What is said of a fault in a template: where it is, what was meant, and which page met it."""

from __future__ import annotations

import re

import pytest

from sitegen.errors import SitegenError, display_width
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
    ("marked", "message"),
    [
        ("{{ post.«titel» }}", 'a post has no "titel". Did you mean title?'),
        ('{{ post["«titel»"] }}', 'a post has no "titel". Did you mean title?'),
        ("titel {{ post.title }} {{ post.«titel» }}", 'a post has no "titel". Did you mean title?'),
        ("{{ «pots».title }}", 'there is no "pots" here. Did you mean post?'),
        ("\u65e5\u672c {{ «pots» }}", 'there is no "pots" here. Did you mean post?'),
        ("{% for x in «listing» %}{% endfor %}", 'there is no "listing" here.'),
        ("{{ post.cover.«width» }}", 'none has no "width".'),
        ("{{ post.title.«nope» }}", 'a text has no "nope".'),
        ("{{ theme.«palete» }}", 'a mapping has no "palete". Did you mean palette?'),
        ('{{ «asset»("stile.css") }}', 'the theme has no asset "stile.css". Did you mean style.css?'),
        ('{{ «t»("archive") }}', 'the theme has no text "archive" in i18n/. Did you mean archives?'),
        ("{{ asset(post.«nope») }}", 'a post has no "nope".'),
        ("{{ «asset»([]) }}", "asset() takes a text in quotes, not []"),
        ("{{ «url»(1) }}", "url() takes a text in quotes, not 1"),
        ("{{ «data»({}) }}", "data() takes a text in quotes, not {}"),
        (r'{{ «url»("a\ud800") }}', r"url() takes a text of whole characters, not 'a\ud800'"),
        (r'{{ «data»("\ud800") }}', r"data() takes a text of whole characters, not '\ud800'"),
        (r'{{ «asset»("\ud800") }}', r"asset() takes a text of whole characters, not '\ud800'"),
        (r'{{ «t»("\ud800") }}', r'the theme has no text "\ud800" in i18n/.'),
        ('{{ site.«recent»("x") }}', "site.recent() takes a whole number from 0, not 'x'"),
        ("{{ site.«recent»(-1) }}", "site.recent() takes a whole number from 0, not -1"),
        ("{{ site.recent(post.«nope») }}", 'a post has no "nope".'),
        ('{% extends «"bass.html"» %}', 'there is no template "bass.html". Did you mean base.html?'),
        (
            '{% include «"partials/tok.html"» %}',
            'there is no template "partials/tok.html". Did you mean partials/toc.html?',
        ),
        ('{% «include» "post.html" %}', "this template includes itself without end"),
        ("{{ post.title | «u»per }}", "No filter named 'uper'."),
        ("{{ «1» / 0 }}", "ZeroDivisionError: division by zero"),
        ("{{ site | «t»ojson }}", "TypeError: Object of type SiteView is not JSON serializable"),
        ("{{ post.title «}»", "unexpected '}'"),
        ("{{ a «b» }}", "expected token 'end of print statement', got 'b'"),
        ("{% for x in «%»}{% endfor %}", "Expected an expression, got 'end of statement block'"),
        ('{{ «"»abc }}', "unexpected char '\"'"),
        ("{# «n»ever ends", "Missing end of comment tag"),
        ("{% for n in «range»(1000000) %}{% endfor %}", "range() gives at most 100,000 numbers"),
        (
            "{{ [1, 2]|«random» }}",
            "random would make other bytes in each build. Choose by what is the same in all, as |first does.",
        ),
        ("title {{ «post» }}", "this is a post, not a text. Show its title, with .title behind it."),
        ("{{ site.«recent»(1) }}", "this is a post, not a text. Show its title, with .title behind it."),
        ("{{ «site» }}", "this is a site, not a text. Show its title, with .title behind it."),
        (
            "{{ post.tags|«map»(attribute='title') }}",
            "this is a list still to be made, not a text. Add |join(', ') to it.",
        ),
        ("{{ «asset» }}", "this is a function, not a text. Call it, with () behind its name."),
        ("{{ post.tags.«append» }}", "this is a function, not a text. Call it, with () behind its name."),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_page(site: SiteFactory, marked: str, message: str) -> None:
    before, meant, after = re.split("[«»]", marked)
    template = before + meant + after
    assert messages(site, f"<p>\n{template}") == (
        f"templates/post.html:2:{len(before) + 1}: error[template]: {message}\n"
        f"    2 | {template}\n"
        f"      | {' ' * display_width(before)}{'^' * len(meant)}\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md"
    )


@pytest.mark.parametrize(
    ("given", "change", "kind", "remedy"),
    [
        ('data("links")', "append(1)", "list", "given + […]"),
        ('data("deep").list[0]', "extend([1])", "list", "given + […]"),
        ("site.params.list", "sort()", "list", "given + […]"),
        ("site.params", "update(a=1)", "mapping", "dict(given, …)"),
        ("theme", "clear()", "mapping", "dict(given, …)"),
        ("post.params.own", 'pop("a")', "mapping", "dict(given, …)"),
    ],
)
def test_what_a_template_is_given_it_cannot_change(
    site: SiteFactory, given: str, change: str, kind: str, remedy: str
) -> None:
    project = site(
        "-- sitegen.toml --\n[params]\nlist = [2, 1]\n-- data/links.json --\n[1]\n"
        '-- data/deep.json --\n{"list": [[1]]}\n'
        "-- content/posts/a.md --\n---\ntitle: a\ndate: 2024-05-08\nown:\n  a: 1\n---\ntext\n"
        f"-- templates/post.html --\n{{% set given = {given} %}}\n{{{{ given.{change} }}}}\n"
    )
    with pytest.raises(SitegenError) as failure:
        project.build()
    (problem,) = failure.value.problems
    assert str(problem).split("\n")[0] == (
        f"templates/post.html:2:10: error[template]: a template cannot change a {kind} that it is given. "
        f"Make one of its own: {remedy}."
    )


def test_blanks_that_a_template_drops_move_no_column(site: SiteFactory) -> None:
    template = "<p>\n  {% if true -%}\n\n  {{ post.title }}  {%- set a = 1 %}\n  {{ pots }}{% endif %}"
    assert messages(site, template).split("\n")[:3] == [
        'templates/post.html:5:6: error[template]: there is no "pots" here. Did you mean post?',
        "    5 |   {{ pots }}{% endif %}",
        "      |      ^^^^",
    ]


def test_no_column_is_told_where_a_fault_may_be_at_several(site: SiteFactory) -> None:
    assert messages(site, '{{ asset("style.css") }}{{ asset("b.css") }}').split("\n")[:2] == [
        'templates/post.html:1: error[template]: the theme has no asset "b.css".',
        '    1 | {{ asset("style.css") }}{{ asset("b.css") }}',
    ]


def test_a_fault_that_many_pages_meet_is_told_once(site: SiteFactory) -> None:
    assert messages(site, "{{ post.titel }}", posts="abc") == (
        'templates/post.html:1:9: error[template]: a post has no "titel". Did you mean title?\n'
        "    1 | {{ post.titel }}\n"
        "      |         ^^^^^\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md, and 2 other pages"
    )


def test_two_faults_that_pages_meet_are_told_both(site: SiteFactory) -> None:
    template = '{% if post.title == "a" %}\n{{ one }}\n{% else %}\n{{ two }}\n{% endif %}'
    told = messages(site, template, posts="ab").split("\n")
    assert [line for line in told if not line.startswith(" ")] == [
        'templates/post.html:2:4: error[template]: there is no "one" here.',
        'templates/post.html:4:4: error[template]: there is no "two" here.',
    ]


def test_a_fault_in_what_a_template_includes_is_told_where_it_stands(site: SiteFactory) -> None:
    assert messages(site, "<p>\n{{ post.nmae }}", name="inject/after_post.html") == (
        'templates/inject/after_post.html:2:9: error[template]: a post has no "nmae".\n'
        "    2 | {{ post.nmae }}\n"
        "      |         ^^^^\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md"
    )


def test_templates_that_include_each_other_are_stopped(site: SiteFactory) -> None:
    project = site(
        POST.format("a")
        + '-- templates/post.html --\n<p>\n{% include "one.html" %}\n'
        + '-- templates/one.html --\n<b>\n<b>{% include "two.html" %}\n'
        + '-- templates/two.html --\n{% include "one.html" %}\n'
    )
    with pytest.raises(SitegenError) as failure:
        project.build()
    assert str(failure.value) == (
        "templates/one.html:2:7: error[template]: this template includes itself without end\n"
        '    2 | <b>{% include "two.html" %}\n'
        "      |       ^^^^^^^\n"
        "    while rendering /2024/05/08/a/ from content/posts/a.md"
    )


def test_half_a_character_and_more_posts_than_there_are_stop_no_build(site: SiteFactory) -> None:
    template = r'{% include "\ud800" ignore missing %}'
    template += (
        r'<p>{{ "a\ud800" }} {{ site.recent(99999999999999999999)|length }} {{ data("odd").name }}</p>'
    )
    project = site(
        POST.format("a")
        + f"-- templates/post.html --\n{template}\n"
        + r"-- data/odd.json --"
        + "\n"
        + r'{"name": "b\udfff"}'
    )
    project.build()
    assert project.page("2024/05/08/a/index.html") == "<p>a? 1 b\ufffd</p>\n"
