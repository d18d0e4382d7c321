"""Turn amounts and times into Facts: offsets, sentence, subject, key, source, certainty, date."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from monitor.facts.amounts.model import Amount, read_hedges
from monitor.facts.attribution import Source, segment_tokens, sources, who_says
from monitor.facts.certainty import certainty
from monitor.facts.lexicon.model import Lexicon
from monitor.facts.model import Certainty, Fact, Kind, Phrase, Quantity
from monitor.facts.subjects import subject_of
from monitor.facts.text.tokens import Tokens
from monitor.facts.times import Expression, Resolved
from monitor.facts.times.dateline import is_dateline
from monitor.facts.times.values import PLAIN_UNITS

TIME_KINDS: dict[str, Kind] = {"DATE": "date", "TIME": "time", "DURATION": "duration", "SET": "set"}


LONGEST_SENTENCE = 4_000


DAY_REACH = 40
"""Tokens between an amount and the day on which it happened."""


class Builder:
    """Turns amounts and times into Facts: offsets, sentence, subject, key, source, certainty, date."""

    def __init__(self, tokens: Tokens, words: Lexicon, times: list[Resolved]) -> None:
        self.tokens = tokens
        self.words = words
        self.days: dict[int, list[Resolved]] = {}
        for time in times:
            day = time.span is not None and time.span.grain == "day" and time.time.type in ("DATE", "TIME")
            if day and not is_dateline(tokens, time.expression) and not self._is_told(time.expression):
                self.days.setdefault(tokens.sentence[time.expression.first], []).append(time)
        self.sources: dict[int, list[Source]] = {}
        self.sentences: dict[tuple[int, int], str] = {}

    def time_fact(self, resolved: Resolved) -> Fact:
        e = resolved.expression
        tokens = self.tokens
        start, end = tokens.starts[e.first], tokens.ends[e.last - 1]
        kind = TIME_KINDS[resolved.time.type]
        quantity = None
        phrase_first = e.first
        rule = e.rule
        if kind == "duration":
            quantity, phrase_first = self._duration_quantity(resolved)
            if phrase_first < e.first:
                rule = f"<hedge> {rule}"
        elif self.words.roles.get(tokens.keys[e.first - 1]) and tokens.keys[e.first - 1]:
            phrase_first = e.first - 1
            rule = f"{tokens.keys[e.first - 1]} {rule}"
        phrase = self._phrase(phrase_first, e.last, start, end)
        subject = subject_of(tokens, self.words, kind, e.first, e.last, (phrase_first, e.last))
        return self._fact(
            kind, None, None, subject, f"{kind}::", quantity, resolved, None,
            start, end, phrase, rule, e.first, e.last, (phrase_first, e.last),
        )  # fmt: skip

    def _duration_quantity(self, resolved: Resolved) -> tuple[Quantity | None, int]:
        e = resolved.expression
        if e.amount is None and not e.rule.startswith("several"):
            return None, e.first
        scale, unit = PLAIN_UNITS.get(e.grain, (1, e.grain))
        value = (3 if e.amount is None else e.amount) * scale
        upper = None if e.upper is None else e.upper * scale
        amount = Amount(
            "duration", e.first, e.last, value, upper, unit=unit,
            hedge="indefinite" if e.amount is None else "exact", phrase_first=e.first, phrase_last=e.last,
        )  # fmt: skip
        if not e.deixis:
            read_hedges(self.tokens, self.words, amount, max(0, e.first - 4))
        if amount.upper is not None and amount.hedge == "exact":
            amount.hedge = "between"
        return amount.quantity(), amount.phrase_first

    def amount_fact(self, amount: Amount) -> Fact:
        tokens = self.tokens
        start = amount.start if amount.start >= 0 else tokens.starts[amount.first]
        end = tokens.ends[amount.last - 1]
        kind: Kind = amount.kind  # type: ignore[assignment]
        key = f"{kind}:{amount.predicate or ''}:{self.words.kin.get(amount.noun or '', amount.noun or '')}"
        phrase = self._phrase(min(amount.phrase_first, amount.first), max(amount.phrase_last, amount.last), start, end)
        as_of = self._as_of(amount)
        rule = " ".join(amount.rule)
        return self._fact(
            kind, amount.predicate, amount.noun, self._subject(amount), key, amount.quantity(), None, as_of,
            start, end, phrase, rule, amount.first, amount.last, (amount.phrase_first, amount.phrase_last),
        )  # fmt: skip

    def _subject(self, amount: Amount) -> str | None:
        predicate = (amount.predicate or "").replace("_", " ")
        said = amount.noun is not None and predicate.startswith(amount.noun)  # votes are voted
        parts = [part for part in (amount.plural, "" if said else predicate) if part]
        around = (amount.phrase_first, amount.phrase_last)
        return " ".join(parts) or subject_of(self.tokens, self.words, amount.kind, amount.first, amount.last, around)

    def _as_of(self, amount: Amount) -> str | None:
        """The one past day that the sentence names, for what happened to people or things."""
        if amount.predicate is None:
            return None
        fitting = [
            day for day in self._days_near(amount) if day.time.role in (None, "on") and self._same_clause(amount, day)
        ]
        if len({day.time.start for day in fitting}) != 1:
            return None
        return fitting[0].time.start

    def _days_near(self, amount: Amount) -> Iterator[Resolved]:
        """The days of its sentence that stand near enough: one without full stops may hold thousands."""
        days = self.days.get(self.tokens.sentence[amount.first], [])
        nearest = bisect_left(days, amount.first - DAY_REACH, key=lambda day: day.expression.last)
        for day in islice(days, nearest, None):
            if day.expression.first > amount.last + DAY_REACH:
                return
            yield day

    def _is_told(self, expression: Expression) -> bool:
        """ "said on Tuesday": the day of the saying, not of what is said."""
        at = expression.first - 1
        if self.tokens.keys[at] == "on":
            at -= 1
        return self.tokens.keys[at] in self.words.say

    def _same_clause(self, amount: Amount, day: Resolved) -> bool:
        """Nothing between them that moves in time: "on Monday, a day after two pilots were killed"."""
        e = day.expression
        first, last = sorted([(amount.first, amount.last), (e.first, e.last)])
        between = self.tokens.keys[first[1] : last[0]]
        return day.time.start is not None and not self.words.lists["shifting"].intersection(between)

    def _phrase(self, first: int, last: int, start: int, end: int) -> Phrase:
        tokens = self.tokens
        begin = min(start, tokens.starts[first])
        finish = max(end, tokens.ends[last - 1])
        return Phrase(tokens.text[begin:finish], begin, finish)

    def _fact(
        self, kind: Kind, predicate: str | None, noun: str | None, subject: str | None, key: str,
        quantity: Quantity | None, resolved: Resolved | None, as_of: str | None, start: int, end: int,
        phrase: Phrase, rule: str, first: int, last: int, around: tuple[int, int],
    ) -> Fact:  # fmt: skip
        tokens = self.tokens
        number = tokens.sentence[first]
        sure: Certainty = certainty(tokens, self.words, first, last, *around)
        return Fact(
            kind, predicate, noun, subject, key, quantity, None if resolved is None else resolved.time, as_of,
            self._source(first, last), sure, tokens.text[start:end], start, end, phrase,
            self._sentence(number, start, end), rule,
        )  # fmt: skip

    def _sentence(self, number: int, start: int, end: int) -> str:
        """The sentence, one string for all its facts; of a "sentence" that has no end, what is near the fact."""
        first, last = self.tokens.sentences[number]
        if last - first > LONGEST_SENTENCE:
            step = LONGEST_SENTENCE // 8
            part = (start - first) // step  # facts that stand close share one string, too
            first, last = max(first, first + (part - 1) * step), min(last, max(first + (part + 2) * step, end))
        if (first, last) not in self.sentences:
            self.sentences[first, last] = self.tokens.text[first:last]
        return self.sentences[first, last]

    def _source(self, first: int, last: int) -> str | None:
        segment, end = segment_tokens(self.tokens, first)
        if segment not in self.sources:
            self.sources[segment] = sources(self.tokens, self.words, segment, end)
        found = self.sources[segment]
        return who_says(self.tokens, self.words, found, first, last) if found else None
