"""What is known where an expression stands: the date of publication, the date last spoken of, the date of the story.

In a narrative - a text whose written years are far from its publication - dates without a year go on from the story,
and an aside ("since 1995", "two decades earlier") does not move it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.direction import direction, has_happened, tense_before
from monitor.facts.times.model import RANK, Expression
from monitor.facts.times.spans import Resolved, Span

FAR, NEAR = 270, 75
"""Days: a verb's tense is not believed when it would put a date far off that lies close by on the other side."""
JUST = 30
"""The same of a deadline, which may have passed when it is told of."""
AHEAD = 2
"""News tells of what has been: of two dates, the one ahead must be so many times nearer where no word decides."""
TOLD_SENTENCES = 3
"""Sentences after which a quarter is no longer the one meant by "a year earlier"."""
LEAP, JUMP = 7, 3
"""Months back that a story leaps rather than goes back; years that only an aside spans."""
CLOSE = 400
"""Days from publication within which "the year" is the year last spoken of."""


@dataclass(slots=True)
class Context:
    """Walks along with the resolver."""

    tokens: Tokens
    words: Lexicon
    published: date | None
    narrative: bool
    previous: Span | None = None
    story: Span | None = None
    quarter: Span | None = None
    """The quarter last spoken of, and the sentence that did."""
    quarter_sentence: int = 0

    def note(self, resolved: Resolved) -> None:
        """Remember a date that was spoken of."""
        e, span = resolved.expression, resolved.span
        if span is None or resolved.time.type not in ("DATE", "TIME") or e.ref is not None:
            return
        self.previous = span
        if span.grain == "quarter" and e.shift_grain != "year":
            self.quarter = span
            self.quarter_sentence = self.tokens.sentence[e.first]
        if self.narrative and self._goes_on(e, span):
            self.story = span

    def _goes_on(self, e: Expression, span: Span) -> bool:
        """Does the story go on from this date? Not from an aside: "since 1995", "two decades earlier", "had met"."""
        if self.published is not None and span.start > self.published:
            return False
        if self.story is None:
            return True
        if e.shift is not None and e.shift < 0 and e.shift_grain != "day":
            return False
        keys = self.tokens.keys
        start = self.tokens.first_tokens[self.tokens.sentence[e.first]]
        if e.first - start <= 2:
            return True
        if e.role == "since" or not self.words.calendar["had"].isdisjoint(keys[max(start, e.first - 12) : e.first]):
            return False
        if e.grain == "day":
            return True
        jump = abs(span.start.year - self.story.start.year)
        verb = e.first - (keys[e.first - 1] in self.words.roles)  # "until" looks ahead from any tense
        return jump < JUMP and not (jump and tense_before(self.tokens, self.words, verb) == "future")

    def anchor(self, *, previous: bool) -> date | None:
        """The day that a relative date is counted from."""
        return self.previous.start if previous and self.previous is not None else self.published

    def has_just_told_quarter(self, e: Expression) -> bool:
        """Was a quarter spoken of in this sentence or just before it?"""
        return self.quarter is not None and self.tokens.sentence[e.first] - self.quarter_sentence <= TOLD_SENTENCES

    def year_told_on(self, month: int) -> int | None:
        """The year of a month in a narrative: "January" after "December 1941" is the next one."""
        if not self.narrative or self.story is None:
            return None
        leaps = RANK[self.story.grain] >= RANK["season"] and self.story.start.month - month > LEAP
        return self.story.start.year + leaps

    def choose(self, e: Expression, days: list[date], anchor: date) -> date | None:
        """Of the same date in several years, the one that the words around it mean; without any, the nearer."""
        if not days:
            return None
        towards = direction(self.tokens, self.words, e)
        behind = [day for day in days if day <= anchor]
        ahead = [day for day in days if day >= anchor]
        back = (anchor - behind[-1]).days if behind else 10_000
        forth = (ahead[0] - anchor).days if ahead else 10_000
        doubtful = back > FAR and forth < NEAR and not has_happened(self.tokens, self.words, e)
        if towards == "past" and behind and not doubtful:
            return behind[-1]
        deadline = self.tokens.keys[e.first - 1] in self.words.lists["forward_before"]  # "will leave by 31 December"
        if towards == "future" and ahead and not (forth > FAR and back < (JUST if deadline else NEAR)):
            return ahead[0]
        return min(days, key=lambda day: (abs((day - anchor).days) * (AHEAD if day > anchor else 1), day))

    def is_as_fine(self, grain: str) -> bool:
        """Was the date before this one told to the same grain, at least to the week?"""
        return self.previous is not None and RANK[self.previous.grain] >= min(RANK.get(grain, 0), RANK["week"])

    def is_close(self) -> bool:
        """Is the date before this one close to publication, so that "the year" means its year?"""
        if self.previous is None or self.published is None:
            return self.previous is not None
        if self.previous.grain in ("decade", "century"):
            return False
        return abs((self.published - self.previous.start).days) < CLOSE


def is_narrative(expressions: list[Expression], published: date | None) -> bool:
    """Many written years, and hardly a word that only makes sense on the day of publication."""
    years = [e.year for e in expressions if e.year is not None]
    if len(years) < 4:
        return False
    topical = sum(1 for e in expressions if _is_topical(e))
    if len(years) <= 3 * topical:
        return False
    if published is None:
        return True
    dated = sum(1 for e in expressions if e.year is not None and e.month is not None)
    far = sum(1 for year in years if abs(year - published.year) > 2)
    return (far >= 4 and far > 0.7 * len(years)) or (dated >= 4 and dated > 4 * topical)


def _is_topical(e: Expression) -> bool:
    """ "Friday", "yesterday", "last month": said from the day of publication."""
    if e.type not in ("DATE", "TIME") or e.ref is not None or e.anchor:
        return False
    return (e.weekday is not None and e.month is None) or (e.shift_grain is not None and e.year is None)
