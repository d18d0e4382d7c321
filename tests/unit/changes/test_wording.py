"""The one sentence that says a Change, its severity, and the changes that no text brings."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.changes import Reading, availability_change, compare
from monitor.changes.classify import Found, severity_of
from monitor.changes.wording import change_of, fact_sentence
from monitor.facts.model import Quantity, TimeExpression


def test_value_with_percentage(make_fact) -> None:
    before = make_fact("170", "170", kind="casualties", predicate="killed", noun="peacekeeper", number=170)
    before = replace(before, subject="peacekeepers killed", quantity=Quantity(170, None, hedge="at_least"))
    after = replace(before, quote="303", quantity=Quantity(303, 303))
    change = change_of(Found("value", before, after), acknowledged=False)
    assert change.summary == "Peacekeepers killed: at least 170 → 303 (+78 %)"
    assert (change.delta, change.ratio, change.severity) == (133, pytest.approx(1.7824, abs=1e-4), "high")


def test_word_number_in_small_letters(make_fact) -> None:
    before = make_fact("Four", "Four", kind="casualties", predicate="killed", number=4)
    after = replace(before, quote="Six", quantity=Quantity(6, 6))
    assert fact_sentence(Found("value", before, after), 1.5) == "Killed: four → six (+50 %)"


def test_deadline_with_days(make_fact) -> None:
    time = TimeExpression("DATE", "2023-12-31", start="2023-12-31", end="2023-12-31", role="by")
    before = replace(make_fact("December 31", "December 31", kind="date"), time=time)
    later = replace(time, value="2024-01-01", start="2024-01-01", end="2024-01-01")
    after = replace(before, quote="January 1", time=later)
    change = change_of(Found("value", before, after), acknowledged=False)
    assert change.summary == "Deadline: by December 31 → by January 1 (1 day later)"
    assert (change.delta, change.severity) == (1, "high")


def test_alone_certainty_and_attribution(make_fact) -> None:
    fact = make_fact("12 men", "12", kind="casualties", predicate="killed", number=12)
    assert fact_sentence(Found("removed", fact, None)) == "No longer said: “12”"
    assert fact_sentence(Found("added", None, fact)) == "New: “12”"
    alleged = replace(fact, certainty="alleged", attribution="the army")
    assert fact_sentence(Found("certainty", alleged, fact)) == "Killed, 12: alleged → asserted"
    told = replace(fact, attribution="witnesses")
    assert fact_sentence(Found("attribution", alleged, told)) == "Killed, 12: said by “the army” → “witnesses”"


def test_severity_grades(make_fact) -> None:
    dead = make_fact("12", "12", kind="casualties", predicate="killed", number=12)
    seats = make_fact("12", "12", noun="seat", number=12)
    bare = make_fact("12", "12", number=12)
    assert [severity_of("value", fact, fact) for fact in (dead, seats, bare)] == ["high", "medium", "low"]
    assert [severity_of("removed", fact, None) for fact in (dead, seats, bare)] == ["medium", "low", "low"]
    assert severity_of("hedge", dead, dead) == "low"


def test_article_changes_need_both_sides_and_more_than_typography() -> None:
    before = Reading("Same.", date(2024, 3, 1), headline="“Peace” ends", byline="A. Writer")
    after = replace(before, headline='"Peace" ends', byline=None, published=None)
    assert compare(before, after).changes == ()
    after = replace(before, headline="War ends", byline="B. Writer", published=date(2024, 3, 2))
    told = compare(before, after).changes
    assert [change.type for change in told] == ["headline", "published", "byline"]
    assert told[0].summary == "Headline: “Peace” ends → War ends".replace(
        "“Peace” ends → War ends", "““Peace” ends” → “War ends”"
    )
    assert (told[0].before_text, told[0].after_text) == ("“Peace” ends", "War ends")


def test_a_vanished_notice_is_told_and_admits_nothing() -> None:
    note = "Correction: An earlier version of this article misstated the toll."
    (change,) = compare(Reading(f"Peace ends.\n\n{note}"), Reading("Peace ends.")).changes
    assert (change.type, change.before_text, change.after_text, change.acknowledged) == ("notice", note, None, False)


@pytest.mark.parametrize(
    ("before", "after", "detail", "summary", "severity"),
    [
        ("page", "gone", "404", "Gone (404)", "high"),
        ("page", "walled", "consent", "Behind a wall (consent)", "medium"),
        ("gone", "page", None, "Back again after it was gone", "low"),
        ("walled", "gone", "410", "Gone (410)", "high"),
    ],
)
def test_availability(before: str, after: str, detail: str | None, summary: str, severity: str) -> None:
    change = availability_change(before, after, detail=detail)  # type: ignore[arg-type]
    assert change is not None
    assert (change.type, change.summary, change.severity) == ("availability", summary, severity)


def test_same_availability_is_nothing() -> None:
    assert availability_change("page", "page") is None
