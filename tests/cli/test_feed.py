"""`corrigenda feed`, and `add` with several spellings of one address."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine
from tests.local_site import LocalSite, Page, article_page

TEXT = (
    "Peacekeepers leave Mali",
    "At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said.",
    "The mission has 13,000 soldiers, and it is the deadliest of all the missions of the United Nations.",
)
FEED = Page(
    b"<rss version='2.0'><channel><title>The Local</title>"
    b"<item><title>Mali</title><link>/mali?utm_source=rss</link></item>"
    b"<item><title>Sport</title><link>/sport</link></item></channel></rss>"
)


def test_a_feed_is_added_read_shown_paused_and_removed(watching: CommandLine, site: LocalSite) -> None:
    site.pages |= {"/feed": FEED, "/mali": article_page(*TEXT)}
    assert "no feeds" in watching("feed", "list").out
    added = watching(
        "feed",
        "add",
        f"{site.url}/feed",
        "--any",
        "mali",
        "--daily",
        "5",
        "--story",
        "Mali",
        "--every",
        "10m",
        "--json",
    ).json
    assert (added["id"], added["new"], added["state"], added["interval_seconds"]) == (1, True, "new", 600)
    assert added["rule"]["any"] == ["mali"]
    assert "there already" in watching("feed", "add", f"{site.url}/feed").out

    read = watching("feed", "read", "1", "--json").json
    assert (read["state"], read["entries"], read["outcomes"], read["articles"]) == (
        "ok", 2, {"added": 1, "rule": 1}, [1],
    )  # fmt: skip
    [article] = watching("list", "--json").json
    assert article["url"] == f"{site.url}/mali"
    assert watching("check", "1", "--json").json[0]["version_number"] == 1

    shown = watching("feed", "show", f"{site.url}/feed", "--json").json
    assert (shown["title"], shown["kind"], shown["outcomes"]) == ("The Local", "rss", {"added": 1, "rule": 1})
    assert {entry["title"]: entry["reason"] for entry in shown["recent"]} == {
        "Mali": "", "Sport": "it has none of “mali”",
    }  # fmt: skip
    out = watching("feed", "show", "1").out
    assert "takes entries with any of “mali” and on its own site, at most 5 in 24 hours, for the story “Mali”" in out
    assert "left out by its rule" in out
    assert "The Local" in watching("feed", "list").out

    watching("feed", "pause", "1")
    assert watching("feed", "list", "--json").json[0]["next_check_at"] is None
    assert "paused" in watching("feed", "list").out
    watching("feed", "read", "1")
    assert watching("feed", "list", "--json").json[0]["next_check_at"] is None, "a pause stays a pause"
    watching("feed", "resume", "1")
    assert watching("feed", "list", "--json").json[0]["next_check_at"] is not None
    watching("feed", "remove", "1")
    assert watching("feed", "list", "--json").json == []
    assert len(watching("list", "--json").json) == 1


def test_a_feed_that_is_none_is_told(watching: CommandLine, site: LocalSite) -> None:
    page = b'<html><link rel="alternate" type="application/atom+xml" href="/feed"><body>Hello</body></html>'
    site.pages["/"] = Page(page, headers={"Content-Type": "text/html"})
    watching("feed", "add", site.url)
    told = watching("feed", "read", "1", code=1).out
    assert f"it is a web page, no feed; the page names as its feed: {site.url}/feed" in told
    doctor = watching("doctor", code=None).out
    assert "1 of 1 brings nothing" in doctor
    assert "`corrigenda feed list` says why" in doctor


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "not an address"), "cannot be watched"),
        (("add", "ftp://example.org/feed"), "is not http or https"),
        (("add", "https://example.org/feed", "--any", "***"), "has no word in it"),
        (("add", "https://example.org/feed", "--language", "english!"), "is no language"),
        (("add", "https://example.org/feed", "--every", "soon"), "is not a time between checks"),
        (("show", "7"), "no feed '7'"),
        (("remove", "https://example.org/none"), "`corrigenda feed list` shows all"),
    ],
)
def test_wrong_use_is_one_line(watching: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    assert said in watching("feed", *arguments, code=2).error


def test_two_spellings_are_one_article(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/mali?id=5"] = article_page(*TEXT)
    given = f"{site.url}/mali?utm_source=x&id=5&fbclid=y#top"
    [first] = watching("add", given, "--json").json
    assert first == {"id": 1, "url": f"{site.url}/mali?id=5", "given": given, "new": True}
    second, third = watching("add", f"{site.url}/mali/amp?id=5", f"{site.url}/mali?id=6", "--json").json
    assert (second["id"], second["new"]) == (1, False)
    assert (third["id"], third["new"]) == (2, True), "id selects content"
    assert f"tracked already as {site.url}/mali?id=5" in watching("add", f"{site.url}/mali/?id=5&gclid=1").out
    assert watching("history", f"{site.url}/mali/amp/?id=5", "--json").json["article"]["id"] == 1
    assert watching("history", "1", "--json").json["addresses"] == [
        {"url": given, "source": "given", "merged_article": None, "reason": ""}
    ]
    assert given in watching("history", "1").out


def test_an_article_that_is_another_is_merged_into_it(watching: CommandLine, site: LocalSite) -> None:
    canonical = f'<link rel="canonical" href="{site.url}/mali">'.encode()
    page = article_page(*TEXT)
    site.pages["/mali"] = page
    site.pages["/print/mali-7"] = Page(page.body.replace(b"</head>", canonical + b"</head>"), headers=page.headers)
    watching("add", f"{site.url}/mali")
    watching("check", "1")
    watching("add", f"{site.url}/print/mali-7")
    [told] = watching("check", "2", "--json").json
    assert (told["id"], told["state"], told["version_number"]) == (1, "ok", None)
    assert f"{site.url}/print/mali-7 was the same article as 1 ({site.url}/mali)" in told["reason"]
    assert [article["id"] for article in watching("list", "--json").json] == [1]
    site.pages["/copy"] = site.pages["/print/mali-7"]
    watching("add", f"{site.url}/copy")
    assert "the same article as 1" in watching("check", "3", "--explain").out
    history = watching("history", "2", "--json").json
    assert history["article"]["id"] == 1, "what it was called still leads to it"
    assert [(each["url"], each["merged_article"]) for each in history["addresses"]] == [
        (f"{site.url}/mali", None), (f"{site.url}/print/mali-7", 2), (f"{site.url}/copy", 3),
    ]  # fmt: skip
    assert [capture["outcome"] for capture in history["captures"]] == ["redirected"] * 2, "its evidence is kept"
    assert "merged into it" in watching("history", "1").out
    assert watching("add", f"{site.url}/print/mali-7", "--json").json[0]["id"] == 1
