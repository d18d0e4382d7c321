"""The watch on the watch: a thread of its own that notices when the others stop, and tells operators.

It tells through the same outbox as every alert. When that cannot work (the deliveries stopped, the database does not
answer, the whole process hangs), it no longer asks for the heartbeat URL: what listens there is outside, and raises
the alarm.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from alerts import operators
from monitor import metrics, wellbeing
from monitor.clock import Clock
from monitor.config import Settings
from monitor.rounds import Rounds
from monitor.sources.http import Fetcher
from monitor.sources.pace import lasted
from monitor.wellbeing import Ailment
from storage import articles, deliveries, feeds, loops, sites, troubles
from storage.database import Database

ROUND_SECONDS = 10.0
JUMP_SECONDS = 30.0
"""The time of day may drift from the monotonic clock by so much between two rounds, no more."""
TELL_SECONDS = 300.0
"""Operators are told at most so often, of everything new at once; of a stopped loop at once."""
SETTLED = {"overdue": timedelta(minutes=5)}
"""What may pass by itself must have lasted so long before anybody is told."""
REMEMBERED = timedelta(days=1)
"""How long a jump of the clock is shown."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Pulse:
    """The last sign of life of a loop, and when it was first seen, on the monotonic clock."""

    beat_at: datetime | None
    seen: float


class Watchdog:
    """Goes round every ten seconds, in a thread of its own. Of several, one does, and others stand by."""

    def __init__(self, database: Database, settings: Settings, clock: Clock | None = None) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock or Clock()
        self._rounds = Rounds("watchdog", self.go_round, lambda: ROUND_SECONDS, self._clock)
        self._pulses: dict[str, _Pulse] = {}
        self._drift: float | None = None
        self._told: float | None = None
        self._pinged: float | None = None
        self._name = f"{platform.node()} {os.getpid()} {id(self):x}"

    def start(self) -> None:
        """Begin to go round."""
        self._rounds.start()

    def stop(self) -> None:
        """End after the round under way, and let another one go on."""
        self._rounds.stop()
        with suppress(SQLAlchemyError), self._database.write() as session:
            loops.let_go(session, "watchdog", self._name)

    def go_round(self) -> None:
        """Look at everything once, tell what is new, and say that all is well if it is."""
        now = self._clock.now()
        jumped = self._jump(now)
        with self._database.write() as session:
            if not loops.hold(session, "watchdog", self._name, now):
                return
            if jumped:
                self._mend_clock(session, jumped, now)
            stopped = list(self._stopped(session))
            stuck = wellbeing.stalled(session, now)
            found = [*stopped, *wellbeing.ailments(session, self._settings, now)]
            if stuck:
                found.append(Ailment("stalled", "loop", stuck))
            self._keep(session, found, now)
        if not stopped and not stuck:
            self._ping()

    def _jump(self, now: datetime) -> float:
        """Seconds by which the time of day has moved against the monotonic clock since the last round; 0 for none."""
        drift = now.timestamp() - self._clock.monotonic()
        jumped = 0.0 if self._drift is None else drift - self._drift
        self._drift = drift
        return jumped if abs(jumped) > JUMP_SECONDS else 0.0

    def _mend_clock(self, session: Session, jumped: float, now: datetime) -> None:
        """What was planned by the old clock: nothing waits for a time that lies far away, nothing comes all at once."""
        metrics.CLOCK_JUMPS.inc()
        detail = (
            f"The clock was set {'back' if jumped < 0 else 'forward'} by {lasted(abs(jumped))} (or the machine slept)."
        )
        log.warning("clock jumped", seconds=round(jumped))
        if jumped < 0:
            articles.forget_future(session, now)
            sites.forget_future(session, now)
            feeds.forget_future(session, now)
            deliveries.clock_was_set_back(session, timedelta(seconds=-jumped), now)
        articles.spread_overdue(session, now, self._settings.checks.restart_rate)
        trouble = troubles.begin(session, "clock", "clock", detail, now)
        trouble.since_at, trouble.told = now, False

    def _stopped(self, session: Session) -> Iterator[Ailment]:
        """Loops without a new sign of life for too long, by the monotonic clock: that of the day may jump."""
        beats = {loop.name: loop.beat_at for loop in loops.beats(session)}
        monotonic = self._clock.monotonic()
        for name in wellbeing.LOOPS:
            beat = beats.get(name)
            pulse = self._pulses.get(name)
            if pulse is None or pulse.beat_at != beat:
                self._pulses[name] = _Pulse(beat, monotonic)
            elif name != "watchdog" and monotonic - pulse.seen > wellbeing.SILENT.total_seconds():
                silent = lasted(monotonic - pulse.seen)
                yield Ailment(f"loop {name}", "loop", f"The {name} loop stopped: no sign of life for {silent}.")

    def _keep(self, session: Session, found: list[Ailment], now: datetime) -> None:
        """Bring what is kept up to date, and tell operators what is new and what is over."""
        for ailment in found:
            troubles.begin(session, ailment.key, ailment.kind, ailment.detail, now)
        session.flush()
        known = troubles.current(session)
        wrong_now = {ailment.key for ailment in found}
        over = [one for one in known if one.key not in wrong_now and one.kind != "clock"]
        over += [one for one in known if one.kind == "clock" and now - one.since_at > REMEMBERED]
        new = [
            one
            for one in known
            if not one.told and one not in over and now - one.since_at >= SETTLED.get(one.kind, timedelta())
        ]
        ended = [one for one in over if one.told and one.kind != "clock"]
        troubles.end(session, [one.key for one in over if one not in ended])
        monotonic = self._clock.monotonic()
        waited = self._told is None or monotonic - self._told >= TELL_SECONDS
        if not (new or ended) or not (waited or any(one.kind == "loop" for one in new)):
            return
        self._told = monotonic
        told = operators.tell(
            session,
            [one.detail for one in new],
            [one.detail for one in ended],
            public_url=self._settings.public_url,
            now=now,
        )
        log.warning("watchdog", wrong=[one.detail for one in new], over=[one.key for one in ended], channels=told)
        troubles.told(session, [one.key for one in new])
        troubles.end(session, [one.key for one in ended])

    def _ping(self) -> None:
        """Ask for the heartbeat URL, which may be a secret: it is not logged."""
        url = self._settings.operator.heartbeat.get_secret_value()
        monotonic = self._clock.monotonic()
        if not url or (self._pinged is not None and monotonic - self._pinged < self._settings.operator.heartbeat_every):
            return
        self._pinged = monotonic
        with Fetcher(
            user_agent=self._settings.user_agent,
            allow_hosts=self._settings.fetch.allow_hosts,
            deadline_seconds=ROUND_SECONDS,
            max_bytes=2**16,
        ) as fetcher:
            capture = fetcher.fetch(url)
        well = capture.status is not None and 200 <= capture.status < 300
        metrics.HEARTBEATS.labels("ok" if well else "failed").inc()
        if not well:
            log.warning("heartbeat failed", reason=capture.reason.replace(url, "(its URL)"))
