"""Does a date without a year lie ahead or behind? The words around it say so: their tense, "by", "set to", "since"."""

from __future__ import annotations

from monitor.facts.lexicon.model import EVENT, STOP, Lexicon
from monitor.facts.text.token_pattern import PAD, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.left import is_plural
from monitor.facts.times.model import Expression

REACH = 24
"""Tokens, to either side, among which a verb is looked for."""
NEAR_BEFORE, NEAR_AFTER = 10, 8
"""Tokens among which "had" makes a past perfect."""
LONGEST_OBJECT = 6
"""Tokens between a verb and its date: "go to the polls on Sunday"."""
POSTPONING_REACH = 12
"""Tokens before "to" and a date among which a verb of putting off is looked for."""


def direction(tokens: Tokens, words: Lexicon, e: Expression) -> str:
    """ "future", "past" or "" when nothing says it."""
    keys, small = tokens.keys, words.calendar
    before = keys[e.first - 2] if keys[e.first - 1] in small["the"] else keys[e.first - 1]
    if before in words.lists["backward_before"]:
        return "past"
    if _is_attribute(tokens, words, e):
        happened = not words.calendar["disasters"].isdisjoint(keys[e.last : e.last + 2])
        return "past" if happened else tense_after(tokens, words, e.last)
    forward = before in words.lists["forward_before"]
    if forward and keys[e.first - 2] in words.lists["just_before"]:  # "took place shortly before 2:30pm on Saturday"
        return tense_before(tokens, words, e.first - 2) or tense_after(tokens, words, e.last)
    verdict = tense_before(tokens, words, e.first - forward)
    if forward:
        if not verdict:  # "By Friday, 20 people had died"
            return tense_after(tokens, words, e.last) or "future"
        ran = before in small["through"] and not _postponed(tokens, words, e.first)
        return "past" if verdict == "past" and (ran or _past_perfect(tokens, words, e)) else "future"
    if _is_ahead(tokens, words, e):
        return "future"
    return verdict or tense_after(tokens, words, e.last)


def is_any(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "book it on a Tuesday": any Tuesday; but "on a Tuesday flight", "April 3, a Tuesday"."""
    before, farther = tokens.keys[e.first - 1], tokens.keys[e.first - 2]
    on_a = before in words.calendar["indefinite"] and farther in words.calendar["on"]
    return on_a and not _is_attribute(tokens, words, e)


def _is_attribute(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "a June agreement", "the November election": the date of a thing, not of what the sentence tells."""
    at = e.last
    if tokens.keys[e.first - 1] not in words.calendar["article"] or tokens.kinds[at] != WORD or tokens.capital(at):
        return False
    return not tokens.flags[at] & STOP and tokens.keys[at] not in words.roles


def _is_ahead(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "put off to Nov. 12", "the hearing is on Thursday", "polls open Sunday": told of now, meant ahead."""
    keys, small, first = tokens.keys, words.calendar, e.first
    if keys[first - 1] in small["to"]:
        return _postponed(tokens, words, first)
    at = first - 2 if keys[first - 1] in small["on_at"] else first - 1
    if keys[at] in small["is"]:
        return at + 1 < first or keys[at - 1] not in words.adverbs
    verb = _timetabled(tokens, words, at)
    if verb < 0:
        return False
    return tense_before(tokens, words, verb) != "past" and tense_after(tokens, words, e.last) != "past"


def _timetabled(tokens: Tokens, words: Lexicon, at: int) -> int:
    """The verb of a timetable in the present, up to some words before the date; -1 where none."""
    keys, timetable = tokens.keys, words.lists["timetable"]
    for verb in range(at, max(0, at - LONGEST_OBJECT), -1):
        if tokens.kinds[verb] != WORD or _is_past(tokens, words, verb):
            return -1
        key = keys[verb]
        if key in timetable and is_plural(words, keys[verb - 1]) and keys[verb - 1] not in words.past:
            return verb
        if key[-1:] in words.calendar["third_person_endings"] and key[:-1] in timetable:
            return verb
    return -1


def _postponed(tokens: Tokens, words: Lexicon, first: int) -> bool:
    return not words.lists["postponing"].isdisjoint(tokens.keys[max(0, first - POSTPONING_REACH) : first - 1])


def tense_before(tokens: Tokens, words: Lexicon, first: int) -> str:
    """The nearest word to the left that has a tense decides; a full stop or a semicolon ends the search."""
    return _nearest_tense(tokens, words, first)[0]


def has_happened(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    """ "killed on April 2", "the blast occurred in May": done, however close the same date ahead may be."""
    tense, at = _nearest_tense(tokens, words, e.first)
    if tense != "past" or not _is_past(tokens, words, at):
        return False
    return bool(tokens.flags[at] & EVENT) or tokens.keys[at] in words.calendar["occurred"]


def _nearest_tense(tokens: Tokens, words: Lexicon, first: int) -> tuple[str, int]:
    keys, kinds, small = tokens.keys, tokens.kinds, words.calendar
    for at in range(first - 1, max(-1, first - REACH), -1):
        key = keys[at]
        if kinds[at] == PAD or key == ";":
            return "", 0
        if kinds[at] != WORD or keys[at - 1] in small["be"]:
            continue
        if keys[at - 1] in small["to"] and key in words.infinitives and not tokens.capital(at):
            if keys[at - 2] in words.lists["reporting_to"] and keys[at - 2] not in small["due"]:
                continue
            unfulfilled = keys[at - 3] in small["been"] and keys[at - 4] in small["had"]  # "had been due to speak"
            return ("past" if keys[at - 2] in small["began"] or unfulfilled else "future"), at
        if key in words.future:
            verdict = _future_word(tokens, words, at)
            if verdict:
                return verdict, at
        elif _is_past(tokens, words, at) and not (key in small["have"] and keys[at + 1] in small["after_have"]):
            return "past", at
    return "", 0


def _future_word(tokens: Tokens, words: Lexicon, at: int) -> str:
    """What a word of the future says here: "plans" is a noun after "the", "would have left" is past, May a name."""
    keys, small = tokens.keys, words.calendar
    key = keys[at]
    if key in small["names_too"] and tokens.capital(at):
        return ""
    if key in words.lists["nouns_too"] and keys[at - 1] in small["before_noun"]:
        return ""
    if key in small["to_come"] and keys[at - 1] in small["been"] and keys[at - 2] in small["had"]:
        return "past"  # "it had been due on Friday"
    if key in small["due"] and keys[at + 1] in small["to"] and keys[at + 2] not in words.infinitives:
        return ""  # "due to the weather"
    if key in small["set"] and keys[at + 1] not in small["set_ahead"]:
        return "past"  # "a record set on Aug. 6"
    unreal = key in small["would"] and keys[at + 1] in small["have"]
    failed = key in small["could"] and not small["not"].isdisjoint(keys[max(0, at - 4) : at + 2])
    return "past" if unreal or failed else "future"


def _is_past(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """A verb of the past: one of the list, or in -ed."""
    key = tokens.keys[at]
    if key in words.past:
        return True
    ending = len(key) > 4 and key[-2:] in words.calendar["past_endings"]
    return ending and key not in words.lists["not_tensed"] and not tokens.capital(at)


def tense_after(tokens: Tokens, words: Lexicon, last: int) -> str:
    """A sentence that begins with its date is dated by the verb that follows."""
    keys, kinds, small = tokens.keys, tokens.kinds, words.calendar
    for at in range(last, last + REACH):
        key = keys[at]
        if kinds[at] == PAD or key in (";", "."):
            return ""
        if kinds[at] != WORD:
            continue
        if key in small["will"] or (key in small["is_was"] and keys[at + 1] in small["to_come"]):
            return "future"
        if key not in small["nouns_or_verbs"] and _is_past(tokens, words, at):
            return "past"
    return ""


def _past_perfect(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    near = [*range(max(0, e.first - NEAR_BEFORE), e.first), *range(e.last, e.last + NEAR_AFTER)]
    sentence = tokens.sentence[e.first]
    return any(tokens.keys[at] in words.calendar["had"] and tokens.sentence[at] == sentence for at in near)
