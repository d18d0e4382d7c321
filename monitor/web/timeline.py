"""The timeline of an Article as a picture: its Versions on an axis of time, marked by what changed. Pure.

Versions that lie too close to be told apart stand on each other as a column. Most edits come within hours of
publication: where a plain axis would heap them all up at its start, it is stretched there, by the logarithm of the time
since the first Version.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.web.wording import count, moment
from storage.histories import Moment

WIDE, NARROW = 1000, 340
"""Widths of the two pictures, for a screen and for a phone: text in them must not be scaled."""
HEIGHT = 76
"""Of the room for marks."""
STEP = 11
"""Width of a column."""
_DOTS = 6
"""So many Versions stand on each other as dots; where there are more, all columns are bars."""
_STRETCH = timedelta(minutes=1)
_WORTH = 1.5
"""So many times more columns must be told apart on a stretched axis than on a plain one."""
_SORTS = ("high", "medium", "low", "wording")

_AGES = tuple(
    (timedelta(seconds=seconds), words) for seconds, words in (
        (60, "1 min"), (600, "10 min"), (3600, "1 h"), (6 * 3600, "6 h"), (86400, "1 day"), (7 * 86400, "1 week"),
        (30 * 86400, "1 month"), (182 * 86400, "6 months"), (365 * 86400, "1 year"), (5 * 365 * 86400, "5 years"),
    )
)  # fmt: skip
_STEPS = tuple(
    timedelta(seconds=seconds) for seconds in (
        60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 30 * 86400,
        91 * 86400, 182 * 86400, 365 * 86400, 5 * 365 * 86400,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One dot, or a part of a bar."""

    sort: str
    """`first`, `high`, `medium`, `low`, `wording`."""
    x: float
    y: float
    height: float
    """0 of a dot."""
    link: str
    title: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Above a column in which the publisher admits a change."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on the axis."""

    x: float
    label: str
    anchor: str
    """Where the label stands: `start`, `middle`, `end`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in units of the picture; y grows downwards and is HEIGHT on the axis."""

    width: int
    top: int
    """Where it begins: a picture of few Versions is no higher than they are."""
    marks: Sequence[Mark]
    flags: Sequence[Flag]
    ticks: Sequence[Tick]
    stretched: bool


def pictures(moments: Sequence[Moment], article_id: int, now: datetime) -> tuple[Picture, Picture] | None:
    """The wide and the narrow one; None while there is no Version."""
    if not moments:
        return None
    return _picture(moments, article_id, now, WIDE), _picture(moments, article_id, now, NARROW)


def in_words(moments: Sequence[Moment], now: datetime) -> str:
    """What the picture shows: "12 versions from 3 Nov, 14:05 to 22 Nov, 09:10; facts changed in 4 of them, 1 with a
    notice"."""
    changed = sum(1 for each in moments if each.severity)
    admitted = sum(1 for each in moments if each.acknowledged)
    first, last = moments[0].at, moments[-1].at
    span = f"on {moment(first, now)}" if len(moments) == 1 else f"from {moment(first, now)} to {moment(last, now)}"
    none = "; no facts changed" if len(moments) > 1 else ""
    told = f"; facts changed in {changed:,} of them" if changed else none
    return f"{count(len(moments), 'version')} {span}{told}{f', {admitted:,} with a notice' if admitted else ''}"


def _picture(moments: Sequence[Moment], article_id: int, now: datetime, width: int) -> Picture:
    first, end = moments[0].at, max(now, moments[-1].at + timedelta(seconds=1))
    room = width - 2 * STEP
    plain, stretched = _plain(first, end, room), _stretched(first, end, room)
    columns, by_age = _columns(moments, plain), _columns(moments, stretched)
    stretch = len(by_age) >= _WORTH * len(columns)
    if stretch:
        columns = by_age
    fullest = max(len(column) for column in columns.values())
    marks: list[Mark] = []
    flags: list[Flag] = []
    for place, column in sorted(columns.items()):
        x = STEP + place * STEP
        top = _dots(marks, column, x, article_id, moments[0].number, now) if fullest <= _DOTS else (
            _bar(marks, column, x, article_id, fullest, now)
        )  # fmt: skip
        if any(each.acknowledged for each in column):
            flags.append(Flag(x, max(4.0, top - 7)))
    ticks = _ages(first, end, stretched, width) if stretch else _dates(first, end, plain, width)
    highest = min([*(mark.y - 5 for mark in marks), *(flag.y - 5 for flag in flags)])
    return Picture(width, max(0, int(highest)), marks, flags, ticks, stretch)


def _plain(first: datetime, end: datetime, room: float) -> Callable[[datetime], float]:
    span = (end - first).total_seconds() or 1.0
    return lambda at: (at - first).total_seconds() / span * room


def _stretched(first: datetime, end: datetime, room: float) -> Callable[[datetime], float]:
    longest = math.log1p((end - first) / _STRETCH) or 1.0
    return lambda at: math.log1p(max(0.0, (at - first) / _STRETCH)) / longest * room


def _columns(moments: Sequence[Moment], scale: Callable[[datetime], float]) -> dict[int, list[Moment]]:
    columns: defaultdict[int, list[Moment]] = defaultdict(list)
    for each in moments:
        columns[int(scale(each.at) // STEP)].append(each)
    return columns


def _dots(marks: list[Mark], column: Sequence[Moment], x: float, article_id: int, first: int, now: datetime) -> float:
    """One above the other, the first Version lowest. Returns where they end."""
    y = float(HEIGHT)
    for each in column:
        y -= STEP
        sort = "first" if each.number == first else each.severity or "wording"
        title = f"Version {each.number}, {moment(each.at, now)}: {_said(each, first)}"
        marks.append(Mark(sort, x, y + STEP / 2, 0, _link(article_id, each), title))
    return y


def _bar(marks: list[Mark], column: Sequence[Moment], x: float, article_id: int, fullest: int, now: datetime) -> float:
    """As high as there are Versions, in parts by what changed, the gravest lowest. Returns where it ends."""
    unit = (HEIGHT - STEP) / fullest
    y = float(HEIGHT)
    span = f"{moment(column[0].at, now)} to {moment(column[-1].at, now)}" if len(column) > 1 else (
        moment(column[0].at, now)
    )  # fmt: skip
    for sort in _SORTS:
        some = [each for each in column if (each.severity or "wording") == sort]
        if some:
            height = max(1.5, unit * len(some))
            y -= height
            what = "only the wording changed" if sort == "wording" else f"facts changed, {sort} severity"
            marks.append(
                Mark(sort, x, y, height, _link(article_id, some[-1]), f"{count(len(some), 'version')}, {span}: {what}")
            )
    return y


def _said(each: Moment, first: int) -> str:
    if each.number == first:
        return "the first seen" if first == 1 else "the first of those drawn"
    what = f"facts changed, {each.severity} severity" if each.severity else "only the wording changed"
    return f"{what}, with a notice" if each.acknowledged else what


def _link(article_id: int, each: Moment) -> str:
    return f"/articles/{article_id}/compare/{max(1, each.number - 1)}/{each.number}"


def _ages(first: datetime, end: datetime, scale: Callable[[datetime], float], width: int) -> list[Tick]:
    ticks = [Tick(STEP, "first seen", "start")]
    for age, words in _AGES:
        x = STEP + scale(first + age)
        if age < end - first and x - ticks[-1].x > 64 and (x < width - 40):
            ticks.append(Tick(round(x, 1), words, "middle"))
    return ticks


def _dates(first: datetime, end: datetime, scale: Callable[[datetime], float], width: int) -> list[Tick]:
    """At the ends, and at round times between them."""
    span = end - first
    wanted = 3 if width == NARROW else 7
    step = next((step for step in _STEPS if span / step <= wanted), _STEPS[-1])
    label = _label(span)
    at = first.replace(minute=0, second=0, microsecond=0)
    if step >= timedelta(days=1):
        at = at.replace(hour=0)
    ticks: list[Tick] = []
    while at <= end:
        x, words = STEP + scale(at), label(at)
        if at >= first and 24 <= x <= width - 24 and (not ticks or ticks[-1].label != words):
            ticks.append(Tick(round(x, 1), words, "middle"))
        at += step
    return ticks or [Tick(STEP, label(first), "start")]


def _label(span: timedelta) -> Callable[[datetime], str]:
    if span < timedelta(days=2):
        return lambda at: f"{at:%H:%M}"
    if span < timedelta(days=150):
        return lambda at: f"{at.day} {at:%b}"
    return lambda at: f"{at:%b} {at.year}"
