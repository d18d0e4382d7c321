"""What the sources of a line come to, and what a line without a subject is called."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.changes.lexicon import context_words
from monitor.changes.wording import value_words
from monitor.facts import find
from monitor.facts.model import Fact
from monitor.stories.agreed import SaidValue, agreed, contradicted, said
from monitor.stories.agreement import between
from monitor.stories.naming import leading_words

WORDS = context_words("en")


def fact(text: str) -> Fact:
    return find(text)[0]


def dead(*numbers: str) -> list[SaidValue]:
    """As many sources as there are numbers."""
    return said([SaidValue(fact(f"{number} peacekeepers were killed."), None, 1) for number in numbers])


@pytest.mark.parametrize(
    ("numbers", "standing", "figure", "siding"),
    [
        (("303", "303"), "all", "303", 2),
        (("303", "at least 170", "more than 300"), "all", "303", 3),
        (("303", "at least 170", "about 170", "more than 300"), "most", "303", 3),
        (("303", "170"), "apart", "303", 1),
        (("12", "12", "30", "40", "50"), "apart", "12", 2),
        (("303",), "all", "303", 1),
    ],
)
def test_the_most_exact_value_that_most_can_live_with(
    numbers: tuple[str, ...], standing: str, figure: str, siding: int
) -> None:
    found = agreed(dead(*numbers), WORDS)
    assert (found.standing, value_words(found.fact), found.siding, found.sources) == (
        standing, figure, siding, len(numbers),
    )  # fmt: skip


def test_where_they_disagree_the_span_is_told() -> None:
    found = agreed(dead("303", "170", "200"), WORDS)
    assert (value_words(found.lowest), value_words(found.highest)) == ("170", "303")


def test_values_of_different_times_may_both_be_right() -> None:
    values = [
        SaidValue(fact("13,000 troops were deployed."), "2013", 1),
        SaidValue(fact("15,000 troops were deployed."), "2023", 1),
    ]
    assert agreed(values, WORDS).standing == "all"
    assert contradicted(values[0].fact, None, values[1:], WORDS) == 1
    assert contradicted(values[0].fact, "2013", values[1:], WORDS) == 0


def test_a_day_is_one_value_however_it_is_written() -> None:
    days = [find(text, published=date(2023, 7, 1))[0] for text in ("It ends on June 16, 2023.", "It ends on 16 June.")]
    assert [value.sources for value in said([SaidValue(day, None, 1) for day in days])] == [2]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It took 10 years.", "“It took 10 years.”"),
        (
            "The operation, which was the largest of its kind, will be over within ten years.",
            "“…of its kind, will be over within ten years.”",
        ),
        ("10 years", "“10 years”"),
    ],
)
def test_a_line_without_a_subject_is_called_by_the_words_that_lead_to_it(text: str, name: str) -> None:
    assert leading_words(fact(text)) == name


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("Turnout was 64%.", "Turnout was 64.4%.", "compatible"),
        ("Revenue was $2.3bn.", "Revenue was $2.31bn.", "compatible"),
        ("Revenue was $2.3bn.", "Revenue was $2.36bn.", "disagree"),
        ("It burnt 12,400 acres.", "It burnt 12,437 acres.", "compatible"),
        ("Turnout was 10%.", "Turnout was 12%.", "disagree"),
        ("3,400 people were killed.", "3,412 people were killed.", "disagree"),
        ("It has 120 shops.", "It has 123 shops.", "disagree"),
    ],
)
def test_a_figure_and_its_rounding_may_both_be_right(one: str, other: str, verdict: str) -> None:
    assert between(fact(one), fact(other), WORDS) == verdict
    assert between(fact(other), fact(one), WORDS) == verdict
