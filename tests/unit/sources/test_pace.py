"""The model of pace: what it is, what it does with a record, its bounds, and its reasons."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.pace import (
    BELIEVED,
    DAY,
    HOUR,
    JITTER,
    LONGEST_HOLD,
    MODEL,
    Article,
    Bound,
    Model,
    Next,
    Pace,
    Publisher,
    hold,
    lasted,
    next_look,
    refuses,
)

MINUTE = 60.0
PACE = Pace(pace=300.0, retry=120.0, fastest=Bound(60.0, "checks.fastest"), slowest=Bound(7 * DAY, "checks.slowest"))
MIDDLE = 0.5
ages = st.floats(0, 20 * 365 * DAY)


def look(article: Article, publisher: Publisher = Publisher(), pace: Pace = PACE, dice: float = MIDDLE) -> Next:  # noqa: B008
    return next_look(article, publisher, pace, dice=dice)


def wait(age: float, changes: int = 0, exposure: float = 0.0) -> float:
    return look(Article(age, True, None, changes, exposure)).wait


@given(age=ages, since=st.none() | st.floats(0, 30 * DAY))
def test_exposure_is_the_integral_of_the_rate(age: float, since: float | None) -> None:
    step = 1e-3 * (min(age, since if since is not None else age) + MINUTE)
    middle = None if since is None else since + step / 2
    assert MODEL.exposure(age, age + step, since) == pytest.approx(step * MODEL.rate(age + step / 2, middle), rel=1e-2)


def test_one_change_is_usual_in_a_life_and_a_few_more_after_each() -> None:
    assert MODEL.exposure(0, MODEL.scale) == pytest.approx(0.5)
    assert MODEL.exposure(0, 1e12) == pytest.approx(1)
    assert MODEL.exposure(0, 1e12, since=0.0) == pytest.approx(1 + MODEL.series)


def test_it_is_faster_again_after_a_change() -> None:
    quiet = look(Article(30 * DAY, True)).wait
    waits = [look(Article(30 * DAY, True, since=since, changes=1)).wait for since in (0, HOUR, DAY, 7 * DAY, 29 * DAY)]
    assert waits[0] < quiet / 50
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(quiet, rel=0.2)


def test_the_knob_is_the_wait_of_a_fresh_article_and_all_others_follow_in_proportion() -> None:
    assert wait(0) == pytest.approx(300)
    half = Pace(150.0, 120.0, PACE.fastest, PACE.slowest)
    for age in (HOUR, DAY, 10 * DAY):
        assert look(Article(age, True), pace=half).wait == pytest.approx(wait(age) / 2)


def test_minutes_while_hot_weekly_in_the_end() -> None:
    waits = [wait(age) for age in (0, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY)]
    assert waits == sorted(waits)
    assert waits[1] < 15 * MINUTE
    assert waits[-1] == pytest.approx(7 * DAY * (1 - JITTER / 2))


@given(age=ages, changes=st.integers(0, 50))
def test_every_change_seen_makes_it_faster_and_quiet_makes_it_slower(age: float, changes: int) -> None:
    assert wait(age, changes + 1, 0.5) <= wait(age, changes, 0.5)
    assert wait(age, changes, 0.9) >= wait(age, changes, 0.1)


def test_the_multiplier_is_the_mean_of_the_gamma_posterior() -> None:
    model = Model(weight=2.0)
    assert model.multiplier(0, 0.0) == 1
    assert model.multiplier(4, 1.0) == 2
    assert model.multiplier(0, 1.0) == pytest.approx(2 / 3)


def test_the_wait_is_in_inverse_proportion_to_the_root_of_the_rate() -> None:
    rate = MODEL.multiplier(3, 0.5) * MODEL.rate(HOUR)
    assert MODEL.wait(300, HOUR, None, 3, 0.5) == pytest.approx(300 * sqrt(MODEL.rate(0) / rate))


@given(age=ages, changes=st.integers(0, 10_000), dice=st.floats(0, 1), fresh=st.floats(0, 1e9))
def test_the_bounds_hold_whatever_the_dice_say(age: float, changes: int, dice: float, fresh: float) -> None:
    found = look(Article(age, True, None, changes, 0.01), Publisher(fresh), dice=dice)
    assert 60 <= found.wait <= 7 * DAY


def test_the_publishers_caches_are_waited_for_but_not_for_ever() -> None:
    fresh = Article(0, True)
    assert look(fresh, Publisher(fresh_for=600)).wait == pytest.approx(600)
    assert "publisher's caches" in look(fresh, Publisher(fresh_for=600)).why
    assert look(fresh, Publisher(fresh_for=30 * DAY)).wait == pytest.approx(BELIEVED)
    assert look(Article(DAY, True), Publisher(fresh_for=60)).wait == pytest.approx(wait(DAY)), "long stale by then"
    slow = Pace(300, 120, PACE.fastest, Bound(400, "set for it"))
    assert look(fresh, Publisher(fresh_for=600), slow).wait <= 400


def test_retry_after_is_obeyed_even_by_a_fixed_interval() -> None:
    fixed = Article(0, True, interval=Bound(30, "its own interval"))
    assert look(fixed).wait == pytest.approx(30)
    asked = look(fixed, Publisher(retry_after=3600))
    assert (asked.wait, "Retry-After" in asked.why) == (3600, True)
    assert look(fixed, Publisher(retry_after=1e12)).wait == 7 * DAY, "but nobody silences us for ever"


def test_a_fixed_interval_knows_no_bounds_no_age_and_no_caches() -> None:
    for age in (0.0, 365 * DAY):
        found = look(Article(age, True, interval=Bound(0.5, "checks.interval")), Publisher(fresh_for=600))
        assert found == Next(pytest.approx(0.5), "always every 0.5 s (checks.interval)")


def test_after_trouble_soon_then_slower_but_never_slower_than_usual() -> None:
    usual = wait(DAY)
    waits = [look(Article(DAY, True, failures=failures)).wait for failures in range(1, 8)]
    assert waits[:3] == pytest.approx([120, 240, 480])
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(usual)
    assert (
        "3 checks in a row brought no article (404 Not Found)"
        in look(Article(DAY, True, failures=3, reason="404 Not Found")).why
    )


def test_checks_drift_apart() -> None:
    waits = [look(Article(DAY, True), dice=dice).wait for dice in (0.0, 0.5, 1.0)]
    assert waits == pytest.approx([wait(DAY) * factor for factor in (1 - JITTER, 1, 1 + JITTER)])


@pytest.mark.parametrize(
    ("article", "why"),
    [
        (
            Article(2 * HOUR, True, HOUR, 3, 0.5),
            "published 2 h ago, 3 changes seen so far, the last 1 h ago, more than usual",
        ),
        (Article(2 * HOUR, True, None, 9, 0.5), "published 2 h ago, 9 changes seen so far, 2.9 times as many as usual"),
        (Article(2 * HOUR, False, None, 1, 1.0), "of unknown date, added 2 h ago, 1 change seen so far"),
        (Article(DAY, True, None, 0, 0.9), "published 1 d ago, no change seen so far, fewer than usual"),
        (Article(9999 * DAY, True), "never more seldom than every 7 d (checks.slowest)"),
        (Article(0, True, None, 500, 0.1), "never more often than every 1 min (checks.fastest)"),
    ],
)
def test_the_reason_is_one_sentence(article: Article, why: str) -> None:
    found = next_look(article, Publisher(), PACE, dice=MIDDLE, model=Model(weight=4.0)).why
    assert why in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.5, "0.5 s"), (45, "45 s"), (59.99, "1 min"), (90, "1.5 min"), (720, "12 min"), (7200, "2 h"),
     (5400, "1.5 h"), (86400, "1 d"), (1e9, "11,574 d")],
)  # fmt: skip
def test_times_as_people_say_them(seconds: float, text: str) -> None:
    assert lasted(seconds) == text


# A site that says "not now"


@pytest.mark.parametrize(
    ("status", "outcome", "means"),
    [(200, "page", False), (404, "gone", False), (403, "walled", False), (429, "failed", True), (500, "failed", True),
     (503, "walled", True), (None, "failed", True), (None, "refused", False), (302, "failed", False)],
)  # fmt: skip
def test_what_means_not_now(status: int | None, outcome: str, means: bool) -> None:
    assert refuses(status, outcome) is means


def test_429_and_503_hold_a_site_at_once_other_trouble_when_it_comes_twice() -> None:
    assert hold(429, 1, None, 120, MIDDLE) == pytest.approx(120)
    assert hold(503, 1, None, 120, MIDDLE) == pytest.approx(120)
    assert hold(500, 1, None, 120, MIDDLE) is None
    assert hold(500, 2, None, 120, MIDDLE) == pytest.approx(240)
    assert hold(None, 1, None, 120, MIDDLE) is None


def test_a_hold_doubles_with_jitter_up_to_an_hour_and_obeys_retry_after() -> None:
    assert hold(429, 3, None, 120, MIDDLE) == pytest.approx(480)
    assert {hold(429, 3, None, 120, dice) for dice in (0.0, 1.0)} == {360.0, 600.0}
    assert (hold(429, 400, None, 120, 1.0) or 0) <= LONGEST_HOLD * 1.25
    assert hold(429, 1, 900, 120, MIDDLE) == 900
    assert hold(500, 1, 900, 120, MIDDLE) == 900
    assert hold(429, 1, 1e12, 120, MIDDLE) == DAY
