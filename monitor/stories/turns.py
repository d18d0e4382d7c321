"""What a new value of one source does to a line: sources diverge, converge, one corrects, one is left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact
from monitor.stories.agreement import Verdict
from monitor.stories.compare import Valued, between

TurnType = Literal["diverged", "converged", "corrected", "left_behind"]

Voices = Callable[[Sequence[int]], Mapping[int, int]]
"""For each of these sources the one as whose voice it counts: a source that prints another's text says nothing of its
own."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a line turned, by what one source says now."""

    type: TurnType
    before: Fact
    """What stands against what the source says now: of sources that diverge, what most of the others say; of one left
    behind, what it still says; else what the source itself said before."""
    siding: tuple[int, ...]
    """Sources that now say the same, or may be right together with it."""
    against: tuple[int, ...]
    """Sources that cannot be right if it is."""


def turn_of(
    source: int,
    before: Valued | None,
    after: Valued | None,
    others: Mapping[int, Valued],
    was: Verdict,
    now: Verdict,
    words: ContextWords,
    voices: Voices,
) -> Turn | None:
    """What it means that `source` says `after` now, and said `before`, while the others say what they say.

    after: null when it no longer says anything on it. was, now: the verdict on the line before and after. One Turn a
    line, whoever many sources it concerns; null when nothing turned.
    """
    if not others:
        return None
    if after is None:
        ended = was == "disagree" != now and before is not None
        return Turn("converged", before.fact, tuple(others), ()) if ended and before else None
    siding, against = _sides(after, others, words)
    if was == "disagree" != now:
        return Turn("converged", before.fact, siding, against) if before else None
    if was != "disagree" == now:
        return Turn("diverged", _usual([others[other].fact for other in against]), siding, against) if against else None
    if now != "disagree" or before is None or not siding:
        return None
    sided_before, _ = _sides(before, {other: others[other] for other in siding}, words)
    if len(sided_before) == len(siding):
        return None  # it sides with those with whom it sided before
    speaking = voices([source, *siding[:_ASKED]])
    others_voices = {speaking[other] for other in siding[:_ASKED]} - {speaking[source]}
    if not others_voices:
        return None  # who prints an agency's text follows it: that is nobody's correction
    if len(others_voices) > 1 and len(against) <= _ASKED and len(set(voices(against).values())) == 1:
        return Turn("left_behind", others[against[0]].fact, siding, against)
    return Turn("corrected", before.fact, siding, against)


_ASKED = 12
"""So many sources at most are compared by their texts: more than that are not all of one voice."""


def _sides(said: Valued, others: Mapping[int, Valued], words: ContextWords) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Who may be right together with this, and who cannot."""
    verdicts: dict[object, Verdict] = {}
    siding: list[int] = []
    against: list[int] = []
    for source, other in others.items():
        value = id(other.fact), other.scope  # many may share one Fact
        if value not in verdicts:
            verdicts[value] = between(said, other, words)
        (against if verdicts[value] == "disagree" else siding).append(source)
    return tuple(siding), tuple(against)


def _usual(facts: Sequence[Fact]) -> Fact:
    """The fact of the value that most of them give; the first of these."""
    shared = {id(fact): fact for fact in facts}
    counted: Counter[object] = Counter()
    for place, number in Counter(map(id, facts)).items():
        counted[shared[place].quantity, shared[place].time] += number
    most = max(counted.values())
    return next(fact for fact in shared.values() if counted[fact.quantity, fact.time] == most)
