"""Heads that are one word or a clock: "today", "now", "daily", "Christmas", "8:37 a.m. EDT", "noon", ISO dates."""

from __future__ import annotations

from monitor.facts.lexicon import PART, Lexicon, match_phrase
from monitor.facts.number_model import Numbers
from monitor.facts.times_model import Expression
from monitor.facts.token_pattern import CLOCK, NUMBER, WORD
from monitor.facts.tokens import Tokens


def iso_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    raw = tokens.keys[index]
    year, month, day = int(raw[:4]), int(raw[5:7]), int(raw[8:10])
    if not (1 <= month <= 12 and 1 <= day <= 31 and year >= 1):
        return []
    if len(raw) > 10:
        value = raw.replace(" ", "T")
        return [
            Expression(
                index, index + 1, "TIME", "minute", "<ISO date-time>", year=year, month=month, day=day, value=value
            )
        ]
    return [Expression(index, index + 1, "DATE", "day", "<ISO date>", year=year, month=month, day=day)]


def adverb_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    keys = tokens.keys
    shift, part = words.adverbs[keys[index]]
    expression = Expression(index, index + 1, "DATE", "day", "<today>", shift=shift, shift_grain="day")
    if part:
        expression.type, expression.grain, expression.part = "TIME", "part", part
    before = keys[index - 1]
    if before in words.modifiers and index - 1 >= floor and before in ("early", "earlier", "late", "later"):
        expression.first, expression.mod = index - 1, words.modifiers[before]
    day_before = keys[index - 1] in ("before", "after") and keys[index - 2] == "day"
    if day_before and index - 2 >= floor and shift:
        expression.shift = 2 * shift
        expression.first = index - 3 if keys[index - 3] == "the" and index - 3 >= floor else index - 2
    return [expression]


def reference_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "now", "currently", "the future". "current" and "recent" before a unit of time are that unit's words."""
    keys = tokens.keys
    key = keys[index]
    ref = words.references[key]
    first = index
    if key in ("past", "future"):
        if keys[index - 1] == "the" and (
            tokens.kinds[index + 1] not in (WORD, NUMBER)
            or keys[index + 1] in ("and", "to", "but", "is", "with", "as", "for", "that")
        ):
            first = index - 1
        elif key == "past" or keys[index - 1] not in ("near", "foreseeable", "in", "for", "distant"):
            return []
        if keys[index - 1] in ("near", "foreseeable", "distant", "immediate") and keys[index - 2] == "the":
            first = index - 2
    if key in ("present", "recent", "current") and keys[index + 1] in words.grains:
        return []
    if key == "now" and keys[index - 1] == "right":
        first = index - 1
    if first < floor:
        return []
    return [Expression(first, index + 1, "DATE", "day", f"<{ref.lower().replace('_', ' ')}>", ref=ref)]


def set_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    if (
        tokens.capital(index)
        and tokens.capital(index - 1) is not False
        and tokens.kinds[index - 1] == WORD
        and tokens.capital(index - 1)
    ):
        return []  # "the Daily Telegraph" is a name
    if tokens.capital(index) and tokens.capital(index + 1) and tokens.keys[index - 1] in ("the",):
        return []
    value = words.sets[tokens.keys[index]]
    return [Expression(index, index + 1, "SET", "day", "<how often>", value=value)]


def clock_word_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    hour = words.clock[tokens.keys[index]]
    first = index
    if hour == 12 and tokens.keys[index - 1] == "12" and index - 1 >= floor:
        first = index - 1
    expression = Expression(first, index + 1, "TIME", "minute", "<noon>", hour=hour, minute=0)
    _zone(tokens, words, expression)
    return [expression]


def holiday_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    if not tokens.capital(index):
        return []
    matched = match_phrase(words.holidays, tokens.keys, index)
    if matched is None:
        return []
    last, rule = matched
    if tokens.kinds[last] == WORD and tokens.capital(last) and tokens.keys[last] not in ("day", "eve"):
        return []  # "Christmas Island"
    expression = Expression(index, last, "DATE", "day", "<holiday>", holiday=list(rule))
    before = tokens.keys[index - 1]
    if before in words.deixis and index - 1 >= floor:
        expression.first, expression.deixis, expression.shift = index - 1, before, words.deixis[before]
    number = numbers.starting.get(last)
    if number is not None and number.plain_year:
        expression.year, expression.last = int(number.value), number.last
    return [expression]


def clock_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "8:37 AM", "5pm", "9 a.m. EDT", "21:00 BST", "1400 GMT", "10.30am", "3 o'clock"."""
    keys = tokens.keys
    raw = keys[index]
    if tokens.kinds[index] == CLOCK:
        pieces = raw.split(":")
        hour, minute = int(pieces[0]), int(pieces[1])
        second = int(pieces[2]) if len(pieces) > 2 else None
        last = index + 1
        clear = True
    elif tokens.kinds[index] == NUMBER:
        after = keys[index + 1]
        second = None
        if raw.isdigit() and len(raw) == 4 and after in words.zones:
            hour, minute, last, clear = int(raw[:2]), int(raw[2:]), index + 1, True
        elif after in words.meridiem or after == "o'clock":
            whole, _, fraction = raw.partition(".")
            if not whole.isdigit() or len(whole) > 2 or (fraction and (not fraction.isdigit() or len(fraction) != 2)):
                return []
            hour, minute, last, clear = int(whole), int(fraction or 0), index + 1, True
            if after == "o'clock":
                last = index + 2
        else:
            return []
    else:
        return []
    if hour > 24 or minute > 59 or (second or 0) > 59 or not clear:
        return []
    last, hour = _meridiem(tokens, words, last, hour)
    expression = Expression(index, last, "TIME", "minute", "<clock>", hour=hour, minute=minute, second=second)
    _zone(tokens, words, expression)
    if (
        keys[expression.last] == "in"
        and keys[expression.last + 1] == "the"
        and tokens.flags[expression.last + 2] & PART
    ):
        part = words.parts[keys[expression.last + 2]]
        if part in ("AF", "EV") and expression.hour is not None and expression.hour < 12:
            expression.hour += 12
        expression.last += 3
    return [expression]


def _meridiem(tokens: Tokens, words: Lexicon, last: int, hour: int) -> tuple[int, int]:
    meridiem = words.meridiem.get(tokens.keys[last])
    if meridiem is None or hour > 12:
        return last, hour
    if meridiem == "pm" and hour < 12:
        hour += 12
    elif meridiem == "am" and hour == 12:
        hour = 0
    last += 1
    if (
        tokens.keys[last] == "."
        and tokens.glued(last)
        and tokens.keys[last - 1].endswith("m")
        and "." in tokens.keys[last - 1]
    ):
        last += 1
    return last, hour


def _zone(tokens: Tokens, words: Lexicon, expression: Expression) -> None:
    at = expression.last
    if tokens.keys[at] in words.zones and tokens.raw(at).isupper():
        expression.zone = tokens.keys[at]
        expression.last = at + 1
    elif tokens.keys[at] == "local" and tokens.keys[at + 1] == "time":
        expression.last = at + 2
