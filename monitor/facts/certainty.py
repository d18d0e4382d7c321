"""How sure a fact is: asserted, expected, alleged or denied, by the words of its own clause.

The nearest word to the left counts, as far as the clause reaches; a verb of the past between them is of another clause
("people will gather for those killed last week"), unless the word takes clauses ("claims that it killed 12"). Where the
clause has its verb behind the fact, the look is to the right ("12 people will move").
"""

from __future__ import annotations

from monitor.facts.attribution import sentence_tokens, tells
from monitor.facts.lexicon.model import EVENT, STOP, Lexicon, match_phrase
from monitor.facts.model import Certainty
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens

REACH_LEFT, REACH_RIGHT = 20, 9


def certainty(tokens: Tokens, words: Lexicon, first: int, last: int, phrase_first: int, phrase_last: int) -> Certainty:
    """The certainty of what tokens `first` to before `last` say; the phrase around them tells what happened."""
    start, stop = sentence_tokens(tokens, first)
    if _negated(tokens, words, max(start, phrase_first - 2), phrase_last, first):
        return "denied"
    own_verb = not words.lists["was_or_has"].isdisjoint(tokens.keys[last:phrase_last])
    verdict, has_verb = _left(tokens, words, first, max(start, first - REACH_LEFT), phrase_first, own_verb=own_verb)
    if verdict != "asserted" or has_verb:
        return verdict
    return _right(tokens, words, first, last, min(stop, last + REACH_RIGHT), phrase_first, phrase_last)


def _left(
    tokens: Tokens, words: Lexicon, first: int, start: int, phrase_first: int, *, own_verb: bool
) -> tuple[Certainty, bool]:
    """What words before the fact make of it, and whether a verb stands there."""
    keys, lists = tokens.keys, words.lists
    walls, relatives, takers = lists["certainty_walls"], lists["relative_pronouns"], lists["clause_takers"]
    verdict: Certainty = "asserted"
    has_verb = crossed = aside = False
    for at in range(first - 1, start - 1, -1):
        key = keys[at]
        if key in walls or (key in relatives and not _taken(words, keys, at)):
            break
        if own_verb and key in words.number_and and at < phrase_first:
            break  # "nine are feared dead, and two were arrested"
        if key == ",":
            aside = True  # a verb before it may be of another clause: "one dead, 21 feared trapped"
            continue
        cue = _cue(tokens, words, at, first, first, phrase_first) if key in words.certainty else None
        if cue == "denied":
            if not aside:
                return "denied", True
        elif cue is not None and verdict == "asserted" and (key in takers or not crossed):
            verdict, has_verb = cue, True
        elif cue is None and at < phrase_first and _is_past(tokens, words, at):
            crossed = True
            has_verb = has_verb or not aside
    return verdict, has_verb


def _right(
    tokens: Tokens, words: Lexicon, first: int, last: int, stop: int, phrase_first: int, phrase_last: int
) -> Certainty:
    """What the first verb behind the fact makes of it, in its phrase ("12 feared dead") or after it ("12 may die")."""
    bare = phrase_last == last
    for at in range(last, max(stop, phrase_last)):
        key = tokens.keys[at]
        if key in words.lists["certainty_walls"] or key in words.lists["relative_pronouns"]:
            break
        if key == "," and not bare:
            break  # but "By 2027, Oman will join"
        cue = _cue(tokens, words, at, first, last, phrase_first)
        if cue not in (None, "denied") and (at < phrase_last or _is_of_subject(tokens, words, at, cue)):
            return cue or "asserted"
        finite = key not in words.lists["was_or_has"] and key not in words.lists["be"]
        if finite and _is_past(tokens, words, at) and not tokens.flags[at] & EVENT:
            break
    return "asserted"


def _is_of_subject(tokens: Tokens, words: Lexicon, at: int, cue: Certainty | None) -> bool:
    """ "12 people may leave", "are believed to"; "Esper on Wednesday accused": the accusing is asserted."""
    before = tokens.keys[at - 1]
    hedged = tokens.keys[at] in words.lists["sentence_hedges"]
    return cue == "expected" or hedged or before in words.lists["be"] or before in words.lists["modal_links"]


def _cue(tokens: Tokens, words: Lexicon, at: int, first: int, last: int, phrase_first: int) -> Certainty | None:
    """The meaning of a word of certainty at token `at`, when it is one here.

    Words of the fact itself do not count: "claimed 12 lives" claims nothing.
    """
    if tokens.keys[at] not in words.certainty or (phrase_first <= at < last and tokens.flags[at] & EVENT):
        return None
    matched = match_phrase(words.certainty, tokens.keys, at)
    told = at < first and _is_day_of_saying(tokens, words, at, first)
    if matched is None or told or not _counts(tokens, words, at, matched[0], str(matched[1])):
        return None
    return matched[1]  # type: ignore[no-any-return]


def _is_day_of_saying(tokens: Tokens, words: Lexicon, at: int, first: int) -> bool:
    """ "claimed on Thursday that": the day of the claim is not claimed."""
    gap = tokens.keys[at + 1 : first]
    return tokens.keys[at] in words.say and bool(gap) and words.lists["saying_links"].issuperset(gap)


def _taken(words: Lexicon, keys: list[str], at: int) -> bool:
    """ "claims that", "claimed on Thursday that": the clause belongs to the word before."""
    before = at - 1
    while keys[before] in words.weekdays or keys[before] in words.lists["saying_links"]:
        before -= 1
    return keys[before] in words.certainty or keys[before] in words.lists["clause_nouns"]


def _is_past(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """A finite verb of the past: "opened", "fell", "was"; no part of "may have been opened"."""
    key, before = tokens.keys[at], tokens.keys[at - 1]
    if not (key.endswith("ed") or key in words.past or key in words.lists["be"]):
        return False
    links = words.lists["modal_links"]
    return key not in links and before not in links and before not in words.lists["attributive_after"]


def _negated(tokens: Tokens, words: Lexicon, start: int, stop: int, first: int) -> bool:
    """ "did not kill 12 people", "12 people were not hurt"; not "not only", "not more than"."""
    for at in range(start, stop):
        key = tokens.keys[at]
        if (key == "not" or key.endswith("n't")) and tokens.keys[at + 1] not in words.lists["not_negating"]:
            after = tokens.keys[at + 1]
            if tokens.flags[at + 1] & EVENT or after in words.lists["be"] or after in words.lists["modal_links"]:
                return True
    return False


def _counts(tokens: Tokens, words: Lexicon, at: int, after: int, meaning: str) -> bool:
    """The month of May is not "may" the verb; "suspected insurgents" are no suspected deed."""
    keys = tokens.keys
    key, before = keys[at], keys[at - 1]
    if key in words.lists["certain_as_verbs"]:
        return not tokens.capital(at)
    if key in words.lists["infinitive_marks"] and before in words.lists["not_future_before"]:
        return False  # "turned out to be"
    if key in words.lists["certain_after_be"]:
        return before in words.lists["be"] or before == "'s"
    if key in words.lists["suspecting"] and tokens.kinds[after] == WORD and before not in words.lists["be"]:
        return False
    if key in words.lists["claiming"] and not tokens.flags[after] & STOP:
        return False  # "claims a stage win" alleges nothing, "claims that" does
    if key in words.lists["fearing"]:  # "fears up to 40 died"; not "for fear of a flood", "fears over 40 jobs"
        return keys[after] not in words.lists["positions"] and tells(tokens, words, after)
    if key == "reported":
        return not tokens.flags[after] & EVENT and before in words.lists["passives"]
    return True
