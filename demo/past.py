"""A past that was never watched: editions kept as the service would have kept them, at moments of our choosing.

Everything but the clock and the network is real: what a check finds, compares, keeps and tells.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus

from alerts.channels.sending import Message
from alerts.deliver import Deliverer
from alerts.errors import DeliveryError
from alerts.outbox import attend
from monitor import following, tracking
from monitor.config import Settings
from monitor.extraction.document import Corrections, Document
from monitor.outgoing import delivery_settings, waits_of
from monitor.settle import Checked
from monitor.sources.result import Capture
from monitor.visit import Tools, check
from storage import articles, deliveries, sites, steps
from storage.database import Database
from storage.steps import Seen, Step

VISIT = timedelta(minutes=1)


class Past:
    """Lets time pass over a database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings

    def track(self, wish: tracking.Wish, at: datetime) -> int:
        """Have an article watched from then on. Returns its id."""
        [tracked] = tracking.track(self.database, self.settings, [wish], now=at)
        return tracked.article_id

    def see(self, article_id: int, at: datetime, document: Document) -> Checked:
        """A check found this document at the address."""
        body = "".join(f"<p>{html.escape(line)}</p>" for line in (document.headline or "", *document.paragraphs))
        return self._check(article_id, at, HTTPStatus.OK, f"<!doctype html><html><body>{body}".encode(), document)

    def refuse(self, article_id: int, at: datetime, status: HTTPStatus) -> Checked:
        """A check got this answer instead of a page."""
        return self._check(article_id, at, status, b"", None)

    def tell(self, at: datetime, answer: Callable[[Message], str]) -> None:
        """All that is due by then is delivered. answer: what receivers say; raises DeliveryError."""
        asyncio.run(self._tell(at, answer))

    def _check(
        self, article_id: int, at: datetime, status: HTTPStatus, body: bytes, document: Document | None
    ) -> Checked:
        def fetch(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Capture:
            gone = status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
            outcome = "page" if document else "gone" if gone else "failed"
            return Capture(
                url=url, outcome=outcome, reason=f"{status.value} {status.phrase}", captured_at=at, final_url=url,
                status=status.value, headers={"content-type": "text/html; charset=utf-8"}, body=body, elapsed_ms=180,
            )  # fmt: skip

        def extract(
            body: bytes, *, url: str, content_type: str, headers: Mapping[str, str], corrections: Corrections
        ) -> Document:
            assert document is not None
            return document

        with self.database.read() as session:
            article = articles.by_id(session, article_id)
        assert article is not None
        seen: list[Seen] = []
        with self.database.write() as session:
            claim = sites.claim(session, article.site_id, at, VISIT)
        assert claim is not None
        checked = check(article, Tools(self.database, self.settings, fetch, extract, seen.append, now=lambda: at))
        with self.database.write() as session:
            steps.write(session.connection(), [Step(claim, seen, ends=True)])
        following.catch_up(self.database)
        return checked

    async def _tell(self, at: datetime, answer: Callable[[Message], str]) -> None:
        receiver = _Receiver(answer)
        senders = dict.fromkeys(("email", "webhook", "messenger"), receiver)
        deliverer = Deliverer(
            self.database, senders, delivery_settings(self.settings), randomness=lambda: 0.5, now=lambda: at
        )
        with self.database.write() as session:
            attend(session, at, waits_of(self.settings))
        if not self._due(at):
            return
        stop = asyncio.Event()
        running = asyncio.create_task(deliverer.run(stop))
        while self._due(at):
            await asyncio.sleep(0.01)
        stop.set()
        with suppress(asyncio.CancelledError):
            await running

    def _due(self, at: datetime) -> bool:
        with self.database.read() as session:
            return bool(deliveries.due_channels(session, at))


class _Receiver:
    """A sender that sends nothing: somebody answers for it."""

    def __init__(self, answer: Callable[[Message], str]) -> None:
        self._answer = answer

    async def send(self, message: Message) -> str:
        return self._answer(message)

    async def close(self) -> None:
        """Nothing is open."""


def refused(reason: str) -> Callable[[Message], str]:
    """Receivers that refuse all that comes, for good."""

    def answer(message: Message) -> str:
        raise DeliveryError(reason, permanent=True)

    return answer
