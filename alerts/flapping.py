"""Pages that go back and forth: which turn is told, and which is only counted. Pure; the clock is handed in.

A Change and the one that takes it back share a `turn`: the two things that were said, whichever came first. The first
is told; the one that takes it back is told and named; more of them within the time are silent, and when that is over
one Alert tells how it stands. A step to something new has a turn of its own, and is always told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from alerts.event import STORY_TYPES

_SAID = ("kind", "key", "subject", "quantity", "time", "as_of", "certainty", "attribution")
"""What a fact says; where it stands, and in which words, may differ."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn before this one."""

    at: datetime
    """When it was told; of one that was not, when it came."""
    told: bool
    """Rather than counted in silence."""
    turns: int = 0
    """Which one it was since the page began to go back and forth; 0: it was the first step."""
    since: datetime | None = None
    """When that began."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of this turn."""

    outcome: Literal["tell", "name", "silent"]
    """`name`: tell it, and say that the page goes back and forth."""
    turns: int = 0
    """How often it has turned, with this time."""
    since: datetime | None = None
    due_at: datetime | None = None
    """Of a silent one: when it is told how things stand."""


def decide(before: Sequence[Turn], now: datetime, repeat_seconds: float) -> Decision:
    """What becomes of a turn. before: earlier ones of the same `turn` for the same Channel, oldest first.

    Only what is within the repeat counts: a page that turns again after a quiet time begins anew. A turn that lies in
    the future (the clock was set back) counts as one of now.
    """
    repeat = timedelta(seconds=repeat_seconds)
    lately = [turn for turn in before if now - min(turn.at, now) < repeat]
    waiting = [turn for turn in before if not turn.told]
    if not lately and not waiting:
        return Decision("tell")
    last = (lately or waiting)[-1]
    turns, since = max(last.turns, 1) + 1, last.since or last.at
    told = [turn for turn in lately if turn.told]
    named = any(turn.turns for turn in told) or bool(waiting)
    if told and named:
        return Decision("silent", turns, since, min(told[-1].at, now) + repeat)
    return Decision("name", turns, since)


def turn_of(change: Mapping[str, Any], line_id: int | None) -> str:
    """The same for a Change and the one that takes it back, and for no other step of the article.

    line_id: tells bare numbers apart, of which a text has many.
    """
    if change["type"] in STORY_TYPES:
        sides = ["story", str(line_id), *_values(change)]
    else:
        sides = sorted((_said(change, "before", line_id), _said(change, "after", line_id)))
    return hashlib.sha256("\x00".join(sides).encode()).hexdigest()[:24]


def _values(change: Mapping[str, Any]) -> list[str]:
    """The two values of a turn among sources, whoever gives them: "303 against 170" is taken back by "170, no longer
    303". Their words differ, as those of different publishers do."""
    facts = [change[side] for side in ("before", "after") if change[side] is not None]
    return sorted(json.dumps([fact["quantity"], fact["time"]], sort_keys=True) for fact in facts)


def _said(change: Mapping[str, Any], side: str, line_id: int | None) -> str:
    fact = change[side]
    if fact is None:
        text = change.get(f"{side}_text")
        return json.dumps([change["type"] if text is not None else "", text], ensure_ascii=True)
    said = [fact[name] for name in _SAID]
    bare = not fact["noun"] and not fact["predicate"]
    return json.dumps([*said, line_id if bare else None], sort_keys=True, ensure_ascii=True)


_OF_ITS_KIND = frozenset({"headline", "byline", "published", "availability"})
"""What an article has one of: another change of the type is about the same thing."""


def supersedes(
    later: Mapping[str, Any], later_line: int | None, earlier: Mapping[str, Any], earlier_line: int | None
) -> bool:
    """Whether a later Change of the article is about what an earlier one brought, so that this no longer stands."""
    if (later["type"] in STORY_TYPES) != (earlier["type"] in STORY_TYPES):
        return False  # that a source changed its figure, and that sources disagree, stand or fall each by itself
    if turn_of(later, later_line) == turn_of(earlier, earlier_line):
        return True
    if earlier_line or later_line:
        return earlier_line == later_line
    return later["type"] == earlier["type"] and later["type"] in _OF_ITS_KIND
