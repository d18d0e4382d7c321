"""Which paragraph or sentence of the old text became which one of the new text, moved and reworded ones included."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from monitor.changes.folding import fold, tokens

_ALIKE = 55.0  # of 100 by rapidfuzz's ratio over words: below it two sentences share a topic rather than an origin
_CANDIDATES = 6  # how many counterparts are weighed for each: keeps long texts linear
_COMMON = 24  # a word in more stretches than this says nothing about which one is meant


def align(old: Sequence[str], new: Sequence[str], *, alike: float = _ALIKE) -> dict[int, int]:
    """Old index -> new index, one to one. Equal stretches first, in order; then the most similar ones."""
    old_folded, new_folded = [fold(text) for text in old], [fold(text) for text in new]
    partner = _equal(old_folded, new_folded)
    taken = set(partner.values())
    old_left = {i: tokens(old_folded[i]) for i in range(len(old)) if i not in partner}
    new_left = {j: tokens(new_folded[j]) for j in range(len(new)) if j not in taken}
    scored = []
    for i, j in _candidates(old_left, new_left):
        similarity = fuzz.ratio(old_left[i], new_left[j], score_cutoff=alike)
        if similarity:
            place = abs(i / max(len(old), 1) - j / max(len(new), 1))
            scored.append((-similarity, place, i, j))
    for _, _, i, j in sorted(scored):
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    return partner


def increasing(partner: Mapping[int, int]) -> set[int]:
    """The old indices of the longest run of pairs that kept their order; all other pairs were moved."""
    tails: list[int] = []
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for i in sorted(partner):
        place = bisect_left(tails, partner[i])
        previous[i] = ends[place - 1] if place else None
        if place == len(tails):
            tails.append(partner[i])
            ends.append(i)
        else:
            tails[place], ends[place] = partner[i], i
    steady: set[int] = set()
    walk = ends[-1] if ends else None
    while walk is not None:
        steady.add(walk)
        walk = previous[walk]
    return steady


def _equal(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(len(new) - 1, -1, -1):
        places[new[j]].append(j)
    return {i: places[text].pop() for i, text in enumerate(old) if places.get(text)}


def _candidates(old: Mapping[int, Sequence[str]], new: Mapping[int, Sequence[str]]) -> list[tuple[int, int]]:
    """The few pairs that share the most telling words."""
    where: dict[str, list[int]] = defaultdict(list)
    for j, words in new.items():
        for word in dict.fromkeys(words):
            where[word].append(j)
    pairs = []
    for i, words in old.items():
        shared: Counter[int] = Counter()
        for word in dict.fromkeys(words):
            found = where.get(word, ())
            if len(found) <= _COMMON:
                for j in found:
                    shared[j] += 1000 // len(found)
        pairs += [(i, j) for j, _ in shared.most_common(_CANDIDATES)]
    return pairs
