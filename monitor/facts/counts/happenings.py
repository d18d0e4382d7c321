"""What happened to the people or things that a number counts: the event before it, after it or in the clause around.

"killing 12", "12 people, among them a child, have been killed", "killed himself and 12 others".
"""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.head_nouns import QUOTES
from monitor.facts.counts.words import admits, event_at
from monitor.facts.lexicon.model import CARDINAL, EVENT, PERSON, Event, Lexicon
from monitor.facts.numbers.model import DASHES
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

LONGEST_ASIDE = 17
LONGEST_PLACE = 8
MOST_AUXILIARIES = 8
MOST_LINKS = 4
OBJECTS_REACH = 12
"""Tokens between a verb and the second of its objects."""


def event_after(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> Event | None:
    """ "... have been killed", ", including two children, were killed", "dead"; the phrase grows over it."""
    keys = tokens.keys
    if keys[at] in words.lists["more_of_them"]:  # "and two more wounded"
        at += 1
    at = skip_aside(tokens, words, at)
    if amount.noun is not None and amount.value > 1 and keys[at] in words.lists["singular_verbs"]:
        return None
    verb = skip_auxiliaries(tokens, words, at)
    if keys[verb] in QUOTES:
        verb += 1
    verb = _past_twin(tokens, words, verb)
    found = event_at(words, keys, verb, "after", amount) if tokens.flags[verb] & EVENT else None
    if found is None:
        return None
    last, event = found
    passed = keys[at:verb]
    active = not words.lists["was_or_has"].isdisjoint(passed) or not words.number_and.isdisjoint(passed)
    direct = verb == at or keys[verb - 1] in words.lists["relatives"] or active  # "two men who had killed five"
    acted = words.lists["was"].isdisjoint(passed) and direct
    if acted and _has_object(tokens, words, verb, last):
        return None
    amount.phrase_last = max(amount.phrase_last, last)
    amount.rule.append(f"<{event.predicate}>")
    return event


def skip_auxiliaries(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past "have reportedly been"."""
    auxiliaries = words.grammar["auxiliaries"]
    first = at
    while at < first + MOST_AUXILIARIES and (tokens.keys[at] in auxiliaries or is_adverb(tokens, at)):
        if tokens.flags[at] & EVENT and event_at(words, tokens.keys, at, "after"):
            break  # "fatally injured"
        at += 1
    return at


def is_adverb(tokens: Tokens, at: int) -> bool:
    key = tokens.keys[at]
    return key.endswith("ly") and len(key) > 4 and tokens.kinds[at] == WORD


def _past_twin(tokens: Tokens, words: Lexicon, at: int) -> int:
    """ "were stabbed and killed": past the first of two participles, when it tells nothing that we know."""
    key = tokens.keys[at]
    twin = tokens.keys[at + 1] in words.number_and and (key.endswith("ed") or key in words.past)
    return at + 2 if twin and event_at(words, tokens.keys, at, "after") is None else at


def skip_aside(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past ", including two children," and "(three of them children)" and a place: "12 people in Kyiv were killed"."""
    key = tokens.keys[at]
    if key == "," and _opens_aside(tokens, words, at + 1):
        return past_commas(tokens, at)
    if key == "(":
        return next((close + 1 for close in range(at + 1, at + 14) if tokens.keys[close] == ")"), at)
    if key in DASHES and not tokens.glued(at):
        return _past_dashes(tokens, at)
    if key in words.aged:  # "two boys aged 12 and 14 were arrested"
        return _past_ages(tokens, words, at + 1)
    if key in words.lists["aside_prepositions"]:
        return _past_place(tokens, words, at)
    return at


def _opens_aside(tokens: Tokens, words: Lexicon, at: int) -> bool:
    key = tokens.keys[at]
    counted = tokens.keys[at + 1] == "of" and tokens.keys[at + 2] in words.lists["counted_before"]
    aged = tokens.kinds[at] == NUMBER  # "two boys, 12 and 14, drowned"
    return aged or counted or key in words.lists["aside_openers"] or key.endswith("ing")


def past_commas(tokens: Tokens, at: int) -> int:
    """Past what stands between the comma at token `at` and the next; `at` itself when none closes."""
    for close in range(at + 2, at + 1 + LONGEST_ASIDE):
        if tokens.keys[close] == ",":
            return close + 1
        if tokens.kinds[close] == PAD or tokens.keys[close] in (".", ";"):
            break
    return at


def _past_dashes(tokens: Tokens, at: int) -> int:
    """Past what stands between two dashes: "12 people - three of them children - were killed"."""
    for close in range(at + 2, at + 1 + LONGEST_ASIDE):
        if tokens.keys[close] in DASHES and not tokens.glued(close):
            return close + 1
        if tokens.kinds[close] == PAD or tokens.keys[close] in (".", ";"):
            break
    return at


def _past_ages(tokens: Tokens, words: Lexicon, at: int) -> int:
    last = at
    while last < at + LONGEST_ASIDE and (
        tokens.kinds[last] == NUMBER
        or tokens.flags[last] & CARDINAL
        or tokens.keys[last] in words.number_and
        or tokens.keys[last] in words.lists["age_links"]
    ):
        last += 1
    return last


def _past_place(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past a phrase with a preposition, up to the verb that must follow it at once."""
    keys = tokens.keys
    for step in range(at + 1, at + 1 + LONGEST_PLACE):
        if tokens.kinds[step] not in (WORD, NUMBER) and keys[step] not in ("-", "'", "’"):
            break
        if keys[step] in words.lists["finite_auxiliaries"] or keys[step] in words.lists["alone_done"]:
            return step
        if keys[step] in words.lists["place_ends"]:
            break
        if keys[step] in words.lists["already"] and tokens.flags[step + 1] & EVENT:
            return step
    return at


def _has_object(tokens: Tokens, words: Lexicon, at: int, after: int) -> bool:
    """ "12 militants killed five soldiers", "shot dead two": the twelve did it."""
    # "shot and killed": the last of the words may be the one that takes an object.
    if event_at(words, tokens.keys, at, "before") is None and event_at(words, tokens.keys, after - 1, "before") is None:
        return False
    if tokens.kinds[after] == NUMBER or tokens.flags[after] & (CARDINAL | PERSON):
        return True
    key, following = tokens.keys[at], tokens.keys[after]
    return following in words.lists["object_determiners"] or key in words.lists["acting_verbs"]


def event_before(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> Event | None:
    """ "killing 12", "killed at least 40 people", "the deaths of 12"; the phrase grows over it."""
    at = amount.phrase_first
    for _ in range(MOST_LINKS):
        found = verb_before(words, tokens.keys, at, floor, amount)
        if found is not None:
            first, event = found
            if is_passive(tokens, words, first):
                return None
            amount.phrase_first = first
            amount.rule.insert(0, f"<{event.predicate}>")
            return event
        if tokens.keys[at - 1] not in words.lists["verb_links"] or at - 1 < floor:
            return None
        at -= 1
    return None


def verb_before(
    words: Lexicon, keys: list[str], at: int, floor: int, amount: Amount | None = None
) -> tuple[int, Event] | None:
    """The event whose words end right before token `at`, whose object stands there: (its first index, event)."""
    for phrase, events in words.events_by_last.get(keys[at - 1], ()):
        first = at - len(phrase)
        if first < floor or (len(phrase) > 1 and keys[first:at] != list(phrase)):
            continue
        for event in events:
            if event.role == "before" and (amount is None or admits(words, event, amount)):
                return first, event
            if event.role == "lost" and amount is not None and amount.noun in words.personnel:
                return first, event
    return None


def is_passive(tokens: Tokens, words: Lexicon, first: int) -> bool:
    """ "were killed 12 miles away": the event belongs to what stands before it."""
    return tokens.keys[first - 1] in words.lists["passives"]


def event_with_others(tokens: Tokens, words: Lexicon, amount: Amount, floor: int, noun_last: int) -> Event | None:
    """ "killed himself and 12 others", "captured the leader along with two other suspects"."""
    keys = tokens.keys
    at = amount.phrase_first
    while keys[at - 1] in words.lists["possessives"]:
        at -= 1
    joined = next((n for n in (1, 2, 3) if " ".join(keys[max(0, at - n) : at]) in words.lists["joins"]), 0)
    following = keys[noun_last]
    if not joined or following in words.past or (following.endswith("ed") and not tokens.flags[noun_last] & EVENT):
        return None  # "arrested the man and two officers searched the house"
    for step in range(at - joined, max(floor, at - joined - OBJECTS_REACH), -1):
        key = keys[step - 1]
        if tokens.kinds[step - 1] == PAD or key in words.lists["clause_ends"]:
            return None
        found = verb_before(words, keys, step, floor)
        with_them = joined > 1 or keys[at - 1] in words.lists["company"]
        if found is not None and (with_them or not is_passive(tokens, words, found[0])):
            amount.phrase_first = found[0]
            amount.rule[:0] = [f"<{found[1].predicate}>", "... and"]
            return found[1]
        if key in words.past or tokens.flags[step - 1] & EVENT:
            return None
    return None
