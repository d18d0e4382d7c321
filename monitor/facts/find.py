"""Find every fact of a text: numbers, then times, then quantities, then who says so and how sure it is.

Pure: text in, values out. The text is never changed; offsets are code points into it as given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime

from monitor.facts.amounts.model import Amount
from monitor.facts.amounts.read import read_amounts
from monitor.facts.build import Builder
from monitor.facts.furniture import furniture
from monitor.facts.lexicon.model import Lexicon
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Fact, Phrase
from monitor.facts.numbers.read import read_numbers
from monitor.facts.text.tokens import tokenize
from monitor.facts.times import Resolved, read_times, resolve_times

INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def find(text: str, *, published: date | datetime | None = None, lang: str = "en") -> list[Fact]:
    """The facts of a text, ordered by where they start.

    `published` is a trusted date of publication; without it relative dates stay unresolved. `lang` is a language code;
    one without a lexicon gives the facts that need no words. Any text gives an answer.
    """
    day = published.date() if isinstance(published, datetime) else published
    words = lexicon(lang)
    if INVISIBLE.search(text) is None:
        return _find(text, day, words)
    return _restore(text, day, words)


def _restore(text: str, day: date | None, words: Lexicon) -> list[Fact]:
    """Read the text without its invisible characters, then give every offset as it is in the text."""
    positions = [index for index, char in enumerate(text) if not INVISIBLE.match(char)]
    visible = "".join(text[index] for index in positions)
    positions.append(len(text))

    def original(start: int, end: int) -> Phrase:
        first = positions[start]
        last = positions[end - 1] + 1 if end > start else first
        return Phrase(text[first:last], first, last)

    facts = []
    for fact in _find(visible, day, words):
        quote = original(fact.start, fact.end)
        phrase = original(fact.phrase.start, fact.phrase.end)
        facts.append(_moved(fact, quote, phrase))
    return facts


def _moved(fact: Fact, quote: Phrase, phrase: Phrase) -> Fact:
    fields = {name: getattr(fact, name) for name in Fact.__dataclass_fields__}
    fields.update(quote=quote.text, start=quote.start, end=quote.end, phrase=phrase)
    return Fact(**fields)


def _find(text: str, day: date | None, words: Lexicon) -> list[Fact]:
    tokens = tokenize(text, words)
    numbers = read_numbers(tokens, words)
    expressions = [e for e in read_times(tokens, words, numbers) if not numbers.holds(e.first, e.last)]
    times = resolve_times(tokens, words, expressions, day)
    amounts = read_amounts(tokens, words, numbers, times)
    times = _outside(times, amounts)
    builder = Builder(tokens, words, times)
    facts = [builder.time_fact(time) for time in times] + [builder.amount_fact(amount) for amount in amounts]
    stretches = furniture(text, words)
    if stretches:
        starts = [start for start, _ in stretches]
        facts = [fact for fact in facts if not _inside(fact, stretches, starts)]
    facts.sort(key=lambda fact: (fact.start, fact.end, fact.kind))
    return facts


def _outside(times: list[Resolved], amounts: list[Amount]) -> list[Resolved]:
    """Times that are no part of an amount: in "60 miles per hour" nothing happens every hour."""
    held = {at for amount in amounts if amount.last - amount.first > 2 for at in range(amount.first, amount.last)}
    return [time for time in times if time.expression.first not in held or time.expression.last - 1 not in held]


def _inside(fact: Fact, stretches: list[tuple[int, int]], starts: list[int]) -> bool:
    at = bisect_right(starts, fact.start)
    return any(start <= fact.start and fact.end <= end for start, end in stretches[max(0, at - 8) : at])
