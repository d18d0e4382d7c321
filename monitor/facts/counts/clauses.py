"""The verb that people are the subject of, when it stands far from them.

"Three men who were with him were detained", "two insurgents attacking a post in Kamdesh were killed", "four men moved
towards them and were killed", "two soldiers sustained minor injuries".
"""

from __future__ import annotations

from monitor.facts.counts.happenings import is_adverb, skip_auxiliaries
from monitor.facts.counts.person_phrases import past_joined
from monitor.facts.counts.words import event_at, is_plural
from monitor.facts.lexicon.model import CARDINAL, EVENT, PERSON, TIMEISH, Event, Lexicon
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

LONGEST_CLAUSE = 26
LONGEST_OBJECT = 5
MOST_OTHERS = 4


def event_of_subject(tokens: Tokens, words: Lexicon, subject: int, at: int) -> tuple[Event, int] | None:
    """What happened to the people named from token `subject` to before `at`: (event, index after its words)."""
    suffered = _suffered(tokens, words, at)
    if suffered is not None:
        return suffered
    key = tokens.keys[at]
    opens = at + 1 if key == "," else at
    joined = max(past_joined(tokens, words, at), _past_others(tokens, words, at))
    if joined > at and _is_subject(tokens, words, subject):  # "one soldier and a driver were wounded"
        return _verb_group(tokens, words, joined)
    if key == "," and tokens.keys[opens] in words.lists["relatives"]:  # ", who were later detained"
        told = _verb_group(tokens, words, opens + 1)
        if told is not None:
            return told
    if not _is_subject(tokens, words, subject):
        return None
    many = is_plural(tokens, words, at - 1)
    if key == "," and many and (verb := _past_names(tokens, words, opens)) > opens:
        return _verb_group(tokens, words, verb)
    if tokens.keys[opens] in words.lists["including"]:
        return _past_part(tokens, words, opens + 1)
    if tokens.keys[opens] in words.lists["relatives"]:
        return _main_verb(tokens, words, opens, many=many)
    if _is_participle(tokens, words, opens):
        return _main_verb(tokens, words, opens + 1, many=many)
    if key in words.lists["aside_prepositions"]:
        return _main_verb(tokens, words, at + 1, many=many)
    if key in words.past or (key.endswith("ed") and tokens.kinds[at] == WORD):
        return _second_verb(tokens, words, at + 1, passive=key in words.lists["was"])
    return None


def event_of_sentence(tokens: Tokens, words: Lexicon, subject: int, clause: int, at: int) -> tuple[Event, int] | None:
    """What happened to the people named from token `subject`, whom a relative clause describes that opens at `clause`
    and whose own verb ends before `at`: (event, index after its words). None where another verb comes first."""
    if not _is_subject(tokens, words, subject):
        return None
    keys, kinds = tokens.keys, tokens.kinds
    lists = words.lists
    for step in range(at, at + LONGEST_CLAUSE):
        key = keys[step]
        if kinds[step] == PAD or key in lists["clause_walls"] or key in lists["relatives"] or key in words.number_and:
            return None
        verb = step + 2 if key == "," and is_adverb(tokens, step + 1) else step + 1
        if key == "," and (keys[clause] != "," or keys[verb] not in lists["was_or_has"] | lists["alone_done"]):
            return None
        if key in lists["was_or_has"] or key in lists["alone_done"]:
            return _verb_group(tokens, words, step)
        if _is_number(tokens, step) and (
            tokens.flags[step + 1] & (EVENT | PERSON) or keys[step + 1] in lists["was_or_has"]
        ):
            return None
        if key in words.past and keys[step + 1] not in lists["participle_links"]:
            return None
    return None


def _is_number(tokens: Tokens, at: int) -> bool:
    """Not that of a name or of a time: "COVID-19", "in 2020"."""
    digits = tokens.kinds[at] == NUMBER and not tokens.timed[at] and not tokens.glued(at)
    return digits or bool(tokens.flags[at] & CARDINAL)


def _suffered(tokens: Tokens, words: Lexicon, at: int) -> tuple[Event, int] | None:
    """ "received minor wounds", "have sustained injuries": the object of the verb is what happened."""
    at = skip_auxiliaries(tokens, words, at)
    if tokens.keys[at] not in words.lists["suffering"]:
        return None
    for step in range(at + 1, at + 1 + LONGEST_OBJECT):
        if tokens.kinds[step] != WORD or tokens.flags[step] & CARDINAL:
            return None
        found = event_at(words, tokens.keys, step, "suffered") if tokens.flags[step] & EVENT else None
        if found is not None:
            return found[1], found[0]
    return None


def _is_subject(tokens: Tokens, words: Lexicon, first: int) -> bool:
    """Nothing before them governs them: no preposition and no verb, but the start of a clause."""
    before = first - 1
    while tokens.keys[before] in words.lists["verb_links"]:  # "a further 12", "most of the 12"
        before -= 1
    if tokens.kinds[before] != WORD or tokens.keys[before] in words.lists["subject_after"]:
        return True
    return bool(tokens.flags[before] & TIMEISH)  # "On Monday 12 people in a car were killed"


def _past_others(tokens: Tokens, words: Lexicon, at: int) -> int:
    """ "108 journalists and media workers have been killed": past others of whom nobody said how many; else `at`."""
    if tokens.keys[at] not in words.number_and:
        return at
    for step in range(at + 1, at + 1 + MOST_OTHERS):
        if tokens.kinds[step] != WORD or tokens.flags[step] & (CARDINAL | EVENT):
            break
        verb = tokens.keys[step + 1]
        if verb in words.lists["was_or_has"] or verb in words.lists["alone_done"]:
            return step + 1 if tokens.flags[step] & PERSON and is_plural(tokens, words, step) else at
    return at


def _past_part(tokens: Tokens, words: Lexicon, at: int) -> tuple[Event, int] | None:
    """ "seven people including two children were killed": what befell the part befell the whole."""
    for step in range(at + 1, at + LONGEST_CLAUSE):
        key = tokens.keys[step]
        if tokens.kinds[step] == PAD or key in words.lists["clause_walls"] or key in words.lists["relatives"]:
            return None
        if key in words.lists["was_or_has"] or key in words.lists["alone_done"]:
            return _verb_group(tokens, words, step)
    return None


def _past_names(tokens: Tokens, words: Lexicon, at: int) -> int:
    """ "two brothers, Ali and Omar Khan, were shot": past who they are to the verb of many; else `at`."""
    keys = tokens.keys
    for step in range(at, at + LONGEST_CLAUSE):
        if tokens.kinds[step] == PAD or keys[step] == "." or keys[step] in words.lists["aside_ends"]:
            break
        verb = keys[step + 1]
        many = verb in words.lists["was_or_has"] and verb not in words.lists["singular_verbs"]
        if keys[step] == "," and (many or verb in words.lists["alone_done"]):
            return step + 1
    return at


def _is_participle(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "attacking an outpost", "armed with rifles", "identified as": it tells who they are."""
    key = tokens.keys[at]
    if tokens.kinds[at] != WORD:
        return False
    passive = key.endswith("ed") and tokens.keys[at + 1] in words.lists["participle_links"]
    return passive or (key.endswith("ing") and len(key) > 5)


def _main_verb(tokens: Tokens, words: Lexicon, at: int, *, many: bool) -> tuple[Event, int] | None:
    """The first past verb group from token `at` on that is none of a relative clause, when it is an event.

    `many`: the subject is a plural, so that "12 people in a village fled and a woman was killed" has another.
    """
    keys, kinds = tokens.keys, tokens.kinds
    clauses, verbs = 0, 0
    for step in range(at, at + LONGEST_CLAUSE):
        key = keys[step]
        if kinds[step] == PAD or key in words.lists["clause_walls"]:
            return None
        if (kinds[step] == NUMBER or tokens.flags[step] & CARDINAL) and tokens.flags[step + 1] & (EVENT | PERSON):
            return None  # others, of whom more is told
        if key in words.lists["relatives"]:
            if clauses:
                return None
            clauses = verbs = 1
            continue
        finite = key in words.lists["was_or_has"]
        alone = not finite and key in words.lists["alone_done"]
        if verbs and (finite or (kinds[step] == WORD and (key.endswith("ed") or key in words.past))):
            verbs -= 1
            continue
        if many and key in words.lists["singular_verbs"]:
            return None
        if finite or (alone and not verbs):
            return _verb_group(tokens, words, step)
        if not clauses and key in words.past and step > at and keys[step + 1] not in words.lists["participle_links"]:
            return _second_verb(tokens, words, step + 1, passive=False)
    return None


def _second_verb(tokens: Tokens, words: Lexicon, at: int, *, passive: bool) -> tuple[Event, int] | None:
    """ "fired on the patrol and were killed", "were found in a house and detained": two verbs of one subject."""
    keys = tokens.keys
    for step in range(at, at + LONGEST_CLAUSE):
        if tokens.kinds[step] == PAD or keys[step] in words.lists["clause_walls"]:
            return None
        if keys[step] in words.number_and:
            verb = step + 2 if is_adverb(tokens, step + 1) else step + 1
            found = event_at(words, keys, verb, "after") if passive and tokens.flags[verb] & EVENT else None
            if found is not None:
                return found[1], found[0]
            if keys[verb] in words.lists["was_or_has"] or keys[verb] in words.lists["alone_done"]:
                return _verb_group(tokens, words, verb)
    return None


def _verb_group(tokens: Tokens, words: Lexicon, at: int) -> tuple[Event, int] | None:
    """ "were later killed", "had been detained", "died"; not "were not killed", "have to be killed"."""
    last = skip_auxiliaries(tokens, words, at)
    passed = tokens.keys[at:last]
    if not words.lists["unreal_in_group"].isdisjoint(passed):
        return None
    if words.lists["was"].isdisjoint(passed) and tokens.keys[last] not in words.lists["alone_done"]:
        return None  # "has killed"
    found = event_at(words, tokens.keys, last, "after") if tokens.flags[last] & EVENT else None
    return None if found is None else (found[1], found[0])
