"""When an Article is looked at again."""

from __future__ import annotations

import pytest

from monitor.sources.pace import JITTER, Pace, next_wait

PACE = Pace(interval=900, retry=120)


def wait(failures: int = 0, retry_after: float | None = None, dice: float = 0.5) -> float:
    return next_wait(PACE, failures=failures, retry_after=retry_after, dice=dice)


def test_good_checks_keep_the_interval_and_drift_apart() -> None:
    assert wait() == pytest.approx(900)
    assert wait(dice=0.0) == pytest.approx(900 * (1 - JITTER))
    assert wait(dice=1.0) == pytest.approx(900 * (1 + JITTER))


def test_after_trouble_soon_then_slower_but_never_slower_than_the_interval() -> None:
    assert [wait(failures=count) for count in (1, 2, 3, 4, 5, 5000)] == pytest.approx([120, 240, 480, 900, 900, 900])


def test_a_server_that_asks_for_patience_gets_it() -> None:
    assert wait(failures=1, retry_after=3600) == 3600
    assert wait(failures=1, retry_after=5) == pytest.approx(120)
