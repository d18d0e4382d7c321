from __future__ import annotations

import pytest

from monitor.extraction.article import extract
from monitor.extraction.bounds import LONGEST_PARAGRAPH, MOST_NUMBERS, readable, too_much
from tests.unit.extraction.pages import PARAGRAPHS, article


def test_a_paragraph_that_nobody_wrote_is_left_out() -> None:
    page = article(paragraphs=(*PARAGRAPHS, "word " * LONGEST_PARAGRAPH))
    assert extract(page, url="https://news.example/a", content_type="text/html").paragraphs == PARAGRAPHS
    assert readable(("a" * LONGEST_PARAGRAPH, "b" * (LONGEST_PARAGRAPH + 1))) == ("a" * LONGEST_PARAGRAPH,)


@pytest.mark.parametrize("words", ["&lt;" * 50_000, "1 " * 40_000, "a " * 40_000, "2020-01-01 " * 4000])
def test_a_text_that_is_data_is_no_article(words: str) -> None:
    page = article(paragraphs=(*PARAGRAPHS, *(f"{name} {words}" for name in "abcdefghijkl")))
    document = extract(page, url="https://news.example/a", content_type="text/html")
    assert (document.page, document.paragraphs) == ("not_text", ())
    assert document.reason.endswith("it is data")


def test_long_texts_and_large_tables_are_read() -> None:
    book = ["The ministers met in Geneva and spoke at length about 12 harvests and the weather."] * 20_000
    results = [f"Constituency {number}: 12,345 votes, 45.6 per cent" for number in range(MOST_NUMBERS // 5)]
    assert too_much(book) is None
    assert too_much(results) is None
