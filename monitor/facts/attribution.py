"""Who says so ("according to the U.N.", "the army said") and how sure it is (asserted, expected, alleged, denied)."""

from __future__ import annotations

from monitor.facts.lexicon import EVENT, STOP, Lexicon, match_phrase
from monitor.facts.model import Certainty
from monitor.facts.token_pattern import MARK, NUMBER, PAD, WORD
from monitor.facts.tokens import TAIL, Tokens

LONGEST_SOURCE = 9
SOURCE_END = frozenset([",", ".", ";", ":", "“", "”", '"', "(", ")", "—", "–"])


def attribution(tokens: Tokens, words: Lexicon, first: int, last: int) -> str | None:
    """The source named in the sentence of tokens `first` to before `last`, as written; None when it names none."""
    sentence_first, sentence_last = segment_tokens(tokens, first)
    keys = tokens.keys
    for at in range(sentence_first, sentence_last):
        matched = match_phrase(words.according, keys, at) if keys[at] in words.according else None
        if matched is not None and keys[at] != "per":
            source = _source_after(tokens, words, matched[0], sentence_last)
            if source is not None:
                return source
    for at in range(sentence_last - 1, sentence_first, -1):
        if keys[at] in words.say and tokens.kinds[at] == WORD and not _is_passive(tokens, words, at):
            source = (
                _source_before(tokens, words, at, sentence_first)
                or _source_inverted(tokens, words, at, sentence_last)
                or _source_before_aside(tokens, words, at, sentence_first)
            )
            if source is not None:
                return source
    return None


def _is_passive(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "cases reported in the outbreak", "first case confirmed by": nobody said so, it was said."""
    key = tokens.keys[at]
    if tokens.flags[at + 1] & EVENT:
        return key not in ("said", "says")
    return key.endswith("ed") and (
        tokens.keys[at + 1] in words.lists["passive_after"] or tokens.keys[at - 1] in words.lists["no_source"]
    )


def segment_tokens(tokens: Tokens, index: int) -> tuple[int, int]:
    """The part of the sentence around a token that semicolons do not cut off."""
    first, last = sentence_tokens(tokens, index)
    keys = tokens.keys
    for at in range(index - 1, first - 1, -1):
        if keys[at] == ";":
            first = at + 1
            break
    for at in range(index, last):
        if keys[at] == ";":
            last = at
            break
    return first, last


def sentence_tokens(tokens: Tokens, index: int) -> tuple[int, int]:
    number = tokens.sentence[index]
    first = tokens.first_tokens[number]
    last = tokens.first_tokens[number + 1] - 1 if number + 1 < len(tokens.first_tokens) else len(tokens.keys) - TAIL - 1
    if last - first > SENTENCE_REACH:
        first, last = max(first, index - SENTENCE_REACH // 2), min(last, index + SENTENCE_REACH // 2)
    return first, last


SENTENCE_REACH = 160
"""Tokens: a text without full stops must not cost its length for every fact."""


def _source_after(tokens: Tokens, words: Lexicon, at: int, end: int) -> str | None:
    first = at
    while at < end and at - first < LONGEST_SOURCE:
        key = tokens.keys[at]
        if tokens.kinds[at] == PAD or (
            tokens.kinds[at] == MARK and key in SOURCE_END and not (key == "." and tokens.glued(at) and at - first < 1)
        ):
            break
        joins_names = key == "and" and tokens.capital(at + 1)  # "the Food and Drink Federation"
        if (
            at > first
            and not joins_names
            and key
            in (
                "and",
                "but",
                "as",
                "which",
                "who",
                "that",
                "while",
                "after",
                "when",
                "citing",
                "in",
                "on",
                "has",
                "have",
                "had",
                "was",
                "were",
                "is",
                "are",
                "will",
            )
        ):
            break
        at += 1
    return tokens.raw(first, at) if at > first and tokens.keys[first] not in words.say else None


def _source_before(tokens: Tokens, words: Lexicon, verb: int, start: int) -> str | None:
    """The subject of "said": back to the punctuation, quotation mark or conjunction before it."""
    keys = tokens.keys
    at = verb
    if keys[at - 1] in ("has", "have", "had", "also", "later", "earlier", "previously", "meanwhile"):
        at -= 1
    last = at
    while at > start and last - at < LONGEST_SOURCE:
        key = keys[at - 1]
        if tokens.kinds[at - 1] == NUMBER and _is_age(tokens, at):  # "a 36-year-old man reported"
            at -= 2 if keys[at - 2] in words.articles else 1
            break
        if tokens.kinds[at - 1] == PAD or tokens.kinds[at - 1] == NUMBER:
            break
        if tokens.kinds[at - 1] == MARK and key not in ("-", "&", "'", "’", "."):
            break
        if key == "." and not tokens.glued(at - 1):
            break
        if key == "and" and tokens.capital(at - 2) and tokens.capital(at) and at - 2 == start:
            at -= 2  # "Devon and Cornwall Police"
            break
        if key in words.lists["source_starts_after"]:
            break
        at -= 1
    if at == last:
        return None
    if tokens.kinds[at - 1] == WORD and keys[at - 1] in ("that", "which", "who"):
        return None
    if last - at > 1 and keys[last - 1] in words.lists["pronouns"]:  # "a series of messages she posted"
        at = last - 1
    if keys[verb] in words.lists["say_nouns"] and not (
        tokens.capital(last - 1) or keys[last - 1] in words.lists["pronouns"]
    ):
        return None
    if keys[verb] == "told" and keys[verb + 1] in ("to", "not", "by"):
        return None  # "people told not to enter"
    if at > start and keys[at - 1] == "as" and (keys[verb].endswith("s") or keys[verb] == "say"):
        return None  # "One killed in attack as Trump says talks go on"
    if keys[last - 1] in words.articles or (
        keys[verb] in words.lists["say_nouns"] and keys[last - 1] in words.lists["determiners"]
    ):
        return None  # "an estimated 10", "some reports"
    if keys[verb] in words.lists["reported"] and tokens.kinds[at - 1] == NUMBER and at > start:
        return None
    for index in range(at + 1, last):  # "Police on Wednesday said"
        if keys[index] in words.weekdays or keys[index] in words.adverbs:
            last = index - 1 if keys[index - 1] == "on" else index
            break
    if all(key in words.lists["no_source"] or key in words.say for key in keys[at:last]):
        return None
    return tokens.raw(at, last)


def _is_age(tokens: Tokens, at: int) -> bool:
    return tokens.keys[at] == "-" and tokens.glued(at) and tokens.keys[at + 1 : at + 4] == ["year", "-", "old"]


def _source_before_aside(tokens: Tokens, words: Lexicon, verb: int, start: int) -> str | None:
    """ "Charles Simpson, program administrator of the centre, told": the subject before what explains it."""
    keys = tokens.keys
    if keys[verb - 1] != ",":
        return None
    for at in range(verb - 2, max(start, verb - 24), -1):
        if tokens.kinds[at] == PAD or keys[at] in words.lists["aside_ends"]:
            return None
        if keys[at] == ",":
            if not tokens.capital(at - 1) and keys[at + 1] not in words.aged:
                return None
            return _source_before(tokens, words, at, start)
    return None


def _source_inverted(tokens: Tokens, words: Lexicon, verb: int, end: int) -> str | None:
    """ "..., said Mr Smith." """
    keys = tokens.keys
    if keys[verb - 1] not in (",", "”", '"', "’", "'") or tokens.kinds[verb + 1] != WORD:
        return None
    if keys[verb] == "told" or keys[verb + 1] in ("that", "it", "to", "in", "on"):
        return None
    source = _source_after(tokens, words, verb + 1, end)
    if source is None:
        return None
    after = next(at for at in range(verb + 1, len(keys)) if tokens.starts[at] >= tokens.starts[verb + 1] + len(source))
    return None if keys[after] in words.lists["clause_verbs"] else source  # "said the vehicle was taken"


def certainty(tokens: Tokens, words: Lexicon, first: int, last: int, phrase_first: int) -> Certainty:
    """The strongest word near the fact: its clause to the left, and what follows it closely.

    Words of the fact itself do not count: "claimed 12 lives" claims nothing.
    """
    sentence_first, sentence_last = sentence_tokens(tokens, first)
    keys = tokens.keys
    start = first
    while start > sentence_first and first - start < 14 and keys[start - 1] not in (";", ":", "“", "”", "."):
        start -= 1
    stop = last
    while stop < sentence_last and stop - last < 6 and keys[stop] not in (";", ",", ".", "“", "”"):
        stop += 1
    verdict: Certainty = "asserted"
    at = start
    while at < stop:
        if keys[at] in words.certainty and not (at >= phrase_first and tokens.flags[at] & EVENT):
            matched = match_phrase(words.certainty, keys, at)
            if matched is not None and _counts(tokens, words, at, matched[0], first, last, str(matched[1])):
                verdict = matched[1]
                if verdict == "denied":
                    return "denied"
                at = matched[0]
                continue
        at += 1
    return verdict


def _counts(tokens: Tokens, words: Lexicon, at: int, after: int, first: int, last: int, meaning: str) -> bool:
    """May the month is not "may" the verb; "may" needs lower case; a denial must stand before its fact."""
    key = tokens.keys[at]
    if key in ("may", "plan", "plans", "due", "target") and (
        tokens.capital(at) or (tokens.keys[after] == "to" and key == "due")
    ):
        return key == "due" and tokens.keys[at - 1] in ("is", "are", "was", "were", "be")
    if key == "due" and tokens.keys[at - 1] not in ("is", "are", "was", "were", "be", "'s"):
        return False
    if (
        key in ("suspected", "alleged", "accused")
        and tokens.kinds[after] == WORD
        and tokens.keys[at - 1] not in words.lists["be"]
    ):
        return False  # "suspected insurgents" are no suspected deed
    if meaning == "denied":
        return at < first and "," not in tokens.keys[at:first]
    if key in words.lists["claiming"] and not tokens.flags[after] & STOP:
        return False  # "claims a stage win" alleges nothing, "claims that" does
    if key == "reported":
        return not tokens.flags[after] & EVENT and tokens.keys[at - 1] in ("was", "were", "been", "is", "are")
    return True
