"""When a Feed is read next, and why. Pure but for the dice and the clock, which are handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.sources.freshness import fresh_seconds
from monitor.sources.pace import lasted

LONGEST_ASKED = 3600.0
"""What a feed asks for (`ttl`, max-age) is granted up to here: many say a day and change within minutes."""
LONGEST_WAIT = 86400.0
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class PlannedReading:
    """When, and why in words that follow "next in 12 min: "."""

    next_check_at: datetime
    why: str


def plan(
    *,
    interval: float,
    own: bool,
    failures: int,
    asked: float | None,
    headers: Mapping[str, str],
    retry_after: float | None,
    at: datetime,
    dice: float,
) -> PlannedReading:
    """The next reading.

    interval: seconds, `own` when it is the feed's own. failures: readings in a row without a feed, this one included;
    each doubles the wait, to a day. asked: seconds that the feed itself asks for. dice: uniform in 0..1.
    """
    wait, why = interval, f"every {lasted(interval)} ({'its own interval' if own else 'feeds.interval'})"
    if failures:
        wait = max(interval, min(interval * 2.0 ** min(failures - 1, 20), LONGEST_WAIT))
        why = f"it brought no feed {failures} times in a row" if failures > 1 else "it brought no feed"
    elif not own:
        patient = min(max(asked or 0.0, fresh_seconds(headers, at)), LONGEST_ASKED)
        if patient > wait:
            wait, why = patient, f"it asks to be left alone for {lasted(patient)}"
    if retry_after and retry_after > wait:
        wait, why = min(retry_after, LONGEST_WAIT), "it asked for it (Retry-After)"
    return PlannedReading(at + timedelta(seconds=wait * (1 + JITTER * (dice - 0.5))), why)
