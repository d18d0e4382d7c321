"""Heads that name a month: "Dec. 31, 2023", "the 4th of July", "12-15 March", "last November", "mid-May"."""

from __future__ import annotations

from monitor.facts.lexicon.model import CURRENCY, MONTH, PERSON, STOP, UNIT, WEEKDAY, Lexicon
from monitor.facts.numbers.model import DASHES, Number, Numbers
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.calendar import MONTH_DAYS, full_year
from monitor.facts.times.left import is_plural, take, take_deixis, take_every, take_modifier
from monitor.facts.times.model import Expression
from monitor.facts.times.years import era_at

LONGEST_SHORT_NAME = 4
"""Letters of a month that may end in a full stop: "Sept."."""


def month_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    e = Expression(index, index + 1, "DATE", "month", "<month>", month=words.months[tokens.keys[index]])
    after = _after_name(tokens, words, index)
    others: list[Expression] = []
    _day_left(tokens, words, numbers, index, floor, e, others)
    e.last = after
    if e.day is None:
        _day_right(tokens, words, numbers, after, e, others)
    _year_right(tokens, words, numbers, e, others)
    if e.last == after and e.year is None:
        e.last = index + 1
    if e.day is not None:
        e.grain = "day"
        e.rule = "<month> <day>" if e.year is None else "<month> <day> <year>"
        if tokens.kinds[e.first] == NUMBER:
            take(tokens, words, e, floor, "the")
        if take(tokens, words, e, floor, "early_late"):
            e.mod = words.modifiers.get(tokens.keys[e.first])
    elif e.year is None and not _is_month(tokens, words, index):
        return []
    else:
        e.rule = "<month>" if e.year is None else "<month> <year>"
        _left_of_month(tokens, words, e, floor)
    if e.day is not None and e.year is None and not others and tokens.keys[e.last] in words.calendar["named_events"]:
        e.year = words.named_days.get(f"{e.month}-{e.day}")
        e.copied = e.year is not None
    for other in others:
        other.month = other.month or e.month
        if other.year is None and e.year is not None and other.first < e.first:
            other.year, other.copied = e.year, True
    return sorted([e, *others], key=lambda found: found.first)


def _after_name(tokens: Tokens, words: Lexicon, index: int) -> int:
    """The index after the name and the full stop of a short one."""
    key, after = tokens.keys[index], index + 1
    short = key not in words.lists["full_short_months"] and len(key) <= LONGEST_SHORT_NAME
    return after + 1 if short and tokens.keys[after] == "." and tokens.glued(after) else after


def _left_of_month(tokens: Tokens, words: Lexicon, e: Expression, floor: int) -> None:
    """ "last November", "this September", "each July", "early October", "mid-May", "the end of April"."""
    if e.year is None:
        if take_deixis(tokens, words, e, floor, "no_month_after"):
            e.rule = "<which> <month>"
            return
        if take_every(tokens, words, e, floor):
            return
    take_modifier(tokens, words, e, floor, the=True)


def _is_month(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """A bare month name: not the verb "may" or "march", not "Theresa May"."""
    key, before, after = tokens.keys[index], tokens.keys[index - 1], tokens.keys[index + 1]
    joined = after in DASHES and tokens.glued(index + 2) and tokens.kinds[index + 2] == WORD
    if joined and key in words.ambiguous_months and not tokens.flags[index + 2] & MONTH:
        return False  # "Mar-a-Lago"
    dated = before in words.lists["date_prepositions"]
    if key not in words.ambiguous_months and len(key) > 3:
        return tokens.capital(index) or dated
    if not tokens.capital(index) or before == "." or tokens.kinds[index - 1] == PAD:
        return False
    if after in DASHES and tokens.flags[index + 2] & MONTH:
        return True  # "(May-August 1950)"
    if before in words.calendar["article"] and tokens.kinds[index + 1] == WORD and not tokens.capital(index + 1):
        return not tokens.flags[index + 1] & STOP  # "the March election", but "the March on Rome"
    if not dated:
        return False
    return key in words.calendar["verbs_too"] or after in words.calendar["after_short_month"]


def _day_number(number: Number | None, month: int) -> int | None:
    if number is None or number.upper is not None or isinstance(number.value, float) or number.suffix:
        return None
    if number.form not in ("cardinal", "ordinal") or not 1 <= number.value <= MONTH_DAYS[month - 1]:
        return None
    return int(number.value)


def _day_left(
    tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, e: Expression, others: list[Expression]
) -> None:
    """ "31 December", "the 4th of July", "31-Dec-2023", and the day before it: "12-15 March", "12 and 13 March"."""
    keys, small = tokens.keys, words.calendar
    end = index - 1 if keys[index - 1] in small["of"] else index
    if tokens.glued(end) and keys[end - 1] in DASHES:
        end -= 1
    number = numbers.ending.get(end)
    day = _day_number(number, e.month or 1)
    if number is None or day is None or number.first < floor or not (number.digits or number.form == "ordinal"):
        return
    if end != index and keys[end] not in DASHES and number.form != "ordinal":
        return
    e.day, e.first = day, number.first
    if number.form == "ordinal" and end != index and keys[e.first - 1] in small["the"]:
        e.first -= 1
    link = number.first - 1
    if keys[link] not in DASHES and keys[link] not in small["day_links"]:
        return
    other = numbers.ending.get(link)
    other_day = _day_number(other, e.month or 1)
    if other is None or other_day is None or other.first < floor or not other.digits or other_day >= day:
        return
    others.append(_day_of(e, other, other_day, "<day> to <day> <month>"))
    if keys[link] not in small["and_or"]:
        others[-1].role = e.role = "from-to"
        return
    while keys[other.first - 1] == ",":  # "on 3, 4 and 5 May"
        last_day, other = other_day, numbers.ending.get(other.first - 1)
        other_day = _day_number(other, e.month or 1)
        if other is None or other_day is None or other.first < floor or not other.digits or other_day >= last_day:
            break
        others.insert(0, _day_of(e, other, other_day, "<day>, <day> and <day> <month>"))


def _day_of(e: Expression, number: Number, day: int, rule: str) -> Expression:
    """A second day of the same month."""
    return Expression(number.first, number.last, "DATE", "day", rule, month=e.month, day=day, copied=True)


def _day_right(
    tokens: Tokens, words: Lexicon, numbers: Numbers, after: int, e: Expression, others: list[Expression]
) -> None:
    """ "Dec. 31", "December the 31st", and the day after it: "March 12-15"."""
    keys, flags, small = tokens.keys, tokens.flags, words.calendar
    at = after + 1 if keys[after] in small["the"] else after
    if keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1):
        at += 1
    number = numbers.starting.get(at)
    day = _day_number(number, e.month or 1)
    if number is None or day is None or not (number.digits or number.form == "ordinal"):
        return
    if (keys[after] in small["the"] and number.form != "ordinal") or _counts(tokens, words, number.last):
        return
    e.day, e.last = day, number.last
    link = _list_right(tokens, words, numbers, e, others)
    if keys[link] not in DASHES and keys[link] not in small["day_links"]:
        return
    other = numbers.starting.get(link + 1)
    other_day = _day_number(other, e.month or 1)
    if other is None or other_day is None or not other.digits or other_day <= day:
        return
    if flags[other.last] & (MONTH | PERSON | UNIT | CURRENCY) or keys[other.last] in small["after_amount"]:
        return
    second = _day_of(e, other, other_day, "<month> <day> to <day>")
    if keys[link] not in small["and_or"]:
        e.role = second.role = "from-to"
    elif tokens.kinds[other.last] == WORD and not flags[other.last] & STOP:
        return
    others.append(second)


def _list_right(tokens: Tokens, words: Lexicon, numbers: Numbers, e: Expression, others: list[Expression]) -> int:
    """The middle of "May 3, 4 and 5"; gives the index of the last link."""
    found: list[Expression] = []
    link, day = e.last, e.day or 0
    while tokens.keys[link] == ",":
        other = numbers.starting.get(link + 1)
        other_day = _day_number(other, e.month or 1)
        if other is None or other_day is None or not other.digits or other_day <= day:
            return e.last
        found.append(_day_of(e, other, other_day, "<month> <day>, <day> and <day>"))
        link, day = other.last, other_day
    if not found or tokens.keys[link] not in words.calendar["and_or"] or link + 1 not in numbers.starting:
        return e.last
    others += found
    return link


def _counts(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Does the number before `at` count something: "in July 12 people", but "the Aug. 7 terrorist attack"?"""
    key, flags = tokens.keys[at], tokens.flags[at]
    people = flags & PERSON and (key in words.plurals or is_plural(words, key))
    if (people or flags & CURRENCY) and not flags & (MONTH | WEEKDAY):
        return True
    return key in words.calendar["after_amount"] or (key == "-" and tokens.keys[at + 1] in words.grains)


def _year_right(tokens: Tokens, words: Lexicon, numbers: Numbers, e: Expression, others: list[Expression]) -> None:
    """ ", 2023", " of 2023", "'89" after a month or a day."""
    keys, small = tokens.keys, words.calendar
    target = others[-1] if others and others[-1].first > e.first else e
    at = target.last
    if keys[at] == "," and (target.grain != "month" or tokens.kinds[at + 1] == NUMBER):
        at += 1
    if keys[at] == "," or keys[at] in small["of_in"]:
        at += 1
    if keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1):
        at += 1
    number = numbers.starting.get(at)
    dated = target.day is not None and keys[at - 1] == ","  # "On May 3, 2007 General Dubik spoke"
    if number is not None and number.plain_year and number.last == at + 1:
        if tokens.flags[at + 1] & UNIT or (tokens.flags[at + 1] & PERSON and not dated):
            return
        year = int(number.value)
    elif number is not None and number.last == at + 1 and number.digits and era_at(tokens, words, at + 1) == "BC":
        e.era = target.era = "BC"
        e.year = target.year = int(number.value)
        target.last = at + 2
        return
    elif keys[at] in small["apostrophe"] and tokens.glued(at + 1) and _two_digits(tokens, at + 1):
        at += 1
        year = full_year(int(keys[at]))
    elif at > target.last and keys[at - 1] in DASHES and _two_digits(tokens, at) and keys[target.last - 2] in DASHES:
        if tokens.flags[at + 1] & MONTH:
            return
        year = full_year(int(keys[at]))
    else:
        return
    e.year, target.year = year, year
    target.last = at + 1


def _two_digits(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at] == NUMBER and len(tokens.keys[at]) == 2
