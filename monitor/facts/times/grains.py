"""Heads that are a unit of time: "last year", "the third quarter of 1989", "every day", "the end of the year"."""

from __future__ import annotations

from monitor.facts.lexicon.model import MONTH, Lexicon
from monitor.facts.numbers.model import Number, Numbers
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.bare import bare_unit
from monitor.facts.times.durations import read_duration, shift
from monitor.facts.times.left import hyphened, is_plural, take, take_deixis, take_every, take_modifier
from monitor.facts.times.model import Expression
from monitor.facts.times.sport import is_sport
from monitor.facts.times.years import era_at

CLOCK_GRAINS = frozenset(["hour", "minute", "second"])
COUNTED_GRAINS = frozenset(["quarter", "century", "week", "month", "decade"])
"""Units that have ordinals: "the third week of May"."""
RECENT_GRAINS = frozenset(["week", "month", "year", "quarter"])
HALVED_GRAINS = frozenset(["week", "year", "month", "quarter"])
"""Units that "mid-" goes with."""


def grain_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    grain = words.grains[tokens.keys[index]]
    if grain == "hour" and tokens.keys[index - 1] in words.calendar["small_hours"]:
        e = _small_hours(tokens, words, index, floor)
    elif grain == "half":
        e = _half(tokens, words, index, floor)
    elif grain == "season":
        e = None
    elif tokens.keys[index] in words.calendar["ordinal_too"]:
        e = _second(tokens, numbers, index, floor)
    elif _is_no_time(tokens, words, numbers, index):
        e = None
    else:
        e = read_duration(tokens, words, numbers, index, floor, grain)
        if e is None and not _is_compound(tokens, index):
            e = _which(tokens, words, numbers, index, floor, grain)
        if e is None:
            e = bare_unit(tokens, words, index, floor, grain)
    return [] if e is None else [e]


def _small_hours(tokens: Tokens, words: Lexicon, index: int, floor: int) -> Expression | None:
    """ "the early hours of Sunday": a morning that only its day can save."""
    if index - 1 < floor or tokens.keys[index + 1] not in words.calendar["of_on"]:
        return None
    e = Expression(index - 1, index + 1, "TIME", "part", "bare <part of the day>", part="MO", mod="START")
    take(tokens, words, e, floor, "the")
    return e


def _is_no_time(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int) -> bool:
    """ "day-to-day", an age ("6-year-old", "three years of age"), "a quarter of that"."""
    keys, small = tokens.keys, words.calendar
    if keys[index + 1] == "-" and keys[index + 2] in small["to"]:
        return True
    after = index + 2 if keys[index + 1] == "-" else index + 1
    if keys[after] in words.old or (keys[after] in small["of"] and keys[after + 1] in words.aged):
        return True
    fraction = numbers.ending.get(index + 1)
    return fraction is not None and fraction.form == "fraction"


def _is_compound(tokens: Tokens, index: int) -> bool:
    """ "quarter-finals", "half-time": the unit is the start of another word."""
    after = index + 1
    return tokens.keys[after] == "-" and tokens.glued(after) and tokens.glued(after + 1)


def _which(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, grain: str) -> Expression | None:
    """ "last year", "the following week", "the third quarter", "every day", "the end of the year"."""
    keys, small = tokens.keys, words.calendar
    e = Expression(index, index + 1, "DATE", grain, f"<which> {grain}")
    e.fiscal = take(tokens, words, e, floor, "fiscal")
    hyphen = hyphened(tokens, e.first)
    if hyphen:
        e.first -= 1
    at = e.first
    if at - 1 < floor:
        return None
    number = numbers.ending.get(at)
    if number is not None and number.form == "ordinal" and grain in COUNTED_GRAINS:
        return _nth(tokens, words, e, number, floor)
    if _is_set(tokens, words, e, floor):
        return e
    if grain == "quarter" and take(tokens, words, e, floor, "which_quarter"):
        e.quarter = 0
        take(tokens, words, e, floor, "the")
        return e
    if keys[at - 1] in words.deixis:
        return _deictic(tokens, words, e, floor, hyphen)
    if grain in RECENT_GRAINS and take(tokens, words, e, floor, "latest"):
        e.shift, e.shift_grain = -1, grain
        take(tokens, words, e, floor, "the")
        return e
    if keys[at - 1] in small["mid"] and grain in HALVED_GRAINS:
        e.first, e.mod, e.shift, e.shift_grain = at - 1, "MID", 0, grain
        return e
    if take(tokens, words, e, floor, "the"):
        return _of_the(tokens, words, e, floor)
    return None


def _is_set(tokens: Tokens, words: Lexicon, e: Expression, floor: int) -> bool:
    """ "every day", "every other week", "per month"."""
    rule, e.rule = e.rule, "<unit of time>"
    if take_every(tokens, words, e, floor):
        e.amount = 1.0
        return True
    if tokens.keys[e.first - 2] in words.calendar["every"] and take(tokens, words, e, floor, "other"):
        take_every(tokens, words, e, floor)
        e.amount = 2.0
        return True
    if take(tokens, words, e, floor, "per"):
        e.type, e.amount, e.rule = "SET", 1.0, "per <unit of time>"
        return True
    e.rule = rule
    return False


def _deictic(tokens: Tokens, words: Lexicon, e: Expression, floor: int, hyphen: bool) -> Expression | None:
    """ "last year", "the past month", "that day", "the next week": from today, or from the date before."""
    keys, small, grain = tokens.keys, words.calendar, e.grain
    before, farther = keys[e.first - 1], keys[e.first - 2]
    the = farther in small["the"]
    if is_plural(words, keys[e.last - 1]):
        return None
    if grain == "week" and before in small["last"] and keys[e.last] in small["of"] and _is_month_at(tokens, e.last + 1):
        e.first, e.nth = e.first - 1, -1
        take(tokens, words, e, floor, "the")
        return e
    if before in small["that"] and (farther in small["said"] or grain in CLOCK_GRAINS):
        return None
    if before in small["last"] and grain in CLOCK_GRAINS and (hyphen or not the or grain != "hour"):
        return None  # "at the last minute"
    that_same = farther in small["that"] and before in small["same"]
    needs_the = before in small["the_present"] or (before in small["the_day"] and grain == "day")
    if needs_the and not that_same and farther not in small["before_deixis"]:
        return None
    take_deixis(tokens, words, e, floor)
    e.shift_grain = grain
    if the and before in small["next"] and grain in ("day", "year", "month", "week"):
        e.anchor = "previous"
    elif that_same:
        take(tokens, words, e, floor, "that")
    if before in small["past"] and grain != "day":
        e.type, e.amount, e.rule = "DURATION", 1.0, "the past <unit of time>"
        return e
    take_modifier(tokens, words, e, floor)
    return e


def _is_month_at(tokens: Tokens, at: int) -> bool:
    return bool(tokens.flags[at] & MONTH)


def _nth(tokens: Tokens, words: Lexicon, e: Expression, number: Number, floor: int) -> Expression | None:
    """ "the third quarter", "last year's fiscal first quarter", "the 19th century", "the third week of May"."""
    grain, nth, small = e.grain, int(number.value), words.calendar
    e.first, e.rule = number.first, f"<nth> {grain}"
    if take(tokens, words, e, floor, "fiscal"):
        e.fiscal = True
    if grain == "quarter":
        if not 1 <= nth <= 4 or _is_match(tokens, words, e):
            return None
        e.quarter = nth
        before = tokens.keys[e.first - 1]
        if before in words.deixis and before not in small["that"]:
            e.first, e.deixis = e.first - 1, before
    elif grain == "century":
        e.century = nth - 1
        if era_at(tokens, words, e.last) == "BC":
            e.era, e.last = "BC", e.last + 1
    elif tokens.keys[e.last] in small["of"]:
        e.nth = nth
    else:
        return None
    the = tokens.keys[number.last] != "-" and take(tokens, words, e, floor, "the")
    if not the or grain == "century":
        take_modifier(tokens, words, e, floor)
    return e


def _is_match(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "the fourth quarter of the game", "a touchdown in the second quarter": no time of the year."""
    keys, small = tokens.keys, words.calendar
    if keys[e.last] in small["of"] and keys[e.last + 2] in small["matches"]:
        return True
    return is_sport(tokens, words, e.first)


def _of_the(tokens: Tokens, words: Lexicon, e: Expression, floor: int) -> Expression | None:
    """ "the end of the year", "the weekend", "the quarter"."""
    keys, small = tokens.keys, words.calendar
    e.amount = 1.0
    if keys[e.last] in small["clause_shifts"] and shift(tokens, words, e):
        return e  # "the day before, ..."
    e.amount = None
    if keys[e.last] in small["before"] and keys[e.last + 1] in small["last"]:
        e.last, e.shift, e.shift_grain = e.last + 2, -2, e.grain  # "the week before last"
        return e
    e.shift, e.shift_grain, e.anchor = 0, e.grain, "" if e.fiscal else "near"
    if e.grain == "week" and keys[e.last] in small["of_a_week"]:
        e.rule = "the <week>"
        return e
    if e.grain == "year" and keys[e.last] in small["ended"]:
        e.type, e.amount, e.rule = "DURATION", 1.0, "the <year> ended"
        return e
    take_modifier(tokens, words, e, floor)
    if e.mod is not None or e.grain == "weekend" or (e.fiscal and e.grain == "year"):
        return e
    return e if e.grain == "quarter" and keys[e.last] not in small["of"] else None


def _half(tokens: Tokens, words: Lexicon, index: int, floor: int) -> Expression | None:
    """ "the first half of 1989", "the second half of this year"; not of a match."""
    keys, small = tokens.keys, words.calendar
    which = index - 2 if keys[index - 1] == "-" else index - 1
    if keys[which] not in small["halves"] or not _year_follows(tokens, words, index + 1):
        return None
    half = 1 if keys[which] in small["first"] else 2
    e = Expression(max(which, floor), index + 1, "DATE", "half", "<half>", half=half)
    take(tokens, words, e, floor, "the")
    of_the_year = keys[e.last] in small["of"] and keys[e.last + 1] in small["the"]
    if of_the_year and words.grains.get(keys[e.last + 2]) == "year":
        e.last += 3
    return e


def _year_follows(tokens: Tokens, words: Lexicon, at: int) -> bool:
    keys, small = tokens.keys, words.calendar
    if keys[at].isdigit() and len(keys[at]) == 4:
        return True
    if keys[at] not in small["of_in"]:
        return False
    key, after = keys[at + 1], keys[at + 2]
    if (key.isdigit() and len(key) == 4) or tokens.flags[at + 1] & MONTH:
        return True
    year = after in small["fiscal"] or words.grains.get(after) in ("year", "decade", "century")
    return (key in small["the"] or key in words.deixis) and (year or bool(tokens.flags[at + 2] & MONTH))


def _second(tokens: Tokens, numbers: Numbers, index: int, floor: int) -> Expression | None:
    """ "30 seconds", "a 10-second silence"; "second" alone is an ordinal."""
    hyphen = hyphened(tokens, index)
    number = numbers.ending.get(index - 1 if hyphen else index)
    if number is None or number.form != "cardinal" or number.first < floor:
        return None
    if not number.digits and not hyphen and number.value != 1:
        return None
    amount = float(number.value)
    return Expression(number.first, index + 1, "DURATION", "second", "<number> seconds", amount=amount)
