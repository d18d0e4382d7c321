"""Ages: "aged 12", "a 12-year-old", "five weeks of age", "Israr Gandapur, 38,"."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount, start_amount
from monitor.facts.counts.words import is_people, is_plural
from monitor.facts.lexicon.model import CARDINAL, CURRENCY, EVENT, PERSON, STOP, UNIT, Lexicon
from monitor.facts.numbers.model import DASHES, Number
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

AGE_GRAINS = frozenset(["year", "month", "week", "day"])
LONGEST_LIST = 12
OLDEST, OLDEST_NAMED, OLDEST_CHILD = 125, 115, 20
YOUNGEST_GROUP = 5
"""From here on "over 12s" are an age group."""


def read_age(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "aged 12", "12-year-old", "five years old", "three years of age", "Mr Gandapur, 38,"."""
    at = number.last
    hyphen = tokens.keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1)
    grain = words.grains.get(tokens.keys[at + hyphen])
    if grain in AGE_GRAINS:
        return _years_old(tokens, words, number, at + hyphen, str(grain))
    whole = number.form == "cardinal" and not number.suffix and not isinstance(number.value, float)
    if not whole or not 0 < number.value < OLDEST or tokens.keys[at] in words.lists["percent_signs"]:
        return None
    return (
        _aged(tokens, words, number, floor)
        or _age_group(tokens, words, number)
        or _people_over(tokens, words, number, floor)
        or _or_older(tokens, words, number, floor)
        or _name_comma_age(tokens, words, number)
        or _of_several(tokens, words, number)
        or _girl_of(tokens, words, number)
    )


def _age(number: Number, first: int, last: int, rule: list[str], unit: str = "year") -> Amount:
    amount = start_amount("age", number)
    amount.unit, amount.rule, amount.phrase_first = unit, rule, first
    amount.last = amount.phrase_last = last
    return amount


def _years_old(tokens: Tokens, words: Lexicon, number: Number, at: int, grain: str) -> Amount | None:
    keys = tokens.keys
    after = at + 1
    if keys[after] in DASHES and tokens.glued(after):
        after += 1
    if keys[after] in words.old:
        return _age(number, number.first, after + 1, ["<number>", "years old"], grain)
    if " ".join(keys[after : after + 2]) in words.lists["years_of_age"]:
        return _age(number, number.first, after + 2, ["<number>", "years of age"], grain)
    return None


def _aged(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "aged 12", "died at 45", "at the age of 12", "aged between 12 and 15"."""
    keys, lists = tokens.keys, words.lists
    before = number.first - 1
    dies = keys[before] in lists["died_at"] and (
        keys[before - 1] in words.dies or " ".join(keys[max(0, before - 2) : before]) in lists["died_in_two_words"]
    )
    joined = tokens.glued(number.last + 1) and keys[number.last] in (":", "-")  # "died at 4:30"
    if dies and keys[before - 2] not in lists["no_age_before"] and not joined:
        return _age(number, before - 1, number.last, ["aged", "<number>"])
    if before < floor:
        return None
    when = keys[before] in lists["was_age"] and keys[number.last] in lists["age_when"]  # "was 16 when"
    ends = tokens.kinds[number.last] != WORD or bool(tokens.flags[number.last] & STOP)
    someone = keys[before] in lists["was_age"] and keys[before - 1] in lists["age_subjects"]
    joined = tokens.glued(number.last) and keys[number.last] in ("-", "/", ":")
    closes = tokens.kinds[number.last] != WORD and not joined  # "since she was 18."
    said = when or (ends and keys[before] in lists["turning"]) or (someone and closes and number.value > YOUNGEST_GROUP)
    if number.value <= OLDEST_NAMED and said:
        return _age(number, before, number.last, ["<turned>", "<number>"])
    if keys[before] in words.aged:
        return _age(number, before, number.last, ["aged", "<number>"])
    if before > floor and " ".join(keys[before - 1 : before + 1]) in words.lists["age_of"]:
        return _age(number, before - 1, number.last, ["aged", "<number>"])
    listed = (ends or before - 1 > floor) and _is_listed(tokens, words, before)
    return _age(number, number.first, number.last, ["aged", "<number>"]) if listed else None


def _is_listed(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Does an "aged" stand before the ages that a token links: "aged three, four and six", "aged between 12 and 15"?"""
    keys, links = tokens.keys, words.lists["age_links"]
    if keys[at] not in links:
        return False
    for step in range(at, max(-1, at - LONGEST_LIST), -1):
        if keys[step] in words.lists["ages_between"]:
            return True
        if keys[step] not in links and tokens.kinds[step] != NUMBER and not tokens.flags[step] & CARDINAL:
            return False
    return False


def _age_group(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    """ "over 65s", "the under-12s", "in his 60s"."""
    keys, lists = tokens.keys, words.lists
    at = number.last
    if not number.digits or at != number.first + 1 or keys[at] != "s" or not tokens.glued(at):
        return None
    before = number.first - 1
    if keys[before] == "-":
        before -= 1
    if keys[before] in lists["parts_of_decade"]:  # "in his mid-20s"
        before -= 1
    over = keys[before] in lists["age_over"]
    if (over or keys[before] in lists["age_under"]) and number.value >= YOUNGEST_GROUP:
        amount = _age(number, before, at + 1, ["under/over", "<number>s"])
        amount.hedge = "more_than" if over else "less_than"
        return amount
    if keys[before] in lists["age_possessives"] and number.value % 10 == 0 and number.value >= 20:
        amount = _age(number, number.first, at + 1, ["in their", "<number>s"])
        amount.upper = amount.value + 9
        return amount
    return None


def _people_over(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "people over 65", "children under five", "those under 18 and over 65"; not "men over 12 hours"."""
    keys, lists = tokens.keys, words.lists
    hedge = number.first - 1
    over = keys[hedge] in lists["age_over"]
    if hedge - 1 < floor or not (over or keys[hedge] in lists["age_under"]):
        return None
    people = tokens.flags[hedge - 1] & PERSON or keys[hedge - 1] in lists["people_of_age"]
    at = number.last
    ends = tokens.kinds[at] == PAD or tokens.flags[at] & STOP or keys[at] in (",", ".", ")", ";", ":")
    if not people or not (ends or keys[at].endswith("ed")):
        return None
    return _age(number, number.first, at, ["<people> under/over", "<number>"])


def _or_older(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "anyone 12 or older", "people 45 and over"; not "scores of 45 and over"."""
    keys, lists = tokens.keys, words.lists
    before, than = number.first - 1, keys[number.last + 1]
    if keys[number.last] not in lists["age_links"] or before < floor:
        return None
    people = tokens.flags[before] & PERSON or keys[before] in lists["people_of_age"]
    if than in lists["older"] or (people and (than in lists["age_over"] or than in lists["age_under"])):
        return _age(number, number.first, number.last, ["<number>", "or older"])
    return None


def _name_comma_age(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    """ "Israr Gandapur, 38, was": a capitalised name, a comma, an age, a comma or the end; "Ann Lee, six"."""
    keys = tokens.keys
    at, name = number.last, number.first - 2
    if at == number.first + 1 and keys[number.first - 1] in words.lists["also"] and keys[name] == keys[at] == ",":
        return _age(number, number.first, at, ["also", "<age>,"])  # "her friend Ann, also 19, said"
    if at != number.first + 1 or keys[number.first - 1] != "," or name < 0:
        return None
    ends = tokens.kinds[at] != WORD or bool(tokens.flags[at] & (EVENT | STOP))
    person = keys[name] in words.lists["aged_nouns"] or (keys[at] == "," and is_somebody(tokens, words, name))
    if number.digits and ends and person:
        return _age(number, name, at, ["<person>,", "<age>"])
    joined = keys[at] in words.number_and
    dashed = keys[at] in DASHES and not tokens.glued(at)  # "Ann Lee, 42 – a lawyer – was shot"
    if not joined and not dashed and keys[at] not in (",", ".", ";", ")", ""):
        return None
    if not _is_name(tokens, words, name):
        return None
    two_names = _is_name(tokens, words, name - 1)
    if number.digits:
        fits = number.value <= OLDEST_NAMED and (two_names or dashed or keys[at] == ",")
    else:
        told = keys[at] == "," and keys[at + 1] in words.lists["singular_verbs"]  # "Ann, five, was found"
        fits = number.value < OLDEST_CHILD and (two_names or told)
    if not fits or ((joined or keys[at] == ",") and (keys[at + 1].isdigit() or keys[at + 1] in words.months)):
        return None
    return _age(number, name - 1 if two_names else name, at, ["<name>,", "<age>,"])


def _of_several(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    """ "two men, 34 and 41, were arrested", "his sons, three, five and seven": the ages of people in a list."""
    keys = tokens.keys
    first, last = number.first, number.last
    while number.last - first < LONGEST_LIST and (before := _past_link(tokens, words, first - 1, -1)) is not None:
        first = before
    while last - number.first < LONGEST_LIST and (after := _past_link(tokens, words, last, 1)) is not None:
        last = after + 1
    several = last - first > 1 and any(keys[at] in words.number_and for at in range(first, last))
    closed = keys[last] == "," or tokens.kinds[last] == PAD or keys[last] in (".", ";", ")")
    if not several or not closed or keys[first - 1] != "," or keys[number.last] == "-":
        return None
    if not is_people(tokens, words, first - 2) or not is_plural(tokens, words, first - 2):
        return None
    return _age(number, number.first, number.last, ["<people>,", "<ages>"])


def _past_link(tokens: Tokens, words: Lexicon, at: int, step: int) -> int | None:
    """The age behind the ",", "and" or ", and" at token `at`; `step` is 1 to the right and -1 to the left."""
    linked = 0
    while linked < 2 and (tokens.keys[at] == "," or tokens.keys[at] in words.number_and):
        at += step
        linked += 1
    digits = tokens.kinds[at] == NUMBER and tokens.keys[at].isdecimal() and len(tokens.keys[at]) < 3
    return at if linked and (digits or tokens.flags[at] & CARDINAL) else None


def _girl_of(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    """ "a girl of 12 was killed"; not "a man of 12 films"."""
    at, noun = number.last, number.first - 2
    one = tokens.keys[noun] in words.lists["aged_people"] and tokens.keys[number.first - 1] in words.grammar["of"]
    counts = tokens.kinds[at] == WORD and not tokens.flags[at] & (STOP | EVENT)
    counts = counts or tokens.keys[at] in words.grammar["of"]  # "the daughter of one of the victims"
    return _age(number, noun, at, ["<person> of", "<number>"]) if one and not counts else None


def is_somebody(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """One person, by a common noun: "the former striker, 42, said"."""
    common = tokens.kinds[at] == WORD and not tokens.capital(at)
    return common and is_people(tokens, words, at) and not is_plural(tokens, words, at)


def _is_name(tokens: Tokens, words: Lexicon, at: int) -> bool:
    if tokens.kinds[at] != WORD or not tokens.capital(at) or tokens.flags[at] & (UNIT | CURRENCY):
        return False
    return tokens.keys[at] not in words.months and tokens.keys[at] not in words.weekdays
