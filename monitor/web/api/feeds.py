"""Feeds: what new Articles come from, by which rule, and what became of each entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from sqlmodel import Session

from monitor.discovery import subscribing
from monitor.discovery.subscribing import Wishes
from monitor.web.api.conditional import require_match
from monitor.web.api.nouns.feeds import (
    WISHES,
    EntryOutcome,
    Feed,
    FeedEntry,
    FeedPatch,
    FeedRecord,
    FeedWishes,
    NewFeed,
    feed,
    feed_entry,
    feed_record,
)
from monitor.web.api.nouns.noun import LARGEST_ID, Time
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import not_found
from monitor.web.api.route import IfMatch, created
from monitor.web.rendering import Here
from storage import feeds, tables

FeedId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Feed.")]
_DAY = timedelta(days=1)


def list_feeds(here: Here, paging: Paging) -> Page[Feed]:
    """The Feeds, in the order in which they were added."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        rows = feeds.page(session, limit=paging.rows, after=after[0] if after else 0)
    return paging.page(rows, feed, lambda row: (row.id,))


def add_feed(here: Here, response: Response, wanted: NewFeed) -> FeedRecord:
    """Take on a Feed: its new entries become Articles by its rule. It is read at once.

    201 for a new one; 200 with the one that is there already, which stays as it was.
    """
    now = datetime.now(UTC)
    with here.database.write() as session:
        row, new = subscribing.subscribe(session, wanted.url, _wishes(wanted), now)
        made = _record(session, row, now)
    created(response, made.links["self"], new=new)
    return made


def get_feed(here: Here, feed_id: FeedId) -> FeedRecord:
    """A Feed, its rule, and what its entries came to."""
    with here.database.read() as session:
        return _record(session, _known(session, feed_id), datetime.now(UTC))


def change_feed(
    here: Here, request: Request, feed_id: FeedId, patch: FeedPatch, if_match: IfMatch = None
) -> FeedRecord:
    """Change the rule of a Feed, pause or resume it."""
    now = datetime.now(UTC)
    with here.database.write() as session:
        row = _known(session, feed_id)
        require_match(request, _record(session, row, now))
        asked = patch.model_dump(exclude_unset=True)
        rule: dict[str, Any] = {name: getattr(row, name) for name in WISHES}
        defaults = FeedWishes().model_dump()
        changed = {name: defaults[name] if value is None else value for name, value in asked.items() if name in rule}
        if changed:
            subscribing.change(session, row, Wishes(**rule | changed))
        if asked.get("paused") is True:
            subscribing.pause(session, row)
        elif "paused" in asked:
            subscribing.resume(session, row, now)
        return _record(session, row, now)


def remove_feed(here: Here, request: Request, feed_id: FeedId, if_match: IfMatch = None) -> None:
    """Forget a Feed. Its Articles stay, and go on being watched."""
    with here.database.write() as session:
        row = _known(session, feed_id)
        require_match(request, _record(session, row, datetime.now(UTC)))
        feeds.remove(session, feed_id)


def read_feed(here: Here, feed_id: FeedId) -> FeedRecord:
    """Have a Feed read as soon as its Site may be asked."""
    now = datetime.now(UTC)
    with here.database.write() as session:
        return _record(session, subscribing.read_now(session, _known(session, feed_id), now), now)


def list_feed_entries(
    here: Here,
    feed_id: FeedId,
    paging: Paging,
    outcome: Annotated[EntryOutcome | None, Query(description="Only those that came to this.")] = None,
) -> Page[FeedEntry]:
    """What became of the entries of a Feed, those judged last first."""
    after = paging.after(tuple[Time, Key])
    with here.database.read() as session:
        _known(session, feed_id)
        rows = feeds.entries(session, feed_id, outcome=outcome, limit=paging.rows, after=after)
    return paging.page(rows, feed_entry, lambda row: (row.judged_at, row.id))


def _known(session: Session, feed_id: int) -> tables.Feed:
    row = feeds.by_id(session, feed_id)
    if row is None:
        raise not_found(f"feed {feed_id}")
    return row


def _record(session: Session, row: tables.Feed, now: datetime) -> FeedRecord:
    feed_id = row.id or 0
    return feed_record(row, feeds.count_entries(session, feed_id), feeds.count_entries(session, feed_id, now - _DAY))


def _wishes(wanted: FeedWishes) -> Wishes:
    return Wishes(**{name: getattr(wanted, name) for name in WISHES})
