"""Which sentence or paragraph became which."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.alignment import align, increasing

SENTENCES = st.lists(
    st.sampled_from(["Peace ends.", "Peace ended.", "The vote is on Friday.", "170 died.", ""]), max_size=8
)


def test_moved_and_reworded_sentences_find_their_origin() -> None:
    old = ["Some 170 soldiers died in the war.", "The vote is on Friday.", "Rain fell all day long in the city."]
    new = ["Rain fell all day in the city.", "The vote is on Friday.", "Some 303 soldiers died in this war."]
    assert align(old, new) == {0: 2, 1: 1, 2: 0}


def test_unlike_sentences_have_no_counterpart() -> None:
    assert align(["Some 170 soldiers died."], ["Shares closed higher on hopes of a deal."]) == {}


def test_equal_sentences_keep_their_order() -> None:
    assert align(["Yes.", "Yes."], ["Yes.", "No.", "Yes."]) == {0: 0, 1: 2}


def test_increasing_is_the_longest_run_in_order() -> None:
    assert increasing({0: 3, 1: 0, 2: 1, 3: 2}) == {1, 2, 3}
    assert increasing({}) == set()


@given(SENTENCES, SENTENCES)
def test_alignment_is_one_to_one(old: list[str], new: list[str]) -> None:
    partner = align(old, new)
    assert len(set(partner.values())) == len(partner)
    assert set(partner) <= set(range(len(old)))
    assert set(partner.values()) <= set(range(len(new)))


@given(SENTENCES)
def test_a_text_aligns_with_itself(sentences: list[str]) -> None:
    assert align(sentences, sentences) == {index: index for index in range(len(sentences))}
