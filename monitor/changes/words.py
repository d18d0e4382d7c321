"""The word by word difference of two texts, for people: pages, mails and the command line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import regex
from rapidfuzz.distance import LCSseq

from monitor.changes.alignment import align, increasing
from monitor.changes.folding import UNSPACED, fold, plain

SpanKind = Literal["equal", "inserted", "deleted"]
BlockKind = Literal["same", "changed", "moved", "inserted", "deleted"]
Step = tuple[bool, int, int, int, int]
"""Whether equal; from and to in the old pieces; from and to in the new ones."""

# A letter with its combining marks is never cut, nor is an emoji with what modifies it (`\X`, UAX 29); scripts without
# spaces are compared letter by letter. Marks that nobody sees (Cf) belong to the word that they stand in.
_PIECE = regex.compile(
    rf"\s+|[{UNSPACED}]\p{{M}}*|[[\w\p{{Cf}}]--[{UNSPACED}]]+(?:['’.,][\w--[{UNSPACED}]]+)*|\X", regex.V1
)

_TABLE = 100_000_000
"""Old pieces times new ones: the bits of the table that finds the longest common run of words, about 12 MB."""
_GRAM = 5
"""Pieces in a row that both texts have exactly once are an anchor, where the table would be larger than that."""
_PAGES = 1_000_000
"""Characters of both texts together: beyond it paragraphs are compared as wholes. A thousand printed pages."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of words that both texts have (`equal`), or only the new (`inserted`) or old one (`deleted`)."""

    kind: SpanKind
    text: str
    was: str | None = None
    """Of an equal one: the old text, where its typography differs."""

    @property
    def old(self) -> str:
        """What the old text has here."""
        return "" if self.kind == "inserted" else self.text if self.was is None else self.was

    @property
    def new(self) -> str:
        """What the new text has here."""
        return "" if self.kind == "deleted" else self.text


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of either text. `before` and `after` are its paragraph numbers from 0, null where it is missing.

    A `moved` one stands elsewhere in the new text and may have been reworded as well: then its spans are not all
    `equal`. Joining the `new` of its spans gives the new paragraph, joining the `old` gives the old one.
    """

    kind: BlockKind
    spans: tuple[Span, ...]
    before: int | None
    after: int | None
    coarse: bool = False
    """Whether a part of it was too long to be compared word by word, and is shown as replaced as a whole."""


def word_diff(before: str, after: str) -> tuple[Block, ...]:
    """The paragraphs in the order of the new text, with the deleted ones where they used to stand.

    Comparing the two the other way round gives the same pairs and the same words, mirrored: nothing but what is shown
    as new and what as old depends on the direction.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    partner, steady = _aligned(old, new)
    words = len(before) + len(after) <= _PAGES
    missing = _by_place(len(old), partner, steady)
    origin = {new_index: old_index for old_index, new_index in partner.items()}
    blocks = [_gone(old[i], i) for i in missing[-1]]
    for index, paragraph in enumerate(new):
        source = origin.get(index)
        if source is None:
            blocks.append(Block("inserted", (Span("inserted", paragraph),), None, index))
            continue
        spans, coarse = _compared(old[source], paragraph, words=words)
        edited: BlockKind = "same" if all(span.kind == "equal" for span in spans) else "changed"
        blocks.append(Block(edited if source in steady else "moved", spans, source, index, coarse))
        if source in steady:
            blocks += (_gone(old[i], i) for i in missing[source])
    return tuple(blocks)


def spans_between(before: str, after: str) -> tuple[Span, ...]:
    """The words of two paragraphs as equal, deleted and inserted spans. Typography alone makes no difference."""
    return _compared(before, after, words=True)[0]


def paragraph_starts(text: str) -> list[int]:
    """Where each paragraph of a text begins, in code points, as Blocks number them."""
    starts, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            starts.append(at)
        at += len(line) + 1
    return starts


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _aligned(old: list[str], new: list[str]) -> tuple[dict[int, int], set[int]]:
    """Which old paragraph became which new one, and which of the old ones kept their order.

    Ties fall the same way in both directions.
    """
    if old <= new:
        partner = _paired(old, new)
        return partner, increasing(partner)
    source = _paired(new, old)
    steady = {source[index] for index in increasing(source)}
    return {old_index: index for index, old_index in source.items()}, steady


def _paired(old: list[str], new: list[str]) -> dict[int, int]:
    """Equal paragraphs that kept their order, as many as there can be; then what moved or was reworded.

    In this order, so that one more "* * *" at the top does not move every other one.
    """
    partner: dict[int, int] = {}
    if len(old) * len(new) <= _TABLE:
        for code in LCSseq.opcodes([fold(text) for text in old], [fold(text) for text in new]):
            if code.tag == "equal":
                partner.update(
                    zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True)
                )
    taken = set(partner.values())
    old_left = [index for index in range(len(old)) if index not in partner]
    new_left = [index for index in range(len(new)) if index not in taken]
    for i, j in align([old[index] for index in old_left], [new[index] for index in new_left]).items():
        partner[old_left[i]] = new_left[j]
    return partner


def _compared(before: str, after: str, *, words: bool) -> tuple[tuple[Span, ...], bool]:
    """The spans of a pair of paragraphs, and whether some of it was too long to be compared."""
    if before == after:
        return ((Span("equal", after),) if after else ()), False
    if not words and plain(before) != plain(after):
        return tuple(_edit(before, after)), True
    if before > after:
        spans, coarse = _compared(after, before, words=words)
        return tuple(_mirrored(spans)), coarse
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    steps, coarse = _steps([_same(piece) for piece in old], [_same(piece) for piece in new])
    return tuple(_spans(old, new, list(_readable(steps, old, new)))), coarse


def _steps(old: Sequence[str], new: Sequence[str]) -> tuple[list[Step], bool]:
    """Equal and different stretches in turn: by the longest common run of words, between anchors where that is long."""
    steps: list[Step] = []
    coarse = False
    for same, i0, i1, j0, j1 in _anchored(old, new):
        if same:
            steps.append((True, i0, i1, j0, j1))
        elif (i1 - i0) * (j1 - j0) > _TABLE:
            steps.append((False, i0, i1, j0, j1))
            coarse = True
        else:
            steps += (
                (code.tag == "equal", i0 + code.src_start, i0 + code.src_end, j0 + code.dest_start, j0 + code.dest_end)
                for code in LCSseq.opcodes(old[i0:i1], new[j0:j1])
            )
    return _joined(steps), coarse


def _anchored(old: Sequence[str], new: Sequence[str]) -> Iterator[Step]:
    """The whole as one gap; where that is too much, the gaps between runs of words that both texts have just once."""
    if len(old) * len(new) <= _TABLE:
        yield False, 0, len(old), 0, len(new)
        return
    start = next((i for i, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    if start is None:
        start = min(len(old), len(new))
    yield True, 0, start, 0, start
    where = _once(new)
    partner = {i: where[gram] for gram, i in _once(old).items() if gram in where}
    at_old = at_new = start
    for i in sorted(increasing(partner)):
        j = partner[i]
        if i < at_old or j < at_new:
            continue  # overlaps the anchor before
        yield False, at_old, i, at_new, j
        yield True, i, i + _GRAM, j, j + _GRAM
        at_old, at_new = i + _GRAM, j + _GRAM
    yield False, at_old, len(old), at_new, len(new)


def _once(pieces: Sequence[str]) -> dict[tuple[str, ...], int]:
    """The runs of `_GRAM` pieces that are there exactly once, with their place."""
    places: dict[tuple[str, ...], int] = {}
    for place, gram in enumerate(zip(*(pieces[shift:] for shift in range(_GRAM)), strict=False)):
        places[gram] = -1 if gram in places else place
    return {gram: place for gram, place in places.items() if place >= 0}


def _joined(steps: Sequence[Step]) -> list[Step]:
    """Neighbours of one kind as one, empty ones left out."""
    joined: list[Step] = []
    for same, i0, i1, j0, j1 in steps:
        if i0 == i1 and j0 == j1:
            continue
        if joined and joined[-1][0] == same:
            joined[-1] = (same, joined[-1][1], i1, joined[-1][3], j1)
        else:
            joined.append((same, i0, i1, j0, j1))
    return joined


_CHANCE = 3
"""Words: a stretch of more is never the same by chance."""


def _readable(steps: Sequence[Step], old: Sequence[str], new: Sequence[str]) -> Iterator[Step]:
    """The steps without equalities by chance: a lone "the" between two rewritten phrases is part of the rewriting.

    One of at most three words goes where it is no longer than the edits on both sides of it (after N. Fraser,
    diff-match-patch, semantic clean-up), and a lone space between two edits always does.
    """
    sizes = [max(len("".join(old[i0:i1])), len("".join(new[j0:j1]))) for _, i0, i1, j0, j1 in steps]
    kept: list[Step] = []
    for index, step in enumerate(steps):
        same, i0, i1, _, _ = step
        if same and 0 < index < len(steps) - 1:
            words = [piece for piece in old[i0:i1] if not piece.isspace()]
            between = min(sizes[index - 1], sizes[index + 1])
            if not words or (len(words) <= _CHANCE and sizes[index] <= between):
                step = (False, *step[1:])
        kept.append(step)
    return iter(_joined(kept))


def _spans(old: Sequence[str], new: Sequence[str], steps: Sequence[Step]) -> Iterator[Span]:
    for same, i0, i1, j0, j1 in steps:
        was, text = "".join(old[i0:i1]), "".join(new[j0:j1])
        if same:
            yield Span("equal", text, was if was != text else None)
        else:
            yield from _edit(was, text)


def _edit(deleted: str, inserted: str) -> Iterator[Span]:
    if inserted and plain(deleted) == plain(inserted):
        yield Span("equal", inserted, deleted)  # "..." for "…", or a mark that nobody sees
        return
    if deleted:
        yield Span("deleted", deleted)
    if inserted:
        yield Span("inserted", inserted)


def _mirrored(spans: Sequence[Span]) -> Iterator[Span]:
    """The spans of the comparison the other way round; what goes stands before what comes."""
    held: Span | None = None
    for span in spans:
        if span.kind == "deleted":
            held = Span("inserted", span.text)
            continue
        if span.kind == "inserted":
            yield Span("deleted", span.text)
        if held:
            yield held
            held = None
        if span.kind == "equal":
            yield span if span.was is None else Span("equal", span.was, span.text)
    if held:
        yield held


def _same(piece: str) -> str:
    return " " if piece.isspace() else piece if piece.isascii() else plain(piece)


def _gone(paragraph: str, index: int) -> Block:
    return Block("deleted", (Span("deleted", paragraph),), index, None)


def _by_place(count: int, partner: Collection[int], steady: Collection[int]) -> dict[int, list[int]]:
    """The old paragraphs without a counterpart, each under the steady paragraph that it followed (-1: none)."""
    missing: dict[int, list[int]] = defaultdict(list)
    last = -1
    for index in range(count):
        if index in steady:
            last = index
        elif index not in partner:
            missing[last].append(index)
    return missing
