"""The word by word difference of two texts, for people: pages, mails and the command line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import LCSseq

from monitor.changes.alignment import align, increasing
from monitor.changes.folding import plain

SpanKind = Literal["equal", "inserted", "deleted"]
BlockKind = Literal["same", "changed", "moved", "inserted", "deleted"]

_PIECE = re.compile(r"\s+|\w+(?:['’.,]\w+)*|[^\w\s]")
_PARAGRAPH = re.compile(r"^[^\n]*\S[^\n]*", re.MULTILINE)
# A word difference grows with the square of the paragraph: one that is a book in itself is cut at its sentences.
_LONG = 20_000
_CUT = re.compile(r".{1000,4000}?[.!?。！？](?=\s|$)|.{1,8000}(?:\s|$)|.{1,8000}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of words that both texts have (`equal`), or only the new (`inserted`) or old one (`deleted`)."""

    kind: SpanKind
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of either text. `before` and `after` are its paragraph numbers from 0, null where it is missing.

    A `moved` one stands elsewhere in the new text and may have been reworded as well: then its spans are not all
    `equal`. Joining a block's equal and inserted spans gives the new paragraph, its equal and deleted ones the old,
    apart from typography, in which the new paragraph is followed.
    """

    kind: BlockKind
    spans: tuple[Span, ...]
    before: int | None
    after: int | None


def word_diff(before: str, after: str) -> tuple[Block, ...]:
    """The paragraphs in the order of the new text, with the deleted ones where they used to stand."""
    old, new = _paragraphs(before), _paragraphs(after)
    partner = align(old, new)
    steady = increasing(partner)
    blocks: list[Block] = []
    missing = _by_place(len(old), partner, steady)
    blocks += (_gone(old[i], i) for i in missing[-1])
    origin = {new_index: old_index for old_index, new_index in partner.items()}
    for index, paragraph in enumerate(new):
        source = origin.get(index)
        if source is None:
            blocks.append(Block("inserted", (Span("inserted", paragraph),), None, index))
            continue
        spans = tuple(spans_between(old[source], paragraph))
        edited: BlockKind = "same" if all(span.kind == "equal" for span in spans) else "changed"
        blocks.append(Block(edited if source in steady else "moved", spans, source, index))
        if source in steady:
            blocks += (_gone(old[i], i) for i in missing[source])
    return tuple(blocks)


def spans_between(before: str, after: str) -> Iterator[Span]:
    """The words of two paragraphs as equal, deleted and inserted spans. Typography alone makes no difference."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    deleted = inserted = ""
    for opcode in LCSseq.opcodes([_same(piece) for piece in old], [_same(piece) for piece in new]):
        gone = "".join(old[opcode.src_start : opcode.src_end])
        come = "".join(new[opcode.dest_start : opcode.dest_end])
        if opcode.tag != "equal":
            deleted, inserted = deleted + gone, inserted + come
        elif come.isspace() and (deleted or inserted) and opcode.dest_end < len(new) and opcode.src_end < len(old):
            # A lone space between two edited words: one edit is easier to read than two.
            deleted, inserted = deleted + gone, inserted + come
        else:
            yield from _edit(deleted, inserted)
            deleted = inserted = ""
            yield Span("equal", come)
    yield from _edit(deleted, inserted)


def _edit(deleted: str, inserted: str) -> Iterator[Span]:
    if deleted:
        yield Span("deleted", deleted)
    if inserted:
        yield Span("inserted", inserted)


def _paragraphs(text: str) -> list[str]:
    paragraphs = []
    for paragraph in _PARAGRAPH.findall(text):
        paragraphs += _CUT.findall(paragraph) if len(paragraph) > _LONG else [paragraph]
    return paragraphs


def _same(piece: str) -> str:
    return " " if piece.isspace() else piece if piece.isascii() else plain(piece)


def _gone(paragraph: str, index: int) -> Block:
    return Block("deleted", (Span("deleted", paragraph),), index, None)


def _by_place(count: int, partner: dict[int, int], steady: Sequence[int] | set[int]) -> dict[int, list[int]]:
    """The old paragraphs without a counterpart, each under the steady paragraph that it followed (-1: none)."""
    missing: dict[int, list[int]] = defaultdict(list)
    last = -1
    for index in range(count):
        if index in steady:
            last = index
        elif index not in partner:
            missing[last].append(index)
    return missing
