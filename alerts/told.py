"""What an Alert tells, as values: `gather` reads them from storage, `payload` puts them into words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Timing = Literal["at once", "hourly", "daily", "weekly"]


@dataclass(frozen=True, slots=True)
class ToldStory:
    """The Story under which an Article is told."""

    id: int | None
    name: str
    sources: int
    """How many other Articles are in it: those that were asked what they say on the same fact."""


@dataclass(frozen=True, slots=True)
class ToldArticle:
    """The Article in which something changed."""

    id: int
    url: str
    headline: str | None
    publisher: str | None
    story: ToldStory | None = None
    """The first by name, where it is in several."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Since when a Change is told. Always named."""

    name: str
    """`last version`, `last alert` or `first version`."""
    version: int | None
    """Number of the Version compared with; null when there is none."""
    seen_at: datetime | None = None
    """When that Version was last seen; of `first version`: first seen."""


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A Rule that picked the Change."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Flapping:
    """The page goes back and forth between the two."""

    times: int
    """How often it turned, with this turn."""
    since: datetime


@dataclass(frozen=True, slots=True)
class OtherSource:
    """What another Article of the same Story says now on the same fact."""

    article_id: int
    publisher: str
    """Or the host, where it is not known."""
    headline: str | None
    url: str
    fact: Mapping[str, Any]
    """As `corrigenda facts --json` prints it."""
    since_at: datetime
    """When the Version that first said so was first seen."""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """The line of a Story that turned."""

    story_id: int
    story: str
    line_id: int | None
    """Null when nothing stands in it any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """One Change, as it is told."""

    change: Mapping[str, Any]
    """As `corrigenda compare --json` prints it, judged from the baseline, with its storage `id`."""
    article: ToldArticle
    version: int | None
    """Number of the Version that brought it; null when none did (availability)."""
    seen_at: datetime
    acknowledged: bool
    """Whether the page admits it: a notice is one of the Version, and speaks for all of its Changes."""
    baseline: Baseline
    rules: Sequence[ToldRule]
    line_id: int | None = None
    """Of the fact's line; null for what is no fact. What is muted when a fact is."""
    flapping: Flapping | None = None
    others: Sequence[OtherSource] = ()
    line: ToldLine | None = None
    """Of a turn among the sources of a Story."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a digest is about."""

    since: datetime
    until: datetime
    silent_changes: int = 0
    """Changes that no Rule of the Channel picked."""
    silent_versions: int = 0
    """Versions in which only the wording differs."""
