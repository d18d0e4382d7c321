"""What was found in a text is found there again, quickly, as often as it fits."""

from __future__ import annotations

from datetime import date

import pytest

from monitor import remembering
from monitor.changes import Reading
from monitor.facts import find
from monitor.remembering import Memory

READING = Reading("At least 170 peacekeepers were killed on Friday.", published=date(2026, 11, 22))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts in which facts were looked for."""
    texts: list[str] = []

    def found(text: str, **more: object) -> object:
        texts.append(text)
        return find(text, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(remembering, "find", found)
    return texts


def test_a_text_is_read_once_and_everybody_gets_facts_of_their_own(asked: list[str]) -> None:
    memory = Memory()
    first, again = memory.facts_of(READING), memory.facts_of(READING)
    assert first == again == find(READING.text, published=READING.published)
    assert not {id(fact) for fact in first} & {id(fact) for fact in again}
    assert len(asked) == 1


def test_another_day_or_language_is_another_reading(asked: list[str]) -> None:
    memory = Memory()
    friday, other = memory.facts_of(READING), memory.facts_of(Reading(READING.text, published=date(2026, 11, 1)))
    assert {fact.time.value for fact in friday if fact.time} == {"2026-11-20"}
    assert {fact.time.value for fact in other if fact.time} == {"2026-10-30"}
    memory.facts_of(Reading(READING.text, published=READING.published, lang="de"))
    assert len(asked) == 3


def test_what_was_asked_for_longest_ago_makes_room(asked: list[str]) -> None:
    memory = Memory(most_bytes=1500)
    memory.facts_of(READING)
    for number in range(40):
        memory.facts_of(Reading(f"Some {number} people died."))
    assert len(asked) == 41
    memory.facts_of(Reading("Some 39 people died."))
    assert len(asked) == 41
    memory.facts_of(READING)
    assert len(asked) == 42
