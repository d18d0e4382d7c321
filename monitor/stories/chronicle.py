"""Who said it first, who followed, who copied, who corrected, and who has not followed yet: a line told in order. Pure.

What a source said when it was first looked at may be as old as the source is, so nobody is first by that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.changes.lexicon import ContextWords
from monitor.changes.wording import value_words
from monitor.facts.model import Fact
from monitor.stories.agreement import between

Kind = Literal["found", "first", "followed", "copied", "corrected", "stopped"]


@dataclass(frozen=True, slots=True)
class Spell:
    """A value of a source, from the Version that brought it until the one that had it no more."""

    source: int
    fact: Fact
    at: datetime
    number: int
    """Of the Version that brought it."""
    until: datetime | None = None
    """When it was seen to be gone; null while it stands."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a source did to a line."""

    kind: Kind
    source: int
    fact: Fact
    """What it says from then on; of one that stopped, what it said."""
    at: datetime
    before: Fact | None = None
    """What it said until then."""
    like: tuple[int, ...] = ()
    """Sources that said the same already."""


def chronicle(spells: Sequence[Spell], voices: Mapping[int, int], words: ContextWords) -> list[Event]:
    """What happened to a line, in order.

    voices: of a source that prints the text of another, that other.
    """
    events: list[Event] = []
    last: dict[int, Spell] = {}
    same = _alike(spells, words)
    for spell in sorted(spells, key=lambda spell: (spell.at, spell.source)):
        before = last.get(spell.source)
        last[spell.source] = spell
        if before is not None and same(before.fact, spell.fact):
            continue  # it is put in other words
        said = [
            other.source
            for other in spells
            if other.source != spell.source and _said(other, spell.at) and same(other.fact, spell.fact)
        ]
        like = tuple(dict.fromkeys(said))
        kind = _kind(spell, before, like, voices, words)
        events.append(Event(kind, spell.source, spell.fact, spell.at, before.fact if before else None, like))
    events += [Event("stopped", spell.source, spell.fact, spell.until) for spell in last.values() if spell.until]
    return sorted(events, key=lambda event: event.at)


def _kind(
    spell: Spell, before: Spell | None, like: Sequence[int], voices: Mapping[int, int], words: ContextWords
) -> Kind:
    if before is None and spell.number == 1:
        return "found"
    if not like:
        return "first"
    own = voices.get(spell.source, spell.source)
    if any(voices.get(other, other) == own for other in like):
        return "copied"
    contradicts = before is not None and between(before.fact, spell.fact, words) == "disagree"
    return "corrected" if contradicts else "followed"


def not_followed(
    spells: Sequence[Spell], events: Sequence[Event], words: ContextWords
) -> tuple[Event | None, list[int]]:
    """The last move to a new value, and who still says what the one who moved has given up.

    A source that never said either is of another opinion, which is not the same as being late.
    """
    move = next((event for event in reversed(events) if event.kind in ("first", "corrected") and event.before), None)
    if move is None or move.before is None:
        return None, []
    given_up, new = move.before, move.fact
    late = [
        spell.source
        for spell in spells
        if spell.until is None
        and spell.source != move.source
        and between(spell.fact, new, words) == "disagree"
        and between(spell.fact, given_up, words) != "disagree"
    ]
    return move, list(dict.fromkeys(late))


def sentence(event: Event, called: Mapping[int, str], lang: str = "en") -> str:
    """An event in words, without its time."""
    who, value = called[event.source], value_words(event.fact, lang)
    until_then = f"; until then it had said {value_words(event.before, lang)}" if event.before else ""
    like = listed([called[source] for source in event.like])
    if event.kind == "found":
        return f"{who} said {value} when it was first looked at"
    if event.kind == "first":
        return f"{who} was the first to say {value}{until_then}"
    if event.kind == "copied":
        return f"{who} said {value}, in the text that it shares with {like}{until_then}"
    if event.kind == "corrected":
        return f"{who} corrected itself to {value}, as {like} said already{until_then}"
    if event.kind == "followed":
        return f"{who} followed {like} and said {value}{until_then}"
    return f"{who} no longer says {value}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them; of many the first two."""
    names = list(dict.fromkeys(names))
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _said(spell: Spell, at: datetime) -> bool:
    return spell.at < at and (spell.until is None or spell.until >= at)


def _alike(spells: Sequence[Spell], words: ContextWords) -> Callable[[Fact, Fact], bool]:
    """`_same` of the facts of these, asked once of two values however many sources write them so."""
    numbers: dict[object, int] = {}
    number_of = {
        id(spell.fact): numbers.setdefault((spell.fact.quantity, spell.fact.time, spell.fact.quote), len(numbers))
        for spell in spells
    }
    known: dict[tuple[int, int], bool] = {}

    def same(one: Fact, other: Fact) -> bool:
        pair = number_of[id(one)], number_of[id(other)]
        if pair not in known:
            known[pair] = _same(one, other, words)
        return known[pair]

    return same


def _same(one: Fact, other: Fact, words: ContextWords) -> bool:
    """The same value, or the same figure with another hedge: "at least 303" says what 303 said."""
    verdict = between(one, other, words)
    figures = one.quantity and other.quantity and _figure(one) == _figure(other)
    return verdict == "agree" or bool(figures and verdict == "compatible")


def _figure(fact: Fact) -> float | None:
    quantity = fact.quantity
    return None if quantity is None else quantity.lower if quantity.lower is not None else quantity.upper
