"""The words of a language, read from lexicons/<lang>/*.toml, checked, and laid out for look-up by token.

A language is a folder of data. One that has none gets the digits, ISO dates, currency signs and percents that
need no words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from monitor.facts.errors import LexiconError
from monitor.facts.lexicon.model import (
    ADVERB,
    ARTICLE,
    CARDINAL,
    CLOCKWORD,
    CURRENCY,
    EVENT,
    FRACTION,
    GRAIN,
    GROUP,
    HOLIDAY,
    HUNDRED,
    INDEFINITE,
    MONTH,
    MULTIPLIER,
    ORDINAL,
    PART,
    PERSON,
    REFERENCE,
    SEASON,
    SETWORD,
    STOP,
    UNIT,
    VAGUE,
    WEEKDAY,
    Event,
    Lexicon,
    phrases,
)
from monitor.facts.lexicon.pages import Pages
from monitor.facts.lexicon.people import read_people
from monitor.facts.lexicon.units import compose
from monitor.facts.text.token_pattern import pattern

FOLDER = Path(__file__).parent.parent / "lexicons"
LANGUAGE = re.compile(r"[a-z]{2,8}")


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
    return _build(code, Pages(folder))


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


def _build(code: str, pages: Pages) -> Lexicon:
    decimal, group = _separators().get(code, (".", ","))
    words = Lexicon(code, pattern(decimal, group), decimal, group)
    _numbers(words, pages)
    _calendar(words, pages)
    _quantities(words, pages)
    _context(words, pages)
    _flags(words)
    return words


def _numbers(words: Lexicon, pages: Pages) -> None:
    words.cardinals = {**pages.table("cldr", "cardinals", int), **pages.table("numbers", "cardinals", int)}
    words.ordinals = {**pages.table("cldr", "ordinal_words", int), **pages.table("numbers", "ordinals", int)}
    words.multipliers = pages.table("numbers", "multipliers", int)
    words.multipliers |= dict.fromkeys(pages.words("numbers", f"thousand.{words.language}"), 1000)
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


def _calendar(words: Lexicon, pages: Pages) -> None:
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


def _quantities(words: Lexicon, pages: Pages) -> None:
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
    words.currency_signs = {**Pages(FOLDER / "und").table("money", "signs", str), **pages.table("money", "signs", str)}
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


def _events(pages: Pages) -> Iterable[tuple[str, Event]]:
    """One phrase may stand in several places ("killed" after and before a number): each becomes its own entry."""
    found: dict[str, list[Event]] = {}
    for predicate, event in pages.pages.get("events", {}).items():
        if not isinstance(event, dict) or not isinstance(event.get("kind"), str):
            raise LexiconError(f"{pages.folder / 'events'}.toml: {predicate}.kind is missing")
        nouns = pages.words("events", f"{predicate}.nouns")
        never = pages.words("events", f"{predicate}.never")
        for role in ("after", "before", "lost", "noun", "toll", "suffered"):
            for phrase in pages.words("events", f"{predicate}.{role}"):
                found.setdefault(phrase, []).append(Event(predicate, event["kind"], role, nouns, never))
    return found.items()  # type: ignore[return-value]


def _context(words: Lexicon, pages: Pages) -> None:
    words.abbreviations = pages.words("text", "sentences.abbreviations")
    words.enders = pages.words("text", "sentences.enders")
    words.starters = pages.words("text", "sentences.starters")
    grammar = pages.get("text", "grammar", dict, {})
    words.grammar.update({key: frozenset(value) for key, value in grammar.items() if isinstance(value, list)})
    for name in pages.pages.get("lists", {}):
        words.lists[name] = pages.words("lists", name)
    words.plurals = pages.table("text", "grammar.plurals", str)
    words.acronyms = pages.table("text", "names.acronyms", str)
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


def _line_pattern(pages: Pages) -> re.Pattern[str] | None:
    options = pages.get("furniture", "lines", list, [])
    for option in options:
        _compiled(pages, "lines", option)
    return re.compile(rf"^[ \t]*+(?:{'|'.join(options)})", re.IGNORECASE | re.MULTILINE) if options else None


def _compiled(pages: Pages, key: str, pattern: str) -> re.Pattern[str]:
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
