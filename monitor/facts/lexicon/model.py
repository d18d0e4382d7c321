"""What is known of a language, laid out for look-up by token; and how its phrases are matched."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

CARDINAL, MULTIPLIER, GROUP, INDEFINITE, ORDINAL, FRACTION, MONTH, WEEKDAY = (1 << n for n in range(8))
GRAIN, SEASON, PART, ADVERB, REFERENCE, SETWORD, CLOCKWORD, HOLIDAY = (1 << n for n in range(8, 16))
CURRENCY, UNIT, PERSON, EVENT, STOP, HUNDRED, VAGUE, ARTICLE = (1 << n for n in range(16, 24))
NUMBERISH = CARDINAL | MULTIPLIER | GROUP | INDEFINITE | ORDINAL | FRACTION | HUNDRED
TIMEISH = MONTH | WEEKDAY | GRAIN | SEASON | PART | ADVERB | REFERENCE | SETWORD | CLOCKWORD | HOLIDAY

WORD_PIECES = re.compile(r"\d+|[^\W\d_](?:\.[^\W\d_])+\.?|[^\W\d_]+n['’]t|(?<=\w)['’]s(?!\w)|[^\W\d_]+|\S")

Phrases = dict[str, list[tuple[tuple[str, ...], Any]]]
"""First word -> (all words, value), the longest first."""


@dataclass(slots=True)
class Event:
    """Something that can happen to what is counted; `role` says where its words stand."""

    predicate: str
    kind: str
    role: str
    nouns: frozenset[str] = frozenset()
    """Things that it can happen to besides people; empty: to anything."""
    never: frozenset[str] = frozenset()
    """Things that it cannot happen to, when `nouns` is empty."""


@dataclass(slots=True)
class Lexicon:
    language: str
    token_pattern: re.Pattern[str]
    decimal: str = "."
    group: str = ","
    flags: dict[str, int] = field(default_factory=dict)
    # numbers
    cardinals: dict[str, int] = field(default_factory=dict)
    ordinals: dict[str, int] = field(default_factory=dict)
    multipliers: dict[str, int] = field(default_factory=dict)
    suffixes: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    indefinite: dict[str, int] = field(default_factory=dict)
    vague: dict[str, int] = field(default_factory=dict)
    fractions: dict[str, float] = field(default_factory=dict)
    hundred: frozenset[str] = frozenset()
    number_and: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    ordinal_suffixes: frozenset[str] = frozenset()
    # calendar
    months: dict[str, int] = field(default_factory=dict)
    weekdays: dict[str, int] = field(default_factory=dict)
    ambiguous_months: frozenset[str] = frozenset()
    ambiguous_weekdays: frozenset[str] = frozenset()
    grains: dict[str, str] = field(default_factory=dict)
    seasons: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    adverbs: dict[str, tuple[int, str]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    clock: dict[str, int] = field(default_factory=dict)
    meridiem: dict[str, str] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    deixis: dict[str, int] = field(default_factory=dict)
    anchored: frozenset[str] = frozenset()
    modifiers: dict[str, str] = field(default_factory=dict)
    shifts: dict[str, tuple[int, str]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    calendar: dict[str, frozenset[str]] = field(default_factory=lambda: defaultdict(frozenset))
    """Closed classes of the grammar of times, by name; one that a language lacks is empty."""
    period_codes: dict[str, str] = field(default_factory=dict)
    """Q, H, FY -> grain."""
    named_days: dict[str, int] = field(default_factory=dict)
    """Month-day -> the year of the event that is called by it."""
    month_first: bool = False
    """ "10/12" is the twelfth of October."""
    eras: dict[str, bool] = field(default_factory=dict)
    """After a year; true when it counts backwards."""
    holidays: Phrases = field(default_factory=dict)
    future: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    infinitives: frozenset[str] = frozenset()
    old: frozenset[str] = frozenset()
    dies: frozenset[str] = frozenset()
    aged: frozenset[str] = frozenset()
    # quantities
    hedges_before: Phrases = field(default_factory=dict)
    """Keyed by the LAST word, since they are read leftwards from the number."""
    hedges_after: Phrases = field(default_factory=dict)
    trends: dict[str, str] = field(default_factory=dict)
    people: Phrases = field(default_factory=dict)
    personnel: frozenset[str] = frozenset()
    person_nouns: frozenset[str] = frozenset()
    person_plurals: dict[str, str] = field(default_factory=dict)
    kin: dict[str, str] = field(default_factory=dict)
    """Noun for people -> the noun by which facts of different papers know them."""
    determiners: Phrases = field(default_factory=dict)
    """What tells of people without a number -> how many."""
    events: Phrases = field(default_factory=dict)
    events_by_last: Phrases = field(default_factory=dict)
    currencies: Phrases = field(default_factory=dict)
    weak_currencies: frozenset[str] = frozenset()
    currency_adjectives: dict[str, tuple[str, str]] = field(default_factory=dict)
    currency_signs: dict[str, str] = field(default_factory=dict)
    currency_prefixes: dict[str, str] = field(default_factory=dict)
    currency_codes: frozenset[str] = frozenset()
    """ISO 4217 codes that are no words of the language."""
    code_words: frozenset[str] = frozenset()
    """ISO 4217 codes that are words, or names, as well."""
    small_codes: frozenset[str] = frozenset()
    """ISO 4217 codes that are written in small letters as well."""
    capital_prefixes: frozenset[str] = frozenset()
    multiples: dict[str, tuple[str, str]] = field(default_factory=dict)
    """A letter right after digits that says how many times -> the noun, its plural."""
    weights: frozenset[str] = frozenset()
    """After pounds that are a weight."""
    currency_letters: dict[str, str] = field(default_factory=dict)
    """One letter before a great sum -> ISO 4217 code."""
    currencies_by_last: Phrases = field(default_factory=dict)
    cents: dict[str, str] = field(default_factory=dict)
    units: Phrases = field(default_factory=dict)
    unit_signs: dict[str, str] = field(default_factory=dict)
    weak_units: dict[str, frozenset[str]] = field(default_factory=dict)
    """Words that are a unit only under one of these conditions."""
    unit_rules: dict[str, frozenset[str]] = field(default_factory=lambda: defaultdict(frozenset))
    """What may stand after a unit, which signs need their digits right before them."""
    smaller_units: dict[str, tuple[str, int]] = field(default_factory=dict)
    per: frozenset[str] = frozenset()
    per_time: dict[str, str] = field(default_factory=dict)
    # sentences and context
    abbreviations: frozenset[str] = frozenset()
    enders: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    grammar: dict[str, frozenset[str]] = field(default_factory=lambda: defaultdict(frozenset))
    plurals: dict[str, str] = field(default_factory=dict)
    lists: dict[str, frozenset[str]] = field(default_factory=lambda: defaultdict(frozenset))
    """Closed classes by name; one that a language lacks is empty."""
    name_words: frozenset[str] = frozenset()
    acronyms: dict[str, str] = field(default_factory=dict)
    """As written -> what it is looked up by."""
    nominals: dict[str, str] = field(default_factory=dict)
    """Form of a verb -> the noun for it, "" where the thing itself says what happens."""
    nominal_of: str = ""
    """How the noun and the thing are said together."""
    nominal_definite: str = ""
    """The article of a thing that is known."""
    say: frozenset[str] = frozenset()
    according: Phrases = field(default_factory=dict)
    certainty: Phrases = field(default_factory=dict)
    furniture_lines: re.Pattern[str] | None = None
    furniture_spans: list[tuple[tuple[str, ...], re.Pattern[str]]] = field(default_factory=list)
    """(words of which one must occur, pattern)"""


def pieces(phrase: str) -> tuple[str, ...]:
    """A phrase of the lexicon as the tokens that a text would give."""
    return tuple(WORD_PIECES.findall(phrase.lower()))


def phrases(pairs: Iterable[tuple[str, Any]], *, by_last: bool = False) -> Phrases:
    table: Phrases = {}
    for phrase, value in pairs:
        words = pieces(phrase)
        table.setdefault(words[-1 if by_last else 0], []).append((words, value))
    for options in table.values():
        options.sort(key=lambda option: -len(option[0]))
    return table


def match_phrase(table: Phrases, keys: list[str], index: int) -> tuple[int, Any] | None:
    """The longest phrase that starts at token `index`: (index after it, value)."""
    for words, value in table.get(keys[index], ()):
        last = index + len(words)
        if len(words) == 1 or keys[index:last] == list(words):
            return last, value
    return None


def match_phrase_before(table: Phrases, keys: list[str], index: int) -> tuple[int, Any] | None:
    """The longest phrase that ends before token `index`: (its first index, value)."""
    if index <= 0:
        return None
    for words, value in table.get(keys[index - 1], ()):
        first = index - len(words)
        if first >= 0 and (len(words) == 1 or keys[first:index] == list(words)):
            return first, value
    return None
