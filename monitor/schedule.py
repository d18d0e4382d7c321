"""What is due? One tick a second asks the database; a job per article would not scale.

The only file that knows APScheduler.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from monitor.rounds import Beat
from monitor.tasks import Visits
from storage import articles, feeds, loops, sites

TICK_SECONDS = 1.0
GUARD_SECONDS = 2.0

AHEAD = timedelta(seconds=5)
"""Clocks of machines differ by less, and so much needs no mending."""

log = structlog.get_logger()


def _ticked_lately(session: Session, now: datetime) -> bool:
    return any(loop.name == "scheduler" and abs(now - loop.beat_at) < loops.SILENT for loop in loops.beats(session))


class Schedule:
    """Begins the Visits that are due, once a second, in a thread of its own."""

    def __init__(self, visits: Visits, *, takes: bool = True) -> None:
        """takes: whether what stands in a shared queue is visited here, too."""
        self._visits = visits
        self._takes = takes
        loops_here = ("scheduler", "worker") if takes else ("scheduler",)
        self._beats = [Beat(visits.database, name, visits.clock) for name in loops_here]
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=TICK_SECONDS,
            id="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
        self._stopping = threading.Event()
        self._guard = threading.Thread(target=self._keep_time, name="clock", daemon=True)

    def start(self) -> None:
        """Begin to tick. What fell due while nothing ran is spread out first."""
        self.catch_up()
        if self._takes:
            self._visits.take_from_queue()
        self._scheduler.start()
        self._guard.start()

    def catch_up(self) -> None:
        """After a start: what fell due while nothing ran is spread out, and what an old clock planned is mended."""
        settings, now = self._visits.settings, self._visits.clock.now()
        with self._visits.database.write() as session:
            if self._visits.database.shared and _ticked_lately(session, now):
                return  # others went on all the time
            if any(loop.beat_at > now + AHEAD for loop in loops.beats(session)):
                log.warning("the clock was set back while nothing ran")
                articles.forget_future(session, now)
                sites.forget_future(session, now)
                feeds.forget_future(session, now)
            overdue = articles.spread_overdue(session, now, settings.checks.restart_rate)
            loops.beat(session, "scheduler", now, started=True)
        if overdue:
            log.info("catching up", overdue=overdue, rate=settings.checks.restart_rate)

    def stop(self) -> None:
        """Stop ticking; Visits under way are the Visits' own to end."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def _keep_time(self) -> None:
        """APScheduler waits by the time of day: were that set back by a day, the next tick would come in a day."""
        while not self._stopping.wait(GUARD_SECONDS):
            job = self._scheduler.get_job("tick")
            if job is not None and job.next_run_time > datetime.now(UTC) + AHEAD:
                log.warning("the clock was set back", next_tick=job.next_run_time.isoformat())
                job.modify(next_run_time=datetime.now(UTC))

    def tick(self) -> None:
        """Begin what is due, and say now and then that the loop is alive."""
        try:
            self._visits.run_due()
            for beat in self._beats:
                beat.give()
        except SQLAlchemyError as error:  # the next tick comes; what lasts shows as a silent loop
            log.error("scheduler.database", error=str(error)[:300])
