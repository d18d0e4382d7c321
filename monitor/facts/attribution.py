"""Who says so: "according to the U.N.", "the army said", "..., said Mr Roe", and which of them says this.

Every source of a stretch of text is read once. One that stands before what it says governs what is right of it, as far
as the next one; one that stands behind it governs what is left: "3 died, police said, but the army said that 5 did".
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.facts.lexicon.model import (
    CARDINAL,
    EVENT,
    PERSON,
    WEEKDAY,
    Lexicon,
    match_phrase,
    match_phrase_before,
)
from monitor.facts.text.token_pattern import MARK, NUMBER, PAD, WORD
from monitor.facts.text.tokens import TAIL, Tokens

LONGEST_SOURCE = 9
LONGEST_ASIDE = 24
SENTENCE_REACH = 160
"""Tokens: a text without full stops must not cost its length for every fact."""
NEAR = 4
"""Tokens between a number and the "according to" that is its own."""
SOURCE_END = frozenset([",", ".", ";", ":", "“", "”", '"', "(", ")", "—", "–"])


@dataclass(slots=True)
class Source:
    """Tokens `first` to before `last` name a source and say that it says; `follows`: they stand behind what it says."""

    text: str
    first: int
    last: int
    follows: bool
    according: bool = False


def sources(tokens: Tokens, words: Lexicon, first: int, last: int) -> list[Source]:
    """The sources named between two tokens, in order."""
    found: list[Source] = []
    for at in range(first, last):
        key = tokens.keys[at]
        documented = key in words.lists["document_verbs"] and tokens.keys[at - 1] in words.lists["documents"]
        documented = documented or (key in words.lists["putting"] and _puts_figure(tokens, words, at))
        says = key in words.say or key in words.lists["say_that"]
        said = says and tokens.kinds[at] == WORD and not _is_passive(tokens, words, at)
        said = said and not _is_deed(tokens, words, at)
        source = None
        if key in words.lists["quoting"]:
            source = _quoted(tokens, words, at, first, last)
        if source is None and key in words.according and key not in words.lists["weak_according"]:
            source = _according(tokens, words, at, first, last)
        elif source is None and (said or documented):
            source = _saying(tokens, words, at, first, last)
            if source is not None and found and _passes_on(tokens, words, found[-1], source):
                source = None
        if source is not None:
            found.append(source)
    return found


def who_says(tokens: Tokens, words: Lexicon, found: list[Source], first: int, last: int) -> str | None:
    """The one of the sources around it that says what tokens `first` to before `last` tell."""
    before = [source for source in found if source.last <= first]
    behind = next((source for source in found if source.first >= last and source.follows), None)
    governing = next((source for source in reversed(before) if not source.follows), None)
    if behind is not None:
        if governing is None or (behind.according and behind.first - last <= NEAR):
            return behind.text
        between = tokens.keys[governing.last : first]
        return governing.text if words.lists["new_statement"].isdisjoint(between) else behind.text
    if governing is not None:
        return governing.text
    return before[-1].text if before else None


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
    """The sentence around a token, or what is near it in one without end."""
    number = tokens.sentence[index]
    first = tokens.first_tokens[number]
    last = tokens.first_tokens[number + 1] - 1 if number + 1 < len(tokens.first_tokens) else len(tokens.keys) - TAIL - 1
    if last - first > SENTENCE_REACH:
        first, last = max(first, index - SENTENCE_REACH // 2), min(last, index + SENTENCE_REACH // 2)
    return first, last


def _according(tokens: Tokens, words: Lexicon, at: int, first: int, last: int) -> Source | None:
    matched = match_phrase(words.according, tokens.keys, at)
    named = _named_after(tokens, words, matched[0], last) if matched is not None else None
    if named is None:
        return None
    opens = at == first or (at == first + 1 and tokens.kinds[first] != WORD)
    return Source(tokens.raw(*named), at, named[1], follows=not opens, according=True)


def _quoted(tokens: Tokens, words: Lexicon, at: int, first: int, last: int) -> Source | None:
    """ "AFP quoted a doctor as saying", "the doctor was quoted as saying": who is quoted, not who quotes."""
    end = min(last, at + LONGEST_SOURCE) + 1
    says = next((n for n in range(at + 1, end) if " ".join(tokens.keys[n : n + 2]) in words.lists["as_saying"]), None)
    if says is None:
        return None
    if says == at + 1:
        named = _named_before(tokens, words, at - (tokens.keys[at - 1] in words.lists["be"]), first)
    else:
        named = _named_after(tokens, words, at + 1, says)
    if named is None:
        return None
    follows = named[0] > first and _ends_clause(tokens, words, says + 1, last)
    return Source(tokens.raw(*named), named[0], says + 2, follows)


def _passes_on(tokens: Tokens, words: Lexicon, cited: Source, source: Source) -> bool:
    """ "Citing a medic, the agency said": it is the medic who says so; not "citing an example"."""
    opens = tokens.keys[cited.first] in words.lists["quoting"] and not cited.follows
    somebody = tokens.flags[cited.last - 1] & PERSON or tokens.capital(cited.last - 1)
    return opens and bool(somebody) and cited.last == source.first - 1 and tokens.keys[cited.last] == ","


def _saying(tokens: Tokens, words: Lexicon, at: int, first: int, last: int) -> Source | None:
    """The verb at token `at` with its subject, before or behind it."""
    named = _named_before(tokens, words, at, first)
    if named is None:
        named = _inverted(tokens, words, at, last)
        if named is not None:
            return Source(tokens.raw(*named), at, named[1], follows=True)
        named = _before_aside(tokens, words, at, first)
    if named is None:
        return None
    opened = tokens.kinds[named[0] - 1] == WORD or named[0] == first
    return Source(tokens.raw(*named), named[0], at + 1, follows=not opened and _ends_clause(tokens, words, at, last))


def _puts_figure(tokens: Tokens, words: Lexicon, verb: int) -> bool:
    """ "the ministry put the number of dead at 35", "organisers put the crowd at 100,000"."""
    if tokens.keys[verb + 1] not in words.lists["wholes"] | words.lists["pronouns"]:
        return False
    at = next((n for n in range(verb + 2, verb + LONGEST_SOURCE) if tokens.keys[n] in words.lists["put_at"]), None)
    return at is not None and _next_number(tokens, at + 1, NEAR) is not None


def _ends_clause(tokens: Tokens, words: Lexicon, verb: int, last: int) -> bool:
    """ "..., police said on Monday.", "he told Reuters,": nothing that it could say comes after the verb."""
    keys = tokens.keys
    at = verb + 1
    limit = at + (NEAR if keys[verb] in words.lists["tell"] else 0)
    if keys[at] in words.lists["place_prepositions"]:  # "said in a post on Telegram"
        limit = at + LONGEST_SOURCE
    while at < last and tokens.kinds[at] == WORD:
        dated = tokens.flags[at] & WEEKDAY or keys[at] in words.adverbs or keys[at] in words.lists["saying_links"]
        if not dated and at >= limit:
            return False
        if keys[at] in words.lists["clause_openers"]:
            return False
        at += 1
    return at >= last or keys[at] in (",", ".", "”", '"', "’", "'", ")", "-", "–", "—", "!", "?")


def _is_passive(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "cases reported in the outbreak", "the deal announced Wednesday by": nobody said so, it was said."""
    key = tokens.keys[at]
    if tokens.flags[at + 1] & EVENT:
        return key not in words.lists["always_say"]
    if not key.endswith("ed"):
        return False
    after = at + 1
    while tokens.flags[after] & WEEKDAY or tokens.keys[after] in words.adverbs:
        after += 1
    counted = key in words.lists["adding"] and tokens.kinds[at + 1] == NUMBER  # "the index added 20 points"
    by = after > at + 1 and tokens.keys[after] == "by"
    passive = tokens.keys[at + 1] in words.lists["passive_after"] or tokens.keys[at - 1] in words.lists["no_source"]
    return counted or by or passive


def _is_deed(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "the blast claimed 17 lives", "the Senate confirmed her", "Peru declared a 30-day state of emergency"."""
    key, after = tokens.keys[at], tokens.keys[at + 1]
    lives = key in words.lists["claiming"] and not words.lists["lives"].isdisjoint(tokens.keys[at + 1 : at + 1 + NEAR])
    done_to = after in words.lists["object_pronouns"] or after in words.articles
    return lives or (key in words.lists["deeds"] and done_to)


def _named_after(tokens: Tokens, words: Lexicon, at: int, end: int) -> tuple[int, int] | None:
    """The noun phrase from token `at`: "the Food and Drink Federation"; None when there is none."""
    first = at
    while at < end and at - first < LONGEST_SOURCE:
        key = tokens.keys[at]
        abbreviation = key == "." and tokens.glued(at) and at - first < 1
        if tokens.kinds[at] == PAD or (tokens.kinds[at] == MARK and key in SOURCE_END and not abbreviation):
            break
        joins_names = key in words.number_and and tokens.capital(at + 1)
        if at > first and ((key in words.lists["source_ends_before"] and not joins_names) or _new_line(tokens, at)):
            break
        at += 1
    return (first, at) if at > first and tokens.keys[first] not in words.say else None


def _named_before(tokens: Tokens, words: Lexicon, verb: int, start: int) -> tuple[int, int] | None:
    """The subject of "said": back to the punctuation, quotation mark or conjunction before it."""
    keys = tokens.keys
    at = verb
    while keys[at - 1] in words.lists["before_saying"]:
        at -= 1
    last = at
    while at > start and last - at < LONGEST_SOURCE:
        key = keys[at - 1]
        if tokens.kinds[at - 1] == NUMBER and _is_age(tokens, at):  # "a 36-year-old man reported"
            at -= 2 if keys[at - 2] in words.articles else 1
            break
        if tokens.kinds[at - 1] == PAD or tokens.kinds[at - 1] == NUMBER or (at < last and _new_line(tokens, at)):
            break
        if tokens.kinds[at - 1] == MARK and key not in ("-", "&", "'", "’", "."):
            break
        if key == "." and not tokens.glued(at - 1):
            break
        if key in words.number_and and tokens.capital(at - 2) and tokens.capital(at) and at - 2 == start:
            at -= 2  # "Devon and Cornwall Police"
            break
        says = at < last and key in words.say and (at - 1 > start or key not in words.lists["say_nouns"])
        if says or key in words.lists["source_starts_after"]:
            break
        at -= 1
    while at < last and tokens.kinds[at] == MARK:
        at += 1
    while at < last and tokens.kinds[last - 1] == MARK and keys[last - 1] != ".":
        last -= 1
    if at == last or not _can_say(tokens, words, at, last, verb, start):
        return None
    if last - at > 1 and keys[last - 1] in words.lists["pronouns"]:  # "a series of messages she posted"
        at = last - 1
    for index in range(at + 1, last):  # "Police on Wednesday said"
        if keys[index] in words.weekdays or keys[index] in words.adverbs:
            last = index - 1 if keys[index - 1] == "on" else index
            break
    if all(key in words.lists["no_source"] or key in words.say for key in keys[at:last]):
        return None
    return at, last


def _can_say(tokens: Tokens, words: Lexicon, at: int, last: int, verb: int, start: int) -> bool:
    """Not every noun before a verb of saying says so: "an estimated 10", "people told not to enter", "some reports"."""
    keys = tokens.keys
    before, noun, said = keys[at - 1], keys[last - 1], keys[verb]
    if (tokens.kinds[at - 1] == WORD and before in words.lists["relative_pronouns"]) or keys[at] in words.grammar["of"]:
        return False
    if said in words.lists["say_nouns"]:
        named = tokens.capital(last - 1) or noun in words.lists["pronouns"]
        if noun in words.lists["determiners"] or not (named or _has_clause(tokens, words, verb)):
            return False
    if said in words.lists["say_that"]:  # and not "the UN report said", "a UN report that 40 died", "their claim that"
        owned = noun in words.lists["determiners"] or not noun[:1].isalpha()
        named = tokens.capital(last - 1) and said in words.lists["foretelling"]  # "the IMF forecast growth of 3%"
        thing = keys[at] in words.articles and said in words.lists["say_that_nouns"] and not named
        again = noun in words.lists["pronouns"] and before in words.say | words.lists["clause_openers"]
        if owned or thing or again or not _has_clause(tokens, words, verb):
            return False
    if said in words.lists["tell"] and keys[verb + 1] in words.lists["not_told"]:
        return False
    if at > start and before in words.lists["as"] and said in words.lists["says_now"]:
        return False  # "One killed in attack as Trump says talks go on"
    counted = said in words.lists["reported"] and tokens.kinds[at - 1] == NUMBER and at > start
    return not counted and noun not in words.articles


def _has_clause(tokens: Tokens, words: Lexicon, verb: int) -> bool:
    """ "the government estimates that 40,000", "officials fear up to 40 dead": what looks like a noun is a verb."""
    after = verb + 1
    foretells = tokens.keys[verb] in words.lists["foretelling"] and _may_be_foretold(tokens, words, after)
    return tells(tokens, words, after) or (foretells and _next_number(tokens, after) is not None)


def tells(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Whether a clause or a number begins here: "that 40,000", "it", "40", "up to 40"."""
    number = _next_number(tokens, at)
    if number == at or tokens.keys[at] in words.lists["clause_openers"]:
        return True
    hedge = None if number is None else match_phrase_before(words.hedges_before, tokens.keys, number)
    return hedge is not None and hedge[0] == at


def _next_number(tokens: Tokens, at: int, reach: int = LONGEST_SOURCE) -> int | None:
    """The first number from token `at`, in the same part of the sentence."""
    for step in range(at, at + reach):
        if tokens.kinds[step] == PAD or tokens.keys[step] in SOURCE_END:
            return None
        if tokens.kinds[step] == NUMBER or tokens.flags[step] & CARDINAL:
            return step
    return None


def _may_be_foretold(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "growth", "a fall"; not "of" and "to", before which a forecast is a noun."""
    key = tokens.keys[at]
    closed = key in words.lists["foretells_nothing"] or key in words.grammar["auxiliaries"] or key in words.past
    return not closed and not (key in words.trends and key.endswith(("s", "ed", "ing")))


def _new_line(tokens: Tokens, at: int) -> bool:
    """Does a line end before this token? A headline is not the subject of the text below it."""
    return "\n" in tokens.text[tokens.ends[at - 1] : tokens.starts[at]]


def _is_age(tokens: Tokens, at: int) -> bool:
    return tokens.keys[at] == "-" and tokens.glued(at) and tokens.keys[at + 1 : at + 4] == ["year", "-", "old"]


def _before_aside(tokens: Tokens, words: Lexicon, verb: int, start: int) -> tuple[int, int] | None:
    """ "Charles Simpson, program administrator of the centre, told": the subject before what explains it."""
    keys = tokens.keys
    if keys[verb - 1] != ",":
        return None
    for at in range(verb - 2, max(start, verb - LONGEST_ASIDE), -1):
        if tokens.kinds[at] == PAD or keys[at] in words.lists["aside_ends"]:
            return None
        if keys[at] == ",":
            named = tokens.capital(at - 1) or tokens.capital(at + 1)  # "the sheriff, Larry Leitha, said"
            if not named and keys[at + 1] not in words.aged:
                return None
            return _named_before(tokens, words, at, start)
    return None


def _inverted(tokens: Tokens, words: Lexicon, verb: int, end: int) -> tuple[int, int] | None:
    """ "..., said Mr Smith." """
    keys = tokens.keys
    if keys[verb - 1] not in (",", "”", '"', "’", "'") or tokens.kinds[verb + 1] != WORD:
        return None
    if keys[verb] in words.lists["tell"] or keys[verb + 1] in words.lists["not_inverted"]:
        return None
    if tokens.flags[verb + 1] & WEEKDAY:
        return None  # "Mr Roe, the sheriff, said Saturday"
    named = _named_after(tokens, words, verb + 1, end)
    if named is None or keys[named[1]] in words.lists["clause_verbs"]:  # "said the vehicle was taken"
        return None
    return named
