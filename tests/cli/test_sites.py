"""`corrigenda sites`: what is learnt of a site is shown, and can be undone."""

from __future__ import annotations

from tests.cli.conftest import CommandLine
from tests.local_site import LocalSite, article_page

TEXT = (
    "At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said.",
    "The mission has 13,000 soldiers, and it is the deadliest of all the missions of the United Nations.",
    "The government asked the mission to leave the country without delay, and the council agreed on Friday.",
)


def test_what_is_ignored_is_shown_and_undone(watching: CommandLine, site: LocalSite) -> None:
    assert "no sites" in watching("sites").out
    watching("add", f"{site.url}/mali")
    for count in (204, 311, 397):
        site.pages["/mali"] = article_page("Troops leave", *TEXT, furniture=f"{count} people are reading this")
        watching("check", "1")
    host = site.host
    [listed] = watching("sites", "--json").json
    assert (listed["host"], listed["articles_read"], listed["with_headline"]) == (host, 1, 1.0)
    [row] = listed["furniture"]
    assert (row["state"], row["kind"], row["text"]) == ("ignored", "pattern", "# people are reading this")
    assert "# people are reading this" in watching("sites", host).out
    assert "1" in watching("sites").out

    [kept] = watching("sites", host, "--keep", str(row["id"]), "--json").json["furniture"]
    assert kept["state"] == "kept"
    [again] = watching("sites", host, "--ignore", str(row["id"]), "--json").json["furniture"]
    assert again["state"] == "ignored"


def test_what_cannot_be_undone_is_said(watching: CommandLine, site: LocalSite) -> None:
    watching("add", f"{site.url}/mali")
    assert "no article of 'elsewhere.example'" in watching("sites", "elsewhere.example", code=2).error
    assert "has no line 7" in watching("sites", site.host, "--keep", "7", code=2).error
    assert "nothing is held back" in watching("sites", site.host, "--accept", code=2).error
    assert "name the site" in watching("sites", "--accept", code=2).error
