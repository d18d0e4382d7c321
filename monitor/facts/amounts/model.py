"""An amount found in the text, on its way to being a Fact; and what hedges around a number make of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.facts.lexicon.model import (
    CURRENCY,
    GROUP,
    INDEFINITE,
    NUMBERISH,
    PERSON,
    UNIT,
    VAGUE,
    Lexicon,
    match_phrase,
    match_phrase_before,
)
from monitor.facts.model import Hedge, Quantity, Trend
from monitor.facts.numbers.model import Number, tidy
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

GREAT = 1_000
"""Nobody passes so many laws: "passes 20 million cases" is about the million."""


@dataclass(slots=True)
class Amount:
    """Tokens `first` to before `last` are the quote; `phrase_first`, `phrase_last` what a person needs to see."""

    kind: str
    first: int
    last: int
    value: int | float
    upper: int | float | None = None
    unit: str | None = None
    hedge: Hedge = "exact"
    trend: Trend | None = None
    noun: str | None = None
    plural: str | None = None
    predicate: str | None = None
    phrase_first: int = 0
    phrase_last: int = 0
    start: int = -1
    """Offset of the quote where it begins before its first token's, else -1."""
    rule: list[str] = field(default_factory=list)

    def quantity(self) -> Quantity:
        value, upper = tidy(self.value), None if self.upper is None else tidy(self.upper)
        if self.hedge == "indefinite":
            return Quantity(value, None, True, True, self.unit, "indefinite", self.trend)
        if self.hedge in ("at_least", "more_than"):
            return Quantity(value, None, self.hedge == "at_least", True, self.unit, self.hedge, self.trend)
        if self.hedge in ("at_most", "less_than"):
            top = upper if upper is not None else value
            return Quantity(None, top, True, self.hedge == "at_most", self.unit, self.hedge, self.trend)
        if upper is not None:
            hedge: Hedge = "about" if self.hedge == "about" else "between"
            return Quantity(value, upper, True, True, self.unit, hedge, self.trend)
        return Quantity(value, value, True, True, self.unit, self.hedge, self.trend)


def start_amount(kind: str, number: Number) -> Amount:
    hedge: Hedge = "indefinite" if number.form == "indefinite" else "exact"
    return Amount(
        kind, number.first, number.last, number.value, number.upper, hedge=hedge,
        phrase_first=number.first, phrase_last=number.last, start=number.start,
    )  # fmt: skip


def unit_start(tokens: Tokens, words: Lexicon, number: Number) -> int:
    """Where the unit of a number stands: "hundreds of miles", "three-quarters of a dollar", "half a mile"."""
    keys, at = tokens.keys, number.last
    of = keys[at] in words.lists["of"]
    if number.form == "fraction" or 0 < number.value < 1:
        one = of and (keys[at + 1] == "1" or words.cardinals.get(keys[at + 1]) == 1)  # "half of one percent"
        return at + of + 1 if one or keys[at + of] in words.articles else at
    collective = tokens.flags[at - 1] & (GROUP | INDEFINITE | VAGUE)
    return at + (of and bool(collective))


def read_hedges(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> None:
    """Hedges before ("more than about") and after ("or more") the amount; the phrase grows over them."""
    keys = tokens.keys
    first = amount.first
    if amount.kind == "age":  # "over the age of 18"
        the = keys[amount.phrase_first - 1] in words.lists["the"] and amount.phrase_first < first
        first = amount.phrase_first - the
    elif keys[amount.last] in words.lists["milestones"] and keys[first - 1] in words.lists["the"]:
        first -= 1  # "passed the 500 mark"
    hedge: str | None = None
    for _ in range(3):
        matched = match_phrase_before(words.hedges_before, keys, first)
        if matched is None or matched[0] < floor or not _is_hedge(tokens, words, matched[0], first, amount):
            break
        first = matched[0]
        if matched[1] != "exact" and hedge in (None, "about"):  # "up to about 500" has a bound
            hedge = matched[1]
        if matched[1] == "exact" and keys[first] in ("the", "all"):
            break
    after = match_phrase(words.hedges_after, keys, amount.phrase_last)
    if after is not None and hedge in (None, "about") and _is_after_hedge(tokens, words, amount.phrase_last, after[0]):
        amount.phrase_last = after[0]
        hedge = after[1]
    if first < amount.phrase_first:
        amount.phrase_first = first
    if hedge is not None:
        if amount.hedge != "indefinite":
            amount.hedge = hedge  # type: ignore[assignment]
        amount.rule.insert(0, "<hedge>")


def _is_hedge(tokens: Tokens, words: Lexicon, first: int, last: int, amount: Amount) -> bool:
    """Not every "over" is one: "carried over 12 tonnes" may be, "voted over" is not; "under 18s" is an age group."""
    key, before = tokens.keys[first], tokens.keys[first - 1]
    if key in words.lists["positions"] and before in words.lists["disputes"]:
        return False  # "a strike over 1% rise"
    if amount.kind == "duration" and key in words.lists["spans_over"] and _is_spread(tokens, words, first - 1):
        return False
    if last - first > 1:
        return before not in words.lists["moved_up"] or key not in words.lists["up"]  # "inflation ticked up to 3.4 %"
    attribute = amount.unit is not None and tokens.keys[amount.first + 1] == "-" and tokens.glued(amount.first + 1)
    if attribute and key in words.lists["positions"] and tokens.kinds[amount.last] == WORD:
        return False  # "under a four-day week", "over the 12-mile limit"
    if key in words.lists["under_par"] and before == "-" and tokens.glued(first):
        return False  # "a seven-under 65"
    milestone = tokens.keys[amount.last] in words.lists["milestones"]
    measured = amount.unit is not None or amount.value >= GREAT or milestone
    if key in words.lists["hedges_of_units"] and not measured:
        return False  # "passed 12 laws"; but "passed $1 billion"
    takes_time = amount.kind == "duration"  # "took over two hours"; but "took over 20 villages"
    return takes_time or key not in words.lists["positions"] or before not in words.lists["before_position"]


def _is_spread(tokens: Tokens, words: Lexicon, before: int) -> bool:
    """What stands before the "over" of a length of time is spread over it: "$50m over five years"."""
    kind, flags = tokens.kinds[before], tokens.flags[before]
    thing = bool(flags & (NUMBERISH | CURRENCY | UNIT | PERSON)) or kind in (NUMBER, PAD)
    return thing or tokens.keys[before] in words.lists["spread_over"]


def _is_after_hedge(tokens: Tokens, words: Lexicon, first: int, last: int) -> bool:
    """Not every word after a number: "50 plus points", not "50 plus VAT"; "12 at most.", not "12 at most games"."""
    key = tokens.keys[first]
    if tokens.kinds[first] != WORD:  # "50+", "50-plus"
        return tokens.glued(first) and (last == first + 1 or tokens.glued(first + 1))
    if key in words.lists["hedges_before_nouns"]:
        noun = tokens.kinds[last] == WORD and not tokens.capital(last) and tokens.keys[last].endswith("s")
        return tokens.glued(first) or noun
    return tokens.kinds[last] != WORD or key not in words.lists["hedges_at_end"]
