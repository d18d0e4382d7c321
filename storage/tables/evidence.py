"""What was captured and what it says: Captures, Versions, Facts, Changes. Never rewritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, text
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, one_of
from storage.tables.packed import PackedJson

OUTCOMES = ("page", "not_modified", "gone", "walled", "refused", "failed", "suspect", "redirected")


class Blob(SQLModel, table=True):
    """Bytes by their SHA-256, compressed with zstd: whole, or by what differs from those of another, which is whole.

    Retention may let them go, and leaves the hash.
    """

    __table_args__ = (
        Index(
            "blob_of_base",
            "base_hash",
            sqlite_where=text("base_hash IS NOT NULL"),
            postgresql_where=text("base_hash IS NOT NULL"),
        ),
    )

    hash: str = Field(primary_key=True)
    size: int
    data: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Null once they were let go."""
    base_hash: str | None = None
    """The Blob whose bytes are the dictionary (raw content) that these are compressed with; null where they are whole.
    No foreign key: a move takes over rows in the order of their hashes."""


class Capture(SQLModel, table=True):
    """What a fetch or read brought. Equal ones in a row (same outcome, reason and bytes) are one row with a count."""

    __table_args__ = (
        one_of("outcome", *OUTCOMES),
        Index("capture_of_article", "article_id", "id"),
        # Bytes are kept once: before they go, whoever has them is asked.
        Index(
            "capture_of_blob",
            "blob_hash",
            sqlite_where=text("blob_hash IS NOT NULL"),
            postgresql_where=text("blob_hash IS NOT NULL"),
        ),
    )

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
    headers: dict[str, str] = Field(default_factory=dict, sa_type=PackedJson)
    blob_hash: str | None = Field(default=None, foreign_key="blob.hash")
    size: int = 0
    elapsed_ms: int = 0
    robots_ignored: bool = False
    """Whether robots.txt was overruled by the configuration when it was fetched."""
    let_go_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its bytes were let go, as `retention` says; null while they are there."""


class Version(SQLModel, table=True):
    """A distinct text of an Article. A -> B -> A is three Versions."""

    __table_args__ = (
        Unique("article_id", "number"),
        Index("version_of_capture", "capture_id"),
        Index("version_seen", "first_seen_at"),
        Index("version_of_text", "text_hash"),
    )

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
    sightings: int = 1
    """How often it was seen, with the first time: checks that found nothing new leave no Capture."""
    text_let_go_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its text was let go, as `retention` says; null while it is there."""


class Fact(SQLModel, table=True):
    """One fact over the Versions in which it stood unchanged, quote and sentence included.

    A new row is written when anything but its place in the text differs; rows with one `line_id` are one statement.
    """

    __table_args__ = (
        Index("fact_of_article", "article_id", "to_number", "from_number", "line_id"),
        Index("fact_line", "line_id", "from_number"),
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
    body: dict[str, Any] = Field(sa_type=PackedJson)
    """The whole fact as `corrigenda facts --json` prints it; offsets are those of Version `from_number`."""


_FILTERED = ("severity", "type", "kind", "acknowledged")


class Change(SQLModel, table=True):
    """How a Fact, a headline, ... differs between two Versions, or how the availability of an Article changed."""

    __table_args__ = (
        Index("change_of_version", "to_version_id"),
        # What refers to a row is looked for when that is removed.
        Index("change_from_version", "from_version_id"),
        Index("change_of_capture", "capture_id"),
        Index(
            "change_of_story_line",
            "story_line_id",
            sqlite_where=text("story_line_id IS NOT NULL"),
            postgresql_where=text("story_line_id IS NOT NULL"),
        ),
        # Lists of changes are filtered inside of these: a row itself is as long as its sentences.
        Index("change_at", "changed_at", "id", *_FILTERED, "article_id"),
        Index("change_at_site", "site_id", "changed_at", "id", *_FILTERED),
        Index("change_of_article", "article_id", "id", "changed_at", *_FILTERED, "to_version_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    site_id: int = Field(foreign_key="site.id")
    """The Site of its Article, so that the Changes of a Site are in order of time."""
    from_version_id: int | None = Field(default=None, foreign_key="version.id")
    to_version_id: int | None = Field(default=None, foreign_key="version.id")
    capture_id: int | None = Field(default=None, foreign_key="capture.id")
    """The Capture that showed it, where no new Version did (availability)."""
    line_id: int | None = None
    story_id: int | None = None
    """Of a turn among the sources of a Story: which Story; null when that is no more."""
    story_line_id: int | None = None
    """And which of its lines; null when nothing stands in it any more."""
    changed_at: datetime = Field(sa_type=UtcDateTime)
    """When we saw it."""
    type: str
    kind: str | None = None
    subject: str | None = None
    key: str | None = None
    acknowledged: bool = False
    severity: str
    summary: str = Field(sa_type=Text)
    body: dict[str, Any] = Field(sa_type=PackedJson)
    """The whole change as `corrigenda compare --json` prints it."""
