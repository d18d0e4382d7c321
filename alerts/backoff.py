"""When to try again. Pure: no clock, and the randomness is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

RETRIES: tuple[float, ...] = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds before the second and each later try: ten tries within about three days, as Standard Webhooks proposes
(standard-webhooks.md, "Deliverability and reliability")."""

JITTER = 0.2
"""A wait grows by up to this part of itself, so that what failed together does not come back together."""

LONGEST_WAIT = 86400.0
"""A receiver may ask for a longer wait (Retry-After), but not for one that amounts to losing the alert; seconds."""


def wait_before_next(
    tries: int,
    retries: Sequence[float],
    retry_after: float | None,
    random: Callable[[], float],
) -> float | None:
    """Seconds to wait after `tries` tries of a round, or None when it is time to give up.

    retry_after: what the receiver asked for; it lengthens a wait (up to a day, or the longest scheduled wait) and
    never shortens one. random: a number in [0, 1), as `random.random` gives.
    """
    if tries > len(retries):
        return None
    wait = retries[tries - 1]
    if retry_after is not None:
        wait = max(wait, min(retry_after, max(LONGEST_WAIT, *retries)))
    return wait * (1 + JITTER * random())
