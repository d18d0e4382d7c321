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
_FIGURE_CELL = re.compile(r"(?:[A-Z]{2,3}\$? ?)?[^\w\s]{0,3}\d")
_MISSING = re.compile(r"(?i)n\.?/?a\.?|nil|none|unknown|suppressed")
_SHORT = 4  # words of a cell that gives a figure
_YEARS = re.compile(r"\|?[^|\t\d]*(?:[|\t]\s*(?:19|20)\d\d(?:[/–-]\d\d(?:\d\d)?)?\s*)+\|?")
_JOINED = re.compile(r"\band\b|&")
_FRAME = " \t-–•*·"
_LONG = 400  # a longer line is prose
_ONE_NAME = 0.7  # of two labels or headings: below it they name two things
_HEADINGS = 3  # lines at most
_LONGEST_HEADING = 80
_PAIR = 2  # cells of a table of facts: what is told, and what it is
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
    begins: int
    """Where its label begins; before it stands a rank."""
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
        if (
            index < 0
            or offset >= self._rows[index].end
            or self._rows[index].begins <= offset < self._rows[index].labelled
        ):
            return None
        row = self._rows[index]
        if not _CELLS.search(self._text, row.start, row.end):
            return Cell(row.label, len(_FIGURE.findall(self._text, row.labelled, offset)), "", row.name)
        column = len(_CELLS.findall(self._text, row.start, offset))
        heading = row.headings[column] if column < len(row.headings) else ""
        return Cell(row.label, column, fold(heading), f"{row.name}, {heading}" if heading else row.name)

    def labels(self, offset: int) -> bool:
        """Whether what stands at the offset is part of the label of a row: "100,000" of "| Per 100,000 | 12 |"."""
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and self._rows[index].begins <= offset < self._rows[index].labelled


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
        if old.heading and new.heading and old.column != new.column:
            return 0.0  # "Deaths 2022" and, one further, "Deaths 2024"
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
    lines = text.split("\n")
    all_figures = _followed_by_figures(lines)
    start = heights = 0
    headings: list[str] = []
    within = False  # past the headings of a table
    run: list[_Row] = []
    for line, below, followed in zip(lines, _below(lines), all_figures, strict=True):
        heads = not within and (_is_years(line, labelled=not headings) or _is_of_words(line, below))
        row = None if heads else _row(line, start, headings)
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
            if within and len(_filled(line)) == 1:
                pass  # "| Rebels | | |": the name of a group of rows, below the same headings
            elif heads or any(c.isalpha() for c in line):
                heights = 1 if within else heights + 1
                if heights > _HEADINGS or (not followed and not heads and _width(line) <= _PAIR):
                    headings = []  # "| Status | Missing |": one more row of words, and no heading
                else:
                    headings = _joined([] if within else headings, line)
                within = False
        elif line.strip():  # rows may be paragraphs of their own
            headings, within, heights = [], False, 0
        start += len(line) + 1
    yield from run if len(run) >= _RUN else ()


def _below(lines: Sequence[str]) -> list[str]:
    """Of each line the next one that is not blank."""
    found, below = [""] * len(lines), ""
    for index in range(len(lines) - 1, -1, -1):
        found[index] = below
        below = lines[index] if lines[index].strip() else below
    return found


def _followed_by_figures(lines: Sequence[str]) -> list[bool]:
    """Of each line whether the rest of its table, two rows or more, is rows of figures."""
    found = [False] * len(lines)
    rows, figures = 0, True
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if not line.strip():
            continue
        found[index] = figures and rows > 1
        if len(line) > _LONG or not _CELLS.search(line):
            rows, figures = 0, True
        elif any(c.isalnum() for c in line):
            rows, figures = rows + 1, figures and any(map(_begins_with_figure, _filled(line)[1:]))
    return found


def _width(line: str) -> int:
    """How many columns the table has."""
    return len(_CELLS.split(line.strip().removeprefix("|").removesuffix("|")))


def _filled(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line) if cell.strip()]


def _is_years(line: str, *, labelled: bool) -> bool:
    """The headings of columns that are years: "| Place | 2019 | 2020 |"; below other headings they have no label."""
    if len(line) > _LONG or _CELLS.search(line) is None or _YEARS.fullmatch(line) is None:
        return False
    return labelled or not any(c.isalpha() for c in line)


def _is_of_words(line: str, below: str) -> bool:
    """ "| Region | Last 24 hours | 7 days |": words in each cell, and mere figures below those that have a number."""
    if len(line) > _LONG or _FIGURE.search(line) is None or _width(line) <= _PAIR or _width(line) != _width(below):
        return False
    heads, figures = (_CELLS.split(each.strip()) for each in (line, below))
    numbered = [index for index, cell in enumerate(heads) if _FIGURE.search(cell)]
    mere = (_FIGURE.search(figures[index]) and not any(c.isalpha() for c in figures[index]) for index in numbered)
    return all(any(c.isalpha() for c in cell) for cell in heads if cell.strip()) and all(mere)


def _joined(headings: Sequence[str], line: str) -> list[str]:
    """The headings of a table whose heading goes on in the next line.

    What stands above several columns stands in the first of their cells.
    """
    joined, over = [], ""
    for above, below in zip_longest(headings, (" ".join(cell.split()) for cell in _CELLS.split(line)), fillvalue=""):
        over = above or over
        joined.append(f"{over if below else above} {below}".strip()[:_LONGEST_HEADING])
    return joined


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
    first, last = _label(cells, bool(headings))
    label = tuple(fold(cell) for cell in cells[first:last] if cell.strip())
    given = [cell.strip() for cell in cells[last:] if cell.strip()]
    # "| Killed | At least 170 |" is a row; "| | Pillar 1 | All |" are headings.
    alone = len(given) == 1 and _is_figure(given[0])
    if not label or not (alone or any(map(_begins_with_figure, given))):
        return None
    begins, ends = (sum(len(cell) + 1 for cell in cells[:index]) for index in (first, last))
    return _named(line, start, ends - 1, label, headings, begins if any(cells[:first]) else 0)


def _label(cells: Sequence[str], headed: bool) -> tuple[int, int]:
    """From which cell to before which one the label of a row goes: words, or a day or year at its beginning.

    "North", "16 March"; a year where columns have headings; "North" after the rank of a league. (0, 0): nothing is one.
    """
    said = [cell.strip() for cell in cells]
    first = next(index for index, cell in enumerate(said) if cell)
    if not _begins_with_figure(said[first]):
        last = first
        while last < len(said) and (last == first or _names(said[last])):
            last += 1
        return first, last
    if first + 1 < len(said) and said[first].isdigit() and said[first + 1][:1].isalpha():
        return first + 1, first + 2
    return (first, first + 1) if headed or any(c.isalpha() for c in said[first]) else (0, 0)


def _names(cell: str) -> bool:
    """Whether a cell goes on with the label: neither a figure nor what stands for one that is missing."""
    missing = cell and (_MISSING.fullmatch(cell) or not any(c.isalpha() for c in cell))
    return not missing and not _is_figure(cell)


def _begins_with_figure(cell: str) -> bool:
    return _FIGURE_CELL.match(cell) is not None


def _is_figure(cell: str) -> bool:
    """ "41", "£1.50", "at least 170"."""
    return _begins_with_figure(cell) or (len(cell.split()) <= _SHORT and _FIGURE.search(cell) is not None)


def _named(
    line: str, start: int, labelled: int, label: tuple[str, ...], headings: Sequence[str], begins: int = 0
) -> _Row:
    cells = (" ".join(cell.split()) for cell in _CELLS.split(line[begins:labelled].strip(_FRAME + "|")))
    name = ", ".join(cell.rstrip(":") for cell in cells if cell)
    return _Row(start, start + len(line), start + begins, start + labelled, label, name, headings)


def _bare_row(line: str, start: int) -> _Row | None:
    """A line of a name and a figure and nothing else: "Bristol, City of 7"."""
    if len(line) > _LONG or (not line[-1:].isdigit() and line[-1:] != "%"):
        return None
    found = _BARE.match(line)
    if found is None or not all(word[0].isupper() or len(word) <= _SMALL for word in found["label"].split()):
        return None
    return _named(line, start, found.end("label"), (fold(found["label"].strip(_FRAME)),), ())
