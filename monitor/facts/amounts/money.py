"""Money: a number with the currency that stands before or after it, cents included."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount, start_amount, unit_start
from monitor.facts.lexicon.model import CARDINAL, CURRENCY, Lexicon, match_phrase, match_phrase_before
from monitor.facts.numbers.model import MINUS, Number, Numbers
from monitor.facts.text.token_pattern import MARK, NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

MILLIONS = {"M": 1_000_000, "B": 1_000_000_000}
"""Before an ISO code: "60 MAUD"."""
GREAT = 1_000
"""From here on a word that may be money is money."""


def read_money(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
    before = currency_before(tokens, words, number, floor)
    if before is not None:
        amount = start_amount("money", number)
        amount.first, amount.unit = before
        amount.start = -1
        sign = amount.first - 1
        if sign >= floor and tokens.keys[sign] in MINUS and tokens.glued(amount.first) and not tokens.glued(sign):
            amount.value, amount.start = -amount.value, tokens.starts[sign]  # "-$5 million"
        amount.phrase_first = amount.first
        amount.rule = ["<currency>", "<number>"]
        after = currency_after(tokens, words, number)
        if after is not None and tokens.kinds[after[0] - 1] == WORD and number.last < after[0]:
            amount.unit = after[1]
            amount.last = amount.phrase_last = after[0]
        elif after is None:
            _add_cents(tokens, words, numbers, amount)
        return amount
    after = currency_after(tokens, words, number)
    if after is None or number.form == "ordinal":
        return None
    amount = start_amount("money", number)
    amount.last, amount.unit = after
    amount.phrase_last = amount.last
    amount.rule = ["<number>", "<currency>"]
    multiplier = words.multipliers.get(tokens.keys[amount.last])
    if multiplier is not None and tokens.raw(amount.last - 1) in words.currency_codes:
        amount.value *= multiplier
        amount.last = amount.phrase_last = amount.last + 1
    _add_cents(tokens, words, numbers, amount)
    if tokens.keys[after[0] - 1] in words.cents:
        amount.value = amount.value / 100
        amount.upper = None if amount.upper is None else amount.upper / 100
    return amount


def _add_cents(tokens: Tokens, words: Lexicon, numbers: Numbers, amount: Amount) -> None:
    """ "3 dollars and 50 cents" is one amount."""
    keys = tokens.keys
    joined = keys[amount.last] in words.number_and
    at = amount.last + 1 if joined else amount.last
    cents = numbers.starting.get(at)
    if cents is None or cents.upper is not None or amount.value != int(amount.value) or cents.value >= 100:
        return
    if joined and cents.form == "fraction" and tokens.kinds[cents.last] != WORD:  # "two dollars and a half"
        amount.value += cents.value
        amount.last = amount.phrase_last = cents.last
        return
    if keys[cents.last] in words.cents:
        last = cents.last + 1
    elif (joined or tokens.kinds[amount.last - 1] == WORD) and _are_cents(tokens, words, cents):
        last = cents.last
    else:
        return
    amount.value = amount.value + cents.value / 100
    amount.last = amount.phrase_last = last


def _are_cents(tokens: Tokens, words: Lexicon, cents: Number) -> bool:
    """ "five dollars fifty." at the end of what is said."""
    following = tokens.keys[cents.last]
    ends = (
        tokens.kinds[cents.last] in (MARK, PAD)
        and following not in ("%", "-")
        and following not in words.currency_signs
    )
    return ends and cents.form == "cardinal" and cents.value >= 10


def currency_before(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> tuple[int, str] | None:
    """ "US$", "$", "Rs.", "GBP ", "Hong Kong dollars ": (first token, ISO code)."""
    keys = tokens.keys
    index = number.first
    if number.start >= 0 and keys[index - 1] in MINUS and keys[index - 2] in words.currency_signs:
        index -= 1  # "$-99.99"
    at = index - 1
    if at < floor:
        return None
    key = keys[at]
    if tokens.kinds[at] == MARK:
        if key in words.currency_signs or key in words.cents:
            return _sign_before(tokens, words, at, floor)
        if key == "." and tokens.glued(at) and at - 1 >= floor and keys[at - 1] + "." in words.currency_prefixes:
            return at - 1, words.currency_prefixes[keys[at - 1] + "."]
        return None
    if tokens.kinds[at] != WORD:
        return None
    code = _code(tokens, words, at, number)
    if code is not None:
        return at, code
    raw = tokens.raw(at)
    if tokens.glued(at) and keys[at - 1] + raw in words.currency_signs:
        return at - 1, words.currency_signs[keys[at - 1] + raw]  # "$US5"
    if key in words.currency_prefixes:
        return None if key in words.capital_prefixes and not raw[0].isupper() else (at, words.currency_prefixes[key])
    if key in words.currency_letters and raw.isupper() and tokens.glued(index) and number.value >= GREAT:
        return at, words.currency_letters[key]
    return _word_before(tokens, words, number, index, floor) if tokens.flags[at] & CURRENCY else None


def _sign_before(tokens: Tokens, words: Lexicon, at: int, floor: int) -> tuple[int, str] | None:
    """ "$", or with the letters before it "A$", "Mex$"."""
    if at - 1 >= floor and tokens.glued(at) and tokens.kinds[at - 1] == WORD:
        sign = (tokens.raw(at - 1) + tokens.keys[at]).upper()
        if sign in words.currency_signs:
            return at - 1, words.currency_signs[sign]
    alone = words.currency_signs.get(tokens.keys[at])
    return None if alone is None else (at, alone)


def _code(tokens: Tokens, words: Lexicon, at: int, number: Number) -> str | None:
    """The ISO code at a token: "USD", "usd", "MAUD"; a code that is a word, too, only with a great number alone."""
    raw = tokens.raw(at)
    if raw in words.currency_codes or raw in words.small_codes:
        return raw.upper()
    if raw in words.code_words:
        great = number.value >= GREAT and not number.plain_year
        alone = tokens.kinds[max(at + 1, number.last)] != WORD or (at < number.first and tokens.glued(number.first))
        return raw if great and alone else None
    if raw[:1] in MILLIONS and raw[1:] in words.currency_codes:
        number.value *= MILLIONS[raw[0]]
        return raw[1:]
    return None


def _word_before(tokens: Tokens, words: Lexicon, number: Number, index: int, floor: int) -> tuple[int, str] | None:
    """ "Finnish markka 500 million", "pounds 5m"; not "sold for 20 dollars 1,000 times", "Euro 2020"."""
    found = match_phrase_before(words.currencies_by_last, tokens.keys, index)
    if found is None or found[0] < floor or number.value < GREAT or number.plain_year:
        return None
    before, following = found[0] - 1, number.last
    counted = tokens.kinds[before] == NUMBER or tokens.flags[before] & CARDINAL
    alone = tokens.kinds[following] != WORD and tokens.keys[following] != "%"
    return (found[0], str(found[1])) if alone and not counted else None


def currency_after(tokens: Tokens, words: Lexicon, number: Number) -> tuple[int, str] | None:
    """ "yuan", "US dollars", "-dollar", "€", "cents", "p": (index after, ISO code)."""
    keys = tokens.keys
    at = unit_start(tokens, words, number)
    hyphen = keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)
    spaced = keys[at] == "-" and not tokens.glued(at) and not tokens.glued(at + 1)
    if hyphen or (spaced and tokens.flags[at + 1] & CURRENCY and not keys[at + 1].endswith("s")):
        at += 1  # "30-dollar"; in a text cut into words, "30 - dollar"
    if tokens.kinds[at] == MARK:
        return (at + 1, words.cents[keys[at]]) if keys[at] in words.cents else _sign_after(tokens, words, at)
    if tokens.kinds[at] != WORD:
        return None
    digits_follow = tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER
    sign = tokens.raw(at).upper() + keys[at + 1] if tokens.kinds[at + 1] == MARK else ""
    if sign in words.currency_signs and (len(keys[at]) > 1 or not tokens.glued(at)):
        begins_next = tokens.glued(at + 2) and tokens.kinds[at + 2] == NUMBER
        return None if begins_next else (at + 2, words.currency_signs[sign])  # "20 US$"
    code = _code(tokens, words, at, number)
    if code is not None:
        codes = digits_follow and (not tokens.glued(at) or not tokens.capital(at))  # "3 USD50 cards", "7cad182"
        return None if codes else (at + 1, code)
    named = keys[at + 1] == "-" and tokens.glued(at + 1) and tokens.kinds[at + 2] == NUMBER  # "four RS-25 engines"
    if keys[at] in words.currencies and not digits_follow and not named:
        matched = match_phrase(words.currencies, keys, at)
        if matched is not None:
            cents = keys[matched[0]] in words.cents and matched[0] == at + 1  # "two euro cents"
            return None if _is_other_word(tokens, words, number, at) else (matched[0] + cents, str(matched[1]))
    if keys[at] in words.cents:
        letter = len(keys[at]) == 1
        written = number.value < GREAT or not tokens.raw(number.first, at).isdigit()  # "1,204p"; "1080p" is a picture
        small = tokens.glued(at) and written and tokens.raw(at) == keys[at]  # "25p"; "25C" is warm
        return None if letter and (digits_follow or not small) else (at + 1, words.cents[keys[at]])
    return _after_adjective(tokens, words, at)


def _sign_after(tokens: Tokens, words: Lexicon, at: int) -> tuple[int, str] | None:
    """ "5 €"; not the sign of the next amount, "5 €6"."""
    near = tokens.glued(at) or tokens.starts[at] - tokens.ends[at - 1] == 1
    if tokens.keys[at] not in words.currency_signs or not near:
        return None
    if tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER:
        return None
    return at + 1, words.currency_signs[tokens.keys[at]]


def _after_adjective(tokens: Tokens, words: Lexicon, at: int) -> tuple[int, str] | None:
    """ "Australian dollars", "U.S. dollars", "New Zealand cents"."""
    keys, flags = tokens.keys, tokens.flags
    money = (flags[at + 1] | flags[at + 2]) & CURRENCY or keys[at + 1] in words.cents or keys[at + 2] in words.cents
    for span in (1, 2) if money else ():
        name = keys[at] if span == 1 else f"{keys[at]} {keys[at + 1]}"
        adjective = words.currency_adjectives.get(name.rstrip("."))
        if adjective is None:
            continue
        noun, code = adjective
        if keys[at + span] in words.cents:
            return at + span + 1, code
        matched = match_phrase(words.currencies, keys, at + span)
        if matched is not None and keys[at + span].startswith(noun[:4]):
            return matched[0], code
    return None


def _is_smaller_unit(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "3 pounds 4 ounces", "3 pounds and 4 ounces", but "3 pounds 40 pence"."""
    at += tokens.keys[at] in words.number_and
    number = tokens.kinds[at] == NUMBER or bool(tokens.flags[at] & CARDINAL)
    return number and tokens.keys[at + 1] in words.units and tokens.keys[at + 1] not in words.cents


def _is_other_word(tokens: Tokens, words: Lexicon, number: Number, at: int) -> bool:
    """ "50 won the race", "two marks": weak words need a big number or a sentence end; pounds may be weight."""
    key = tokens.keys[at]
    if key not in words.weak_currencies:
        return False
    if key in words.lists["pounds"]:
        near = tokens.keys[max(0, number.first - 5) : number.first]
        if tokens.keys[at - 1] == "-" or not words.lists["weighing"].isdisjoint(near):
            return True
        following = tokens.keys[at + 1]
        weight = (following in words.lists["of"] and number.value < 100_000) or following in words.weights
        return weight or _is_smaller_unit(tokens, words, at + 1)
    if key in words.lists["great_currencies"]:
        return number.value < GREAT
    if key in words.lists["milestones"] and tokens.keys[number.first - 1] in words.lists["the"]:
        return True  # "passed the 500 mark"
    if len(tokens.keys[number.first].partition(words.decimal)[2]) > 1:
        return False  # a rate of exchange: "1.8300 marks"
    return number.value < 100 or number.form == "indefinite"
