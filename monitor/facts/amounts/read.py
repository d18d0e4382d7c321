"""From numbers to amounts: ranges and scores first, then units, then what a bare number counts."""

from __future__ import annotations

from monitor.facts.amounts.guards import is_counted, is_idle_one, is_index, is_no_fact, is_round
from monitor.facts.amounts.measures import read_measure
from monitor.facts.amounts.model import Amount, read_hedges, start_amount
from monitor.facts.amounts.ordinals import read_ordinal
from monitor.facts.amounts.ranges import borrow_unit, extend_range, read_range
from monitor.facts.amounts.scores import read_score
from monitor.facts.amounts.trends import read_trend
from monitor.facts.counts.coordination import coordinate
from monitor.facts.counts.mentions import uncount_repeat
from monitor.facts.counts.read import read_count
from monitor.facts.counts.singles import read_single, single_starts
from monitor.facts.lexicon.model import Lexicon
from monitor.facts.numbers.model import Number, Numbers
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times import Resolved


def read_amounts(tokens: Tokens, words: Lexicon, numbers: Numbers, times: list[Resolved]) -> list[Amount]:
    """Every number that is no time, as an amount with its unit or noun."""
    timed = tokens.timed
    for time in times:
        for at in range(time.expression.first, time.expression.last):
            timed[at] = 1
    amounts: list[Amount] = []
    floor = 0
    skip_until = 0
    heads: list[Number | int] = [*numbers.all, *single_starts(tokens, words)]
    for number in sorted(heads, key=_first):
        if isinstance(number, int):
            single = read_single(tokens, words, numbers, number, floor, amounts) if number >= skip_until else None
            if single is not None and not any(timed[single.first : single.last]):
                amounts.append(single)
                skip_until = single.last
            continue
        if number.first < skip_until or any(timed[number.first : number.last]):
            continue
        while floor < number.first and (timed[floor] or tokens.sentence[floor] < tokens.sentence[number.first]):
            floor += 1
        last_timed = _last_timed(timed, floor, number.first)
        amount = _amount(tokens, words, numbers, number, last_timed)
        if amount is None:
            continue
        if amounts:
            coordinate(tokens, words, amounts, amount)
            uncount_repeat(tokens, words, amount, amounts)
        amounts.append(amount)
        skip_until = max(skip_until, amount.last)
        floor = max(floor, amount.last)
    return amounts


def _first(number: Number | int) -> int:
    return number if isinstance(number, int) else number.first


def _last_timed(timed: bytearray, floor: int, first: int) -> int:
    at = timed.rfind(1, max(floor, first - 16), first)
    return max(floor, at + 1)


def _amount(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
    score = read_score(tokens, words, numbers, number)
    if score is not None:
        return score
    read_range(tokens, words, numbers, number)
    amount = read_measure(tokens, words, numbers, number, floor) or borrow_unit(tokens, words, numbers, number)
    if amount is not None:
        extend_range(tokens, words, numbers, amount)
        read_hedges(tokens, words, amount, floor)
        read_trend(tokens, words, amount, amount.phrase_first, floor)
        _close(tokens, words, amount)
        _read_rate(tokens, words, amount)
        return amount
    if number.form == "ordinal":
        return read_ordinal(tokens, words, number)
    return None if is_no_fact(tokens, words, number) else _count(tokens, words, number, floor)


def _count(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """A number without a unit: what it counts, and what happened to that."""
    amount = start_amount("count", number)
    amount.rule = ["<number>"]
    if number.range_to is not None:
        amount.last = amount.phrase_last = number.range_to.last
    read_hedges(tokens, words, amount, floor)
    first = amount.phrase_first
    _close(tokens, words, amount)
    scale = _scale(tokens, words, number)
    if scale is not None:
        amount.noun = amount.plural = tokens.keys[scale]
        amount.phrase_first = min(amount.phrase_first, scale)
        amount.phrase_last = max(amount.phrase_last, scale + 1)
    elif tokens.keys[amount.last] in words.multiples and tokens.glued(amount.last):  # "9x as costly"
        amount.noun, amount.plural = words.multiples[tokens.keys[amount.last]]
        amount.last += 1
        amount.phrase_last = max(amount.phrase_last, amount.last)
    else:
        read_count(tokens, words, amount, floor)
    read_trend(tokens, words, amount, first, floor)
    _read_rate(tokens, words, amount)
    if scale is not None:
        return amount
    idle = is_idle_one(tokens, words, amount, number)
    return None if idle or is_round(tokens, words, amount) or is_index(tokens, words, amount, number) else amount


def _scale(tokens: Tokens, words: Lexicon, number: Number) -> int | None:
    """Where the scale stands that a number is read from: "magnitude of 7.8", "category-5 storm", "7.8 magnitude"."""
    keys, before = tokens.keys, number.first - 1
    if keys[before] == "-" or keys[before] in words.lists["of"]:
        before -= 1
    if keys[before] in words.lists["scales"] and not is_counted(tokens, words, number.last):
        return before
    return number.last if keys[number.last] in words.lists["scales"] else None


def _close(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """Two ends and no hedge: it lies between them."""
    if amount.upper is None:
        return
    if amount.hedge == "exact":
        amount.hedge = "between"
    if tokens.keys[amount.phrase_first - 1] in words.lists["range_between"]:
        amount.phrase_first -= 1  # "killed between 30 and 40 extremists": the verb stands before that


def _read_rate(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "150 per 100,000 people", "300 people a day": counts per something are rates; money keeps its kind."""
    keys, kinds = tokens.keys, tokens.kinds
    at = amount.phrase_last
    if keys[at] not in words.per or amount.kind in ("age", "ordinal"):
        return
    if keys[at] in words.lists["per"]:
        rate = kinds[at + 1] in (NUMBER, WORD)
    else:
        later = keys[at + 2] in words.lists["shifting"]
        rate = keys[at + 1] in words.grains and not later and amount.predicate != "killed"
    if not rate:
        return
    amount.phrase_last = at + 2
    amount.rule.append("per <unit>")
    if amount.kind in ("count", "personnel"):
        amount.kind = "rate"
