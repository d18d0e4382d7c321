"""Pages made to hang, crash or deceive a reader: after the descriptions of hostile.jsonl, and some of our own.

None may hang or crash, and none may lose an article that stands before the trap.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.errors import ExtractionError
from monitor.extraction.worker import Extractor
from tests.unit.extraction.pages import PARAGRAPHS

ARTICLE = (
    "<!doctype html><html lang=en><head><title>Toll</title>%s</head><body><article><h1>Toll rises to 303 in Mali</h1>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + "%s</article></body></html>"
)


def _body(markup: str) -> bytes:
    return (ARTICLE % ("", markup)).encode("utf-8", "surrogatepass")


def _head(markup: str) -> bytes:
    return (ARTICLE % (markup, "")).encode("utf-8", "surrogatepass")


def _ld(text: str) -> bytes:
    return _head(f'<script type="application/ld+json">{text}</script>')


READ: dict[str, bytes] = {
    "1,000 nested div": _body("<div>" * 1000 + "<p>x</p>" + "</div>" * 1000),
    "900,000 nested div": _body("<div>" * 900_000),
    "5,000 nested tables": _body("<table><tr><td>" * 5000),
    "20,000 nested blockquotes": _body("<blockquote>" * 20_000),
    "100,000 nested font": _body("<font>" * 100_000),
    "20,000 nested templates": _body("<template>" * 20_000),
    "a million '<'": _body("<" * 1_000_000),
    "a million '&'": _body("&" * 1_000_000),
    "a million unclosed comments": _body("<!--" * 1_000_000),
    "an attribute of 4 MB": _body(f"<p title='{'x' * 4_000_000}'>x</p>"),
    "references to nowhere": _body("<p>a&#0;b&#x0b;c&#xD800;d&#x110000;e&#xFFFE;f&#1;</p>"),
    "NUL and surrogates": _body("<p>a\x00b\ud800c\udfffd\x0be</p>"),
    "letters with 100,000 marks": _body("<p>a" + "\u0301" * 100_000 + "</p>"),
    "directions and joiners": _body("<p>\u202e071\u202c \u2066x\u2069 \u200b\u200d\u00ad</p>"),
    "JSON of 200,000 nested arrays": _ld("[" * 200_000 + "]" * 200_000),
    "JSON of 50,000 nested authors": _ld('{"@type": "Article", "author":' * 30_000 + "1" + "}" * 30_000),
    "a JSON number of a million digits": _ld('{"@type": "Article", "x": ' + "1" * 900_000 + "}"),
    "broken JSON of 4 MB": _ld('{"author": {"name": "a"}, ' * 160_000),
    "20,000 JSON scripts": _head('<script type="application/ld+json">{"@type": "Article"}</script>' * 20_000),
    "JSON with 50,000 nodes": _ld('{"@graph": [' + '{"@type": "Thing"}, ' * 45_000 + "{}]}"),
    "an author of 1 MB": _head(f"<meta name=author content='{'a and ' * 170_000}'>"),
    "an author of blanks": _head(f"<meta name=author content='{' ' * 1_000_000}!'>"),
    "a title of 1 MB": _head(f"<meta property='og:title' content='{' | a - b' * 120_000}'>"),
    "a title of blanks": _head(f"<meta property='og:title' content='{' ' * 1_000_000}!'>"),
    "a date of a million digits": _body(f"<time datetime='{'1' * 1_000_000}'>x</time>"),
    "a megabyte of white space": _body("<p>" + " \t\n" * 350_000 + "</p>"),
    "marks of vendors without end": _body("<div class='" + "g-recaptcha " * 100_000),
    "sources without end": _body("src='/cdn-cgi/challenge-platform/" * 50_000),
    "entities of entities": b"<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    + _body("<p>&b;</p>"),
    "an entity of the outside": b"<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + _body("<p>&x;</p>"),
    "an unknown charset": _head("<meta charset=punycode><meta charset=zlib>"),
    "utf-7": _head("<meta charset=utf-7>") + b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
}

LIMITED: dict[str, bytes] = {
    "200,000 short paragraphs": _body("<p>Short words.</p>" * 200_000),
    "100,000 nested paragraphs": _body("<p>" * 100_000),
    "300,000 spans in one paragraph": _body("<p>" + "<span>x</span>" * 300_000),
    "500,000 line breaks": _body("x<br>" * 500_000),
    "200,000 cells": _body("<table><tr>" + "<td>1</td>" * 200_000),
    "200,000 attributes": _body("<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p>"),
    "100,000 options": _body("<select>" + "<option>a" * 100_000),
}
"""These may need more than the limits of the test allow; what matters is what happens then."""


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(cpu_seconds=10) as extractor:
        yield extractor


@pytest.mark.parametrize("name", READ)
def test_the_article_survives(extractor: Extractor, name: str) -> None:
    document = extractor.extract(READ[name], url="https://news.example/a", content_type="text/html")
    assert document.page == "article"
    assert document.headline == "Toll rises to 303 in Mali"
    assert document.paragraphs[: len(PARAGRAPHS)] == PARAGRAPHS
    assert "root:" not in document.text
    document.text.encode("utf-8")
    assert len(document.headline or "") <= 500
    assert len(document.byline or "") <= 300


@pytest.mark.parametrize("name", LIMITED)
def test_the_article_survives_or_the_page_is_given_up(name: str) -> None:
    with Extractor(cpu_seconds=1) as extractor:
        try:
            document = extractor.extract(LIMITED[name], url="https://news.example/a", content_type="text/html")
        except ExtractionError:
            document = None
        assert document is None or document.paragraphs[: len(PARAGRAPHS)] == PARAGRAPHS
        assert (
            extractor.extract(_body(""), url="https://news.example/b", content_type="text/html").paragraphs
            == PARAGRAPHS
        )


@pytest.mark.parametrize(
    "body",
    [bytes(range(256)) * 4000, b"\x00" * 1_000_000, b"\xff\xd8\xff" + b"x" * 1000, "<p>Words.".encode("utf-16-le")],
)
def test_bytes_of_any_kind(extractor: Extractor, body: bytes) -> None:
    document = extractor.extract(body, url="https://news.example/a", content_type="text/html")
    document.text.encode("utf-8")
    assert "\x00" not in document.text
