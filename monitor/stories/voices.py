"""Which sources are one voice: a paper that prints an agency's text says nothing of its own.

Sentences are compared with rapidfuzz; a text that repeats most of another's sentences, almost word by word, is of one
voice with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from monitor.changes.folding import fold
from monitor.facts.text.sentences import sentences

_LONG_ENOUGH = 40  # characters: shorter sentences are common property
_REPEATED = 90.0  # of 100 by ratio
_MOSTLY = 0.6  # share of the shorter text that the other has as well
_ENOUGH = 3  # such sentences: a note of one or two, which anybody may have put so, is no copy
_COMPARED = 5  # texts to which one is compared sentence by sentence
_AT_MOST = 400  # sentences read of a text


def voices(texts: Sequence[str], lang: str = "en") -> tuple[int, ...]:
    """For each text the number of the first one that it is of one voice with: its own, when it speaks for itself."""
    spoken = [_sentences(text, lang) for text in texts]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    first = list(range(len(texts)))
    for number, own in enumerate(spoken):
        if len(own) < _ENOUGH:
            continue
        # Only those that have most in common to the letter are compared any further: a copy is hardly ever rewritten.
        shared: Counter[int] = Counter()
        for sentence in set(own):
            shared.update(dict.fromkeys(holders[sentence], len(sentence)))
        likeliest = sorted(shared, key=lambda other: (-shared[other], other))[:_COMPARED]
        first[number] = next((o for o in sorted(likeliest) if repeats(own, spoken[o]) >= _MOSTLY), number)
        if first[number] == number:
            for sentence in set(own):
                holders[sentence].append(number)
    return tuple(first)


def repeats(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of the shorter text, by characters, that stands in the other as well."""
    short, long = sorted((one, other), key=lambda each: sum(map(len, each)))
    total = sum(map(len, short))
    if not total:
        return 0.0
    known = [s for s in short if process.extractOne(s, long, scorer=fuzz.ratio, score_cutoff=_REPEATED)]
    return sum(map(len, known)) / total


def _sentences(text: str, lang: str) -> list[str]:
    found = (fold(phrase.text) for phrase in sentences(text, lang=lang))
    return [sentence for sentence in found if len(sentence) >= _LONG_ENOUGH][:_AT_MOST]
