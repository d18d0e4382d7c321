"""A loop of the service in a thread of its own: it goes round until it is told to end, and says that it is alive."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from monitor.clock import Clock
from storage import loops
from storage.database import Database

BEAT_SECONDS = 10.0

log = structlog.get_logger()


class Rounds:
    """Goes round again and again. What the database refuses is logged as `NAME.database`, and the next round comes.

    A full disk, or a lock that is held too long, passes; what lasts shows on /health.
    """

    def __init__(self, name: str, go_round: Callable[[], object], rest: Callable[[], float], clock: Clock) -> None:
        """rest: seconds until the next round."""
        self.stopping = threading.Event()
        self._name = name
        self._go_round = go_round
        self._rest = rest
        self._clock = clock
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to go round."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round under way, which may look at `stopping` to be a short one."""
        self.stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._go_round()
            except SQLAlchemyError as error:
                log.error(f"{self._name}.database", error=str(error)[:300])
            self._clock.wait(self.stopping, self._rest())


class Beat:
    """The sign of life of a loop: a write, so not on every round."""

    def __init__(self, database: Database, loop: str, clock: Clock) -> None:
        self._database = database
        self._loop = loop
        self._clock = clock
        self._at = float("-inf")

    def hasten(self) -> None:
        """The next one is given at once: it has something to say."""
        self._at = float("-inf")

    def give(self, detail: str = "") -> None:
        """Say that the loop is alive, when it is time to."""
        monotonic = self._clock.monotonic()
        if monotonic - self._at >= BEAT_SECONDS:
            self._at = monotonic
            with self._database.write() as session:
                loops.beat(session, self._loop, self._clock.now(), detail=detail)
