"""Numbers that state nothing: list numbers, names, phone numbers, versions, rounds of a cup, an idle "one"."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.words import is_plural
from monitor.facts.lexicon.model import CARDINAL, EVENT, PERSON, STOP, Lexicon, match_phrase
from monitor.facts.numbers.model import DASHES, Number
from monitor.facts.numbers.read import in_name
from monitor.facts.text.token_pattern import DOTTED, NUMBER, PAD, SLASH, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.years import ends_name

LARGEST_LIST_NUMBER = 200
LARGEST_IN_WORDS = 20
SHORTEST_PHONE = 7
"""Digits of a telephone number with its country."""
DIALLED = ("(", "-", "/")
NUMERIC = (NUMBER, SLASH, DOTTED)
TABLE_ROW = 3
"""So many numbers side by side, with nothing between them, are a row of a table."""


def is_no_fact(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """List numbers, names with numbers, scores of page furniture, phone numbers, versions."""
    if not number.digits:
        return _is_turn_of_speech(tokens, words, number)
    return (
        in_name(tokens, words, number.first)
        or (number.plain_year and ends_name(tokens, words, number.first))
        or _is_list_number(tokens, number)
        or _is_numbered_thing(tokens, words, number)
        or _is_name_with_number(tokens, words, number)
        or _is_code(tokens, words, number)
        or _is_row(tokens, number)
        or _is_phone(tokens, words, number)
    )


def _is_turn_of_speech(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "one of the", "one another", "One Direction", "a seven-under 65"."""
    keys, after = tokens.keys, tokens.keys[number.last]
    if number.value == 1 and after in words.lists["after_idle_one"]:
        return True
    if number.value == 0 and _is_name_of_nought(tokens, words, number):
        return True
    articles = (keys[number.first - 3], keys[number.first - 4])  # "an hour or two", "a chicken wing or two"
    if keys[number.first - 1] in words.lists["range_or"] and not words.articles.isdisjoint(articles):
        return number.value in (2, 3)  # "a day or two"
    if after == "-" and tokens.glued(number.last) and keys[number.last + 1] in words.lists["under_par"]:
        return True
    before = number.first - 1
    if keys[before] in words.lists["scales"]:
        return False  # "Category Five"
    if tokens.capital(number.first) and keys[before] == "-" and tokens.glued(before):
        return tokens.kinds[before - 1] == NUMBER or tokens.capital(before - 1)  # "7-Eleven", "Take-Two"
    at = number.last
    ends = tokens.kinds[at] != WORD or bool(tokens.flags[at] & STOP) or tokens.capital(at)
    if ends and keys[before] in words.lists["numbered_nouns"] and number.value <= LARGEST_IN_WORDS:
        return True  # "day four of the trial"
    if tokens.capital(number.first) and tokens.capital(before) and _follows_name(tokens, before):
        counted = match_phrase(words.people, keys, at)  # "in Mali Four people": a headline glued to its text
        return counted is None or counted[1] != "person"  # "World War Two", but no people
    if not (tokens.capital(number.first) and tokens.capital(number.last)):
        return False
    return tokens.kinds[before] == WORD and not tokens.capital(before) and not tokens.flags[number.last] & PERSON


def _is_list_number(tokens: Tokens, number: Number) -> bool:
    """ "1. Flour", "2) Sugar", "(3) Eggs" where a line begins; the number of "article 5(2)"."""
    keys, at = tokens.keys, number.last
    if number.value >= LARGEST_LIST_NUMBER or keys[at] not in (".", ")") or not tokens.glued(at):
        return False
    before = number.first - 1
    opened = keys[before] == "(" and keys[at] == ")"
    if opened and tokens.glued(before) and tokens.kinds[before - 1] == NUMBER:
        return True
    begins = tokens.kinds[before - opened] == PAD
    return begins and any(keys[at + 1 : at + 3])  # a text that is a number and a full stop states it


def _is_numbered_thing(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "Boeing 737", "section 4", "No. 10", "type 2 diabetes"; not "on page 12 people"."""
    keys, before = tokens.keys, number.first - 1
    if number.last != number.first + 1:
        return False
    if keys[before] == "." and keys[before - 1] in words.lists["numbered_abbreviations"]:
        return True
    if keys[before] not in words.name_words or is_counted(tokens, words, number.last):
        return False
    return keys[before] in words.lists["strong_name_words"] or not tokens.raw(before).islower()


def is_counted(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """What follows is what a number counts: "12 people", "12 killed"; not the pilot of "the Apollo 11 pilot"."""
    known = tokens.flags[at]
    return bool(known & EVENT) or (bool(known & PERSON) and is_plural(tokens, words, at))


def _is_name_with_number(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "COVID-19 deaths", "7-Eleven", "Web 3.0", "40 Under 40", "Expo 2025", "native 4K"."""
    keys, before, after = tokens.keys, number.first - 1, number.last
    hyphened = keys[before] == "-" and tokens.glued(before) and tokens.glued(number.first)
    if (
        hyphened
        and number.digits
        and tokens.kinds[before - 1] == WORD
        and keys[before - 1] not in words.lists["scales"]
    ):
        return True  # and the "Under-21 side"; ages were read before
    after_name = tokens.kinds[before] == WORD and tokens.capital(before) and not tokens.flags[before] & STOP
    hyphen = keys[after] in DASHES and tokens.glued(after)
    if hyphen and tokens.capital(after + 1) and tokens.flags[after + 1] & CARDINAL:
        return True
    if after_name and after == number.first + 1 and keys[number.first].endswith(words.decimal + "0"):
        return True
    name = tokens.raw(before) if after_name else ""
    inner_capital = name[1:] != name[1:].lower() and name != name.upper()
    if inner_capital and number.value < LARGEST_IN_WORDS and not is_counted(tokens, words, after):
        return True  # "the MagSafe 2 plug"
    if number.suffix == "k" and number.value in (4000, 8000) and tokens.raw(after - 1) == "K":
        return True  # the width of a picture
    if _is_address(tokens, words, after):
        return True
    named_list = _is_capital_link(tokens, after) and tokens.kinds[after + 1] == NUMBER and not tokens.glued(after + 1)
    if named_list or (_is_capital_link(tokens, before) and tokens.kinds[before - 1] == NUMBER):
        return True
    counted = tokens.kinds[before] == NUMBER or tokens.flags[before] & CARDINAL
    if counted and not tokens.glued(number.first) and tokens.capital(after) and tokens.kinds[after] == WORD:
        return True  # "five 787 Dreamliners"
    begins = tokens.kinds[before - 1] == PAD  # "Nearly 2000 homes"
    return number.plain_year and after_name and not begins and not is_counted(tokens, words, after)


def _is_address(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "10 Downing Street", "125 Old Mill Road": what begins at a token."""
    for step in range(at, at + 4):
        if tokens.kinds[step] != WORD or not tokens.capital(step):
            return False
        if step > at and tokens.keys[step] in words.lists["streets"]:
            return True
    return False


def _is_capital_link(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at] == WORD and tokens.capital(at) and bool(tokens.flags[at] & STOP)


def _is_code(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "007", "1920x1080", "7News", "5th/6th", "0.0.1/24"."""
    keys, kinds = tokens.keys, tokens.kinds
    raw, before, after = keys[number.first], number.first - 1, number.last
    if raw.isdigit() and ((len(raw) > 1 and raw[0] == "0") or len(raw) > 16):
        return True
    if keys[after] in ("/", "×", "x", ":", "&") and tokens.glued(after) and kinds[after + 1] == NUMBER:
        return True
    joined = keys[before] in ("/", "×") or (keys[before] in (":", "&") and tokens.glued(before))
    if joined and tokens.glued(number.first):
        return True
    if _is_odds(tokens, words, after) or _is_odds(tokens, words, number.first - 3):
        return True
    if keys[after : after + 3 : 2] == ["(", ")"] and tokens.glued(after) and len(keys[after + 1]) == 1:
        return True  # "401(k)"
    if not tokens.glued(after) or kinds[after] != WORD or after != number.first + 1:
        return False
    named = tokens.capital(after) and len(keys[after]) > 1  # "7News"
    return named or (keys[after] not in words.lists["glued_to_number"] and len(keys[after]) <= 3)


def _is_odds(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "2-to-1", "a 9-to-5 job": the joint that begins at a token."""
    joined = tokens.keys[at] == "-" and tokens.keys[at + 1] in words.lists["range_to"] and tokens.keys[at + 2] == "-"
    return joined and tokens.glued(at) and tokens.kinds[at - 1] == tokens.kinds[at + 3] == NUMBER


def _is_row(tokens: Tokens, number: Number) -> bool:
    """ "296 16 12": numbers side by side are a row of a table."""
    first, last = number.first, number.last
    while tokens.kinds[first - 1] in NUMERIC and number.first - first < TABLE_ROW:
        first -= 1
    while tokens.kinds[last] in NUMERIC and last - number.last < TABLE_ROW:
        last += 1
    return last - first - (number.last - number.first) + 1 >= TABLE_ROW


def _is_name_of_nought(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "sub-zero", "triple zero", "net zero", "zero-tolerance": it counts nothing, and no people either."""
    before, after = number.first - 1, number.last
    hyphened = tokens.keys[after] == "-" and tokens.glued(after) and tokens.glued(after + 1)
    joined = tokens.keys[before] == "-" and tokens.glued(before) and tokens.kinds[before - 1] == WORD
    joined = joined and not tokens.flags[before - 1] & CARDINAL  # "two-zero"
    return hyphened or joined or tokens.keys[before] in words.lists["before_idle_zero"]


def _is_phone(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """A plus sign before, groups of digits that begin with a zero or after "call", three joined by hyphens."""
    keys, kinds = tokens.keys, tokens.kinds
    at = number.first
    while kinds[at - 1] == NUMBER and keys[at - 1].isdigit() and number.first - at < 5:
        at -= 1
    one_space = at == number.first or tokens.starts[at + 1] - tokens.ends[at] == 1
    if keys[at - 1] == "+" and tokens.glued(at) and one_space:
        if tokens.glued(at - 1) and keys[at - 2] != "(":  # "C++20", "50+1"
            return True
        goes_on = kinds[at + 1] == NUMBER or keys[at + 1] in DIALLED
        digits = keys[at].replace(",", "")
        return goes_on or not digits.isdigit() or len(digits) >= SHORTEST_PHONE  # "+407" new cases are none
    raw = keys[number.first]
    if raw.isdigit() and (_is_dialled(tokens, words, number) or (at < number.first and keys[at][0] == "0")):
        return True
    return _joined(tokens, number.last, 1) + _joined(tokens, number.first - 1, -1) >= 2


def _is_dialled(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "call 555-1234", "dialled 911", "the number of 999 calls", "text 84433"."""
    keys, lists = tokens.keys, words.lists
    before, after = number.first - 1, number.last
    if keys[number.first] in lists["emergency_numbers"]:
        return keys[before] in lists["dialling"] or keys[after] in lists["emergency_calls"]
    while keys[before] in lists["dial_links"] and number.first - before < 4:
        before -= 1
    if len(keys[number.first]) < 3 or keys[before] not in lists["dialling"]:
        return False
    return tokens.kinds[after] != WORD or bool(tokens.flags[after] & STOP)


def _joined(tokens: Tokens, at: int, step: int) -> int:
    """How many numbers hyphens join to the one that a token stands beside, in one direction."""
    count = 0
    while tokens.keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1) and count < 4:
        if tokens.kinds[at + step] != NUMBER:
            break
        count += 1
        at += 2 * step
    return count


def is_idle_one(tokens: Tokens, words: Lexicon, amount: Amount, number: Number) -> bool:
    """ "one" is a number before people and things that are counted, not in "one day", "no one", "the one who"."""
    if number.digits or number.value != 1 or amount.hedge != "exact" or number.last - number.first > 1:
        return False
    keys, lists = tokens.keys, words.lists
    before = keys[number.first - 1]
    if keys[number.first] in words.articles or before in lists["before_nobody"]:
        return True
    if amount.predicate is not None:
        return False
    joined = amount.noun is not None and keys[number.first + 2] in lists["noun_joins"]  # "One red and one blue ship"
    named = tokens.capital(number.first) and tokens.capital(number.last) and not joined
    idle = amount.noun is None or amount.noun in lists["idle_one_of"] or amount.noun in words.grains
    return named or idle or before in lists["before_idle_one"]


def is_round(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "into the last 16", "the round of 16", "the last-eight victory", "top-four hopes": rounds of a cup."""
    keys = tokens.keys
    rounds = words.lists["rounds"]
    before = keys[amount.first - 1]
    if before == "-" and keys[amount.first - 2] in rounds:
        return True
    if " ".join(keys[max(0, amount.first - 2) : amount.first]) in words.lists["rounds_of"] and amount.noun is None:
        return True
    counts = amount.noun is not None and is_plural(tokens, words, amount.phrase_last - 1)  # not "a last eight date"
    return before in rounds and not counts and amount.predicate is None and amount.value in (4, 6, 8, 10, 16, 32, 64)


def is_index(tokens: Tokens, words: Lexicon, amount: Amount, number: Number) -> bool:
    """ "the S&P 500", "CAC 40", "the Sputnik 5 rocket": a number after a name that counts nothing."""
    if not words.plurals:
        return False  # nobody knows what is a noun: a name before a number is any capital
    before = number.first - 1
    raw = tokens.raw(before) if tokens.keys[before] else ""
    one_thing = _is_one_thing(tokens, words, amount)
    if number.plain_year and one_thing and amount.predicate is None:
        return True  # "charged over 2024 incident"
    counts = amount.noun is not None and not one_thing
    if not number.digits or counts or amount.predicate is not None or amount.hedge != "exact":
        return False
    plain = tokens.keys[number.first].isdigit() and number.last == number.first + 1
    ampersand = tokens.keys[before - 1] == "&" and tokens.glued(before)
    if plain and raw.isalpha() and raw.isupper() and (len(raw) > 2 or ampersand):
        return True
    return plain and amount.trend is None and _follows_name(tokens, before)


def _is_one_thing(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """A noun in the singular after digits is not counted by them: "the Artemis 3 mission"."""
    at = amount.phrase_last - 1
    return at == amount.last and tokens.keys[at] == amount.noun and not is_plural(tokens, words, at)


def _follows_name(tokens: Tokens, at: int) -> bool:
    """A capital in a sentence whose words begin small: in a headline in capitals every word looks like a name."""
    if tokens.kinds[at] != WORD or not tokens.capital(at) or tokens.flags[at] & (STOP | EVENT | PERSON):
        return False
    after = at + 2
    if tokens.keys[after] == "," and tokens.kinds[after + 1] == WORD and not tokens.capital(after + 1):
        after += 1  # "Apollo 13, which"
    if tokens.kinds[after] not in (WORD, PAD) and tokens.keys[after] not in (".", "("):
        return False  # "England 10-6 France", "Lyon 3, Paris 1", rows of a table
    first = tokens.first_tokens[tokens.sentence[at]]
    small = sum(
        tokens.kinds[step] == WORD and not tokens.capital(step) and not tokens.flags[step] & STOP
        for step in range(first, min(at + 12, len(tokens.keys)))
    )
    return small >= 2
