"""Who publishes a page: only as its own markup names it."""

from __future__ import annotations

import pytest

from monitor.extraction.article import extract

NODE = '{"@type": "NewsArticle", "publisher": {"@type": "Organization", "name": "%s"}}'
LD = f'<script type="application/ld+json">{NODE}</script>'
SITE = '<meta property="og:site_name" content="%s">'
TEXT = "<article><h1>Flood kills 12</h1><p>A flood killed 12 people on Monday, officials said.</p></article>"


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        (LD % "The Local", "The Local"),
        (SITE % "The &amp; Local", "The & Local"),
        (LD % "The Local" + SITE % "thelocal.example", "The Local"),
        (LD % "https://thelocal.example", None),
        (SITE % ("x" * 400), None),
        ("<title>Flood kills 12 - The Local</title>", None),
    ],
)
def test_publisher(head: str, publisher: str | None) -> None:
    page = f"<!doctype html><html lang='en'><head>{head}</head><body>{TEXT}</body></html>"
    assert extract(page.encode(), url="https://thelocal.example/1").publisher == publisher
