"""Agree, compatible, disagree: values as intervals."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.changes import Reading
from monitor.changes.lexicon import context_words
from monitor.facts import find
from monitor.facts.model import Fact
from monitor.stories import compare_sources
from monitor.stories.agreement import Verdict, between

DAY = date(2023, 6, 30)


def toll(words: str) -> Fact:
    """The fact of "`words` people were killed"."""
    [fact] = [fact for fact in find(f"{words} people were killed.", published=DAY) if fact.kind == "casualties"]
    return fact


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("303", "303", "agree"),
        ("303", "Three hundred and three", "agree"),
        ("At least 170", "303", "compatible"),
        ("At least 170", "At least 200", "compatible"),
        ("At least 170", "170", "compatible"),
        ("About 170", "At least 170", "compatible"),
        ("More than 300", "303", "compatible"),
        ("Dozens of", "47", "compatible"),
        ("About 170", "303", "disagree"),
        ("About 170", "174", "compatible"),
        ("More than 300", "300", "compatible"),
        ("Fewer than 20", "At least 20", "disagree"),
        ("Between 20 and 30", "25", "compatible"),
        ("Between 20 and 30", "31", "disagree"),
        ("13,000", "More than 15,000", "disagree"),
    ],
)
def test_two_values(one: str, other: str, verdict: Verdict) -> None:
    words = context_words("en")
    assert between(toll(one), toll(other), words) == between(toll(other), toll(one), words) == verdict


def test_of_different_times_both_may_be_right() -> None:
    texts = "The mission had 11,000 troops in 2013.", "The mission had 15,000 troops in 2022."
    [row] = [
        row for row in compare_sources([Reading(text, DAY, "en") for text in texts]) if row.key == "personnel::troop"
    ]
    assert row.verdict == "compatible"
    assert [cell.scope for cell in row.cells] == ["2013", "2022"]


def test_the_worst_verdict_of_any_two_is_the_lines() -> None:
    texts = [f"{words} people were killed in the quake in Flores." for words in ("At least 40", "47", "53")]
    [row] = [row for row in compare_sources([Reading(text, DAY, "en") for text in texts]) if row.key.startswith("cas")]
    assert row.verdict == "disagree"


def test_a_text_says_what_it_says_most_exactly() -> None:
    first = "Quake kills dozens\n\nThe quake in Flores killed at least 47 people on Friday."
    rows = compare_sources([Reading(first, DAY, "en"), Reading("The quake in Flores killed 47 people.", DAY, "en")])
    [row] = [row for row in rows if row.key.startswith("casualties")]
    assert [cell.fact.quote for cell in row.cells] == ["47", "47"]
    assert [fact.quote for fact in row.cells[0].repeated] == ["dozens"]
