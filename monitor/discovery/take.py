"""Which entries of a feed become Articles, and what is kept of the others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from monitor.config import Settings
from monitor.discovery.rules import FeedRule, why_not
from monitor.sources import canonical
from monitor.sources.address import LONGEST_WATCHED, UnusableAddressError, parse
from monitor.sources.canonical import asked_for
from monitor.sources.feed_document import Entry, FeedDocument
from storage import articles, feeds
from storage.tables import Feed

DAY = timedelta(days=1)


@dataclass(slots=True)
class _Desk:
    """Where the entries of one reading are judged, one after the other."""

    session: Session
    feed: Feed
    rule: FeedRule
    sites: frozenset[str]
    """To which its entries may lead."""
    left_today: int
    left_first: int | None
    """How many more may be taken in the first reading; null in later ones."""
    at: datetime

    def judge(self, key: str, entry: Entry) -> tuple[str, str, int | None]:
        """What becomes of an entry: its outcome, why, and its Article."""
        if not self.feed.any_site and canonical.site_of(key) not in self.sites:
            return "elsewhere", f"it leads to {canonical.site_of(key)}, another site", None
        if reason := why_not(entry, self.rule):
            return "rule", reason, None
        address = asked_for(parse(entry.url))
        if tracked := articles.known(self.session, str(address), key):
            return "known", "it is tracked already", tracked.id
        if self.left_first is not None and self.left_first <= 0:
            return "early", "it was there before the feed was added", None
        if self.left_today <= 0:
            return "limit", "there were enough new articles within 24 hours", None
        published = _trusted(entry, self.at)
        article, _ = articles.add(
            self.session,
            str(address),
            kind="url",
            host=address.site,
            now=self.at,
            publisher=self.feed.publisher,
            published=published,
            published_source="feed" if published else None,
            story=self.feed.story,
            known_by=key,
            given=entry.url,
            source="feed",
        )
        self.left_today -= 1
        if self.left_first is not None:
            self.left_first -= 1
        return "added", "", article.id


def take_on(
    session: Session, feed: Feed, document: FeedDocument, settings: Settings, at: datetime
) -> tuple[dict[str, int], list[int]]:
    """Judge the entries that are new, or that the rule left out and that are called otherwise now.

    How many came to which outcome, and the ids of the new Articles.
    """
    feed_id = feed.id or 0
    entries = _by_key(document.entries)
    known = feeds.known_entries(session, feed_id, list(entries))
    daily = settings.feeds.daily if feed.daily is None else feed.daily
    first = settings.feeds.first if feed.first is None else feed.first
    desk = _Desk(
        session,
        feed,
        FeedRule(feed.any_words, feed.all_words, feed.none_words, feed.sections, feed.languages),
        _own_sites(feed, document),
        daily - feeds.count_entries(session, feed_id, at - DAY).get("added", 0),
        None if feed.last_ok_at else first,
        at,
    )
    outcomes: dict[str, int] = {}
    added: list[int] = []
    rows: list[dict[str, Any]] = []
    for key, entry in entries.items():
        before = known.get(key)
        if before is not None and (before.outcome != "rule" or before.title == entry.title):
            continue
        outcome, reason, article_id = desk.judge(key, entry)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome == "added" and article_id:
            added.append(article_id)
        judged = {"outcome": outcome, "reason": reason, "article_id": article_id, "judged_at": at, "last_seen_at": at}
        if before is not None:
            feeds.judge_entry(session, before.id or 0, title=entry.title, **judged)
        else:
            rows.append({"key": key, "url": entry.url, "title": entry.title, "published": entry.published, **judged})
    feeds.keep_entries(session, feed_id, rows)
    feeds.still_there(session, known, at)
    feeds.forget_entries(session, feed_id, at)
    return outcomes, added


def _by_key(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Each article once, the newest first."""
    found: dict[str, Entry] = {}
    for entry in entries:
        with suppress(UnusableAddressError):  # nothing that could be fetched later, either
            if len(str(parse(entry.url))) > LONGEST_WATCHED:
                continue
            found.setdefault(canonical.key(entry.url), entry)
    return found


def _trusted(entry: Entry, at: datetime) -> str | None:
    """The publication date of an entry; one that lies ahead is a mistake, or an embargo that nobody keeps."""
    if entry.published is None:
        return None
    try:
        moment = datetime.fromisoformat(entry.published)
    except ValueError:
        return None
    day_ahead = (at + DAY).isoformat()
    ahead = moment > at + DAY if moment.tzinfo else entry.published > day_ahead
    return None if ahead else entry.published


def _own_sites(feed: Feed, document: FeedDocument) -> frozenset[str]:
    """The sites that the entries of a Feed may lead to: its own, and the one that it says it is of."""
    said = [url for url in (feed.url, document.home) if url]
    return frozenset(canonical.site_of(canonical.key(url)) for url in said)
