"""Whether two times say the same: written values, what they resolve to, and the part that they play."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from monitor.changes.folding import fold, tokens
from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact, TimeExpression

Verdict = Literal["same", "compatible", "hedge", "time"]

# Words that stand for the same part: "on 3 May" and "3 May"; "by" and "until" both end something.
_PART = {None: "on", "on": "on", "about": "on", "by": "end", "until": "end", "since": "start", "from-to": "span"}
_APPROXIMATE = frozenset({"APPROX"})
_NUMBERED = frozenset("0123456789X")
_MONTHS = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_CLOCK = re.compile(r"T(\d{2})(?::(\d{2}))?(?::\d{2})?")
_SHAPES = re.compile(r"<[^<>]+>")
_CLOCKS = frozenset({"<clock>", "<noon>"})
_HALF = re.compile(r"(?i)[ap]\.?m\b")
_AFTERNOON = 13 * 60  # minutes
_ZONE_NAME = re.compile(r"\b(?!AM\b|PM\b)[A-Z]{2,5}\b")
_ZONE = re.compile(r"(?:Z|[+-]\d\d(?::?\d\d)?)?$")
_YEAR = 4  # digits
_REFERENCE = re.compile(r"^(PRESENT|PAST|FUTURE)_REF")


def judge_times(before: Fact, after: Fact, words: ContextWords) -> Verdict:
    """`judge_moments` of two facts. "June 2019" supplies no year to "June of this year": that names one."""
    if before.time is None or after.time is None:
        return "time"
    guessed = any(not _names_year(fact, words) for fact in (before, after))
    return judge_moments(before.time, after.time, guessed=guessed)


def judge_moments(before: TimeExpression, after: TimeExpression, *, guessed: bool = True) -> Verdict:
    """`same`, `compatible` (one is the other in less detail), `hedge` (the same time held differently) or `time`.

    guessed: whether the year of one of them, if it is not explicit, is only a guess.
    """
    apart = _calendar(before, after, guessed) if _known(before) and _known(after) else _written(before, after)
    if apart == "time":
        return "time"
    parts = {_PART[before.role], _PART[after.role]}
    if parts == {"start", "end"}:
        return "time"
    if parts == {"on", "end"} and apart == "same":
        return "hedge"
    if _opposed(before.mod, after.mod):
        return "time"
    if _vague(before) != _vague(after) and apart == "same":
        return "hedge"
    return apart


def deadline(time: TimeExpression) -> bool:
    """Whether the time is itself what the statement promises ("by 31 December"), and not when something happened."""
    return time.role in ("by", "until")


def grain(time: TimeExpression) -> str:
    """How long a stretch the time names: year, month, week, day (an hour of a day counts as that day), or vague."""
    value = time.value.split("T")[0]
    if time.mod or value[:1] not in _NUMBERED:
        return "vague"
    return {4: "year", 7: "month", 8: "week", 10: "day"}.get(len(value), "vague")


def day_of(time: TimeExpression) -> date | None:
    """The day meant, when exactly one is."""
    if time.start is None or (time.end is not None and time.end[:10] != time.start[:10]):
        return None
    try:
        return date.fromisoformat(time.start[:10])
    except ValueError:
        return None


def later(before: Fact, after: Fact) -> timedelta | None:
    """By how much the second time is the later one: in days, or by the clock where the day is one or neither names it.

    Null where that cannot be told, or is nothing.
    """
    if before.time is None or after.time is None:
        return None
    clocks = [_minutes(fact.time.value) for fact in (before, after) if fact.time]
    days = day_of(before.time), day_of(after.time)
    if not (_mere_clock(before) and _mere_clock(after)):
        if days[0] is None or days[1] is None:
            return None
        if days[0] != days[1]:
            return days[1] - days[0]
    if None in clocks or not _same_dial(before, after):
        return None
    return timedelta(minutes=(clocks[1] or 0) - (clocks[0] or 0)) or None


def _mere_clock(fact: Fact) -> bool:
    """ "10pm", whose day is another expression's: when that is moved, the hour is not."""
    shapes = set(_SHAPES.findall(fact.rule))
    return bool(shapes) and shapes <= _CLOCKS


def _minutes(value: str) -> int | None:
    """Since midnight."""
    found = _CLOCK.search(value)
    return int(found[1]) * 60 + int(found[2] or 0) if found else None


def _same_dial(before: Fact, after: Fact) -> bool:
    """Whether two clocks can be held against one another: "9am EST" and "9am" cannot, nor "2pm" and "2:30"."""
    if _zone(before) != _zone(after):
        return False
    open_halves = [fact for fact in (before, after) if not _names_half(fact)]
    return len(open_halves) != 1


def _zone(fact: Fact) -> tuple[str, frozenset[str]]:
    """ "Z" or "+02:00" of the value, and a name in the quote ("BST")."""
    found = _ZONE.search(fact.time.value if fact.time else "")
    return found[0] if found else "", frozenset(_ZONE_NAME.findall(fact.quote))


def _names_half(fact: Fact) -> bool:
    """Whether the half of the day is certain: "2pm", "noon", "14:30", and not "2:30"."""
    digits = any(c.isdigit() for c in fact.quote)
    late = (_minutes(fact.time.value if fact.time else "") or 0) >= _AFTERNOON
    return late or not digits or _HALF.search(fact.quote) is not None


def _known(time: TimeExpression) -> bool:
    return bool(time.start and time.end) and not time.value.startswith("XXXX")


def _names_year(fact: Fact, words: ContextWords) -> bool:
    written = tokens(fold(fact.quote))
    return any(word in words.years or (len(word) == _YEAR and word.isdigit()) for word in written)


def _calendar(before: TimeExpression, after: TimeExpression, guessed: bool) -> Verdict:
    """Two resolved times: the same days, one inside the other, or apart."""
    old, new = (_bounds(before), _bounds(after))
    if old == new:
        return _clock(before, after)
    if (
        guessed
        and {before.basis, after.basis} != {"explicit"}
        and _but_year(before.value) == _but_year(after.value) != ""
    ):
        return "compatible"  # the year was a guess, and was supplied ("October 7" -> "October 7, 2023")
    inside = (old[0] <= new[0] and new[1] <= old[1]) or (new[0] <= old[0] and old[1] <= new[1])
    return "compatible" if inside else "time"


def _bounds(time: TimeExpression) -> tuple[str, str]:
    return (time.start or "")[:10], (time.end or "")[:10]


def _but_year(value: str) -> str:
    return value[4:10] if _MONTHS.match(value) else ""


def _clock(before: TimeExpression, after: TimeExpression) -> Verdict:
    """The hour, when both give one: "9am" and "09:00" are the same, a time of day against none adds detail."""
    old, new = _CLOCK.search(before.value), _CLOCK.search(after.value)
    if old and new:
        return "same" if (old[1], old[2] or "00") == (new[1], new[2] or "00") else "time"
    part_old, part_new = _part_of_day(before.value), _part_of_day(after.value)
    if part_old and part_new and part_old != part_new:
        return "time"
    return "same" if bool(old) == bool(new) and part_old == part_new else "compatible"


def _part_of_day(value: str) -> str:
    match = re.search(r"T([A-Z]{2})$", value)
    return match[1] if match else ""


def _written(before: TimeExpression, after: TimeExpression) -> Verdict:
    """At least one is unresolved: fields that both give must agree ("30 June" and "30 June 2021" do)."""
    old, new = before.value, after.value
    if old == new:
        return "same"
    if _REFERENCE.match(old) or _REFERENCE.match(new):
        return "compatible"  # "now", "recently": says too little to contradict anything
    old_fields, new_fields = re.split(r"[-T:]", old), re.split(r"[-T:]", new)
    if ("W" in old) != ("W" in new):
        return "compatible" if "X" in old + new else "time"
    for one, other in zip(old_fields, new_fields, strict=False):
        if not _agree(one, other):
            return "time"
    return "compatible" if len(old_fields) != len(new_fields) else "same"


def _agree(one: str, other: str) -> bool:
    if len(one) != len(other):
        return one.startswith(other) or other.startswith(one)
    return all(a == b or "X" in (a, b) for a, b in zip(one, other, strict=True))


def _opposed(old: str | None, new: str | None) -> bool:
    return {old, new} in ({"START", "END"}, {"BEFORE", "AFTER"}, {"START", "MID"}, {"MID", "END"})


def _vague(time: TimeExpression) -> bool:
    return time.mod in _APPROXIMATE or time.role == "about"
