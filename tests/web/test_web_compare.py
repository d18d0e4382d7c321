"""`/articles/{id}/compare/{a}/{b}`: changed facts on top, then every word."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from tests.web.newsroom import FIRST, SECOND, Newsroom
from tests.web.reading import Page


def words(html: str, tag: str) -> str:
    """What stands in all elements of a tag in the text part of the page, readings left out."""
    text = html[html.index('<div class="text">') :]
    text = re.sub(r'<span class="tip".*?</span>', "", text)
    return re.sub(r"<[^>]+>", "", " ".join(re.findall(rf"<{tag}>(.*?)</{tag}>", text)))


def test_changed_facts_come_first(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2").text
    page = Page(html)
    cards = html[: html.index('<div class="text">')]
    assert re.search(r"at least 17 → 31", page.text)
    assert re.search(r"<del>[^<]*17[^<]*</del>", cards)
    assert re.search(r"<ins>31</ins>", cards)
    assert re.search(r"\$1\.5 million → \$15 million", page.text)
    assert "no notice" in cards


def test_text_word_by_word(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2").text
    assert "Survivors were taken to the hospital of the island." in words(html, "del")
    assert "Divers from the navy joined them." in words(html, "ins")
    assert "Friday" in words(html, "del")
    assert "Saturday" in words(html, "ins")
    assert "The boat carried" not in words(html, "del") + words(html, "ins")
    assert "Moved here from paragraph" in html
    assert "Removed paragraph" in html


def test_both_texts_can_be_read_off(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2").text
    text = re.sub(r'<span class="tip".*?</span>', "", html[html.index('<div class="text">') :])
    after = [
        re.sub(r"<[^>]+>", "", re.sub(r"<del>.*?</del>", "", paragraph))
        for paragraph in re.findall(r'<p dir="auto">(.*?)</p>', text)
    ]
    assert [paragraph for paragraph in after if paragraph.strip()] == SECOND.split("\n\n")


def test_facts_show_their_reading_and_take_the_focus(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2").text
    assert re.search(r'<span class="fact changed" tabindex="0"[^>]*>31<span class="tip" role="note"><bdi>31 · ', html)
    page = Page(html)
    landings = [link["href"] for link in page.links if (link["href"] or "").startswith("#change")]
    assert landings
    assert all((href or "")[1:] in page.ids for href in landings)


def test_acknowledged_by_the_notice(filled: TestClient) -> None:
    page = Page(filled.get("/articles/1/compare/2/3").text)
    assert "Correction: An earlier version of this article misstated the number of passengers." in page.text
    assert {"rel": "prev", "href": "/articles/1/compare/1/2"} in page.links
    assert not [link for link in page.links if link.get("rel") == "next"]


def test_any_two_versions_are_chosen_by_a_form(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/2/3").text
    assert '<form class="choose" action="/articles/1/compare">' in html
    answer = filled.get("/articles/1/compare?a=3&b=1", follow_redirects=False)
    assert answer.headers["location"] == "/articles/1/compare/3/1"
    assert "Backwards" in Page(filled.get("/articles/1/compare/3/1").text).text


def test_one_version_in_full(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/1").text
    assert "<details" not in html
    assert words(html, "ins") == words(html, "del") == ""
    for paragraph in FIRST.split("\n\n"):
        assert paragraph.split()[0] in html


def test_unchanged_stretches_are_folded(client: TestClient, newsroom: Newsroom) -> None:
    names = ["Ansk", "Brod", "Celje", "Drava", "Emona", "Fjord", "Gorze", "Hvar", "Istra", "Jelsa", "Krk", "Lika"]
    paragraphs = [f"The mayor of {name} spoke about the roads of {name} in the hall of {name}." for name in names]
    article = newsroom.article("https://a.example/1")
    newsroom.version(article, "\n\n".join(paragraphs), newsroom.ago(hours=3))
    paragraphs[6] = paragraphs[6].replace("roads", "schools")
    newsroom.version(article, "\n\n".join(paragraphs), newsroom.ago(hours=2))
    html = client.get("/articles/1/compare/1/2").text
    assert re.findall(r"<summary>(.*?)</summary>", html) == ["5 unchanged paragraphs", "4 unchanged paragraphs"]
    assert words(html, "del") == "roads"
    assert "No fact changed" in html


def test_same_text_again(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    for hours, text in ((3, FIRST), (2, SECOND), (1, FIRST)):
        newsroom.version(article, text, newsroom.ago(hours=hours))
    assert "The two texts are the same, word for word." in client.get("/articles/1/compare/1/3").text
