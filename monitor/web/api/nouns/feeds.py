"""Feeds: what new Articles come from, and what became of each entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from monitor.web.api.nouns.noun import ROOT, Count, Given, Links, Moment, Name, Noun, Seconds, Text
from storage import tables

_RULE: dict[str, Any] = {
    "any_words": ["peacekeep*"],
    "all_words": [],
    "none_words": ["sport"],
    "sections": ["/world"],
    "languages": ["en"],
    "any_site": False,
    "daily": 50,
    "first": 5,
    "story": "Peacekeepers attacked",
    "publisher": "AP",
    "interval_seconds": 900,
}
_ENTRY: dict[str, Any] = {
    "id": 311,
    "url": "https://news.example/peacekeepers",
    "title": "Militia attack kills peacekeepers",
    "published": "2026-11-21T10:30:00Z",
    "outcome": "added",
    "reason": "",
    "article_id": 7,
    "judged_at": "2026-11-21T10:39:58Z",
}
_WATCHED: dict[str, Any] = {
    "id": 4,
    "url": "https://news.example/feed.xml",
    "site_id": 3,
    "title": "News",
    "kind": "rss",
    "state": "ok",
    "state_since_at": "2026-11-20T08:00:00Z",
    "reason": "",
    "added_at": "2026-11-20T07:59:58Z",
    "last_checked_at": "2026-11-22T02:10:03Z",
    "last_ok_at": "2026-11-22T02:10:03Z",
    "last_new_at": "2026-11-21T10:39:58Z",
    "paused": False,
    "next_check_at": "2026-11-22T02:25:03Z",
    "next_check_why": "in pace",
    "checks": 170,
    "failures": 0,
    "entries": 40,
    "links": {"self": f"{ROOT}/feeds/4", "entries": f"{ROOT}/feeds/4/entries", "page": "/feeds/4"},
}

FeedState = Literal["new", "ok", "empty", "broken", "gone", "walled", "refused", "failed"]
EntryOutcome = Literal["added", "known", "rule", "limit", "early", "elsewhere", "unusable"]


class Feed(Noun):
    """An RSS, Atom or JSON feed or a news sitemap, whose new entries become Articles by rule."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_WATCHED, **_RULE}]})

    id: int
    url: str
    site_id: int
    title: str | None
    kind: str | None
    """`rss`, `atom`, `json`, `sitemap`, `sitemap index`; null before the first reading."""
    any_words: list[str]
    """Only entries with one of these in title or summary."""
    all_words: list[str]
    none_words: list[str]
    sections: list[str]
    languages: list[str]
    any_site: bool
    daily: int | None
    first: int | None
    story: str | None
    """The name of the Story that its Articles are put into."""
    publisher: str | None
    interval_seconds: int | None
    state: FeedState
    state_since_at: Moment
    reason: str
    """Why it is in its state."""
    added_at: Moment
    last_checked_at: Moment | None
    last_ok_at: Moment | None
    last_new_at: Moment | None
    """When it last brought an entry that was not known."""
    paused: bool
    next_check_at: Moment | None
    """Null while paused."""
    next_check_why: str
    checks: int
    failures: int
    """Readings in a row that brought no feed."""
    entries: int
    """In the last reading."""
    links: Links


class FeedRecord(Feed):
    """A Feed, and what became of its entries."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_WATCHED, **_RULE, "outcomes": {"added": 12, "rule": 300}, "last_24_hours": {"added": 1}}]
        }
    )

    outcomes: dict[EntryOutcome, int]
    """How many entries came to what, as far as is remembered."""
    last_24_hours: dict[EntryOutcome, int]


class FeedEntry(Noun):
    """What became of an entry of a Feed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ENTRY]})

    id: int
    url: str
    title: str
    published: str | None
    """As the feed says, ISO 8601."""
    outcome: EntryOutcome
    """`added`; `known`: tracked already; the others: left out, see `reason`."""
    reason: str
    article_id: int | None
    judged_at: Moment


_Words = Annotated[list[Annotated[Text, Field(min_length=1, max_length=200)]], Field(max_length=100)]


class FeedWishes(Given):
    """What is asked of a Feed."""

    any_words: _Words = Field(default_factory=list)
    """Only entries with one of these in title or summary: a word, a phrase, or `peace*`."""
    all_words: _Words = Field(default_factory=list)
    """Only entries that have all of these."""
    none_words: _Words = Field(default_factory=list)
    """No entries that have one of these."""
    sections: _Words = Field(default_factory=list)
    """Only entries of these categories, or below these paths (`/world`)."""
    languages: _Words = Field(default_factory=list)
    """Only entries in these languages, where the feed names one."""
    any_site: bool = False
    """Entries that lead to other sites, too."""
    daily: Annotated[Count, Field(le=1_000_000)] | None = None
    """At most so many new Articles in 24 hours; null: as configured."""
    first: Annotated[Count, Field(le=1_000_000)] | None = None
    """Of what is there when it is first read, only the newest so many; null: as configured."""
    story: Name | None = None
    """The Story that its Articles are put into, made when there is none of that name."""
    publisher: Name | None = None
    """Who publishes its Articles."""
    interval_seconds: Seconds | None = None
    """Time between two readings; null: as configured."""


class NewFeed(FeedWishes):
    """A Feed to take on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "https://news.example/feed.xml", **_RULE}]})

    url: Annotated[Text, Field(min_length=1, max_length=8192)]


class FeedPatch(Given):
    """What is to be different about a Feed (RFC 7396): what is left out stays, null is as configured or nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"daily": 10, "paused": True}]})

    any_words: _Words | None = None
    all_words: _Words | None = None
    none_words: _Words | None = None
    sections: _Words | None = None
    languages: _Words | None = None
    any_site: bool | None = None
    daily: Annotated[Count, Field(le=1_000_000)] | None = None
    first: Annotated[Count, Field(le=1_000_000)] | None = None
    story: Name | None = None
    publisher: Name | None = None
    interval_seconds: Seconds | None = None
    paused: bool | None = None
    """A paused Feed is read no more; its Articles go on being watched."""


WISHES = tuple(FeedWishes.model_fields)
_SAME = [name for name in Feed.model_fields if name not in ("reason", "paused", "links")]


def _feed(row: tables.Feed) -> dict[str, Any]:
    here = f"{ROOT}/feeds/{row.id}"
    return {
        **{name: getattr(row, name) for name in _SAME},
        "reason": row.state_reason,
        "paused": row.next_check_at is None,
        "links": {"self": here, "entries": f"{here}/entries", "page": f"/feeds/{row.id}"},
    }


def feed(row: tables.Feed) -> Feed:
    """A Feed."""
    return Feed.model_validate(_feed(row))


def feed_record(row: tables.Feed, outcomes: Mapping[str, int], last_24_hours: Mapping[str, int]) -> FeedRecord:
    """A Feed, and what became of its entries."""
    return FeedRecord.model_validate({**_feed(row), "outcomes": dict(outcomes), "last_24_hours": dict(last_24_hours)})


def feed_entry(row: tables.FeedEntry) -> FeedEntry:
    """What became of an entry."""
    return FeedEntry.model_validate(row, from_attributes=True)
