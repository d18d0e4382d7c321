"""When alerts go: moments of digests through changes of the clocks, quiet hours, waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.digest import after_quiet, closes_at, moment_before, next_moment
from alerts.timing import InForce, Pace, Timing, Waits, gathered_by, in_force, zone_of

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
    "Pacific/Apia", "America/St_Johns", "Asia/Tehran", "Antarctica/Troll", "Pacific/Chatham", "America/Santiago",
)  # fmt: skip
zones = st.sampled_from(ZONES)
clocks = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))
times = st.datetimes(datetime(2008, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def moments(timing: InForce, since: datetime, count: int) -> list[datetime]:
    found = [next_moment(timing, since)]
    while len(found) < count:
        found.append(next_moment(timing, found[-1]))
    return found


@settings(max_examples=150)
@given(zone=zones, at=clocks, since=times)
def test_a_daily_digest_goes_once_on_every_local_day(zone: str, at: str, since: datetime) -> None:
    timing = InForce(when="daily", at=at, zone=zone)
    found = moments(timing, since, 12)
    days = [one.astimezone(zone_of(zone)).date() for one in found]
    assert all(early < late for early, late in pairwise(found))
    for early, late in pairwise(days):
        assert (late - early).days == 1 or (
            zone == "Pacific/Apia" and date(2011, 12, 30) in (early, late, date(2011, 12, 30))
        )
    for early, late in pairwise(found):
        assert moment_before(timing, late) == early


@given(zone=zones, at=clocks, weekday=st.integers(0, 6), since=times)
def test_a_weekly_digest_goes_on_its_weekday(zone: str, at: str, weekday: int, since: datetime) -> None:
    timing = InForce(when="weekly", at=at, zone=zone, weekday=weekday)
    found = moments(timing, since, 3)
    for early, late in pairwise(found):
        assert timedelta(days=6, hours=20) < late - early < timedelta(days=7, hours=4)
        assert moment_before(timing, late) == early
    # A local time that does not exist on that day is a moment of the next minutes, of the same day but at midnight.
    assert all(
        (one.astimezone(zone_of(zone)) - timedelta(hours=1)).weekday() in (weekday, (weekday - 1) % 7) for one in found
    )


@given(zone=zones, since=times)
def test_an_hourly_digest_goes_when_the_clocks_there_strike(zone: str, since: datetime) -> None:
    found = moments(InForce(when="hourly", zone=zone), since, 30)
    assert all(one.astimezone(zone_of(zone)).minute == 0 for one in found)
    assert all(timedelta(minutes=30) <= late - early <= timedelta(minutes=90) for early, late in pairwise(found))


@pytest.mark.parametrize(
    ("night", "at", "expected"),
    [
        ("spring forward", "02:30", datetime(2023, 3, 26, 1, 30, tzinfo=UTC)),
        ("fall back", "02:30", datetime(2023, 10, 29, 0, 30, tzinfo=UTC)),
        ("leap day", "08:00", datetime(2024, 2, 29, 7, 0, tzinfo=UTC)),
    ],
)
def test_nights_that_are_not_like_others(night: str, at: str, expected: datetime) -> None:
    timing = InForce(when="daily", at=at, zone="Europe/Berlin")
    around = moments(timing, expected - timedelta(days=1, hours=12), 4)
    assert around.count(expected) == 1, night
    on_that_day = [one for one in around if one.astimezone(zone_of("Europe/Berlin")).date() == expected.date()]
    assert on_that_day == [expected]


@given(zone=zones, begins=clocks, ends=clocks, at=times)
def test_quiet_hours_end_at_their_end(zone: str, begins: str, ends: str, at: datetime) -> None:
    if begins == ends:
        return
    timing = InForce(zone=zone, quiet=(begins, ends))
    goes = after_quiet(timing, at)
    assert at <= goes <= at + timedelta(hours=26)
    if goes != at:
        local = goes.astimezone(zone_of(zone))
        # Where the clocks jump over the end, it is as long after midnight as it would have been.
        assert (
            local.strftime("%H:%M") == ends
            or local.utcoffset() != (goes - timedelta(hours=3)).astimezone(zone_of(zone)).utcoffset()
        )


def test_quiet_hours_in_the_hour_that_comes_twice() -> None:
    timing = InForce(zone="Europe/Berlin", quiet=("22:00", "02:30"))
    first, second = (datetime(2023, 10, 29, hour, 10, tzinfo=UTC) for hour in (0, 1))  # 02:10, and 02:10 again
    assert after_quiet(timing, first) == datetime(2023, 10, 29, 0, 30, tzinfo=UTC)
    assert after_quiet(timing, second) == datetime(2023, 10, 29, 1, 30, tzinfo=UTC)


@given(wait=st.floats(0, 3600), interval=st.floats(0, 3600), ago=st.one_of(st.none(), st.floats(-7200, 7200)), at=times)
def test_at_once_waits_first_and_keeps_the_interval(
    wait: float, interval: float, ago: float | None, at: datetime
) -> None:
    last = None if ago is None else at - timedelta(seconds=ago)
    goes = closes_at(InForce(first_wait=wait, interval=interval), at, last)
    assert at + timedelta(seconds=wait) <= goes <= at + timedelta(seconds=max(wait, interval))
    if last is not None:
        assert goes >= min(last, at) + timedelta(seconds=interval)


@given(when=st.sampled_from(["at once", "hourly", "daily", "weekly"]), at=clocks, weekday=st.integers(0, 6), zone=zones)
def test_what_is_gathered_under_a_name_goes_by_it(when: str, at: str, weekday: int, zone: str) -> None:
    timing = InForce(when=when, at=at, weekday=weekday, zone=zone)  # type: ignore[arg-type]
    again = gathered_by(timing.gathers)
    assert again.gathers == timing.gathers
    assert again.when == when


def test_the_rule_s_word_goes_before_the_channel_s_and_that_before_the_configuration() -> None:
    pace = Pace.model_validate({"zone": "Asia/Tokyo", "interval": "1h", "quiet_from": "22:00", "quiet_until": "6:00"})
    held = in_force(Timing.model_validate({"interval": "5s", "repeat": 0}), pace, "email", Waits())
    assert (held.zone, held.interval, held.first_wait, held.repeat) == ("Asia/Tokyo", 5, 10, 0)
    assert held.quiet == ("22:00", "06:00")
    assert in_force(Timing(even_in_quiet_hours=True), pace, "email", Waits()).quiet is None
    hook = in_force(Timing(), Pace(), "webhook", Waits())
    assert (hook.first_wait, hook.interval, hook.repeat, hook.immediate) == (0, 0, 4 * 3600, True)
