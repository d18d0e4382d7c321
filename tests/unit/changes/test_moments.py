"""When two times say the same."""

from dataclasses import replace

import pytest

from monitor.changes.moments import judge_moments
from monitor.facts.model import TimeExpression


def day(value: str, **more: str) -> TimeExpression:
    return replace(TimeExpression("DATE", value, start=value, end=value), **more)


def span(value: str, start: str, end: str, **more: str) -> TimeExpression:
    return replace(TimeExpression("DATE", value, start=start, end=end), **more)


def unresolved(value: str, **more: str) -> TimeExpression:
    return replace(TimeExpression("DATE", value, basis="partial"), **more)


CASES = [
    (day("2023-12-31"), day("2023-12-31", basis="relative"), "same"),
    (day("2023-12-31"), day("2023-12-31", role="on"), "same"),
    (unresolved("XXXX-06-30"), unresolved("XXXX-06-30"), "same"),
    (unresolved("XXXX-06-30"), day("2021-06-30"), "same"),
    (day("2024-03-06"), span("2024-03", "2024-03-01", "2024-03-31"), "compatible"),
    (span("2024", "2024-01-01", "2024-12-31"), span("2024-03", "2024-03-01", "2024-03-31"), "compatible"),
    (unresolved("PRESENT_REF"), day("2024-03-06"), "compatible"),
    (day("2023-12-31"), day("2024-01-01"), "time"),
    (day("2024-03-08"), day("2024-03-09"), "time"),
    (unresolved("XXXX-06-30"), unresolved("XXXX-07-01"), "time"),
    (unresolved("XXXX-06-30"), day("2021-07-01"), "time"),
    (unresolved("XXXX-WXX-5"), unresolved("XXXX-WXX-6"), "time"),
    (day("2023-12-31", role="until"), day("2023-12-31", role="since"), "time"),
    (day("2023-12-31", role="by"), day("2023-12-31"), "hedge"),
    (day("2023-12-31", role="by"), day("2023-12-31", role="until"), "same"),
    (day("2023-12-31", role="about"), day("2023-12-31"), "hedge"),
    (
        span("2024", "2024-01-01", "2024-12-31", mod="START"),
        span("2024", "2024-01-01", "2024-12-31", mod="END"),
        "time",
    ),
    (
        replace(day("2024-03-06"), type="TIME", value="2024-03-06T09:00"),
        replace(day("2024-03-06"), type="TIME", value="2024-03-06T17:00"),
        "time",
    ),
    (day("2024-03-06"), replace(day("2024-03-06"), type="TIME", value="2024-03-06T17:00"), "compatible"),
    (
        replace(day("2024-03-06"), type="TIME", value="2024-03-06T09"),
        replace(day("2024-03-06"), type="TIME", value="2024-03-06T09:00"),
        "same",
    ),
]


@pytest.mark.parametrize(("before", "after", "verdict"), CASES)
def test_verdict_is_the_same_both_ways(before: TimeExpression, after: TimeExpression, verdict: str) -> None:
    assert judge_moments(before, after) == verdict
    assert judge_moments(after, before) == verdict
