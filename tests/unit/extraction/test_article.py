from __future__ import annotations

import codecs
import json

import pytest

from monitor.extraction.article import EXTRACTOR, extract
from tests.unit.extraction.pages import PARAGRAPHS, article, page

URL = "https://news.example/world/mali"
HTML = "text/html; charset=utf-8"


def test_an_article() -> None:
    document = extract(article(), url=URL, content_type=HTML)
    assert (document.page, document.headline, document.language) == (
        "article",
        "UN votes to end its mission in Mali",
        "en",
    )
    assert document.paragraphs == PARAGRAPHS
    assert document.text == "\n\n".join((document.headline or "", *PARAGRAPHS))
    assert document.extractor == EXTRACTOR


def test_furniture_is_no_part_of_it() -> None:
    comments = (
        '<section id="comments" class="comments"><h2>12 comments</h2><p>They lost 500 men, I was there.</p></section>'
    )
    related = (
        '<aside class="related"><h2>Related</h2><a href="/a">Seven dead as bus leaves the road near Gao</a></aside>'
    )
    share = '<div class="share">1,204 shares</div><div class="reading-time">3 min read</div>'
    plain = extract(article(), url=URL, content_type=HTML)
    furnished = extract(article(before=share, after=comments + related), url=URL, content_type=HTML)
    assert furnished.text == plain.text


def test_lists_and_tables_are_kept_item_by_item() -> None:
    body = (
        "<article><h1>The mission in numbers</h1>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
        + "<ul><li>303 killed in ten years of the mission</li><li>13,000 troops in the whole of the country</li></ul>"
        + "<table><tr><th></th><th>Killed</th><th>Hurt</th></tr><tr><td><b>2022</b></td><td>32</td><td>593</td></tr>"
        + "<tr><td>2023</td><td></td><td>12</td></tr><tr><td>The figures are the ministry's.</td></tr></table>"
        + "</article>"
    )  # fmt: skip
    paragraphs = extract(page("The mission in numbers", body), url=URL, content_type=HTML).paragraphs
    assert "303 killed in ten years of the mission" in paragraphs
    rows = ("| | Killed | Hurt |", "| 2022 | 32 | 593 |", "| 2023 | | 12 |", "The figures are the ministry's.")
    assert paragraphs[-4:] == rows, "no figure runs into the next, and an empty cell keeps its place"


def test_blocks_in_a_cell_of_figures_do_not_end_its_row() -> None:
    note = "The council says that these figures are not complete, and has asked all of its offices for more. " * 3
    long = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    body = (
        "<article><h1>The mission in numbers</h1>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
        + "<table><tr><th><p>Place</p></th><th><div>Killed</div></th><th></th></tr>"
        + "<tr><td><p>Gao</p></td><td><p>32</p></td><td>12<br>on Monday.<br>More</td></tr>"
        + f"<tr><td>Kidal</td><td>7</td><td>{note}</td></tr></table>"
        + f"<table><tr><td>{long}</td><td>{long}</td></tr></table></article>"
    )  # fmt: skip
    paragraphs = extract(page("The mission in numbers", body), url=URL, content_type=HTML).paragraphs
    assert "| Gao | 32 | 12 on Monday. More |" in paragraphs
    assert f"| Kidal | 7 | {note.strip()} |" in paragraphs
    assert list(paragraphs).count(PARAGRAPHS[0]) > 1, "what lays out a page keeps its paragraphs"


def test_line_breaks_end_paragraphs_only_after_sentences() -> None:
    text = "The troops have<br>left Gao.<br><br>They left Kidal on the last day of October, and burned what they left."
    paragraphs = extract(article(paragraphs=[*PARAGRAPHS, text]), url=URL, content_type=HTML).paragraphs
    assert paragraphs[-2:] == (
        "The troops have left Gao.",
        "They left Kidal on the last day of October, and burned what they left.",
    )


@pytest.mark.parametrize(
    "reference", ["&#0;", "&#1;", "&#x0b;", "&#xD800;", "&#x110000;", "&#xFFFE;", "\x01", "\x00", "&#99999999999;"]
)
def test_characters_that_no_tree_can_hold(reference: str) -> None:
    body = article(
        paragraphs=[*PARAGRAPHS, f"A paragraph with {reference} inside of it, as an editor's clipboard left it."]
    )
    document = extract(body, url=URL, content_type=HTML)
    assert document.paragraphs[:4] == PARAGRAPHS
    assert document.paragraphs[4].startswith("A paragraph with")
    assert document.paragraphs[4].endswith("as an editor's clipboard left it.")
    document.text.encode("utf-8")


def test_old_references_are_read_as_browsers_read_them() -> None:
    body = article(
        paragraphs=[*PARAGRAPHS, "The mission&#146;s camp cost &#128;5 million &#150; more than was planned for it."]
    )
    assert extract(body, url=URL).paragraphs[-1] == "The mission’s camp cost €5 million – more than was planned for it."


def test_the_encoding_of_the_header_is_used() -> None:
    body = article(
        paragraphs=[*PARAGRAPHS, "Погибли по меньшей мере 170 миротворцев, сообщили в пятницу в штабе миссии."]
    )
    cyrillic = body.decode().replace('<meta charset="utf-8">', "").replace("“", '"').replace("”", '"').replace("é", "e")
    document = extract(
        cyrillic.replace("©", "").encode("windows-1251"),
        url=URL,
        content_type="text/html",
        headers={"content-type": "text/html; charset=windows-1251"},
    )
    assert document.paragraphs[-1].startswith("Погибли по меньшей мере 170 миротворцев")


def test_invisible_characters_and_blanks_are_noise() -> None:
    noisy = [p.replace(" ", " \u200b\n\u00a0 ").replace("170", "1\u206070\u00ad") for p in PARAGRAPHS]
    assert extract(article(paragraphs=noisy), url=URL, content_type=HTML).paragraphs == PARAGRAPHS


def test_extracted_twice_is_the_same() -> None:
    assert extract(article(), url=URL) == extract(article(), url=URL)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "text/html"),
        (b"PK\x03\x04....", ""),
        (b'{"a": 1}', "application/json"),
        (b"\x00" * 100, "video/mp4"),
    ],
)
def test_what_is_not_a_page_of_text(body: bytes, content_type: str) -> None:
    document = extract(body, url=URL, content_type=content_type)
    assert (document.page, document.paragraphs) == ("not_text", ())


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<html></html>", b"<!-- -->", b"\xff\xfe", b"<?xml version='1.0'?>", codecs.BOM_UTF8]
)
def test_nothing_at_all(body: bytes) -> None:
    document = extract(body, url=URL, content_type=HTML)
    assert (document.page, document.text) == ("empty", "")


def test_a_page_in_xhtml_with_its_declaration() -> None:
    body = b'<?xml version="1.0" encoding="iso-8859-1"?>\n' + article()
    assert extract(body, url=URL, content_type="application/xhtml+xml; charset=utf-8").paragraphs == PARAGRAPHS


def test_entities_of_the_outside_are_not_read() -> None:
    body = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + article(
        paragraphs=[*PARAGRAPHS, "Here: &x; it is, or so."]
    )
    document = extract(body, url=URL, content_type="application/xhtml+xml")
    assert "root:" not in document.text


def test_where_nothing_is_found_the_metadata_may_hold_the_text() -> None:
    said = json.dumps({"@type": "NewsArticle", "headline": "A", "articleBody": "\n".join(PARAGRAPHS)})
    head = f'<script type="application/ld+json">{said}</script>'
    document = extract(page("A", "<div id=app></div>", head=head, furniture=False), url=URL, content_type=HTML)
    assert document.paragraphs == PARAGRAPHS


# Text and Markdown files


def test_a_text_file() -> None:
    text = "First paragraph,\nwrapped at forty columns.\r\n\r\nSecond.\n"
    document = extract(text.encode(), url="file:///a.txt", content_type="text/plain")
    assert document.paragraphs == ("First paragraph, wrapped at forty columns.", "Second.")
    assert (document.page, document.headline) == ("article", None)


def test_a_table_of_a_text_file_is_kept_row_by_row() -> None:
    text = "The figures:\n| Place | Killed |\n|-------|-------:|\n| Ash   | 593    |\n"
    text += "and, by hand,\nNess\t12\t3\nReed\t4\t5\n\nHe said so | and went,\nwrapped.\n"
    document = extract(text.encode(), url="file:///a.txt", content_type="text/plain")
    assert document.paragraphs == (
        "The figures:", "| Place | Killed |", "| Ash | 593 |",
        "and, by hand,", "| Ness | 12 | 3 |", "| Reed | 4 | 5 |", "He said so | and went, wrapped.",
    )  # fmt: skip


def test_long_lines_of_a_text_file_are_paragraphs() -> None:
    document = extract("\n".join(PARAGRAPHS).encode(), url="file:///a.txt", content_type="text/plain")
    assert document.paragraphs == PARAGRAPHS


def test_a_markdown_file() -> None:
    text = """---
title: front matter
---
# UN *ends* mission

At least **170** [peacekeepers](https://example.org/170) have
been killed.

## Since then

- 303 killed
- `13,000` troops

| Year | Killed |
|------|--------|
| 2022 | 32     |

<div>Some <b>markup</b></div>
"""
    document = extract(text.encode(), url="file:///a.md", content_type="text/markdown")
    assert document.headline == "UN ends mission"
    assert document.paragraphs == (
        "At least 170 peacekeepers have been killed.",
        "Since then",
        "303 killed",
        "13,000 troops",
        "| Year | Killed |",
        "| 2022 | 32 |",
        "Some markup",
    )


def test_a_sidecar_is_believed_for_files_only() -> None:
    headers = {
        "content-type": "text/html",
        "sidecar-published": "2023-06-30",
        "sidecar-headline": "Ours",
        "sidecar-byline": "AP",
    }
    local = extract(article(), url="file:///a.html", headers=headers)
    assert local.published is not None
    assert (local.published.value, local.published.source) == ("2023-06-30", "sidecar")
    assert (local.headline, local.byline) == ("Ours", "AP")
    remote = extract(article(), url=URL, headers=headers)
    assert (remote.published, remote.byline) == (None, None)


def test_an_empty_file() -> None:
    assert extract(b"\n \n", url="file:///a.txt", content_type="text/plain").page == "empty"
