"""Pages made to hang, crash or deceive a reader: those of hostile.jsonl, and some of our own.

None may hang or crash, and none may lose an article that stands before the trap.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from monitor.errors import ExtractionError
from monitor.extraction.document import Document
from monitor.extraction.worker import Extractor
from tests.unit.extraction.hostile import DEAR, GOOD, HEADLINE, NO_ARTICLE, PAGES, body, head, ld
from tests.unit.extraction.pages import PARAGRAPHS

OURS: dict[str, bytes] = {
    "900,000 nested div": body("<div>" * 900_000),
    "a million unclosed comments": body("<!--" * 1_000_000),
    "NUL and surrogates": body("<p>a\x00b\ud800c\udfffd\x0be</p>"),
    "directions and joiners": body("<p>\u202e071\u202c \u2066x\u2069 \u200b\u200d\u00ad</p>"),
    "JSON of 50,000 nested authors": ld('{"@type": "Article", "author":' * 30_000 + "1" + "}" * 30_000),
    "a JSON number of a million digits": ld('{"@type": "Article", "x": ' + "1" * 900_000 + "}"),
    "JSON with 50,000 nodes": ld('{"@graph": [' + '{"@type": "Thing"}, ' * 45_000 + "{}]}"),
    "a title of 1 MB": head(f"<meta property='og:title' content='{' | a - b' * 120_000}'>"),
    "a title of blanks": head(f"<meta property='og:title' content='{' ' * 1_000_000}!'>"),
    "a megabyte of white space": body("<p>" + " \t\n" * 350_000 + "</p>"),
    "marks of vendors without end": body("<div class='" + "g-recaptcha " * 100_000),
    "sources without end": body("src='/cdn-cgi/challenge-platform/" * 50_000),
    "forms without end": body("/sorry/index" + "action=" * 70_000),
    "an error behind blanks": body("server error in '<h1>" + " " * 500_000),
    "pages within pages": body('id="error-page"' + "<body " * 83_000),
    "entities of entities": b"<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    + body("<p>&b;</p>"),
}


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(cpu_seconds=10) as extractor:
        yield extractor


def _extract(extractor: Extractor, page: bytes) -> Document:
    return extractor.extract(page, url="https://news.example/a", content_type="text/html")


@pytest.mark.parametrize("name", OURS)
def test_the_article_survives(extractor: Extractor, name: str) -> None:
    document = _extract(extractor, OURS[name])
    assert document.page == "article"
    assert document.headline == HEADLINE
    assert document.paragraphs[: len(PARAGRAPHS)] == PARAGRAPHS
    assert "root:" not in document.text
    document.text.encode("utf-8")
    assert len(document.headline or "") <= 500
    assert len(document.byline or "") <= 300


@pytest.mark.parametrize("case", sorted(PAGES.keys() - DEAR - NO_ARTICLE))
def test_the_article_of_a_case_survives(extractor: Extractor, case: str) -> None:
    document = _extract(extractor, PAGES[case]())
    assert document.page == "article"
    assert HEADLINE in document.text.splitlines()[0]
    assert document.text.split("\n\n")[1 : len(PARAGRAPHS) + 1] == list(PARAGRAPHS)
    assert "root:" not in document.text
    assert "\x00" not in document.text
    document.text.encode("utf-8")


@pytest.mark.parametrize("case", sorted(DEAR))
def test_the_article_of_a_case_survives_or_its_page_is_given_up(case: str) -> None:
    page = PAGES[case]()
    with Extractor(cpu_seconds=1) as extractor:
        begun = time.monotonic()
        try:
            given_up, found = "", _extract(extractor, page).paragraphs[: len(PARAGRAPHS)]
        except ExtractionError as error:
            given_up, found = str(error), PARAGRAPHS
        assert found == PARAGRAPHS
        assert not given_up or "processor time" in given_up or "memory" in given_up
        assert time.monotonic() - begun < 40  # of one second of processor time, with others on the machine
        assert _extract(extractor, GOOD).paragraphs == PARAGRAPHS


@pytest.mark.parametrize("case", sorted(NO_ARTICLE))
def test_what_is_no_text_is_no_article(extractor: Extractor, case: str) -> None:
    assert _extract(extractor, PAGES[case]()).page == "not_text"


@pytest.mark.parametrize(
    "page",
    [bytes(range(256)) * 4000, b"\x00" * 1_000_000, b"\xff\xd8\xff" + b"x" * 1000, "<p>Words.".encode("utf-16-le")],
)
def test_bytes_of_any_kind(extractor: Extractor, page: bytes) -> None:
    document = _extract(extractor, page)
    document.text.encode("utf-8")
    assert "\x00" not in document.text
