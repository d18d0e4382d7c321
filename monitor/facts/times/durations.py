"""A number, an article or "several" before a unit of time: "three weeks", "the past 12 months", "a year ago"."""

from __future__ import annotations

from monitor.facts.lexicon.model import NUMBERISH, Lexicon, match_phrase_before
from monitor.facts.numbers.model import DASHES, Number, Numbers
from monitor.facts.text.token_pattern import MARK, PAD, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.left import hyphened, is_plural, take, take_every
from monitor.facts.times.model import Expression

MOST_SKIPPED = 2
"""Adjectives between number and unit: "three more consecutive years"."""
HALVED = frozenset(["hour", "day", "year", "century", "decade"])
"""Units of which there are halves: "half an hour"."""
HEDGED = {
    -1: {"about": "APPROX", "more_than": "BEFORE", "less_than": "AFTER", "at_least": "ON_OR_BEFORE"},
    1: {"about": "APPROX", "more_than": "AFTER", "less_than": "BEFORE", "at_least": "ON_OR_AFTER"},
}
"""TIMEX3 modifiers: "more than a year ago" lies before that year, "more than a year later" after it."""
OPENING = frozenset("'\"“‘$£€")
"""Marks with which more of the clause begins."""


def read_duration(
    tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, grain: str
) -> Expression | None:
    """The duration that the unit at `index` ends, or the date that "ago", "later" makes of it."""
    keys, small = tokens.keys, words.calendar
    at = index
    while keys[at - 1] in small["more"] and index - at < MOST_SKIPPED and at - 1 > floor:
        at -= 1
    hyphen = hyphened(tokens, at)
    if hyphen:
        at -= 1
    e = Expression(at, index + 1, "DURATION", grain, "<number> <unit of time>")
    if not _amount_left(tokens, words, numbers, index, floor, e, hyphen):
        return None
    _and_a_half(tokens, words, e)
    if hyphen and keys[index + 1] in DASHES and keys[index + 2] in small["long"]:
        e.last = index + 3
    elif keys[index + 1] in small["long"] and not is_plural(words, keys[index]):
        e.last = index + 2  # "a three year long siege"
    if e.rule == "a <unit of time>" and is_rate(tokens, words, numbers, e.first):
        if not shift(tokens, words, e):
            e.type, e.rule = "SET", "<number> a <unit of time>"
        return e
    if take_every(tokens, words, e, floor):
        return e
    _period_left(tokens, words, e, floor, hyphen)
    _or_so(tokens, words, e)
    shift(tokens, words, e)
    return e


def _amount_left(
    tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, e: Expression, hyphen: bool
) -> bool:
    """How many: a number, "a", "another", "half a", "several", "a couple of"."""
    keys, small = tokens.keys, words.calendar
    at, plural = e.first, is_plural(words, keys[index])
    before, farther = keys[at - 1], keys[at - 2]
    number = numbers.ending.get(at)
    if number is not None and number.first >= floor and number.form in ("cardinal", "indefinite", "fraction"):
        if number.plain_year and not plural:
            return False
        e.first, e.amount, e.upper = number.first, float(number.value), number.upper
        if number.form == "indefinite" and number.value == 3:
            e.amount = None
        _range_before(tokens, words, numbers, number, e, floor)
        return True
    if at - 1 < floor:
        return False
    e.first = at - 1
    if before in words.articles and not plural:
        tied = keys[index + 1] in DASHES and (keys[index + 2] in small["ago"] or keys[index + 2] in small["long"])
        if hyphen or tied or farther in small["exclaiming"]:
            return False
        e.amount, e.rule = 1.0, "a <unit of time>"
        part = numbers.ending.get(at - 2) if farther in small["of"] else None
        if part is not None and part.form == "fraction" and part.first >= floor:
            e.first, e.amount, e.rule = part.first, float(part.value), "<fraction> of a <unit of time>"
        elif take(tokens, words, e, floor, "half"):
            e.amount = 0.5
    elif before in small["another"]:
        e.amount, e.rule = 1.0, "another <unit of time>"
    elif before in small["half"] and (hyphen or farther in words.articles) and e.grain in HALVED:
        e.amount = 0.5
        take(tokens, words, e, floor, "article")
    elif before in words.lists["vague_counts"] and plural:
        e.rule = "several <units of time>"
        take(tokens, words, e, floor, "article")
    elif before in small["of"] and farther in small["couple"] and at - 2 >= floor:
        e.first, e.amount = at - 2, 2.0
        take(tokens, words, e, floor, "indefinite")
    else:
        return False
    return True


def _range_before(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, e: Expression, floor: int) -> None:
    """ "two to three weeks", "10-15 years", "between two and three weeks"."""
    keys, small = tokens.keys, words.calendar
    link = number.first - 1
    if keys[link] not in DASHES and keys[link] not in small["range_links"]:
        return
    other = numbers.ending.get(link)
    if other is None or other.first < floor or other.form != "cardinal" or other.value >= number.value:
        return
    if other.plain_year or (keys[link] in small["and"] and keys[other.first - 1] not in small["between"]):
        return
    e.first, e.amount, e.upper = other.first, float(other.value), float(number.value)


def _and_a_half(tokens: Tokens, words: Lexicon, e: Expression) -> None:
    keys, small = tokens.keys, words.calendar
    after = keys[e.last : e.last + 3]
    if after[0] in small["and"] and after[1] in words.articles and after[2] in small["half"]:
        e.last += 3
        e.amount = (e.amount or 1) + 0.5


def _or_so(tokens: Tokens, words: Lexicon, e: Expression) -> None:
    """ "a week or so ago", "a year or more later", "a day or two"."""
    after, small = tokens.keys[e.last : e.last + 3], words.calendar
    if after[0] not in small["or"]:
        return
    if after[1] in small["so"] and after[2] in small["ago_later"]:
        e.last, e.mod = e.last + 2, "APPROX"
    elif after[1] in small["two"] and e.amount == 1 and e.upper is None:
        e.last, e.upper = e.last + 2, 2.0


def is_rate(tokens: Tokens, words: Lexicon, numbers: Numbers, first: int) -> bool:
    """ "$5 a day", "three times a week", "60 miles an hour": "a day" says how often."""
    before = first - 1
    key = tokens.keys[before]
    if first in numbers.ending or key in words.calendar["percent"]:
        return True
    if any(tokens.keys[at] in words.lists["per_after"] for at in (before, before - 1) if at >= 0):
        return True
    if tokens.kinds[before] != WORD or before not in numbers.ending or not is_plural(words, key):
        return False
    return not tokens.flags[before] & NUMBERISH and key not in words.calendar["verbs_in_s"]


def _period_left(tokens: Tokens, words: Lexicon, e: Expression, floor: int, hyphen: bool) -> None:
    """ "the past 12 months", "the first nine months", "the next two weeks"; but "will last two weeks"."""
    before, small = tokens.keys[e.first - 1], words.calendar
    lasting = e.rule == "a <unit of time>" or tokens.keys[e.first - 2] in small["before_verb_last"]
    verb = before in small["last"] and lasting
    if before in words.lists["period_deixis"] and e.first - 1 >= floor and not verb:
        e.first -= 1
        e.deixis, e.rule = before, "the past " + e.rule
    if e.deixis or (not hyphen and is_plural(words, tokens.keys[e.last - 1])):
        take(tokens, words, e, floor, "the")


def shift(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "ago", "earlier", "later", "from now" make a date of a duration."""
    keys, small = tokens.keys, words.calendar
    key, last = keys[e.last], e.last + 1
    if key in small["from"] and keys[last] in small["now"]:
        direction, anchor, last = 1, "", last + 1
    elif key in small["genitive"] and keys[last] in small["time"] and keys[e.first - 1] in small["in"]:
        direction, anchor, last = 1, "", last + 1  # "in three weeks' time"
    elif key in words.shifts and (key not in small["clause_shifts"] or _clause_ends(tokens, words, last)):
        direction, anchor = words.shifts[key]
    else:
        return False
    if e.deixis or keys[last] in small["than"]:
        return False
    e.last, e.type, e.anchor = last, "DATE", anchor
    e.shift_grain, e.shift = e.grain, None if e.amount is None else direction * e.amount
    if e.amount is None:
        e.ref = "PAST_REF" if direction < 0 else "FUTURE_REF"
    e.rule = "<duration> ago" if not anchor else "<duration> earlier/later"
    hedge = match_phrase_before(words.hedges_before, keys, e.first) if e.amount is not None else None
    if hedge is not None:
        e.mod = e.mod or HEDGED[direction].get(hedge[1])
    return True


def _clause_ends(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "a year before." is a date, "a year before the war" a duration."""
    key = tokens.keys[at]
    if key in words.calendar["clause_openers"]:
        return True
    return tokens.kinds[at] in (MARK, PAD) and key not in OPENING
