"""What a line is called that has no subject: the first words of a sentence in which it is told."""

from __future__ import annotations

from monitor.facts.model import Fact

_LONGEST = 48  # characters


def leading_words(fact: Fact) -> str:
    """ "“The mission has been in the country for…”": the words that lead to a fact, or those that follow it."""
    sentence = " ".join(fact.sentence.split())
    phrase = " ".join(fact.phrase.text.split())
    at = sentence.find(phrase)
    start = 0 if at <= _LONGEST or at + len(phrase) <= _LONGEST else _word_after(sentence, at + len(phrase) - _LONGEST)
    shown = sentence[start : start + _LONGEST]
    if start + _LONGEST < len(sentence):
        shown = shown.rpartition(" ")[0] or shown
    opened = "…" if start else ""
    closed = "…" if start + len(shown) < len(sentence) else ""
    return f"“{opened}{shown.strip()}{closed}”" if shown.strip() else fact.kind


def _word_after(text: str, at: int) -> int:
    """The start of the first whole word from there on."""
    blank = text.find(" ", at)
    return at if blank < 0 else blank + 1
