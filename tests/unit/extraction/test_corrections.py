"""Corrections of one site: what is kept, what is dropped, where the date stands."""

from __future__ import annotations

import pytest

from monitor.config_site import SiteSettings
from monitor.extraction.article import extract
from monitor.extraction.document import Corrections, Dated, Document
from monitor.extraction.worker import Extractor
from tests.unit.extraction.pages import PARAGRAPHS

URL = "https://news.example/2020/05/06/mali"
PAGE = (
    '<html lang="en"><head><title>Troops leave</title>'
    '<meta property="article:published_time" content="2019-01-01"></head><body>'
    '<div class="story"><h1>Troops leave</h1><p class="stamp" data-x="1">2023-06-30</p>'
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    + '<p class="advert">Our readers save 40 percent on boots this week, and only this week, at all shops.</p>'
    "<section class=box><p>Read on: the minister said 900 villages wait for help since May.</p></section>"
    "</div><div class=other><p>Another story about 77 ships that lie in the harbour and wait for the tide.</p></div>"
    "</body></html>"
).encode()


def read(corrections: Corrections) -> Document:
    return extract(PAGE, url=URL, content_type="text/html", corrections=corrections)


def test_dropped_parts_are_gone() -> None:
    text = read(Corrections(drop=(".advert", "section.box"))).text
    assert PARAGRAPHS[0] in text
    assert "boots" not in text
    assert "900" not in text


def test_only_kept_parts_are_read() -> None:
    document = read(Corrections(keep=(".story > p",), drop=(".advert", ".stamp")))
    assert document.headline == "Troops leave"
    assert list(document.paragraphs) == list(PARAGRAPHS)


def test_where_nothing_is_kept_all_is_read() -> None:
    assert PARAGRAPHS[0] in read(Corrections(keep=("#not-there",))).text


@pytest.mark.parametrize(
    ("place", "date"),
    [
        ("", Dated("2019-01-01", "meta")),
        ("meta", Dated("2019-01-01", "meta")),
        ("url", Dated("2020-05-06", "url")),
        ("json-ld", None),
        (".stamp", Dated("2023-06-30", "selector .stamp")),
        ("#not-there", None),
    ],
)
def test_the_date_comes_from_where_it_was_said(place: str, date: Dated | None) -> None:
    assert read(Corrections(date=place)).published == date


def test_in_a_worker() -> None:
    with Extractor() as extractor:
        document = extractor.extract(PAGE, url=URL, corrections=Corrections(drop=(".advert",), date=".stamp"))
    assert "boots" not in document.text
    assert document.published == Dated("2023-06-30", "selector .stamp")


@pytest.mark.parametrize("wrong", ["p >", "..", "a:made-up(", "p::first-line"])
def test_a_wrong_selector_is_told(wrong: str) -> None:
    for field in ({"keep": [wrong]}, {"drop": [wrong]}, {"date": wrong}):
        with pytest.raises(ValueError, match="no CSS selector"):
            SiteSettings(**field)
