"""What is due? One tick a second asks the database; a job per article would not scale.

The only file that knows APScheduler.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.tasks import Visits
from storage import articles, loops

TICK_SECONDS = 1.0
BEAT_SECONDS = 10.0
"""How often the scheduler says that it is alive; a write, so not on every tick."""

log = structlog.get_logger()


class Schedule:
    """Begins the Visits that are due, once a second, in a thread of its own."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._beat = 0.0
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=TICK_SECONDS,
            id="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )

    def start(self) -> None:
        """Begin to tick. What fell due while nothing ran is spread out first."""
        settings, now = self._visits.settings, datetime.now(UTC)
        with self._visits.database.write() as session:
            overdue = articles.spread_overdue(session, now, settings.checks.restart_rate)
            loops.beat(session, "scheduler", now, started=True)
        if overdue:
            log.info("catching up", overdue=overdue, rate=settings.checks.restart_rate)
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; Visits under way are the Visits' own to end."""
        self._scheduler.shutdown(wait=True)

    def _tick(self) -> None:
        # APScheduler would log an exception and tick on; so do we, but without a beat: the loop then shows as stopped.
        begun = self._visits.run_due()
        if begun or time.monotonic() - self._beat >= BEAT_SECONDS:
            self._beat = time.monotonic()
            with self._visits.database.write() as session:
                loops.beat(session, "scheduler", datetime.now(UTC))
