"""People told of without a number: "an insurgent was killed", "captured a Taliban leader", "wounded another".

An article is one, "both" two, "a number of" an open three, but only when what happened stands beside them in the past:
"if a person dies" and "the risk of killing a civilian" tell of nobody.
"""

from __future__ import annotations

from monitor.facts.amounts import Amount
from monitor.facts.happenings import skip_aside, verb_before
from monitor.facts.head_nouns import event_at
from monitor.facts.lexicon import CARDINAL, EVENT, PERSON, STOP, Event, Lexicon, match_phrase
from monitor.facts.number_model import Numbers
from monitor.facts.token_pattern import NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens

PREDICATES = frozenset(["killed", "wounded", "missing", "detained", "captured", "abducted"])
LONGEST_NOUN_PHRASE = 8
CLAUSE = 12
"""Tokens to the left in which an "if" makes a case of what is told."""


def read_single(
    tokens: Tokens, words: Lexicon, numbers: Numbers, at: int, floor: int, before: Amount | None
) -> Amount | None:
    """The amount that begins with the determiner at token `at`, or None; `before` is the amount left of it."""
    matched = match_phrase(words.determiners, tokens.keys, at)
    if matched is None:
        return None
    first, value = matched
    aged = first + 5 if tokens.keys[first + 1 : first + 5] == ["-", "year", "-", "old"] else first
    if aged == first and (first in numbers.starting or tokens.flags[first] & CARDINAL):
        return None
    person = _person(tokens, words, aged, many=value > 1)
    if person is None and (tokens.keys[at] not in words.lists["alone"] or _noun_follows(tokens, first)):
        return None
    last, noun = person or (first, "person")
    happened = _left(tokens, words, at, floor, before) or (_right(tokens, words, at, last) if person else None)
    if happened is None or happened[0].predicate not in PREDICATES or _is_case(tokens, words, at):
        return None
    event, phrase_first, phrase_last = happened
    if noun in ("other", "victim"):
        noun = "person"
    return Amount(
        event.kind, at, first, value, hedge="indefinite" if value > 2 else "exact", noun=noun,
        plural=words.person_plurals.get(noun, noun), predicate=event.predicate,
        phrase_first=min(at, phrase_first), phrase_last=max(last, phrase_last),
        rule=["<a> <people>", f"<{event.predicate}>"],
    )  # fmt: skip


def _noun_follows(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at] == WORD and not tokens.flags[at] & STOP


def _person(tokens: Tokens, words: Lexicon, at: int, *, many: bool) -> tuple[int, str] | None:
    """The head noun of "a suspected Taliban leader": (index after it, lemma); None when the head is no person."""
    found: tuple[int, str] | None = None
    keys, kinds, flags = tokens.keys, tokens.kinds, tokens.flags
    end = at + LONGEST_NOUN_PHRASE
    while at < end:
        if kinds[at] != WORD:
            if not (keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)):
                break
            found, at = None, at + 2
            continue
        if flags[at] & PERSON:
            matched = match_phrase(words.people, keys, at)
            if matched is not None:
                at = matched[0]
                fits = _is_many(words, keys[at - 1]) == many and keys[at - 1] not in words.lists["crowds"]
                found = (at, str(matched[1])) if fits else None
                continue
        prefix = keys[at + 1] == "-" and tokens.glued(at + 1)  # "off-duty"
        if not prefix and (flags[at] & (STOP | EVENT) or keys[at] in words.past or keys[at] == "'s"):
            break
        if found is not None and _goes_on(tokens, words, at):
            break
        found, at = None, at + 1
    return None if keys[at] in ("'s", "'") else found


def _is_many(words: Lexicon, key: str) -> bool:
    return key in words.plurals or key.endswith(("s", "men"))


def _goes_on(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """A word after "a leader" that is not the head of a longer noun: "known", "responsible", "Tuesday", a name."""
    key = tokens.keys[at]
    return (
        tokens.capital(at)
        or key.endswith(("ed", "ing", "ly"))
        or key in words.lists["after_person"]
        or key in words.adverbs
        or key in words.grammar.get("auxiliaries", ())
    )


def _left(tokens: Tokens, words: Lexicon, at: int, floor: int, before: Amount | None) -> tuple[Event, int, int] | None:
    """ "killed an insurgent", "captured a leader, a facilitator and a driver": event and the bounds of the phrase."""
    keys = tokens.keys
    if before is not None and before.predicate in PREDICATES and before.phrase_first < before.first:
        listed = keys[before.phrase_last : at] in (["and"], [","], [",", "and"])
        if listed and tokens.sentence[before.first] == tokens.sentence[at]:
            return Event(before.predicate or "", before.kind, "before"), at, at
    found = verb_before(words, keys, at, floor)
    if found is None:
        return None
    first, event = found
    verb, previous = keys[first], keys[first - 1]
    if previous in words.lists["be"] or previous in words.lists["unreal_before"]:
        return None
    if keys[at - 1] == "of" and not verb.endswith(("ed", "ing")):
        real = previous in ("the", "in")  # "resulted in the capture of a facilitator"
    elif verb.endswith("ing"):
        real = previous in (",", "and") or tokens.kinds[first - 1] == PAD
    else:
        real = verb.endswith("ed") or verb in words.lists["done"]
    return (event, first, at) if real else None


def _right(tokens: Tokens, words: Lexicon, determiner: int, at: int) -> tuple[Event, int, int] | None:
    """ "... was killed", ", 25, has been arrested", "died": event and the bounds of the phrase."""
    keys = tokens.keys
    if keys[at] == "," and tokens.kinds[at + 1] == NUMBER and keys[at + 2] == ",":
        at += 3
    first = at = skip_aside(tokens, words, at)
    auxiliaries = words.grammar.get("auxiliaries", frozenset())
    passive = keys[determiner - 1] in words.lists["leaving"]  # "leaving a crew member injured"
    while at < first + 6 and (keys[at] in auxiliaries or (keys[at].endswith("ly") and len(keys[at]) > 4)):
        if keys[at] in words.lists["unreal_auxiliaries"]:
            return None
        passive = passive or keys[at] in words.lists["was"]
        at += 1
    found = event_at(words, keys, at, "after") if tokens.flags[at] & EVENT else None
    if found is None or not (passive or keys[at] in words.lists["alone_done"]):
        return None
    return found[1], at, found[0]


def _is_case(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "if a soldier was killed", "whenever a patient died": a case that may come or not."""
    for step in range(at - 1, max(-1, at - CLAUSE), -1):
        if tokens.kinds[step] == PAD or tokens.keys[step] in (".", ";"):
            return False
        if tokens.keys[step] in words.lists["cases"]:
            return True
    return False
