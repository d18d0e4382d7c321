"""The word by word text of two Versions, ready to be shown: facts underlined, what moved, unchanged stretches. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from monitor.changes import Block
from monitor.changes.words import paragraph_starts
from monitor.facts.model import Fact
from monitor.web.sentences import Evidence
from monitor.web.wording import reading

Layout = Literal["inline", "side"]
Pieces = tuple["Piece", ...]

_FOLDED = 2
"""Unchanged paragraphs beyond those beside a change are folded when there are at least so many."""
_OPENING = 60
"""Characters of a paragraph that stand for it where it moved away."""


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
    note: int = 0
    """Number of its reading on the page; 0 where a Fact goes on from the piece before, or there is none."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of either text, or of both; `before` and `after` are its numbers in them, from 1."""

    kind: str
    """As of a Block, or `left`: the place from which one moved away."""
    before: int | None
    after: int | None
    columns: tuple[Pieces | None, ...]
    """One text in which both are told; or, side by side, the old and the new one, null where it is missing."""
    coarse: bool = False
    opening: str = ""
    """Of a `left` one: how it begins."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs in a row that are shown, or folded away because nothing in them changed."""

    folded: bool
    paragraphs: tuple[Paragraph, ...]


def stretches(
    blocks: Sequence[Block],
    before_text: str,
    after_text: str,
    before_facts: Sequence[Fact],
    after_facts: Sequence[Fact],
    shown: Sequence[Evidence] = (),
    *,
    layout: Layout = "inline",
) -> list[Stretch]:
    """The paragraphs of both texts in the order of the new one, with the facts of both and the places of Changes.

    Facts carry offsets into their text. Where two overlap, the first and longest is underlined.
    """
    anchors = {id(fact): each.anchor for each in shown for fact in (each.change.before, each.change.after) if fact}
    used = _Used()
    old = _Facts(before_text, before_facts, anchors, used)
    new = _Facts(after_text, after_facts, anchors, used)
    paragraphs = []
    for block in _with_departures(blocks):
        columns = _columns(block, old, new, layout)
        paragraphs.append(_paragraph(block, columns))
    return list(_folded(paragraphs))


def places(shown: Sequence[Stretch]) -> frozenset[str]:
    """The anchors that the text really has: a Change can be of what is not in it."""
    return frozenset(
        piece.anchor
        for stretch in shown
        for paragraph in stretch.paragraphs
        for column in paragraph.columns
        for piece in column or ()
        if piece.anchor
    )


@dataclass(frozen=True, slots=True)
class _Departure:
    """The place in the old text from which a Block moved away."""

    block: Block


def _with_departures(blocks: Sequence[Block]) -> Iterator[Block | _Departure]:
    """The blocks, and among them the places of those that moved, behind what stood before them in the old text."""
    moved = sorted((block for block in blocks if block.kind == "moved"), key=_before)
    waiting = iter(moved)
    next_ = next(waiting, None)
    for block in blocks:
        if block.kind not in ("moved", "inserted"):
            while next_ and _before(next_) < _before(block):
                yield _Departure(next_)
                next_ = next(waiting, None)
        yield block
    while next_:
        yield _Departure(next_)
        next_ = next(waiting, None)


def _before(block: Block) -> int:
    return -1 if block.before is None else block.before


def _paragraph(block: Block | _Departure, columns: tuple[Pieces | None, ...]) -> Paragraph:
    if isinstance(block, _Departure):
        before, after = block.block.before, block.block.after
        text = "".join(span.old for span in block.block.spans).strip()
        opening = text if len(text) <= _OPENING else text[:_OPENING].rpartition(" ")[0] or text[:_OPENING]
        return Paragraph("left", _number(before), _number(after), columns, opening=opening)
    return Paragraph(block.kind, _number(block.before), _number(block.after), columns, block.coarse)


def _number(index: int | None) -> int | None:
    return None if index is None else index + 1


def _columns(block: Block | _Departure, old: _Facts, new: _Facts, layout: Layout) -> tuple[Pieces | None, ...]:
    if isinstance(block, _Departure):
        # Side by side the old text is read down its column, so it is whole there; inline it is told once, where it is.
        return () if layout == "inline" else (tuple(_side(block.block, old, "deleted")), None)
    if layout == "inline":
        return (tuple(_inline(block, old, new)),)
    before = tuple(_side(block, old, "deleted")) if block.before is not None and block.kind != "moved" else None
    after = tuple(_side(block, new, "inserted")) if block.after is not None else None
    return before, after


def _inline(block: Block, old: _Facts, new: _Facts) -> Iterator[Piece]:
    """Both texts in one: what goes before what comes."""
    old_at, new_at = old.start(block.before), new.start(block.after)
    for span in block.spans:
        if span.kind == "deleted":
            yield from old.cut(span.kind, span.text, old_at)
        else:
            yield from new.cut(span.kind, span.text, new_at)
        old_at, new_at = old_at + len(span.old), new_at + len(span.new)


def _side(block: Block, facts: _Facts, kind: Literal["inserted", "deleted"]) -> Iterator[Piece]:
    """One of both texts, exactly as it was: its own words marked."""
    at = facts.start(block.before if kind == "deleted" else block.after)
    for span in block.spans:
        text = span.old if kind == "deleted" else span.new
        if text:
            yield from facts.cut(span.kind, text, at)
            at += len(text)


@dataclass(slots=True)
class _Used:
    """What may be on a page once only: shared by both texts."""

    anchors: set[str] = field(default_factory=set)
    notes: int = 0


class _Facts:
    """The facts of one text by their places."""

    def __init__(self, text: str, facts: Sequence[Fact], anchors: Mapping[int, str], used: _Used) -> None:
        self.paragraphs = paragraph_starts(text)
        self.facts: list[Fact] = []
        self.anchors = anchors
        self.used = used
        for fact in sorted(facts, key=lambda fact: (fact.start, -fact.end)):
            if not self.facts or fact.start >= self.facts[-1].end:
                self.facts.append(fact)
        self.starts = [fact.start for fact in self.facts]
        self.ends = [fact.end for fact in self.facts]

    def start(self, paragraph: int | None) -> int:
        """Where a paragraph begins in the whole."""
        return 0 if paragraph is None else self.paragraphs[paragraph]

    def cut(self, kind: str, text: str, start: int) -> Iterator[Piece]:
        """`text`, which stands at `start` of the whole, cut where a Fact begins or ends."""
        end, at = start + len(text), start
        for fact in self.facts[bisect_right(self.ends, start) : bisect_left(self.starts, end)]:
            opens, closes = max(fact.start, start), min(fact.end, end)
            if opens > at:
                yield Piece(kind, text[at - start : opens - start])
            anchor = self.anchors.get(id(fact))
            landing = anchor if anchor not in self.used.anchors else None
            self.used.anchors.update([anchor] if anchor else [])
            begins = opens == fact.start
            self.used.notes += begins
            note = self.used.notes if begins else 0
            yield Piece(
                kind, text[opens - start : closes - start], reading(fact), anchor is not None, landing, note
            )  # fmt: skip
            at = closes
        if at < end:
            yield Piece(kind, text[at - start :])


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
