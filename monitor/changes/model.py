"""What a Change is. Pure values, described in docs/facts.md and printed by `corrigenda compare --json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from monitor.facts.model import Fact

ChangeType = Literal[
    "value", "hedge", "time", "certainty", "attribution", "added", "removed",
    "headline", "byline", "published", "notice", "availability",
    "diverged", "converged", "corrected", "left_behind",
]  # fmt: skip
Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One side of a comparison: a text with what is known about it. `text` begins with the headline, if any."""

    text: str
    published: date | datetime | None = None
    lang: str = "en"
    headline: str | None = None
    byline: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How one Fact, or the headline, byline, publication date, a notice or the availability, differs."""

    type: ChangeType
    kind: str | None
    subject: str | None
    key: str | None
    before: Fact | None
    after: Fact | None
    delta: int | float | None
    ratio: float | None
    acknowledged: bool
    severity: Severity
    summary: str
    before_text: str | None = None
    """The text before and after for what is not a Fact: a headline, a byline, a notice, a state."""
    after_text: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Every field by its name, null where there is nothing."""
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        data["before"] = self.before.to_json() if self.before else None
        data["after"] = self.after.to_json() if self.after else None
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Change:
        """The inverse of `to_json`. Raises KeyError or TypeError on a mapping that `to_json` did not make."""
        fields = dict(data)
        fields["before"] = None if data["before"] is None else Fact.from_json(data["before"])
        fields["after"] = None if data["after"] is None else Fact.from_json(data["after"])
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Pair:
    """One fact of the old text with its counterpart in the new one; one side null where it stands alone."""

    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that comparing two Readings brought: the Changes, and every pairing, changed or not."""

    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    notices: tuple[str, ...] = ()
    """Correction, clarification and update notices that the new text has and the old one had not."""
