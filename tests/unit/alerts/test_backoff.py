"""When to try again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.backoff import JITTER, LONGEST_WAIT, RETRIES, wait_before_next

DAY = 86400.0


def waits(retries: tuple[float, ...] = RETRIES, random: float = 0.0) -> list[float]:
    """The waits of a delivery that never succeeds."""
    found: list[float] = []
    while (wait := wait_before_next(len(found) + 1, retries, None, lambda: random)) is not None:
        found.append(wait)
    return found


def test_ten_tries_in_about_three_days() -> None:
    assert len(waits()) + 1 == 10
    assert 3 * DAY < sum(waits()) <= sum(waits(random=0.999)) < 4 * DAY
    assert waits()[0] < 10, "a short outage costs seconds"


def test_retry_after_lengthens_and_never_shortens() -> None:
    assert wait_before_next(1, RETRIES, 120, lambda: 0.0) == 120
    assert wait_before_next(4, RETRIES, 120, lambda: 0.0) == 7200


def test_retry_after_can_not_ask_for_years() -> None:
    assert wait_before_next(1, RETRIES, 1e9, lambda: 0.0) == LONGEST_WAIT


def test_no_retries_at_all() -> None:
    assert wait_before_next(1, (), 60, lambda: 0.0) is None


@given(
    tries=st.integers(1, 12),
    retries=st.lists(st.floats(0, 1e5), max_size=10),
    asked=st.none() | st.floats(0, 1e6),
    random=st.floats(0, 1, exclude_max=True),
)
def test_jitter_is_bounded_and_giving_up_is_certain(
    tries: int, retries: list[float], asked: float | None, random: float
) -> None:
    wait = wait_before_next(tries, retries, asked, lambda: random)
    if tries > len(retries):
        assert wait is None
    else:
        assert wait is not None
        least = wait_before_next(tries, retries, asked, lambda: 0.0)
        assert least is not None
        assert retries[tries - 1] <= least <= wait <= least * (1 + JITTER)
