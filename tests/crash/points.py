"""The process ends by itself before and after every boundary of its work, one after the other.

The boundaries are listed nowhere: a first life is watched, and what it passed is what the others end at. There are
three kinds of work: the migration of an empty database, the cycle of the service, a walk that lets go of what is old.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path

from sqlmodel import select

from monitor.cli.app import run as run_command
from monitor.config import load
from monitor.retaining import walk
from storage.database import Database
from storage.tables import Version
from tests.crash import invariants
from tests.crash.faults import ENDED_HERE, Point
from tests.crash.invariants import Invariant
from tests.crash.kills import is_settled, settle
from tests.crash.lives import PATIENCE, SERVE, Life, set_up, wait_until
from tests.crash.oracle import CHANGING, Oracle
from tests.crash.stores import Store

Say = Callable[[str], None]
FIRST_COMMAND = partial(run_command, ("list",))
"""The first command on an empty database migrates it."""
CHANCE = 10.0
"""Seconds after its first request in which a life must come to its point. Some are passed at the beginning of an
installation only: those are tried again from an empty database."""
AGE = timedelta(hours=2)
"""By which the clock of a walk is ahead, so that what was kept just now is old."""


@dataclass
class Passed:
    """The points of one kind of work, and how it went to end at them."""

    name: str
    points: list[Point]
    ended: int = 0
    missed: list[Point] = field(default_factory=list)
    """Points that no life came to."""
    broken: list[str] = field(default_factory=list)

    def invariant(self) -> Invariant:
        """For the report: a point that is missed is no test, but no broken promise either."""
        missed = f", {len(self.missed)} not met" if self.missed else ""
        return Invariant(f"ended before and after: {self.name}", f"{self.ended} ends{missed}", self.broken)


class Plan:
    """The plan on one database, in an empty folder."""

    def __init__(self, folder: Path, store: Store, limit: int, seed: int, say: Say = print) -> None:
        """limit: so many points of each kind at most, drawn by the seed; 0 for all."""
        self._folder, self._store, self._limit, self._say = folder, store, limit, say
        self._dice = random.Random(seed)
        self._seen: set[str] = set()
        """Labels that belong to a kind of work before."""

    def run(self) -> list[Invariant]:
        """All three kinds. Returns what was found."""
        return [*self._migration(), *self._cycle(), *self._retention()]

    def _oracle(self) -> Oracle:
        return Oracle(random.Random(self._dice.random()))

    def _points(self, name: str, life: Callable[[Point], None]) -> Passed:
        """What a life passes that is watched."""
        passed = self._folder / "passed.txt"
        passed.unlink(missing_ok=True)
        life(Point(passed=str(passed)))
        labels = [label for label in passed.read_text().splitlines() if label not in self._seen]
        self._seen.update(labels)
        points = [Point(moment, label) for label, moment in product(dict.fromkeys(labels), ("before", "after"))]
        if self._limit and len(points) > self._limit:
            points = sorted(self._dice.sample(points, self._limit), key=points.index)
        self._say(f"{self._store.name}: {name}: {len(set(labels))} boundaries, ends at {len(points)} points")
        return Passed(name, points)

    def _migration(self) -> list[Invariant]:
        """Whatever it ends at, the next command finds a database that it can use."""
        (self._folder / "corrigenda.toml").write_text(f'database = "{self._store.url}"\n')
        passed = self._points("a migration", self._to_the_end)
        for point in passed.points:
            self._store.empty()
            code = self._to_the_end(point, asked_to_end_well=False)
            if code != ENDED_HERE:
                passed.missed.append(point)
            passed.ended += code == ENDED_HERE
            if (code := self._to_the_end(asked_to_end_well=False)) != 0:
                passed.broken.append(f"{point.moment} {point.label}: the next command ends with {code}")
        self._store.empty()
        self._to_the_end()
        return [passed.invariant(), invariants.database_is_clean(self._store, self._folder / "copy")]

    def _to_the_end(
        self,
        point: Point | None = None,
        work: Callable[[], int] = FIRST_COMMAND,
        *,
        asked_to_end_well: bool = True,
    ) -> int | None:
        life = Life(self._folder, work, point)
        life.process.join(PATIENCE)
        code = life.process.exitcode
        assert code == 0 or not asked_to_end_well, f"it ended with {code}: {life.said()[-3000:]}"
        life.kill()
        return code

    def _cycle(self) -> list[Invariant]:
        oracle = self._oracle()
        broken: dict[str, Invariant] = {}
        self._store.empty()
        try:
            set_up(self._folder, oracle, self._store)
            passed = self._points("a cycle of the service", lambda point: self._whole_life(oracle, point))
            for number, point in enumerate(passed.points, start=1):
                if self._ends_at(point, oracle):
                    passed.ended += 1
                else:
                    passed.missed.append(point)
                for found in invariants.while_dead(oracle, self._store, self._folder / "copy"):
                    if found.broken:
                        broken.setdefault(f"{point.moment} {point.label}: {found.name}", found)
                if number % 25 == 0:
                    self._say(f"{self._store.name}: {number} of {len(passed.points)} points of a cycle")
            settle(self._folder, self._store, oracle)
            found_last = list(invariants.when_settled(oracle, self._store, self._folder / "copy"))
            passed.broken += [f"{where}: {one.broken[0]}" for where, one in broken.items()]
            passed = self._from_the_beginning(passed)
        finally:
            oracle.close()
        for point in passed.missed:
            self._say(f"{self._store.name}: no life came to: {point.moment} {point.label}")
        return [passed.invariant(), *found_last]

    def _whole_life(self, oracle: Oracle, point: Point) -> None:
        """Everything that a service does: first checks, changes, alerts that fail at first, additions, the end."""
        life = Life(self._folder, SERVE, point)
        assert life.wait_until_up(), life.said()[-3000:]
        oracle.add_article(life.address)
        oracle.add_story(life.address)
        assert wait_until(lambda: is_settled(self._store, oracle)), life.said()[-3000:]
        for url in oracle.urls[:CHANGING]:
            oracle.change(url)
        assert wait_until(lambda: is_settled(self._store, oracle)), life.said()[-3000:]
        code = life.ask_to_end()
        oracle.hear(life.said())
        assert code == 0, life.said()[-3000:]

    def _ends_at(self, point: Point, oracle: Oracle) -> bool:
        """Whether a life came to this point, and ended there. One that did not is killed."""
        served = len(oracle.served)
        for url in self._dice.sample(oracle.urls[:CHANGING], 8):
            oracle.change(url)
        life = Life(self._folder, SERVE, point)
        if life.wait_until_up():
            oracle.add_article(life.address)
            oracle.add_story(life.address)
            wait_until(lambda: len(oracle.served) > served or not life.process.is_alive())
            until = time.monotonic() + CHANCE
            while life.process.is_alive() and time.monotonic() < until:
                oracle.change(self._dice.choice(oracle.urls[:CHANGING]))
                life.process.join(0.2)
        code = life.process.exitcode
        if code is None:
            code = life.ask_to_end()  # some are passed at a clean end only
        life.kill()
        oracle.hear(life.said())
        return code == ENDED_HERE

    def _from_the_beginning(self, passed: Passed) -> Passed:
        """Points that an old installation does not pass: each tried on one that has just been set up."""
        left, passed.missed = passed.missed, []
        for point in left:
            oracle = self._oracle()
            self._store.empty()
            try:
                set_up(self._folder, oracle, self._store)
                if not self._ends_at(point, oracle):
                    passed.missed.append(point)
                    continue
                passed.ended += 1
                settle(self._folder, self._store, oracle)
                for found in invariants.when_settled(oracle, self._store, self._folder / "copy"):
                    passed.broken += [f"{point.moment} {point.label}: {found.name}: {one}" for one in found.broken]
            finally:
                oracle.close()
        return passed

    def _retention(self) -> list[Invariant]:
        """A walk that was ended anywhere goes on where it was; what stays is whole."""
        oracle = self._oracle()
        self._store.empty()
        try:
            set_up(self._folder, oracle, self._store, channels=())  # what was told of would stay
            with (self._folder / "corrigenda.toml").open("a") as file:
                file.write('[retention]\nkeep_raw = "1h"\nkeep_texts = "1h"\nkeep_captures = "1h"\n')
                file.write("keep_raw_versions = 1\nkeep_text_versions = 1\n")
            self._grow(oracle)
            passed = self._points("letting go of what is old", lambda point: self._walks(point) and None)
            for number, point in enumerate(passed.points):
                if number % 10 == 0 or passed.missed:
                    self._grow(oracle)
                if self._walks(point) == ENDED_HERE:
                    passed.ended += 1
                else:
                    passed.missed.append(point)
            assert self._walks() == 0
            with self._store.watch() as session:
                texts = session.exec(select(Version.text_let_go_at)).all()
                gone = sum(at is not None for at in texts)
                assert gone, "nothing was let go"
                chain = invariants.versions_have_no_gap(oracle, session, settled=True)
                whole = invariants.evidence_is_whole(oracle, session)
        finally:
            oracle.close()
        chain.tried += f", the texts of {gone} let go"
        return [passed.invariant(), chain, whole, invariants.database_is_clean(self._store, self._folder / "copy")]

    def _walks(self, point: Point | None = None) -> int | None:
        return self._to_the_end(point, let_go, asked_to_end_well=False)

    def _grow(self, oracle: Oracle) -> None:
        """Three more Versions of every article."""
        life = Life(self._folder, SERVE)
        try:
            assert life.wait_until_up(), life.said()[-3000:]
            for _ in range(3):
                for url in oracle.urls[:CHANGING]:
                    oracle.change(url)
                assert wait_until(lambda: is_settled(self._store, oracle)), life.said()[-3000:]
            assert life.ask_to_end() == 0
        finally:
            life.kill()


def let_go() -> int:
    """What a fork does: a whole walk, as the configuration in its folder says, some time from now."""
    settings = load()
    database = Database(settings.database)
    for _ in walk(database, settings, datetime.now(UTC) + AGE):
        pass
    database.close()
    return 0
