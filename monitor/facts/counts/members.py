"""What befell those to whom the counted belong: "two nurses were among the dead", "the injured include 12 soldiers".

And what is told in two places around them: "took 253 people hostage".
"""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.happenings import skip_auxiliaries
from monitor.facts.counts.words import event_at
from monitor.facts.lexicon.model import EVENT, Event, Lexicon
from monitor.facts.text.tokens import Tokens

MOST_LINKS = 4
LONGEST_LABEL = 3


def event_among(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> Event | None:
    """What befell those among whom they are: told after the noun, which ends before `at`, or before the amount."""
    keys = tokens.keys
    verb = skip_auxiliaries(tokens, words, at)
    if keys[verb] in words.lists["among"] and verb > at:  # "were among the dead"
        found = _those(tokens, words, verb + 1)
        if found is not None:
            amount.phrase_last = max(amount.phrase_last, found[0])
            amount.rule.append(f"among <{found[1].predicate}>")
            return found[1]
    first = amount.phrase_first
    link = first - 1
    while keys[link] in words.lists["verb_links"] and first - link < MOST_LINKS:
        link -= 1
    if keys[link] in words.lists["include"] or keys[link] in words.lists["was_or_has"]:
        included = keys[link] in words.lists["include"]
        for begin in range(link - 1, max(-1, link - LONGEST_LABEL - 2), -1):
            opens = keys[begin] in words.lists["of_those"] if included else keys[begin] in words.lists["among"]
            if not opens:
                continue
            found = _those(tokens, words, begin if included else begin + 1)
            if found is not None and found[0] == link:
                amount.phrase_first = begin
                amount.rule.insert(0, f"among <{found[1].predicate}>")
                return found[1]
            break
    return None


def _those(tokens: Tokens, words: Lexicon, at: int) -> tuple[int, Event] | None:
    """ "the dead", "those killed": (index after them, what befell them)."""
    if tokens.keys[at] not in words.lists["of_those"]:
        return None
    verb = at + 1
    return event_at(words, tokens.keys, verb, "after") if tokens.flags[verb] & EVENT else None


def event_of_taking(tokens: Tokens, words: Lexicon, amount: Amount, at: int, floor: int) -> Event | None:
    """ "took 253 people hostage": the word after the noun that ends before `at`, and the verb before the amount."""
    keys = tokens.keys
    if keys[at] not in words.lists["taken"]:
        return None
    verb = amount.phrase_first - 1
    while keys[verb] in words.lists["verb_links"] and amount.phrase_first - verb < MOST_LINKS and verb > floor:
        verb -= 1
    if keys[verb] not in words.lists["taking"] or verb < floor:
        return None
    found = event_at(words, ["taken", keys[at]], 0, "after")
    if found is None:
        return None
    amount.phrase_first, amount.phrase_last = verb, at + 1
    amount.rule.append(f"<{found[1].predicate}>")
    return found[1]
