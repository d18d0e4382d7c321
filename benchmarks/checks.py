"""What one check costs, side by side: `python -m benchmarks.checks`; `--quick`: the floor and Corrigenda only."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import corpus
from benchmarks.programs.corrigenda import Corrigenda
from benchmarks.programs.floor import Floor
from benchmarks.programs.program import NotMeasuredError, Program, Round
from benchmarks.site import Published, Site

KINDS = ("not_modified", "unchanged", "changed")
SAID = {"not_modified": "304", "unchanged": "same body", "changed": "changed"}
_MIB = 2**20


@dataclass
class Measured:
    """What one program took for its checks."""

    program: str
    rounds: dict[str, list[Round]] = field(default_factory=dict)
    """By kind, without those that warmed up."""
    missing: str = ""
    """Why there is nothing."""
    changes: int = 0
    expected: int = 0
    alone_mib: float = 0.0
    tree_mib: float = 0.0

    def cpu_ms(self, kind: str) -> float:
        """Of one check."""
        rounds = self.rounds[kind]
        return 1000 * sum(one.cpu_seconds for one in rounds) / sum(one.checks for one in rounds)

    def written(self, kind: str) -> float:
        """Bytes by one check."""
        rounds = self.rounds[kind]
        return sum(one.written_bytes for one in rounds) / sum(one.checks for one in rounds)


def measure(program: Program, site: Site, articles: int, rounds: Mapping[str, int]) -> Measured:
    """One program through its rounds, by kind; the first sight of all pages and one round of each kind go before."""
    measured = Measured(program.name)
    try:
        program.install()
        with tempfile.TemporaryDirectory() as folder:
            site.publish(Published())
            try:
                program.begin(Path(folder), site, site.urls(articles))
                for kind, edition in _plan(rounds):
                    _round(measured, program, kind, edition, site, articles)
                measured.changes = program.changes()
                peak = program.peak()
                measured.alone_mib, measured.tree_mib = peak.peak_alone_bytes / _MIB, peak.peak_bytes / _MIB
            finally:
                program.end()
    except NotMeasuredError as error:
        measured.missing = str(error)
        _note(f"{program.name}: {error}")
    measured.rounds = {kind: found[1:] for kind, found in measured.rounds.items()}
    return measured


def _plan(rounds: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Every round: its kind, and the edition that is shown."""
    edition = 0
    for kind, count in rounds.items():
        for _ in range(count + 1):
            edition += kind == "changed"
            yield kind, edition


def _round(measured: Measured, program: Program, kind: str, edition: int, site: Site, articles: int) -> None:
    site.publish(Published(edition, validators=kind == "not_modified"))
    one = program.round()
    asked = site.asked()
    _note(f"{program.name}, {SAID[kind]}: {one.cpu_ms:.2f} ms, {one.elapsed_seconds:.1f} s, {dict(asked.statuses)}")
    if len(asked.articles) < articles:
        raise NotMeasuredError(f"asked for {len(asked.articles)} of {articles} articles only")
    measured.expected += articles if kind == "changed" else 0
    measured.rounds.setdefault(kind, []).append(one)


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def run(programs: Sequence[Program], articles: int, rounds: Mapping[str, int]) -> list[Measured]:
    """Measure and print."""
    pages = corpus.read()
    with Site(pages) as site:
        found = [measure(program, site, articles, rounds) for program in programs]
    _print(found, pages, articles)
    return found


def _print(found: Sequence[Measured], pages: corpus.Corpus, articles: int) -> None:
    title = f"CPU per check: {articles} articles, {pages.name} of {pages.mean_bytes / 1000:.0f} kB on average"
    table = Table(title=title)
    for name in ("program", "what", "CPU ms", "x floor", "checks/s/core", "written B", "elapsed s"):
        table.add_column(name, justify="left" if name in ("program", "what") else "right")
    floor = found[0]
    for one in found:
        if one.missing:
            table.add_row(one.program, one.missing)
            continue
        for kind in one.rounds:
            ms = one.cpu_ms(kind)
            elapsed = median(each.elapsed_seconds for each in one.rounds[kind])
            cells = [f"{ms:.2f}", f"{ms / floor.cpu_ms(kind):.2f}", f"{1000 / ms:.0f}", f"{one.written(kind):.0f}"]
            table.add_row(one.program, SAID[kind], *cells, f"{elapsed:.1f}")
        peak = f"peak {one.alone_mib:.0f} MiB, with its children {one.tree_mib:.0f}"
        table.add_row(one.program, f"saw {one.changes} of {one.expected} changes, {peak}", end_section=True)
    Console().print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the floor and Corrigenda, few rounds")
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--only", choices=KINDS, nargs="+", default=KINDS, help="these kinds of checks")
    given = parser.parse_args()
    wanted = {"not_modified": 5, "unchanged": 5, "changed": 1 if given.quick else 2}
    run([Floor(), Corrigenda()], given.articles, {kind: wanted[kind] for kind in given.only})
