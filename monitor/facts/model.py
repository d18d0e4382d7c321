"""What a Fact is. Pure values; every field is described in docs/facts.md and printed by `corrigenda facts --json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "casualties", "detained", "displaced", "personnel", "count", "money", "percent", "measure",
    "rate", "age", "duration", "date", "time", "set", "ordinal",
]  # fmt: skip
Hedge = Literal["exact", "about", "at_least", "more_than", "at_most", "less_than", "between", "indefinite"]
Trend = Literal["up", "down"]
Certainty = Literal["asserted", "expected", "alleged", "denied"]
TimeType = Literal["DATE", "TIME", "DURATION", "SET"]
Role = Literal["on", "by", "since", "until", "from-to", "about"]
Basis = Literal["explicit", "partial", "relative", "anchored"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as an interval, as written: multipliers applied, units not converted. A null bound is open."""

    lower: int | float | None
    upper: int | float | None
    lower_inclusive: bool = True
    upper_inclusive: bool = True
    unit: str | None = None
    """ISO 4217, `%`, `pp`, a CLDR unit identifier, a calendar unit for ages and durations; null for counts."""
    hedge: Hedge = "exact"
    trend: Trend | None = None


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A TIMEX3 reading (ISO-TimeML): `value` as that standard writes it, `start` and `end` as ISO dates."""

    type: TimeType
    value: str
    mod: str | None = None
    start: str | None = None
    end: str | None = None
    role: Role | None = None
    basis: Basis = "explicit"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of the text, with offsets in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One checkable statement in a text. `text[start:end] == quote`, always; offsets are code points."""

    kind: Kind
    predicate: str | None
    noun: str | None
    subject: str | None
    key: str
    """`kind:predicate:noun`, empty parts left empty; the same across versions and across sources."""
    quantity: Quantity | None
    time: TimeExpression | None
    as_of: str | None
    attribution: str | None
    certainty: Certainty
    quote: str
    start: int
    end: int
    phrase: Phrase
    sentence: str
    rule: str

    def to_json(self) -> dict[str, Any]:
        """Every field by its name, null where there is nothing."""
        # By hand: dataclasses.asdict copies every string and took a quarter of the time of finding the fact.
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        data["quantity"] = _fields(self.quantity)
        data["time"] = _fields(self.time)
        data["phrase"] = _fields(self.phrase)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fact:
        """The inverse of `to_json`. Raises KeyError or TypeError on a mapping that `to_json` did not make."""
        fields = dict(data)
        fields["quantity"] = None if data["quantity"] is None else Quantity(**data["quantity"])
        fields["time"] = None if data["time"] is None else TimeExpression(**data["time"])
        fields["phrase"] = Phrase(**data["phrase"])
        return cls(**fields)


def _fields(value: Quantity | TimeExpression | Phrase | None) -> dict[str, Any] | None:
    return None if value is None else {name: getattr(value, name) for name in value.__slots__}
