"""The word by word difference for people."""

import time

from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.words import Span, spans_between, word_diff

WORDS = ["peace", "ends", "170", "303", "troops.", "the", "“vote”", "on", "Friday", "a"]
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    max_size=6,
).map("\n\n".join)


def test_a_changed_word_stands_between_equal_ones() -> None:
    assert list(spans_between("at least 170 were killed", "at least 303 were killed")) == [
        Span("equal", "at least "),
        Span("deleted", "170"),
        Span("inserted", "303"),
        Span("equal", " were killed"),
    ]


def test_neighbouring_edits_are_one() -> None:
    spans = list(spans_between("the red house stands", "the blue barn stands"))
    assert spans == [
        Span("equal", "the "),
        Span("deleted", "red house"),
        Span("inserted", "blue barn"),
        Span("equal", " stands"),
    ]


def test_typography_is_no_difference() -> None:
    assert [span.kind for span in spans_between('"we won" - so', "“we won” – so")] == ["equal"]


def test_moved_paragraphs_are_moved_and_not_deleted() -> None:
    blocks = word_diff(
        "One stays here.\n\nTwo was here.\n\nThree stays too.", "Two was here.\n\nOne stays here.\n\nThree stays too."
    )
    assert sorted(block.kind for block in blocks) == ["moved", "same", "same"]


def test_a_moved_paragraph_shows_its_edits() -> None:
    before = "The vote is on Friday.\n\nRain fell all day.\n\nSome 170 peacekeepers died in the war."
    after = "Some 303 peacekeepers died in the war.\n\nThe vote is on Friday.\n\nRain fell all day."
    moved = next(block for block in word_diff(before, after) if block.kind == "moved")
    assert moved.before == 2
    assert Span("inserted", "303") in moved.spans


def test_deleted_paragraphs_stand_where_they_stood() -> None:
    blocks = word_diff("Alpha one.\n\nBeta two.\n\nGamma three.", "Alpha one.\n\nGamma three.")
    assert [(block.kind, block.before, block.after) for block in blocks] == [
        ("same", 0, 0),
        ("deleted", 1, None),
        ("same", 2, 1),
    ]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_blocks(before: str, after: str) -> None:
    blocks = word_diff(before, after)
    new = [
        "".join(span.text for span in block.spans if span.kind != "deleted")
        for block in blocks
        if block.after is not None
    ]
    assert new == [line for line in after.split("\n") if line.strip()]
    old = {
        block.before: "".join(span.text for span in block.spans if span.kind != "inserted")
        for block in blocks
        if block.before is not None
    }
    assert [old[index] for index in sorted(old)] == [line for line in before.split("\n") if line.strip()]


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert {block.kind for block in word_diff(text, text)} <= {"same"}


def test_long_texts_are_quick() -> None:
    paragraphs = [" ".join(f"word{(i * 31 + j * 17) % 5000}" for j in range(60)) for i in range(334)]
    edited = [p if i % 3 else p.replace("word1", "other1") for i, p in enumerate(paragraphs)]
    for separator in ("\n\n", " "):
        began = time.process_time()
        word_diff(separator.join(paragraphs), separator.join(reversed(edited)))
        assert time.process_time() - began < 2
