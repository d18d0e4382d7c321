"""Say how each fact came about: the rule, what the lexicon knew of its words, and each step to the value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.facts.find import find
from monitor.facts.lexicon import model as lexicons
from monitor.facts.lexicon.model import Lexicon
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Fact, Quantity, TimeExpression
from monitor.facts.text.token_pattern import PAD
from monitor.facts.text.tokens import tokenize

FLAG_NAMES = (
    "CARDINAL", "MULTIPLIER", "GROUP", "INDEFINITE", "ORDINAL", "FRACTION", "MONTH", "WEEKDAY", "GRAIN", "SEASON",
    "PART", "ADVERB", "REFERENCE", "SETWORD", "CLOCKWORD", "HOLIDAY", "CURRENCY", "UNIT", "PERSON", "EVENT", "STOP",
    "HUNDRED", "VAGUE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explanation:
    """A fact and the steps to it, one line each, for people."""

    fact: Fact
    steps: tuple[str, ...]


def explain(text: str, *, published: date | datetime | None = None, lang: str = "en") -> list[Explanation]:
    """The facts of `find`, in the same order, each with its derivation."""
    words = lexicon(lang)
    day = published.date() if isinstance(published, datetime) else published
    return [Explanation(fact, tuple(_steps(fact, words, day))) for fact in find(text, published=published, lang=lang)]


def _steps(fact: Fact, words: Lexicon, day: date | None) -> list[str]:
    steps = [f"rule {fact.rule} matched “{fact.phrase.text}”", f"words: {_words(fact.phrase.text, words)}"]
    if fact.quantity is not None:
        steps.append(f"“{fact.quote}” = {_interval(fact.quantity)}")
    if fact.time is not None:
        steps.append(f"“{fact.quote}” = {_resolution(fact.time, day)}")
    if fact.predicate or fact.noun:
        steps.append(
            f"what happened: {fact.predicate or 'nothing said'}; to what: {fact.noun or 'nothing said'}; key {fact.key}"
        )
    if fact.as_of:
        steps.append(f"holds for {fact.as_of}, the one day that its clause names")
    steps.append(f"{fact.certainty}, {'said by ' + fact.attribution if fact.attribution else 'no source named'}")
    return steps


def _words(phrase: str, words: Lexicon) -> str:
    """Each word of the phrase with what the lexicon knows of it: "people PERSON"."""
    tokens = tokenize(phrase, words)
    shown = []
    for key, kind, flags in zip(tokens.keys, tokens.kinds, tokens.flags, strict=True):
        if kind == PAD:
            continue
        names = [name for name in FLAG_NAMES if flags & getattr(lexicons, name)]
        shown.append(" ".join([key, *names]))
    return " | ".join(shown)


def _interval(quantity: Quantity) -> str:
    low = "(-∞" if quantity.lower is None else f"{'[' if quantity.lower_inclusive else '('}{quantity.lower}"
    high = "∞)" if quantity.upper is None else f"{quantity.upper}{']' if quantity.upper_inclusive else ')'}"
    parts = [f"{low}, {high}", quantity.unit or "", quantity.hedge, quantity.trend or ""]
    return " ".join(part for part in parts if part)


def _resolution(time: TimeExpression, day: date | None) -> str:
    ways = {
        "explicit": "written in full",
        "partial": "as far as it is written",
        "relative": f"counted from the date of publication {day}"
        if day
        else "relative, and no date of publication is known",
        "anchored": "counted from the date before it in the text",
    }
    span = f", {time.start} to {time.end}" if time.start else ""
    return f"{time.type} {time.value}{span}: {ways[time.basis]}"
