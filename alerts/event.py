"""What happened to one Article, as rules judge it and channels tell it. Pure values, no storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """The Changes that one new Version (or one change of availability) of an Article brought."""

    article_id: int
    url: str
    headline: str | None
    publisher: str | None
    before: int | None
    """Number of the Version compared with: the baseline, always named."""
    after: int | None
    """Number of the Version that brought the changes; null when no Version did (availability)."""
    seen_at: datetime
    changes: Sequence[Mapping[str, Any]]
    """As `corrigenda compare --json` prints them, each with its storage `id`."""
    version_id: int | None = None
