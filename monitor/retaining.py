"""The loop that lets go of what is kept no longer, as `[retention]` says: in small steps, a transaction each.

Nothing of a walk is remembered but in what it has done: one that was interrupted begins anew, and finds less to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from monitor.clock import Clock
from monitor.config import Settings
from monitor.rounds import Beat, Rounds
from storage import loops, retention, stories
from storage.database import Database
from storage.keeping import Keep
from storage.overdue import Keeps
from storage.retention import LetGo

ARTICLES = 100
"""Looked at in one step."""
BLOBS = 1_000
"""Looked at in one step, for such as nothing refers to any more."""
BREATH_SECONDS = 0.05
"""Between two steps: whoever waits to write gets his turn."""
FIRST_SECONDS = 60.0
"""After the start the watch itself catches up first."""
REST_SECONDS = 6 * 3600.0
"""Between two walks."""
DOUBT_SECONDS = 86400.0
"""So long nothing is let go after the clock jumped, or after a silence that may be a clock that is wrong: what a clock
in the far future would let go is gone for good, and somebody may notice until then."""
_JUMP = timedelta(hours=1)
_SILENCE = timedelta(days=1)
_DOUBT = "nothing is let go for a day: the clock jumped, or nothing ran for long"

log = structlog.get_logger()


@dataclass(slots=True)
class Sum:
    """What a walk let go, or would."""

    raw: int = 0
    texts: int = 0
    captures: int = 0
    unneeded: int = 0
    """Bytes that nothing referred to any more, such as those of removed articles."""
    freed_bytes: int = 0

    def add(self, step: LetGo) -> None:
        """A step was done."""
        self.raw += len(step.raw)
        self.texts += len(step.texts)
        self.captures += len(step.captures)
        self.freed_bytes += step.freed_bytes


def keeps_of(settings: Settings) -> Keeps:
    """How long what is kept of Articles stays: as their Stories say, the one that keeps longest, else as usual."""
    usual = settings.retention.keep
    special = {name: story.keep(settings.retention) for name, story in settings.stories.items()}

    def keeps(session: Session, article_ids: Collection[int]) -> Mapping[int, Keep]:
        if all(keep == usual for keep in special.values()):
            return dict.fromkeys(article_ids, usual)
        told = stories.of_articles(session, sorted(article_ids))
        return {
            article_id: _longest([special.get(name, usual) for _, name in told.get(article_id, ())] or [usual])
            for article_id in article_ids
        }

    return keeps


def _longest(keeps: Collection[Keep]) -> Keep:
    raw, texts, captures = ([getattr(keep, name) for keep in keeps] for name in ("raw", "texts", "captures"))
    return Keep(
        raw=None if None in raw else max(raw),
        raw_versions=max(keep.raw_versions for keep in keeps),
        texts=None if None in texts else max(texts),
        text_versions=max(keep.text_versions for keep in keeps),
        captures=None if None in captures else max(captures),
    )


def lets_go(settings: Settings) -> bool:
    """Whether these settings let go of anything at all."""
    every = (settings.retention.keep, *(story.keep(settings.retention) for story in settings.stories.values()))
    return any(not keep.for_ever for keep in every)


def walk(database: Database, settings: Settings, now: datetime) -> Iterator[Sum]:
    """Let go of everything that is overdue at `now`, step by step; gives what was let go so far after each step."""
    done, keeps, after = Sum(), keeps_of(settings), 0
    while lets_go(settings):
        with database.write() as session:
            some = retention.articles_after(session, after, ARTICLES)
            step = retention.let_go(session, some, keeps, now) if some else LetGo()
        done.add(step)
        yield replace(done)
        if not some:
            break
        after = after if step.more else some[-1]
    last: str | None = ""
    while last is not None:
        with database.write() as session:
            last, count, size = retention.forget_unneeded(session, last, BLOBS)
        done.unneeded += count
        done.freed_bytes += size
        yield replace(done)


def rehearse(database: Database, settings: Settings, now: datetime) -> Sum:
    """What a walk would let go, and nothing is."""
    would, keeps, after = Sum(), keeps_of(settings), 0
    while lets_go(settings):
        with database.read() as session:
            some = retention.articles_after(session, after, ARTICLES)
            if not some:
                break
            would.add(retention.plan(session, some, keeps, now, at_most=None))
        after = some[-1]
    with database.read() as session:
        would.unneeded, size = retention.unneeded(session)
    would.freed_bytes += size
    return would


class Retention:
    """Walks through everything every few hours, in a thread of its own."""

    def __init__(self, database: Database, settings: Settings, clock: Clock | None = None) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock or Clock()
        self._rounds = Rounds("retention", self._step, self._rest, self._clock)
        self._beat = Beat(database, "retention", self._clock)
        self._due = self._clock.monotonic() + FIRST_SECONDS
        self._anchor: tuple[datetime, float] | None = None
        """The time of day, and the monotonic one, in the last round."""
        self._doubted = False
        self._walk: Iterator[Sum] | None = None
        self._done = Sum()

    def start(self) -> None:
        """Begin to go round."""
        self._rounds.start()

    def stop(self) -> None:
        """End after the step under way."""
        self._rounds.stop()

    def _step(self) -> None:
        try:
            self.go_round()
        except SQLAlchemyError:  # what was let go is: the next walk finds less to do
            self._walk, self._due = None, self._clock.monotonic() + FIRST_SECONDS
            raise

    def _rest(self) -> float:
        return BREATH_SECONDS if self._walk else 1.0

    def go_round(self) -> None:
        """One step of the walk under way; begin one when it is due."""
        monotonic = self._clock.monotonic()
        if self._in_doubt():
            self._walk, self._due, self._doubted = None, monotonic + DOUBT_SECONDS, True
            self._beat.hasten()  # a restart must know of it
            log.warning(_DOUBT)
        if self._walk is None and monotonic >= self._due:
            self._walk, self._done = walk(self._database, self._settings, self._clock.now()), Sum()
            self._doubted = False
        if self._walk is not None:
            done = next(self._walk, None)
            if done is None:
                self._walk, self._due = None, monotonic + REST_SECONDS
                if self._done != Sum():
                    log.info("let go", **{name: getattr(self._done, name) for name in Sum.__slots__})
            else:
                self._done = done
        self._beat.give(_DOUBT if self._doubted else "")

    def _in_doubt(self) -> bool:
        """Whether the time of day may be wrong: it moved without time passing, or nobody was there to see it move."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        before, self._anchor = self._anchor, (now, monotonic)
        if before is not None:
            return abs(now - before[0] - timedelta(seconds=monotonic - before[1])) > _JUMP
        with self._database.read() as session:
            seen = [loop for loop in loops.beats(session) if loop.name == "retention"]
        return any(loop.detail == _DOUBT or abs(now - loop.beat_at) > _SILENCE for loop in seen)
