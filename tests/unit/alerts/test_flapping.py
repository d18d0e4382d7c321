"""Pages that go back and forth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.flapping import Turn, decide, supersedes, turn_of
from tests.unit.alerts.examples import change, fact, headline, toll

AT = datetime(2023, 7, 1, tzinfo=UTC)
REPEAT = 4 * 3600


def test_the_first_is_told_the_second_named_and_more_are_silent() -> None:
    turns: list[Turn] = []
    outcomes = []
    for minute in range(6):
        now = AT + timedelta(minutes=minute)
        decided = decide(turns, now, REPEAT)
        outcomes.append((decided.outcome, decided.turns))
        turns.append(Turn(now, decided.outcome != "silent", decided.turns, decided.since))
    assert outcomes == [("tell", 0), ("name", 2), ("silent", 3), ("silent", 4), ("silent", 5), ("silent", 6)]
    assert decide(turns, AT + timedelta(minutes=7), REPEAT).due_at == AT + timedelta(minutes=1, hours=4)


@given(gaps=st.lists(st.integers(0, 8 * 3600), min_size=1, max_size=60), repeat=st.integers(0, 6 * 3600))
def test_never_more_than_two_tellings_in_any_repeat_and_never_silent_without_an_end(
    gaps: list[int], repeat: int
) -> None:
    turns: list[Turn] = []
    told: list[datetime] = []
    now = AT
    for gap in gaps:
        now += timedelta(seconds=gap)
        decided = decide(turns, now, repeat)
        if decided.outcome == "silent":
            assert decided.due_at is not None
            assert now <= decided.due_at <= now + timedelta(seconds=repeat)
        else:
            told.append(now)
            turns = [turn for turn in turns if turn.told]  # what is told speaks for the silent ones
        turns.append(Turn(now, decided.outcome != "silent", decided.turns, decided.since))
    if repeat:
        for at in told:
            assert sum(at <= other < at + timedelta(seconds=repeat) for other in told) <= 2


@given(st.integers(-86400, 86400))
def test_a_clock_that_steps_back_ends_in_telling(step: int) -> None:
    told = [Turn(AT, True), Turn(AT + timedelta(minutes=1), True, 2, AT)]
    now = AT + timedelta(seconds=step)
    decided = decide(told, now, REPEAT)
    assert decided.due_at is None or decided.due_at <= now + timedelta(seconds=REPEAT)


def test_a_turn_is_the_same_there_and_back_and_no_other() -> None:
    there, back = toll("170", "303"), toll("303", "170")
    assert turn_of(there, 1) == turn_of(back, 2)
    assert turn_of(there, 1) != turn_of(toll("303", "400"), 1)
    assert turn_of(headline("A", "B"), None) == turn_of(headline("B", "A"), None)
    assert turn_of(headline("A", "B"), None) != turn_of(change("byline", before_text="A", after_text="B"), None)
    known = fact("24 people were killed.", "24")
    assert turn_of(change("removed", known), 1) == turn_of(change("added", None, known), 2)
    bare = fact("It has 17.", "17", kind="count", noun=None, predicate=None, subject=None, key="count::")
    assert turn_of(change("removed", bare), 1) != turn_of(change("added", None, bare), 2), "one of many numbers"


def test_what_goes_on_from_a_change() -> None:
    there = toll("170", "303")
    assert supersedes(toll("303", "170"), 9, there, 1)
    assert supersedes(toll("303", "400"), 1, there, 1)
    assert not supersedes(toll("303", "400"), 2, there, 1)
    assert supersedes(headline("B", "C"), None, headline("A", "B"), None)
    assert not supersedes(change("notice", after_text="x"), None, change("notice", after_text="y"), None)
