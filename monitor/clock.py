"""The clock of the service: one place to read the time and to wait, so that a simulation can bring its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

SET_SECONDS = 30.0
"""How often a clock that follows another is set."""
QUICK_SECONDS = 0.005
"""An answer so quick is off by half of that at most: good enough beside gaps of tenths of seconds."""
QUESTIONS = 8
"""How often it is asked for a quick answer; the first often waits for a connection."""

log = structlog.get_logger()


class Clock:
    """The real one, of this machine."""

    def now(self) -> datetime:
        """The time of day, aware UTC: for what is kept. It may jump."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow: for how long something took."""
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the event is set, or so long. Returns whether it is set."""
        return event.wait(seconds)


class SharedClock(Clock):
    """One time of day for many machines, each of which may be wrong by itself: that of the database.

    It is asked for now and then, and carried on by the monotonic clock in between, so that it does not jump when
    somebody sets the clock of this machine. Of several answers the quickest counts: it is off by half of what it took,
    at most (Cristian 1989). Safe between threads.
    """

    def __init__(self, ask: Callable[[], datetime]) -> None:
        """ask: `Database.now`. Raises what it raises; later on it may fail, and the time goes on."""
        self._ask = ask
        self._asking = threading.Lock()
        self._asked, self._ahead = self._set()

    def now(self) -> datetime:
        """The time of day, aware UTC."""
        if time.monotonic() - self._asked > SET_SECONDS and self._asking.acquire(blocking=False):
            try:
                self._asked, self._ahead = self._set()
            except Exception as error:  # noqa: BLE001  whatever keeps the database from answering: it is asked again
                self._asked = time.monotonic()
                log.warning("the database was not asked for the time", error=str(error)[:300])
            finally:
                self._asking.release()
        return datetime.fromtimestamp(self._ahead + time.monotonic(), UTC)

    def _set(self) -> tuple[float, float]:
        """When the other clock was asked, on the monotonic clock, and how far ahead of that it is."""
        quickest, ahead = float("inf"), 0.0
        for _ in range(QUESTIONS):
            before = time.monotonic()
            answer = self._ask().timestamp()
            after = time.monotonic()
            if after - before < quickest:
                quickest, ahead = after - before, answer - (before + after) / 2
            if quickest < QUICK_SECONDS:
                break
        return after, ahead
