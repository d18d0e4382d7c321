"""Heads that are a year or a decade: "2023", "fiscal 2023", "1939-45", "the mid-1980s", "241 BC"."""

from __future__ import annotations

from monitor.facts.lexicon.model import CURRENCY, GRAIN, PERSON, STOP, TIMEISH, UNIT, Lexicon
from monitor.facts.numbers.model import DASHES, Number, Numbers
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.left import is_plural, take, take_modifier
from monitor.facts.times.model import Expression

LONGEST_RANGE = 150
"""Years from one end of a range to the other: "1861-1865"."""


def year_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    number = numbers.starting.get(index)
    if number is None or not (number.digits or number.plain_year):
        return []
    decade = _decade(tokens, words, number, index, floor)
    if decade is not None:
        return [decade]
    if not number.plain_year:
        return _era_year(tokens, words, numbers, index, floor)
    e = Expression(index, number.last, "DATE", "year", "<year>", year=int(number.value))
    if not number.digits:
        e.rule = "<year in words>"
        _take_year_word(tokens, words, e, floor)
        return [e]
    suffix = tokens.glued(index + 1) and tokens.kinds[index + 1] == WORD
    if suffix and tokens.keys[index + 1] not in words.calendar["possessive"]:
        return []
    if not _is_year(tokens, words, number, index):
        return []
    _take_year_word(tokens, words, e, floor)
    take_modifier(tokens, words, e, floor, the=True)
    return [e, *_year_range(tokens, numbers, index, e)]


def _take_year_word(tokens: Tokens, words: Lexicon, e: Expression, floor: int) -> None:
    """ "fiscal 2023", "the year 1989", "fiscal year 2023"."""
    year = take(tokens, words, e, floor, "year")
    e.fiscal = take(tokens, words, e, floor, "fiscal")
    if year:
        take(tokens, words, e, floor, "the")


def _is_year(tokens: Tokens, words: Lexicon, number: Number, index: int) -> bool:
    """Four digits that name a year and count nothing."""
    keys, small = tokens.keys, words.calendar
    before, after = keys[index - 1], keys[index + 1]
    if before in words.lists["year_not_after"] or before in words.currency_signs or before in words.currency_prefixes:
        return False
    if before in small["numbered"] or (before in small["of"] and keys[index - 2] in small["amounts"]):
        return False
    following = tokens.flags[index + 1]
    if following & (UNIT | CURRENCY) or after in small["after_amount"]:
        return False
    if after in words.zones and number.value <= 2400:
        return False
    if _ends_range(tokens, words, index):
        return True
    if (following & PERSON and before not in small["before_year_of_people"]) or (
        following & GRAIN and is_plural(words, after)
    ):
        return False
    if _is_in_code(tokens, index):
        return False
    if ends_name(tokens, words, index):
        return False
    if not 1900 <= number.value <= 2099:
        return _is_far_year(tokens, words, index)
    plural = tokens.kinds[index + 1] == WORD and is_plural(words, after) and len(after) > 3
    if plural and not tokens.capital(index + 1) and not following & STOP:
        return before in words.lists["noun_takes_year_after"]
    return True


def _ends_range(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "from 2019 to 2023", "between 2019 and 2023": a year, whatever follows."""
    keys, small = tokens.keys, words.calendar
    ranged = keys[index - 3] in small["opens_years"] and keys[index - 1] in small["joins_years"]
    return ranged and is_year(keys[index - 2]) and 0 < int(keys[index]) - int(keys[index - 2]) <= LONGEST_RANGE


def _is_in_code(tokens: Tokens, index: int) -> bool:
    """ "CVE-2016-2086", "50-2010", "029 2034 8755"; but "mid-2016", "1939-1945"."""
    keys, kinds = tokens.keys, tokens.kinds
    if keys[index - 1] not in DASHES or not tokens.glued(index):
        return kinds[index - 1] == NUMBER == kinds[index + 1]
    if kinds[index - 2] == NUMBER:
        return not is_year(keys[index - 2]) or (keys[index - 3] in DASHES and tokens.glued(index - 2))
    coded = tokens.glued(index - 1) and kinds[index - 2] == WORD and tokens.capital(index - 2)
    return coded and tokens.raw(index - 2).isupper()


def ends_name(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "Euro 2020", "Vision 2030": the year is part of a name; but "Spring 1943", "Theater 1861-1863"."""
    before = index - 1
    if tokens.kinds[before] != WORD or not tokens.capital(before) or tokens.flags[before] & (STOP | TIMEISH):
        return False
    key = tokens.keys[before]
    dated = key in words.roles or key in words.modifiers or key in words.lists["year_prepositions"]
    ranged = tokens.keys[index + 1] in DASHES and tokens.glued(index + 1) and is_year(tokens.keys[index + 2])
    return not (dated or ranged or key in words.calendar["year"] or key in words.calendar["fiscal"])


def _is_far_year(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """A year long ago or to come is as likely a count: it needs a preposition, and nothing counted after it."""
    keys, small = tokens.keys, words.calendar
    before = keys[index - 1]
    if keys[index + 1] in DASHES and tokens.glued(index + 1) and is_year(keys[index + 2]):
        return 0 < int(keys[index + 2]) - int(keys[index]) <= LONGEST_RANGE and not any(
            _counted_ahead(tokens, words, index + 3)
        )
    people, things = _counted_ahead(tokens, words, index + 1)
    if (people and before not in small["dates_people"]) or (
        things and before not in words.lists["noun_takes_year_after"]
    ):
        return False
    if before in words.lists["year_prepositions"] and before not in small["before_counts"]:
        return True
    return before in small["and"] and is_year(keys[index - 2])


def _counted_ahead(tokens: Tokens, words: Lexicon, at: int) -> tuple[bool, bool]:
    """Do people, or things in the plural, follow within three words: "1000 Wagner fighters", "1100 eligible staff"?"""
    for step in range(at, at + 3):
        key = tokens.keys[step]
        if tokens.kinds[step] != WORD or tokens.flags[step] & STOP or key in words.past:
            break
        if tokens.flags[step] & PERSON:
            return True, True
        if (
            len(key) > 3
            and is_plural(words, key)
            and key[-2:] not in words.calendar["singular_endings"]
            and not tokens.capital(step)
        ):
            return False, True
    return False, False


def is_year(key: str) -> bool:
    return len(key) == 4 and key.isdigit() and 1000 <= int(key) <= 2199


def _decade(tokens: Tokens, words: Lexicon, number: Number, index: int, floor: int) -> Expression | None:
    """ "the 1990s", "the '90s", "the mid-1980s"; "the 1900s" are a century."""
    keys, small = tokens.keys, words.calendar
    last = number.last
    if not (tokens.glued(last) and keys[last] in small["plural_s"] and number.digits):
        return None
    if keys[last] in small["possessive"] and not number.plain_year:
        return None
    value = int(number.value)
    quoted = keys[index - 1] in small["apostrophe"] and tokens.glued(index)
    era = era_at(tokens, words, last + 1)
    if (number.plain_year or era) and value % 10 == 0:
        decade = value // 10
    elif (
        len(keys[index]) == 2 and value % 10 == 0 and (quoted or (keys[index - 1] in small["decades"] and value >= 20))
    ):
        decade = (1900 + value if value >= 20 else 2000 + value) // 10
    else:
        return None
    e = Expression(index - 1 if quoted else index, last + 1, "DATE", "decade", "<decade>", decade=decade)
    if era:
        e.last, e.era = last + 2, "BC" if era == "BC" else ""
    if number.plain_year and value % 100 == 0 and value < 2000 and keys[e.first - 1] not in small["early"]:
        e.grain, e.decade, e.century = "century", None, value // 100
    take_modifier(tokens, words, e, floor, the=True)
    take(tokens, words, e, floor, "the")
    return e


def _year_range(tokens: Tokens, numbers: Numbers, index: int, e: Expression) -> list[Expression]:
    """ "1939-45", "2021/22", "1980-1988": the second year is an expression of its own."""
    link = index + 1
    if tokens.keys[link] not in DASHES or not tokens.glued(link) or e.year is None:
        return []
    number = numbers.starting.get(link + 1)
    if number is None or not number.digits:
        return []
    second = tokens.keys[link + 1]
    if number.plain_year and number.value > e.year:
        year = int(number.value)
    elif len(second) == 2 and second.isdigit() and tokens.glued(link + 1) and int(second) > e.year % 100:
        year = e.year // 100 * 100 + int(second)
    else:
        return []
    e.role = "from-to"
    return [Expression(link + 1, link + 2, "DATE", "year", "<year>-<year>", year=year, role="from-to")]


def era_at(tokens: Tokens, words: Lexicon, at: int) -> str:
    """ "BC" or "AD" where such letters stand, else nothing."""
    if tokens.keys[at] not in words.eras or not tokens.raw(at).isupper():
        return ""
    return "BC" if words.eras[tokens.keys[at]] else "AD"


def _era_year(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "241 BC", "476 AD", "490-480 BC"."""
    number = numbers.starting[index]
    if number.last != index + 1 or not number.digits or not 0 < int(number.value) < 4000:
        return []
    keys = tokens.keys
    era = era_at(tokens, words, index + 1)
    if era:
        return [_of_era(tokens, words, index, index + 2, int(number.value), era, floor)]
    other = numbers.starting.get(index + 2)
    if other is None or (keys[index + 1] not in DASHES and keys[index + 1] not in words.calendar["up_to"]):
        return []
    era = era_at(tokens, words, other.last)
    if not era or other.last != index + 3:
        return []
    first = _of_era(tokens, words, index, index + 1, int(number.value), era, floor)
    second = _of_era(tokens, words, index + 2, index + 4, int(other.value), era, index + 2)
    first.role = second.role = "from-to"
    return [first, second]


def _of_era(tokens: Tokens, words: Lexicon, first: int, last: int, year: int, era: str, floor: int) -> Expression:
    e = Expression(first, last, "DATE", "year", f"<year> {era}", year=year, era="BC" if era == "BC" else "")
    take_modifier(tokens, words, e, floor, the=True)
    return e
