"""Is "the leader", "him" or "their" somebody who has been counted already, or one more?

A reader who sums the people killed must get the truth. Within a paragraph the nearest fitting person or people are
meant; somebody counted before in the text is counted once.
"""

from __future__ import annotations

from bisect import bisect_left

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.person_phrases import person_phrase
from monitor.facts.counts.words import HUMAN_KINDS, is_person
from monitor.facts.lexicon.model import Event, Lexicon
from monitor.facts.text.tokens import Tokens

REACH = 90
"""Tokens to the left in which a person is looked for."""
RECENT = 100
"""Amounts to the left that are looked through: a long text costs its length, not its square."""
LONGEST_PARAGRAPH = 4_000


def is_repeat(tokens: Tokens, words: Lexicon, at: int, noun: str, event: Event, amounts: list[Amount]) -> bool:
    """Has the one meant by a definite noun at token `at` been counted for this event?"""
    counted = [
        amount
        for amount in amounts[-RECENT:]
        if _same_event(amount, event) and _alike(words, noun, amount.noun or "", one=amount.value == 1)
    ]
    if not counted:
        return False
    brought_up = _introduced(tokens, words, at, noun, amounts) is not None
    return not brought_up or _tells_more(tokens, words, at, counted)


def uncount_repeat(tokens: Tokens, words: Lexicon, amount: Amount, amounts: list[Amount]) -> None:
    """ "Five men were detained. The five men are being held": as many and known, they are no five more.

    What a headline tells is told again by the text, which counts.
    """
    if amount.kind not in HUMAN_KINDS or tokens.keys[amount.first - 1] not in words.lists["known"]:
        return
    for before in amounts[-RECENT:]:
        same = before.kind == amount.kind and (amount.kind == "detained" or before.predicate == amount.predicate)
        told = not is_headline(tokens, before.first)
        if same and told and before.value == amount.value and amount.value > 1:
            amount.kind, amount.predicate = "count", None
            return


def antecedents(
    tokens: Tokens, words: Lexicon, at: int, event: Event, amounts: list[Amount], *, many: bool
) -> tuple[int, str] | None:
    """Whom a pronoun at token `at` means: (how many, noun), or None when they are counted or nobody knows."""
    if many:
        for amount in reversed(amounts):
            if not _near(tokens, amount.first, at):
                break
            if is_person(words, amount) and amount.value > 1 and amount.upper is None:
                return None if _same_event(amount, event) else (int(amount.value), amount.noun or "person")
        return None
    counted = [amount for amount in amounts[-RECENT:] if _same_event(amount, event) and amount.value == 1]
    noun = _introduced(tokens, words, at, "person", amounts)
    if counted and (noun is None or _tells_more(tokens, words, at, counted)):
        return None
    return 1, noun or "person"


def _tells_more(tokens: Tokens, words: Lexicon, at: int, counted: list[Amount]) -> bool:
    """Does this paragraph go on about what an earlier one told, and not turn to another place?"""
    start = tokens.starts[at]
    line = tokens.text.rfind("\n", max(0, start - LONGEST_PARAGRAPH), start) + 1
    if any(amount.value == 1 and tokens.starts[amount.first] >= line for amount in counted):
        return False
    first = bisect_left(tokens.starts, line)
    return tokens.keys[first] not in words.lists["elsewhere"]


def _introduced(tokens: Tokens, words: Lexicon, at: int, noun: str, amounts: list[Amount]) -> str | None:
    """The noun of the nearest person brought up in this paragraph by "a" or "another", and not counted there."""
    counted = {amount.first for amount in amounts[-8:]}
    for step in range(at - 1, max(-1, at - REACH), -1):
        if tokens.keys[step] in words.lists["introducing"]:
            person = person_phrase(tokens, words, step + 1, many=False)
            if person is not None and _alike(words, noun, person[1], one=True):
                return person[1] if step not in counted and _near(tokens, step, at) else None
    return None


def is_headline(tokens: Tokens, at: int) -> bool:
    """Is the token in a line without a full stop?"""
    end = tokens.sentences[tokens.sentence[at]][1]
    return tokens.text[end - 1 : end] not in ".!?"


def _near(tokens: Tokens, first: int, last: int) -> bool:
    """In one paragraph?"""
    return last - first < REACH and "\n" not in tokens.text[tokens.ends[first] : tokens.starts[last]]


def _alike(words: Lexicon, noun: str, other: str, *, one: bool) -> bool:
    """The same by key, or one person each, one of whom is told of as no more than a person; no victim is a gunman."""
    if words.kin.get(noun, noun) == words.kin.get(other, other):
        return True
    general, culprits = words.lists["anybody"], words.lists["culprits"]
    return one and (noun in general or other in general) and (noun in culprits) == (other in culprits)


def _same_event(amount: Amount, event: Event) -> bool:
    return amount.kind == event.kind and (event.kind == "detained" or amount.predicate == event.predicate)
