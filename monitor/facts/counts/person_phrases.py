"""The noun phrase of one person or of a few: "a suspected Taliban [leader]", "both [attackers]"."""

from __future__ import annotations

from monitor.facts.lexicon.model import CARDINAL, EVENT, PERSON, STOP, Lexicon, match_phrase
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens

LONGEST_NOUN_PHRASE = 8
LONGEST_LIST = 6
"""People in a list: "a teacher, a student and a guard"."""


def person_phrase(tokens: Tokens, words: Lexicon, at: int, *, many: bool) -> tuple[int, str] | None:
    """The head noun right of token `at`: (index after it, lemma); None when the head is no person, or not so many."""
    found: tuple[int, str] | None = None
    keys, kinds, flags = tokens.keys, tokens.kinds, tokens.flags
    end = at + LONGEST_NOUN_PHRASE
    while at < end:
        if kinds[at] != WORD:
            if not (keys[at] in ("-", "'", "’") and tokens.glued(at) and tokens.glued(at + 1)):
                break  # but "al-Qa'ida"
            found, at = None, at + 2
            continue
        if flags[at] & PERSON:
            matched = match_phrase(words.people, keys, at)
            if matched is not None:
                further = keys[at - 1] in words.ordinals or keys[at - 1] in words.lists["one_more"]
                at = matched[0]
                one_more = further and keys[at - 1] in words.lists["unsaid_people"]  # "a fifth victim has died"
                fits = _is_many(words, keys[at - 1]) == many and (one_more or keys[at - 1] not in words.lists["crowds"])
                found = (at, str(matched[1])) if fits else None
                continue
        prefix = keys[at + 1] == "-" and tokens.glued(at + 1)  # "off-duty"
        if not prefix and (flags[at] & (STOP | EVENT) or keys[at] in words.past or keys[at] == "'s"):
            break
        if found is not None and _ends(tokens, words, at):
            break
        found, at = None, at + 1
    return None if keys[at] in ("'s", "'") else found


def past_years_old(tokens: Tokens, at: int) -> int:
    """Past "34-year-old" at token `at`."""
    return at + 5 if tokens.keys[at + 1 : at + 5] == ["-", "year", "-", "old"] else at


def past_joined(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past "and his daughter", ", 34, a student and three others" at token `at`: who else is the subject."""
    keys = tokens.keys
    if keys[at] != ",":
        return _past_and(tokens, words, at)
    step = at
    for _ in range(LONGEST_LIST):
        step = _past_age(tokens, step)
        if keys[step] == "," and keys[step + 1] in words.number_and:
            step += 1
        if keys[step] in words.number_and:
            end = _past_and(tokens, words, step)
            aged = _past_age(tokens, end)
            end = aged + 1 if aged > end and keys[aged] == "," else end
            apposed = keys[end] == ","  # "two people, a woman and a man, were killed"
            return end if end > step and not apposed and keys[end] not in words.lists["singular_verbs"] else at
        determined = keys[step + 1] in words.determiners or keys[step + 1] in words.lists["definites"]
        person = person_phrase(tokens, words, step + 2, many=False) if determined else None
        if keys[step] != "," or person is None:
            return at
        step = person[0]
    return at


def _past_age(tokens: Tokens, at: int) -> int:
    """Past ", 34" at token `at`."""
    return at + 2 if tokens.keys[at] == "," and tokens.kinds[at + 1] == NUMBER else at


def _past_and(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past "and a guard" at token `at`."""
    if tokens.keys[at] not in words.number_and:
        return at
    start = at + 1
    if (pair := past_pair(tokens, words, at)) > at:
        return pair
    counted = tokens.kinds[start] == NUMBER or tokens.flags[start] & CARDINAL
    key = tokens.keys[start]
    if not (counted or key in words.lists["definites"] or key in words.determiners):
        return at
    first = past_years_old(tokens, start + 1)
    if counted and tokens.keys[first] in words.grammar["of"] and tokens.keys[first + 1] in words.lists["definites"]:
        first += 2  # "and two of her children"
    person = person_phrase(tokens, words, first, many=False) or person_phrase(tokens, words, first, many=True)
    return at if person is None else person[0]


def past_pair(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past "and son" at token `at`: after "a father" a second person, after "a lawyer" only where two are told of."""
    keys = tokens.keys
    if keys[at] not in words.number_and or not (tokens.flags[at - 1] & tokens.flags[at + 1] & PERSON):
        return at
    person = person_phrase(tokens, words, at + 1, many=False)
    if person is None:
        return at
    end = person[0]
    kin = words.lists["kin"]
    two = keys[end] in words.lists["plural_verbs"] or (keys[at - 1] in kin and keys[at + 1] in kin and end == at + 2)
    return end if two and keys[end] not in words.lists["singular_verbs"] else at


def _is_many(words: Lexicon, key: str) -> bool:
    return key in words.plurals or key.endswith(("s", "men"))


def _ends(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """A word after "a leader" that is not the head of a longer noun: "known", "responsible", "Tuesday", a name."""
    key = tokens.keys[at]
    return (
        tokens.capital(at)
        or key.endswith(("ed", "ing", "ly"))
        or key in words.lists["after_person"]
        or key in words.adverbs
        or key in words.grammar["auxiliaries"]
    )
