"""A Change in a few words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.wording import one_line, shorten, title
from tests.unit.alerts.examples import change, day, fact, headline, quantity, toll


def number(quote: str, hedge: str = "exact", **fields: Any) -> dict[str, Any]:
    sentence = f"Some {quote} of them."
    return fact(sentence, quote, quantity=quantity(lower=1, hedge=hedge), **fields)


def date(quote: str, value: str, role: str | None = None) -> dict[str, Any]:
    return fact(
        f"Until {quote}.",
        quote,
        kind="date",
        subject="completion of the withdrawal",
        quantity=None,
        time=day(value, role),
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (toll(), "at least 170 → at least 303 peacekeepers killed"),
        (change("hedge", number("170", "at_least"), number("170")), "at least 170 → 170 peacekeepers killed"),
        (change("hedge", number("500", "at_most"), number("500")), "up to 500 → 500 peacekeepers killed"),
        (
            change("value", number("17", subject=None, kind="count"), number("19", subject=None, kind="count")),
            "Some 17 → 19",
        ),
        (
            change(
                "value",
                fact(
                    "It ends a stay of ten years, a process to complete by Dec. 31, said Mali.",
                    "Dec. 31",
                    "by Dec. 31",
                    subject=None,
                    quantity=None,
                    time=day("2023-12-31", "by"),
                ),
                fact("By Jan. 1.", "Jan. 1", subject=None, quantity=None, time=day("2024-01-01", "by")),
            ),
            "… a process to complete by Dec. 31 → by Jan. 1",
        ),
        (
            change("removed", fact("They came from ten countries in all to see it on Friday.", "Friday", subject=None)),
            "No longer said: … all to see it on Friday",
        ),
        (change("added", None, fact("Friday is a holiday.", "Friday", subject=None)), "New: Friday"),
        (
            change("value", number("£720m", kind="money", subject="cost"), number("£700m", kind="money")),
            "cost: £720m → £700m",
        ),
        (
            change("time", date("Dec. 31, 2023", "2023-12-31", "by"), date("January 1, 2024", "2024-01-01", "by")),
            "completion of the withdrawal: by Dec. 31, 2023 → by January 1, 2024",
        ),
        (
            change("time", date("Friday", "2023-06-30"), date("Friday", "2023-07-07")),
            "completion of the withdrawal: Friday (2023-06-30) → Friday (2023-07-07)",
        ),
        (
            change("attribution", number("24", attribution="the army"), number("24", attribution=None)),
            "24 peacekeepers killed: the army → nobody named",
        ),
        (
            change("certainty", number("24", certainty="asserted"), number("24", certainty="alleged")),
            "24 peacekeepers killed: asserted → alleged",
        ),
        (change("removed", fact("Some 24 were killed.", "24", "24 were killed")), "No longer said: 24 were killed"),
        (change("added", None, fact("Some 24 were killed.", "24", "24 were killed")), "New: 24 were killed"),
        (headline("U.N. leaves", "U.N. stays"), "Headline: U.N. leaves → U.N. stays"),
        (change("byline", before_text=None, after_text="By A. Reporter"), "Byline: none → By A. Reporter"),
        (change("notice", after_text="Correction: it was 303."), "Correction: it was 303."),
        (change("availability", summary="Gone (404)"), "Gone (404)"),
    ],
)
def test_titles(told: dict[str, Any], expected: str) -> None:
    told["subject"] = (told["before"] or told["after"] or {}).get("subject")
    assert title(told) == expected


@given(st.text(), st.text())
def test_titles_are_one_short_printable_line_whatever_a_page_says(old: str, new: str) -> None:
    told = title(headline(old, new))
    assert len(told) <= 140
    assert told == one_line(told)
    told.encode()


@given(st.text(), st.integers(1, 40))
def test_shorten_keeps_the_limit(text: str, at_most: int) -> None:
    assert len(shorten(text, at_most)) <= at_most


def test_what_turns_text_around_or_breaks_lines_is_taken_out() -> None:
    assert one_line("a\r\nBcc: x\x00\u202etxt\u2066\u2028b\ud800") == "a Bcc: x txt b"
    assert one_line("नमस्‍ते") == "नमस्‍ते", "joiners belong to the spelling of words"
