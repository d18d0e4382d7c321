"""A number that a label announces: "the death toll from the quake rose to 303", "bringing the toll to 21"."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.words import event_at, is_plural
from monitor.facts.lexicon.model import CARDINAL, EVENT, STOP, Event, Lexicon
from monitor.facts.numbers.model import DASHES
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

REACH_LEFT = 16
"""Tokens between a toll and its number."""
LONGEST_LABEL = 3
LABEL_AFTER = (",", ";", "|", "-", "*", "•", "·")


def event_of_toll(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> Event | None:
    """The event that a label left of the number names, across what joins them; the phrase grows over it."""
    keys = tokens.keys
    link = _link(tokens, words, amount, floor)
    if link < 0 or (keys[amount.last] in DASHES and tokens.glued(amount.last) and tokens.glued(amount.last + 1)):
        return None  # "the toll from the collapse of a five-storey building"
    named = _named(tokens, words, link)
    if named is not None:
        amount.phrase_first, amount.rule = named[0], ["<happened>", ":", *amount.rule]
        return named[1]
    for at in range(link - 1, max(-1, link - REACH_LEFT), -1):
        if tokens.kinds[at] == PAD or keys[at] in (".", ";") or _is_other_number(tokens, words, at, floor, link):
            return None
        found = event_at(words, keys, at, "toll") if tokens.flags[at] & EVENT else None
        if found is None or found[0] > link:
            continue
        longer = event_at(words, keys, at - 1, "toll") if tokens.flags[at - 1] & EVENT else None
        first = at - 1 if longer is not None and longer[0] == found[0] else at
        event: Event | None = found[1]
        if keys[link] == ":":
            first, event = _as_labelled(tokens, words, first, found[0], event)
        if event is None:
            return None
        amount.phrase_first = first
        amount.rule = ["<toll>", "rose to", *amount.rule]
        if amount.hedge == "exact" and keys[link] in words.lists["passing"]:
            amount.hedge = "more_than"
        return event
    return None


def _as_labelled(
    tokens: Tokens, words: Lexicon, first: int, last: int, event: Event | None
) -> tuple[int, Event | None]:
    """What a label with a colon names: a toll, unless it is of something else ("Deaths averted", "Rank by deaths").

    "Killed or injured" is a toll of casualties, from the first of the two words on.
    """
    keys = tokens.keys
    if tokens.kinds[last] == WORD and not tokens.timed[last] and keys[last] not in words.lists["tolls_go_on"]:
        return first, None
    if keys[first - 1] in words.lists["no_toll_after"]:
        return first, None
    if (
        event is not None
        and keys[first - 1] in words.number_and | words.lists["range_or"]
        and tokens.flags[first - 2] & EVENT
    ):
        other = event_at(words, keys, first - 2, "toll") or event_at(words, keys, first - 2, "after")
        if other is not None and other[0] == first - 1 and other[1].predicate != event.predicate:
            return first - 2, Event("casualties", event.kind, "toll")
    return first, event


def is_next_label(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> bool:
    """ "Killed: 12 Injured: 40": what follows the number is the label of the next."""
    if tokens.keys[_link(tokens, words, amount, floor)] != ":" or not tokens.capital(amount.phrase_last):
        return False
    for at in range(amount.phrase_last, amount.phrase_last + LONGEST_LABEL + 1):
        if tokens.keys[at] == ":":
            return at > amount.phrase_last
        if tokens.kinds[at] != WORD:
            return False
    return False


def _named(tokens: Tokens, words: Lexicon, link: int) -> tuple[int, Event] | None:
    """ "Killed: 12", "Confirmed dead: 30": a label that opens a line or a clause, and ends in what happened."""
    first = _opened(tokens, link)
    if first == link and tokens.keys[link] == ":":  # "Killed in action: 45": all of the label
        first = next((at for at in range(link - LONGEST_LABEL, link) if at >= 0 and _opens(tokens, at)), link)
        found = event_at(words, tokens.keys, first, "after") if tokens.flags[first] & EVENT else None
        return (first, found[1]) if found is not None and found[0] == link else None
    happened = (event_at(words, tokens.keys, at, "after") for at in range(first, link) if tokens.flags[at] & EVENT)
    return next(((first, found[1]) for found in happened if found is not None and found[0] == link), None)


def _opened(tokens: Tokens, link: int) -> int:
    """Where the label begins that ends before a colon or a dash, and opens a line or a clause; `link` where none."""
    keys = tokens.keys
    dash = keys[link] in DASHES and not tokens.glued(link) and not tokens.glued(link + 1)
    if keys[link] != ":" and not dash:
        return link
    for first in range(link - 1, max(-1, link - LONGEST_LABEL - 1), -1):
        if tokens.kinds[first] != WORD or tokens.flags[first] & (CARDINAL | STOP):
            return link
        if _opens(tokens, first):
            return first
    return link


def _opens(tokens: Tokens, at: int) -> bool:
    """Whether a line or a clause begins there."""
    return at == 0 or tokens.keys[at - 1] in LABEL_AFTER or tokens.sentence[at - 1] != tokens.sentence[at]


def label_of_counted(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> tuple[int, int] | None:
    """ "Soldiers killed: 5": the bounds of a label that opens a line or a clause with a plural."""
    link = _link(tokens, words, amount, floor)
    first = _opened(tokens, link) if link > 0 else link
    return (first, link) if first < link and is_plural(tokens, words, first) else None


def label_of_number(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> tuple[int, int, int] | None:
    """ "the [number of] homes without power fell to 30,000": the bounds of the label, and the link to the number."""
    keys = tokens.keys
    link = _link(tokens, words, amount, floor)
    for at in range(link - 1, max(0, link - REACH_LEFT), -1):
        if tokens.kinds[at] == PAD or keys[at] in (".", ";") or _is_other_number(tokens, words, at, floor, link):
            return None
        if keys[at] in words.grammar["of"] and keys[at - 1] in words.lists["number_labels"]:
            return at - 1, at + 1, link
    return None


def _link(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> int:
    """The token that joins a label to its number ("rose [to] at least 303"), or -1."""
    keys = tokens.keys
    link = amount.phrase_first - 1
    while (link > floor or tokens.timed[link]) and keys[link] in words.lists["toll_hedges"]:
        link -= 1
    if keys[amount.phrase_first] in words.lists["toll_links"]:  # "the toll passed 1,000": the hedge is the link
        link = amount.phrase_first
    return link if keys[link] in words.lists["toll_links"] else -1


def _is_other_number(tokens: Tokens, words: Lexicon, at: int, floor: int, link: int) -> bool:
    """ "the toll rose to 72 and the number of homes lost to 500": the label has its number already.

    The day in "Deaths on 16 March: 45" is none, nor is what only describes: "the toll from the attack on two villages".
    """
    keys = tokens.keys
    if tokens.timed[at] or at >= floor or not (tokens.kinds[at] == NUMBER or tokens.flags[at] & CARDINAL):
        return False
    before = at - 1
    while keys[before] in words.lists["toll_hedges"]:
        before -= 1
    return keys[before] not in words.lists["before_old_toll"] and (
        keys[before] in words.lists["toll_has"] or not _describes(tokens, words, at, link)
    )


def _describes(tokens: Tokens, words: Lexicon, at: int, link: int) -> bool:
    """Whether a number left of a link stands in the very phrase that the link ends: nothing begins between the two."""
    between = tokens.keys[at:link]
    return words.number_and.isdisjoint(between) and words.lists["clause_marks"].isdisjoint(between)
