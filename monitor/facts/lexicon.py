"""The words of a language, read from lexicons/<lang>/*.toml, checked, and laid out for look-up by token.

A language is a folder of data. One that has none gets the digits, ISO dates, currency signs and percents that
need no words.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.facts.errors import LexiconError
from monitor.facts.lexicon_people import read_people
from monitor.facts.lexicon_units import compose
from monitor.facts.token_pattern import pattern

FOLDER = Path(__file__).parent / "lexicons"

CARDINAL, MULTIPLIER, GROUP, INDEFINITE, ORDINAL, FRACTION, MONTH, WEEKDAY = (1 << n for n in range(8))
GRAIN, SEASON, PART, ADVERB, REFERENCE, SETWORD, CLOCKWORD, HOLIDAY = (1 << n for n in range(8, 16))
CURRENCY, UNIT, PERSON, EVENT, STOP, HUNDRED, VAGUE, ARTICLE = (1 << n for n in range(16, 24))
NUMBERISH = CARDINAL | MULTIPLIER | GROUP | INDEFINITE | ORDINAL | FRACTION | HUNDRED
TIMEISH = MONTH | WEEKDAY | GRAIN | SEASON | PART | ADVERB | REFERENCE | SETWORD | CLOCKWORD | HOLIDAY

LANGUAGE = re.compile(r"[a-z]{2,8}")
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


class _Pages:
    """The TOML files of one language, with errors that name file and key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                self.pages[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise LexiconError(f"{path}: not readable as TOML: {error}") from error

    def get(self, page: str, key: str, kind: type, default: Any) -> Any:
        """The value under a dotted key, checked against a type; the default when page or key is missing."""
        value: Any = self.pages.get(page, {})
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        if not isinstance(value, kind):
            raise LexiconError(
                f"{self.folder / page}.toml: {key} must be a {kind.__name__}, not {type(value).__name__}"
            )
        return value

    def words(self, page: str, key: str) -> frozenset[str]:
        values = self.get(page, key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise LexiconError(f"{self.folder / page}.toml: {key} must hold strings only")
        return frozenset(values)

    def table(self, page: str, key: str, kind: type | tuple[type, ...]) -> dict[str, Any]:
        values: dict[str, Any] = self.get(page, key, dict, {})
        for name, value in values.items():
            if not isinstance(value, kind):
                raise LexiconError(f"{self.folder / page}.toml: {key}.{name} has a value of the wrong type: {value!r}")
        return dict(values)

    def inverted(self, page: str, key: str) -> dict[str, str]:
        """A table of meaning = [words] turned into word -> meaning; a word with two meanings is an error."""
        result: dict[str, str] = {}
        for meaning, values in self.table(page, key, list).items():
            for value in values:
                if result.setdefault(value, meaning) != meaning:
                    raise LexiconError(
                        f"{self.folder / page}.toml: {key}.{meaning}: {value!r} already means {result[value]!r}"
                    )
        return result


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


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language code ("en", "en-GB", "pt_BR"); an unknown code gives one without words.

    Raises LexiconError when a file of the lexicon is wrong.
    """
    code = re.split(r"[-_]", language.strip().lower() or "und", maxsplit=1)[0]
    folder = FOLDER / code if LANGUAGE.fullmatch(code) and (FOLDER / code).is_dir() else FOLDER / "und"
    return read_lexicon(folder, code)


def read_lexicon(folder: Path, code: str) -> Lexicon:
    """The lexicon in a folder of TOML files. Raises LexiconError, naming file and key, when one is wrong."""
    return _build(code, _Pages(folder))


@lru_cache(maxsize=1)
def _separators() -> dict[str, tuple[str, str]]:
    path = FOLDER / "separators.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for code, marks in table.items():
        if not (isinstance(marks, list) and len(marks) == 2 and all(isinstance(mark, str) for mark in marks)):
            raise LexiconError(f"{path}: {code} must be [decimal mark, group mark]")
    return {code: (marks[0], marks[1]) for code, marks in table.items()}


@lru_cache(maxsize=1)
def _currency_codes() -> frozenset[str]:
    page = tomllib.loads((FOLDER / "currencies.toml").read_text(encoding="utf-8"))
    return frozenset(page["codes"])


def _build(code: str, pages: _Pages) -> Lexicon:
    decimal, group = _separators().get(code, (".", ","))
    words = Lexicon(code, pattern(decimal, group), decimal, group)
    _numbers(words, pages)
    _calendar(words, pages)
    _quantities(words, pages)
    _context(words, pages)
    _flags(words)
    return words


def _numbers(words: Lexicon, pages: _Pages) -> None:
    words.cardinals = {**pages.table("cldr", "cardinals", int), **pages.table("numbers", "cardinals", int)}
    words.ordinals = {**pages.table("cldr", "ordinal_words", int), **pages.table("numbers", "ordinals", int)}
    words.multipliers = pages.table("numbers", "multipliers", int)
    words.suffixes = pages.table("numbers", "suffixes", int)
    words.groups = pages.table("numbers", "groups", int)
    words.multiples = {key: (one, many) for key, (one, many) in pages.table("numbers", "multiples", list).items()}
    words.indefinite = pages.table("numbers", "indefinite", int)
    words.vague = pages.table("numbers", "vague", int)
    words.fractions = pages.table("numbers", "fractions", float)
    words.hundred = pages.words("numbers", "hundred")
    words.number_and = pages.words("numbers", "and")
    words.articles = pages.words("numbers", "article")
    words.ordinal_suffixes = pages.words("numbers", "suffix.ordinal")


def _calendar(words: Lexicon, pages: _Pages) -> None:
    words.months = {**pages.table("cldr", "months", int), **pages.table("calendar", "months", int)}
    words.weekdays = {**pages.table("cldr", "weekdays", int), **pages.table("calendar", "weekdays", int)}
    words.ambiguous_months = pages.words("calendar", "ambiguous.months")
    words.ambiguous_weekdays = pages.words("calendar", "ambiguous.weekdays")
    words.grains = pages.inverted("calendar", "grains")
    words.seasons = pages.inverted("calendar", "seasons")
    words.parts = pages.inverted("calendar", "parts")
    words.adverbs = {key: (value[0], value[1]) for key, value in pages.table("calendar", "adverbs", list).items()}
    words.references = pages.inverted("calendar", "references")
    words.sets = pages.table("calendar", "sets", str)
    words.clock = pages.table("calendar", "clock", int)
    words.meridiem = pages.inverted("calendar", "meridiem")
    words.zones = pages.words("calendar", "zones.names")
    words.deixis = pages.table("calendar", "deixis", int)
    words.anchored = pages.words("calendar", "anchored.words")
    words.modifiers = pages.inverted("calendar", "modifiers")
    words.shifts = {key: (value[0], value[1]) for key, value in pages.table("calendar", "shifts", list).items()}
    words.roles = pages.table("calendar", "roles", str)
    for name in pages.get("calendar", "words", dict, {}):
        words.calendar[name] = pages.words("calendar", f"words.{name}")
    words.month_first = pages.get("calendar", "numeric.month_first", bool, False)
    words.period_codes = pages.inverted("calendar", "codes")
    words.named_days = pages.table("calendar", "named_days", int)
    words.eras = pages.table("calendar", "eras", bool)
    words.holidays = phrases(pages.table("calendar", "holidays", list).items())
    words.future = pages.words("calendar", "direction.future")
    words.past = pages.words("calendar", "direction.past")
    words.infinitives = pages.words("calendar", "direction.verbs")
    words.dies = pages.words("calendar", "ages.dies")
    words.old = pages.words("calendar", "ages.old")
    words.aged = pages.words("calendar", "ages.aged")


def _quantities(words: Lexicon, pages: _Pages) -> None:
    words.hedges_before = phrases(_pairs(pages.table("hedges", "before", list)), by_last=True)
    words.hedges_after = phrases(_pairs(pages.table("hedges", "after", list)))
    words.trends = pages.inverted("hedges", "trend")
    irregular = pages.table("people", "personnel", list)
    personnel = [*irregular, *pages.words("people", "regular.personnel")]
    people = read_people(
        {**pages.table("people", "people", list), **irregular},
        [*personnel[len(irregular) :], *pages.words("people", "regular.people")],
        pages.words("people", "regular.peoples"),
        pages.table("people", "plural_endings", str),
        pages.table("people", "kin", list),
    )
    words.personnel = frozenset(personnel)
    words.people = phrases(_pairs(people.forms))
    words.person_nouns = frozenset(people.forms)
    words.person_plurals = people.plurals
    words.kin = people.kin
    counted = {word: (value, "exact") for word, value in pages.table("people", "determiners", int).items()}
    vague = {word: (value, "indefinite") for word, value in pages.table("people", "open_determiners", int).items()}
    words.determiners = phrases({**counted, **vague}.items())
    events = list(_events(pages))
    words.events = phrases(events)
    words.events_by_last = phrases(events, by_last=True)
    currencies = {**pages.table("cldr", "currencies", str), **pages.table("money", "words", str)}
    words.currencies = phrases(currencies.items())
    words.weak_currencies = pages.words("money", "weak.words")
    words.currency_adjectives = {
        key: (value.partition("=")[0], value.partition("=")[2])
        for key, value in pages.table("money", "adjectives", str).items()
    }
    words.currency_signs = pages.table("money", "signs", str)
    words.currency_prefixes = pages.table("money", "prefixes", str)
    words.currencies_by_last = phrases(currencies.items(), by_last=True)
    words.code_words = pages.words("money", "weak.codes") & _currency_codes()
    words.currency_codes = _currency_codes() - words.code_words
    words.small_codes = pages.words("money", "weak.small")
    words.capital_prefixes = pages.words("money", "weak.capitals")
    words.weights = pages.words("money", "weak.weight")
    words.currency_letters = pages.table("money", "letters", str)
    words.cents = pages.table("money", "cents", str)
    names = pages.table("measures", "words", list)
    composed, signs = compose(
        names,
        pages.table("measures", "composed", dict),
        pages.table("measures", "prefixes", list),
        pages.table("measures", "powers", list),
    )
    units = [*_pairs(names), *composed]
    units += [(word, "%") for word in pages.words("measures", "percent")]
    units += [(word, "pp") for word in pages.words("measures", "percent_points")]
    units += [(word, "basis-point") for word in pages.words("measures", "basis_points")]
    words.units = phrases(units)
    words.unit_signs = {**signs, **pages.inverted("measures", "signs")}
    words.weak_units = {word: frozenset(rules) for word, rules in pages.table("measures", "weak", list).items()}
    for table in ("after", "sign_rules"):
        words.unit_rules.update((name, frozenset(rule)) for name, rule in pages.table("measures", table, list).items())
    words.smaller_units = {name: (unit, int(n)) for name, (unit, n) in pages.table("measures", "smaller", list).items()}
    words.per = pages.words("measures", "per")
    words.per_time = pages.inverted("measures", "per_time")


def _events(pages: _Pages) -> Iterable[tuple[str, Event]]:
    """One phrase may stand in several places ("killed" after and before a number): each becomes its own entry."""
    found: dict[str, list[Event]] = {}
    for predicate, event in pages.pages.get("events", {}).items():
        if not isinstance(event, dict) or not isinstance(event.get("kind"), str):
            raise LexiconError(f"{pages.folder / 'events'}.toml: {predicate}.kind is missing")
        nouns = pages.words("events", f"{predicate}.nouns")
        never = pages.words("events", f"{predicate}.never")
        for role in ("after", "before", "noun", "toll", "suffered"):
            for phrase in pages.words("events", f"{predicate}.{role}"):
                found.setdefault(phrase, []).append(Event(predicate, event["kind"], role, nouns, never))
    return found.items()  # type: ignore[return-value]


def _context(words: Lexicon, pages: _Pages) -> None:
    words.abbreviations = pages.words("text", "sentences.abbreviations")
    words.enders = pages.words("text", "sentences.enders")
    words.starters = pages.words("text", "sentences.starters")
    grammar = pages.get("text", "grammar", dict, {})
    words.grammar.update({key: frozenset(value) for key, value in grammar.items() if isinstance(value, list)})
    for name in pages.pages.get("lists", {}):
        words.lists[name] = pages.words("lists", name)
    words.plurals = pages.table("text", "grammar.plurals", str)
    words.name_words = pages.words("text", "names.before")
    words.nominals = pages.inverted("subjects", "nominals")
    words.nominal_of = pages.get("subjects", "of", str, "{nominal} {thing}")
    words.nominal_definite = pages.get("subjects", "definite", str, "")
    words.say = pages.words("attribution", "say")
    words.according = phrases((word, "according") for word in pages.words("attribution", "according"))
    words.certainty = phrases(_pairs(pages.table("attribution", "certainty", list)))
    words.furniture_lines = _line_pattern(pages)
    words.furniture_spans = [
        (tuple(span["needs"]), _compiled(pages, "spans", span["pattern"]))
        for span in pages.get("furniture", "spans", list, [])
    ]


def _line_pattern(pages: _Pages) -> re.Pattern[str] | None:
    options = pages.get("furniture", "lines", list, [])
    for option in options:
        _compiled(pages, "lines", option)
    return re.compile(rf"^[ \t]*+(?:{'|'.join(options)})", re.IGNORECASE | re.MULTILINE) if options else None


def _compiled(pages: _Pages, key: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise LexiconError(f"{pages.folder / 'furniture'}.toml: {key}: {pattern!r}: {error}") from error


def _pairs(table: Mapping[str, list[str]]) -> Iterable[tuple[str, str]]:
    return ((word, meaning) for meaning, values in table.items() for word in values)


def _flags(words: Lexicon) -> None:
    single = [word for word, options in words.currencies.items() if any(len(option[0]) == 1 for option in options)]
    tables: list[tuple[Iterable[str], int]] = [
        (words.cardinals, CARDINAL), (words.multipliers, MULTIPLIER), (words.groups, GROUP),
        (words.indefinite, INDEFINITE), (words.ordinals, ORDINAL), (words.fractions, FRACTION),
        (words.hundred, HUNDRED), (words.vague, VAGUE), (words.articles, ARTICLE),
        (words.months, MONTH), (words.weekdays, WEEKDAY),
        (words.grains, GRAIN), (words.seasons, SEASON), (words.parts, PART), (words.adverbs, ADVERB),
        (words.references, REFERENCE), (words.sets, SETWORD), (words.clock, CLOCKWORD), (words.holidays, HOLIDAY),
        (single, CURRENCY), (words.units, UNIT), (words.people, PERSON), (words.events, EVENT),
        (words.grammar.get("stop", ()), STOP),
    ]  # fmt: skip
    for table, flag in tables:
        for word in table:
            words.flags[word] = words.flags.get(word, 0) | flag
