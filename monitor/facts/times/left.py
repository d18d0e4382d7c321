"""What may stand to the left of a month, weekday, season or unit: "early", "the end of", "last", "every", "the"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.numbers.model import DASHES
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.model import Expression


def hyphened(tokens: Tokens, index: int) -> bool:
    """Does a hyphen tie this token to the one before it, as in "mid-May" or "six-month"?"""
    return tokens.keys[index - 1] in DASHES and tokens.glued(index) and tokens.glued(index - 1)


def is_plural(words: Lexicon, key: str) -> bool:
    """Does it look like a plural: "weeks", "metres"?"""
    return key[-1:] in words.calendar["plural_endings"]


def take(tokens: Tokens, words: Lexicon, e: Expression, floor: int, group: str) -> bool:
    """Take one word of a group into the expression, when it stands right before it."""
    if e.first - 1 < floor or tokens.keys[e.first - 1] not in words.calendar[group]:
        return False
    e.first -= 1
    return True


def take_deixis(tokens: Tokens, words: Lexicon, e: Expression, floor: int, barred: str = "") -> bool:
    """ "last November", "the following Monday", "this coming Sunday"; `barred` names a group that this head refuses."""
    before = tokens.keys[e.first - 1]
    if before not in words.deixis or before in words.calendar[barred] or e.first - 1 < floor:
        return False
    e.first -= 1
    e.deixis, e.shift = before, words.deixis[before]
    e.anchor = "previous" if before in words.anchored else ""
    take(tokens, words, e, floor, "before_deixis")
    return True


def take_every(tokens: Tokens, words: Lexicon, e: Expression, floor: int) -> bool:
    """ "every Friday", "each July"."""
    if not take(tokens, words, e, floor, "every"):
        return False
    e.type, e.rule = "SET", f"every {e.rule}"
    return True


def take_modifier(tokens: Tokens, words: Lexicon, e: Expression, floor: int, *, the: bool = False) -> None:
    """ "early 1998", "mid-2020", "late in 1998", "the end of 2023"; with `the`, "the end of the 1990s" too."""
    keys, small = tokens.keys, words.calendar
    first = e.first
    before = keys[first - 1]
    if before in DASHES and tokens.glued(first - 1) and keys[first - 2] in words.modifiers and first - 2 >= floor:
        e.mod, e.first = words.modifiers[keys[first - 2]], first - 2
    elif before in words.modifiers and before not in small["edges"] and first - 1 >= floor:
        e.mod, e.first = words.modifiers[before], first - 1
        take(tokens, words, e, floor, "the")
    else:
        of = first - 2 if the and before in small["the"] and keys[first - 2] in small["of"] else first - 1
        _take_part(tokens, words, e, floor, of)
    if e.mod is not None:
        e.rule = "<early/mid/late/end of> " + e.rule


def _take_part(tokens: Tokens, words: Lexicon, e: Expression, floor: int, of: int) -> None:
    """The head before "of" or "in": "the very end of", "early in"."""
    keys, small = tokens.keys, words.calendar
    head = keys[of - 1]
    if keys[of] not in small["of_in"] or head not in words.modifiers or of - 1 < floor:
        return
    if keys[of] not in small["of"] and head not in small["early_late"]:
        return
    e.mod, e.first = words.modifiers[head], of - 1
    e.edge = head in small["edges"]
    take(tokens, words, e, floor, "very")
    take(tokens, words, e, floor, "the")
