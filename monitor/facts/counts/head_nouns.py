"""What a number counts: the head noun to its right, "3 suspected Taliban [fighters]", "12 of the [children]".

A plural is a head; a singular is one only where nothing better follows ("40 staff"). Words for people come from the
lexicon, and what happens to people may be a noun of its own: "12 deaths", "12 civilian deaths".
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.words import HUMAN_KINDS, LATIN_ENDS, event_at, is_people, is_plural, singular
from monitor.facts.lexicon.model import (
    CARDINAL,
    CURRENCY,
    EVENT,
    GRAIN,
    MONTH,
    MULTIPLIER,
    PERSON,
    STOP,
    UNIT,
    WEEKDAY,
    Event,
    Lexicon,
    match_phrase,
)
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

LONGEST_NOUN_PHRASE = 7
QUOTES = frozenset("\"“”'‘’«»")
MOST_ADJECTIVES = 2


@dataclass(slots=True)
class Head:
    """The noun phrase right of a number: `last` is the index after it, `event` what the noun itself says happened."""

    last: int
    noun: str | None = None
    plural: str | None = None
    event: Event | None = None
    rule: str = ""
    shown: int = 0
    """Index after the last word that a person needs to see; 0 when there is no noun."""
    attribute: Event | None = None
    """What a participle before the noun says: "12 wounded soldiers"."""


def head_noun(tokens: Tokens, words: Lexicon, amount: Amount, *, shared: bool = True) -> Head:
    """The head right of an amount; without one, a Head that has no rule. `shared`: it may be that of a next number."""
    keys, kinds, flags = tokens.keys, tokens.kinds, tokens.flags
    after = max(amount.last, amount.phrase_last)  # past a hedge: "40-plus jobs"
    if not words.plurals:
        return Head(after)  # nobody knows what is a noun in this language
    whole = _of_number(tokens, words, after) if shared else -1
    if whole >= 0:
        other = head_noun(tokens, words, Amount("count", whole, whole, 2, phrase_last=whole), shared=False)
        known = other.noun is not None and other.event is None
        return Head(other.last, other.noun, other.plural, None, "of <number> <noun>", after) if known else Head(after)
    hyphen = _hyphened(tokens, after)
    start = _past_of(tokens, words, amount, after + hyphen)
    if start < 0:
        return Head(after + hyphen)
    start = _past_size(tokens, words, start)
    weak = -1
    share = amount.value < 1 and keys[amount.first + 1] in words.lists["share_in"]
    someone = attribute = None
    at = start
    while at < start + LONGEST_NOUN_PHRASE:
        if kinds[at] != WORD:
            model = _past_model(tokens, start, at)
            if model == at and not (_hyphened(tokens, at) or (keys[at] in QUOTES and kinds[at + 1] == WORD)):
                break
            at = max(model, at + 1)
            continue
        if flags[at] & EVENT:
            if at == start and _describes(tokens, words, at):
                attribute = event_at(words, keys, at, "after")
                at += 1
                continue
            head = _event_noun(tokens, words, at, first=at == start, after_noun=weak >= 0)
            if head is not None:
                return head
            if _modifies(tokens, words, at):  # "32 death claims"
                at += 1
                continue
            if weak == at - 1 and (cuts := _of_deed(tokens, words, at)) is not None:
                return cuts
            if is_verb_of_event(words, keys, at):
                break
        if share and is_plural(tokens, words, at):  # "one in five children lives": a plural, then the verb of the one
            return Head(at + 1, words.plurals.get(keys[at]) or singular(keys[at]), keys[at], None, "<noun>", at + 1)
        if flags[at] & PERSON:
            head = _people(tokens, words, at)
            if head is not None and head.rule and not (_goes_on(tokens, words, head.last) and amount.value > 1):
                head.attribute = None if attribute is None else attribute[1]
                return head
            if head is not None:
                someone = head if head.rule else None
                weak = weak if is_people(tokens, words, head.last) else -1
                at = head.last
                continue
        if keys[at] in words.grammar["skip"] and not flags[at] & PERSON:
            at += 1
            continue
        if _ends_phrase(tokens, words, at, start) or _ends_one(tokens, weak, amount, at):
            break  # "one ship sailed"
        if keys[at] in words.lists["clitics"]:
            weak = -1
        elif is_plural(tokens, words, at) and not hyphen:
            if _is_last_noun(tokens, words, at):
                noun = words.plurals.get(keys[at]) or singular(keys[at])
                return Head(_past_quote(tokens, at + 1), noun, keys[at], None, "<noun>", at + 1)
        else:
            weak = at
        if hyphen and at == start:
            return Head(at + 1, keys[at], keys[at], None, "<noun>", at + 1)
        at += 1
    if someone is not None:
        return someone
    joined = (
        _shared_noun(tokens, words, amount, start, at)
        if shared and (weak < 0 or at - start <= MOST_ADJECTIVES)
        else None
    )
    if joined is not None:
        return joined
    if weak > start and amount.value > 1 and keys[start].endswith(("ed", "ly")):  # "the last 20 usually stay"
        weak = -1
    if weak >= 0 and not _is_bare_crowd(tokens, words, amount, start) and _is_weak_noun(tokens, weak, amount):
        return Head(weak + 1, singular(keys[weak]), keys[weak], None, "<noun>", weak + 1)
    return Head(start)


def _past_size(tokens: Tokens, words: Lexicon, at: int) -> int:
    """Past a size or age before the noun: "two [12-year-old] boys", "three [500-pound] bombs"."""
    if tokens.kinds[at] != NUMBER:
        return at
    unit = at + 1 + _hyphened(tokens, at + 1)
    if not tokens.flags[unit] & (UNIT | GRAIN) and tokens.raw(unit) not in words.unit_signs:
        return at
    return unit + 3 if _hyphened(tokens, unit + 1) else unit + 1


def _past_model(tokens: Tokens, start: int, at: int) -> int:
    """Past the number of a model before the noun: "two F-[16] fighters", "five [787] Dreamliners", "A[320neo] jets"."""
    if tokens.kinds[at] != NUMBER or not tokens.keys[at].isdigit():
        return at
    name = at - 2 if _hyphened(tokens, at - 1) else at - 1
    named = name >= start and tokens.kinds[name] == WORD and tokens.capital(name)
    if not named and not (at == start and tokens.kinds[at + 1] == WORD and tokens.capital(at + 1)):
        return at
    return at + 1 + (tokens.kinds[at + 1] == WORD and tokens.glued(at + 1))


def _shared_noun(tokens: Tokens, words: Lexicon, amount: Amount, start: int, at: int) -> Head | None:
    """ "one Danish and one Greek national", "no U.S. or AMISOM staff", "two or three ships": the noun of both."""
    if tokens.keys[at] not in words.lists["noun_joins"] or at - start > MOST_ADJECTIVES:
        return None
    following = at + 1
    counted = tokens.kinds[following] == NUMBER or tokens.flags[following] & CARDINAL
    if not counted and (amount.value != 0 or at == start):
        return None
    first = following + 1 if counted else following
    while counted and tokens.flags[first] & MULTIPLIER:  # "from 12 million to 11 million"
        first += 1
    if tokens.flags[first] & (UNIT | CURRENCY):
        return None
    other = head_noun(tokens, words, Amount("count", first, first, amount.value), shared=False)
    plain = other.rule in ("<noun>", "<people>") and other.last - first <= MOST_ADJECTIVES + 1
    plain = plain and not tokens.flags[other.last - 1] & (UNIT | CURRENCY)
    return Head(other.last if not counted else at, other.noun, other.plural, None, other.rule, at) if plain else None


def _hyphened(tokens: Tokens, at: int) -> bool:
    return tokens.keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)


def _of_number(tokens: Tokens, words: Lexicon, at: int) -> int:
    """ "three of the four [hostages]", "12 [out] of 40 [patients]": the index after the second number, or -1."""
    at += tokens.keys[at] in words.lists["out"]
    if tokens.keys[at] not in words.grammar["of"]:
        return -1
    at += 1
    if tokens.capital(at) and tokens.keys[at + 1] == "'s":  # "of Telerate's 95 million shares"
        at += 2
    while tokens.keys[at] in words.lists["wholes"] or tokens.keys[at] in words.lists["whole_hedges"]:
        at += 1
    return at + 1 if tokens.kinds[at] == NUMBER or tokens.flags[at] & CARDINAL else -1


def _past_of(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> int:
    """ "dozens of ships", "12 of them children", "three of the ships": past "of the"; -1 where "of" tells no noun."""
    keys = tokens.keys
    if keys[at] not in words.grammar["of"]:
        return at
    parted = (
        amount.hedge == "indefinite"
        or amount.value != int(amount.value)
        or keys[at + 1] in words.grammar["pronouns"]
        or keys[at + 1] in words.lists["wholes"]
    )
    if not parted:
        return -1
    at += 1
    while keys[at] in words.lists["wholes"] or keys[at] in words.grammar["pronouns"]:
        at += 1
    return at


def _of_deed(tokens: Tokens, words: Lexicon, at: int) -> Head | None:
    """ "two rate cuts", "400 job cuts": a verb's form after a noun, which has no object and so is a noun itself."""
    keys = tokens.keys
    found = event_at(words, keys, at, "before")
    object_ = tokens.kinds[at + 1] == NUMBER or (tokens.kinds[at + 1] == WORD and not tokens.flags[at + 1] & STOP)
    object_ = (object_ or keys[at + 1] in words.lists["object_determiners"]) and not tokens.timed[at + 1]
    if found is None or not keys[at].endswith("s") or object_:
        return None
    event, thing = found[1], keys[at - 1]
    if thing in event.nouns:  # "400 job cuts"
        return Head(at + 1, thing, thing + keys[at][-1], event, "<noun>", at + 1)
    return Head(at + 1, singular(keys[at]), keys[at], None, "<noun>", at + 1)


def _event_noun(tokens: Tokens, words: Lexicon, at: int, *, first: bool, after_noun: bool) -> Head | None:
    """ "12 deaths", "12 road deaths", "the 12 dead": the noun is what happened."""
    keys = tokens.keys
    found = event_at(words, keys, at, "noun")
    if found is None or (_modifies(tokens, words, at)):
        return None
    verb_too = event_at(words, keys, at, "after") is not None
    if verb_too and not (first or keys[at] in words.lists["always_nouns"] or (after_noun and keys[at].endswith("s"))):
        return None
    last, event = found
    human = event.kind in HUMAN_KINDS
    noun, plural = (None, None) if human else (singular(keys[at]), keys[at])
    return Head(last, noun, plural, event, f"<{event.predicate}>", last)


def _describes(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "12 wounded soldiers", "three missing children": a participle with people after it."""
    event = event_at(words, tokens.keys, at, "after")
    return event is not None and tokens.keys[at] in words.lists["describing"] and is_people(tokens, words, event[0])


def _modifies(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "death" in "32 death claims"."""
    named = event_at(words, tokens.keys, at, "noun") is not None
    return named and not tokens.keys[at].endswith("s") and is_plural(tokens, words, at + 1)


def is_verb_of_event(words: Lexicon, keys: list[str], at: int) -> bool:
    return event_at(words, keys, at, "after") is not None or event_at(words, keys, at, "before") is not None


def _people(tokens: Tokens, words: Lexicon, at: int) -> Head | None:
    """A word for people: the head, or (a Head without rule) a word before it: "12 police cars"."""
    keys, flags = tokens.keys, tokens.flags
    matched = match_phrase(words.people, keys, at)
    named = tokens.capital(at) and keys[at] in words.lists["name_heads"] and tokens.capital(at + 1)
    if matched is None or named:
        return None
    last, noun = matched[0], str(matched[1])
    plural = words.person_plurals.get(noun, noun)
    if flags[last] & EVENT and not keys[last - 1].endswith("s") and keys[last].endswith("s"):
        found = event_at(words, keys, last, "noun")
        if found is not None:
            if found[1].kind != "casualties":  # "14 police arrests" are of others
                return Head(found[0], None, None, found[1], f"<people> <{found[1].predicate}>", found[0])
            return Head(found[0], noun, plural, found[1], f"<people> <{found[1].predicate}>", found[0])
    goes_on = is_people(tokens, words, last) and keys[last] not in words.lists["held"]
    # "157 people capsizes": a plural of its own is seldom an attribute; "police" is, and so are people of people
    own_plural = words.plurals.get(keys[last - 1], "").isalpha()
    verb = own_plural and not keys[last].endswith(tuple(words.lists["person_endings"]))
    if goes_on or (is_plural(tokens, words, last) and not verb and not flags[last] & (EVENT | STOP)):
        return Head(last)
    return Head(_past_quote(tokens, last), noun, plural, None, "<people>", last)


def _ends_one(tokens: Tokens, weak: int, amount: Amount, at: int) -> bool:
    """ "one ship sailed": a verb after the noun of one thing."""
    return weak >= 0 and amount.value == 1 and tokens.keys[at].endswith("ed") and not tokens.capital(at)


def _goes_on(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "three Taliban cargo trucks": after a word that may tell of one or many, another that is no verb."""
    key, last = tokens.keys[at], tokens.keys[at - 1]
    if tokens.kinds[at] != WORD or last in words.plurals or last.endswith(("s", "men")):
        return False
    if tokens.capital(at) and last not in words.lists["unsaid_people"]:
        return False
    other = last in words.lists["unsaid_people"]
    described = other and key.endswith("ed") and is_people(tokens, words, at + 1)  # "two other suspected rebels"
    verb = key in words.past or key in words.grammar["auxiliaries"] or key.endswith(("ed", "ing", "ly"))
    if described:
        return True
    return not verb and not tokens.flags[at] & (STOP | EVENT)


def _ends_phrase(tokens: Tokens, words: Lexicon, at: int, start: int) -> bool:
    flag = tokens.flags[at]
    if tokens.keys[at] in words.lists["acronyms"] and tokens.raw(at).isupper():
        return False  # "12 million US jobs"
    dated = flag & (MONTH | WEEKDAY) and tokens.capital(at)
    includes = tokens.keys[at] in words.lists["include"]  # "the toll of 12 includes two rescuers"
    return bool(flag & STOP or includes or tokens.keys[at] in words.past or dated or (flag & CARDINAL and at > start))


def _is_last_noun(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """No plural and nobody follows: "12 sales people" are people; but a name may: "12 ships Tuesday"."""
    follows = is_plural(tokens, words, at + 1) or is_people(tokens, words, at + 1)
    if tokens.capital(at) and _is_plain(tokens, words, at + 1) and is_plural(tokens, words, at + 2):
        return False  # "12,000 Dataproducts common shares"
    return not follows or tokens.capital(at + 1)


def _is_plain(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """A word in small letters that is no verb, as far as its ending says."""
    key = tokens.keys[at]
    small = tokens.kinds[at] == WORD and not tokens.capital(at) and not tokens.flags[at] & (STOP | EVENT)
    return small and key not in words.past and not key.endswith(("ed", "ing", "ly", "s"))


def _is_bare_crowd(tokens: Tokens, words: Lexicon, amount: Amount, start: int) -> bool:
    """ "dozens hurt", "thousands more": a noun would follow "of"."""
    of = tokens.keys[start - 1] in words.grammar["of"]
    return amount.hedge == "indefinite" and tokens.keys[amount.first].endswith("s") and not of


def _past_quote(tokens: Tokens, at: int) -> int:
    return at + 1 if tokens.keys[at] in QUOTES and tokens.glued(at) else at


def _is_weak_noun(tokens: Tokens, at: int, amount: Amount) -> bool:
    """A singular-looking head ("staff", "sheep", "aircraft"): not an adverb, a participle or a name."""
    key = tokens.keys[at]
    if tokens.capital(at) or len(key) < 3 or key[0] > LATIN_ENDS or key.endswith(("ly", "ing", "ed", "est")):
        return False
    return amount.value == 1 or amount.value < 1 or amount.hedge == "indefinite" or tokens.kinds[at + 1] in (PAD, WORD)
