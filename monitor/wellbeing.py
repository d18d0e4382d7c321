"""Whether the watch itself is well: loops that stopped, articles that are overdue, sites that fail.

The pages, `doctor`, `/metrics` and the watchdog all ask here, so that they never say different things.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from monitor.config import Settings
from monitor.sources.pace import lasted
from storage import articles, channel_health, feeds, loops, page_records, sites
from storage.tables import Feed, Loop

LOOPS = ("scheduler", "worker", "deliveries", "stories", "retention", "watchdog")
"""The loops of the service; of workers there may be many, and one that lives is a sign of life."""
SILENT = loops.SILENT
"""A loop without a sign of life for so long has stopped; with the watchdog's round that is seen within two minutes."""
OVERDUE = timedelta(minutes=10)
"""A check that is so late was forgotten rather than queued."""
STALLED = timedelta(minutes=30)
"""Checks are overdue, and none at all was made for so long: the service only looks alive."""
UNHEARD = timedelta(hours=1)
"""A channel to which nothing has come through for so long is in trouble; a shorter outage mends itself."""
NAMED = 3


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is wrong with the watch now."""

    key: str
    """Names it for as long as it lasts: `site example.org`."""
    kind: str
    """`loop`, `site`, `feed`, `channel` or `overdue`."""
    detail: str
    """One sentence."""


def stopped_loops(session: Session, now: datetime) -> list[str]:
    """One sentence for each loop of the service that shows no sign of life."""
    beats: dict[str, Loop] = {loop.name: loop for loop in loops.beats(session)}
    reasons = []
    for name in LOOPS:
        loop = beats.get(name)
        if loop is None:
            reasons.append(f"The {name} loop has never run.")
        # A sign of life from the future was given before the clock was set back: it proves nothing about now.
        elif abs(now - loop.beat_at) > SILENT:
            ago = lasted(abs((now - loop.beat_at).total_seconds()))
            when = f"{ago} ago" if loop.beat_at < now else f"{ago} in the future of this clock"
            reasons.append(f"The {name} loop stopped: its last sign of life was {when}.")
    return reasons


def stalled(session: Session, now: datetime) -> str | None:
    """One sentence when articles are overdue and nothing at all is checked any more."""
    late = articles.count_overdue(session, now - STALLED)
    last = sites.last_checked_at(session) if late else None
    if not late or (last is not None and now - last < STALLED):
        return None
    since = f"for {lasted((now - last).total_seconds())}" if last else "ever"
    return f"No article was checked {since}, though {late:,} {'is' if late == 1 else 'are'} overdue."


def ailments(session: Session, settings: Settings, now: datetime) -> Iterator[Ailment]:
    """Overdue articles, failing sites, broken feeds, channels that nothing reaches; for stopped loops ask
    `stopped_loops`."""
    if late := articles.count_overdue(session, now - OVERDUE):
        worst = articles.overdue(session, now - OVERDUE, limit=1)[0].next_check_at or now
        are = "article is" if late == 1 else "articles are"
        yield Ailment(
            "overdue", "overdue", f"{late:,} {are} overdue, by {lasted((now - worst).total_seconds())} at most."
        )
    for site in sites.failing(session, settings.operator.failures):
        since = f" since {site.last_ok_at:%Y-%m-%d %H:%M} UTC" if site.last_ok_at else ""
        yield Ailment(
            f"site {site.host}", "site", f"{site.host} failed {site.failures} times in a row{since}: {site.last_reason}"
        )
    yield from _templates(session)
    yield from _feeds(session, settings, now)
    yield from _channels(session, now)


def _templates(session: Session) -> Iterator[Ailment]:
    """Sites whose articles are held back because many of them broke at once: one sentence for all of them."""
    for notice in page_records.notices(session, only_open=True):
        site = sites.by_id(session, notice.site_id)
        if site and notice.kind == "template":
            yield Ailment(f"template {site.host}", "site", f"{site.host}: {notice.sentence}.")


def feed_problem(feed: Feed) -> str | None:
    """One sentence about a Feed that brings nothing; None while it is well, paused or has not been read yet."""
    if feed.next_check_at is None or feed.state in ("new", "ok"):
        return None
    if feed.state == "empty" and feed.last_new_at is None:
        return None  # a new feed may begin empty; one that had entries and has none any more is broken
    since = f"{feed.state_since_at:%Y-%m-%d %H:%M} UTC"
    return f"The feed {feed.title or feed.url} is {feed.state} since {since}: {feed.state_reason}."


def _feeds(session: Session, settings: Settings, now: datetime) -> Iterator[Ailment]:
    """Feeds that broke, a few failures later: one failed reading is nothing yet; and feeds that nobody reads."""
    for feed in feeds.listing(session):
        sentence = feed_problem(feed)
        if sentence and (feed.state == "empty" or feed.failures >= settings.operator.failures):
            yield Ailment(f"feed {feed.id}", "feed", sentence)
        elif feed.next_check_at and feed.next_check_at < now - OVERDUE:
            late = lasted((now - feed.next_check_at).total_seconds())
            yield Ailment(f"feed {feed.id}", "feed", f"The feed {feed.title or feed.url} is overdue, by {late}.")


def _channels(session: Session, now: datetime) -> Iterator[Ailment]:
    """Channels that were switched off, which their owner cannot learn through them; and those that fail."""
    for channel in channel_health.switched_off(session):
        kept = "What was for it is kept: switch it on again, then send what failed."
        yield Ailment(
            f"channel {channel.id} off",
            "channel",
            f"Channel {channel.name!r} was switched off: {channel.disabled_reason}. {kept}",
        )
    for channel in channel_health.failing(session, now - UNHEARD):
        since = f"{channel.failing_since_at:%Y-%m-%d %H:%M} UTC"
        yield Ailment(
            f"channel {channel.id}",
            "channel",
            f"Nothing reaches channel {channel.name!r} since {since}: {channel.failing_reason}.",
        )
