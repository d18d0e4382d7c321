"""What holds for any text: exact quotes, order, no exception, the same answer twice, linear time."""

from __future__ import annotations

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
    *("½", "in", "of", "-5"),
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(max_size=300),
)
DAYS = st.one_of(st.none(), st.dates())
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_sound(text: str, facts: list[Fact]) -> None:
    for fact in facts:
        assert fact.quote == text[fact.start : fact.end]
        assert fact.quote
        assert fact.phrase.text == text[fact.phrase.start : fact.phrase.end]
        assert fact.phrase.start <= fact.start <= fact.end <= fact.phrase.end
        assert fact.key.startswith(f"{fact.kind}:")
        assert fact.rule
        assert Fact.from_json(fact.to_json()) == fact
    assert [fact.start for fact in facts] == sorted(fact.start for fact in facts)


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


def test_a_date_time_is_taken_for_its_day() -> None:
    moment = datetime(2023, 6, 30, 23, 59, tzinfo=UTC)
    assert find("He left on Friday.", published=moment) == find("He left on Friday.", published=date(2023, 6, 30))


@pytest.mark.parametrize("published", [date.min, date.max, date(3023, 1, 1)])
def test_a_strange_date_of_publication_gives_an_answer(published: date) -> None:
    text = "He left last year, on Friday, three weeks ago, next century, a million years ago, in May, at Easter."
    assert_sound(text, find(text, published=published))


def test_invisible_characters_change_no_value() -> None:
    plain = find("1,500 people were killed on Friday", published=date(2023, 6, 30))
    hidden = find("1,\u200b500 peo\u00adple were kil\u2060led on \u200fFri\ufeffday", published=date(2023, 6, 30))
    assert [(f.key, f.quantity, f.time) for f in hidden] == [(f.key, f.quantity, f.time) for f in plain]
    assert hidden[0].quote == "1,\u200b500"


SENTENCE = "At least 170 people were killed on Friday, according to the U.N. Two weeks later 12 of them left. "
SYLLABLES = [
    "12 ",
    "1,",
    "(",
    "twenty-",
    "and a half ",
    "the end of ",
    "“",
    "a",
    "1 ",
    "-",
    "May ",
    "photo: (pdf ",
    ". ",
    "\n",
]


@pytest.mark.parametrize("unit", [SENTENCE, *SYLLABLES])
def test_time_grows_with_length_only(unit: str) -> None:
    """Not a matter of speed: eight times the text may take some eight times as long; 64 times would be quadratic."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        find(text, published=date(2023, 6, 30))
        return time.process_time() - start

    seconds(5_000)
    short = min(seconds(10_000) for _ in range(3))
    long = min(seconds(80_000) for _ in range(2))
    assert long < max(32 * short, 0.5), (short, long)
