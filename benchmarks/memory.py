"""Peak memory with 100, 1,000 and 10,000 articles: `python -m benchmarks.memory [ARTICLES...]`.

Small pages (the demo's), so that ten thousand end in time: what is measured is what a program holds of its articles,
not what a parser needs for a large page. Every program sees all articles for the first time and checks them once more;
who is not done when its time is over shows what it held until then, and how many articles it had come to.
As nothing is timed here, as many programs run at once as there are processors.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import corpus
from benchmarks.checks import WIDTH
from benchmarks.programs.changedetection import ChangedetectionIo
from benchmarks.programs.corrigenda import Corrigenda
from benchmarks.programs.floor import Floor
from benchmarks.programs.program import NotMeasuredError, Program
from benchmarks.programs.urlwatch import Urlwatch
from benchmarks.programs.webchanges import Webchanges
from benchmarks.results import Results
from benchmarks.site import Published, Site

COUNTS = (100, 1_000, 10_000)
SECONDS = 150.0
"""For one program and one number of articles."""
# Those that take longest come first, so that the others fill the time beside them.
PROGRAMS: Sequence[Callable[[], Program]] = (Webchanges, Corrigenda, ChangedetectionIo, Urlwatch, Floor)
_MIB = 2**20


@dataclass(frozen=True)
class Held:
    """What a program held of so many articles."""

    program: str
    key: str
    articles: int
    alone_mib: float = 0.0
    """Of the process that schedules and keeps."""
    all_mib: float = 0.0
    """With its extraction workers."""
    seen: int = 0
    missing: str = ""


def run(results: Results, counts: Sequence[int] = COUNTS) -> None:
    """All programs with all numbers of articles."""
    pages = corpus.small()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [one for each in pool.map(lambda make: _all(make, pages, counts), PROGRAMS) for one in each]
    _print(found, counts)
    peaks: dict[str, dict[str, float]] = {}
    for one in found:
        if not one.missing:
            peaks.setdefault(one.key, {})[str(one.articles)] = one.alone_mib
    results.add(peak_mib_by_articles=peaks)


def _all(make: Callable[[], Program], pages: corpus.Corpus, counts: Sequence[int]) -> list[Held]:
    with Site(pages) as site:
        return [_hold(make(), site, count) for count in counts]


def _hold(program: Program, site: Site, articles: int) -> Held:
    program.patience = SECONDS
    site.publish(Published())
    seen = 0
    try:
        program.install()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                began = time.monotonic()
                program.begin(Path(folder), site, site.urls(articles))
                seen = articles
                program.patience = max(1.0, SECONDS - (time.monotonic() - began))
                program.round()
            except NotMeasuredError:
                seen = seen or len(site.asked().articles)
                if not seen:
                    raise
            finally:
                peak = program.peak()
                program.end()
    except NotMeasuredError as error:
        return Held(program.name, program.key, articles, missing=str(error))
    held = Held(program.name, program.key, articles, peak.peak_alone_bytes / _MIB, peak.peak_bytes / _MIB, seen)
    print(f"{program.name}, {seen} of {articles} articles: {held.alone_mib:.0f} MiB", file=sys.stderr, flush=True)
    return held


def _print(found: Sequence[Held], counts: Sequence[int]) -> None:
    table = Table(title="Peak memory in MiB; Corrigenda: the service / with its extraction worker")
    table.add_column("program")
    for count in counts:
        table.add_column(f"{count:,} articles", justify="right")
    for name in dict.fromkeys(one.program for one in found):
        table.add_row(name, *[_cell(one) for one in found if one.program == name])
    Console(width=WIDTH).print(table)


def _cell(one: Held) -> str:
    if one.missing:
        return f"it {one.missing}"
    workers = f" / {one.all_mib:.0f}" if one.all_mib > one.alone_mib else ""
    end = "" if one.seen == one.articles else f" (end of its time at {one.seen:,})"
    return f"{one.alone_mib:.0f}{workers}{end}"


if __name__ == "__main__":
    run(Results(Path(tempfile.gettempdir()) / "corrigenda-memory.json"), list(map(int, sys.argv[1:])) or COUNTS)
