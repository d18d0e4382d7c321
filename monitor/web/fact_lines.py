"""Statements through the Versions, ready to be shown: their values in turn, and how the last one was read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from monitor.changes.wording import value_words
from monitor.facts.model import Fact as Reading
from monitor.web.charts import drawable
from monitor.web.sentences import Marked, excerpt
from monitor.web.wording import value_read
from storage import histories
from storage.tables import Fact


@dataclass(frozen=True, slots=True)
class Step:
    """A value of a statement, the Version that first had it, and its row."""

    value: str
    number: int
    row: Fact


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its latest values, oldest first."""

    SHOWN: ClassVar[int] = 8
    """Rows that are looked at where many statements are shown; further back leads the page of the statement."""

    line_id: int
    steps: Sequence[Step]
    reading: Reading
    """How it stands, or last stood."""
    last: Fact
    more: bool
    """Whether it has earlier rows than these."""
    drawn: bool
    """Whether its values make a chart."""

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.last.subject or self.last.kind

    @property
    def stands(self) -> bool:
        """Whether the current Version still says it."""
        return self.last.to_number is None

    @property
    def moved(self) -> bool:
        """Whether it had another value before."""
        return len(self.steps) > 1

    @property
    def read(self) -> str:
        """How its last value was read."""
        return value_read(self.reading)

    @property
    def excerpt(self) -> Marked:
        """Its last value among the words around it."""
        return excerpt(self.reading)


def lines(rows: Sequence[histories.Line]) -> list[Line]:
    """These statements, in this order."""
    return [line(each) for each in rows]


def line(kept: histories.Line) -> Line:
    """One statement; a new sentence around the same value is no step."""
    readings = [Reading.from_json(row.body) for row in kept.rows]
    valued = [
        Step(value_words(reading), row.from_number, row) for reading, row in zip(readings, kept.rows, strict=True)
    ]
    steps = [next(group) for _, group in groupby(valued, key=lambda step: step.value)]
    return Line(
        line_id=kept.last.line_id or 0,
        steps=steps,
        reading=readings[-1],
        last=kept.last,
        more=kept.count > len(kept.rows),
        drawn=drawable([reading.quantity for reading in readings]),
    )
