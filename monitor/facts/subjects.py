"""What a date, a length of time, a sum or a share is of, in the words of the text: "inflation", "fine", "completion of
the withdrawal". Said only where the words stand where a reader looks for them; else None.
"""

from __future__ import annotations

from monitor.facts.counts.happenings import is_adverb
from monitor.facts.lexicon.model import ADVERB, GRAIN, MONTH, NUMBERISH, REFERENCE, STOP, WEEKDAY, Lexicon
from monitor.facts.text.token_pattern import NUMBER, PAD, WORD
from monitor.facts.text.tokens import Tokens

LONGEST_PHRASE = 6
MOST_LINKS = 4
MOST_BETWEEN = 7
"""Tokens between a verb and the date that it is told of."""


def subject_of(tokens: Tokens, words: Lexicon, kind: str, first: int, last: int, around: tuple[int, int]) -> str | None:
    """The subject of a value in tokens `first` to before `last`; `around` are the bounds of its phrase."""
    if kind in ("count", "money", "percent", "measure", "duration"):
        subject = (
            _noun_after(tokens, words, first, last, around[0])
            or _against_base(tokens, words, kind, last, around[0])
            or _of_whole(tokens, words, kind, last)
            or _measured(tokens, words, around[0])
            or (_happening(tokens, words, first) or _imposed(tokens, words, around[0]) if kind == "duration" else None)
        )
    else:
        subject = _happening(tokens, words, first) if kind in ("date", "time") else None
    subject = subject or (_label(tokens, words, *around) if kind not in ("age", "ordinal") else None)
    return None if subject is None else subject.removeprefix(words.nominal_definite)


def _label(tokens: Tokens, words: Lexicon, phrase_first: int, phrase_last: int) -> str | None:
    """ "Turnout: 64 %", "Gold: 12, Silver: 8", "Population (2020): 41,000": what a list calls it. Not the topic of a
    headline: "Covid: Thousands march"."""
    keys, kinds = tokens.keys, tokens.kinds
    last = phrase_first - 1
    goes_on = kinds[phrase_last] == WORD and keys[phrase_last] not in words.articles
    if keys[last] != ":" or tokens.glued(phrase_first) or (goes_on and not _new_line(tokens, phrase_last)):
        return None
    if keys[last - 1] == ")":
        opened = next((at for at in range(last - 2, last - LONGEST_PHRASE, -1) if keys[at] == "("), last)
        last = opened
    first = last
    while first > last - LONGEST_PHRASE and kinds[first - 1] in (WORD, NUMBER) and _labels(tokens, words, first - 1):
        first -= 1
    opens = kinds[first - 1] == PAD or keys[first - 1] in words.lists["label_marks"]
    opens = opens or _new_line(tokens, first)
    if first == last or not opens or kinds[first] != WORD or not tokens.text[tokens.starts[first]].isupper():
        return None
    return tokens.raw(first, last)


def _new_line(tokens: Tokens, at: int) -> bool:
    return "\n" in tokens.text[tokens.ends[at - 1] : tokens.starts[at]]


def _labels(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Whether a word may stand in a label: none of who says something, and no verb but in a name."""
    key = tokens.keys[at]
    joining = key in words.lists["hangs_on"] or key in words.number_and or key in words.lists["subject_determiners"]
    return joining or key in words.grammar["of"] or not (tokens.flags[at] & STOP or key in words.say)


def _noun_after(tokens: Tokens, words: Lexicon, first: int, last: int, phrase_first: int) -> str | None:
    """ "a £12m fine", "a two-year deal", "a 5 % rise in prices"."""
    keys = tokens.keys
    determined = any(keys[at - 1] in words.lists["subject_determiners"] for at in (first, phrase_first))
    at = last + 1 if keys[last] == "-" and tokens.glued(last) else last
    if not determined or not _is_noun(tokens, words, at):
        return None
    end = at + 1
    while end < at + LONGEST_PHRASE and _is_noun(tokens, words, end) and not keys[end].endswith(("ed", "ing")):
        end += 1
    if keys[end - 1] in words.lists["states_of"] and keys[end] in words.grammar["of"]:  # "a state of emergency"
        end += 1 + _is_noun(tokens, words, end + 1)
    if keys[end - 1] in words.trends:
        return _phrase_right(tokens, words, end + 1) if keys[end] in words.lists["change_of"] else None
    return tokens.raw(at, end)


def _of_whole(tokens: Tokens, words: Lexicon, kind: str, last: int) -> str | None:
    """ "36 % of new investors"."""
    if kind != "percent" or tokens.keys[last] not in words.grammar["of"]:
        return None
    return _phrase_right(tokens, words, last + 1)


def _against_base(tokens: Tokens, words: Lexicon, kind: str, last: int, phrase_first: int) -> str | None:
    """ "debt rose to 120 % of GDP" -> debt: of GDP is what it is measured by."""
    whole = _of_whole(tokens, words, kind, last)
    if whole is None or not whole.lower().endswith(tuple(words.lists["bases"])):
        return None
    is_ = phrase_first - 1
    linked = tokens.keys[is_] in words.lists["be"]
    return _subject_left(tokens, words, is_) if linked else _measured(tokens, words, phrase_first)


def _measured(tokens: Tokens, words: Lexicon, phrase_first: int) -> str | None:
    """ "inflation rose to 5.1 %", "a fine of £12m", "cut its forecast to 3 %"."""
    keys = tokens.keys
    at = phrase_first
    if keys[at - 1] in words.grammar["of"]:
        return _phrase_left(tokens, words, at - 1, anywhere=True)
    if keys[at - 1] in words.lists["worth"]:
        at -= 2 if keys[at - 2] == "," else 1
        return _subject_left(tokens, words, at, anywhere=True)
    linked = False
    for _ in range(MOST_LINKS):
        if keys[at - 1] not in words.lists["value_links"] and not is_adverb(tokens, at - 1):
            break
        linked = linked or keys[at - 1] in words.lists["value_links"]
        at -= 1
    told = keys[at] in words.lists["put_at"] and keys[at - 1] in words.lists["figuring"]
    if told or keys[at - 1] in words.trends or keys[at - 1] in words.lists["measuring"]:
        return _subject_left(tokens, words, at - 1)
    return _object_left(tokens, words, at) if linked else None


def _object_left(tokens: Tokens, words: Lexicon, end: int) -> str | None:
    """The object of a verb that raises, cuts or tells it: "cut [its forecast] to 3 %", "put [the crowd] at 30,000"."""
    first = end
    while first > end - LONGEST_PHRASE and _in_phrase(tokens, words, first - 1):
        first -= 1
    for verb in range(first - 1, end):
        raises = tokens.keys[verb] in words.trends and tokens.kinds[verb] == WORD
        if raises or (tokens.keys[end] in words.lists["put_at"] and tokens.keys[verb] in words.lists["figuring"]):
            return _trimmed(tokens, words, verb + 1, end)
    return None


def _subject_left(tokens: Tokens, words: Lexicon, verb: int, *, anywhere: bool = False) -> str | None:
    """The subject of the verb at token `verb`, past its auxiliaries; `anywhere`: it may be the object of another."""
    at = verb
    while tokens.keys[at - 1] in words.grammar["auxiliaries"] or is_adverb(tokens, at - 1):
        at -= 1
    return _phrase_left(tokens, words, at, anywhere=anywhere)


def _happening(tokens: Tokens, words: Lexicon, first: int) -> str | None:
    """ "must be complete by December 31" -> completion of what; "the vote on Friday" -> vote."""
    keys = tokens.keys
    at = first
    while keys[at - 1] in words.lists["date_links"]:
        at -= 1
    if at == first:
        return None
    for verb in range(at - 1, max(at - MOST_BETWEEN, 0), -1):
        if tokens.kinds[verb] == PAD or keys[verb] in words.lists["subject_walls"]:
            return None
        if keys[verb] in words.lists["event_nouns"]:
            return _phrase_left(tokens, words, verb + 1, anywhere=True) if verb + 1 == at else None
        nominal = words.nominals.get(keys[verb])
        if nominal is None:
            continue
        thing = _trimmed(tokens, words, verb + 1, at) if verb + 1 < at else None
        thing = thing or _subject_left(tokens, words, verb)
        if not nominal:
            return thing
        if thing is None:
            told = keys[verb - 1] in words.lists["pronouns"] or keys[verb - 1] in words.lists["be"]
            return nominal if told else None
        return words.nominal_of.format(nominal=nominal, thing=thing)
    return None


def _imposed(tokens: Tokens, words: Lexicon, phrase_first: int) -> str | None:
    """ "sentenced him to 12 years" -> sentence: who was sentenced stands on either side of the verb."""
    if tokens.keys[phrase_first - 1] not in words.lists["length_links"]:
        return None
    for verb in range(phrase_first - 2, max(phrase_first - MOST_BETWEEN, 0), -1):
        if tokens.kinds[verb] == PAD or tokens.keys[verb] in words.lists["subject_walls"]:
            return None
        if (nominal := words.nominals.get(tokens.keys[verb])) in words.lists["imposed"]:
            return nominal
    return None


def _phrase_left(tokens: Tokens, words: Lexicon, end: int, *, anywhere: bool = False) -> str | None:
    """The noun phrase that ends before token `end`, without what hangs on it: "inflation [in the euro zone]"."""
    found: tuple[int, int] | None = None
    for _ in range(2):
        first = _phrase_start(tokens, words, end)
        if first == end:
            break
        found = first, end
        if anywhere or tokens.keys[first - 1] not in words.lists["hangs_on"]:
            break
        end = first - 1
    if found is not None and anywhere:
        found = _past_verb(tokens, words, *found), found[1]
    if found is None or not (anywhere or _may_precede(tokens, words, found[0] - 1)):
        return None
    return _trimmed(tokens, words, *found)


def _past_verb(tokens: Tokens, words: Lexicon, first: int, last: int) -> int:
    """ "the period includes [gains]": past a word before the last that may be a verb of one."""
    verbs = [at for at in range(first, last - 1) if _may_be_verb(tokens, words, at)]
    return first if not verbs else verbs[-1] + 1


def _may_be_verb(tokens: Tokens, words: Lexicon, at: int) -> bool:
    key = tokens.keys[at]
    return (
        key.endswith("s") and key != "'s" and key not in words.lists["subject_determiners"] and not tokens.capital(at)
    )


def _phrase_start(tokens: Tokens, words: Lexicon, end: int) -> int:
    """Back over nouns to the determiner, past "of": "completion of the withdrawal"."""
    first = end
    while first > end - LONGEST_PHRASE and _in_phrase(tokens, words, first - 1):
        first -= 1
        determined = tokens.keys[first] in words.lists["subject_determiners"]
        if determined and tokens.keys[first - 1] not in words.grammar["of"]:
            break
    return first


def _phrase_right(tokens: Tokens, words: Lexicon, at: int) -> str | None:
    """The noun phrase that begins at token `at`."""
    end = at
    while end < at + LONGEST_PHRASE and (_is_noun(tokens, words, end) or tokens.keys[end] in words.lists["wholes"]):
        end += 1
    return _trimmed(tokens, words, at, end)


def _trimmed(tokens: Tokens, words: Lexicon, first: int, last: int) -> str | None:
    """The words without dates at their start, one article for any; None when nothing that tells anything is left."""
    determined = False
    while first < last and (
        tokens.keys[first] in words.lists["subject_determiners"]
        or tokens.keys[first] in words.grammar["of"]
        or tokens.flags[first] & (MONTH | WEEKDAY)
    ):
        determined = determined or tokens.keys[first] in words.lists["subject_determiners"]
        first += 1
    if first == last or not all(_in_phrase(tokens, words, at) for at in range(first, last)):
        return None
    gerund = last - first > 1 and tokens.keys[first].endswith("ing")  # "began getting attention in 2002"
    if gerund or tokens.keys[first] == "-" or tokens.keys[last - 1].endswith(("'s", "ly", "ed")):
        return None
    return (words.nominal_definite if determined else "") + tokens.raw(first, last)


def _in_phrase(tokens: Tokens, words: Lexicon, at: int) -> bool:
    key = tokens.keys[at]
    if key in words.lists["subject_determiners"] or key in words.grammar["of"] or key == "'s":
        return True
    hyphen = key == "-" and tokens.glued(at) and tokens.glued(at + 1)
    return hyphen or _is_noun(tokens, words, at)


def _is_noun(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """A word that may stand in a noun phrase: no closed class, no verb of the past, no number, no verb of saying."""
    key, flag = tokens.keys[at], tokens.flags[at]
    if tokens.kinds[at - 1] == NUMBER and tokens.glued(at):
        return False  # the "th" of "18th"
    if tokens.kinds[at] != WORD or flag & (STOP | NUMBERISH | GRAIN | ADVERB | REFERENCE):
        return False
    return not key.endswith("n't") and key not in words.past and key not in words.say and not is_adverb(tokens, at)


def _may_precede(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Before a subject: the start of a sentence or a clause, or a preposition that it hangs on."""
    return tokens.kinds[at] != WORD or tokens.keys[at] in words.lists["subject_opens_after"]
