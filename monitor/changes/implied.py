"""One that nobody counted: the "seat" of "wins seat", when the other text has "wins two seats"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from monitor.changes.folding import fold, tokens
from monitor.changes.lexicon import ContextWords
from monitor.changes.model import Pair
from monitor.facts.model import Fact, Phrase, Quantity

_ALIKE = 60.0  # of 100 by ratio over words: below it two sentences do not tell the same
_LEADING = 2  # words before a number that vouch for two headlines written anew ("SNP wins" seat, two seats)
_MENTIONS = 8  # of a noun: in a text that has it more often it names the topic, not a thing
_REACH = 200  # characters read of a sentence on either side of its noun
_WORD = re.compile(r"[^\W\d_]+")
_NEXT = re.compile(r"[ \t]*([^\W\d_]+)")
_STOP = re.compile(r"[\n.!?]")


def with_implied(pairs: Sequence[Pair], before: str, after: str, words: ContextWords) -> tuple[Pair, ...]:
    """The pairs; that of a number which stood alone has the one thing that the other text had in its place."""
    if not any((pair.before is None) != (pair.after is None) and _several(pair.before or pair.after) for pair in pairs):
        return tuple(pairs)
    old = _Nouns(before, [pair.before for pair in pairs if pair.before], words)
    new = _Nouns(after, [pair.after for pair in pairs if pair.after], words)
    return tuple(
        Pair(pair.before or old.one(pair.after, after), pair.after or new.one(pair.before, before)) for pair in pairs
    )


def _several(fact: Fact | None) -> bool:
    quantity = fact.quantity if fact else None
    if fact is None or quantity is None or not fact.noun or quantity.unit is not None:
        return False
    return quantity.lower == quantity.upper and isinstance(quantity.lower, int) and quantity.lower > 1


def _headline(text: str) -> int:
    """Where the first line ends, if it has no full stop."""
    line = text.lstrip().split("\n", 1)[0].rstrip()
    return 0 if line.endswith((".", "!", "?")) else len(text) - len(text.lstrip()) + len(line)


class _Nouns:
    """The words of a text by where they stand, to find those that no fact counts."""

    def __init__(self, text: str, facts: Sequence[Fact], words: ContextWords) -> None:
        self._text = text
        self._words = words
        self._headline = _headline(text)
        self._counted = {fact.start for fact in facts}
        self._places: dict[str, list[int]] = defaultdict(list)
        for word in _WORD.finditer(text):
            self._places[fold(word[0])].append(word.start())
        articles = "|".join(map(re.escape, sorted(words.articles))) or r"(?!)"
        self._article = re.compile(rf"\b(?:{articles})\s+(?:[^\W\d]\S*\s+){{0,2}}$", re.IGNORECASE)

    def one(self, fact: Fact | None, own: str) -> Fact | None:
        """The one thing where `fact`, of the text `own`, counts several: in a sentence that tells the same."""
        if fact is None or not _several(fact):
            return None
        for start in self._places.get(fold(fact.noun or ""), ())[:_MENTIONS]:
            end = start + len(fact.noun or "")
            first = self._first(start, end)
            if first is None or self._counted.intersection(range(first, end)):
                continue
            statement = self._statement(start, end)
            if statement not in own and self._tells_the_same(fact, own, statement, first):
                return self._made(fact, first, start, end, statement)
        return None

    def _first(self, start: int, end: int) -> int | None:
        """Where the noun phrase begins: "a toilet area of"; null for "the area" and "area code".

        Without an article only in a first line without a full stop: headlines drop them.
        """
        text, weak = self._text, self._words.weak
        following = _NEXT.match(text, end)
        if following and fold(following[1]) not in weak:
            return None
        lead = text[max(0, start - _REACH) : start]
        found = self._article.search(lead)
        leading = tokens(fold(lead))
        if found and not weak.intersection(tokens(fold(found[0]))[1:]):
            return start - len(found[0])
        dropped = start < self._headline and leading and leading[-1] not in weak and not leading[-1][0].isdigit()
        return start if dropped else None

    def _statement(self, start: int, end: int) -> str:
        lead, rest = self._text[max(0, start - _REACH) : start], self._text[end : end + _REACH]
        return (_STOP.split(lead)[-1] + self._text[start:end] + _STOP.split(rest)[0]).strip()

    def _tells_the_same(self, fact: Fact, own: str, statement: str, first: int) -> bool:
        if fuzz.ratio(tokens(fold(statement)), tokens(fold(fact.sentence[: 2 * _REACH]))) >= _ALIKE:
            return True
        theirs, mine = self._text[max(0, first - _REACH) : first], own[max(0, fact.start - _REACH) : fact.start]
        leading = tokens(fold(theirs))[-_LEADING:]
        return len(leading) == _LEADING and leading == tokens(fold(mine))[-_LEADING:]

    def _made(self, fact: Fact, first: int, start: int, end: int, statement: str) -> Fact:
        last = end if first == start else first + len(self._text[first:start].split()[0])
        return replace(
            fact,
            quantity=Quantity(1, 1), quote=self._text[first:last], start=first, end=last,
            phrase=Phrase(self._text[first:end], first, end), sentence=statement,
            rule="<noun>" if first == start else "<a> <noun>",
        )  # fmt: skip
