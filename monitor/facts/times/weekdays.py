"""Heads that name a weekday: "Friday", "last Friday", "every Monday", "on Tuesdays", "early on Sunday"."""

from __future__ import annotations

from monitor.facts.lexicon.model import MONTH, Lexicon
from monitor.facts.numbers.model import Numbers
from monitor.facts.text.token_pattern import MARK, NUMBER, PAD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.left import take, take_deixis, take_every
from monitor.facts.times.model import Expression

LONGEST_SHORT_NAME = 5
"""Letters of a weekday that may end in a full stop: "Thurs."."""


def weekday_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    keys, small = tokens.keys, words.calendar
    key, after = keys[index], index + 1
    if key in words.ambiguous_weekdays and not (tokens.capital(index) and _is_dated(tokens, words, index)):
        return []
    if keys[after] == "." and tokens.glued(after) and len(key) <= LONGEST_SHORT_NAME:
        after += 1
    if keys[index - 1] in small["before_named_weekday"] and tokens.capital(index - 1):
        return []  # "Black Friday"
    e = Expression(index, after, "DATE", "day", "<weekday>", weekday=words.weekdays[key])
    if key in small["weekday_plurals"]:
        e.type, e.rule = "SET", "<weekdays>"
    if take_deixis(tokens, words, e, floor, "no_weekday_after"):
        e.rule = "<which> " + e.rule
    if take_every(tokens, words, e, floor):
        return [e]
    if _is_week_more(tokens, words, e):
        e.last, e.weeks, e.rule = e.last + 1, 1, "<weekday> week"
        return [e]
    number = numbers.ending.get(e.first)
    if number is not None and number.form == "ordinal" and keys[e.last] in small["of_in"] and number.first >= floor:
        nth = 1 <= number.value <= 5 and tokens.flags[e.last + 1] & MONTH
        e.first, e.nth = (number.first, int(number.value)) if nth else (e.first, None)
        take(tokens, words, e, floor if nth else e.first, "the")
        return [e]
    if words.parts.get(keys[e.last]) and keys[e.last] in small["part_plurals"]:
        e.type, e.part, e.last, e.rule = "SET", words.parts[keys[e.last]], e.last + 1, "<weekday> <parts of the day>"
        return [e]
    before = keys[e.first - 1]
    if before in words.modifiers and before not in small["edges"] and not e.deixis and e.first - 1 >= floor:
        e.first, e.mod, e.rule = e.first - 1, words.modifiers[before], "early/late <weekday>"
    elif before in small["on"] and keys[e.first - 2] in small["early_late"]:  # the quote stays the day
        e.mod, e.rule = words.modifiers[keys[e.first - 2]], "early/late on <weekday>"
    return [e]


def _is_week_more(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "on Tuesday week": the Tuesday after next."""
    after = e.last + 1
    if tokens.keys[e.last] not in words.calendar["week"] or e.deixis or e.type != "DATE":
        return False
    return tokens.kinds[after] in (MARK, PAD) or tokens.keys[after] in words.roles


def _is_dated(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "Sun" and "Sat" only as dates: after "on", before a comma or a day."""
    before, after = tokens.keys[index - 1], tokens.keys[index + 1]
    if before in words.calendar["before_short_weekday"] or tokens.kinds[index + 1] == NUMBER:
        return True
    return after in (",", ".") and (tokens.kinds[index + 2] == NUMBER or bool(tokens.flags[index + 2] & MONTH))
