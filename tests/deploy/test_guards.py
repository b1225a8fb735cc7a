"""Guards that look at the site itself; those that look at the remote place are in the conformance suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.deploy.guards import Allowances, refuse
from sitegen.deploy.plan import Plan, make_plan
from sitegen.errors import GuardError
from tests.deploy.sites import ADDRESS, NOW, Files, make_site


def planned(folder: Path, files: Files, address: str = ADDRESS) -> Plan:
    return make_plan(address, make_site(folder, files, address).files, None, {}, NOW)


@pytest.mark.parametrize(
    "address",
    ["http://localhost:4000/", "http://127.0.0.1/", "http://[::1]:8000/blog/", "http://blog.localhost/"],
)
def test_a_site_at_an_address_of_this_machine_is_refused(address: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, {"index.html": ""}, address)
    with pytest.raises(GuardError, match="Set base_url"):
        refuse(plan, frozenset(), "there", Allowances())
    refuse(plan, frozenset(), "there", Allowances(localhost=True))


@pytest.mark.parametrize(
    "link",
    [
        'href="http://localhost:4000/2024/a/"',
        "src='http://127.0.0.1:1313/2024/a/index.html'",
        'href="http://[::1]:4000/2024/a"',
        'href="http://localhost:4000/%E4%BD%A0/#part"',
    ],
)
def test_a_link_to_a_page_of_the_site_on_this_machine_is_refused(link: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, {"index.html": f"<a {link}>", "2024/a/index.html": "", "你/index.html": ""})
    with pytest.raises(GuardError, match="on your own machine") as refusal:
        refuse(plan, frozenset(), "there", Allowances())
    assert refusal.value.problems[0].path == "index.html"
    refuse(plan, frozenset(), "there", Allowances(localhost=True))


@pytest.mark.parametrize(
    "text",
    [
        '<a href="http://localhost:8080/">the server of a tutorial</a>',
        '<a href="http://localhost:8080/admin/">another program</a>',
        "<code>http://localhost:4000/2024/a/</code>",
        '<a href="https://localhost.example.org/2024/a/">',
    ],
)
def test_what_an_author_says_of_other_servers_is_his_business(text: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, {"index.html": text, "2024/a/index.html": ""})
    refuse(plan, frozenset(), "there", Allowances())
