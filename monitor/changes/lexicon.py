"""The words that pairing and notices need, read from `lexicons/<lang>/*.toml` and checked when they are loaded."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from monitor.facts.lexicon.read import lexicon

_KINDS = ("correction", "clarification", "update")
_SETS = (
    "weak", "articles", "years", "starting", "ending", "differences", "levels", "former", "beside_figures",
    "formerly", "reporting", "beside_places", "other_events", "one_more", "unnamed", "general",
    "joints",
)  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,8}")
_FOLDER = files("monitor.changes") / "lexicons"


@dataclass(frozen=True, slots=True)
class ContextWords:
    """What a language's `context.toml` says of words; what each list is for stands there."""

    endings: tuple[str, ...] = ()
    weak: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    starting: frozenset[str] = frozenset()
    ending: frozenset[str] = frozenset()
    differences: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    beside_figures: frozenset[str] = frozenset()
    formerly: frozenset[str] = frozenset()
    reporting: frozenset[str] = frozenset()
    beside_places: frozenset[str] = frozenset()
    other_events: frozenset[str] = frozenset()
    one_more: frozenset[str] = frozenset()
    named_times: frozenset[str] = frozenset()
    """Months and days of the week."""
    unnamed: frozenset[str] = frozenset()
    general: frozenset[str] = frozenset()
    joints: frozenset[str] = frozenset()
    contrary: frozenset[tuple[str, str]] = frozenset()
    near: frozenset[tuple[str, str]] = frozenset()
    happened: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By what can happen to people ("killed"), the words by which a sentence may tell of it."""


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What a language's `notices.toml` says, compiled: openings by kind, and what decides on neutral ones."""

    openings: Mapping[str, re.Pattern[str]]
    headings: Mapping[str, re.Pattern[str]]
    neutral: re.Pattern[str] | None
    says: Mapping[str, re.Pattern[str]]


@cache
def context_words(lang: str, folder: Traversable = _FOLDER) -> ContextWords:
    """The context words of a language, of its base language, or none for a language that is not known."""
    table = _table(folder, lang, "context.toml")
    endings = tuple(sorted(_strings(table, "endings", lang, "context.toml"), key=len, reverse=True))
    known = {name: frozenset(_strings(table, name, lang, "context.toml")) for name in _SETS}
    return ContextWords(
        endings=endings,
        contrary=_both_orders(table, "contrary", lang),
        near=_both_orders(table, "near", lang),
        happened=_happened(lang, table),
        named_times=frozenset(lexicon(lang).months) | frozenset(lexicon(lang).weekdays),
        **known,
    )


@cache
def notice_words(lang: str, folder: Traversable = _FOLDER) -> tuple[NoticeWords, ...]:
    """The notice words of a language, then those of English, in which sites of other languages write theirs too."""
    tables = ((name, _table(folder, name, "notices.toml")) for name in dict.fromkeys((_base(lang), "en")))
    return tuple(_notice_words(name, table) for name, table in tables if table)


def _happened(lang: str, table: dict[str, Any]) -> Mapping[str, frozenset[str]]:
    """The table `happened`, and of the words by which facts are found those that say it alone."""
    more = table.get("happened", {})
    found = defaultdict(set, {name: set(_strings(more, name, lang, "context.toml")) for name in more})
    for word, phrases in lexicon(lang).events.items():
        for phrase, events in phrases:
            for event in events if len(phrase) == 1 else ():
                found[event.predicate or ""].add(word)
    return {predicate: frozenset(said) for predicate, said in found.items()}


def _both_orders(table: dict[str, Any], name: str, lang: str) -> frozenset[tuple[str, str]]:
    """Both orders of every two words that a table of lists (word = those that it goes with) names."""
    groups = table.get(name, {})
    if not isinstance(groups, dict):
        raise ValueError(f"lexicons/{lang}/context.toml: {name} must be a table of lists of words")
    pairs = {(word, other) for word in groups for other in _strings(groups, word, lang, "context.toml")}
    return frozenset(pairs | {(other, word) for word, other in pairs})


def _notice_words(lang: str, table: dict[str, Any]) -> NoticeWords:
    parts, notices = table.get("parts", {}), table.get("notices", {})

    def compiled(key: str) -> re.Pattern[str] | None:
        patterns = [_written_out(text, parts) for text in _strings(notices, key, lang, "notices.toml")]
        try:
            return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else None
        except re.error as error:
            raise ValueError(f"lexicons/{lang}/notices.toml: {key} is not a regular expression: {error}") from error

    openings = {kind: pattern for kind in _KINDS if (pattern := compiled(kind))}
    headings = {kind: pattern for kind in _KINDS if (pattern := compiled(f"heading_{kind}"))}
    says = {kind: pattern for kind in _KINDS if (pattern := compiled(f"says_{kind}"))}
    return NoticeWords(openings, headings, compiled("neutral"), says)


def _written_out(pattern: str, parts: Mapping[str, str]) -> str:
    for name, meaning in parts.items():
        pattern = re.sub(rf"\b{name}\b", meaning.replace("\\", r"\\"), pattern)
    return pattern


def _base(lang: str) -> str:
    base = lang.replace("_", "-").split("-")[0].casefold()
    return base if _LANGUAGE.fullmatch(base) else ""


def _table(folder: Traversable, lang: str, name: str) -> dict[str, Any]:
    base = _base(lang)
    file = folder / base / name
    if not base or not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"lexicons/{base}/{name} is not valid TOML: {error}") from error


def _strings(table: dict[str, Any], key: str, lang: str, name: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"lexicons/{lang}/{name}: {key} must be a list of non-empty strings")
    return value
