"""Words by themselves: is this one a plural, does it tell of people, what happened in the words that begin here?"""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.lexicon.model import EVENT, PERSON, STOP, Event, Lexicon, match_phrase
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens

HUMAN_KINDS = frozenset(["casualties", "detained", "displaced"])
LATIN_ENDS = "\u036f"
"""Words of other scripts end where ours do not: no plural is guessed of them."""


def joins_list(words: Lexicon, gap: list[str]) -> bool:
    """Do the words between two of a list join them: "and", a comma, ", and"?"""
    rest = gap[:-1] if gap and gap[-1] in words.number_and else gap
    return bool(gap) and rest in ([], [","])


def is_people(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Do the words at token `at` tell of people?"""
    return bool(tokens.flags[at] & PERSON) and match_phrase(words.people, tokens.keys, at) is not None


def is_person(words: Lexicon, amount: Amount) -> bool:
    """Known as a noun for people, or made like one: "footballers", "Colombians", "activists"."""
    if amount.noun in words.person_nouns:
        return True
    plural = amount.plural or ""
    return plural.endswith(tuple(words.lists["person_endings"])) and plural not in words.lists["not_person_endings"]


def is_plural(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Does the word look like a plural noun? A capital before another is the name of somebody, no plural."""
    key = tokens.keys[at]
    if tokens.kinds[at] != WORD or tokens.flags[at] & STOP:
        return False
    if key in words.plurals:
        return True
    if key[0] > LATIN_ENDS:
        return False
    if len(key) >= 3 and key[-1] == "s" and tokens.raw(at)[:-1].isupper():
        return True
    if len(key) < 4 or not key.endswith("s") or key.endswith(("ss", "us", "is")):
        return False
    return not tokens.capital(at) or not tokens.capital(at + 1) or bool(tokens.flags[at + 1] & (EVENT | STOP))


def singular(key: str) -> str:
    """A plain English lemma: "countries" -> "country", "crashes" -> "crash", "seats" -> "seat"."""
    if key.endswith("ies") and len(key) > 4:
        return key[:-3] + "y"
    if key.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return key[:-2]
    if key.endswith("s") and not key.endswith(("ss", "us", "is")) and len(key) > 3:
        return key[:-1]
    return key


def event_at(
    words: Lexicon, keys: list[str], at: int, role: str, amount: Amount | None = None
) -> tuple[int, Event] | None:
    """The event whose words begin at token `at` in that role: (index after them, event); one that fits `amount`."""
    for phrase, events in words.events.get(keys[at], ()):
        last = at + len(phrase)
        if len(phrase) > 1 and keys[at:last] != list(phrase):
            continue
        for event in events:
            if event.role == role and (amount is None or admits(words, event, amount)):
                return last, event
    return None


def admits(words: Lexicon, event: Event, amount: Amount) -> bool:
    """Can this happen to what was counted? Jobs are cut and nobody dies; a band releases songs and frees nobody."""
    noun = amount.noun
    if noun is None or noun in event.nouns or is_person(words, amount):
        return True
    return not event.nouns and noun not in event.never
