"""The picture of a timeline: every Version once, within the picture, on an axis that can be read."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.web.timeline import HEIGHT, NARROW, WIDE, in_words, pictures
from storage.histories import Moment

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
SEVERITIES = (None, "low", "medium", "high")


def history(ages: list[timedelta]) -> list[Moment]:
    """Versions that came so long ago, oldest first, with changes of every severity in turn."""
    moments = sorted(NOW - age for age in ages)
    return [Moment(number, at, SEVERITIES[number % 4] if number > 1 else None, number % 7 == 0)
            for number, at in enumerate(moments, 1)]  # fmt: skip


def scattered(count: int, span: timedelta) -> list[timedelta]:
    """Ages, at random."""
    chance = random.Random(count)
    return [span * chance.random() for _ in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3, 40, 1000, 5000])
@pytest.mark.parametrize("span", [timedelta(seconds=50), timedelta(hours=5), timedelta(days=30), timedelta(days=4000)])
def test_every_version_is_in_the_picture(count: int, span: timedelta) -> None:
    drawn = pictures(history(scattered(count, span)), 1, NOW)
    assert drawn
    for picture in drawn:
        total = sum(int(m.title.split()[0].replace(",", "")) if m.title[0].isdigit() else 1 for m in picture.marks)
        assert total == count
        assert len(picture.marks) <= 4 * picture.width / 11
        for mark in picture.marks:
            assert 4 <= mark.x <= picture.width - 4
            assert -1 <= mark.y <= HEIGHT + 1 - mark.height
        places = [tick.x for tick in picture.ticks]
        assert places == sorted(places)
        assert all(after - before >= 35 for before, after in pairwise(places))
        assert 1 <= len(places) <= 12
        assert len({tick.label for tick in picture.ticks}) == len(places)


def test_two_widths_for_two_screens() -> None:
    drawn = pictures(history(scattered(9, timedelta(days=9))), 1, NOW)
    assert drawn
    assert [picture.width for picture in drawn] == [WIDE, NARROW]


def test_a_crowded_beginning_is_stretched() -> None:
    crowded = [timedelta(days=240) - timedelta(minutes=7 * n * n) for n in range(20)]
    drawn = pictures(history([*crowded, timedelta(days=1)]), 1, NOW)
    assert drawn
    assert drawn[0].stretched
    assert "1 h" in {tick.label for tick in drawn[0].ticks}
    even = pictures(history([timedelta(days=day) for day in range(1, 21)]), 1, NOW)
    assert even
    assert not even[0].stretched


def test_a_notice_has_a_flag_and_the_gravest_change_gives_the_mark() -> None:
    moments = [Moment(1, NOW - timedelta(days=2), None, False), Moment(2, NOW - timedelta(days=1), "high", True)]
    drawn = pictures(moments, 7, NOW)
    assert drawn
    first, second = drawn[0].marks
    assert (first.sort, second.sort) == ("first", "high")
    assert second.link == "/articles/7/compare/1/2"
    assert second.title == "Version 2, 21 Nov, 14:00: facts changed, high severity, with a notice"
    assert [flag.x for flag in drawn[0].flags] == [second.x]


def test_in_words() -> None:
    moments = history([timedelta(days=2), timedelta(days=1)])
    assert in_words(moments, NOW) == "2 versions from 20 Nov, 14:00 to 21 Nov, 14:00; facts changed in 1 of them"
    assert in_words(moments[:1], NOW) == "1 version on 20 Nov, 14:00"
    assert pictures([], 1, NOW) is None
