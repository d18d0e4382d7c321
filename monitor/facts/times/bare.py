"""Units of time without a number or "last" before them: "for years", "weeks later", "decade-long", "year-end"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.numbers.model import DASHES
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.durations import shift
from monitor.facts.times.left import is_plural, take
from monitor.facts.times.model import Expression


def bare_unit(tokens: Tokens, words: Lexicon, index: int, floor: int, grain: str) -> Expression | None:
    """ "for years", "weeks later", "decade-long", "year-end", "a year-ago quarter"."""
    keys, small = tokens.keys, words.calendar
    plural, after = is_plural(words, keys[index]), keys[index + 1]
    hyphen = after in DASHES and tokens.glued(index + 1) and tokens.glued(index + 2)
    if hyphen and keys[index + 2] in small["long"]:
        amount = None if plural else 1.0
        return Expression(index, index + 3, "DURATION", grain, "<unit of time>-long", amount=amount)
    if keys[index] in small["year"]:
        return _year_end(tokens, words, index, hyphen) or _year_ago(tokens, words, index, floor, hyphen)
    if not plural or grain == "night":
        return None
    e = Expression(index, index + 1, "DURATION", grain, "<units of time>")
    if after in small["ago_later"] and keys[index + 2] not in small["than"]:
        shift(tokens, words, e)
        return e
    if index - 1 < floor:
        return None
    before = keys[index - 1]
    if before in small["lasting"]:
        return e
    if before in small["maybe_lasting"]:
        if after in small["of"]:
            return e if before not in small["in"] else None
        noun = tokens.kinds[index + 1] == WORD and grain in ("day", "year") and after not in small["and"]
        return None if noun else e
    return _vague_period(tokens, words, e, floor)


def _year_end(tokens: Tokens, words: Lexicon, index: int, hyphen: bool) -> Expression | None:
    end = index + 2 if hyphen else index + 1
    if tokens.keys[end] not in words.calendar["end"]:
        return None
    if not hyphen and tokens.keys[index - 1] in words.calendar["the"]:
        return None
    return Expression(
        index, end + 1, "DATE", "year", "year-end", shift=0, shift_grain="year", mod="END", edge=True, anchor="near"
    )


def _year_ago(tokens: Tokens, words: Lexicon, index: int, floor: int, hyphen: bool) -> Expression | None:
    """ "the year-ago quarter", "year-earlier profit"."""
    keys, small = tokens.keys, words.calendar
    if not hyphen or keys[index + 2] not in small["ago"]:
        return None
    e = Expression(index, index + 3, "DATE", "year", "year-ago <period>", shift=-1, shift_grain="year")
    if keys[e.last] in small["periods"]:
        e.grain = "quarter" if words.grains.get(keys[e.last]) == "quarter" else "year"
        e.last += 1
        take(tokens, words, e, floor, "the")
    return e


def _vague_period(tokens: Tokens, words: Lexicon, e: Expression, floor: int) -> Expression | None:
    """ "recent years", "the coming weeks"."""
    before = tokens.keys[e.first - 1]
    if not take(tokens, words, e, floor, "vague_deixis"):
        return None
    if take(tokens, words, e, floor, "the"):
        return e
    if before in words.anchored:
        return None
    sign = words.deixis.get(before, -1)
    if sign < 0 and e.grain in ("year", "decade") and before not in words.calendar["last"]:
        e.type, e.ref = "DATE", "PAST_REF"
    elif sign > 0 and e.grain == "month" and before not in words.calendar["next"]:
        e.type, e.ref = "DATE", "FUTURE_REF"
    return e
