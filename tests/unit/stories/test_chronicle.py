"""A line told in order: who was first, who followed, who copied, who corrected, who is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.changes.lexicon import context_words
from monitor.facts import find
from monitor.facts.model import Fact
from monitor.stories.chronicle import Event, Spell, chronicle, listed, not_followed, sentence

WORDS = context_words("en")
START = datetime(2026, 11, 20, tzinfo=UTC)
CALLED = {1: "AP", 2: "BBC", 3: "DW"}


def killed(number: str) -> Fact:
    """Fact of so many killed."""
    return next(fact for fact in find(f"{number} peacekeepers were killed.") if fact.kind == "casualties")


def spell(source: int, number: str, hour: int, version: int = 2, until: int | None = None) -> Spell:
    """A value from an hour on."""
    at = START + timedelta(hours=hour)
    return Spell(source, killed(number), at, version, None if until is None else START + timedelta(hours=until))


def told(spells: list[Spell], voices: dict[int, int] | None = None) -> list[Event]:
    return chronicle(spells, voices or {}, WORDS)


def kinds(spells: list[Spell], voices: dict[int, int] | None = None) -> list[tuple[int, str]]:
    return [(event.source, event.kind) for event in told(spells, voices)]


def test_nobody_is_first_by_what_it_said_when_it_was_first_looked_at() -> None:
    assert kinds([spell(1, "170", 0, 1), spell(2, "170", 1, 1)]) == [(1, "found"), (2, "found")]


def test_one_moves_first_and_another_corrects_itself_to_it() -> None:
    spells = [spell(1, "170", 0, 1, 5), spell(2, "170", 0, 1, 9), spell(1, "303", 5), spell(2, "303", 9)]
    assert kinds(spells) == [(1, "found"), (2, "found"), (1, "first"), (2, "corrected")]
    last = told(spells)[-1]
    assert last.like == (1,)
    assert sentence(last, CALLED) == "BBC corrected itself to 303, as AP said already; until then it had said 170"
    assert sentence(told(spells)[2], CALLED) == "AP was the first to say 303; until then it had said 170"


def test_one_that_says_for_the_first_time_what_others_say_follows_them() -> None:
    events = told([spell(1, "303", 0, 1), spell(2, "303", 4)])
    assert sentence(events[1], CALLED) == "BBC followed AP and said 303"


def test_one_voice_copies() -> None:
    spells = [spell(1, "303", 0, 1), spell(2, "170", 0, 1, 4), spell(2, "303", 4)]
    assert kinds(spells, {2: 1})[-1] == (2, "copied")
    assert kinds(spells)[-1] == (2, "corrected")


def test_the_same_in_other_words_is_no_event_and_what_is_no_longer_said_is_one() -> None:
    spells = [spell(1, "303", 0, 1, 3), spell(1, "303", 3, 2, 7)]
    assert kinds(spells) == [(1, "found"), (1, "stopped")]
    assert sentence(told(spells)[-1], CALLED) == "AP no longer says 303"


def test_who_said_it_once_and_took_it_back_before_is_not_followed() -> None:
    spells = [spell(1, "303", 0, 1, 2), spell(1, "170", 2), spell(2, "303", 5)]
    assert kinds(spells)[-1] == (2, "first")


def test_late_is_who_still_says_what_was_given_up_and_not_who_says_something_else() -> None:
    spells = [spell(1, "170", 0, 1, 5), spell(2, "170", 0, 1), spell(3, "9", 0, 1), spell(1, "303", 5)]
    move, late = not_followed(spells, told(spells), WORDS)
    assert move is not None
    assert (move.source, late) == (1, [2])
    assert not_followed(spells[1:3], told(spells[1:3]), WORDS) == (None, [])


def test_what_may_be_true_together_is_not_late() -> None:
    spells = [spell(1, "170", 0, 1, 5), spell(2, "At least 170", 0, 1), spell(1, "303", 5)]
    assert not_followed(spells, told(spells), WORDS)[1] == []


@pytest.mark.parametrize(
    ("names", "words"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "B", "C"), "A, B and C"),
     (("A", "B", "C", "D"), "A, B and 2 others"), (("A", "A"), "A")],
)  # fmt: skip
def test_names_are_listed(names: tuple[str, ...], words: str) -> None:
    assert listed(names) == words
