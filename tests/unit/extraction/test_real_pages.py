"""Every real page of pages/ through extraction: nothing crashes, hardly one is called a wall, and the texts are as good
as those of plain trafilatura against what people marked as the article."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import trafilatura

from monitor.extraction.article import extract
from monitor.extraction.document import Document
from monitor.extraction.gate import visible_text_hash
from tests.data import real_data


@pytest.fixture(scope="module")
def read() -> list[tuple[dict[str, Any], bytes, Document]]:
    """Each page's row of the manifest, its bytes and its Document."""
    folder = real_data("pages")
    found = []
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = (folder / row["file"]).read_bytes()
        body = gzip.decompress(body) if row["file"].endswith(".gz") else body
        url = row["url"] if str(row["url"]).startswith("http") else "https://news.example/a"
        found.append((row, body, extract(body, url=url, content_type="text/html")))
    return found


def _expected_text(folder: Path, row: dict[str, Any]) -> str | None:
    """What the page's data set gives as its whole text, where it does."""
    if row["set"] == "article-extraction-benchmark":
        truth = json.loads((folder / "article-extraction-benchmark" / "ground-truth.json").read_text(encoding="utf-8"))
        return str(truth[Path(row["file"]).name.split(".")[0]]["articleBody"])
    if row["set"] == "newspaper4k" and row["expected"]:
        return (folder / str(row["expected"])).read_text(encoding="utf-8")
    return None


def _overlap(found: str, expected: str) -> float:
    """F1 of the runs of four words, as article-extraction-benchmark measures."""

    def runs(text: str) -> Counter[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))

    ours, theirs = runs(found), runs(expected)
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def test_hardly_a_real_page_is_called_a_wall(read: list[tuple[dict[str, Any], bytes, Document]]) -> None:
    classes = Counter(document.page for _, _, document in read)
    print(dict(classes), [(row["file"], document.reason) for row, _, document in read if document.page != "article"])
    assert classes["wall"] + classes["error"] <= 0.01 * len(read)
    assert classes["article"] >= 0.98 * len(read)


def test_texts_are_clean(read: list[tuple[dict[str, Any], bytes, Document]]) -> None:
    for row, _, document in read:
        document.text.encode("utf-8")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u200b\ufeff]", document.text), row["file"]
        assert all(paragraph == paragraph.strip() and "\n" not in paragraph for paragraph in document.paragraphs)


def test_texts_are_no_worse_than_those_of_plain_trafilatura(
    read: list[tuple[dict[str, Any], bytes, Document]],
) -> None:
    folder = real_data("pages")
    ours: list[float] = []
    plain: list[float] = []
    for row, body, document in read:
        expected = _expected_text(folder, row)
        if expected:
            ours.append(_overlap("\n".join(document.paragraphs), expected))
            theirs = trafilatura.extract(body.decode("utf-8", "replace"), include_comments=False)
            plain.append(_overlap(theirs or "", expected))
    mean_ours, mean_plain = sum(ours) / len(ours), sum(plain) / len(plain)
    print(f"F1 of {len(ours)} texts: ours {mean_ours:.4f}, plain trafilatura {mean_plain:.4f}")
    assert mean_ours >= mean_plain
    assert [one for one, other in zip(ours, plain, strict=True) if one < other - 0.1] == []


def test_headlines_and_dates(read: list[tuple[dict[str, Any], bytes, Document]]) -> None:
    """fundus/: hand-made parsers per publisher. Their headlines may be others than ours (a kicker more, the social
    one), their dates can not."""
    folder = real_data("pages")
    headlines: list[bool] = []
    dates: list[bool] = []
    for row, _, document in read:
        if row["set"] != "fundus":
            continue
        versions = json.loads((folder / row["expected"].split("#")[0]).read_text(encoding="utf-8")).values()
        known = [version for version in versions if isinstance(version, dict)]
        headlines.append(any(_same(document.headline, version.get("title")) for version in known))
        if document.published:
            days = {str(version.get("publishing_date"))[:10] for version in known}
            dates.append(document.published.value[:10] in days)
    print(f"headlines equal {sum(headlines)}/{len(headlines)}, dates equal {sum(dates)}/{len(dates)}")
    assert sum(headlines) >= 0.7 * len(headlines)
    assert len(dates) >= 0.9 * len(headlines)
    assert sum(dates) >= 0.97 * len(dates)


def _same(ours: str | None, theirs: str | None) -> bool:
    return re.findall(r"\w+", (ours or "").lower()) == re.findall(r"\w+", (theirs or "").lower())


def test_extracted_again_nothing_changes(read: list[tuple[dict[str, Any], bytes, Document]]) -> None:
    for row, body, document in read[::10]:
        again = extract(body, url="https://news.example/a", content_type="text/html")
        assert again.text == document.text, row["file"]
        assert visible_text_hash(body, "text/html") == visible_text_hash(body, "text/html")
