"""The tables, one class a noun of the glossary. Schema changes go through `migrations/`, never through create_all.

Times are aware UTC. Closed sets of words are `str` with a check, so that a new word is a visible migration.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    Text,
    TypeDecorator,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps no zone, so it is put back on reading; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: times are aware UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def one_of(column: str, *words: str) -> CheckConstraint:
    """A check that `column` holds one of these words (or null)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


OUTCOMES = ("page", "not_modified", "gone", "walled", "refused", "failed", "suspect", "redirected")
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
        Index("article_state", "state"),
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
    suspect_hash: str | None = None
    """Text hash of a suspect page, that may become a Version when it lasts."""
    published: str | None = None
    """ISO 8601 as trusted for resolving dates; see `published_source`."""
    published_source: str | None = None
    language: str | None = None
    version_number: int = 0
    """Number of the current Version; 0 before the first."""
    story: str | None = None
    """The label of the Story that the Feed which brought it is about."""
    canonical_url: str | None = None
    """The address that its page calls its own, where that is another one of the same site."""
    canonical_key: str | None = None
    """What that address is known by, see `Address.key`."""


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
    """Label for its Articles."""
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


class Blob(SQLModel, table=True):
    """Bytes by their SHA-256, compressed with zstd. Never rewritten."""

    hash: str = Field(primary_key=True)
    size: int
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Capture(SQLModel, table=True):
    """What a fetch or read brought. Equal ones in a row (same outcome, reason and bytes) are one row with a count."""

    __table_args__ = (one_of("outcome", *OUTCOMES), Index("capture_of_article", "article_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    captured_at: datetime = Field(sa_type=UtcDateTime)
    last_captured_at: datetime = Field(sa_type=UtcDateTime)
    times: int = 1
    outcome: str
    reason: str
    status: int | None = None
    final_url: str
    redirects: list[str] = Field(default_factory=list, sa_type=JSON)
    headers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    blob_hash: str | None = Field(default=None, foreign_key="blob.hash")
    size: int = 0
    elapsed_ms: int = 0
    robots_ignored: bool = False
    """Whether robots.txt was overruled by the configuration when it was fetched."""


class Version(SQLModel, table=True):
    """A distinct text of an Article. A -> B -> A is three Versions."""

    __table_args__ = (Unique("article_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    number: int
    capture_id: int = Field(foreign_key="capture.id")
    text_hash: str = Field(foreign_key="blob.hash")
    """SHA-256 of the UTF-8 text, which is kept as a Blob of that hash."""
    headline: str | None = None
    byline: str | None = None
    published: str | None = None
    published_source: str | None = None
    modified: str | None = None
    modified_source: str | None = None
    language: str | None = None
    extractor: str
    notices: list[str] = Field(default_factory=list, sa_type=JSON)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)


class Fact(SQLModel, table=True):
    """One fact over the Versions in which it stood unchanged, quote and sentence included.

    A new row is written when anything but its place in the text differs; rows with one `line_id` are one statement.
    """

    __table_args__ = (
        Index("fact_of_article", "article_id", "to_number", "from_number"),
        Index("fact_line", "line_id"),
        Index("fact_key", "key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    line_id: int | None = None
    """Id of the first row of the line."""
    from_number: int
    """Number of the first Version that has it."""
    to_number: int | None = None
    """Number of the last Version that had it; null while the current Version has it."""
    kind: str
    key: str
    subject: str | None = None
    quote: str
    ordinal: int
    """Place among the facts of the Version it was first found in, for a stable order."""
    body: dict[str, Any] = Field(sa_type=JSON)
    """The whole fact as `corrigenda facts --json` prints it; offsets are those of Version `from_number`."""


class Change(SQLModel, table=True):
    """How a Fact, a headline, ... differs between two Versions, or how the availability of an Article changed."""

    __table_args__ = (Index("change_of_article", "article_id", "id"), Index("change_at", "changed_at", "id"))

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    from_version_id: int | None = Field(default=None, foreign_key="version.id")
    to_version_id: int | None = Field(default=None, foreign_key="version.id")
    capture_id: int | None = Field(default=None, foreign_key="capture.id")
    """The Capture that showed it, where no new Version did (availability)."""
    line_id: int | None = None
    changed_at: datetime = Field(sa_type=UtcDateTime)
    """When we saw it."""
    type: str
    kind: str | None = None
    subject: str | None = None
    key: str | None = None
    acknowledged: bool = False
    severity: str
    summary: str = Field(sa_type=Text)
    body: dict[str, Any] = Field(sa_type=JSON)
    """The whole change as `corrigenda compare --json` prints it."""


class Channel(SQLModel, table=True):
    """Where alerts go."""

    __table_args__ = (one_of("kind", "email", "webhook"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    address: str
    """An e-mail address, or the URL of a webhook."""
    secret: str | None = None
    """Of a webhook: its Standard Webhooks signing secret (`whsec_...`)."""
    enabled: bool = True
    disabled_reason: str | None = None
    operator: bool = False
    """Whether it is told when the watch itself is in trouble."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Rule(SQLModel, table=True):
    """Which Changes matter to whom."""

    __table_args__ = (one_of("baseline", "last version"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    channel_id: int = Field(foreign_key="channel.id")
    types: list[str] = Field(default_factory=list, sa_type=JSON)
    """Types of Change; empty: those that facts.md alerts by default."""
    kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    """Kinds of Fact; empty: all, and Changes without a Fact."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    """Only this Article; null: all."""
    baseline: str = "last version"
    """Since when a Change is told."""
    enabled: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class Alert(SQLModel, table=True):
    """The Changes of one Version (or of one change of availability) that a Rule picked, ready to be told."""

    id: str = Field(primary_key=True)
    rule_id: int | None = Field(default=None, foreign_key="rule.id")
    """Null once the Rule was removed; the payload keeps its name."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    version_id: int | None = Field(default=None, foreign_key="version.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    payload: dict[str, Any] = Field(sa_type=JSON)
    """All that channels need to tell it, as webhooks receive it."""


class AlertChange(SQLModel, table=True):
    """Which Changes an Alert tells."""

    __tablename__ = "alert_change"

    alert_id: str = Field(foreign_key="alert.id", primary_key=True)
    change_id: int = Field(foreign_key="change.id", primary_key=True)


DELIVERY_STATES = ("waiting", "delivered", "failed")


class Delivery(SQLModel, table=True):
    """One Alert to one Channel. Its id is the idempotency key on every try."""

    __table_args__ = (
        Unique("alert_id", "channel_id"),
        one_of("state", *DELIVERY_STATES),
        Index("delivery_due", "state", "next_attempt_at"),
        Index("delivery_of_channel", "channel_id", "state", "next_attempt_at", "id"),
    )

    id: str = Field(primary_key=True)
    alert_id: str = Field(foreign_key="alert.id")
    channel_id: int = Field(foreign_key="channel.id")
    state: str = "waiting"
    attempts: int = 0
    attempts_before: int = 0
    """Attempts made before a person last had it sent again: the schedule of retries counts from there."""
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When to try; while a try is under way, when to believe that it died. Null once delivered or failed."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = None


class Attempt(SQLModel, table=True):
    """One try at a Delivery; written before the try, so that an interrupted one is seen."""

    __table_args__ = (
        Unique("delivery_id", "number"),
        one_of("outcome", "started", "delivered", "retry", "failed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: str = Field(foreign_key="delivery.id")
    number: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = "started"
    detail: str = ""


class Loop(SQLModel, table=True):
    """The last sign of life of a loop of the service (`scheduler`, `deliveries`), so that a stopped one is noticed."""

    name: str = Field(primary_key=True)
    beat_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    detail: str = ""


class Trouble(SQLModel, table=True):
    """Something that is wrong with the watch itself now; gone when it is well again."""

    key: str = Field(primary_key=True)
    """What it is about: `loop scheduler`, `site example.org`, `overdue`, `clock`."""
    kind: str
    detail: str
    """One sentence for a person."""
    since_at: datetime = Field(sa_type=UtcDateTime)
    told: bool = False
    """Whether operators were told, and so are told of its end."""
