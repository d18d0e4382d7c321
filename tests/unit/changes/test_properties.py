"""What holds for any two texts."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.changes import Comparison, Reading, compare
from monitor.facts import find

CLAUSES = [
    "At least 170 peacekeepers were killed", "303 blue helmets have died", "The vote is set for 30 June 2023",
    "Some 15,000 soldiers remain", "the army said 12 men were wounded on Friday", "Four dead",
    "up to $4 million was paid",
    "prices rose 3.4%", "it was 6 km away", "troops leave by December 31", "between 10 and 15 villages burned",
    "dozens fled", "\u200b“none of it” is true", "Correction: it was 11,000, not 13,000", "This story has been updated",
]  # fmt: skip
NEWS = st.lists(
    st.tuples(st.sampled_from(CLAUSES), st.sampled_from([". ", ".\n\n", ", ", "\n", "; "])), max_size=8
).map(lambda parts: "".join(clause + end for clause, end in parts))
ANY = st.text(max_size=120)
BOTH_SIDES = {"value", "hedge", "time", "certainty", "attribution"}


@given(st.one_of(NEWS, ANY))
def test_a_text_has_no_change_against_itself(text: str) -> None:
    comparison = compare(Reading(text), Reading(text))
    assert comparison.changes == ()
    assert all(pair.before == pair.after for pair in comparison.pairs)


@given(NEWS, NEWS)
def test_the_way_back_swaps_sides(before: str, after: str) -> None:
    swapped = {"added": "removed", "removed": "added"}
    there, back = compare(Reading(before), Reading(after)), compare(Reading(after), Reading(before))
    assert sorted(str((c.type, c.before, c.after)) for c in there.changes) == sorted(
        str((swapped.get(c.type, c.type), c.after, c.before)) for c in back.changes
    )


@given(NEWS, NEWS)
def test_sides_are_where_they_belong(before: str, after: str) -> None:
    for change in compare(Reading(before), Reading(after)).changes:
        if change.type in BOTH_SIDES:
            assert change.before is not None
            assert change.after is not None
            assert before[change.before.start : change.before.end] == change.before.quote
            assert after[change.after.start : change.after.end] == change.after.quote
        elif change.type == "added":
            assert (change.before, change.after is not None) == (None, True)
        elif change.type == "removed":
            assert (change.before is not None, change.after) == (True, None)
        assert change.summary


@given(NEWS, NEWS)
def test_every_fact_is_in_exactly_one_pair(before: str, after: str) -> None:
    pairs = compare(Reading(before), Reading(after)).pairs
    assert sorted(map(str, (p.before for p in pairs if p.before))) == sorted(map(str, find(before)))
    assert sorted(map(str, (p.after for p in pairs if p.after))) == sorted(map(str, find(after)))


@given(st.one_of(NEWS, ANY), st.one_of(NEWS, ANY), st.sampled_from(["en", "fr", "xx", "", "../en", "zh-Hant"]))
def test_any_text_gets_an_answer(before: str, after: str, lang: str) -> None:
    assert isinstance(compare(Reading(before, lang=lang), Reading(after, lang=lang)), Comparison)


@settings(max_examples=20)
@given(
    st.sampled_from(
        [
            "\x00",
            "\ud7ff",
            "\u202e170 killed",
            "a" * 5000,
            "9" * 400,
            "१७० killed",
            "170 " * 500,
            "\n" * 500,
            " " * 20_000,
            "\u2028" * 20_000,
            "1e99 trillion km",
            "9" * 40 + " km",
            "Correction: it was 11,000, not 13,000.\n" * 60,
        ]
    )
)
def test_hostile_text_gets_an_answer(text: str) -> None:
    assert isinstance(compare(Reading(text), Reading("Four dead.")), Comparison)


def article(paragraphs: int, toll: int) -> str:
    return "\n\n".join(
        f"In district {n} the flood killed {toll + n * 7 % 90} people, said officer number {n} of the region, who "
        f"spoke on {n % 28 + 1} March 2024 in front of the old school, and he asked all who live by the river to move."
        for n in range(paragraphs)
    )


@pytest.mark.parametrize("paragraphs", [500])
def test_long_articles_are_quick(paragraphs: int) -> None:
    """About 20,000 words in which every toll changes; the facts' own time is not counted."""
    before, after = article(paragraphs, 3), article(paragraphs, 5)
    old, new = find(before), find(after)
    began = time.process_time()
    compare(Reading(before), Reading(after), before_facts=old, after_facts=new)
    assert time.process_time() - began < 2


def note(number: int) -> str:
    return f"Correction: an earlier version said that {number} people were killed in village {number}."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ", "\t"),
        ("12 people were killed on Friday, ", "13 people were killed on Friday, "),
        ("town: 12 ", "town; 13 "),
        ("north\t12\t5\n", "north\t13\t5\n"),
        ("1 ", "(2) "),
    ],
)
def test_time_grows_with_length_only(old: str, new: str) -> None:
    """Eight times the text may take some eight times as long; 64 times would be quadratic."""

    def seconds(length: int) -> float:
        before, after = (unit * (length // len(unit)) + "x" for unit in (old, new))
        facts = find(before), find(after)
        began = time.process_time()
        compare(Reading(before), Reading(after), before_facts=facts[0], after_facts=facts[1])
        return time.process_time() - began

    seconds(500)
    taken = [(seconds(2_500), seconds(20_000))]
    while len(taken) < 3 and taken[-1][1] > max(20 * taken[-1][0], 0.2):  # one may be an accident
        taken.append((seconds(2_500), seconds(20_000)))
    assert any(long < max(20 * short, 0.2) for short, long in taken), taken


def test_a_page_of_notices_is_quick() -> None:
    before, after = ("\n\n".join(note(n + by) for n in range(400)) + article(100, by) for by in (3, 5))
    began = time.process_time()
    compare(Reading(before), Reading(after))
    assert time.process_time() - began < 4
