"""Heads that tell the time of day: "this morning", "last night", "8:37 a.m. EDT", "1400 GMT", "noon"."""

from __future__ import annotations

from monitor.facts.lexicon.model import PART, PERSON, Lexicon
from monitor.facts.numbers.model import DASHES, Numbers
from monitor.facts.text.token_pattern import CLOCK, NUMBER
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.direction import direction
from monitor.facts.times.left import take, take_deixis, take_every
from monitor.facts.times.model import Expression
from monitor.facts.times.sport import is_sport


def part_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "this morning", "last night", "overnight", "the night of ...". After a weekday the joiner takes it."""
    keys, small = tokens.keys, words.calendar
    e = Expression(index, index + 1, "TIME", "part", "<part of the day>", part=words.parts[keys[index]])
    if keys[index] in small["overnight"]:
        ahead = direction(tokens, words, e) == "future"
        e.shift, e.shift_grain = 0 if ahead else -1, "day"
        return [e]
    if keys[e.last] in small["hours"] and keys[e.last + 1] in small["of"]:
        e.last += 1  # "the early morning hours of 30 April"
    before = keys[index - 1]
    if before in small["early_late"] and before in words.modifiers and index - 1 >= floor:
        e.mod, e.first = words.modifiers[before], index - 1
    before, farther = keys[e.first - 1], keys[e.first - 2]
    if take_deixis(tokens, words, e, floor):
        e.shift_grain = "day"
        if before in small["next"] and farther in small["the"]:
            e.anchor = "previous"
        if take(tokens, words, e, floor, "early_late"):
            e.mod = words.modifiers.get(tokens.keys[e.first])
    elif take_every(tokens, words, e, floor):
        e.grain, e.amount = "day", 1.0
    elif take(tokens, words, e, floor, "the"):
        e.anchor, e.rule = "near", "the <part of the day>"
        if keys[e.last] in small["before"] and keys[e.last + 1] in small["last"]:
            e.last, e.shift, e.shift_grain, e.anchor = e.last + 2, -2, "day", ""
            e.rule = "the <part of the day> before last"
    elif before in words.weekdays or before in words.adverbs:
        pass
    elif before in words.articles or tokens.flags[index - 1] & PERSON or not before:
        return []
    else:
        e.rule = "bare <part of the day>"
    return [] if keys[index] in small["part_plurals"] and e.type != "SET" else [e]


def clock_word_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "noon", "12 noon", "midnight"."""
    hour = words.clock[tokens.keys[index]]
    e = Expression(index, index + 1, "TIME", "minute", "<noon>", hour=hour, minute=0)
    if tokens.keys[index - 1] == "12" and hour == 12 and index - 1 >= floor:
        e.first = index - 1
    _zone(tokens, words, e)
    return [e]


def clock_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "8:37 AM", "5pm", "9 a.m. EDT", "21:00 BST", "1400 GMT", "10.30am", "3 o'clock"."""
    digits = _digits(tokens, words, index)
    if digits is None:
        return []
    hour, minute, second = digits
    if hour > 24 or minute > 59 or (second or 0) > 59:
        return []
    e = Expression(index, index + 1, "TIME", "minute", "<clock>", hour=hour, minute=minute, second=second)
    first = _range_start(tokens, words, index, floor)
    if tokens.keys[e.last] in words.calendar["o_clock"] or tokens.keys[e.last] in words.calendar["hours"]:
        e.last += 1
    _meridiem(tokens, words, e)
    _zone(tokens, words, e)
    _in_the_part(tokens, words, e)
    if not e.meridiem and e.zone is None and e.last == index + 1:
        raced = second is not None and tokens.keys[index - 1] in words.calendar["in"]  # "won in 2:14:31"
        if raced or is_sport(tokens, words, index):
            return []
    if first is None or not e.meridiem:
        return [e]
    return [first, e]


def _digits(tokens: Tokens, words: Lexicon, index: int) -> tuple[int, int, int | None] | None:
    """Hour, minute and second as they are written."""
    raw, after = tokens.keys[index], tokens.keys[index + 1]
    if tokens.kinds[index] == CLOCK:
        pieces = [int(piece) for piece in raw.split(":")]
        return pieces[0], pieces[1], pieces[2] if len(pieces) > 2 else None
    if tokens.kinds[index] != NUMBER:
        return None
    if raw.isdigit() and len(raw) == 4 and _is_four_digit_clock(tokens, words, index):
        return int(raw[:2]), int(raw[2:]), None
    hour, point, minute = raw.partition(".")
    zoned = point and after in words.zones and tokens.raw(index + 1).isupper()
    if not zoned and after not in words.meridiem and after not in words.calendar["o_clock"]:
        return None
    if not hour.isdigit() or len(hour) > 2 or (minute and (not minute.isdigit() or len(minute) != 2)):
        return None
    return int(hour), int(minute or 0), None


def _is_four_digit_clock(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "1400 GMT", "0530 local time", "at 1400 hours"; but "1400 hours of work"."""
    keys, small = tokens.keys, words.calendar
    after, at = keys[index + 1], keys[index - 1] in words.roles or keys[index][0] == "0"
    if after in words.zones:
        return True
    return at and (after in small["hours"] or (after in small["local"] and keys[index + 2] in small["time"]))


def _range_start(tokens: Tokens, words: Lexicon, index: int, floor: int) -> Expression | None:
    """The bare hour before "to 4 p.m.", "-4 p.m."; `ranges` gives it its half of the day."""
    keys, small = tokens.keys, words.calendar
    at = index - 2
    if at < floor or tokens.kinds[at] != NUMBER or not keys[at].isdigit() or not 1 <= int(keys[at]) <= 12:
        return None
    if keys[at + 1] in small["and"]:
        linked = keys[at - 1] in small["between"]
    else:
        linked = keys[at + 1] in DASHES or keys[at + 1] in small["to"]
    if not linked or keys[at - 1] in words.currency_signs:
        return None
    return Expression(at, at + 1, "TIME", "minute", "<hour> to <clock>", hour=int(keys[at]), minute=0)


def _meridiem(tokens: Tokens, words: Lexicon, e: Expression) -> None:
    """ "am", "p.m." and its full stop."""
    key = tokens.keys[e.last]
    meridiem = words.meridiem.get(key)
    if meridiem is None or e.hour is None or e.hour > 12:
        return
    if meridiem == "pm" and e.hour < 12:
        e.hour += 12
    elif meridiem == "am" and e.hour == 12:
        e.hour = 0
    e.last, e.meridiem = e.last + 1, meridiem
    if tokens.keys[e.last] == "." and tokens.glued(e.last) and "." in key and not key.endswith("."):
        e.last += 1


def _zone(tokens: Tokens, words: Lexicon, e: Expression) -> None:
    """ "EDT", "GMT", "local time"."""
    keys, small = tokens.keys, words.calendar
    at = e.last
    if keys[at] in words.zones and tokens.raw(at).isupper():
        e.zone, e.last = keys[at], at + 1
    elif keys[at] in small["local"] and keys[at + 1] in small["time"]:
        e.last = at + 2


def _in_the_part(tokens: Tokens, words: Lexicon, e: Expression) -> None:
    """ "3 o'clock in the afternoon"."""
    keys, small = tokens.keys, words.calendar
    at = e.last + 2
    if keys[e.last] not in small["in"] or keys[at - 1] not in small["the"] or not tokens.flags[at] & PART:
        return
    if words.parts[keys[at]] in ("AF", "EV") and e.hour is not None and e.hour < 12:
        e.hour += 12
    e.last = at + 1
