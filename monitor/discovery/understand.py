"""What a fetch of a Feed brought: a feed, nothing new, or the state that the Feed is in now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from monitor.config import Settings
from monitor.errors import ExtractionError
from monitor.sources.feed_document import Entry, FeedDocument, Part, newest_first
from monitor.sources.result import Capture
from monitor.visit import WHOLE_EVERY, Fetch
from storage.database import Database
from storage.tables import Feed

PARTS_AT_ONCE = 3
"""Sitemaps of an index that are read in one reading: those with today's news, not the archive."""


class ReadFeed(Protocol):
    """`Extractor.feed`, or anything that reads like it. Raises ExtractionError."""

    def __call__(self, body: bytes, *, url: str, content_type: str = "") -> FeedDocument: ...


@dataclass(frozen=True, slots=True)
class FeedTools:
    """What a reading works with."""

    database: Database
    settings: Settings
    fetch: Fetch
    read: ReadFeed
    now: Callable[[], datetime]
    note: Callable[[str, str], None] = lambda step, sentence: None
    """Told what is decided, step and sentence, for people who want the whole story."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a fetch of a Feed came to."""

    state: str
    reason: str
    document: FeedDocument | None = None
    """Null where there is nothing new to judge."""
    columns: Mapping[str, Any] = field(default_factory=dict)


def fetch(feed: Feed, tools: FeedTools) -> Capture:
    """Conditionally, where "not modified" would say something: as for articles, at most for a day."""
    fresh = feed.whole_at is not None and tools.now() - feed.whole_at < WHOLE_EVERY
    trusted = fresh and feed.state in ("ok", "empty")
    capture = tools.fetch(
        feed.url,
        etag=feed.etag if trusted else None,
        last_modified=feed.last_modified if trusted else None,
    )
    if capture.outcome == "not_modified" and capture.final_url != feed.final_url:
        return tools.fetch(feed.url)
    return capture


def understand(feed: Feed, capture: Capture, tools: FeedTools) -> Found:
    """What came, as a state of the Feed. A site that answers something else is no reason to forget anything."""
    if capture.outcome == "not_modified":
        # An index that stays the same may name sitemaps that do not: its dates are optional.
        return Found(feed.state, "not modified")
    if capture.outcome != "page":
        return Found(capture.outcome, capture.reason)
    body_hash = hashlib.sha256(capture.body).hexdigest()
    columns: dict[str, Any] = {
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "final_url": capture.final_url,
        "whole_at": capture.captured_at,
        "body_hash": body_hash,
    }
    if body_hash == feed.body_hash and feed.state in ("ok", "empty") and feed.kind != "sitemap index":
        return Found(feed.state, "nothing new", columns=columns)
    try:
        document = tools.read(capture.body, url=capture.final_url, content_type=capture.content_type)
    except ExtractionError as error:
        return Found("broken", str(error))
    if not document.kind:
        return Found("broken", document.reason)
    columns |= {"kind": document.kind, "title": document.title or feed.title, "home": document.home or feed.home}
    if document.kind == "sitemap index":
        # Its validators are not kept: whether its parts are new is asked each time.
        document, parts = _read_parts(feed, document, tools)
        columns |= {"parts": parts, "etag": None, "last_modified": None}
        if document.reason and not document.entries:
            return Found("broken", document.reason, columns={"kind": "sitemap index"})
    columns["entries"] = document.total
    if not document.total and not (document.kind == "sitemap index" and feed.last_ok_at):
        unusable = f"{document.unusable} without an address that can be used" if document.unusable else "none"
        return Found("empty", f"a feed with no entries ({unusable})", document, columns)
    return Found("ok", capture.reason, document, columns)


def _read_parts(feed: Feed, index: FeedDocument, tools: FeedTools) -> tuple[FeedDocument, dict[str, str]]:
    """The entries of those sitemaps of an index that are new, the latest; and what is remembered of them."""
    today = tools.now()
    named = {part.url for part in index.parts}
    remembered = {url: known for url, known in feed.parts.items() if url in named}
    entries: dict[str, Entry] = {}
    total, unusable, trouble = 0, 0, ""
    for part in _latest(index.parts, today)[:PARTS_AT_ONCE]:
        if part.modified and remembered.get(part.url) == part.modified:
            continue
        capture = tools.fetch(part.url)
        if capture.outcome != "page":
            trouble = f"{part.url}: {capture.reason}"
            continue
        known_as = part.modified or hashlib.sha256(capture.body).hexdigest()
        if remembered.get(part.url) == known_as:
            continue
        try:
            read_part = tools.read(capture.body, url=capture.final_url, content_type=capture.content_type)
        except ExtractionError as error:
            trouble = str(error)
            continue
        if read_part.kind in ("", "sitemap index"):
            trouble = f"{part.url}: {read_part.reason or 'an index within an index'}"
            continue
        remembered[part.url] = known_as
        total, unusable = total + read_part.total, unusable + read_part.unusable
        entries |= {entry.url: entry for entry in read_part.entries if entry.url not in entries}
    document = FeedDocument(
        "sitemap index", reason=trouble, entries=tuple(newest_first(entries.values())), total=total, unusable=unusable
    )
    return document, remembered


def _latest(parts: Sequence[Part], today: datetime) -> list[Part]:
    """Sitemaps of an index, those first that hold today's news: by name, by date, by the date in their address."""
    days = tuple(f"{today:{form}}" for form in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y-%m", "%Y%m", "%Y/%m"))

    def rank(place: int) -> tuple[bool, str, int, int]:
        part = parts[place]
        dated = next((len(days) - nth for nth, day in enumerate(days) if day in part.url), 0)
        return "news" in part.url.rpartition("/")[2].lower(), part.modified or "", dated, -place

    return [parts[place] for place in sorted(range(len(parts)), key=rank, reverse=True)]
