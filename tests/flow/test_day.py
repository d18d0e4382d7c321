"""A day of the service in simulated time: the real schedule, Visits, checks and storage (`benchmarks/day.py`)."""

from __future__ import annotations

import pytest

from benchmarks.day import simulate


@pytest.mark.timeout(300)
def test_a_day_keeps_every_gap_loses_no_article_and_starts_no_stampede() -> None:
    day = simulate(300, 30, tick=20.0)
    assert (day.articles, day.never_checked, day.forgotten, day.lost_versions) == (300, 0, 0, 0)
    assert day.least_gap >= 1.0
    assert (day.overlaps, day.asked_while_held) == (0, 0)
    assert day.statuses[429] > 0
    assert day.statuses[None] > 0
    assert day.statuses[304] > day.statuses[200]
    assert day.latest < 600, "nothing is forgotten behind others"
    assert day.busiest <= 10 * 10 * 1.5, "after the restart about ten a second, not all at once"
