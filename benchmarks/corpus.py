"""The pages that the benchmark serves: real ones where the real data lies, else those of the demo; one fact changes."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import trafilatura

from demo.editions import load_script, load_seeds
from demo.site import NewsSite
from tests.data import DATA

REAL = DATA / "pages"
SMALLEST = 20_000
LARGEST = 1_500_000
PAGES = 100
"""Different pages at most; with more articles than that they come again, each under its own number."""
_PARAGRAPH = re.compile(rb"<p[ >](?:(?!<p[ >]).)*?</p>", re.DOTALL)
PLACES = ("Ansongo", "Bourem", "Douentza", "Kidal", "Menaka", "Mopti", "Niafunke", "Segou", "Tessalit", "Timbuktu")


@dataclass(frozen=True)
class Corpus:
    """Pages cut in two where their fact stands."""

    name: str
    halves: Sequence[tuple[bytes, bytes]]

    def page(self, number: int, edition: int) -> bytes:
        """The page of an article; an edition says another number of people, and nothing else differs."""
        head, tail = self.halves[number % len(self.halves)]
        place, toll = PLACES[number % len(PLACES)], 20 + number % 70 + 3 * edition
        fact = f"<p>At least {toll} people were killed near {place} on road {number}, the ministry said.</p>"
        return head + fact.encode() + tail

    @property
    def mean_bytes(self) -> int:
        """Of all different pages."""
        return sum(len(head) + len(tail) for head, tail in self.halves) // len(self.halves)


def read() -> Corpus:
    """Real pages when they are there, else those of the demo."""
    if real := _real():
        return Corpus(f"{len(real)} real pages", real)
    return small()


def small() -> Corpus:
    """The five pages of the demo, a few kilobytes each."""
    seeds = load_seeds()
    with NewsSite(load_script(seeds), seeds) as site, httpx2.Client(trust_env=False) as client:
        bodies = [client.get(site.address(name)).content for name in seeds]
    return Corpus(f"the {len(bodies)} pages of the demo", [halves for body in bodies if (halves := _cut(body))])


def _real() -> list[tuple[bytes, bytes]]:
    """English pages in the order of the manifest, cut after their longest paragraph, if that is of the article."""
    manifest = REAL / "manifest.jsonl"
    if not manifest.is_file():
        return []
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    found = []
    for row in rows:
        if row.get("auto_lang") == "en" and SMALLEST <= row["bytes"] <= LARGEST:
            halves = _cut(gzip.decompress(Path(REAL / row["file"]).read_bytes()))
            if halves and _is_of_article(halves):
                found.append(halves)
        if len(found) == PAGES:
            break
    return found


def _is_of_article(halves: tuple[bytes, bytes]) -> bool:
    """Whether trafilatura, called as by nobody of those who are compared, finds the fact in the article's text."""
    found = trafilatura.extract(Corpus("", [halves]).page(7, 0), favor_precision=False, include_comments=False)
    return "on road 7," in (found or "")


def _cut(body: bytes) -> tuple[bytes, bytes] | None:
    """Before and after the place behind the longest paragraph; None where a page has none."""
    longest = max(_PARAGRAPH.finditer(body), key=lambda found: len(found.group()), default=None)
    return (body[: longest.end()], body[longest.end() :]) if longest and len(longest.group()) > 200 else None
