"""Two numbers that are the ends of one amount: "10 to 15", "20-30", "between 5 and 7", "$10 to $15 million"."""

from __future__ import annotations

from monitor.facts.amounts.measures import read_measure
from monitor.facts.amounts.model import Amount, start_amount
from monitor.facts.lexicon.model import UNIT, Lexicon
from monitor.facts.numbers.model import DASHES, Number, Numbers
from monitor.facts.text.token_pattern import PAD
from monitor.facts.text.tokens import Tokens

WITH_UNIT = frozenset(["money", "percent", "measure"])


LARGEST_STEP = 3
"""So many times as large is no other end of a range after "rose by"."""


def read_range(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number) -> None:
    """Make the number the range that begins with it; the unit, if any, stands after the second end."""
    keys, lists = tokens.keys, words.lists
    if number.form not in ("cardinal", "fraction") or number.range_to is not None:
        return
    link = _link(tokens, words, number)
    if link is None:
        return
    at = link + 1
    while keys[at] in lists["inside_range"]:
        at += 1  # "2 to about 7"
    if keys[at] in words.currency_signs:
        if any(key in words.trends for key in keys[max(0, number.first - 5) : number.first]):
            return  # "dropped $2 to $58": by so much, to so much
        at += 1
    other = numbers.starting.get(at)
    if other is None or other.form != "cardinal" or tokens.timed[at] or other.value == number.value:
        return
    if keys[link] in DASHES and not _is_range_dash(tokens, words, number, link, other):
        return
    value = number.value * (_shared_scale(words, tokens, number, other) or 1)
    if value >= other.value or (keys[link] in lists["range_or"] and other.value - value > 2):
        return
    step = keys[link] in lists["range_to"] and keys[number.first - 1] in lists["range_steps"]
    if step and keys[number.first - 2] in words.trends and other.value > LARGEST_STEP * value:
        return  # "rose by 412 to 3,890": by so much, to so much
    if keys[link] in lists["range_to"] and keys[number.first - 1] in lists["scoring"]:
        return  # "won four to five" is a score
    number.value, number.upper, number.range_to = value, other.value, other
    number.last = other.last
    numbers.starting.pop(at, None)


def _link(tokens: Tokens, words: Lexicon, number: Number) -> int | None:
    """The token between the two ends: a dash, "to", "or", or the "and" of "between"."""
    keys, lists = tokens.keys, words.lists
    link = number.last
    if keys[link] in DASHES:
        elliptic = keys[link] == "-" and tokens.glued(link) and not tokens.glued(link + 1)  # "8- to 16-meter"
        if elliptic and (keys[link + 1] in lists["range_to"] or keys[link + 1] in lists["range_or"] | words.number_and):
            return link + 1
        return link if tokens.glued(link) == tokens.glued(link + 1) else None
    if keys[link] in words.number_and:
        return None if lists["range_between"].isdisjoint(keys[max(0, number.first - 3) : number.first]) else link
    if keys[link] in lists["range_to"] or keys[link] in lists["range_or"]:
        return None if _is_change(tokens, words, number.first) else link
    return None


def _is_change(tokens: Tokens, words: Lexicon, first: int) -> bool:
    """ "rose from 5 to 9" tells of two amounts; "From 5 to 9 people", "ranging from 5 to 9" of one."""
    keys, lists = tokens.keys, words.lists
    at = next((step for step in range(first - 1, first - 4, -1) if keys[step] in lists["range_from"]), None)
    if at is None or tokens.kinds[at - 1] == PAD:
        return False
    return lists["ranging"].isdisjoint(keys[max(0, at - 3) : at])


def _is_range_dash(tokens: Tokens, words: Lexicon, number: Number, link: int, other: Number) -> bool:
    """ "20-30", "5 – 10 km"; not "7-Eleven", nor the dash of a headline, "Storm kills 20 - 30 missing"."""
    if number.digits != other.digits:
        return False
    if tokens.glued(link):
        return True
    at = other.last
    unit = tokens.raw(at) in words.unit_signs if tokens.keys[at] else False
    return number.digits and (unit or bool(tokens.flags[at] & UNIT))


def _shared_scale(words: Lexicon, tokens: Tokens, number: Number, other: Number) -> int:
    """ "10 to 15 million": the multiplier belongs to both; "£5-6m" too."""
    scaled = number.value >= 1000 or number.suffix or number.last - number.first > 1
    if scaled or (not other.digits and other.last - other.first < 2):
        return 0
    key = tokens.keys[other.last - 1]
    scale = words.multipliers.get(key) or (words.suffixes.get(key) if other.suffix else 0) or 0
    return scale if scale and number.value * scale < other.value else 0


def borrow_unit(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number) -> Amount | None:
    """ "fell from 27 to 23 percent", "from 10 to 20 dollars": the unit of the second end is that of the first, too."""
    at = number.last + 1
    other = numbers.starting.get(at)
    if tokens.keys[at - 1] not in words.lists["range_to"] or other is None or tokens.timed[at]:
        return None
    if number.form != "cardinal" or number.plain_year or not _is_change(tokens, words, number.first):
        return None
    second = read_measure(tokens, words, numbers, other, at)
    if second is None or second.kind not in WITH_UNIT or second.first != at:
        return None
    amount = start_amount(second.kind, number)
    amount.value *= _shared_scale(words, tokens, number, other) or 1
    amount.unit, amount.rule = second.unit, ["<number>", "to", *second.rule]
    return amount


def extend_range(tokens: Tokens, words: Lexicon, numbers: Numbers, amount: Amount) -> None:
    """ "between 44 mg and 50 mg", "$10 to $15": the unit stands on both ends. "from 5% to 6%" stays two facts."""
    keys, lists = tokens.keys, words.lists
    link = amount.last
    near = keys[max(0, amount.first - 3) : amount.first]
    to = (keys[link] in lists["range_to"] or keys[link] in DASHES) and not _is_change(tokens, words, amount.first)
    between = keys[link] in words.number_and and not lists["range_between"].isdisjoint(near)
    if not to and not between:
        return
    at = link + 1
    if keys[link] == "-" and keys[at] in lists["range_to"] and keys[at + 1] == "-":  # "$40-to-$50"
        at += 2
    while (keys[at] in words.currency_signs or keys[at] in lists["inside_range"]) and at < link + 5:
        at += 1
    other = numbers.starting.get(at)
    if amount.upper is not None or other is None or other.form != "cardinal" or tokens.timed[other.first]:
        return
    moved = not between and any(key in words.trends for key in near)  # "fell 5% to 6%": by so much, to so much
    if amount.kind not in WITH_UNIT or moved:
        return
    second = read_measure(tokens, words, numbers, other, amount.last)
    if second is None or second.unit != amount.unit or second.value <= amount.value or second.first > link + 3:
        return
    amount.upper = second.value
    amount.last = second.last
    amount.phrase_last = max(amount.phrase_last, second.last)
