"""Ages: "aged 12", "a 12-year-old", "five weeks of age", "Israr Gandapur, 38,"."""

from __future__ import annotations

from monitor.facts.amounts import Amount, start_amount
from monitor.facts.lexicon import CURRENCY, EVENT, STOP, UNIT, Lexicon
from monitor.facts.number_model import DASHES, Number
from monitor.facts.token_pattern import WORD
from monitor.facts.tokens import Tokens

AGE_GRAINS = frozenset(["year", "month", "week", "day"])


def read_age(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "aged 12", "12-year-old", "five years old", "three years of age", "Mr Gandapur, 38,"."""
    keys = tokens.keys
    amount = start_amount("age", number)
    amount.unit = "year"
    at = number.last
    hyphen = keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1)
    if hyphen:
        at += 1
    grain = words.grains.get(keys[at])
    if grain in AGE_GRAINS:
        after = at + 1
        if keys[after] in DASHES and tokens.glued(after):
            after += 1
        if keys[after] in words.old or keys[after] == "olds":
            amount.last = amount.phrase_last = after + 1
            amount.unit = grain
            amount.rule = ["<number>", "years old"]
            return amount
        if keys[after] == "of" and keys[after + 1] == "age":
            amount.last = amount.phrase_last = after + 2
            amount.unit = grain
            amount.rule = ["<number>", "years of age"]
            return amount
        return None
    if number.form != "cardinal" or number.suffix or not 0 < number.value < 125 or isinstance(number.value, float):
        return None
    before = keys[number.first - 1]
    amount.rule = ["aged", "<number>"]
    if before == "at" and keys[number.first - 2] in words.dies and keys[at] not in ("%", ":", "-", "percent"):
        amount.phrase_first = number.first - 2
        return amount
    if before in words.aged and number.first - 1 >= floor and keys[at] not in ("%", "percent"):
        amount.phrase_first = number.first - 1
        return amount
    if before == "of" and keys[number.first - 2] == "age" and number.first - 2 >= floor:
        amount.phrase_first = number.first - 2
        return amount
    if before in ("between", "and", "to", "-", "–", "under", "over") and _aged_before(
        tokens, words, number.first, floor
    ):
        return amount
    if not number.digits or number.last != number.first + 1:
        return None
    glued_s = keys[at] == "s" and tokens.glued(at)
    if glued_s and before in ("over", "under") and number.value >= 5:
        amount.last = amount.phrase_last = at + 1
        amount.hedge = "more_than" if before == "over" else "less_than"
        amount.rule = ["under/over", "<number>s"]
        amount.phrase_first = number.first - 1
        return amount
    if before == "-" and keys[number.first - 2] in ("over", "under") and glued_s:
        amount.last = amount.phrase_last = at + 1
        amount.hedge = "more_than" if keys[number.first - 2] == "over" else "less_than"
        amount.rule = ["under/over", "<number>s"]
        amount.phrase_first = number.first - 2
        return amount
    if glued_s and before in ("his", "her", "their") and number.value % 10 == 0 and number.value >= 20:
        amount.last = amount.phrase_last = at + 1
        amount.upper = amount.value + 9
        amount.rule = ["in their", "<number>s"]
        return amount
    return _name_comma_age(tokens, words, number, amount)


def _aged_before(tokens: Tokens, words: Lexicon, first: int, floor: int) -> bool:
    """ "aged between 12 and 15", "aged 5 to 11"."""
    return any(tokens.keys[at] in ("aged", "ages") for at in range(max(floor, first - 4), first))


def _name_comma_age(tokens: Tokens, words: Lexicon, number: Number, amount: Amount) -> Amount | None:
    """ "Israr Gandapur, 38, was": a capitalised name, a comma, an age, a comma or the end."""
    keys = tokens.keys
    at = number.last
    name = number.first - 2
    person = keys[number.first - 1] == "," and name >= 0 and keys[name] in words.lists["aged_nouns"]
    if person and (tokens.kinds[at] != WORD or tokens.flags[at] & (EVENT | STOP)):
        amount.rule, amount.phrase_first = ["<person>,", "<age>"], name
        return amount
    if keys[number.first - 1] != "," or keys[at] not in (",", ".", ")", "and", ""):
        return None
    if name < 0 or tokens.kinds[name] != WORD or not tokens.capital(name) or number.value < 1 or number.value > 115:
        return None
    if tokens.flags[name] & (UNIT | CURRENCY) or keys[name] in words.months or keys[name] in words.weekdays:
        return None
    two_names = tokens.kinds[name - 1] == WORD and tokens.capital(name - 1)
    if not two_names and keys[at] != ",":
        return None
    if keys[at] in (",", "and") and (keys[at + 1].isdigit() or keys[at + 1] in words.months):
        return None
    amount.rule = ["<name>,", "<age>,"]
    amount.phrase_first = name - 1 if two_names else name
    return amount
