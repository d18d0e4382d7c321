"""Whether sources agree: values are intervals, and disagree only when no number or day could satisfy both."""

from __future__ import annotations

from typing import Literal

from monitor.changes.amounts import judge_figures, overlap, rounds
from monitor.changes.lexicon import ContextWords
from monitor.changes.moments import judge_times
from monitor.facts.model import Fact

Verdict = Literal["agree", "compatible", "disagree"]
ORDER: tuple[Verdict, ...] = ("agree", "compatible", "disagree")
"""From the best to the worst."""

_EXACTNESS = ("exact", "between", "at_least", "more_than", "at_most", "less_than", "about", "indefinite")


def between(one: Fact, other: Fact, words: ContextWords) -> Verdict:
    """Of two facts about one thing: the same value, values that may both be true, or not.

    "At least 170" and 303 may both be true; "about 170" and 303 may not.
    """
    if one.quantity and other.quantity:
        judged = judge_figures(one, other)
        if judged == "same":
            return "agree"
        if judged == "compatible" or overlap(one.quantity, other.quantity):
            return "compatible"
        if one.kind != "casualties" and rounds(one.quantity, other.quantity):
            return "compatible"
        # "More than 300" and 300: a paper rounds; but no number is fewer than 20 and at least 20.
        rounded = judged == "hedge" and "exact" in (one.quantity.hedge, other.quantity.hedge)
        return "compatible" if rounded else "disagree"
    if one.time and other.time:
        moments = judge_times(one, other, words)
        return "agree" if moments == "same" else "disagree" if moments == "time" else "compatible"
    return "compatible"


def exactness(fact: Fact) -> int:
    """How exactly a fact is put; less is more exact."""
    return _EXACTNESS.index(fact.quantity.hedge) if fact.quantity else 0
