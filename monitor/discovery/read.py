"""A Feed read once: fetched, understood, its new entries tracked by its rule, and the next reading planned."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from monitor.config import Settings
from monitor.discovery.pace import plan
from monitor.discovery.take import take_on
from monitor.discovery.understand import FeedTools, Found, fetch, understand
from monitor.settle import site_health
from monitor.sources.result import Capture
from storage import feeds
from storage.tables import Feed


@dataclass(frozen=True, slots=True)
class FeedRead:
    """What one reading of a Feed brought, for logs and for people."""

    feed_id: int
    url: str
    state: str
    reason: str
    next_check_at: datetime
    entries: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """How many entries were judged in this reading, by outcome."""
    article_ids: Sequence[int] = ()
    """The new Articles."""
    site_held_until: datetime | None = None


def read(feed: Feed, tools: FeedTools) -> FeedRead:
    """Read a Feed, track its new entries by its rule, and plan the next reading."""
    capture = fetch(feed, tools)
    at = tools.now()
    found = understand(feed, capture, tools)
    tools.note("feed", f"{found.state}: {found.reason}")
    return _keep(feed, capture, found, at, tools)


def broken(feed: Feed, reason: str, tools: FeedTools) -> FeedRead:
    """Our own reading failed: the Feed is shown as failed and read again later. Nothing else is touched."""
    at = tools.now()
    capture = Capture(url=feed.url, outcome="failed", reason=reason, captured_at=at, final_url=feed.url)
    return _keep(feed, capture, Found("failed", f"internal error: {reason}"), at, tools, asked=False)


def _keep(
    feed: Feed, capture: Capture, found: Found, at: datetime, tools: FeedTools, *, asked: bool = True
) -> FeedRead:
    """ONE transaction: new Articles, what became of the other entries, the state of the Feed, its next reading."""
    with tools.database.write() as session:
        outcomes: dict[str, int] = {}
        added: list[int] = []
        if found.document is not None and found.document.kind:
            outcomes, added = take_on(session, feed, found.document, tools.settings, at)
        next_check_at = _plan(session, feed, capture, found, at, tools.settings, new=bool(outcomes))
        held_until = site_health(
            session,
            site_id=feed.site_id,
            url=feed.url,
            capture=capture,
            at=at,
            settings=tools.settings,
            ok=capture.outcome != "failed",
            reason=found.reason,
            asked=asked,
        )
    return FeedRead(
        feed_id=feed.id or 0,
        url=feed.url,
        state=found.state,
        reason=found.reason,
        next_check_at=next_check_at,
        entries=found.document.total if found.document else feed.entries,
        outcomes=outcomes,
        article_ids=added,
        site_held_until=held_until,
    )


def _plan(
    session: Session, feed: Feed, capture: Capture, found: Found, at: datetime, settings: Settings, *, new: bool
) -> datetime:
    """Keep how the reading went, and when the next is."""
    well = found.state in ("ok", "empty")
    failures = 0 if well else feed.failures + 1
    planned = plan(
        interval=feed.interval_seconds or settings.feeds.interval,
        own=feed.interval_seconds is not None,
        failures=failures,
        asked=found.document.wait_seconds if found.document else None,
        headers=capture.headers if capture.outcome in ("page", "not_modified") else {},
        retry_after=capture.retry_after_seconds,
        at=at,
        dice=random.random(),
    )
    feeds.schedule(
        session,
        feed.id or 0,
        planned.next_check_at,
        next_check_why=planned.why,
        state=found.state,
        state_reason=found.reason,
        state_since_at=feed.state_since_at if found.state == feed.state else at,
        failures=failures,
        checks=feed.checks + 1,
        last_checked_at=at,
        **({"last_ok_at": at} if well else {}),
        **({"last_new_at": at} if new else {}),
        **found.columns,
    )
    return planned.next_check_at
