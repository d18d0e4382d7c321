"""When an Alert goes: moments of digests, ends of quiet hours, waits. Pure; the clock is handed in, times are aware.

A digest's moment is a local time on a local day, so there is exactly one a day: where the clocks go forward over it
(02:30 on the night of the change), it is the moment that is as long after midnight; where they go back over it, the
first of the two (PEP 495, fold 0). A local day that a country skipped has no digest of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.timing import InForce, zone_of

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def closes_at(timing: InForce, opened_at: datetime, last_sealed_at: datetime | None = None) -> datetime:
    """When an Alert that is opened (or joined) now goes.

    At once: after the first wait, but not before the interval since the last Alert of the Channel is over. A digest: at
    its next moment. Quiet hours put both off to their end. last_sealed_at: one that lies in the future (the clock was
    set back) counts as now.
    """
    if timing.when == "at once":
        at = opened_at + timedelta(seconds=timing.first_wait)
        if last_sealed_at is not None:
            at = max(at, min(last_sealed_at, opened_at) + timedelta(seconds=timing.interval))
    else:
        at = next_moment(timing, opened_at)
    return after_quiet(timing, at)


def next_moment(timing: InForce, after: datetime) -> datetime:
    """The first moment of a digest after this one. Raises ValueError for what is told at once."""
    return next(moment for moment in _moments(timing, after) if moment > after)


def moment_before(timing: InForce, moment: datetime) -> datetime:
    """The last moment of a digest before this one: where the time that it is about begins."""
    back = {"hourly": 3 * _HOUR, "daily": 3 * _DAY, "weekly": 15 * _DAY}[timing.when]
    moments = _moments(timing, moment - back)
    last = moment - back
    for one in moments:
        if one >= moment:
            return last
        last = one
    return last


def after_quiet(timing: InForce, at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if timing.quiet is None:
        return at
    zone = zone_of(timing.zone)
    begins, ends = (_clock(one) for one in timing.quiet)
    local = at.astimezone(zone)
    wall = local.time().replace(tzinfo=None)
    quiet = begins <= wall < ends if begins < ends else wall >= begins or wall < ends
    if not quiet:
        return at
    days = (local.date() + number * _DAY for number in (0, 1, 2))
    found = (_instant(day, ends, zone, fold) for day in days for fold in (0, 1))
    return min(moment for moment in found if moment > at)


def _moments(timing: InForce, around: datetime) -> Iterator[datetime]:
    """The moments of a digest in order, from well before to well after a time."""
    zone = zone_of(timing.zone)
    if timing.when == "hourly":
        yield from _hours(zone, around)
        return
    if timing.when not in ("daily", "weekly"):
        raise ValueError(f"{timing.when!r} has no moments")
    at = _clock(timing.at)
    day = around.astimezone(zone).date() - _DAY
    for _ in range(40):
        if timing.when == "daily" or day.weekday() == timing.weekday:
            yield _instant(day, at, zone, 0)
        day += _DAY


def _hours(zone: ZoneInfo, around: datetime) -> Iterator[datetime]:
    """Full hours as the clocks there show them; some zones are half an hour off."""
    moment = around.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - _HOUR
    for _ in range(4 * 40):
        if moment.astimezone(zone).minute == 0:
            yield moment
        moment += timedelta(minutes=15)


def _instant(day: date, at: time, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).replace(fold=fold).astimezone(UTC)


def _clock(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
