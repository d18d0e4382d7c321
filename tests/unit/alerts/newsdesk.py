"""Articles that change and a desk that is told, over days, by a clock that is handed in: all but the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from alerts.outbox import attend
from alerts.seal import seal, seal_due_for_disabled
from alerts.timing import Waits
from monitor import settle
from monitor.changes import Comparison, Pair, compare
from monitor.config import Deliveries, Settings
from monitor.extraction.document import Document
from monitor.facts import find
from monitor.sources.result import Capture
from monitor.visit import reading_of
from storage import articles, deliveries, versions
from storage.database import Database
from storage.tables import Article, Delivery, Pick, Version
from tests.unit.alerts.examples import PUBLIC_URL, SEEN_AT, database_with_article
from tests.unit.alerts.invariants import check

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = SEEN_AT.replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Sent:
    """An alert that went."""

    at: datetime
    channel: str
    payload: dict[str, Any]

    @property
    def titles(self) -> list[str]:
        return [change["title"] for change in self.payload["changes"]]


@dataclass
class Newsdesk:
    """Article 1 is there; others are added when they first say something."""

    database: Database
    settings: Settings
    waits: Waits
    sent: list[Sent] = field(default_factory=list)

    @classmethod
    def at(cls, folder: Path, **waits: float) -> Newsdesk:
        database = database_with_article(folder)
        settings = Settings(database=str(database.url), deliveries=Deliveries(**waits))
        held = settings.deliveries
        return cls(database, settings, Waits(held.first_wait, held.interval, held.repeat))

    def says(self, text: str, at: datetime, article: int = 1, headline: str = "Storm") -> None:
        """The page of an article says this now; what was due before goes first."""
        self.until(at)
        with self.database.write() as session:
            if session.get(Article, article) is None:
                articles.add(
                    session, f"https://news.example.com/{article}", kind="url", host="news.example.com", now=at
                )
        with self.database.read() as session:
            known = session.get_one(Article, article)
            current = versions.get(session, article, known.version_number)
            old = versions.text(session, current) if current else ""
        document = Document("article", "", headline=headline, language="en", paragraphs=(text,))
        capture = Capture(known.url, "page", "200 OK", at, known.url, 200, body=text.encode())
        finding = settle.Finding(known, capture, at)
        if old == document.text:
            settle.unchanged(finding, self.settings, self.database)
        else:
            self._changed(finding, capture, document, current, old)
        with self.database.write() as session:  # the loop looks once a second: what this confirms joins an Alert now
            attend(session, at, self.waits)

    def _changed(
        self, finding: settle.Finding, capture: Capture, document: Document, current: Version | None, old: str
    ) -> None:
        capture_id = settle.keep(finding, self.settings, self.database)
        version = settle.version_of(finding, capture_id, document)
        if current is None:
            comparison = Comparison((), tuple(Pair(None, fact) for fact in find(document.text)))
        else:
            comparison = compare(reading_of(current, old), reading_of(version, document.text))
        settle.new_version(finding, current, version, document, "", comparison, self.settings, self.database)

    def counts(self, number: int | str, at: datetime, article: int = 1) -> None:
        """A toll, as every version of a story tells it."""
        self.says(f"The storm killed {number} people in the north of the country on Sunday.", at, article)

    def until(self, now: datetime) -> None:
        """Time passes: everything that is due goes, in its order."""
        while (moment := self._next()) is not None and moment <= now:
            self._deliver(moment)
        self._deliver(now)

    def _next(self) -> datetime | None:
        with self.database.read() as session:
            due = select(func.min(Delivery.next_attempt_at)).where(Delivery.state == "waiting")
            silent = select(func.min(Pick.due_at)).where(Pick.state == "silent")
            return min(filter(None, (session.exec(due).one(), session.exec(silent).one())), default=None)

    def _deliver(self, now: datetime) -> None:
        before = len(self.sent)
        with self.database.write() as session:
            attend(session, now, self.waits)
            if deliveries.waits_for_disabled(session, now):
                seal_due_for_disabled(session, now, public_url=PUBLIC_URL, waits=self.waits)
                deliveries.fail_disabled(session, now)
        with self.database.write() as session:
            for channel_id in set(session.exec(select(Delivery.channel_id).where(Delivery.state == "waiting"))):
                while (due := deliveries.next_due(session, channel_id, now)) is not None:
                    delivery_id, alert = due
                    if alert.state == "open" and not seal(session, alert, now, public_url=PUBLIC_URL, waits=self.waits):
                        continue
                    claim = deliveries.claim(session, delivery_id, now, now + HOUR)
                    assert claim is not None
                    deliveries.record(session, claim, "delivered", "250 OK", now)
                    self.sent.append(Sent(now, claim.channel, dict(claim.payload)))
            if len(self.sent) > before:
                session.flush()
                check(session)

    def picks(self, *states: str) -> list[Pick]:
        """All picks, or those of some states, in their order."""
        with self.database.read() as session:
            found = session.exec(select(Pick).order_by(col(Pick.id))).all()
        return [pick for pick in found if not states or pick.state in states]

    @property
    def titles(self) -> list[list[str]]:
        """What went, alert by alert."""
        return [sent.titles for sent in self.sent]


__all__ = ["DAY", "HOUR", "MINUTE", "NOON", "Newsdesk", "Sent"]
