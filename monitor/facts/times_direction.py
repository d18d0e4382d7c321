"""Does a date without a year lie ahead or behind? The words around it say so: their tense, "by", "set to", "since"."""

from __future__ import annotations

from monitor.facts.lexicon import Lexicon
from monitor.facts.times_model import Expression
from monitor.facts.token_pattern import PAD, WORD
from monitor.facts.tokens import Tokens

REACH = 24


def direction(tokens: Tokens, words: Lexicon, expression: Expression) -> str:
    """ "future", "past" or "" when nothing says it."""
    keys = tokens.keys
    first = expression.first
    before = keys[first - 1]
    if before == "the":
        before = keys[first - 2]
    verdict = tense_before(tokens, words, first)
    if before in words.lists["backward_before"]:
        return "past"
    if before in words.lists["forward_before"]:
        if verdict == "past" and (before == "through" or _past_perfect(tokens, first, expression.last)):
            return "past"
        return "future"
    if _is_ahead(tokens, words, first):
        return "future"
    if verdict:
        return verdict
    return _rightwards(tokens, words, expression.last)


def _is_ahead(tokens: Tokens, words: Lexicon, first: int) -> bool:
    """ "put off to Nov. 12", "the hearing is on Thursday", "polls open Sunday": told of now, meant ahead."""
    keys = tokens.keys
    if keys[first - 1] == "to":
        return not words.lists["postponing"].isdisjoint(keys[max(0, first - 6) : first - 1])
    at = first - 2 if keys[first - 1] == "on" else first - 1
    if keys[at] in ("is", "are"):
        return keys[at + 1] == "on" or keys[at - 1] not in words.adverbs
    return keys[at] in words.lists["timetable"] and keys[at - 1].endswith("s") and keys[at - 1] not in words.past


def tense_before(tokens: Tokens, words: Lexicon, first: int) -> str:
    """The nearest word to the left that has a tense decides; a full stop or a semicolon ends the search."""
    keys, kinds = tokens.keys, tokens.kinds
    for at in range(first - 1, max(-1, first - REACH), -1):
        key = keys[at]
        if kinds[at] == PAD or key == ";":
            return ""
        if kinds[at] != WORD or keys[at - 1] in ("be", "being"):
            continue
        if keys[at - 1] == "to" and key in words.infinitives and not tokens.capital(at):
            if keys[at - 2] in words.lists["reporting_to"] and keys[at - 2] not in ("due",):
                continue
            return "past" if _began(keys, at - 2) else "future"
        if key in words.future:
            if key in ("may", "can") and tokens.capital(at):
                continue
            if key in words.lists["nouns_too"] and keys[at - 1] in (
                "the",
                "a",
                "an",
                "its",
                "their",
                "his",
                "her",
                "this",
                "of",
                "new",
            ):
                continue
            if keys[at - 1] in ("had", "was", "were") and key in ("planned", "scheduled", "set", "expected"):
                return "future"
            if keys[at + 1] == "have" and key in ("would", "could", "should", "might"):
                return "past"
            return "future"
        if key in words.past and not (key in ("has", "have", "had") and keys[at + 1] in ("to", "until")):
            return "past"
        if len(key) > 4 and key.endswith("ed") and key not in words.lists["not_tensed"] and not tokens.capital(at):
            return "past"
    return ""


def _began(keys: list[str], at: int) -> bool:
    """ "voted to end", "managed to leave": the infinitive happened with its verb."""
    return keys[at] in ("managed", "began", "started", "continued", "had", "failed", "used", "helped", "went", "came")


def _rightwards(tokens: Tokens, words: Lexicon, last: int) -> str:
    """A sentence that begins with its date is dated by the verb that follows."""
    keys, kinds = tokens.keys, tokens.kinds
    for at in range(last, last + REACH):
        key = keys[at]
        if kinds[at] == PAD or key in (";", "."):
            return ""
        if kinds[at] != WORD:
            continue
        if key in ("will", "'ll", "shall", "would", "won't") or (
            key in ("is", "are") and keys[at + 1] in ("to", "set", "due", "expected", "scheduled", "likely")
        ):
            return "future"
        if key in words.past and key not in ("led", "set", "put", "cut", "read", "late", "dead"):
            return "past"
        if len(key) > 4 and key.endswith("ed") and key not in words.lists["not_tensed"] and not tokens.capital(at):
            return "past"
    return ""


def _past_perfect(tokens: Tokens, first: int, last: int) -> bool:
    return "had" in tokens.keys[max(0, first - 10) : first] or "had" in tokens.keys[last : last + 8]
