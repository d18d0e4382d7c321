"""Every real page of pages/ through extraction, read once for all that is asked of it: the measure keeps its floors
(`make quality` shows the figures), hardly one is called a wall, texts are clean, headlines and dates are right."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from monitor.extraction.article import extract
from monitor.extraction.gate import visible_text_hash
from tests.data import real_data
from tests.quality import pages
from tests.quality.floors import FLOORS, lines
from tests.quality.pages import Read


def test_real_pages(subtests: pytest.Subtests) -> None:
    real_data("pages")
    reads, rows = pages.read_all(), pages.rows()
    with subtests.test("the floors are kept"):
        assert [line for line in lines(FLOORS["pages"], pages.figures(reads)) if not line.kept] == []
    with subtests.test("hardly one is called a wall"):
        _hardly_one_is_called_a_wall(reads.pages)
    with subtests.test("texts are clean"):
        _texts_are_clean(reads.pages)
    with subtests.test("headlines and dates"):
        _headlines_and_dates(list(zip(rows, reads.pages, strict=True)))
    with subtests.test("extracted again nothing changes"):
        _extracted_again_nothing_changes(reads.pages)


def _hardly_one_is_called_a_wall(read: Sequence[Read]) -> None:
    classes = Counter(each.page for each in read)
    print(dict(classes), [(each.file, each.document.reason) for each in read if each.page != "article"])
    assert classes["wall"] + classes["error"] <= 0.01 * len(read)
    assert classes["article"] >= 0.98 * len(read)


def _texts_are_clean(read: Sequence[Read]) -> None:
    for each in read:
        text, paragraphs = each.document.text, each.document.paragraphs
        text.encode("utf-8")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u200b\ufeff]", text), each.file
        assert all(paragraph == paragraph.strip() and "\n" not in paragraph for paragraph in paragraphs)


def _headlines_and_dates(read: Sequence[tuple[dict[str, Any], Read]]) -> None:
    """fundus/: hand-made parsers per publisher. Their headlines may be others than ours (a kicker more, the social
    one), their dates can not."""
    headlines: list[bool] = []
    dates: list[bool] = []
    for row, each in read:
        if row["set"] != "fundus":
            continue
        versions = json.loads((pages.PAGES / row["expected"].split("#")[0]).read_text(encoding="utf-8")).values()
        known = [version for version in versions if isinstance(version, dict)]
        headlines.append(any(_same(each.document.headline, version.get("title")) for version in known))
        if each.document.published:
            days = {str(version.get("publishing_date"))[:10] for version in known}
            dates.append(each.document.published.value[:10] in days)
    print(f"headlines equal {sum(headlines)}/{len(headlines)}, dates equal {sum(dates)}/{len(dates)}")
    assert sum(headlines) >= 0.7 * len(headlines)
    assert len(dates) >= 0.9 * len(headlines)
    assert sum(dates) >= 0.97 * len(dates)


def _same(ours: str | None, theirs: str | None) -> bool:
    return re.findall(r"\w+", (ours or "").lower()) == re.findall(r"\w+", (theirs or "").lower())


def _extracted_again_nothing_changes(read: Sequence[Read]) -> None:
    for each in read[::10]:
        body = pages.bytes_of(pages.PAGES / each.file)
        again = extract(body, url="https://news.example/a", content_type="text/html")
        assert again.text == each.document.text, each.file
        assert visible_text_hash(body, "text/html") == visible_text_hash(body, "text/html")
