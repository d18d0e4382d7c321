"""Where a fact stands: the words beside it and in its sentence, to tell facts apart without their values."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from monitor.changes.folding import fold, plain, tokens
from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.rows import Cell, Rows
from monitor.facts.model import Fact

_REACH = 90  # characters read on either side of a fact
_NEIGHBOURS = 7  # words kept of them
_NUMBER = "#"
_LONG = 2000  # what is a sentence is read no further than this
_NAME = re.compile(r"(?<=[^.!?\s\"“‘'(] )[A-ZÀ-ÖØ-Þ][\w’'-]*[\w]")


@dataclass(frozen=True, slots=True)
class Place:
    """One fact of a text with its context."""

    fact: Fact
    sentence: int
    """The number of its sentence in the text."""
    left: Mapping[str, float]
    """The stems before it, numbers masked, each with its weight: the nearer, the more it tells."""
    right: Mapping[str, float]
    stems: frozenset[str]
    """What its sentence is about: stems without weak words and numbers."""
    names: frozenset[str]
    """The capitalised words of its sentence but the first: of whom it speaks."""
    position: float
    """How far down the text it stands, 0 to 1."""
    cell: Cell | None
    """Its row and column, in a table or list of figures."""
    labels: bool
    """Whether it is part of the label of such a row."""


def place(
    fact: Fact,
    text: str,
    rows: Rows,
    sentence: int,
    stems: frozenset[str],
    lang: str,
    *,
    start: int | None = None,
    listed: tuple[int, int] | None = None,
) -> Place:
    """Read the context of a fact in its text. `stems` are those of its sentence, the same for all facts in it.

    start: where the value stands, when `text` is only a part of its text. listed: the stretch of the list that the
    value is one of: what stands beside the list stands beside each.
    """
    start = fact.start if start is None else start
    first, last = listed or (start, start + len(fact.quote))
    times = context_words(lang).named_times
    left, right = (
        [_NUMBER if stem in times else stem for stem in _stems(beside, lang)]
        for beside in (text[max(0, first - _REACH) : first], text[last : last + _REACH])
    )
    return Place(
        fact,
        sentence,
        _weighed(left[: -_NEIGHBOURS - 1 : -1], lang),
        _weighed(right[:_NEIGHBOURS], lang),
        stems,
        _names(fact),
        start / max(len(text), 1),
        rows.cell(start),
        rows.labels(start),
    )


def anchors(facts: Sequence[Fact], lang: str) -> list[frozenset[str]]:
    """Of each of the facts of one sentence what stands in its own part of it: of "Labour has 27% and Reform 31%" the
    one is Labour's. Telling stems, and the values beside it; parts end at commas and at words like "and"."""
    sentence = facts[0].sentence[:_LONG]
    begins = facts[0].start - _offset(facts[0])
    cuts = [0, *(found.end() for found in _parts(lang).finditer(sentence)), len(sentence)]
    own = []
    for fact in facts:
        at = fact.start - begins
        number = max(1, bisect_right(cuts, max(0, at)))
        first, last = cuts[number - 1], cuts[min(number, len(cuts) - 1)]
        told = [other for other in facts if first <= other.start - begins < last]
        own.append(_said_of(sentence, begins, first, last, fact, told, lang))
    return own


def _offset(fact: Fact) -> int:
    """How far into its sentence a fact stands."""
    found = fact.sentence.find(fact.phrase.text)
    return max(0, found) + fact.start - fact.phrase.start


def _said_of(
    sentence: str, begins: int, first: int, last: int, fact: Fact, told: Sequence[Fact], lang: str
) -> frozenset[str]:
    """The telling stems of a part of a sentence without the words of its amounts, which may stand for those of another
    part ("60 were killed on Monday and 30 on Tuesday"), and the values of its other facts."""
    piece, values, at = [], set(), first
    for other in told:
        if other is not fact:
            values.add(f"{other.kind} {_value(other)}")
        if other.quantity is not None or other is fact:
            piece.append(sentence[at : max(at, other.phrase.start - begins)])
            at = max(at, other.phrase.end - begins)
    piece.append(sentence[at:last])
    return telling(" ".join(piece), lang) | values


def _value(fact: Fact) -> str:
    return fact.time.value if fact.quantity is None and fact.time else str(fact.quantity)


@cache
def _parts(lang: str) -> re.Pattern[str]:
    """What ends a part of a sentence: a mark that no digit follows, or a word that joins two parts."""
    words = "|".join(map(re.escape, sorted(context_words(lang).joints)))
    return re.compile(r"[,;:()|](?!\d)" + (rf"|\b(?:{words})\b" if words else ""), re.IGNORECASE)


def _names(fact: Fact) -> frozenset[str]:
    return frozenset(fold(name) for name in _capitalised(fact.sentence[:_LONG]) if name not in fact.quote)


@lru_cache(maxsize=256)
def _capitalised(sentence: str) -> tuple[str, ...]:
    return tuple(_NAME.findall(sentence))


def rarity(old: Sequence[Place], new: Sequence[Place]) -> Mapping[str, float]:
    """How much a shared stem tells: less when half of all sentences have it."""
    seen: Counter[str] = Counter()
    for side in (old, new):
        for stems in {p.sentence: p.stems for p in side}.values():
            seen.update(stems)
    return {stem: 1 / math.sqrt(1 + count / 2) for stem, count in seen.items()}


def likeness(old: Place, new: Place, rare: Mapping[str, float]) -> float:
    """How alike two contexts are, 0 to 1."""
    left, right = _beside(old.left, new.left), _beside(old.right, new.right)
    beside = 0.65 * max(left, right) + 0.35 * min(left, right)
    return 0.55 * beside + 0.45 * _about(old.stems, new.stems, rare)


def shared_stems(one: str, other: str, lang: str) -> frozenset[str]:
    """The telling words that both texts have, as stems."""
    return telling(one, lang) & telling(other, lang)


def telling(text: str, lang: str) -> frozenset[str]:
    """The stems of a text without weak words and numbers."""
    weak = context_words(lang).weak
    return frozenset(stem for stem in _stems(text, lang) if stem != _NUMBER and stem not in weak)


def stems(said: Sequence[str], lang: str) -> list[str]:
    """The stems of tokens in their order, without those of weak words; every number is the same one."""
    weak = context_words(lang).weak
    return [stem for stem in (_stem(token, lang) for token in said) if stem not in weak]


def places(sentence: str, words: ContextWords) -> frozenset[str]:
    """What a sentence names right after "in", "near" and the like, folded: places, and no months."""
    said = tokens(plain(sentence[:_LONG]))
    after = (name for word, name in pairwise(said) if word.casefold() in words.beside_places and name[:1].isupper())
    return frozenset(fold(name) for name in after) - words.named_times


def _about(old: frozenset[str], new: frozenset[str], rare: Mapping[str, float]) -> float:
    # Exact sums: sets have no order, and the answer must not depend on it.
    total = math.fsum(map(rare.__getitem__, old)) + math.fsum(map(rare.__getitem__, new))
    return 2 * math.fsum(map(rare.__getitem__, old & new)) / total if total else 0.0


def _weighed(nearest_first: Sequence[str], lang: str) -> Mapping[str, float]:
    weak = context_words(lang).weak
    weights: dict[str, float] = {}
    for distance, stem in enumerate(nearest_first):
        weight = (0.35 if stem in weak or stem == _NUMBER else 1.0) / (1 + 0.35 * distance)
        weights[stem] = weights.get(stem, 0.0) + weight
    return weights


def _beside(old: Mapping[str, float], new: Mapping[str, float]) -> float:
    """The share of neighbouring words that both have. Two empty sides are alike."""
    if not old and not new:
        return 1.0
    common = math.fsum(old[stem] + new[stem] for stem in old.keys() & new.keys())
    return common / math.fsum((*old.values(), *new.values()))


def _stems(text: str, lang: str) -> list[str]:
    return [_stem(token, lang) for token in tokens(fold(text))]


@lru_cache(maxsize=32_768)
def _stem(token: str, lang: str) -> str:
    words = context_words(lang)
    if token[0].isdigit():
        return _NUMBER
    if token in words.weak:
        return token
    token = token.removesuffix("'s")
    for ending in words.endings:
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            return token[: -len(ending)]
    return token.removesuffix("e") if len(token) > 4 else token
