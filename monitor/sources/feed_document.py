"""What a feed says, once it was read. Apart from the reading, which needs libraries that only a worker loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: an article that it tells of."""

    url: str
    """Absolute, in its normal form."""
    title: str
    summary: str
    """Plain text, as title; empty where the feed has none."""
    published: str | None
    """ISO 8601; null where the feed does not say when it was published."""
    at: str | None
    """The same, else when it was updated: for the order."""
    sections: tuple[str, ...] = ()
    language: str | None = None
    """BCP 47 primary subtag."""


@dataclass(frozen=True, slots=True)
class Part:
    """A sitemap that a sitemap index names."""

    url: str
    modified: str | None
    """ISO 8601."""


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed; or, without a kind, the reason why what came is none."""

    kind: str = ""
    """`rss`, `atom`, `json`, `sitemap`, `sitemap index`; empty for what is no feed."""
    reason: str = ""
    title: str = ""
    home: str | None = None
    wait_seconds: float | None = None
    """How long it asks to be left alone."""
    entries: tuple[Entry, ...] = ()
    """The newest first."""
    total: int = 0
    """How many there were; more than `entries` where they were too many."""
    unusable: int = 0
    """Entries without an address that may be fetched."""
    parts: tuple[Part, ...] = ()

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """From what `dataclasses.asdict` gave, by way of JSON."""
        entries = tuple(Entry(**{**entry, "sections": tuple(entry["sections"])}) for entry in fields["entries"])
        parts = tuple(Part(**part) for part in fields["parts"])
        return cls(**{**fields, "entries": entries, "parts": parts})


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """By date, an entry without one going by that of the entry before it: feeds list the newest first."""
    dated, at = [], "9999"
    for entry in entries:
        at = _sortable(entry.at) if entry.at else at
        dated.append((at, entry))
    return [entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _sortable(at: str) -> str:
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        return at  # a day: as early as that day can be
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        return at
