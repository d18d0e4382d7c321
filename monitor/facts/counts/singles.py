"""People told of without a number: "an insurgent was killed", "captured a Taliban leader", "no civilians were hurt".

An article is one, "both" two, "a number of" an open three, "no" none, but only when what happened stands beside them in
the past: "if a person dies" and "the risk of killing a civilian" tell of nobody. Whether "the leader" and "him" are one
more or somebody told of before is asked of `mentions`.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.clauses import event_of_subject
from monitor.facts.counts.happenings import is_adverb, past_commas, skip_aside, verb_before
from monitor.facts.counts.head_nouns import head_noun
from monitor.facts.counts.mentions import antecedents, is_headline, is_repeat
from monitor.facts.counts.person_phrases import past_joined, past_pair, past_years_old, person_phrase
from monitor.facts.counts.words import event_at, joins_list
from monitor.facts.lexicon.model import CARDINAL, EVENT, PERSON, STOP, Event, Lexicon, match_phrase
from monitor.facts.model import Hedge
from monitor.facts.numbers.model import Numbers
from monitor.facts.text.token_pattern import PAD, WORD
from monitor.facts.text.tokens import Tokens

PREDICATES = frozenset(
    ["killed", "wounded", "missing", "trapped", "detained", "jailed", "captured", "surrendered", "abducted"]
)
LISTED = "... and"
"""The part of a rule that says that a verb before governs a list."""
LONGEST_NAME = 6
LONGEST_SPEAKER = 12
FEW_WORDS = 4
"""Tokens between a number and the comma after what it counts."""
CLAUSE = 12
"""Tokens to the left in which an "if" makes a case of what is told."""


@dataclass(slots=True)
class Happened:
    """An event and the bounds of the phrase that tells it."""

    event: Event
    first: int
    last: int
    listed: bool = False
    """Told by the verb of those before in a list."""


def single_starts(tokens: Tokens, words: Lexicon) -> list[int]:
    """The tokens at which people may be told of without a number: determiners, pronouns, and words that lack them."""
    if not words.determiners:
        return []
    keys, flags, kinds = tokens.keys, tokens.flags, tokens.kinds
    openers = words.lists["definites"] | words.lists["object_pronouns"] | words.determiners.keys()
    starts = {at for at, key in enumerate(keys) if key in openers}
    before = [at for at, flag in enumerate(flags) if flag & EVENT]  # "killed Taliban leader Jan"
    before += [at + 1 for at in before if keys[at + 1] in words.grammar["of"]]  # "the capture of Taliban leader Jan"
    before += [at - 1 for at in tokens.first_tokens]
    before += [at for at, key in enumerate(keys) if key == ":" or _joins_pair(tokens, words, at)]
    starts.update(at + 1 for at in before if kinds[at + 1] == WORD and not flags[at + 1] & STOP)
    return sorted(starts)


def read_single(
    tokens: Tokens, words: Lexicon, numbers: Numbers, at: int, floor: int, amounts: list[Amount]
) -> Amount | None:
    """The amount of people that begins at token `at`, or None; `amounts` are those left of it."""
    key = tokens.keys[at]
    if tokens.keys[at - 1] == "," and _speaks(tokens, words, at):
        return None
    matched = match_phrase(words.determiners, tokens.keys, at)
    if matched is not None:
        return _indefinite(tokens, words, numbers, at, matched, floor, amounts)
    if key in words.lists["definites"]:
        return _definite(tokens, words, at, floor, amounts) or _pronoun(tokens, words, at, floor, amounts)
    if key in words.lists["object_pronouns"]:
        return _pronoun(tokens, words, at, floor, amounts)
    if _joins_pair(tokens, words, at - 1):
        return _paired(tokens, words, at, amounts)
    return _bare(tokens, words, at, floor)


def _speaks(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "killed 15 people, a doctor at the hospital said": who tells of it, and not of whom it tells."""
    keys = tokens.keys
    for step in range(at + 1, at + LONGEST_SPEAKER):
        if tokens.kinds[step] != WORD and keys[step] not in ("-", "'", "’"):
            return False
        if keys[step] in words.say:
            heard = tokens.flags[step + 1] & EVENT or keys[step + 1] in words.lists["passive_after"]  # "told to leave"
            return keys[step] in words.lists["always_say"] or not heard or tokens.kinds[step + 1] == PAD
    return False


def _indefinite(
    tokens: Tokens, words: Lexicon, numbers: Numbers, at: int, matched: tuple[int, tuple[int, Hedge]], floor: int,
    amounts: list[Amount],
) -> Amount | None:  # fmt: skip
    """ "a soldier", "another", "both attackers", "a number of suspects", "no civilians", "nobody"."""
    first, (value, hedge) = matched
    number = numbers.starting.get(first)
    of_some = value == 1 and first > at + 1 and number is not None and number.form != "ordinal"
    if number is not None and of_some:
        first, number = number.last, None  # "one of the four pilots"
    aged = past_years_old(tokens, first)
    if aged == first and (tokens.flags[first] & CARDINAL or (number is not None and number.form != "ordinal")):
        return None
    if value == 0:
        return _none(tokens, words, at, first, floor)
    if value > 1 and tokens.keys[at - 1] == "," and _told_already(amounts, at, value):
        return None
    one_of = value == 1 and first > at + 1
    person = person_phrase(tokens, words, aged, many=value > 1 or one_of)
    if person is None and aged > first and not _noun_follows(tokens, aged):
        person = aged, "person"  # "a 45-year-old has been arrested"
    if person is None and number is not None and tokens.keys[number.last] in words.lists["was_or_has"]:
        person = number.last, "person"  # "a third was wounded"
    if person is None and value == 1 and (body := _body(tokens, words, at, first)) is not None:
        return body
    if person is None and (tokens.keys[at] not in words.lists["alone"] or _noun_follows(tokens, first)):
        return None
    last, noun = person or (first, "person")
    if value == 1 and _is_the_one(tokens, words, at, last, amounts):
        return None
    happened = _left(tokens, words, at, floor, amounts[-1] if amounts else None)
    if happened is not None and happened.listed and person is not None:  # "arrested a man and a woman was hurt"
        happened = _right(tokens, words, at, last) or happened
    if happened is None:  # "one was killed and another wounded": the second does without "was"
        second = any(amount.predicate and amount.phrase_last + 1 == at for amount in amounts[-2:]) or person is None
        happened = _right(tokens, words, at, last, elliptic=second and tokens.keys[at - 1] in words.number_and)
    if happened is None or _is_case(tokens, words, at):
        return None
    many = words.lists["was_or_has"] - words.lists["singular_verbs"]  # "nine people including a child have been killed"
    if tokens.keys[at - 1] in words.lists["including"] and not many.isdisjoint(tokens.keys[last : happened.first]):
        return None
    alone = of_some or tokens.keys[first - 1] in words.lists["wholes"]
    bare = at + 1 if alone else first  # "one" of "one of his men"
    told = _told(words, happened, at, bare, last, value, noun)
    if told is not None:
        told.hedge = hedge
    return told


def _body(tokens: Tokens, words: Lexicon, at: int, first: int) -> Amount | None:
    """ "a body was found", "found another charred body": somebody dead; a body of which nothing is told is none."""
    keys, finding = tokens.keys, words.lists["finding"]
    last = next((step for step in range(first, first + FEW_WORDS) if keys[step] in words.lists["a_body"]), None)
    if last is None or any(tokens.kinds[step] != WORD or tokens.flags[step] & STOP for step in range(first, last)):
        return None
    end = last + 1
    after = skip_aside(tokens, words, end)
    passive = False
    while keys[after] in words.grammar["auxiliaries"] and keys[after] not in finding:
        passive = passive or keys[after] in words.lists["be"]
        after += 1
    passive = passive or keys[after + 1] in words.lists["place_prepositions"]  # "a body found in the river"
    if passive and keys[after] in finding and keys[end] not in words.grammar["of"]:
        happened = Happened(Event("killed", "casualties", "after"), at, after + 1)
    elif keys[at - 1] in finding and not _noun_follows(tokens, end) and keys[end] not in words.grammar["of"]:
        happened = Happened(Event("killed", "casualties", "before"), at - 1, end)
    else:
        return None
    return None if _is_case(tokens, words, at) else _told(words, happened, at, first, end, 1, "person", "<a> body")


def _told_already(amounts: list[Amount], at: int, value: int) -> bool:
    """ "two people, both Germans, were killed": who the two are, no two more."""
    return bool(amounts) and amounts[-1].value == value and at - amounts[-1].last <= FEW_WORDS


def _is_the_one(tokens: Tokens, words: Lexicon, at: int, last: int, amounts: list[Amount]) -> bool:
    """ "The suspect, a student, was shot dead": who the one is of whom that is told, no second one."""
    keys = tokens.keys
    if not amounts or keys[at - 1] != "," or not (amounts[-1].first < at < amounts[-1].phrase_last):
        return False
    while tokens.kinds[last] == WORD and last < at + LONGEST_SPEAKER:  # "a father of two, was"
        if keys[last] in words.number_and:
            return False
        last += 1
    listed = keys[last] != "," or keys[last + 1] in words.number_and or keys[last + 1] in words.determiners
    return amounts[-1].value == 1 and not listed


def _definite(tokens: Tokens, words: Lexicon, at: int, floor: int, amounts: list[Amount]) -> Amount | None:
    """ "the leader was captured", "killed his wife": one more, unless it is somebody who has been counted."""
    first = past_years_old(tokens, at + 1)
    if not (tokens.flags[at - 1] & EVENT or tokens.kinds[first] == WORD):
        return None
    person = person_phrase(tokens, words, first, many=False)
    if person is None and first > at + 1 and not _noun_follows(tokens, first):
        person = first, "person"  # "the 34-year-old was arrested"
    if person is None or tokens.keys[at - 1] in words.lists["including"]:
        return None
    if tokens.keys[at - 1] in words.grammar["of"] and tokens.flags[at - 2] & PERSON:
        return None  # "a cousin of the governor"
    last, noun = person
    happened = _left(tokens, words, at, floor, None) or _right(tokens, words, at, last)
    if happened is None or _is_case(tokens, words, at):
        return None
    # "A woman and her husband died": two people, whoever was told of before.
    joined = tokens.keys[at - 1] in words.number_and and amounts and amounts[-1].first < at < amounts[-1].phrase_last
    if not joined and is_repeat(tokens, words, at, noun, happened.event, amounts):
        return None
    how = "<the> <person>" if last > first else "<a> <people>"  # of "the 34-year-old" nothing but an age is known
    return _told(words, happened, at, at + 1, last, 1, noun, how)


def _pronoun(tokens: Tokens, words: Lexicon, at: int, floor: int, amounts: list[Amount]) -> Amount | None:
    """ "killing him", "resulting in their deaths": those told of just before, unless they have been counted."""
    keys = tokens.keys
    happened = None
    if (
        keys[at] in words.lists["object_pronouns"]
        and tokens.flags[at - 1] & EVENT
        and not _noun_follows(tokens, at + 1)
    ):
        happened = _left(tokens, words, at, floor, None)
    elif keys[at] in words.lists["whose"] and tokens.flags[at + 1] & EVENT and keys[at - 2] in words.lists["causing"]:
        found = event_at(words, keys, at + 1, "noun")
        happened = Happened(found[1], at - 2, found[0]) if found is not None else None
    if happened is None or happened.event.predicate not in PREDICATES or _is_case(tokens, words, at):
        return None
    if keys[happened.first - 1] in words.lists["relatives"]:
        return None  # "the gun that killed her": of which was told
    whom = antecedents(tokens, words, at, happened.event, amounts, many=keys[at] in words.lists["plural_pronouns"])
    if whom is None:
        return None
    value, noun = whom
    return _told(words, happened, at, at + 1, at + 1, value, noun, "<him or them>")


def _joins_pair(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Whether an "and" stands between two people: "a father and son"."""
    return tokens.keys[at] in words.number_and and bool(tokens.flags[at - 1] & tokens.flags[at + 1] & PERSON)


def _paired(tokens: Tokens, words: Lexicon, at: int, amounts: list[Amount]) -> Amount | None:
    """ "a father and son were killed": the second of two that share an article."""
    end = past_pair(tokens, words, at - 1)
    before = amounts[-1] if amounts else None
    if end < at or before is None or before.predicate not in PREDICATES or before.value != 1:
        return None
    subject = before.first < at < before.phrase_last and at - before.first <= LONGEST_NAME
    object_ = before.phrase_first < before.first and before.phrase_last == at - 1  # "arrested a man and woman"
    if not (subject or object_):
        return None
    person = person_phrase(tokens, words, at, many=False)
    happened = Happened(Event(before.predicate, before.kind, "before"), at, max(end, before.phrase_last))
    return _told(words, happened, at, at, end, 1, person[1]) if person is not None else None


def _bare(tokens: Tokens, words: Lexicon, at: int, floor: int) -> Amount | None:
    """ "Taliban leader killed in Khost", "Troops kill Taliban leader": a headline does without articles."""
    keys = tokens.keys
    opening = tokens.kinds[at - 1] == PAD or keys[at - 1] == ":"
    headline = is_headline(tokens, at)
    if opening and not headline:
        return None
    person = person_phrase(tokens, words, at, many=False)
    if person is None or keys[at] in words.lists["held"]:
        return None
    last, noun = person
    if opening:
        happened = _right(tokens, words, at, last, elliptic=True)
    else:
        titled = tokens.capital(last) and tokens.kinds[last] == WORD  # "killed Taliban leader Mullah Jan"
        happened = _left(tokens, words, at, floor, None) if titled or headline else None
        named = keys[at - 1] not in words.grammar["of"]  # "the death of rebel leader Jan"
        if happened is not None and named and _describes(tokens, words, happened.first, titled=titled):
            return None
    if happened is None or _is_case(tokens, words, at):
        return None
    return _told(words, happened, last - 1, last, last, 1, noun, "<person>")


def _describes(tokens: Tokens, words: Lexicon, verb: int, *, titled: bool) -> bool:
    """ "her murdered sister", "Injured captain", "to avenge slain father": a participle that tells who somebody is."""
    previous = tokens.keys[verb - 1]
    determined = previous in words.lists["definites"] or previous in words.determiners
    adjective = tokens.keys[verb] in words.lists["describing"] and not titled
    return determined or adjective or tokens.kinds[verb - 1] == PAD or previous in ("'s", ":", "-")


def _none(tokens: Tokens, words: Lexicon, at: int, first: int, floor: int) -> Amount | None:
    """ "no civilians were harmed", "no injuries were reported", "nobody was hurt": a count of none."""
    amount = Amount("count", at, first, 0, phrase_first=at, phrase_last=first)
    head = head_noun(tokens, words, amount)
    if head.event is not None:
        if _noun_follows(tokens, head.last) and not tokens.keys[head.last - 1].endswith("s"):
            return None  # "no homicide statute"
        happened = Happened(head.event, at, head.last)
    elif head.rule and (head.noun in words.person_nouns or head.noun in words.lists["groups"]):
        found = _right(tokens, words, at, head.last, none=True)
        if found is None:
            return None
        happened = found
    elif tokens.keys[first - 1] in words.lists["needing_nouns"]:
        return None
    else:
        found = _right(tokens, words, at, first, none=True)
        if found is None:
            return None
        happened = found
    bare = at + 1 if tokens.keys[first - 1] in words.lists["wholes"] else first
    return _told(words, happened, at, bare, max(first, head.shown), 0, head.noun or "person", "<no> <people>")


def _told(
    words: Lexicon, happened: Happened, at: int, first: int, last: int, value: int, noun: str, how: str = "<a> <people>"
) -> Amount | None:
    event = happened.event
    if event.predicate not in PREDICATES and not (value == 0 and event.kind == "casualties"):
        return None
    noun = "person" if noun in words.lists["unsaid_people"] else noun
    return Amount(
        event.kind, at, first, value, noun=noun, plural=words.person_plurals.get(noun, noun), predicate=event.predicate,
        phrase_first=min(at, happened.first), phrase_last=max(last, happened.last),
        rule=[*([LISTED] if happened.listed else []), how, f"<{event.predicate}>"],
    )  # fmt: skip


def _noun_follows(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at] == WORD and not tokens.flags[at] & (STOP | EVENT)


def _left(tokens: Tokens, words: Lexicon, at: int, floor: int, before: Amount | None) -> Happened | None:
    """ "killed an insurgent", "captured a leader, a facilitator and a driver"."""
    keys = tokens.keys
    governed = before is not None and (before.phrase_first < before.first or LISTED in before.rule)
    if before is not None and before.predicate in PREDICATES:
        gap = keys[before.phrase_last : at]
        listed = joins_list(words, gap) and not (gap == [","] and _is_apposition(tokens, words, before, at))
        together = " ".join(gap) in words.lists["together"]  # "was arrested along with an associate"
        if ((governed and listed) or together) and tokens.sentence[before.first] == tokens.sentence[at]:
            return Happened(Event(before.predicate or "", before.kind, "before"), at, at, listed=True)
    found = verb_before(words, keys, _before_name(tokens, at), floor)
    if found is None:
        return None
    first, event = found
    verb, previous = keys[first], keys[first - 1]
    if previous in words.lists["be"] or previous in words.lists["unreal_before"] or verb in words.lists["claiming"]:
        return None  # "claims 12 lives" kills, "claims patient was hurt" says something
    if keys[at - 1] == "of" and not verb.endswith(("ed", "ing")):
        # "resulted in the capture of a facilitator", "the body of a woman"
        real = previous in words.lists["nominal_before"] or verb in words.lists["the_dead"]
    elif verb.endswith("ing"):
        real = previous in words.lists["participle_after"] or tokens.kinds[first - 1] == PAD
    else:
        real = verb.endswith("ed") or verb in words.lists["done"] or is_headline(tokens, at)
    return Happened(event, first, at) if real else None


def _before_name(tokens: Tokens, at: int) -> int:
    """ "killed Abu Hafs, a Saudi national": the place of the name, of which the noun tells that it is a person."""
    if tokens.keys[at - 1] != ",":
        return at
    first = at - 1
    while first > at - LONGEST_NAME and tokens.kinds[first - 1] == WORD and tokens.capital(first - 1):
        first -= 1
    return first


def _is_apposition(tokens: Tokens, words: Lexicon, before: Amount, at: int) -> bool:
    """ "the commander, a cousin of the governor,": who somebody known is, no second person."""
    if tokens.keys[before.first] not in words.lists["definites"]:
        return False
    person = person_phrase(tokens, words, at + 1, many=False)
    return person is None or tokens.keys[person[0]] not in words.number_and | {","}


def _right(
    tokens: Tokens, words: Lexicon, determiner: int, at: int, *, none: bool = False, elliptic: bool = False
) -> Happened | None:
    """ "... was killed", ", 25, has been arrested", "died", "who ran away was shot dead"."""
    keys = tokens.keys
    noun_last = at
    at = _past_apposition(tokens, words, determiner, at)
    at = skip_aside(tokens, words, past_joined(tokens, words, at))
    passive = keys[determiner - 1] in words.lists["leaving"] or elliptic  # "leaving a crew member injured"
    unreal = words.lists["unreal_of_none" if none else "unreal_auxiliaries"]
    if keys[at] in words.lists["is_still"] and keys[at + 1] in words.lists["states"]:  # "is missing", not "is killed"
        state = event_at(words, keys, at + 1, "after")
        return Happened(state[1], at + 1, state[0]) if state is not None else None
    first = at
    while at < first + 6 and (keys[at] in words.grammar["auxiliaries"] or is_adverb(tokens, at)):
        if keys[at] in unreal or (tokens.flags[at] & EVENT and event_at(words, keys, at, "after")):
            break
        passive = passive or keys[at] in words.lists["was"]
        at += 1
    found = event_at(words, keys, at, "after") if tokens.flags[at] & EVENT else None
    if found is not None and (passive or keys[at] in words.lists["alone_done"]):
        object_ = tokens.flags[found[0]] & (PERSON | CARDINAL) or keys[found[0]] in words.lists["object_determiners"]
        acts = elliptic and at == first and object_  # "Driver killed two"
        return None if acts else Happened(found[1], at, found[0])
    far = event_of_subject(tokens, words, determiner, noun_last)
    return Happened(far[0], noun_last, far[1]) if far is not None else None


def _past_apposition(tokens: Tokens, words: Lexicon, determiner: int, at: int) -> int:
    """Past ", 34," and ", Mullah Jan,", and past the comma that closes "Jan, a driver," itself, when a verb follows."""
    if tokens.keys[at] != ",":
        return at
    if tokens.keys[determiner - 1] == "," and tokens.keys[at + 1] in words.lists["was_or_has"]:
        return at + 1
    close = past_commas(tokens, at)
    verb = tokens.keys[close] in words.lists["was_or_has"] or bool(tokens.flags[close] & EVENT)
    return close if verb else at


def _is_case(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "if a soldier was killed", "whenever a patient died": a case that may come or not."""
    for step in range(at - 1, max(-1, at - CLAUSE), -1):
        if tokens.kinds[step] == PAD or tokens.keys[step] in (".", ";"):
            return False
        if tokens.keys[step] in words.lists["cases"]:
            return True
    return False
