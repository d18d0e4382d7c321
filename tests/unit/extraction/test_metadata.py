from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.extraction.article import extract
from monitor.extraction.document import Dated, Document
from tests.unit.extraction.pages import article

URL = "https://news.example/world/mali"


def _read(head: str = "", **page: str) -> Document:
    url = page.pop("url", URL)
    return extract(article(head=head, **page), url=url, content_type="text/html")


def _ld(data: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


HEADLINE = "UN votes to end its mission in Mali"
NEWS = {
    "@type": "NewsArticle",
    "headline": HEADLINE,
    "datePublished": "2023-06-30T08:37:00-04:00",
}


# Dates


@pytest.mark.parametrize(
    ("head", "value", "source"),
    [
        (_ld(NEWS), "2023-06-30T08:37:00-04:00", "json-ld"),
        (_ld([{"@type": "WebSite"}, NEWS]), "2023-06-30T08:37:00-04:00", "json-ld"),
        (_ld({"@graph": [{"@type": "Person"}, NEWS]}), "2023-06-30T08:37:00-04:00", "json-ld"),
        (_ld({"@type": "WebPage", "mainEntity": NEWS}), "2023-06-30T08:37:00-04:00", "json-ld"),
        (_ld({**NEWS, "@type": ["Report", "NewsArticle"], "datePublished": "2023-06-30"}), "2023-06-30", "json-ld"),
        (
            '<meta property="article:published_time" content="2023-06-30T12:37:00.123Z">',
            "2023-06-30T12:37:00+00:00",
            "meta",
        ),
        ('<meta name="DC.date.issued" content="2023-06-30">', "2023-06-30", "meta"),
        ('<meta name="date" content="Fri, 30 Jun 2023 12:37:00 GMT">', "2023-06-30T12:37:00+00:00", "meta"),
        ('<meta itemprop="datePublished" content="2023-06-30 12:37:00">', "2023-06-30", "meta"),
        ('<meta name="pubdate" content="20230630">', "2023-06-30", "meta"),
    ],
)
def test_dates_in_the_head(head: str, value: str, source: str) -> None:
    assert _read(head).published == Dated(value, source)


@pytest.mark.parametrize(
    "markup",
    [
        '<time itemprop="datePublished" datetime="2023-06-30T10:00:00+02:00">30 June</time>',
        '<time pubdate datetime="2023-06-30T10:00:00+02:00">30 June</time>',
        '<time class="entry-date published" datetime="2023-06-30T10:00:00+02:00">30 June</time>',
        f'<article><h1>{HEADLINE}</h1><time datetime="2023-06-30T10:00:00+02:00">30 June</time></article>',
    ],
)
def test_dates_in_time_elements(markup: str) -> None:
    assert _read(before=markup).published == Dated("2023-06-30T10:00:00+02:00", "time")


@pytest.mark.parametrize(
    "before",
    [
        "<div class='date'>21 April 2024, Sunday</div>",  # the day on which the page was asked for
        "<p>June 30, 2023</p>",
        "<span class='published'>2023-06-30</span>",
        # two dates: one of them is the article's, and nobody knows which
        "<article><h1>A</h1><time datetime='2023-06-30'>a</time><time datetime='2023-07-01'>b</time></article>",
        "<time datetime='soon'>soon</time>",
    ],
)
def test_a_date_is_never_guessed_from_what_is_shown(before: str) -> None:
    assert _read(before=before).published is None


def test_the_date_of_another_article_is_not_this_ones() -> None:
    others = {"@type": "ItemList", "itemListElement": [{**NEWS, "datePublished": "2020-01-01"}]}
    assert _read(_ld(others)).published is None
    page = {"@type": "WebPage", "datePublished": "2023-06-30", "author": {**NEWS, "datePublished": "2020-01-01"}}
    assert _read(_ld(page)).published == Dated("2023-06-30", "json-ld")


def test_the_date_of_the_address_comes_last() -> None:
    url = "https://news.example/2023/06/30/mali"
    assert _read(url=url).published == Dated("2023-06-30", "url")
    assert _read('<meta name="date" content="2023-07-01">', url=url).published == Dated("2023-07-01", "meta")
    assert _read(url="https://news.example/2023/13/45/mali").published is None


def test_when_it_was_changed() -> None:
    document = _read(_ld({**NEWS, "dateModified": "2023-07-01T09:00:00Z"}))
    assert document.modified == Dated("2023-07-01T09:00:00+00:00", "json-ld")
    assert _read('<meta property="og:updated_time" content="2023-07-01T09:00:00+01:00">').modified == Dated(
        "2023-07-01T09:00:00+01:00", "meta"
    )
    assert _read(_ld(NEWS)).modified is None


@pytest.mark.parametrize("value", ["0001-01-01", "yesterday", "", "2023-02-30", "1688083200", "9" * 5000])
def test_what_is_no_date(value: str) -> None:
    assert _read(f'<meta name="date" content="{value}">').published is None


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[" * 200_000 + "]" * 200_000,
        '{"@type": "NewsArticle", "datePublished": ' + "1" * 10_000 + "}",
        "null",
        '"text"',
        '{"@type": {"a": 1}, "datePublished": ["2023-06-30", 1]}',
        '{"@type": "NewsArticle", "author": [[["a"]], {"name": {}}]}',
    ],
)
def test_json_that_makes_no_sense(script: str) -> None:
    assert _read(f'<script type="application/ld+json">{script}</script>').page == "article"


def test_json_as_publishers_really_write_it() -> None:
    wrapped = (
        "<script type='application/ld+json'>//<![CDATA[\n"
        + json.dumps(NEWS).replace("Mali", "Mali\t")
        + "\n//]]></script>"
    )
    assert _read(wrapped).published == Dated("2023-06-30T08:37:00-04:00", "json-ld")


# Headline


@pytest.mark.parametrize(
    ("head", "title", "headline"),
    [
        ("", f"{HEADLINE} - The Daily Example", HEADLINE),
        ("", f"{HEADLINE} | Live updates (12)", HEADLINE),
        (_ld({**NEWS, "headline": "Mali: UN goes"}), HEADLINE, HEADLINE),
        ('<meta property="og:title" content="Mali mission ends">', "Daily Example", "Mali mission ends"),
        (
            '<meta property="og:site_name" content="Daily Example">'
            '<meta property="og:title" content="Mali goes – Daily Example">',
            "x",
            "Mali goes",
        ),
        ('<meta property="og:title" content="U.N. &amp;amp; &lt;em&gt;Mali&lt;/em&gt;">', "x", "U.N. & Mali"),
    ],
)
def test_headlines(head: str, title: str, headline: str) -> None:
    assert _read(head, title=title).headline == headline


def test_the_first_heading_where_there_is_no_metadata() -> None:
    assert _read(title="Daily Example").headline == "UN votes to end its mission in Mali"


def test_a_browser_title_that_varies_changes_no_headline() -> None:
    titles = ["(3) UN votes to end its mission in Mali", "UN votes to end its mission in Mali • Live", "Breaking!"]
    assert {_read(title=title).headline for title in titles} == {"UN votes to end its mission in Mali"}


# Byline and language


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ({"@type": "Person", "name": "Edith M. Lederer"}, "Edith M. Lederer"),
        ([{"name": "A. Touré"}, {"name": "By  B. Keita"}, {"name": "A. Touré"}], "A. Touré, B. Keita"),
        ("Associated Press", "Associated Press"),
        ("https://news.example/authors/1", None),
        ([], None),
    ],
)
def test_bylines_in_json(author: Any, byline: str | None) -> None:
    assert _read(_ld({**NEWS, "author": author})).byline == byline


def test_bylines_elsewhere() -> None:
    assert _read('<meta name="author" content="Edith M. Lederer">').byline == "Edith M. Lederer"
    assert _read('<meta property="article:author" content="https://facebook.example/a">').byline is None
    assert _read(before='<p>By <a rel="author" href="/a">Edith M. Lederer</a></p>').byline == "Edith M. Lederer"


@pytest.mark.parametrize(
    ("markup", "language"),
    [('lang="en"', "en"), ('lang="pt-BR"', "pt"), ('lang="x-default-long-nonsense"', None), ("", None)],
)
def test_languages(markup: str, language: str | None) -> None:
    body = article().replace(b'lang="en"', markup.encode())
    assert extract(body, url=URL, content_type="text/html").language == language


def test_the_language_of_the_metadata() -> None:
    body = article(head='<meta property="og:locale" content="fr_FR">').replace(b' lang="en"', b"")
    assert extract(body, url=URL, content_type="text/html").language == "fr"
