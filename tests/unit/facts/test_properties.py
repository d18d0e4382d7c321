"""What holds for any text: exact quotes, order, no exception, the same answer twice, linear time."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.facts import Fact, find

PIECES = [
    *("twelve people were killed", "on Friday", "Dec. 31, 2023", "$1.5 million", "5 %", "at least", "between", "and"),
    *("the death toll rose to", "two weeks later", "to", "-", "–", "1,200", "1 200", "half a", "million", "the end of"),
    *(
        "last year",
        "3 min read",
        "(",
        ")",
        "“",
        "”",
        ".",
        ",",
        "\n",
        "\n\n",
        "a.m.",
        "9",
        "2023",
        "28/12",
        "aged",
        "first",
    ),
    *("U.N.", "May", "\u200b", "\u202e", "\u00a0", "\u202f", "１２", "٣", "İ", "ß", "é", "e\u0301", "日本で12人", "🙂"),
    *("½", "in", "of", "-5", "1e400", "9" * 40, "NaN", "next weekend", "1,000 years ago", "12:00", "twenty-", "\ud83d"),
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(max_size=300),
)
HIDDEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
RELATIVE = [
    *("last year", "next year", "on Friday", "next Friday", "this week", "next week", "last week", "the weekend"),
    *("last weekend", "next weekend", "the week of 31 December 9999", "three weeks ago", "in ten days", "next century"),
    *("a million years ago", "10,000 years from now", "in May", "at Easter", "next winter", "next quarter", "tomorrow"),
    *("the following year", "a day before", "two weeks later", "last decade", "by the end of next month", "yesterday"),
]
DAYS = st.one_of(st.none(), st.dates())
SLOW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_sound(text: str, facts: list[Fact]) -> None:
    for fact in facts:
        assert fact.quote == text[fact.start : fact.end]
        assert fact.quote
        assert fact.phrase.text == text[fact.phrase.start : fact.phrase.end]
        assert fact.phrase.start <= fact.start <= fact.end <= fact.phrase.end
        assert fact.key.startswith(f"{fact.kind}:")
        assert fact.rule
        assert fact.quote in fact.sentence or HIDDEN.search(text)
        assert fact.sentence in text or HIDDEN.search(text)
        bounds = fact.quantity and (fact.quantity.lower, fact.quantity.upper)
        assert not bounds or bounds != (None, None)
        assert not bounds or None in bounds or bounds[0] <= bounds[1]  # type: ignore[operator]
        assert fact.time is None or None in (fact.time.start, fact.time.end) or fact.time.start <= fact.time.end  # type: ignore[operator]
        json.dumps(fact.to_json(), allow_nan=False)
        assert Fact.from_json(fact.to_json()) == fact
    assert [fact.start for fact in facts] == sorted(fact.start for fact in facts)
    assert len({(fact.kind, fact.start, fact.end) for fact in facts}) == len(facts)


@SLOW
@given(TEXTS, DAYS)
def test_any_text_gives_sound_facts(text: str, published: date | None) -> None:
    facts = find(text, published=published)
    assert_sound(text, facts)
    assert find(text, published=published) == facts


@SLOW
@given(TEXTS, st.text(max_size=8))
def test_any_language_code_gives_an_answer(text: str, lang: str) -> None:
    assert_sound(text, find(text, lang=lang))


@pytest.mark.parametrize("lang", ["", " ", "x" * 10_000, "../en", "/", ".", "\0", "\ud83d", "en\0", "EN_us", "é" * 300])
def test_what_is_no_language_code_gives_what_needs_no_words(lang: str) -> None:
    assert "5 %" in [fact.quote for fact in find("5 % of 12 people", lang=lang)]


def test_a_date_time_is_taken_for_its_day() -> None:
    moment = datetime(2023, 6, 30, 23, 59, tzinfo=UTC)
    assert find("He left on Friday.", published=moment) == find("He left on Friday.", published=date(2023, 6, 30))


@pytest.mark.parametrize("published", [date.min, date(1, 1, 6), date(9999, 12, 25), date.max, date(3023, 1, 1)])
@pytest.mark.parametrize("day", ["", "On 1 January 1 it began. ", "On 31 December 9999 it ends. "])
def test_a_strange_date_of_publication_gives_an_answer(published: date, day: str) -> None:
    text = f"{day}He left {', '.join(RELATIVE)}."
    assert_sound(text, find(text, published=published))
    for words in RELATIVE:
        assert_sound(day + words, find(day + words, published=published))


def test_invisible_characters_change_no_value() -> None:
    plain = find("1,500 people were killed on Friday", published=date(2023, 6, 30))
    hidden = find("1,\u200b500 peo\u00adple were kil\u2060led on \u200fFri\ufeffday", published=date(2023, 6, 30))
    assert [(f.key, f.quantity, f.time) for f in hidden] == [(f.key, f.quantity, f.time) for f in plain]
    assert hidden[0].quote == "1,\u200b500"


SENTENCE = "At least 170 people were killed on Friday, according to the U.N. Two weeks later 12 of them left. "
UNITS = [
    *(
        SENTENCE,
        SENTENCE.replace(". ", ", "),
        "killed on Friday, 12 ",
        "12:00 ",
        "2023-01-01 ",
        "Friday ",
        "(",
        "“",
        "a",
    ),
    *("12 ", "1,", "12,", "１２,", "1 ", "-", "1-1-", "twenty-", "and a half ", "the end of ", "May ", "photo: (pdf "),
    *(
        ". ",
        ".",
        "...",
        "\n",
        "\t",
        "  \n",
        "\u00a0",
        "U.S. ",
        "$",
        "12 people ",
        "of them ",
        "he said 12 ",
        "million ",
    ),
]
LENGTH = 3_000
TAIL = "x 5 min read, updated: 2 hours ago, 12 views, release [1] (pdf)"
"""What a run ends in: another letter, and words that set the patterns for page furniture to work."""


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_only(unit: str) -> None:
    """Not a matter of speed: eight times the text may take some eight times as long; 64 times would be quadratic."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit)) + TAIL
        start = time.process_time()
        find(text, published=date(2023, 6, 30))
        return time.process_time() - start

    taken = [(seconds(LENGTH), seconds(8 * LENGTH))]
    while len(taken) < 3 and taken[-1][1] > max(20 * taken[-1][0], 0.1):  # one may be an accident
        taken.append((seconds(LENGTH), seconds(8 * LENGTH)))
    assert any(long < max(20 * short, 0.1) for short, long in taken), taken
