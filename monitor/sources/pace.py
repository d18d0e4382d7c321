"""When an Article is looked at again. Pure: the clock and the dice are handed in."""

from __future__ import annotations

from dataclasses import dataclass

JITTER = 0.05
"""Checks drift apart by this share, so that what was added together does not stay due together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The settings that pace is made of, in seconds."""

    interval: float
    retry: float


def next_wait(pace: Pace, *, failures: int, retry_after: float | None, dice: float) -> float:
    """Seconds until the next check.

    failures: checks in a row that brought no page; 0 after a good one. retry_after: what the server asked for
    (RFC 9110 10.2.3). dice: uniform in 0..1.
    """
    wait = pace.interval
    if failures:
        wait = min(pace.interval, pace.retry * 2 ** min(failures - 1, 16))
    wait *= 1 - JITTER + 2 * JITTER * dice
    return max(wait, retry_after or 0.0)
