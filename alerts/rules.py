"""Which Changes a Rule picks. Pure: no storage, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alerts.event import Event

DEFAULT_TYPES = frozenset({"value", "hedge", "time", "certainty", "attribution", "removed", "notice", "availability"})
"""What a Rule that names no types picks: see "A Change" in docs/facts.md."""

TYPES = DEFAULT_TYPES | {"added", "headline", "byline", "published"}
"""Every type of Change there is."""

KINDS = frozenset(
    {
        "casualties", "detained", "displaced", "personnel", "count", "money", "percent", "measure",
        "rate", "age", "duration", "date", "time", "set", "ordinal",
    }
)  # fmt: skip
"""Every kind of Fact there is."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a Rule asks of a Change; whatever is left empty asks nothing."""

    types: frozenset[str] = frozenset()
    """Empty: `DEFAULT_TYPES`."""
    kinds: frozenset[str] = frozenset()
    """Empty: Facts of all kinds, and Changes that are not about a Fact (a headline, a notice, the availability)."""
    article_id: int | None = None
    """Null: every Article."""


def pick(condition: Condition, event: Event) -> list[Mapping[str, Any]]:
    """The Changes of an Event that a Rule picks, in their order; an empty list: nothing to tell.

    Two things that a reader may not expect:

    - A Rule that names kinds is about Facts of these kinds; a headline, a notice or the availability then comes only
      if its type is named, too. (That a correction was admitted is told with each Change either way.)
    - A bare number ("17", of nothing that we know) that comes or goes is picked only when the Rule names the kind
      `count`: most are fragments of a sentence, and nobody can act on them. One that changes its value is picked.
    """
    if condition.article_id is not None and condition.article_id != event.article_id:
        return []
    return [change for change in event.changes if _matches(condition, change)]


def _matches(condition: Condition, change: Mapping[str, Any]) -> bool:
    if change["type"] not in (condition.types or DEFAULT_TYPES):
        return False
    if not condition.kinds:
        return not (change["type"] in ("added", "removed") and _is_bare_number(change))
    if change["kind"] is None:
        return change["type"] in condition.types
    return change["kind"] in condition.kinds


def _is_bare_number(change: Mapping[str, Any]) -> bool:
    fact = change["after"] or change["before"]
    return change["kind"] == "count" and bool(fact) and not fact["noun"] and not fact["predicate"]


def unknown(words: Iterable[str], known: frozenset[str]) -> list[str]:
    """Those of `words` that are not known, sorted: for an error that names them."""
    return sorted(set(words) - known)
