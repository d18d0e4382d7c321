"""From numbers to amounts: ranges and scores first, then units, then what a bare number counts."""

from __future__ import annotations

from monitor.facts.amounts import Amount, read_hedges, read_trend, start_amount
from monitor.facts.coordination import coordinate
from monitor.facts.counts import read_count
from monitor.facts.guards import is_idle_one, is_index, is_no_fact, is_round
from monitor.facts.lexicon import CURRENCY, STOP, UNIT, Lexicon
from monitor.facts.measures import read_measure
from monitor.facts.number_model import DASHES, Number, Numbers
from monitor.facts.singles import read_single
from monitor.facts.times_resolve import Resolved
from monitor.facts.token_pattern import NUMBER, WORD
from monitor.facts.tokens import Tokens


def read_amounts(tokens: Tokens, words: Lexicon, numbers: Numbers, times: list[Resolved]) -> list[Amount]:
    """Every number that is no time, as an amount with its unit or noun."""
    taken = bytearray(len(tokens.keys) + 1)
    for time in times:
        for at in range(time.expression.first, time.expression.last):
            taken[at] = 1
    amounts: list[Amount] = []
    floor = 0
    skip_until = 0
    determiners = [at for at, key in enumerate(tokens.keys) if key in words.determiners] if words.determiners else []
    heads: list[Number | int] = [*numbers.all, *determiners]
    for number in sorted(heads, key=_first):
        if isinstance(number, int):
            before = amounts[-1] if amounts else None
            single = read_single(tokens, words, numbers, number, floor, before) if number >= skip_until else None
            if single is not None and not any(taken[single.first : single.last]):
                amounts.append(single)
                skip_until = floor = single.last
            continue
        if number.first < skip_until or any(taken[number.first : number.last]):
            continue
        while floor < number.first and (taken[floor] or tokens.sentence[floor] < tokens.sentence[number.first]):
            floor += 1
        last_taken = _last_taken(taken, floor, number.first)
        amount = _amount(tokens, words, numbers, number, last_taken, taken)
        if amount is None:
            continue
        if amounts:
            coordinate(tokens, words, amounts[-1], amount)
        amounts.append(amount)
        skip_until = max(skip_until, amount.last)
        floor = max(floor, amount.last)
    return amounts


def _first(number: Number | int) -> int:
    return number if isinstance(number, int) else number.first


def _last_taken(taken: bytearray, floor: int, first: int) -> int:
    at = taken.rfind(1, max(floor, first - 16), first)
    return max(floor, at + 1)


def _amount(
    tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int, taken: bytearray
) -> Amount | None:
    score = _score(tokens, words, numbers, number, taken)
    if score is not None:
        return score
    _read_range(tokens, words, numbers, number, taken)
    amount = read_measure(tokens, words, numbers, number, floor)
    if amount is None:
        if number.form == "ordinal":
            return _ordinal(tokens, words, number)
        if is_no_fact(tokens, words, number):
            return None
        amount = start_amount("count", number)
        amount.rule = ["<number>"]
        if number.range_to is not None:
            amount.last = amount.phrase_last = number.range_to.last
        _read_context(tokens, words, amount, floor)
        if keys_before(tokens, number) == "magnitude" or tokens.keys[number.last] == "magnitude":
            amount.noun, amount.plural = "magnitude", "magnitude"
        else:
            read_count(tokens, words, amount, floor)
        _rate(tokens, words, amount)
        if (
            is_idle_one(tokens, words, amount, number)
            or is_round(tokens, words, amount)
            or is_index(tokens, amount, number)
        ):
            return None
    else:
        _extend_range(tokens, words, numbers, amount, taken)
        _read_context(tokens, words, amount, floor)
        _rate(tokens, words, amount)
    return amount


def _read_context(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> None:
    read_hedges(tokens, words, amount, floor)
    read_trend(tokens, words, amount, floor)
    if amount.upper is not None and amount.hedge == "exact":
        amount.hedge = "between"


def _read_range(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, taken: bytearray) -> None:
    """ "10 to 15", "20-30", "between 5 and 7", "$10 to $15 million", "5% to 6%": one amount with two ends."""
    keys = tokens.keys
    if number.form not in ("cardinal", "fraction") or number.range_to is not None:
        return
    link = number.last
    if (
        keys[link] == "-"
        and tokens.glued(link)
        and keys[link + 1] in ("to", "and", "or")
        and not tokens.glued(link + 1)
    ):
        link += 1  # "8- to 16-meter"
    elif keys[link] in DASHES and tokens.glued(link):
        if not tokens.glued(link + 1) and tokens.starts[link + 1] - tokens.ends[link] > 0:
            return
    elif keys[link] == "and":
        if "between" not in keys[max(0, number.first - 3) : number.first]:
            return
    elif keys[link] in ("to", "or"):
        if "from" in keys[max(0, number.first - 3) : number.first]:
            return
    else:
        return
    at = link + 1
    if keys[at] in words.currency_signs:
        if any(key in words.trends for key in keys[max(0, number.first - 5) : number.first]):
            return  # "dropped $2 to $58": by so much, to so much
        at += 1
    other = numbers.starting.get(at)
    if other is None or other.form != "cardinal" or taken[at] or other.value == number.value:
        return
    value = number.value
    scale = _shared_scale(tokens, words, number, other)
    if scale:
        value = value * scale
    if value >= other.value or (keys[link] == "or" and other.value - value > 2):
        return
    if (
        keys[link] == "to"
        and tokens.kinds[number.first - 1] == WORD
        and keys[number.first - 1] in ("voted", "vote", "won", "lost", "beat")
    ):
        return
    number.value, number.upper, number.range_to = value, other.value, other
    number.last = other.last
    numbers.starting.pop(at, None)


def _shared_scale(tokens: Tokens, words: Lexicon, number: Number, other: Number) -> int:
    """ "10 to 15 million": the multiplier belongs to both; "£5-6m" too."""
    if (
        number.value >= 1000
        or number.suffix
        or number.last - number.first > 1
        or (not other.digits and other.last - other.first < 2)
    ):
        return 0
    key = tokens.keys[other.last - 1]
    scale = words.multipliers.get(key) or (words.suffixes.get(key) if other.suffix else 0) or 0
    return scale if scale and number.value * scale < other.value else 0


def _ordinal(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    keys = tokens.keys
    if (
        keys[number.first] == "second"
        and keys[number.first - 1] in words.articles
        and tokens.kinds[number.last] != WORD
    ):
        return None
    if keys[number.first - 1] == "at" or (
        keys[number.last] in ("of", "lady", "minister") and keys[number.last + 1] == "all"
    ):
        return None
    if tokens.capital(number.first) and tokens.kinds[number.last] == WORD and tokens.capital(number.last):
        return None
    if not number.digits and keys[number.last] in ("lady", "aid", "hand", "thing", "place") and number.value == 1:
        return None
    amount = start_amount("ordinal", number)
    amount.rule = ["<ordinal>"]
    at = number.last
    if tokens.kinds[at] == WORD and not tokens.flags[at] & STOP and not tokens.capital(at):
        amount.noun = keys[at]
        amount.phrase_last = at + 1
        amount.rule.append("<noun>")
    return amount


def _extend_range(tokens: Tokens, words: Lexicon, numbers: Numbers, amount: Amount, taken: bytearray) -> None:
    """ "between 44 mg and 50 mg", "$10 to $15": the unit stands on both ends. "from 5% to 6%" stays two facts."""
    keys = tokens.keys
    link = amount.last
    near = keys[max(0, amount.first - 3) : amount.first]
    if not ((keys[link] in ("to", "-", "–") and "from" not in near) or (keys[link] == "and" and "between" in near)):
        return
    at = link + 1
    while keys[at] in words.currency_signs and at < link + 3:
        at += 1
    other = numbers.starting.get(at)
    if amount.upper is not None or other is None or other.form != "cardinal" or taken[other.first]:
        return
    if amount.kind not in ("money", "percent", "measure") or any(key in words.trends for key in near):
        return
    second = read_measure(tokens, words, numbers, other, amount.last)
    if second is None or second.unit != amount.unit or second.value <= amount.value or second.first > link + 1:
        return
    amount.upper = second.value
    amount.last = second.last
    amount.phrase_last = max(amount.phrase_last, second.last)


def keys_before(tokens: Tokens, number: Number) -> str:
    """The word before a number, past "of" and "a": "a magnitude of 7.8"."""
    at = number.first - 1
    return tokens.keys[at - 1] if tokens.keys[at] in ("of", "-") else tokens.keys[at]


def _rate(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "150 per 100,000 people", "300 people a day": counts per something are rates; money keeps its kind."""
    keys = tokens.keys
    at = amount.phrase_last
    if amount.kind in ("age", "ordinal") or (amount.predicate == "killed" and keys[at] != "per"):
        return
    if (
        (keys[at] == "per" and (tokens.kinds[at + 1] == NUMBER or tokens.kinds[at + 1] == WORD))
        or (
            keys[at] in ("a", "an")
            and keys[at + 1] in words.grains
            and keys[at + 2] not in ("ago", "earlier", "later", "before", "after")
        )
        or (keys[at] == "every" and keys[at + 1] in words.grains)
    ):
        last = at + 2
    else:
        return
    amount.phrase_last = last
    amount.rule.append("per <unit>")
    if amount.kind in ("count", "personnel"):
        amount.kind = "rate"


LARGEST_SCORE, LARGEST_VOTE = 300, 1_000


def _score(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, taken: bytearray) -> Amount | None:
    """ "beat Turkey 3-0", "a 32-30 victory": two sides, each a count of its own, no range from one to the other."""
    keys = tokens.keys
    at, before = number.first, number.first - 1
    first = second = None
    if keys[number.last] in DASHES and tokens.glued(number.last) and tokens.glued(number.last + 1):
        first, second = number, numbers.starting.get(number.last + 1)
    elif keys[before] in DASHES and tokens.glued(before) and tokens.glued(at):
        first, second = numbers.ending.get(before), number
    elif keys[number.last] == "to" and words.lists["voting"].intersection(keys[max(0, at - 5) : at]):
        first, second = number, numbers.starting.get(number.last + 1)
    elif keys[before] == "to" and words.lists["voting"].intersection(keys[max(0, at - 7) : at]):
        first, second = numbers.ending.get(before), number
    if first is None or second is None or not _is_score(tokens, words, first, second):
        return None
    amount = start_amount("count", number)
    amount.noun, amount.plural, amount.rule = "score", "score", ["<number>-<number>"]
    if words.lists["voting"].intersection(keys[max(0, first.first - 5) : first.first]):
        amount.noun, amount.plural, amount.predicate = "vote", "votes", "voted"
    amount.phrase_first, amount.phrase_last = first.first, second.last
    return amount


def _is_score(tokens: Tokens, words: Lexicon, first: Number, second: Number) -> bool:
    keys = tokens.keys
    voted = not words.lists["voting"].isdisjoint(keys[max(0, first.first - 5) : first.first])
    limit = LARGEST_VOTE if voted else LARGEST_SCORE
    plain = all(
        n.digits and n.form == "cardinal" and isinstance(n.value, int) and 0 <= n.value < limit
        and n.last == n.first + 1 and not keys[n.first].startswith("00") for n in (first, second)
    )  # fmt: skip
    if not plain or keys[first.first - 1] in DASHES or keys[second.last] in DASHES or first.start >= 0:
        return False
    if (
        tokens.flags[second.last] & (UNIT | CURRENCY)
        or keys[second.last] in ("%", "percent")
        or keys[first.first - 1] in words.currency_signs
    ):
        return False
    if keys[second.last] in words.lists["score_words"] or first.value >= second.value:
        return tokens.kinds[first.first - 1] == WORD or keys[second.last] in words.lists["score_words"]
    return first.value == 0 and tokens.kinds[first.first - 1] == WORD and tokens.capital(first.first - 1)
