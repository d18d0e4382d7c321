"""`/articles/{id}/compare/{a}/{b}`: changed facts on top, then every word."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from monitor.web.pages import compare
from monitor.web.rendering import STATIC
from storage import articles
from tests.web.newsroom import FIRST, SECOND, Newsroom, change, told
from tests.web.reading import Page


def words(html: str, tag: str) -> str:
    """What stands in all elements of a tag in the text part of the page, readings left out."""
    text = html[re.search(r'<div class="text( columns)?">', html).start() :]  # type: ignore[union-attr]
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
    assert 'Moved here from <a href="#left-5">paragraph 5</a>' in html
    assert 'moved to <a href="#moved-5">paragraph 3</a>' in html
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
    described = r'<span class="fact changed" tabindex="0" aria-describedby="(r\d+)"[^>]*>31'
    assert re.search(described + r'<span class="tip" role="tooltip" id="\1"><bdi>31 · ', html)
    page = Page(html)
    landings = [link["href"] for link in page.links if (link["href"] or "").startswith("#change")]
    assert landings
    assert all((href or "")[1:] in page.ids for href in landings)


def test_acknowledged_by_the_notice(filled: TestClient) -> None:
    page = Page(filled.get("/articles/1/compare/2/3").text)
    assert "Correction: An earlier version of this article misstated the number of passengers." in page.text
    assert {"rel": "prev", "href": "/articles/1/compare/1/2"} in page.links
    assert not [link for link in page.links if link.get("rel") == "next"]
    assert {"href": "/articles/1/compare/1/3"} in page.links


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


def columns(html: str, side: str) -> list[str]:
    """What stands in one column, paragraph by paragraph."""
    text = re.sub(r'<span class="tip".*?</span>', "", html[html.index('<div class="text columns">') :])
    cells = re.findall(rf'<div class="{side}">(.*?)</div>', text, re.DOTALL)
    shown = [paragraph for cell in cells for paragraph in re.findall(r'<p dir="auto">(.*?)</p>', cell)]
    return [unescape(re.sub(r"<[^>]+>", "", paragraph)) for paragraph in shown]


def test_side_by_side_each_column_is_its_text(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2?view=side").text
    assert columns(html, "old") == FIRST.split("\n\n")
    assert columns(html, "new") == SECOND.split("\n\n")
    assert Page(html).faults == []


def test_old_typography_stays_in_its_column(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    before, after = 'He said "17 people" - no more...', "He said “17 people” – no more… today"
    newsroom.version(article, before, newsroom.ago(hours=3))
    newsroom.version(article, after, newsroom.ago(hours=2))
    html = client.get("/articles/1/compare/1/2?view=side").text
    assert columns(html, "old") == [before]
    assert columns(html, "new") == [after]


def test_the_layout_is_remembered_by_every_link(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2?view=side").text
    onward = [link["href"] or "" for link in Page(html).links if "/compare/" in (link["href"] or "")]
    assert {"/articles/1/compare/2/3?view=side", "/articles/1/compare/1/3?view=side"} <= set(onward)
    assert '<input type="hidden" name="view" value="side">' in html
    answer = filled.get("/articles/1/compare?a=1&b=3&view=side", follow_redirects=False)
    assert answer.headers["location"] == "/articles/1/compare/1/3?view=side"
    assert filled.get("/articles/1/compare/1/3?view=upside").status_code == 400


def test_everything_can_be_unfolded(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    text = "\n\n".join(f"Paragraph {word}." for word in ("one", "two", "three", "four", "five", "six"))
    newsroom.version(article, text, newsroom.ago(hours=3))
    newsroom.version(article, text + " And more.", newsroom.ago(hours=2))
    assert '<details class="fold"><summary>' in client.get("/articles/1/compare/1/2").text
    assert '<details class="fold" open>' in client.get("/articles/1/compare/1/2?unfolded=1").text


def test_headline_byline_and_what_was_fetched(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2").text
    assert re.search(r'Headline</th><td data-label="Version 1"><bdi>.*<del>dozens missing</del>', html)
    assert re.search(r"<ins>31 dead</ins>", html)
    for address in ("captures/1", "versions/1.txt", "versions/2.json", "versions/2/facts.csv"):
        answer = filled.get(f"/articles/1/{address}")
        assert f'href="/articles/1/{address}"' in html or address == "captures/1"
        assert answer.status_code == 200


def test_a_change_leads_to_its_evidence(filled: TestClient) -> None:
    html = filled.get("/articles/1/compare/1/2").text
    assert re.findall(r'href="/changes/(\d+)/evidence"', html) == ["1", "2"]
    assert "/evidence" not in filled.get("/articles/1/compare/1/3").text


def test_books_are_told_as_they_were_judged(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    filler = "\n\n".join(f"Chapter {number}. " + "And so on. " * 900 for number in range(25))
    toll, higher = (
        told(FIRST, "17", "At least 17 people", "people killed", 17),
        told(SECOND, "31", "31 people", "x", 31),
    )
    newsroom.version(article, f"{FIRST}\n\n{filler}", newsroom.ago(hours=3))
    newsroom.version(
        article, f"{SECOND}\n\n{filler}", newsroom.ago(hours=2), changed=[change(toll, higher, "Killed: 17 → 31")]
    )
    page = Page(client.get("/articles/1/compare/1/2").text)
    assert "too long for their facts to be compared while you wait" in page.text
    assert "Killed: 17 → 31" in page.text
    assert "corrigenda diff 1 1 2" in page.text
    assert "Moved here from paragraph 5" in page.text


def test_texts_of_nothing_but_facts_are_told_as_they_were_judged(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    tolls = "\n\n".join(f"{number} people were killed in Ansk on 3 March." for number in range(2, 2000))
    newsroom.version(article, tolls, newsroom.ago(hours=3))
    newsroom.version(article, tolls + "\n\nAnd more.", newsroom.ago(hours=2))
    page = Page(client.get("/articles/1/compare/1/2").text)
    assert "too long for their facts to be compared while you wait. Nothing was found" in page.text
    assert "And more." in page.text


def test_many_versions_are_chosen_by_number(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.ferry()
    with newsroom.database.write() as session:
        articles.save(session, article, version_number=compare.LISTED + 1)
    html = client.get("/articles/1/compare/1/3").text
    assert "<select" not in html
    assert 'type="number" min="1" max="201" value="3"' in html
    assert Page(html).faults == []


def test_news_of_an_article(filled: TestClient) -> None:
    assert "Version 3 has come" in filled.get("/articles/1/news?version=2").text
    assert re.search(r'<p class="news"></p>', filled.get("/articles/1/news?version=3").text)
    assert filled.get("/articles/77/news?version=3").status_code == 404
    html = filled.get("/articles/1/compare/1/2").text
    assert 'hx-get="/articles/1/news?version=3"' in html
    assert 'hx-select=".news"' in html  # a login page in its place has none


def test_news_of_all(filled: TestClient) -> None:
    assert "3 new changes" in filled.get("/changes/news?after=0").text
    assert "1 new change<" in filled.get("/changes/news?after=2").text
    assert re.search(r'<p class="news"></p>', filled.get("/changes/news?after=3").text)


def test_htmx_runs_nothing_that_it_is_sent(filled: TestClient) -> None:
    html = filled.get("/").text
    (given,) = re.findall(r"<meta name=\"htmx-config\" content='(.*?)'>", html)
    settings = json.loads(given)
    assert settings["allowEval"] is settings["allowScriptTags"] is settings["includeIndicatorStyles"] is False
    assert settings["historyEnabled"] is False
    assert settings["historyCacheSize"] == 0
    assert settings["selfRequestsOnly"] is True
    (script,) = re.findall(r'<script src="(/static/htmx/[^"]+)" defer></script>', html)
    served = filled.get(script)
    assert served.status_code == 200
    # As its authors published it: dist/htmx.min.js of bigskysoftware/htmx 2.0.10.
    assert hashlib.sha256(served.content).hexdigest() == (
        "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
    )
    assert "Zero-Clause BSD" in (STATIC / "htmx" / "LICENSE").read_text()


@pytest.mark.parametrize("name", ["base", "compare", "article", "home"])
def test_no_template_has_code_for_htmx(name: str) -> None:
    html = (STATIC.parent / "templates" / f"{name}.html").read_text()
    assert not re.search(r"hx-on|hx-vals=.js:|hx-headers|hx-history|hx-boost|\[.*\]\s*from:", html)
