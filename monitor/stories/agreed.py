"""What the sources of a line say on the whole: the figure that most can live with, or how far they are apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact
from monitor.stories.agreement import between, exactness

Standing = Literal["all", "most", "apart"]


@dataclass(frozen=True, slots=True)
class SaidValue:
    """A value that sources give, as one of them puts it, and how many give it."""

    fact: Fact
    scope: str | None
    sources: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """The figure of a line: one that all or most sources agree with, or none."""

    standing: Standing
    fact: Fact
    """The most exact value of those that agree; where nobody agrees, the one that most give."""
    siding: int
    """Sources that give it, or give what may be true together with it."""
    sources: int
    lowest: Fact
    highest: Fact
    """The ends of what all sources say, as they put it; the same fact where there is one value."""


def said(values: Iterable[SaidValue]) -> list[SaidValue]:
    """The values that sources give, put together where they are one; those that most of them give first."""
    counted: dict[object, SaidValue] = {}
    for one in values:
        place = one.fact.quantity, _day(one.fact), one.scope
        known = counted.get(place)
        counted[place] = one if known is None else replace(known, sources=known.sources + one.sources)
    return sorted(counted.values(), key=lambda value: -value.sources)


def agreed(values: Sequence[SaidValue], words: ContextWords) -> Agreed:
    """What these values (at least one) come to. "At least 170", "more than 300" and 303 come to 303."""
    sources = sum(value.sources for value in values)

    @cache  # of forty values some pairs come a dozen times
    def pair(one: int, other: int) -> bool:
        return _beside(values[one], values[other], words)

    def beside(one: int, other: int) -> bool:
        return pair(one, other) if one < other else pair(other, one)

    groups = [[values[at] for at in _siding(at, len(values), beside)] for at in range(len(values))]
    largest = max(groups, key=_size)
    siding = _size(largest)
    best = min(largest, key=lambda value: (exactness(value.fact), -value.sources))
    standing: Standing = "all" if siding == sources else "most" if 2 * siding > sources else "apart"
    ends = sorted((value.fact for value in values), key=_place)
    return Agreed(standing, best.fact, siding, sources, ends[0], ends[-1])


def _siding(value: int, count: int, beside: Callable[[int, int], bool]) -> list[int]:
    """Values that may all be true together with this one: "at least 170" sides with 170 or with 303, not with both."""
    group = [value]
    for other in range(count):
        if other != value and all(beside(other, member) for member in group):
            group.append(other)
    return group


def _size(group: Sequence[SaidValue]) -> int:
    return sum(value.sources for value in group)


def contradicted(fact: Fact, scope: str | None, values: Sequence[SaidValue], words: ContextWords) -> int:
    """How many sources cannot be right if this is."""
    mine = SaidValue(fact, scope, 1)
    return sum(value.sources for value in values if not _beside(mine, value, words))


def _beside(one: SaidValue, other: SaidValue, words: ContextWords) -> bool:
    """Whether both may be right: of two times they may be, whatever they say."""
    if one.scope and other.scope and one.scope != other.scope:
        return True
    return between(one.fact, other.fact, words) != "disagree"


def _day(fact: Fact) -> object:
    """One day is one value, however it is written: "June 16", "Friday"."""
    time = fact.time
    return None if time is None else (time.start, time.end, time.role) if time.start else time.value


def _place(fact: Fact) -> tuple[float, str]:
    """Where a value lies among others."""
    quantity, time = fact.quantity, fact.time
    if quantity:
        low = quantity.lower if quantity.lower is not None else quantity.upper
        return float(low or 0), ""
    return 0.0, (time.start or time.value) if time else ""
