"""Times, sizes, states and readings of facts in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from monitor.changes import ChangeType
from monitor.facts.model import Fact, Kind, Quantity, TimeExpression

_STATES = {
    "new": "not checked yet",
    "ok": "readable",
    "gone": "gone",
    "walled": "behind a wall",
    "refused": "not fetched",
    "failed": "failing",
    "suspect": "in doubt",
    "redirected": "redirected elsewhere",
}

KINDS: Mapping[Kind, str] = {
    "casualties": "casualties", "detained": "people detained", "displaced": "people displaced",
    "personnel": "personnel", "count": "numbers of things", "money": "money", "percent": "percentages",
    "measure": "measures", "rate": "rates", "age": "ages", "duration": "durations", "date": "dates", "time": "times",
    "set": "frequencies", "ordinal": "ranks",
}  # fmt: skip
"""Kinds of Fact for people, the gravest first."""

TYPES: Mapping[ChangeType, str] = {
    "value": "a value changed", "time": "a date moved", "hedge": "“at least”, “about” came or went",
    "certainty": "how sure it is", "attribution": "who says it", "removed": "a fact was dropped",
    "added": "a fact was added", "notice": "a notice", "availability": "gone, walled or back",
    "diverged": "sources diverged", "converged": "sources agree again", "corrected": "a source came round",
    "left_behind": "a source is left behind",
    "headline": "the headline", "byline": "the byline", "published": "the publication date",
}  # fmt: skip
"""Types of Change for people."""

_OPEN_HEDGES = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}

_VAGUE = {"PRESENT_REF": "the present", "PAST_REF": "the past", "FUTURE_REF": "the future"}

_UNITS = ((86400 * 365, "year"), (86400, "day"), (3600, "h"), (60, "min"))


def state(name: str) -> str:
    """A state of an Article for people."""
    return _STATES.get(name, name)


def iso(at: datetime) -> str:
    """A time for machines: `2026-11-22T00:44:17Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(at: datetime, now: datetime) -> str:
    """A time for people, in UTC: `22 Nov, 00:44`; with its year when that is not this one."""
    at = at.astimezone(UTC)
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {at:%b}{year}, {at:%H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, or in how long: `3 h ago`, `in 12 min`, `now`."""
    words = lasted(abs(now - at))
    if words == "under a minute":
        return "just now" if at <= now else "now"
    return f"{words} ago" if at < now else f"in {words}"


def lasted(span: timedelta) -> str:
    """A length of time in its largest unit, rounded down: `2 days`, `3 h`, `12 min`."""
    seconds = int(span.total_seconds())
    for length, unit in _UNITS:
        amount = seconds // length
        if amount:
            return count(amount, unit) if length >= 86400 else f"{amount} {unit}"
    return "under a minute"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 version`, `1,200 versions`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(octets: int) -> str:
    """A number of bytes: `812 B`, `27 kB`, `1.4 MB`, `4.7 GB`."""
    if octets < 1000:
        return f"{octets} B"
    if octets >= 1_000_000_000:
        return f"{octets / 1_000_000_000:.1f} GB"
    return f"{octets / 1000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


def date_written(iso_date: str) -> str:
    """An ISO date, or date-time, as `30 June 2023`; anything else as it is."""
    try:
        day = date.fromisoformat(iso_date[:10])
    except ValueError:
        return iso_date
    return f"{day.day} {day:%B %Y}"


def reading(fact: Fact) -> str:
    """How a Fact was read, for a person who checks it: `at least 170 · peacekeepers killed · casualties`."""
    return " · ".join(part for part in (_value(fact), fact.subject, fact.kind, *_circumstances(fact)) if part)


def value_read(fact: Fact) -> str:
    """How the value of a Fact was read, and who says it, where what it is about is shown beside."""
    return " · ".join(part for part in (_value(fact), *_circumstances(fact)) if part)


def _value(fact: Fact) -> str:
    if fact.time and (fact.time.start or not fact.quantity):
        return _time(fact, fact.time)
    return _amount(fact.quantity) if fact.quantity else fact.quote


def _circumstances(fact: Fact) -> Iterator[str]:
    if fact.as_of:
        yield f"as of {date_written(fact.as_of)}"
    if fact.certainty != "asserted":
        yield fact.certainty
    if fact.attribution:
        yield f"said by {fact.attribution}"


def _amount(quantity: Quantity) -> str:
    low, high = _number(quantity.lower), _number(quantity.upper)
    match quantity.hedge:
        case "at_least" | "more_than":
            words = f"{_OPEN_HEDGES[quantity.hedge]} {low or high}"
        case "at_most" | "less_than":
            words = f"{_OPEN_HEDGES[quantity.hedge]} {high or low}"
        case "indefinite":
            words = f"an indefinite number, {low} or more" if low else "an indefinite number"
        case _ if low != high and low and high:
            words = f"{low} to {high}"
        case _:
            words = f"{'about ' if quantity.hedge == 'about' else ''}{low or high}"
    words = f"{words} {quantity.unit}" if quantity.unit else words
    return {"up": "up by ", "down": "down by "}.get(quantity.trend or "", "") + words


def _number(value: int | float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) or not float(value).is_integer() else f"{int(value):,}"


def _time(fact: Fact, time: TimeExpression) -> str:
    if not time.start or not time.end:
        return _VAGUE.get(time.value) or (time.value if time.basis == "explicit" else f"{time.value}, not resolved")
    role = f"{time.role} " if time.role in ("by", "since", "until", "about") else ""
    words = role + days_written(time.start, time.end)
    if time.basis == "anchored":
        return f"{words} (from another date in the text)"
    stands_alone = time.basis == "explicit" or any(year in fact.quote for year in (time.start[:4], time.end[:4]))
    return words if stands_alone else f"{words} (from the day of publication)"


def days_written(start: str, end: str) -> str:
    """A span of ISO dates: `30 June 2023`, `June 2023`, `2023`, `19 June 2023 to 25 June 2023`."""
    try:
        first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    except ValueError:
        return start if start == end else f"{start} to {end}"
    if first == last:
        return date_written(start)
    after = last + timedelta(days=1) if last < date.max else last
    if first.day == after.day == 1:
        if (after.year, after.month) == (first.year + first.month // 12, first.month % 12 + 1):
            return f"{first:%B} {first.year}"
        if first.month == after.month == 1 and after.year == first.year + 1:
            return str(first.year)
    return f"{date_written(start)} to {date_written(end)}"
