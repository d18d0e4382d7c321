"""Money, percents, measures, rates and ages: a number with the unit that stands before or after it."""

from __future__ import annotations

from monitor.facts.amounts import Amount, start_amount
from monitor.facts.lexicon import CARDINAL, CURRENCY, EVENT, STOP, UNIT, Lexicon, match_phrase
from monitor.facts.number_model import DASHES, ISO_CURRENCIES, MINUS, Number, Numbers
from monitor.facts.token_pattern import MARK, NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens

MILLIONS = {"M": 1_000_000, "B": 1_000_000_000}
"""Before an ISO code: "60 MAUD"."""
LENGTHS = frozenset(["kilometer", "meter", "centimeter", "millimeter", "mile", "foot"])
AGE_GRAINS = frozenset(["year", "month", "week", "day"])


def read_measure(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
    """The amount with its unit, or None when the number counts something else."""
    return (
        _age(tokens, words, number, floor)
        or _money(tokens, words, numbers, number, floor)
        or _unit(tokens, words, number, floor)
        or _percent_of(tokens, words, number, floor)
    )


def _money(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
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
    if multiplier is not None and tokens.raw(amount.last - 1) in ISO_CURRENCIES:
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
    if (
        cents is not None
        and (joined or tokens.kinds[amount.last - 1] == WORD)
        and 10 <= cents.value <= 99
        and amount.value == int(amount.value)
        and (
            cents.upper is None
            and cents.form == "cardinal"
            and tokens.kinds[cents.last] in (MARK, PAD)
            and keys[cents.last] not in ("%", "-", "$", "£", "€")
        )
    ):
        amount.value = amount.value + cents.value / 100
        amount.last = amount.phrase_last = cents.last
        return
    if cents is None or cents.value >= 100 or keys[cents.last] not in words.cents or amount.value != int(amount.value):
        return
    amount.value = amount.value + cents.value / 100
    amount.last = amount.phrase_last = cents.last + 1


def currency_before(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> tuple[int, str] | None:
    """ "US$", "$", "Rs.", "GBP ": (first token, ISO code)."""
    keys = tokens.keys
    index = number.first
    if number.start >= 0 and keys[index - 1] in MINUS and keys[index - 2] in words.currency_signs:
        index -= 1  # "$-99.99"
    at = index - 1
    if at < floor:
        return None
    key = keys[at]
    if tokens.kinds[at] == MARK and key in words.currency_signs:
        if at - 1 >= floor and tokens.glued(at) and tokens.kinds[at - 1] == WORD:
            sign = (tokens.raw(at - 1) + key).upper()
            if sign in words.currency_signs:
                return at - 1, words.currency_signs[sign]
        return at, words.currency_signs[key]
    raw = tokens.raw(at)
    if raw in ISO_CURRENCIES:
        return at, raw
    if raw[:1] in MILLIONS and raw[1:] in ISO_CURRENCIES:
        number.value *= MILLIONS[raw[0]]
        return at, raw[1:]
    if raw == "US" and keys[at - 1] == "$" and tokens.glued(at):
        return at - 1, "USD"
    if key == "." and tokens.glued(at) and keys[at - 1] == "rs" and at - 1 >= floor:
        return at - 1, words.currency_prefixes.get("rs.", "INR")
    if (
        key in words.currency_prefixes
        and words.currency_prefixes[key]
        and (raw[:1].isupper() or key not in ("n", "rm"))
    ):
        return at, words.currency_prefixes[key]
    return None


def currency_after(tokens: Tokens, words: Lexicon, number: Number) -> tuple[int, str] | None:
    """ "yuan", "US dollars", "-dollar", "€", "cents", "p": (index after, ISO code)."""
    keys = tokens.keys
    at = number.last
    hyphen = keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)
    spaced = keys[at] == "-" and not tokens.glued(at) and not tokens.glued(at + 1)
    if hyphen or (spaced and tokens.flags[at + 1] & CURRENCY and not keys[at + 1].endswith("s")):
        at += 1  # "30-dollar"; in a text cut into words, "30 - dollar"
    if (
        tokens.kinds[at] == MARK
        and keys[at] in words.currency_signs
        and (tokens.glued(at) or tokens.starts[at] - tokens.ends[at - 1] == 1)
    ):
        following = tokens.kinds[at + 1]
        if tokens.glued(at + 1) and following == NUMBER:
            return None
        return at + 1, words.currency_signs[keys[at]]
    if tokens.raw(at) in ISO_CURRENCIES:
        next_has_it = tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER and not tokens.glued(at)
        return None if next_has_it else (at + 1, tokens.raw(at))  # "3 USD50 cards"
    adjective = words.currency_adjectives.get(keys[at])
    span = 1
    if adjective is None and keys[at + 1]:
        adjective = words.currency_adjectives.get(f"{keys[at]} {keys[at + 1]}")
        span = 2
    if adjective is not None:
        matched = match_phrase(words.currencies, keys, at + span)
        stem = adjective[0]
        if matched is not None and keys[at + span].rstrip("s").startswith(stem[:4]):
            return matched[0], adjective[1]
    raw = tokens.raw(at) if keys[at] else ""
    if raw[:1] in MILLIONS and raw[1:] in ISO_CURRENCIES:
        number.value *= MILLIONS[raw[0]]
        return at + 1, raw[1:]
    if keys[at] in words.currencies and not (tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER):
        matched = match_phrase(words.currencies, keys, at)
        if matched is not None and not _is_other_word(tokens, words, number, at):
            return matched[0], str(matched[1])
    if keys[at] in words.cents:
        if keys[at] == "p" and not tokens.glued(at):
            return None
        if keys[at] == "p" and number.value >= 1000:
            return None
        return at + 1, words.cents[keys[at]]
    return None


def _is_other_word(tokens: Tokens, words: Lexicon, number: Number, at: int) -> bool:
    """ "50 won the race", "two marks": weak words need a big number or a sentence end; pounds may be weight."""
    key = tokens.keys[at]
    if key not in words.weak_currencies:
        return False
    if key in ("pound", "pounds"):
        if tokens.keys[at - 1] == "-" or any(
            k in words.lists["weighing"] for k in tokens.keys[max(0, number.first - 5) : number.first]
        ):
            return True
        return (tokens.keys[at + 1] == "of" and number.value < 100_000) or tokens.keys[at + 1] in (
            "heavier",
            "lighter",
            "overweight",
        )
    if key == "won":
        return number.value < 1000
    return number.value < 100 or number.form == "indefinite"


def _percent_of(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "percent of 10." says what percentage it is; "70 percent of 10 voters" does not."""
    first = number.first - 2
    if tokens.keys[number.first - 1] != "of" or first < floor or tokens.kinds[number.last] == WORD:
        return None
    if tokens.keys[first] == "cent" and tokens.keys[first - 1] == "per":
        first -= 1
    elif tokens.keys[first] not in ("percent", "percentage"):
        return None
    if tokens.kinds[first - 1] == NUMBER or tokens.flags[first - 1] & CARDINAL:
        return None
    amount = start_amount("percent", number)
    amount.first = amount.phrase_first = first
    amount.unit, amount.start, amount.rule = "%", -1, ["percent of", "<number>"]
    return amount


def _unit(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    found = unit_after(tokens, words, _unit_at(tokens, words, number), number)
    if found is None or number.form == "ordinal":
        return None
    last, unit = found
    kind = "percent" if unit in ("%", "pp", "basis-point") else "measure"
    amount = start_amount(kind, number)
    amount.last = amount.phrase_last = last
    amount.unit = unit
    amount.rule = ["<number>", "<unit>" if kind == "measure" else "<percent>"]
    if unit == "foot":
        _inches(tokens, words, amount)
    return amount


def _unit_at(tokens: Tokens, words: Lexicon, number: Number) -> int:
    """Where the unit stands: "three-quarters of a percentage point", "half of one percent", "half a mile"."""
    keys = tokens.keys
    at = number.last
    if number.form != "fraction":
        return at
    part = keys[at] == "of"
    at += part
    if keys[at] in words.articles or (part and (keys[at] == "1" or words.cardinals.get(keys[at]) == 1)):
        return at + 1
    return number.last


def unit_after(tokens: Tokens, words: Lexicon, at: int, number: Number | None = None) -> tuple[int, str] | None:
    """The unit that starts at a token: (index after it, CLDR identifier, `%` or `pp`)."""
    keys = tokens.keys
    glued = tokens.glued(at)
    spaced = keys[at] == "-" and not glued and not tokens.glued(at + 1)
    if keys[at] in DASHES and glued and tokens.glued(at + 1):
        at += 1
        glued = True
    elif spaced and number is not None and tokens.flags[at + 1] & UNIT and not keys[at + 1].endswith("s"):
        at += 1
    if keys[at] in ("pound", "pounds"):
        return at + 1, "pound"
    matched = match_phrase(words.units, keys, at)
    if matched is not None:
        if (
            keys[at] in ("degree", "degrees")
            and matched[1] == "degree"
            and keys[at + 1] in ("of", "in", "from", "programme")
        ):
            return None
        if keys[at] in (
            "stone",
            "yard",
            "cup",
            "cups",
            "foot",
            "bit",
            "bits",
            "pints",
            "pc",
            "pp",
            "amp",
            "stone",
        ) and not _clearly_unit(tokens, at, glued, number):
            return None
        return _compound(tokens, words, matched[0], str(matched[1]))
    raw = tokens.raw(at) if keys[at] else ""
    sign = words.unit_signs.get(raw)
    if sign is None and keys[at] in ("(", "{") and keys[at + 2] in (")", "}"):
        enclosed = words.unit_signs.get(tokens.raw(at + 1))
        return (at + 3, enclosed) if enclosed is not None and len(keys[at + 1]) > 1 else None
    feet = sign == "foot" and keys[at + 2] == "in"  # "6ft7in"
    if sign is None or (
        tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER and not feet and keys[at + 1] not in ("2", "3")
    ):
        return None
    if raw in ("C", "F", "K", "V", "W", "L", "t", "in.", "in") and not glued:
        return None
    if raw in ("t", '"', "K", "C", "F", "L", "V") and number is not None and number.form != "cardinal":
        return None
    if raw == '"' and keys[at + 1] not in ("long", "tall", "high", "deep", "wide"):
        return None
    if raw in ("C", "F", "K", "V", "L") and number is not None and tokens.keys[at + 1] == "-":
        return None
    if raw == "m" and not glued and number is not None and not number.digits:
        return None
    return _compound(tokens, words, at + 1, sign)


def _clearly_unit(tokens: Tokens, at: int, glued: bool, number: Number | None) -> bool:
    key = tokens.keys[at]
    if key in ("pc", "pp"):
        return True
    if key == "foot":
        return glued or tokens.keys[at + 1] in ("long", "tall", "high", "deep", "wide")
    if key in ("bit", "bits"):
        return glued
    if key in ("cup", "cups"):
        return tokens.keys[at + 1] == "of"
    return glued or tokens.kinds[at + 1] != WORD or tokens.keys[at + 1] in ("out", "from", "and", "in")


def _compound(tokens: Tokens, words: Lexicon, last: int, unit: str) -> tuple[int, str]:
    """ "km/h", "metres per second", "tonnes a year" keep their own unit; only lengths per time become speeds."""
    keys = tokens.keys
    if (
        keys[last] == "/"
        and tokens.glued(last)
        and keys[last + 1] in ("h", "hr", "hour")
        and unit in ("kilometer", "mile")
    ):
        return last + 2, unit + "-per-hour"
    if keys[last] == "/" and tokens.glued(last) and keys[last + 1] in ("s", "sec") and unit in ("meter", "kilometer"):
        return last + 2, unit + "-per-second"
    if (
        keys[last] == "per"
        and keys[last + 1] in ("second", "hour")
        and unit in ("kilometer", "mile", "meter", "foot", "gallon", "liter")
    ):
        return last + 2, f"{unit}-per-{keys[last + 1]}"
    raised = _power_of_length(tokens, last, unit)
    if raised is not None:
        last, unit = raised
    divisor = words.unit_signs.get(tokens.raw(last + 1)) if keys[last] == "/" and tokens.glued(last) else None
    if divisor is not None and tokens.glued(last + 1):  # "20 µg/m3"
        last, divisor = _power_of_length(tokens, last + 2, divisor) or (last + 2, divisor)
        unit = f"{unit}-per-{divisor}"
    return last, unit


def _power_of_length(tokens: Tokens, at: int, unit: str) -> tuple[int, str] | None:
    """ "km2", "m³", "ft^2", "km squared"."""
    if unit not in LENGTHS:
        return None
    power = tokens.keys[at]
    if power in ("squared", "cubed"):
        return at + 1, ("square-" if power == "squared" else "cubic-") + unit
    caret = power == "^" and tokens.glued(at)
    power = tokens.keys[at + 1] if caret else power
    if power not in ("2", "3", "²", "³") or not tokens.glued(at + caret):
        return None
    return at + caret + 1, ("square-" if power in "2²" else "cubic-") + unit


def _inches(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "6 feet 2 inches" is one measure of 6.17 feet."""
    keys = tokens.keys
    at = amount.last
    if keys[at].isdigit() and len(keys[at]) <= 2 and keys[at + 1] in ("inches", "inch", "in") and int(keys[at]) < 12:
        amount.value += int(keys[at]) / 12
        amount.last = amount.phrase_last = at + 2


def _age(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
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
