"""Feeds: which are read when, and what became of each of their entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, insert, literal, null, or_, update
from sqlmodel import Session, col, select

from storage import sites
from storage.tables import Feed, FeedEntry, UtcDateTime

REMEMBERED = timedelta(days=120)
"""An entry that the feed no longer has is forgotten after so long; its Article is not."""
_TOUCHED_EVERY = timedelta(days=1)
_BATCH = 500
_FEED = Feed.metadata.tables["feed"]
_DUE_AT = sites.due_rows(Feed)


def add(session: Session, url: str, *, host: str, now: datetime, **columns: Any) -> tuple[Feed, bool]:
    """Take on a Feed, due at once. Returns it, and whether it is new. columns: its rule and pace, as the table says."""
    known = by_url(session, url)
    if known is not None:
        return known, False
    site = sites.get_or_add(session, host, now)
    assert site.id is not None
    feed = Feed(
        url=url,
        site_id=site.id,
        added_at=now,
        next_check_at=now,
        next_check_why="just added",
        state_since_at=now,
        **columns,
    )
    session.add(feed)
    session.flush()
    return feed, True


def by_url(session: Session, url: str) -> Feed | None:
    """The Feed at this address, if there is one."""
    return session.exec(select(Feed).where(Feed.url == url)).first()


def by_id(session: Session, feed_id: int) -> Feed | None:
    """The Feed with this id, if there is one."""
    return session.get(Feed, feed_id)


def listing(session: Session) -> Sequence[Feed]:
    """All Feeds, newest last."""
    return session.exec(select(Feed).order_by(col(Feed.id))).all()


def page(session: Session, *, limit: int, after: int = 0) -> Sequence[Feed]:
    """Feeds in the order in which they were added, from the one after the id `after` on."""
    return session.exec(select(Feed).where(col(Feed.id) > after).order_by(col(Feed.id)).limit(limit)).all()


def due_at(session: Session, site_id: int, now: datetime, limit: int) -> Sequence[Feed]:
    """Due Feeds of one Site, the most overdue first."""
    return _DUE_AT.all(session, {"site": site_id, "now": now, "limit": limit})


def overdue(session: Session, before: datetime) -> Sequence[Feed]:
    """Feeds that should have been read before `before`."""
    return session.exec(select(Feed).where(col(Feed.next_check_at) < before).order_by(col(Feed.next_check_at))).all()


def failing(session: Session, failures: int) -> Sequence[Feed]:
    """Feeds that could not be read so many times in a row or more, the worst first; paused ones left out."""
    return session.exec(
        select(Feed)
        .where(Feed.failures >= failures, col(Feed.next_check_at).is_not(None))
        .order_by(col(Feed.failures).desc(), col(Feed.id))
    ).all()


def count_by_state(session: Session) -> dict[str, int]:
    """How many Feeds are in each state."""
    return dict(session.exec(select(Feed.state, func.count()).group_by(Feed.state)).all())


def schedule(session: Session, feed_id: int, next_check_at: datetime, **values: Any) -> None:
    """Set when a Feed is read next, and other columns; a pause that came in the meantime stays a pause."""
    paused_stays = case((col(Feed.next_check_at).is_(None), null()), else_=literal(next_check_at, UtcDateTime()))
    save(session, feed_id, next_check_at=paused_stays, **values)


def save(session: Session, feed_id: int, **values: Any) -> None:
    """Set columns of one Feed."""
    session.execute(
        update(Feed).where(col(Feed.id) == feed_id).values(**values).execution_options(synchronize_session=False)
    )


def remove(session: Session, feed_id: int) -> None:
    """Forget a Feed and what became of its entries. Its Articles stay."""
    session.execute(delete(FeedEntry).where(col(FeedEntry.feed_id) == feed_id))
    session.execute(delete(Feed).where(col(Feed.id) == feed_id))


def known_entries(session: Session, feed_id: int, keys: Sequence[str]) -> dict[str, FeedEntry]:
    """What is known of the entries with these keys."""
    found: dict[str, FeedEntry] = {}
    for at in range(0, len(keys), _BATCH):
        rows = session.exec(
            select(FeedEntry).where(FeedEntry.feed_id == feed_id, col(FeedEntry.key).in_(keys[at : at + _BATCH]))
        )
        found |= {row.key: row for row in rows}
    return found


def keep_entries(session: Session, feed_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what became of new entries."""
    if rows:
        session.execute(insert(FeedEntry), [{"feed_id": feed_id, **row} for row in rows])


def judge_entry(session: Session, entry_id: int, **values: Any) -> None:
    """What became of an entry that was judged anew."""
    session.execute(
        update(FeedEntry)
        .where(col(FeedEntry.id) == entry_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def still_there(session: Session, known: Mapping[str, FeedEntry], now: datetime) -> None:
    """The feed still has these entries; written down once a day at most."""
    ids = [row.id for row in known.values() if now - row.last_seen_at >= _TOUCHED_EVERY]
    for at in range(0, len(ids), _BATCH):
        session.execute(
            update(FeedEntry)
            .where(col(FeedEntry.id).in_(ids[at : at + _BATCH]))
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )


def forget_entries(session: Session, feed_id: int, now: datetime) -> None:
    """Forget entries that the feed has not had for long."""
    session.execute(
        delete(FeedEntry).where(col(FeedEntry.feed_id) == feed_id, col(FeedEntry.last_seen_at) < now - REMEMBERED)
    )


def count_entries(session: Session, feed_id: int, since: datetime | None = None) -> dict[str, int]:
    """How many entries came to what, since a moment or as far as is remembered."""
    query = select(FeedEntry.outcome, func.count()).where(FeedEntry.feed_id == feed_id).group_by(FeedEntry.outcome)
    if since is not None:
        query = query.where(FeedEntry.judged_at > since)
    return dict(session.exec(query).all())


def entries(
    session: Session,
    feed_id: int,
    *,
    outcome: str | None = None,
    limit: int,
    after: tuple[datetime, int] | None = None,
) -> Sequence[FeedEntry]:
    """Entries as they were judged, the last first; from the one after this time and id on."""
    query = select(FeedEntry).where(FeedEntry.feed_id == feed_id)
    if outcome:
        query = query.where(FeedEntry.outcome == outcome)
    if after:
        judged_at, entry_id = after
        same = and_(col(FeedEntry.judged_at) == judged_at, col(FeedEntry.id) > entry_id)
        query = query.where(or_(col(FeedEntry.judged_at) < judged_at, same))
    return session.exec(query.order_by(col(FeedEntry.judged_at).desc(), col(FeedEntry.id)).limit(limit)).all()


def of_article(session: Session, article_id: int) -> Sequence[Feed]:
    """The Feeds that tell of an Article."""
    return session.exec(
        select(Feed).join(FeedEntry, col(FeedEntry.feed_id) == col(Feed.id)).where(FeedEntry.article_id == article_id)
    ).all()


def forget_future(session: Session, now: datetime) -> None:
    """After the clock was set back: what was last read "in the future" is due now."""
    session.execute(
        update(Feed)
        .where(col(Feed.last_checked_at) > now, col(Feed.next_check_at).is_not(None))
        .values(next_check_at=now - timedelta(seconds=1), last_checked_at=now, next_check_why="the clock was set back")
        .execution_options(synchronize_session=False)
    )
