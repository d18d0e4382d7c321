"""Which entries of a feed are taken, and when it is read next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.pace import plan
from monitor.discovery.rules import FeedRule, has, why_not, words
from monitor.sources.feed_document import Entry

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(title: str = "", summary: str = "", **more: object) -> Entry:
    fields = {"url": "https://example.org/world/africa/1", "published": None, "at": None} | more
    return Entry(title=title, summary=summary, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "phrase", "there"),
    [
        ("Peacekeepers leave MALI", "mali", True),
        ("Somalia", "mali", False),
        ("Mali's army", "Mali", True),
        ("the UN-led mission", "un-led mission", True),
        ("the mission", "mission the", False),
        ("Peacekeepers and peacekeeping", "peace*", True),
        ("the peace talks", "peace talk*", True),
        ("the peacetime talk", "peace talk*", False),
        ("Straße gesperrt", "STRASSE", True),
        ("İstanbul'da deprem", "istanbul", False),
        ("cafe\u0301 burns", "caf\u00e9", True),
        ("马里维和部队撤离", "维和部队", True),
        ("马里维和部队撤离", "维和撤离", False),
        ("マリで爆発があった", "爆発", True),
        ("13,000 troops", "13,000", True),
        ("Мали: войска уходят", "войска", True),
        ("anything", "", False),
        ("anything", "*", False),
    ],
)
def test_words_are_matched_whole_and_case_folded(text: str, phrase: str, there: bool) -> None:
    assert has(words(text), phrase) is there


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=40))
def test_a_phrase_of_words_is_found_where_it_stands(before: str, phrase: str, after: str) -> None:
    if words(phrase):
        assert has(words(f"{before} {phrase} {after}"), phrase)


def test_conditions_are_joined() -> None:
    rule = FeedRule(["mali", "niger"], ["killed"], ["cup", "film"])
    assert why_not(entry("Ten killed in Mali"), rule) is None
    assert why_not(entry("Niger", "<b>", sections=()), rule) == "it has no “killed”"
    assert why_not(entry("Ten killed in Chad"), rule) == "it has none of “mali”, “niger”"
    assert why_not(entry("Ten killed in Mali, a film"), rule) == "it has “film”"
    assert why_not(entry("Ten", "killed in Mali"), rule) is None, "title and summary"
    assert why_not(entry("anything"), FeedRule()) is None


@pytest.mark.parametrize(
    ("section", "taken"),
    [
        ("/world", True), ("/world/", True), ("/World/Africa", True), ("/wor", False), ("/africa", False),
        ("Africa", True), ("africa ", True), ("World News", False), ("/", True),
    ],
)  # fmt: skip
def test_a_section_is_a_category_or_a_path(section: str, taken: bool) -> None:
    assert (why_not(entry("T", sections=("AFRICA", "Top")), FeedRule(sections=[section])) is None) is taken


def test_a_language_counts_where_the_feed_names_one() -> None:
    rule = FeedRule(languages=["en"])
    assert why_not(entry("T", language="en"), rule) is None
    assert why_not(entry("T"), rule) is None
    assert why_not(entry("T", language="fr"), rule) == "its language is fr"


def wait(**given: object) -> float:
    usual = {"interval": 900.0, "own": False, "failures": 0, "asked": None, "headers": {}, "retry_after": None}
    planned = plan(at=NOW, dice=0.5, **usual | given)  # type: ignore[arg-type]
    return (planned.next_check_at - NOW).total_seconds()


def test_the_next_reading() -> None:
    assert wait() == 900
    assert wait(asked=1800.0) == 1800
    assert wait(asked=60.0) == 900, "never sooner than configured"
    assert wait(asked=86400.0) == 3600, "a feed that asks for a day is not believed"
    assert wait(asked=1800.0, own=True) == 900, "a person knows better"
    assert wait(headers={"cache-control": "max-age=1200"}) == 1200
    assert [wait(failures=n) for n in (1, 2, 3, 50)] == [900, 1800, 3600, 86400]
    assert wait(failures=1, retry_after=7200.0) == 7200
    assert wait(interval=7 * 86400.0, failures=9) == 7 * 86400, "never sooner than usual, either"
