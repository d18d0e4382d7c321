"""Rows of tables and lists: what a line of figures is about, and which column a figure stands in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz import fuzz

from monitor.changes.folding import fold, tokens

_CELLS = re.compile(r"[|\t]")
_LABELLED = re.compile(r"(?P<label>[^:=\d]*+)[:=]\s*[^\w\s]?\d[\d\W]*$")
_BARE = re.compile(r"(?P<label>[^\W\d_][^\d:=|\t.!?;“”\"]*?) (?P<figures>\d[\d.,]*(?: ?(?:to|[-–]) ?\d[\d.,]*)?)%?$")
_SMALL = 4  # letters: a longer word of a name has a capital
_RUN = 3  # so many lines of a name and a figure in a row are a table that lost its lines
_FIGURE = re.compile(r"\d[\d.,]*")
_JOINED = re.compile(r"\band\b|&")
_FRAME = " \t-–•*·"
_LONG = 400  # a longer line is prose
_ONE_NAME = 0.7  # of two labels or headings: below it they name two things
_OTHER_COLUMN = 0.3  # how much less alike two figures are when their columns are counted and not named
_OTHER_HEADING = 0.2  # the same when the columns have one place and two names


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a figure stands: "| North | 41 | 3 |" has 3 in column 1 of the row ("north",)."""

    row: tuple[str, ...]
    column: int
    heading: str
    """What stands above it in the first row of the table, if that row names columns."""
    name: str
    """For readers: "North, injured"."""


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    labelled: int
    """Where its label ends."""
    label: tuple[str, ...]
    name: str
    headings: Sequence[str]


class Rows:
    """The rows of figures in a text. Reading them takes time in proportion to the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._rows = list(_rows(text))
        self._starts = [row.start for row in self._rows]

    def cell(self, offset: int) -> Cell | None:
        """The cell of what stands at the offset; null in prose, and in the label of a row itself."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or not self._rows[index].labelled <= offset < self._rows[index].end:
            return None
        row = self._rows[index]
        line, between = self._text[row.start : row.end], self._text[row.labelled : offset]
        if not _CELLS.search(line):
            return Cell(row.label, len(_FIGURE.findall(between)), "", row.name)
        column = len(_CELLS.findall(between))
        place = len(_CELLS.findall(self._text[row.start : offset]))
        heading = row.headings[place] if place < len(row.headings) else ""
        return Cell(row.label, column, fold(heading), f"{row.name}, {heading}" if heading else row.name)


def row_name(line: str) -> str | None:
    """What a row of figures calls itself: "North" of "| North | 41 |" and of "North 41"; null for prose."""
    row = _row(line, 0, ()) or _bare_row(line, 0)
    return None if row is None else row.name


def same_cell(old: Cell, new: Cell) -> float:
    """How sure it is that two cells are one, 0 to 1: the label decides, then the column."""
    if len(old.row) != len(new.row):
        return 0.0
    likeness = min(map(_alike, old.row, new.row))
    if not old.heading or old.heading != new.heading:
        if old.column != new.column:
            likeness -= _OTHER_COLUMN
        elif old.heading and new.heading:
            likeness -= _OTHER_HEADING
    return likeness if likeness >= _ONE_NAME else 0.0


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    rest = long.replace(short, "", 1)
    if len(rest) < len(long) and _JOINED.search(rest):
        return 0.0  # "Isles of Scilly", and "Cornwall and Isles of Scilly": one is a part of the other
    return fuzz.ratio(tokens(one), tokens(other)) / 100


def _rows(text: str) -> Iterator[_Row]:
    start = 0
    headings: list[str] = []
    within = False  # past the headings of a table
    run: list[_Row] = []
    for line in text.split("\n"):
        row = _row(line, start, headings)
        bare = None if row else _bare_row(line, start)
        if bare:
            run.append(bare)
        elif line.strip():
            yield from run if len(run) >= _RUN else ()
            run = []
        if row:
            yield row
            within = True
        elif len(line) <= _LONG and _CELLS.search(line):
            if any(c.isalpha() for c in line):
                headings = _joined([] if within else headings, line)
                within = False
        else:
            headings, within = [], False
        start += len(line) + 1
    yield from run if len(run) >= _RUN else ()


def _joined(headings: Sequence[str], line: str) -> list[str]:
    """The headings of a table whose heading goes on in the next line."""
    pairs = zip_longest(headings, (" ".join(cell.split()) for cell in _CELLS.split(line)), fillvalue="")
    return [f"{above} {below}".strip() for above, below in pairs]


def _row(line: str, start: int, headings: Sequence[str]) -> _Row | None:
    """A line whose first cells are words and some later one is a figure."""
    if len(line) > _LONG or not _FIGURE.search(line):
        return None
    if not _CELLS.search(line):
        found = _LABELLED.match(line)
        if found is None or not any(c.isalpha() for c in found["label"]):
            return None
        return _named(line, start, found.end("label"), (fold(found["label"].strip(_FRAME)),), ())
    cells = _CELLS.split(line)
    words = next((index for index, cell in enumerate(cells) if _FIGURE.match(cell.strip())), 0)
    label = tuple(fold(cell) for cell in cells[:words] if cell.strip())
    if not any(c.isalpha() for cell in label for c in cell):
        return None
    return _named(line, start, sum(len(cell) + 1 for cell in cells[:words]) - 1, label, headings)


def _named(line: str, start: int, labelled: int, label: tuple[str, ...], headings: Sequence[str]) -> _Row:
    cells = (" ".join(cell.split()) for cell in _CELLS.split(line[:labelled].strip(_FRAME + "|")))
    name = ", ".join(cell.rstrip(":") for cell in cells if cell)
    return _Row(start, start + len(line), start + labelled, label, name, headings)


def _bare_row(line: str, start: int) -> _Row | None:
    """A line of a name and a figure and nothing else: "Bristol, City of 7"."""
    if len(line) > _LONG or (not line[-1:].isdigit() and line[-1:] != "%"):
        return None
    found = _BARE.match(line)
    if found is None or not all(word[0].isupper() or len(word) <= _SMALL for word in found["label"].split()):
        return None
    return _named(line, start, found.end("label"), (fold(found["label"].strip(_FRAME)),), ())
