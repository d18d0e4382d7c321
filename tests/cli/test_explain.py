"""`corrigenda check --explain`: the whole story of a check, of a tracked article and of any address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import CommandLine
from tests.local_site import LocalSite, Page, article_page

PAGE = article_page(
    "Flood kills 12", "A flood killed 12 people on Monday, officials said. " * 3, published="2026-11-20"
)


def told(story: dict[str, Any], step: str) -> str:
    """All that a story says of a step."""
    return " | ".join(each["text"] for each in story["story"] if each["step"] == step)


def steps(story: dict[str, Any]) -> list[str]:
    """The steps in their order, each once."""
    return list(dict.fromkeys(each["step"] for each in story["story"]))


def test_the_story_of_an_article_from_first_sight_to_304(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/a"] = Page(PAGE.body, headers={**PAGE.headers, "Cache-Control": "max-age=120"})
    watching("add", f"{site.url}/a")
    [first] = watching("check", "1", "--explain", "--json").json
    assert (first["id"], first["state"]) == (1, "ok")
    assert told(first, "asked") == f"for {site.url}/a, whole"
    assert f"robots.txt of {site.host} allows it" in told(first, "robots")
    assert f"page: 200 OK, {len(PAGE.body)} bytes of text/html" in told(first, "answer")
    assert "cache-control: max-age=120, which means fresh for 2 min" in told(first, "answer")
    assert "version 1 is kept" in told(first, "version")
    assert "published" in told(first, "next")

    [second] = watching("check", "1", "--explain", "--json").json
    assert "only if its ETag is no longer" in told(second, "asked")
    assert "not_modified: 304 Not Modified" in told(second, "answer")
    assert "unchanged" in told(second, "page")
    assert steps(second)[0] == "known"
    assert steps(second)[-1] == "next"
    readable = watching("check", "1", "--explain").out
    assert readable.startswith(f"{site.url}/a\n")
    assert "next" in readable

    site.pages["/a"] = article_page("Flood kills 31", "A flood killed 31 people on Monday, officials said. " * 3)
    changed = watching("check", "1", "--explain").out
    assert "12 → 31" in changed


def test_the_story_of_an_address_that_is_not_tracked(watching: CommandLine, site: LocalSite) -> None:
    site.pages |= {"/a": PAGE, "/moved": Page(status=301, headers={"Location": "/a"})}
    [story] = watching("check", f"{site.url}/moved", "--explain", "--json").json
    assert (story["id"], story["state"]) == (None, "page")
    assert f"redirected to {site.url}/a" in told(story, "answer")
    assert "headline “Flood kills 12”" in told(story, "page")
    assert "facts" in told(story, "facts")
    assert "if it were, in" in told(story, "next")
    assert watching("list", "--json").json == []


@pytest.mark.parametrize(
    ("path", "state", "step", "said"),
    [
        ("/private", "refused", "robots", "disallows /private"),
        ("/gone", "gone", "answer", "404 Not Found"),
        ("/slow", "failed", "answer", "not to be asked again within 30 s (Retry-After)"),
    ],
)
def test_the_story_of_what_is_no_article(
    watching: CommandLine, site: LocalSite, path: str, state: str, step: str, said: str
) -> None:
    site.robots = b"User-agent: *\nDisallow: /private\n"
    site.pages["/slow"] = Page(b"", 429, {"Retry-After": "30"})
    [story] = watching("check", site.url + path, "--explain", "--json", code=None).json
    assert story["state"] == state
    assert said in told(story, step)


def test_a_site_that_is_held_back_is_not_asked(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/slow"] = Page(b"", 429, {"Retry-After": "300"})
    watching("add", f"{site.url}/slow")
    [first] = watching("check", "1", "--explain", "--json", code=1).json
    assert "nothing is asked of its site before" in told(first, "next")
    asked = len(site.asked)
    [second] = watching("check", "1", "--explain", "--json", code=1).json
    assert "is held back until" in told(second, "held")
    assert "429" in told(second, "held")
    assert len(site.asked) == asked
    found = {each["detail"] for each in watching("doctor", "--json", code=None).json if each["part"] == "sites"}
    assert any("is held back until" in detail for detail in found)


def test_what_is_neither_tracked_nor_an_address(watching: CommandLine) -> None:
    assert "no article 'nothing'" in watching("check", "nothing", "--explain", code=2).error


def test_bounds_are_given_with_the_article(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/a"] = PAGE
    assert "--every is always" in watching("add", f"{site.url}/a", "--every", "1h", "--fastest", "1m", code=2).error
    assert "longer than" in watching("add", f"{site.url}/a", "--fastest", "2h", "--slowest", "1h", code=2).error
    watching("add", f"{site.url}/a", "--slowest", "30m")
    [story] = watching("check", "1", "--explain", "--json").json
    assert "never more seldom than every 30 min (set for it)" in told(story, "next")
    [listed] = watching("list", "--json").json
    assert listed["slowest_seconds"] == 1800


def test_channels_for_operators(corrigenda: CommandLine) -> None:
    made = corrigenda("channels", "add", "ops", "--email", "ops@example.org", "--operator", "--json").json
    assert made["operator"] is True
    assert corrigenda("channels", "operator", "ops", "--off", "--json").json["operator"] is False
    assert corrigenda("channels", "operator", "ops", "--json").json["operator"] is True
    [listed] = corrigenda("channels", "list", "--json").json
    assert listed["operator"] is True
