"""The sentences of a Change before and after, with what differs in them marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.marks import Side, mark
from alerts.marks import Span as Place
from monitor.changes import Change
from monitor.facts.model import Fact


@dataclass(frozen=True, slots=True)
class Marked:
    """A text cut into runs, in turn; `changed` ones are those to look at."""

    runs: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(run for run, _ in self.runs)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A Change with its sentences, the changed words in them marked; Changes of one Fact share an anchor."""

    change: Change
    anchor: str
    before: Marked | None
    after: Marked | None


def evidence(changes: Sequence[Change]) -> list[Evidence]:
    """What is shown for each Change, in the order given."""
    shown = []
    anchors: dict[int, str] = {}
    for number, change in enumerate(changes, 1):
        fact = change.after or change.before
        anchor = anchors.setdefault(id(fact), f"change-{number}") if fact else f"change-{number}"
        old, new = _side(change.before, change.before_text), _side(change.after, change.after_text)
        if change.type in ("diverged", "left_behind"):  # of two publishers: neither sentence became the other
            old_places, new_places = ([side.quote] if side and side.quote else [] for side in (old, new))
        else:
            old_places, new_places = mark(old, new)
        shown.append(Evidence(change, anchor, _marked(old, old_places), _marked(new, new_places)))
    return shown


def differing(before: str | None, after: str | None) -> tuple[Marked | None, Marked | None]:
    """Two headlines, bylines or the like, the words marked that differ; null where there is none."""
    old, new = (None if text is None else Side(text) for text in (before, after))
    old_places, new_places = mark(old, new)
    return _marked(old, old_places), _marked(new, new_places)


def excerpt(fact: Fact, around: int = 80) -> Marked:
    """The value of a Fact with at most `around` characters of its sentence on each side."""
    side = _side(fact, None)
    if side is None or side.quote is None:
        return Marked(((fact.quote, True),))
    start, end = side.quote
    before, after = side.sentence[:start], side.sentence[end:]
    if len(before) > around:
        before = "…" + before[-around:].partition(" ")[2]
    if len(after) > around:
        after = after[:around].rpartition(" ")[0] + "…"
    return Marked(((before, False), (side.sentence[start:end], True), (after, False)))


def _side(fact: Fact | None, text: str | None) -> Side | None:
    if fact is None:
        return None if text is None else Side(text)
    at = fact.sentence.find(fact.phrase.text)
    place = fact.sentence.find(fact.quote, at + max(0, fact.start - fact.phrase.start) if at >= 0 else 0)
    return Side(fact.sentence, (place, place + len(fact.quote)) if place >= 0 else None)


def _marked(side: Side | None, places: Sequence[Place]) -> Marked | None:
    if side is None:
        return None
    runs, at = [], 0
    for start, end in places:
        runs += [(side.sentence[at:start], False), (side.sentence[start:end], True)]
        at = end
    runs.append((side.sentence[at:], False))
    return Marked(tuple(run for run in runs if run[0]))
