"""`/feeds` and `/feeds/ID`: what feeds bring: their rules, their states, and what became of their entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import HTTPException
from fastapi.responses import HTMLResponse

from monitor.discovery.wording import OUTCOMES, left_out, rule_words
from monitor.web.rendering import Here, page
from monitor.wellbeing import feed_problem
from storage import feeds, sites
from storage.tables import Feed

ENTRIES = 200
"""Entries that are shown, the last judged first."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A Feed with what it brought within 24 hours."""

    feed: Feed
    outcomes: Mapping[str, int]

    @property
    def tracked(self) -> int:
        """New Articles."""
        return self.outcomes.get("added", 0)

    @property
    def left_out(self) -> int:
        """Entries that became none."""
        return left_out(self.outcomes)

    @property
    def well(self) -> bool:
        """Whether it brings what it should."""
        return feed_problem(self.feed) is None


def list_feeds(here: Here) -> HTMLResponse:
    """All Feeds."""
    since = datetime.now(UTC) - DAY
    with here.database.read() as session:
        found = [Listed(feed, feeds.count_entries(session, feed.id or 0, since)) for feed in feeds.listing(session)]
    return page("feeds.html", feeds=found)


def show_feed(here: Here, feed_id: int) -> HTMLResponse:
    """One Feed. 404 when there is none with this id."""
    with here.database.read() as session:
        feed = feeds.by_id(session, feed_id) if 0 < feed_id < 2**63 else None
        if feed is None:
            raise HTTPException(404, f"There is no feed {feed_id}.")
        counted = feeds.count_entries(session, feed_id)
        recent = feeds.count_entries(session, feed_id, datetime.now(UTC) - DAY)
        rows = feeds.entries(session, feed_id, limit=ENTRIES + 1)
        site = sites.by_id(session, feed.site_id)
    return page(
        "feed.html",
        feed=feed,
        site=site,
        problem=feed_problem(feed),
        takes=rule_words(feed),
        daily=here.settings.feeds.daily if feed.daily is None else feed.daily,
        counted=[(OUTCOMES[name], count, recent.get(name, 0)) for name, count in counted.items()],
        entries=rows[:ENTRIES],
        more=len(rows) > ENTRIES,
        words=OUTCOMES,
    )
