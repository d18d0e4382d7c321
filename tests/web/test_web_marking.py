"""Facts underlined in the word by word text, and what is folded. Pure."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.changes import Reading, compare, word_diff
from monitor.facts import Fact, find
from monitor.web import marking, sentences
from monitor.web.marking import Paragraph, Piece, Stretch
from tests.web.newsroom import FIRST, SECOND, told


def paragraphs(
    before: str, after: str, old: list[Fact] | None = None, new: list[Fact] | None = None
) -> list[Paragraph]:
    """The two texts as the compare page shows them."""
    old, new = list(find(before)) if old is None else old, list(find(after)) if new is None else new
    shown = marking.stretches(word_diff(before, after), before, after, old, new)
    return [paragraph for stretch in shown for paragraph in stretch.paragraphs]


def underlined(pieces: tuple[Piece, ...]) -> list[tuple[str, str]]:
    """What is underlined, and as which kind of words."""
    return [(piece.kind, piece.text) for piece in pieces if piece.reading]


def test_a_value_that_changed_is_underlined_on_both_sides() -> None:
    (only,) = paragraphs("At least 17 people were killed.", "At least 31 people were killed.")
    assert underlined(only.columns[0]) == [("deleted", "17"), ("inserted", "31")]


def test_a_fact_over_several_spans_is_one_fact() -> None:
    (only,) = paragraphs("It paid $1.5 million.", "It paid $15 million.")
    new = [piece for piece in only.columns[0] if piece.reading and piece.kind != "deleted"]
    assert "".join(piece.text for piece in new) == "$15 million"
    assert len([piece for piece in new if piece.note]) == 1


def test_equal_paragraphs_have_their_own_facts() -> None:
    text = "17 people were killed.\n\nNothing else.\n\n17 people were killed."
    shown = paragraphs(text, text)
    assert [underlined(each.columns[0]) for each in shown] == [[("equal", "17")], [], [("equal", "17")]]


def test_each_of_two_equal_paragraphs_has_its_own_place() -> None:
    text = "17 people were killed.\n\n17 people were killed."
    first = told(text, "17", "17 people", "people killed", 17)
    second = replace(first, start=first.start + 24, end=first.end + 24)
    for only, expected in ((first, [["17"], []]), (second, [[], ["17"]])):
        same = paragraphs(text, text, [], [only])
        assert [[words for _, words in underlined(each.columns[0])] for each in same] == expected
        gone = paragraphs(text, "Nothing is left of it.", [only], [])
        assert [
            [words for _, words in underlined(each.columns[0])] for each in gone if each.kind == "deleted"
        ] == expected


def test_overlapping_facts_are_underlined_once() -> None:
    text = "A fine of $1.5 million."
    longer, shorter = told(text, "$1.5 million", "$1.5 million", "fine", 1.5e6), told(text, "1.5", "1.5", "number", 1.5)
    (only,) = paragraphs(text, text, [], [shorter, longer])
    assert underlined(only.columns[0]) == [("equal", "$1.5 million")]


def test_a_removed_paragraph_keeps_its_facts() -> None:
    shown = paragraphs("Intro here.\n\n17 people were killed.", "Intro here.")
    assert [(each.kind, underlined(each.columns[0])) for each in shown] == [
        ("same", []),
        ("deleted", [("deleted", "17")]),
    ]


def test_every_change_of_a_fact_has_its_place() -> None:
    comparison = compare(Reading(FIRST), Reading(SECOND))
    shown = sentences.evidence(comparison.changes)
    old = [pair.before for pair in comparison.pairs if pair.before]
    new = [pair.after for pair in comparison.pairs if pair.after]
    text = marking.stretches(word_diff(FIRST, SECOND), FIRST, SECOND, old, new, shown)
    of_facts = {each.anchor for each in shown if each.change.before or each.change.after}
    assert of_facts
    assert marking.places(text) == of_facts
    every = [
        piece.anchor
        for stretch in text
        for each in stretch.paragraphs
        for column in each.columns
        for piece in column or ()
        if piece.anchor
    ]
    assert len(every) == len(set(every))


def test_evidence_marks_what_differs() -> None:
    comparison = compare(Reading("At least 17 people were killed."), Reading("31 people were killed."))
    (toll,) = sentences.evidence(comparison.changes)
    assert toll.before is not None
    assert toll.after is not None
    assert [run for run, changed in toll.before.runs if changed] == ["At least 17"]
    assert [run for run, changed in toll.after.runs if changed] == ["31"]
    assert "".join(run for run, _ in toll.before.runs) == "At least 17 people were killed."


def test_excerpt_is_cut_around_the_value() -> None:
    text = "a " * 200 + "and 31 people were killed " + "b " * 200
    runs = sentences.excerpt(told(text, "31", "31 people were killed", "people killed", 31)).runs
    assert runs[1] == ("31", True)
    assert runs[0][0].startswith("…")
    assert runs[2][0].endswith("…")
    assert len("".join(run for run, _ in runs)) < 180


def folds(kinds: str) -> list[tuple[bool, int]]:
    """Which of the paragraphs (`.` unchanged, `x` changed) are folded."""
    before = "\n\n".join(f"Paragraph number {number} about {'roads' * number} only." for number in range(len(kinds)))
    after = "\n\n".join(
        f"Paragraph number {number} about {'roads' * number} {'alone' if kind == 'x' else 'only'}."
        for number, kind in enumerate(kinds)
    )
    shown: list[Stretch] = marking.stretches(word_diff(before, after), before, after, [], [])
    return [(stretch.folded, len(stretch.paragraphs)) for stretch in shown]


def test_folding_keeps_the_neighbours_of_a_change() -> None:
    assert folds("....x....") == [(True, 3), (False, 3), (True, 3)]
    assert folds("x....x") == [(False, 2), (True, 2), (False, 2)]
    assert folds("x...x") == [(False, 5)]
    assert folds("..x") == [(False, 3)]
    assert folds("x") == [(False, 1)]
    assert folds("......") == [(True, 6)]


words = st.lists(
    st.sampled_from(["17", "people", "31", "killed", "the", "$1.5", "million", "on", "Friday", ".", ",", "\n\n"]),
    max_size=40,
)


@given(words, words)
def test_nothing_is_lost_between_the_words_and_the_page(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), " ".join(after)
    blocks = word_diff(old, new)
    shown = paragraphs(old, new)
    assert [each.kind for each in shown] == [block.kind for block in blocks]
    for block, paragraph in zip(blocks, shown, strict=True):
        for kind in ("equal", "inserted", "deleted"):
            expected = "".join(span.text for span in block.spans if span.kind == kind)
            assert "".join(piece.text for piece in (paragraph.columns[0] or ()) if piece.kind == kind) == expected
