"""The two sides of a Change as they are told: the sentence, which of its words differ, and what it states. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerts.marks import Side, Span, mark
from alerts.wording import one_line, shorten

LONGEST_SENTENCE = 600
LONGEST_QUOTE = 200
_LONGEST_COMPARED = 4000
"""Longer "sentences" (a page without full stops) are cut before their words are compared."""

OF_TWO_SOURCES = frozenset({"diverged", "left_behind"})
"""Types of Change whose `before` is what another source says."""

Statement = dict[str, Any]


def statements(change: Mapping[str, Any], longest: int = LONGEST_SENTENCE) -> tuple[Statement | None, Statement | None]:
    """What was said before and what is said now, each null where nothing is; sentences cut around what differs."""
    before = _side(change["before"], change.get("before_text"))
    after = _side(change["after"], change.get("after_text"))
    if change["type"] in OF_TWO_SOURCES:  # neither sentence became the other: only their values are marked
        old_marks, new_marks = ([side.quote] if side and side.quote else [] for side in (before, after))
    else:
        old_marks, new_marks = mark(before, after)
    return (
        _statement(change["before"], before, old_marks, longest),
        _statement(change["after"], after, new_marks, longest),
    )


def statement_of(fact: Mapping[str, Any], longest: int = LONGEST_SENTENCE) -> Statement:
    """One fact by itself, its value marked."""
    side = _side(fact, None)
    assert side is not None
    said = _statement(fact, side, [side.quote] if side.quote else [], longest)
    assert said is not None
    return said


def pieces(statement: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The sentence of a statement in pieces, in order, each with whether its words are marked."""
    sentence, at = statement["sentence"], 0
    for start, end in statement["marks"]:
        if start > at:
            yield sentence[at:start], False
        yield sentence[start:end], True
        at = end
    if at < len(sentence):
        yield sentence[at:], False


def finite(value: Any) -> Any:
    """Null for an infinity, which JSON does not have: "1e999" in a page must not stop an alert."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def same_value(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two facts give the same figure, or the same time. How it is hedged does not matter."""
    if one is None or other is None:
        return False
    if one["quantity"] and other["quantity"]:
        return all(one["quantity"][end] == other["quantity"][end] for end in ("lower", "upper", "unit")) or (
            _figure(one["quantity"]) is not None and _figure(one["quantity"]) == _figure(other["quantity"])
        )
    return bool(one["time"] and other["time"]) and one["time"]["value"] == other["time"]["value"]


def _figure(quantity: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """The one number that is written: "at least 170" and "170" name the same."""
    lower, upper = quantity["lower"], quantity["upper"]
    if lower is not None and upper is not None and lower != upper:
        return None
    number = upper if lower is None else lower
    return None if number is None else (number, quantity["unit"])


def _side(fact: Mapping[str, Any] | None, text: str | None) -> Side | None:
    """The sentence of a fact and where its value stands in it; or the whole text of what is no fact (a headline)."""
    if fact is None:
        return None if text is None else Side(shorten(text, _LONGEST_COMPARED))
    sentence, quote = one_line(fact["sentence"]), one_line(fact["quote"])
    phrase = fact["phrase"]
    # Offsets of a fact count from the start of the text. The phrase finds the place in the sentence, so that the
    # second "17" of a sentence is not taken for the first.
    at = sentence.find(one_line(phrase["text"]))
    place = sentence.find(quote, at + max(0, fact["start"] - phrase["start"]) if at >= 0 else 0)
    if place < 0:
        place = sentence.find(quote)
    if place < 0 or not 0 < len(quote) <= LONGEST_QUOTE:
        return Side(shorten(sentence, _LONGEST_COMPARED))
    span = (place, place + len(quote))
    sentence, (span,) = _cut(sentence, span, [span], _LONGEST_COMPARED)
    return Side(sentence, span)


def _cut(sentence: str, around: Span, marks: Sequence[Span], at_most: int) -> tuple[str, list[Span]]:
    """At most so many characters around a place, ellipses aside; marks that are cut off go, the others move along."""
    if len(sentence) <= at_most:
        return sentence, list(marks)
    start = max(0, min((around[0] + around[1] - at_most) // 2, len(sentence) - at_most))
    end = start + at_most
    left, right = "…" if start else "", "…" if end < len(sentence) else ""
    moved = len(left) - start
    kept = [(max(one, start) + moved, min(other, end) + moved) for one, other in marks if one < end and other > start]
    return f"{left}{sentence[start:end]}{right}", kept


def _statement(
    fact: Mapping[str, Any] | None, side: Side | None, marks: Sequence[Span], longest: int
) -> Statement | None:
    if side is None:
        return None
    around = side.quote or (marks[0] if marks else (0, 0))
    sentence, marks = _cut(side.sentence, around, marks, longest)
    said: Statement = {"sentence": sentence, "marks": [list(span) for span in marks]}
    if fact is not None:
        said["quote"] = shorten(fact["quote"], LONGEST_QUOTE)
        said["phrase"] = shorten(fact["phrase"]["text"], LONGEST_QUOTE)
        for name in ("quantity", "time"):
            said[name] = {key: finite(value) for key, value in fact[name].items()} if fact[name] else None
        said["certainty"] = fact["certainty"]
        said["attribution"] = shorten(fact["attribution"], LONGEST_QUOTE) if fact["attribution"] else None
    return said
