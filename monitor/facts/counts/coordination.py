"""What is said of one amount and holds for the next: "arrested 14 men and two women", "12 dead, including a child"."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.words import HUMAN_KINDS, event_at, is_person, joins_list
from monitor.facts.lexicon.model import EVENT, Lexicon
from monitor.facts.text.tokens import Tokens

COUNTED = frozenset(["count", "personnel", *HUMAN_KINDS])
LONGEST_PLACE = 7
FEW = 6
"""Amounts before one that may be of its sentence."""


def coordinate(tokens: Tokens, words: Lexicon, amounts: list[Amount], amount: Amount) -> None:
    """What is said of one amount holds for the next: "arrested 14 men and two women", "fell 120 points, or 0.9 %".

    amounts: those before it.
    """
    before = amounts[-1]
    if tokens.sentence[before.first] != tokens.sentence[amount.first]:
        return
    gap = tokens.keys[before.phrase_last : amount.phrase_first]
    if before.trend is not None and amount.trend is None and gap in ([",", "or"], ["or"], ["("]):
        amount.trend = before.trend
    if gap == ["("] and before.kind == amount.kind and before.unit and amount.unit and amount.hedge == "exact":
        amount.hedge = before.hedge if before.hedge != "between" else "exact"  # "about 2 inches (51 mm)"
    if tokens.keys[before.last] in words.lists["range_to"] and tokens.keys[before.first - 1] in words.calendar["from"]:
        _step(before, amount)
    if before.kind in HUMAN_KINDS and amount.kind in ("count", "personnel"):
        _share_people(tokens, words, amounts, amount, gap)
    shared = amount.predicate is not None and amount.rule[-1:] == [f"<{amount.predicate}>"]
    unsaid = before.kind in ("count", "personnel") and before.predicate is None and is_person(words, before)
    if shared and unsaid and joins_list(words, gap):  # "two soldiers and three civilians were killed"
        before.kind, before.predicate = amount.kind, amount.predicate
        before.rule.append(f"... <{amount.predicate}>")
    if before.kind in COUNTED and amount.kind == "count" and amount.noun is None and amount.predicate is None:
        _compare(words, before, amount, gap)


def _step(before: Amount, amount: Amount) -> None:
    """ "the toll rose from 12 to 17": the same things."""
    if before.noun is None and before.predicate is None and {before.kind, amount.kind} <= COUNTED:
        before.kind, before.predicate = amount.kind, amount.predicate
        before.noun, before.plural = amount.noun, amount.plural


def _compare(words: Lexicon, before: Amount, amount: Amount, gap: list[str]) -> None:
    """ "51 votes to 49", "240 ships, compared with 180", "from 12 seats to 15": the same things at another time."""
    if before.noun is not None and " ".join(gap).lstrip(", ") in words.lists["comparing"]:
        amount.kind, amount.predicate = before.kind, before.predicate
        amount.noun, amount.plural = before.noun, before.plural


def _share_people(tokens: Tokens, words: Lexicon, amounts: list[Amount], amount: Amount, gap: list[str]) -> None:
    """ "and two women", "including 12 children", "in Kenya and 10 in Tanzania", "up from 12 people"."""
    before = amounts[-1]
    including = words.lists["including"]
    inside = (bool(gap) and gap[-1] in including and len(gap) <= 2) or " ".join(gap).lstrip(", ") in including
    inside = inside or (before.phrase_last > amount.first and tokens.keys[amount.phrase_first - 1] in including)
    of_them = tokens.keys[amount.last + 1] in words.lists["counted_before"]  # "12 people, three of them children, died"
    inside = inside or (before.phrase_last > amount.first and of_them and tokens.keys[amount.last] == "of")
    inside = inside or _is_of_whole(tokens, words, amounts, amount.phrase_first)
    listed = _is_listed(words, gap) and not _acts(tokens, words, amount.phrase_last)
    if amount.predicate is None and is_person(words, amount) and (listed or inside):
        amount.kind, amount.predicate = before.kind, before.predicate
        amount.rule[:0] = [f"<{before.predicate}>", "... including" if inside else "... and"]
        return
    here = words.lists["place_prepositions"]
    placed = 1 < len(gap) <= LONGEST_PLACE and (gap[-1] in words.number_and or gap[-1] == ",") and gap[0] in here
    elsewhere = placed and tokens.keys[amount.last] in here
    formerly = gap[-1:] == ["from"] and len(gap) <= 3
    if (amount.noun is None and elsewhere) or (formerly and amount.noun == before.noun):
        amount.kind, amount.predicate = before.kind, before.predicate
        amount.noun, amount.plural = before.noun, before.plural


def _is_of_whole(tokens: Tokens, words: Lexicon, amounts: list[Amount], first: int) -> bool:
    """ "89 people were killed in the attack, including five children": nothing else happened before or between."""
    keys, including = tokens.keys, words.lists["including"]
    opens = next((n for n in (1, 2) if " ".join(keys[max(0, first - n) : first]) in including), 0)
    if not opens or keys[first - opens - 1] != ",":
        return False
    number = tokens.sentence[first]
    happened = {other.predicate for other in amounts[-FEW:] if tokens.sentence[other.first] == number}
    if len(happened - {None}) > 1:
        return False  # "killed 31 people and wounded 40 on Tuesday, including four children"
    between = range(amounts[-1].phrase_last, first - opens)
    return not any(
        keys[step] in (";", ":") or (tokens.flags[step] & EVENT and event_at(words, keys, step, "before"))
        for step in between
    )


def _is_listed(words: Lexicon, gap: list[str]) -> bool:
    """ "and", ", and his", "along with"."""
    while gap and gap[-1] in words.lists["possessives"]:
        gap = gap[:-1]
    return joins_list(words, gap) or " ".join(gap).lstrip(", ") in words.lists["joins"]


def _acts(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "arrested the man, and two officers searched the house": these have a verb of their own."""
    key = tokens.keys[at]
    return key in words.past or (key.endswith("ed") and not tokens.flags[at] & EVENT)
