"""The words that differ are marked."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alerts.marks import Side, Span, mark


def marked(side: Side, spans: list[Span]) -> list[str]:
    return [side.sentence[start:end] for start, end in spans]


def test_only_the_words_that_differ() -> None:
    old = Side("At least 170 peacekeepers were killed, the U.N. said.", (9, 12))
    new = Side("More than 303 peacekeepers were killed, the U.N. said.", (10, 13))
    spans = mark(old, new)
    assert marked(old, spans[0]) == ["At least 170"]
    assert marked(new, spans[1]) == ["More than 303"]


def test_a_hedge_that_went_is_marked_on_its_side() -> None:
    old, new = Side("At least 170 were killed.", (9, 12)), Side("170 were killed.", (0, 3))
    assert [marked(side, spans) for side, spans in zip((old, new), mark(old, new), strict=True)] == [["At least"], []]


def test_words_that_only_a_comma_parts_are_marked_as_one() -> None:
    old, new = Side("Done by Dec. 31, 2023."), Side("Done by January 1, 2024.")
    spans = mark(old, new)
    assert marked(old, spans[0]) == ["Dec. 31, 2023"]
    assert marked(new, spans[1]) == ["January 1, 2024"]


def test_a_rewritten_sentence_has_its_value_marked() -> None:
    old = Side("At least 170 peacekeepers were killed in ten years of the mission.", (9, 12))
    new = Side("The toll, officials told reporters on Friday, now stands at 303.", (60, 63))
    spans = mark(old, new)
    assert marked(old, spans[0]) == ["170"]
    assert marked(new, spans[1]) == ["303"]


def test_equal_sentences_and_single_ones_have_their_value_marked() -> None:
    side = Side("He comes on Friday.", (12, 18))
    assert mark(side, side) == ([(12, 18)], [(12, 18)])
    assert mark(side, None) == ([(12, 18)], [])
    assert mark(None, side) == ([], [(12, 18)])
    assert mark(None, None) == ([], [])


texts = st.lists(st.sampled_from(["at", "least", "170", "303", "killed", ",", "U.N.", "é", "十"]), max_size=20).map(
    " ".join
)


@given(texts, texts)
def test_what_is_not_marked_is_equal_when_words_are_compared(before: str, after: str) -> None:
    spans = mark(Side(before), Side(after))
    rest = []
    for sentence, marks in zip((before, after), spans, strict=True):
        assert all(0 <= start < end <= len(sentence) for start, end in marks)
        assert all(one[1] <= other[0] for one, other in pairwise(marks))
        for start, end in reversed(marks):
            sentence = sentence[:start] + sentence[end:]
        rest.append(sentence.replace(",", " ").split())
    if spans != ([], []):
        assert rest[0] == rest[1]
