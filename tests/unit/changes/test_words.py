"""The word by word difference for people."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.words import Block, Span, paragraph_starts, spans_between, word_diff

WORDS = [
    "peace", "ends", "170", "303", "troops.", "the", "“vote”", '"vote"', "on", "Friday", "a", "…", "...", "é",
    "e\u0301", "co\u00adoperate", "cooperate", "死", "亡者", "\u200b", "👨‍👩‍👧", "👨", "مرحبا", "हिन्दी", "हिन्दू",
]  # fmt: skip
LINES = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.lists(st.sampled_from(WORDS)).map("".join)
TEXTS = st.lists(LINES, max_size=6).map("\n\n".join) | st.text(max_size=60)
OTHER = {"inserted": "deleted", "deleted": "inserted"}


def lines(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [line for line in text.split("\n") if line.strip()]


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


def test_a_word_that_is_equal_by_chance_is_part_of_the_rewriting() -> None:
    before = "Officials denied on Monday the reports of a massacre."
    after = "Officials confirmed late in the evening the discovery of bodies."
    kinds = [span.kind for span in spans_between(before, after)]
    assert kinds == ["equal", "deleted", "inserted", "equal"]


def test_typography_is_no_difference() -> None:
    (span,) = spans_between('"we won" - so', "“we won” – so")
    assert (span.kind, span.old, span.new) == ("equal", '"we won" - so', "“we won” – so")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("e\u0301te\u0301", "été"),
        ("co\u00adoperate", "cooperate"),
        ("so...", "so…"),
        ("a\u200bb", "ab"),
        ("x\u200b", "x"),
    ],
)
def test_what_nobody_sees_is_no_difference(before: str, after: str) -> None:
    assert {span.kind for span in spans_between(before, after)} == {"equal"}


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("犠牲者は17人に上る", "犠牲者は31人に上る", ["17"], ["31"]),  # no spaces: letter by letter
        ("ผู้เสียชีวิต", "ผู้บาดเจ็บ", None, None),  # a letter keeps its marks
        ("a 👨‍👩‍👧 b", "a 👨‍👩‍👦 b", ["👨‍👩‍👧"], ["👨‍👩‍👦"]),  # an emoji is one sign
        ("🇫🇷 won", "🇩🇪 won", ["🇫🇷"], ["🇩🇪"]),
        ("cafe noir", "cafe\u0301 noir", ["cafe"], ["cafe\u0301"]),  # never the accent alone
        ("हिन्दी में", "हिन्दू में", ["हिन्दी"], ["हिन्दू"]),
        ("قتل 17 شخصا", "قتل 31 شخصا", ["17"], ["31"]),
    ],
)
def test_letters_are_never_cut(before: str, after: str, gone: list[str] | None, come: list[str] | None) -> None:
    spans = spans_between(before, after)
    if gone is not None:
        assert [span.text for span in spans if span.kind == "deleted"] == gone
        assert [span.text for span in spans if span.kind == "inserted"] == come
    assert not any(unicodedata.category(span.text[0]).startswith("M") for span in spans)


def test_moved_paragraphs_are_moved_and_not_deleted() -> None:
    blocks = word_diff(
        "One stays here.\n\nTwo was here.\n\nThree stays too.", "Two was here.\n\nOne stays here.\n\nThree stays too."
    )
    assert sorted(block.kind for block in blocks) == ["moved", "same", "same"]


def test_what_is_there_many_times_does_not_move_for_one_more() -> None:
    before = "Alpha one.\n\n* * *\n\nBeta two.\n\n* * *\n\nGamma three."
    blocks = word_diff(before, f"* * *\n\n{before}")
    assert [block.kind for block in blocks] == ["inserted", "same", "same", "same", "same", "same"]


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
    new = ["".join(span.new for span in block.spans) for block in blocks if block.after is not None]
    assert new == lines(after)
    old = {block.before: "".join(span.old for span in block.spans) for block in blocks if block.before is not None}
    assert [old[index] for index in sorted(old)] == lines(before)
    assert [block.after for block in blocks if block.after is not None] == list(range(len(new)))


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert {block.kind for block in word_diff(text, text)} <= {"same"}
    assert all(span.kind == "equal" and span.was is None for block in word_diff(text, text) for span in block.spans)


def mirrored(block: Block) -> tuple[object, ...]:
    """What a block is in the comparison the other way round."""
    spans = [(OTHER.get(span.kind, span.kind), span.new, span.old) for span in block.spans]
    return block.after, block.before, OTHER.get(block.kind, block.kind), sorted(spans)


@given(TEXTS, TEXTS)
def test_the_other_way_round_is_the_same_mirrored(before: str, after: str) -> None:
    there = [
        (block.before, block.after, block.kind, sorted((span.kind, span.old, span.new) for span in block.spans))
        for block in word_diff(before, after)
    ]
    back = [mirrored(block) for block in word_diff(after, before)]
    assert sorted(there, key=str) == sorted(back, key=str)


@given(TEXTS)
def test_paragraphs_begin_where_they_are_said_to(text: str) -> None:
    assert [text[at:].split("\n")[0] for at in paragraph_starts(text)] == lines(text)


def test_long_texts_are_quick() -> None:
    paragraphs = [" ".join(f"word{(i * 31 + j * 17) % 5000}" for j in range(60)) for i in range(334)]
    edited = [p if i % 3 else p.replace("word1", "other1") for i, p in enumerate(paragraphs)]
    for separator in ("\n\n", " "):
        began = time.process_time()
        word_diff(separator.join(paragraphs), separator.join(reversed(edited)))
        assert time.process_time() - began < 2


def test_a_paragraph_as_long_as_a_book_is_compared_between_what_both_have_once() -> None:
    words = [f"word{number}" for number in range(20_000)]
    edited = [*words[:9_000], "something", *words[9_000:15_000], *words[15_001:]]
    (block,) = word_diff(" ".join(words), " ".join(edited))
    assert not block.coarse
    changed = [(span.kind, span.text.strip()) for span in block.spans if span.kind != "equal"]
    assert changed == [("inserted", "something"), ("deleted", "word15000")]


def test_what_is_too_long_for_words_says_so() -> None:
    old, new = "one two three " * 7_000, "one three two " * 7_000  # nothing in it is there just once
    first, pair = word_diff(f"Begin.\n\n{old}", f"Begin.\n\n{new}")
    assert (first.kind, first.coarse) == ("same", False)
    assert (pair.kind, pair.coarse) == ("changed", True)
    assert "".join(span.old for span in pair.spans) == old


def test_a_book_is_compared_by_its_paragraphs() -> None:
    paragraphs = [f"Chapter {number} of the book " + "and so on " * 1_000 for number in range(60)]
    edited = [*paragraphs[:30], paragraphs[30] + "to the end.", *paragraphs[31:]]
    blocks = word_diff("\n\n".join(paragraphs), "\n\n".join(edited))
    assert [(block.before, block.kind) for block in blocks if block.kind != "same"] == [(30, "changed")]
    assert blocks[30].coarse
