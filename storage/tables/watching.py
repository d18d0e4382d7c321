"""What is watched: Sites, Articles and their addresses, Feeds, and what was learnt of their pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, one_of

STATES = ("new", "ok", "gone", "walled", "refused", "failed", "suspect", "redirected")
AVAILABILITIES = ("page", "gone", "walled", "redirected")
ADDRESS_SOURCES = ("given", "feed", "redirect", "canonical")
FEED_STATES = ("new", "ok", "empty", "broken", "gone", "walled", "refused", "failed")
ENTRY_OUTCOMES = ("added", "known", "rule", "limit", "early", "elsewhere", "unusable")


class Site(SQLModel, table=True):
    """A host that we visit politely; local files share the Site `file:`."""

    id: int | None = Field(default=None, primary_key=True)
    host: str = Field(unique=True)
    next_slot_at: datetime = Field(sa_type=UtcDateTime)
    """The earliest moment of the next request: politeness is this row, not a lock."""
    visit_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """A Visit holds the Site until then; a dead process lets go by itself."""
    fence: int = 0
    """Grows with every Visit; a Visit that was overtaken no longer gets a slot."""
    failures: int = 0
    """Checks in a row that failed, whatever the reason."""
    last_ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When one of its Articles was last checked, whatever came of it."""
    last_reason: str | None = None
    refusals: int = 0
    """Answers in a row that mean "not now" (429, 5xx) or that never came: the back-off of the whole Site."""
    held_until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Nothing is asked of it before: its Retry-After, or our back-off."""
    held_reason: str = ""
    robots_ignored: bool = False
    """Whether the configuration overrules its robots.txt."""


class Article(SQLModel, table=True):
    """One tracked document: a URL or a local file."""

    __table_args__ = (
        one_of("kind", "url", "file"),
        one_of("state", *STATES),
        one_of("availability", *AVAILABILITIES),
        Index("article_due", "next_check_at", "site_id"),
        Index("article_due_by_site", "site_id", "next_check_at"),
        Index("article_state", "state", "last_changed_at"),
        Index("article_language", "language", "last_changed_at"),
        Index("article_changed", "last_changed_at"),
        Index("article_headline", "headline"),
        Index("article_of_site", "site_id", "id"),
        Index("article_canonical", "canonical_key"),
        # An Article that was merged into another is no more: its id must never be given to one that has nothing to do
        # with it.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(unique=True)
    kind: str
    site_id: int = Field(foreign_key="site.id")
    publisher: str | None = None
    headline: str | None = None
    added_at: datetime = Field(sa_type=UtcDateTime)
    next_check_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Null while paused."""
    next_check_why: str = ""
    """Why then, in words that follow "next in 12 min: "."""
    interval_seconds: int | None = None
    """A fixed time between two checks; null: as configured."""
    fastest_seconds: int | None = None
    """Bounds of its own on the pace; null: those of its site, or the configured ones."""
    slowest_seconds: int | None = None
    changes_seen: int = 0
    """The record of changes that pace goes by: Versions after the first ..."""
    exposure: float = 0.0
    """... and how many of them would have been usual in the part of its life that was watched."""
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was last seen, changed or not: the record reaches up to here."""
    state: str = "new"
    state_since_at: datetime = Field(sa_type=UtcDateTime)
    state_reason: str = ""
    availability: str = "page"
    """What readers were last told; it follows `state` only once that has lasted."""
    failures: int = 0
    checks: int = 0
    sightings: int = 0
    """Checks that saw the article, changed or not; confirmations are counted by it."""
    last_checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    """Where the last accepted page was, after redirects: its validators are good for that page only."""
    whole_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a page last came whole, rather than "not modified"."""
    page_hash: str | None = None
    """Hash of the visible text of the last page: equal means that nothing needs to be extracted."""
    body_hash: str | None = None
    """SHA-256 of the bytes of the last page: equal means that not even its visible text needs to be read."""
    suspect_hash: str | None = None
    """Text hash of a suspect page, that may become a Version when it lasts."""
    published: str | None = None
    """ISO 8601 as trusted for resolving dates; see `published_source`."""
    published_source: str | None = None
    language: str | None = None
    version_number: int = 0
    """Number of the current Version; 0 before the first."""
    story: str | None = None
    """The name of the Story that it was first put into, for whoever has only the row; `story_member` tells all."""
    canonical_key: str | None = None
    """What the address is known by that its page calls its own, where that is another one of the same site; see
    `Address.key`."""


class Address(SQLModel, table=True):
    """An address that leads to an Article: one article has many, and each of them leads to one article only."""

    __table_args__ = (
        one_of("source", *ADDRESS_SOURCES),
        Index("address_of_article", "article_id"),
        Index("address_was_article", "was_article_id"),
    )

    key: str = Field(primary_key=True)
    """What two spellings of an address have in common."""
    article_id: int = Field(foreign_key="article.id")
    url: str
    """As it was written by whoever gave it."""
    source: str
    seen_at: datetime = Field(sa_type=UtcDateTime)
    was_article_id: int | None = None
    """The id of an Article that was merged into this one because of it."""
    reason: str = ""
    """Why it was merged, for people."""


class Feed(SQLModel, table=True):
    """An RSS, Atom or JSON feed or a news sitemap, whose new entries become Articles by rule."""

    __table_args__ = (
        one_of("state", *FEED_STATES),
        Index("feed_due", "next_check_at", "site_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(unique=True)
    site_id: int = Field(foreign_key="site.id")
    title: str | None = None
    home: str | None = None
    """The site that the feed says it is of."""
    kind: str | None = None
    """`rss`, `atom`, `json`, `sitemap`, `sitemap index`; null before the first reading."""
    added_at: datetime = Field(sa_type=UtcDateTime)

    any_words: list[str] = Field(default_factory=list, sa_type=JSON)
    """The rule: at least one of these is in title or summary ..."""
    all_words: list[str] = Field(default_factory=list, sa_type=JSON)
    none_words: list[str] = Field(default_factory=list, sa_type=JSON)
    sections: list[str] = Field(default_factory=list, sa_type=JSON)
    """... it is in one of these categories or below one of these paths (`/world`) ..."""
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    """... in one of these languages, as far as the feed names one (BCP 47 primary subtags)."""
    any_site: bool = False
    """Whether entries that lead to other sites are taken."""
    daily: int | None = None
    """New Articles in 24 hours at most; null: as configured."""
    first: int | None = None
    """Entries taken when it is first read, the newest; null: as configured."""
    story: str | None = None
    """The name of the Story that its Articles are put into."""
    publisher: str | None = None
    """Who publishes its Articles, where the person said so."""

    interval_seconds: int | None = None
    """Time between two readings; null: as configured."""
    next_check_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Null while paused."""
    next_check_why: str = ""
    state: str = "new"
    state_since_at: datetime = Field(sa_type=UtcDateTime)
    state_reason: str = ""
    failures: int = 0
    """Readings in a row that brought no feed."""
    checks: int = 0
    entries: int = 0
    """In the last reading."""
    last_checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_new_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last brought an entry that was not known."""
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    whole_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last came whole, rather than "not modified"."""
    body_hash: str | None = None
    """SHA-256 of what came last: equal bytes hold nothing new."""
    parts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """Of a sitemap index: the hash, or else the date, of each sitemap in it as it was last read."""


class FeedEntry(SQLModel, table=True):
    """What became of an entry of a Feed."""

    __tablename__ = "feed_entry"
    __table_args__ = (
        Unique("feed_id", "key"),
        one_of("outcome", *ENTRY_OUTCOMES),
        Index("feed_entry_judged", "feed_id", "outcome", "judged_at"),
        Index("feed_entry_seen", "feed_id", "last_seen_at"),
        Index("feed_entry_of_article", "article_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feed.id")
    key: str
    """What its address is known by, see `Address.key`."""
    url: str
    title: str = ""
    published: str | None = None
    """ISO 8601, as the feed says."""
    outcome: str
    """`added`; `known`: tracked already; `rule`, `limit`, `early`, `elsewhere`, `unusable`: left out, see `reason`."""
    reason: str = ""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    judged_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    """To the day: when the feed last had it."""


class PageRecord(SQLModel, table=True):
    """What was last found in an Article's page: one row an Article, so that a Site's record stays as small."""

    __tablename__ = "page_record"
    __table_args__ = (Index("page_record_of_site", "site_id", "read_at"),)

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    read_at: datetime = Field(sa_type=UtcDateTime)
    characters: int
    usual_characters: float
    """A mean in which every reading weighs a quarter of those before."""
    paragraphs: int
    headline: bool
    byline: bool
    published: bool
    upset_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its text last collapsed or was replaced as a whole; null since it came back."""


FURNITURE_KINDS = ("line", "pattern", "place")
FURNITURE_STATES = ("watched", "ignored", "kept")


class Furniture(SQLModel, table=True):
    """A line of a Site's pages that comes, goes or changes by itself: watched at first, ignored once that is sure."""

    __table_args__ = (
        Unique("site_id", "kind", "text"),
        one_of("kind", *FURNITURE_KINDS),
        one_of("state", *FURNITURE_STATES),
        Index("furniture_of_site", "site_id", "state", "last_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    kind: str
    """`line`: this very line; `pattern`: lines like it, whatever their numbers; `place`: labels that follow it."""
    text: str
    length: int = 0
    """Of a place: how many lines follow."""
    example: str = ""
    """What was seen in the place of it, for people."""
    article_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    """Articles in which it was seen to change, at most eight."""
    times: int = 0
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "watched"
    """`kept`: a person said that it is part of the articles, and it is never ignored again."""


class SiteNotice(SQLModel, table=True):
    """Something about a Site that would else have been told of each of its Articles."""

    __tablename__ = "site_notice"
    __table_args__ = (one_of("kind", "furniture", "template"), Index("site_notice_of_site", "site_id", "opened_at"))

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    kind: str
    """`furniture`: the same lines came to or went from many Articles; `template`: the texts of many broke at once."""
    sentence: str
    opened_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted: bool = False
    """A person said that the pages are right as they are now: texts held back become Versions, and nobody is told."""
