"""The word by word text of two Versions, ready to be shown: facts underlined, unchanged stretches folded. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from alerts.marks import Side, mark
from alerts.marks import Span as Place
from monitor.changes import Block, Change, Span
from monitor.changes.words import SpanKind
from monitor.facts.model import Fact
from monitor.web.wording import reading

_FOLDED = 2
"""Unchanged paragraphs beyond those beside a change are folded when there are at least so many."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words; `reading` says how the Fact in it was read, if there is one."""

    kind: str
    """`equal`, `inserted` or `deleted`."""
    text: str
    reading: str | None = None
    changed: bool = False
    """Whether a Change is about this Fact."""
    anchor: str | None = None
    """The place that the Change leads to: the first piece of the first of its Facts."""
    first: bool = True
    """False where a Fact goes on from the piece before."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A Block with its pieces; `number` is its place in the new text (in the old one where it was deleted), from 1."""

    kind: str
    pieces: tuple[Piece, ...]
    number: int
    moved_from: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs in a row that are shown, or folded away because nothing in them changed."""

    folded: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text cut into runs, in turn; `changed` ones are those to look at."""

    runs: tuple[tuple[str, bool], ...]


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
        old_places, new_places = mark(old, new)
        shown.append(Evidence(change, anchor, _marked(old, old_places), _marked(new, new_places)))
    return shown


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


def stretches(
    blocks: Sequence[Block],
    before_text: str,
    after_text: str,
    before_facts: Sequence[Fact],
    after_facts: Sequence[Fact],
    shown: Sequence[Evidence] = (),
) -> list[Stretch]:
    """The paragraphs of both texts in the order of the new one, with the facts of both and the places of Changes.

    Facts carry offsets into their text. Where two overlap, the first and longest is underlined.
    """
    anchors = {id(fact): each.anchor for each in shown for fact in (each.change.before, each.change.after) if fact}
    used: set[str] = set()
    old, new = _Facts(before_facts, anchors, used), _Facts(after_facts, anchors, used)
    old_starts = _starts(before_text, {b.before: _side_of(b, "inserted") for b in blocks if b.before is not None})
    new_starts = _starts(after_text, {b.after: _side_of(b, "deleted") for b in blocks if b.after is not None})
    paragraphs = []
    for block in blocks:
        old_at = old_starts.get(block.before) if block.before is not None else None
        new_at = new_starts.get(block.after) if block.after is not None else None
        paragraphs.append(_paragraph(block, _pieces(block.spans, old, old_at, new, new_at)))
    return list(_folded(paragraphs))


def places(shown: Sequence[Stretch]) -> frozenset[str]:
    """The anchors that the text really has: a Change can be of what is not in it."""
    pieces = (piece for stretch in shown for paragraph in stretch.paragraphs for piece in paragraph.pieces)
    return frozenset(piece.anchor for piece in pieces if piece.anchor)


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


def _folded(paragraphs: Sequence[Paragraph]) -> Iterator[Stretch]:
    """Unchanged paragraphs away from every change are folded; the ones beside a change are its context."""
    kept: list[Paragraph] = []
    for same, run in groupby(paragraphs, key=lambda paragraph: paragraph.kind == "same"):
        group = tuple(run)
        start = 1 if group[0] is not paragraphs[0] else 0
        end = len(group) - (1 if group[-1] is not paragraphs[-1] else 0)
        if not same or end - start < _FOLDED:
            kept += group
            continue
        if kept or start:
            yield Stretch(False, (*kept, *group[:start]))
        yield Stretch(True, group[start:end])
        kept = list(group[end:])
    if kept:
        yield Stretch(False, tuple(kept))


class _Facts:
    """The facts of one text by their places."""

    def __init__(self, facts: Sequence[Fact], anchors: Mapping[int, str], used: set[str]) -> None:
        self.facts: list[Fact] = []
        self.anchors = anchors
        self.used = used  # shared by both texts: an anchor is one place
        for fact in sorted(facts, key=lambda fact: (fact.start, -fact.end)):
            if not self.facts or fact.start >= self.facts[-1].end:
                self.facts.append(fact)
        self.starts = [fact.start for fact in self.facts]
        self.ends = [fact.end for fact in self.facts]

    def cut(self, kind: str, text: str, start: int | None) -> Iterator[Piece]:
        """`text`, which stands at `start` of the whole (null: not known), cut where a Fact begins or ends."""
        if start is None:
            yield Piece(kind, text)
            return
        end, at = start + len(text), start
        for fact in self.facts[bisect_right(self.ends, start) : bisect_left(self.starts, end)]:
            opens, closes = max(fact.start, start), min(fact.end, end)
            if opens > at:
                yield Piece(kind, text[at - start : opens - start])
            anchor = self.anchors.get(id(fact))
            landing = anchor if anchor not in self.used else None
            self.used.update([anchor] if anchor else [])
            words = text[opens - start : closes - start]
            yield Piece(kind, words, reading(fact), anchor is not None, landing, opens == fact.start)
            at = closes
        if at < end:
            yield Piece(kind, text[at - start :])


def _starts(text: str, paragraphs: Mapping[int, str]) -> dict[int, int]:
    """Where each paragraph of a text begins, by its number.

    The word difference follows the new text's typography: an old paragraph in which that changed is not found word for
    word, and shows no facts.
    """
    starts, at = {}, 0
    for number in sorted(paragraphs):
        start = text.find(paragraphs[number], at)
        if start >= 0:
            starts[number] = start
            at = start + len(paragraphs[number])
    return starts


def _side_of(block: Block, other: SpanKind) -> str:
    """The paragraph on one side of a Block: all of its spans but those of the other side."""
    return "".join(span.text for span in block.spans if span.kind != other)


def _paragraph(block: Block, pieces: Iterator[Piece]) -> Paragraph:
    place = block.after if block.after is not None else block.before
    moved_from = block.before + 1 if block.kind == "moved" and block.before is not None else None
    return Paragraph(block.kind, tuple(pieces), (place or 0) + 1, moved_from)


def _pieces(spans: Sequence[Span], old: _Facts, old_at: int | None, new: _Facts, new_at: int | None) -> Iterator[Piece]:
    for span in spans:
        if span.kind == "deleted":
            yield from old.cut(span.kind, span.text, old_at)
        else:
            yield from new.cut(span.kind, span.text, new_at)
            new_at = None if new_at is None else new_at + len(span.text)
        if span.kind != "inserted":
            old_at = None if old_at is None else old_at + len(span.text)
