"""What a new value of one source does to a line: sources diverge, converge, one corrects, one is left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact
from monitor.stories.agreement import Verdict, between

TurnType = Literal["diverged", "converged", "corrected", "left_behind"]


@dataclass(frozen=True, slots=True)
class Turn:
    """How a line turned: whose fact it is told of, and against which it is told."""

    type: TurnType
    other: Fact
    """What most of the others say; of one that is left behind, what it still says."""
    siding: tuple[int, ...]
    """Sources that now say the same, or may be right together with it."""
    against: tuple[int, ...]
    """Sources that cannot be right if it is."""


def turn_of(
    source: int,
    before: Fact | None,
    after: Fact,
    others: Mapping[int, Fact],
    was: Verdict,
    now: Verdict,
    words: ContextWords,
) -> Turn | None:
    """What it means that `source` says `after` now, and said `before`, while the others say what they say.

    was, now: the verdict on the line before and after. One Turn a line, whoever many sources it concerns; null when
    nothing turned.
    """
    if not others:
        return None
    siding = tuple(other for other, fact in others.items() if between(after, fact, words) != "disagree")
    against = tuple(other for other in others if other not in siding)
    if was == "disagree" and now != "disagree":
        return Turn("converged", _usual([others[other] for other in siding]), siding, against)
    if was != "disagree" and now == "disagree":
        return Turn("diverged", _usual([others[other] for other in against or others]), siding, against)
    if now != "disagree" or before is None or not siding:
        return None
    if all(between(before, others[other], words) != "disagree" for other in siding):
        return None  # it sides with those with whom it sided before
    if len(against) == 1 and len(siding) > 1:
        return Turn("left_behind", others[against[0]], siding, against)
    return Turn("corrected", _usual([others[other] for other in siding]), siding, against)


def _usual(facts: Sequence[Fact]) -> Fact:
    """The fact of the value that most of them give; the first of these."""
    counted = Counter((fact.quantity, fact.time) for fact in facts)
    most = max(counted.values())
    return next(fact for fact in facts if counted[fact.quantity, fact.time] == most)
