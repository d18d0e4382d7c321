"""How well pages are read: `python -m tests.quality.pages [--show]`.

Texts against those that each data set gives, beside plain trafilatura on the same pages; and how often a wall is known
for one, and a real article called one. Figures are shares, 0 to 1; texts are compared as article-extraction-benchmark
does it, by F1 of runs of four words, averaged over pages.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trafilatura

from monitor.extraction.article import extract
from monitor.extraction.document import Document
from tests.data import DATA

PAGES = DATA / "pages"
WALLS = DATA / "blockpages"
DAILY = DATA / "revisions" / "covid-uk-html"
_NO_WALL = ("negative", "tagline-only", "real-news", "spa-or-paywall-article")
"""Kinds of the examples of walls that are articles, or that only an extractor fails on."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")


@dataclass(frozen=True, slots=True)
class Read:
    """One page, read by us and by plain trafilatura; both null where no text is given for it."""

    file: str
    document: Document
    ours: float | None = None
    plain: float | None = None

    @property
    def page(self) -> str:
        return self.document.page


@dataclass(frozen=True, slots=True)
class Reads:
    """All that is read, once."""

    pages: Sequence[Read]
    daily: Sequence[Read]
    walls: Sequence[Read]


def read_all() -> Reads:
    """Read everything, on all processors."""
    with ProcessPoolExecutor() as pool:
        return Reads(
            list(pool.map(_read, rows(), chunksize=8)),
            list(pool.map(_what, sorted(DAILY.glob("*.html*")), chunksize=8)),
            list(pool.map(_what, _walls(), chunksize=8)),
        )


def measure() -> Mapping[str, float]:
    """All figures."""
    return figures(read_all())


def figures(reads: Reads) -> Mapping[str, float]:
    """The figures of what was read."""
    compared = [page for page in reads.pages if page.ours is not None]
    ours = sum(page.ours or 0.0 for page in compared) / len(compared)
    plain = sum(page.plain or 0.0 for page in compared) / len(compared)
    articles = [*reads.pages, *reads.daily]
    alarms = sum(page.page not in ("article", "empty") for page in articles)
    return {
        "text": ours,
        "plain_trafilatura": plain,
        "better": ours - plain,
        "worse_pages": sum((page.ours or 0.0) < (page.plain or 0.0) - 0.05 for page in compared) / len(compared),
        "walls_known": sum(page.page != "article" for page in reads.walls) / len(reads.walls),
        "false_walls": alarms / len(articles),
    }


def rows() -> list[dict[str, Any]]:
    """What the manifest says of each page."""
    return [json.loads(line) for line in (PAGES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]


def _walls() -> list[Path]:
    rows = [json.loads(line) for line in (WALLS / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    return [WALLS / row["file"] for row in rows if not any(kind in row["kind"] for kind in _NO_WALL)]


def _what(path: Path) -> Read:
    return Read(path.name, extract(bytes_of(path), url="https://news.example/2020/04/story"))


def _read(row: Mapping[str, Any]) -> Read:
    body = bytes_of(PAGES / row["file"])
    url = row["url"] if str(row["url"]).startswith("http") else "https://news.example/a"
    document = extract(body, url=url, content_type="text/html")
    plain = trafilatura.extract(body, url=url, include_comments=False) or ""
    wanted = list(_expected(row))
    if not wanted:
        return Read(row["file"], document)
    # A data set may give several versions of a page's text: that which the plain extraction is nearest to.
    best = max(wanted, key=lambda text: _overlap(plain, text))
    return Read(row["file"], document, _overlap("\n".join(document.paragraphs), best), _overlap(plain, best))


def _expected(row: Mapping[str, Any]) -> Iterator[str]:
    """The texts that the page's data set gives, where it gives whole ones."""
    if row["set"] == "article-extraction-benchmark":
        truth = json.loads((PAGES / row["set"] / "ground-truth.json").read_text(encoding="utf-8"))
        yield str(truth[Path(row["file"]).name.split(".")[0]]["articleBody"])
    elif row["set"] == "newspaper4k" and row["expected"]:
        yield (PAGES / str(row["expected"])).read_text(encoding="utf-8")
    elif row["set"] == "fundus":
        for version in json.loads((PAGES / row["expected"]).read_text(encoding="utf-8")).values():
            if body := version.get("body"):
                sections = [text for each in body["sections"] for text in (*each["headline"], *each["paragraphs"])]
                yield "\n".join([*body["summary"], *sections])


def _overlap(found: str, expected: str) -> float:
    """F1 of the runs of four words."""
    ours, theirs = _runs(found), _runs(expected)
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))


def bytes_of(path: Path) -> bytes:
    """As it was fetched."""
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def show() -> None:
    """Print the pages on which plain trafilatura is better, the worst first."""
    with ProcessPoolExecutor() as pool:
        read = [page for page in pool.map(_read, rows(), chunksize=8) if page.ours is not None]
    for page in sorted(read, key=lambda page: (page.ours or 0) - (page.plain or 0))[:20]:
        print(f"{page.ours:.3f} {page.plain:.3f} {page.page:8} {page.file}")


if __name__ == "__main__":
    if "--show" in sys.argv:
        show()
    for name, figure in measure().items():
        print(f"{name:20} {figure:.3f}")
