"""What happened to one Article, as rules judge it and channels tell it. Pure values, no storage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Body = Mapping[str, Any]

STORY_TYPES = frozenset({"diverged", "converged", "corrected", "left_behind"})
"""Types of Change that are turns among the sources of a Story: one side of it is another source's, or what the others
say matters as much as what changed."""

Rejudge = Callable[[Body, Body | str, str], Body | None]
"""The same Change seen from another "before": `rejudge(change, fact or text before, language)` gives the change's body,
judged anew, or null when nothing differs from there. The monitor hands it in, because only it can compare facts."""


@dataclass(frozen=True, slots=True)
class Event:
    """The Changes that one new Version (or one change of availability) of an Article brought."""

    article_id: int
    url: str
    headline: str | None
    publisher: str | None
    before: int | None
    """Number of the Version compared with."""
    after: int | None
    """Number of the Version that brought the changes; null when no Version did (availability)."""
    seen_at: datetime
    changes: Sequence[Body]
    """As `corrigenda compare --json` prints them, each with its storage `id`."""
    version_id: int | None = None
    language: str | None = None
    sightings: int = 0
    """How often the Article has been seen, with this time: confirmations are counted from here."""
    lines: Mapping[int, int] = field(default_factory=dict)
    """The line of the fact that a Change is about, by the id of the Change."""
    story_id: int | None = None
    """The Story among whose sources a line turned, when that is what happened: Rules of other Stories do not ask."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened, as far as a Rule may ask for it."""

    article_id: int
    url: str
    language: str | None = None
    stories: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
