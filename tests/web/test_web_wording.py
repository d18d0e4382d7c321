"""Times, sizes and readings of facts in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.facts import Fact, Phrase, Quantity, TimeExpression
from monitor.web import wording

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def fact(quote: str, **fields: Any) -> Fact:
    """A Fact whose text is its quote."""
    given: dict[str, Any] = {
        "kind": "count",
        "predicate": None,
        "noun": None,
        "subject": None,
        "key": "count::",
        "quantity": None,
        "time": None,
        "as_of": None,
        "attribution": None,
        "certainty": "asserted",
        "quote": quote,
        "start": 0,
        "end": len(quote),
        "phrase": Phrase(quote, 0, len(quote)),
        "sentence": quote,
        "rule": "",
    }
    return Fact(**given | fields)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=4), "just now"),
        (timedelta(seconds=-4), "now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=14, minutes=59), "14 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-12), "in 12 min"),
    ],
)
def test_ago(span: timedelta, words: str) -> None:
    assert wording.ago(NOW - span, NOW) == words


def test_moment_names_the_year_when_it_is_another() -> None:
    assert wording.moment(datetime(2026, 3, 4, 5, 6, tzinfo=UTC), NOW) == "4 Mar, 05:06"
    assert wording.moment(datetime(2025, 12, 31, 23, 59, tzinfo=UTC), NOW) == "31 Dec 2025, 23:59"


def test_moment_is_utc() -> None:
    eastern = datetime.fromisoformat("2026-11-21T22:30:00-05:00")
    assert wording.moment(eastern, NOW) == "22 Nov, 03:30"
    assert wording.iso(eastern) == "2026-11-22T03:30:00Z"


@pytest.mark.parametrize(("octets", "words"), [(12, "12 B"), (27_400, "27 kB"), (1_440_000, "1.4 MB")])
def test_size(octets: int, words: str) -> None:
    assert wording.size(octets) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2023-06-30", "2023-06-30", "30 June 2023"),
        ("2023-06-01", "2023-06-30", "June 2023"),
        ("2023-12-01", "2023-12-31", "December 2023"),
        ("2012-01-01", "2012-12-31", "2012"),
        ("2023-06-19", "2023-06-25", "19 June 2023 to 25 June 2023"),
        ("9999-12-01", "9999-12-31", "1 December 9999 to 31 December 9999"),
        ("2010-01-01", "2019-12-31", "1 January 2010 to 31 December 2019"),
        ("soon", "later", "soon to later"),
    ],
)
def test_days(start: str, end: str, words: str) -> None:
    assert wording.days_written(start, end) == words


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (Quantity(170, None, hedge="at_least"), "at least 170"),
        (Quantity(1000, 1000, hedge="about"), "about 1,000"),
        (Quantity(None, 500, hedge="at_most"), "at most 500"),
        (Quantity(5, 10, hedge="between"), "5 to 10"),
        (Quantity(24, None, hedge="indefinite"), "an indefinite number, 24 or more"),
        (Quantity(1.5e6, 1.5e6, unit="USD"), "1,500,000 USD"),
        (Quantity(5.1, 5.1, unit="%", trend="up"), "up by 5.1 %"),
        (Quantity(None, None, hedge="indefinite"), "an indefinite number"),
        (Quantity(0, 0), "0"),
        (Quantity(0, 0, hedge="about"), "about 0"),
        (Quantity(2000, None, hedge="more_than"), "more than 2,000"),
    ],
)
def test_reading_of_an_amount(quantity: Quantity, words: str) -> None:
    assert wording.value_read(fact("x", quantity=quantity)) == words


@pytest.mark.parametrize(
    ("quote", "time", "words"),
    [
        (
            "Friday",
            TimeExpression("DATE", "2023-06-30", start="2023-06-30", end="2023-06-30", basis="relative"),
            "30 June 2023 (from the day of publication)",
        ),
        (
            "Dec. 31, 2023",
            TimeExpression("DATE", "2023-12-31", start="2023-12-31", end="2023-12-31", role="by"),
            "by 31 December 2023",
        ),
        (
            "2012",
            TimeExpression("DATE", "2012", start="2012-01-01", end="2012-12-31", role="since", basis="partial"),
            "since 2012",
        ),
        ("now", TimeExpression("DATE", "PRESENT_REF", basis="relative"), "the present"),
        ("Friday", TimeExpression("DATE", "XXXX-WXX-5", basis="relative"), "XXXX-WXX-5, not resolved"),
        (
            "a year later",
            TimeExpression("DATE", "2013", start="2013-01-01", end="2013-12-31", basis="anchored"),
            "2013 (from another date in the text)",
        ),
    ],
)
def test_reading_of_a_time(quote: str, time: TimeExpression, words: str) -> None:
    assert wording.value_read(fact(quote, kind="date", time=time)) == words


def test_reading_says_what_when_and_who() -> None:
    toll = fact(
        "170",
        kind="casualties",
        subject="peacekeepers killed",
        quantity=Quantity(170, 170),
        as_of="2023-06-30",
        certainty="alleged",
        attribution="the U.N.",
    )
    expected = "170 · peacekeepers killed · casualties · as of 30 June 2023 · alleged · said by the U.N."
    assert wording.reading(toll) == expected
    assert wording.value_read(toll) == "170 · as of 30 June 2023 · alleged · said by the U.N."
