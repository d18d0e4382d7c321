"""Does an amount say by how much something moved: "rose 5 %", "fell by 12", "a 5 % increase", "5 % higher"?"""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.lexicon.model import STOP, Lexicon
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens

REACH, OBJECT_REACH = 7, 7
"""Tokens to the left of the amount, and of its "by", in which the verb stands."""
WITH_UNIT = frozenset(["percent", "money", "measure"])


def read_trend(tokens: Tokens, words: Lexicon, amount: Amount, first: int, floor: int) -> None:
    """Set the trend of an amount whose hedge, or itself, begins at token `first`."""
    if _verb_before(tokens, words, amount, first, floor):
        return
    _change_after(tokens, words, amount)


def _verb_before(tokens: Tokens, words: Lexicon, amount: Amount, first: int, floor: int) -> bool:
    """ "rose [by nearly] 5 %", "up 3 %", "jumped to 303"; true when the search is over, found or not."""
    keys, lists = tokens.keys, words.lists
    if keys[first - 1] in words.calendar["from"]:
        return True  # "up from 58 %": where it came from is no step
    named = amount.kind == "percent" and keys[first - 1] not in words.trends and _is_noun(tokens, first - 1)
    if named and _moved_object(tokens, words, amount, first, floor):
        return True  # "cut prices 10 %"
    for at in range(first - 1, max(floor, first - REACH) - 1, -1):
        key = keys[at]
        trend = words.trends.get(key)
        if trend is not None:
            if _is_change(tokens, words, amount, at):
                amount.trend = trend  # type: ignore[assignment]
                amount.rule.insert(0, "<rose/fell>")
                return True
            if key not in lists["trend_links"]:
                return True
        elif key in lists["by_to"] and amount.unit is not None and _moved_object(tokens, words, amount, at, floor):
            return True
        if key not in lists["trend_links"] and not (key.endswith("ly") and len(key) > 4):
            return False
    return False


def _is_change(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> bool:
    """Does the word at a token move this amount? "gained 1.2 %" does, "raised £14m" does not, "cut 300 jobs" does."""
    keys, lists = tokens.keys, words.lists
    key, following = keys[at], keys[at + 1]
    if key in lists["particles"]:
        return following not in lists["up_to"] and _is_level(tokens, words, amount, at)
    if key in lists["by_or_to"] and following not in lists["by_to_from"]:
        lost = amount.kind == "money" and key in lists["losing"]
        of = keys[amount.last] in lists["of"] and keys[amount.last + 1] not in lists["own"]
        share = amount.kind == "percent" and not of  # "lost 26 % of its value", not "gained 1.2 % of the vote"
        return lost or share or amount.noun in lists["gained_nouns"]
    if key in lists["moves_things"] and amount.noun not in (None, *lists["gained_nouns"]):
        return following in lists["by_to_from"]  # "dropped to 12 cases", not "dropped 12 bombs"
    return amount.unit is not None or key in lists["strong_trends"] or amount.noun in lists["gained_nouns"]


def _is_level(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> bool:
    """Is a particle a trend: "was down 34 cents", "off 12 cents"? That of a verb is none: "struck down a $100 fee"."""
    keys, lists = tokens.keys, words.lists
    if keys[at - 1] in lists["levels"]:
        return True
    if keys[at] in lists["strict_particles"] or keys[at - 1] in lists["verbs_with_particle"]:
        return False
    return amount.unit is not None or amount.noun in lists["gained_nouns"]


def _is_noun(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at] == WORD and not tokens.flags[at] & STOP and tokens.keys[at].isalpha()


def _moved_object(tokens: Tokens, words: Lexicon, amount: Amount, link: int, floor: int) -> bool:
    """ "raised its interest rate by 650 basis points": the verb stands before its object."""
    for at in range(link - 1, max(floor, link - OBJECT_REACH) - 1, -1):
        key = tokens.keys[at]
        if tokens.kinds[at] != WORD or key in words.lists["object_ends"]:
            return False
        trend = words.trends.get(key)
        if trend is not None and key not in words.lists["no_verbs_of_change"]:
            amount.trend = trend  # type: ignore[assignment]
            amount.rule.insert(0, "<raise/cut> ... by")
            return True
    return False


def _change_after(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "a 5 % increase", "5 % higher", "30 per cent fewer"."""
    keys, lists = tokens.keys, words.lists
    at = amount.last + (keys[amount.last] == "-")
    after = keys[at]
    if amount.kind not in WITH_UNIT or tokens.capital(at):
        return  # "£23.99 More info"
    if after in lists["up_after"] or after in lists["down_after"]:
        amount.trend = "up" if after in lists["up_after"] else "down"
    elif after in words.trends and after not in lists["no_noun_of_change"]:
        amount.trend = words.trends[after]  # type: ignore[assignment]
    else:
        return
    amount.rule.append("<rise/fall>")
    amount.phrase_last = max(amount.phrase_last, at + 1)
