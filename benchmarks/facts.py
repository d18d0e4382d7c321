"""CPU for 500 words of English news, on one core: finding facts, comparing two versions, and extracting the page.

Reads real pages where CORRIGENDA_TEST_DATA (or ../shared/data) has them, else the five seed articles, which have no
page to extract. The aim is 3 ms for 500 words, the limit 5 ms.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from monitor.changes import Reading, compare
from monitor.extraction.article import extract
from monitor.facts import find

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("CORRIGENDA_TEST_DATA", ROOT.parent / "shared" / "data"))
PUBLISHED = date(2023, 7, 1)
PAGES, ROUNDS, WORDS = 40, 5, 500


def run() -> None:
    """Measure and print."""
    begun = time.process_time()
    find("Twelve people were killed on Friday.")
    first_call = (time.process_time() - begun) * 1000
    pages = _pages()
    texts = [text for _, text in pages]
    rows = {
        "find": [_milliseconds(lambda t=text: find(t, published=PUBLISHED), text) for text in texts],
        "compare, nothing changed": [_milliseconds(lambda t=text: _compare(t, t), text) for text in texts],
        "compare, one number changed": [_milliseconds(lambda t=text: _compare(t, _edited(t)), text) for text in texts],
        "extract (trafilatura and ours)": [
            _milliseconds(lambda b=body: extract(b, url="https://example.org/a"), text) for body, text in pages if body
        ],
    }
    extraction = rows["extract (trafilatura and ours)"]
    table = Table(title=f"CPU ms for {WORDS} words, {len(texts)} texts; the first call ever took {first_call:.0f} ms")
    for name in ("what", "median", "slowest text", "share of extraction"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, times in rows.items():
        if times:
            share = f"{statistics.median(times) / statistics.median(extraction):.0%}" if extraction else "-"
            table.add_row(what, f"{statistics.median(times):.2f}", f"{max(times):.2f}", share)
    Console().print(table)


def _pages() -> list[tuple[bytes, str]]:
    """(page, its text) of English articles with some length."""
    manifest = DATA / "pages" / "manifest.jsonl"
    if not manifest.exists():
        return [(b"", path.read_text(encoding="utf-8")) for path in sorted((ROOT / "seeds").glob("*.txt"))]
    found: list[tuple[bytes, str]] = []
    for row in map(json.loads, manifest.read_text(encoding="utf-8").splitlines()):
        if row.get("auto_lang") != "en" or len(found) == PAGES:
            continue
        body = gzip.decompress((DATA / "pages" / row["file"]).read_bytes())
        text = extract(body, url="https://example.org/a").text
        if len(text.split()) >= WORDS / 2:
            found.append((body, text))
    return found


def _edited(text: str) -> str:
    """The text with its first number of several digits raised, or with one added where it has none."""
    edited, count = re.subn(r"\d{2,}", lambda match: str(int(match[0]) + 7), text, count=1)
    return edited if count else f"{text}\n\nThe storm killed 12 people on Monday."


def _compare(before: str, after: str) -> None:
    compare(Reading(before, PUBLISHED), Reading(after, PUBLISHED))


def _milliseconds(work: Callable[[], object], text: str) -> float:
    """Median CPU of one run, scaled to 500 words."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1000 * WORDS / len(text.split())
