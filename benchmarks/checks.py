"""What one check costs, side by side on the same pages: a plain loop, Corrigenda, and programs that watch pages, too.

`python -m benchmarks.checks` measures all; `--quick` the plain loop and Corrigenda alone, `--only KIND` one kind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import corpus
from benchmarks.programs.changedetection import ChangedetectionIo
from benchmarks.programs.corrigenda import Corrigenda
from benchmarks.programs.floor import Floor
from benchmarks.programs.program import NotMeasuredError, Program, Round
from benchmarks.programs.urlwatch import Urlwatch
from benchmarks.programs.webchanges import Webchanges
from benchmarks.results import Results
from benchmarks.site import Published, Site

KINDS = ("not_modified", "unchanged", "changed")
SAID = {"not_modified": "304", "unchanged": "same body", "changed": "one fact changed"}
ARTICLES = 200
ROUNDS = 12
"""Rounds that count, of each kind; fewer where one takes so long that it says enough, but never one alone."""
ENOUGH_CPU_SECONDS = 25.0
WIDTH = 110
"""Characters: of tables, wherever they are printed."""
_MIB = 2**20


@dataclass
class Measured:
    """What one program took for its checks."""

    program: str
    key: str
    """Its name without a version."""
    rounds: dict[str, list[Round]] = field(default_factory=dict)
    """By kind, without those that warmed up."""
    missing: str = ""
    """Why there is nothing."""
    changes: int = 0
    expected: int = 0
    alone_mib: float = 0.0
    tree_mib: float = 0.0

    def cpu_ms(self, kind: str) -> float:
        """Of one check: the mean of the middle half of the rounds, as other work on the machine costs some dear."""
        rounds = sorted(one.cpu_ms for one in self.rounds[kind])
        aside = len(rounds) // 4
        return mean(rounds[aside : len(rounds) - aside])

    def written(self, kind: str) -> float:
        """Bytes by one check."""
        rounds = self.rounds[kind]
        return sum(one.written_bytes for one in rounds) / sum(one.checks for one in rounds)

    def has_enough(self, kind: str) -> bool:
        """Whether no further round of this kind would say more."""
        rounds = self.rounds.get(kind, ())
        return len(rounds) > 1 and sum(one.cpu_seconds for one in rounds) >= ENOUGH_CPU_SECONDS

    def give_up(self, error: NotMeasuredError) -> None:
        """It is left out from here on."""
        self.missing = str(error)
        _note(f"{self.program}: {error}")


def run(results: Results) -> None:
    """All programs side by side."""
    found = compare([Floor(), Corrigenda(), ChangedetectionIo(), Webchanges(), Urlwatch()])
    results.add(**figures(found))


def compare(programs: Sequence[Program], articles: int = ARTICLES, kinds: Sequence[str] = KINDS) -> list[Measured]:
    """Measure and print. The programs take turns, round by round: so what else the machine does concerns all alike."""
    pages = corpus.read()
    with Site(pages) as site, ExitStack() as ends:
        found = [_begun(program, site, articles, ends) for program in programs]
        pairs = list(zip(programs, found, strict=True))
        for kind in kinds:
            for number in range(ROUNDS + 1):
                for program, measured in pairs:
                    if not measured.missing and not measured.has_enough(kind):
                        _round(program, measured, kind, number, site, articles)
        for program, measured in pairs:
            if not measured.missing:
                measured.changes, peak = program.changes(), program.peak()
                measured.alone_mib, measured.tree_mib = peak.peak_alone_bytes / _MIB, peak.peak_bytes / _MIB
    _print(found, f"{articles} articles, {pages.name} of {pages.mean_bytes / 1000:.0f} kB on average", kinds)
    return found


def _begun(program: Program, site: Site, articles: int, ends: ExitStack) -> Measured:
    """One program that has seen every page for the first time."""
    measured = Measured(program.name, program.key)
    try:
        program.install()
        folder = ends.enter_context(tempfile.TemporaryDirectory())
        site.publish(Published())
        ends.callback(program.end)
        program.begin(Path(folder), site, site.urls(articles))
    except NotMeasuredError as error:
        measured.give_up(error)
    return measured


def _round(program: Program, measured: Measured, kind: str, number: int, site: Site, articles: int) -> None:
    """One round of one program; the first of each kind warms up and does not count."""
    if kind == "changed":
        measured.expected += articles
    site.publish(Published(number + 1 if kind == "changed" else 0, validators=kind == "not_modified"))
    try:
        one = program.round()
        asked = site.asked()
        if len(asked.articles) < articles:
            raise NotMeasuredError(f"asked for {len(asked.articles)} of {articles} articles only")
    except NotMeasuredError as error:
        measured.give_up(error)
        return
    answers = ", ".join(f"{count} times {status}" for status, count in sorted(asked.statuses.items()))
    _note(f"{program.name}, {SAID[kind]}: {one.cpu_ms:.2f} ms a check; the site answered {answers}")
    if number:
        measured.rounds.setdefault(kind, []).append(one)


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _print(found: Sequence[Measured], measured_on: str, kinds: Sequence[str]) -> None:
    measurable = {one.key: one for one in found if not one.missing}
    for kind in kinds:
        table = Table(title=f"A check, {SAID[kind]}: {measured_on}", title_justify="left")
        for name in ("program", "CPU ms", "checks/s/core", "x floor", "x Corrigenda", "bytes written", "changes seen"):
            table.add_column(name, justify="left" if name == "program" else "right", no_wrap=True)
        for one in found:
            if one.missing:
                continue
            ms = one.cpu_ms(kind)
            beside = (measurable.get(key) for key in (Floor.key, Corrigenda.key))
            ratios = [f"{ms / other.cpu_ms(kind):.2f}" if other else "-" for other in beside]
            seen = f"{one.changes} of {one.expected}" if kind == "changed" else ""
            table.add_row(one.program, f"{ms:.2f}", f"{1000 / ms:.0f}", *ratios, f"{one.written(kind):,.0f}", seen)
        Console(width=WIDTH).print(table)
    for one in found:
        if one.missing:
            print(f"{one.program} was not measured: it {one.missing}")


def figures(found: Sequence[Measured]) -> dict[str, Any]:
    """As they stand in results.json."""
    by_key = {one.key: one for one in found if not one.missing}
    figures: dict[str, Any] = {
        "not_measured": {one.key: one.missing for one in found if one.missing},
        "cpu_ms_per_check": {key: {kind: one.cpu_ms(kind) for kind in KINDS} for key, one in by_key.items()},
        "checks_per_second_per_core": {
            key: {kind: 1000 / one.cpu_ms(kind) for kind in KINDS} for key, one in by_key.items()
        },
        "bytes_written_per_check": {key: {kind: one.written(kind) for kind in KINDS} for key, one in by_key.items()},
    }
    floor, ours = by_key.get(Floor.key), by_key.get(Corrigenda.key)
    if floor and ours:
        ratios = {kind: ours.cpu_ms(kind) / floor.cpu_ms(kind) for kind in KINDS}
        figures |= {
            "not_modified_over_floor": ratios["not_modified"],
            "same_body_over_floor": ratios["unchanged"],
            # Unchanged is both: the worse of the two is what can be promised.
            "unchanged_over_floor": max(ratios["not_modified"], ratios["unchanged"]),
            "changed_over_floor": ratios["changed"],
        }
    if ours:
        figures["times_ahead_of_peers"] = {
            key: {kind: one.cpu_ms(kind) / ours.cpu_ms(kind) for kind in KINDS}
            for key, one in by_key.items()
            if one not in (floor, ours)
        }
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the plain loop and Corrigenda alone")
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--only", choices=KINDS, nargs="+", default=KINDS, help="these kinds of checks")
    given = parser.parse_args()
    rivals: list[Program] = [] if given.quick else [ChangedetectionIo(), Webchanges(), Urlwatch()]
    compare([Floor(), Corrigenda(), *rivals], given.articles, sorted(given.only, key=KINDS.index))
