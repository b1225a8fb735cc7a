"""Themes that extend others, and options that do not fit."""

from __future__ import annotations

import pytest

from sitegen.errors import SitegenError
from tests.conftest import SiteFactory

POST = "-- content/posts/a.md --\n---\ntitle: A\ndate: 2024-01-01\n---\nText.\n"
CHILD = """\
-- themes/child/theme.toml --
name = "Child"
extends = "default"
[options.mood]
default = "calm"
description = "How it feels."
-- themes/child/templates/inject/footer.html --
<p>mood {{ theme.mood }}, palette {{ theme.palette }}</p>
-- themes/child/i18n/en.toml --
archives = "Everything"
"""


def test_a_theme_has_the_files_texts_and_options_of_the_one_it_extends(site: SiteFactory) -> None:
    project = site(
        POST
        + CHILD
        + '-- sitegen.toml --\n[theme]\nname = "child"\n[theme.options]\nmood = "wild"\npalette = "pine"\n'
    )
    project.build()
    page = project.page("2024/01/01/a/index.html")
    assert "<p>mood wild, palette pine</p>" in page
    assert ">Everything<" in page
    assert 'data-palette="pine"' in page


def test_a_theme_of_the_project_may_extend_the_one_of_its_own_name(site: SiteFactory) -> None:
    project = site(
        POST
        + '-- themes/default/theme.toml --\nname = "Mine"\nextends = "default"\n'
        + "-- themes/default/templates/inject/footer.html --\n<p>mine</p>\n"
    )
    project.build()
    assert "<p>mine</p>" in project.page("index.html")


def test_a_date_among_the_options_is_the_same_kind_of_value_in_theme_and_settings(site: SiteFactory) -> None:
    project = site(
        POST
        + CHILD.replace('"calm"', "2024-01-01\nchoices = [2024-01-01, 2024-02-02]")
        + '-- sitegen.toml --\n[theme]\nname = "child"\n[theme.options]\nmood = 2024-02-02\n'
    )
    project.build()
    assert "<p>mood 2024-02-02, " in project.page("index.html")
    project.put("sitegen.toml", b'[theme]\nname = "child"\n')
    project.build()
    assert "<p>mood 2024-01-01, " in project.page("index.html")


def test_a_change_in_an_extended_theme_reaches_the_pages(site: SiteFactory) -> None:
    project = site(
        POST
        + '-- themes/one/theme.toml --\nname = "One"\nextends = "two"\n'
        + '-- themes/two/theme.toml --\nname = "Two"\nextends = "default"\n'
        + "-- themes/two/templates/inject/footer.html --\n<p>before</p>\n"
        + '-- sitegen.toml --\n[theme]\nname = "one"\n'
    )
    project.build()
    project.put("themes/two/templates/inject/footer.html", b"<p>after</p>\n")
    project.build()
    assert "<p>after</p>" in project.page("index.html")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            '-- sitegen.toml --\n[theme]\nname = "defualt"\n',
            (
                'sitegen.toml:2:8: error[theme]: there is no theme "defualt": no themes/defualt/theme.toml, and none of '
                "that name comes with sitegen. Did you mean default?\n"
                '    2 | name = "defualt"\n'
                "      |        ^^^^^^^^^\n"
                "    themes there are: default"
            ),
        ),
        (
            '-- sitegen.toml --\n[theme.options]\npalete = "pine"\n',
            (
                'sitegen.toml:2:1: error[settings]: the theme "default" has no option "palete". Did you mean palette?\n'
                '    2 | palete = "pine"\n'
                "      | ^^^^^^"
            ),
        ),
        (
            "-- sitegen.toml --\n[theme.options]\nshow_toc = 1\n",
            (
                'sitegen.toml:2:12: error[settings]: the theme option "show_toc" must be true or false, not 1\n'
                "    2 | show_toc = 1\n"
                "      |            ^"
            ),
        ),
        (
            (
                '-- sitegen.toml --\n[theme]\nname = "a"\n-- themes/a/theme.toml --\nextends = "b"\n'
                '-- themes/b/theme.toml --\nextends = "a"\n'
            ),
            (
                "themes/b/theme.toml: error[theme]: themes extend each other in a circle: a extends b extends a\n"
                "    themes there are: a, b, default"
            ),
        ),
        (
            '-- sitegen.toml --\n[theme]\nname = "a"\n-- themes/a/theme.toml --\n' + "a." * 3000 + "a = 1\n",
            "themes/a/theme.toml: error[theme]: lists and tables are nested too deeply",
        ),
    ],
)
def test_a_theme_or_option_that_is_not_there_is_told_with_its_place(
    site: SiteFactory, files: str, message: str
) -> None:
    project = site(POST + files)
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == message
