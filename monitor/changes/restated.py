"""Whether a text says a fact anywhere, in whatever words: then dropping or repeating one mention is no news."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from monitor.changes.amounts import judge_figures
from monitor.changes.kinship import akin, bare, befell, family
from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact, Quantity

_AKIN = 0.55  # as pairing sees it: the same thing, or one of which a side does not say what it is
_SURE = 0.8  # the same thing, by name or by a general name
_BARE = 0.3  # two numerals of which neither text says what they count
_STEP = math.log(1.3)  # values whose logarithms lie further apart never restate each other
_ENOUGH = 40  # of facts alike in size: a longer list is a table, in which one more look-up tells nothing
_MONTH = 7  # characters of an ISO month: "6 March" and "March" restate each other, "6 March" and "2024" do not


class Restated:
    """The facts of one text, looked up by value. Building and each look-up take time in proportion to what is alike."""

    def __init__(self, facts: Iterable[Fact | None], words: ContextWords) -> None:
        self._words = words
        self._amounts: dict[tuple[str, int], list[Fact]] = defaultdict(list)
        self._exact: dict[tuple[str, int | float | None, int | float | None], list[Fact]] = defaultdict(list)
        self._loose: dict[str, list[Fact]] = defaultdict(list)
        self._times: set[str] = set()
        for fact in facts:
            if fact is not None:
                self.add(fact)

    def add(self, fact: Fact) -> None:
        """One more fact that is said."""
        if fact.time is not None and fact.quantity is None:
            self._times.update(_details(fact.time.value))
        elif fact.quantity is not None and fact.quantity.hedge == "indefinite":
            self._loose[family(fact)].append(fact)
        elif fact.quantity is not None:
            self._amounts[family(fact), _size(fact)].append(fact)
            self._exact[family(fact), *_figures(fact.quantity)].append(fact)

    def __contains__(self, fact: Fact) -> bool:
        if fact.time is not None and fact.quantity is None:
            return fact.time.value in self._times
        return self.mention(fact) is not None or any(
            akin(fact, other, self._words) >= _AKIN and _says(fact, other) and not befell(fact, other, self._words)
            for other in self._candidates(fact)
        )

    def repeats(self, fact: Fact) -> bool:
        """Whether the very figure or time is here already."""
        if fact.time is not None and fact.quantity is None:
            return fact.time.value in self._times
        return self.mention(fact) is not None

    def mention(self, fact: Fact) -> Fact | None:
        """The first fact that gives the same figure of the same thing; null for times and when there is none."""
        return next(self.mentions(fact), None)

    def mentions(self, fact: Fact) -> Iterator[Fact]:
        """Every fact that gives the same figure of the same thing, however hedged."""
        if fact.quantity is None:
            return
        for other in self._exact.get((family(fact), *_figures(fact.quantity)), ())[:_ENOUGH]:
            needed = _BARE if bare(fact) else _SURE if fact.noun or fact.predicate else _AKIN
            if akin(fact, other, self._words) >= needed and _says(fact, other):
                yield other

    def _candidates(self, fact: Fact) -> Iterator[Fact]:
        kind = family(fact)
        yield from self._loose.get(kind, ())[:_ENOUGH]
        sizes = range(_size(fact) - 1, _size(fact) + 2)
        for size in sizes:
            yield from self._amounts.get((kind, size), ())[:_ENOUGH]
            if kind != "people":
                yield from self._amounts.get(("people", size), ())[:_ENOUGH]  # a bare number that lacks its unit


def _figures(quantity: Quantity) -> tuple[int | float | None, int | float | None]:
    """What was written, whatever the hedge: of an open interval its closed end, twice."""
    lower, upper = quantity.lower, quantity.upper
    return (upper if lower is None else lower), (lower if upper is None else upper)


def _says(fact: Fact, other: Fact) -> bool:
    """Whether both give one figure, however hedged: a headline drops the "at least" of the text."""
    return judge_figures(fact, other) != "value"


def _details(value: str) -> Iterator[str]:
    """A date and what it is in less detail, down to the month."""
    yield value
    if len(value) > _MONTH and value[:4].isdigit() and "W" not in value:
        yield value[:_MONTH]
        yield value[:10]


def _size(fact: Fact) -> int:
    quantity = fact.quantity
    bound = None if quantity is None else quantity.lower if quantity.lower is not None else quantity.upper
    if not bound or not 0 < abs(bound) < math.inf:
        return 0
    return round(math.log(abs(bound)) / _STEP)
