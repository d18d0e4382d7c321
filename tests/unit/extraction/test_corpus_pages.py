"""Walls, error pages, script shells and short articles in the style of the wild (tests/corpus/pages)."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.extraction.article import extract

CORPUS = Path(__file__).parents[2] / "corpus" / "pages"
PAGES = sorted(CORPUS.rglob("*.html"))
URL = "https://news.example/2024/05/story"


@pytest.mark.parametrize("path", PAGES, ids=[f"{path.parent.name}/{path.stem}" for path in PAGES])
def test_what_a_page_is(path: Path) -> None:
    document = extract(path.read_bytes(), url=URL, content_type="text/html; charset=utf-8")
    found = f"{document.page}: {document.reason}"
    if path.parent.name == "articles":
        assert document.page == "article", found
    else:
        assert document.page in ("wall", "error", "gone", "empty"), found


def test_a_consent_dialog_is_no_part_of_the_article() -> None:
    document = extract((CORPUS / "articles" / "cookie-banner-short.html").read_bytes(), url=URL)
    assert "budget" in document.text
    assert "partners" not in document.text
