"""What kind of change a pair is, how grave it is, and whether the publisher admits it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deepdiff import DeepDiff
from rapidfuzz import fuzz

from monitor.changes.amounts import SEVERAL, judge_figures
from monitor.changes.context import shared_stems, stems, telling
from monitor.changes.folding import fold, tokens
from monitor.changes.kinship import bare, same_value, uncounted
from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.model import Change, ChangeType, Pair, Severity
from monitor.changes.moments import day_of, deadline, grain, judge_times
from monitor.changes.notices import Notice
from monitor.changes.rows import row_name
from monitor.facts.lexicon.model import match_phrase
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Fact, Quantity, TimeExpression

GRAVE = frozenset({"casualties", "detained", "displaced", "personnel"})
_WEIGHTY = frozenset({"money", "percent", "measure"})
_CLAIMED = GRAVE | {"money", "percent", "rate"}
_COUNTED = frozenset({"count", "measure"})
_EDITED = 60.0  # of 100 by ratio over words: below it the sentence was rewritten
_CORRECTED = 12  # amounts that one notice is read for
_GROUPED = re.compile(r"\d{1,3}(?:[., \u00a0\u202f]\d{3})+")  # a figure of some size, and no year or number of a house
_NUMBERS = re.compile(r"[1-9]\d*")
_GROUPING = str.maketrans("", "", " -()+")
_PASSING = frozenset({"score"})  # a headline gives the score, or does not
_BARELY_EDITED = 86.0  # a date vouches for nothing itself: its sentence must be all but the same
_WEEK = 7
_TURNED = 75.0  # nearly nothing but the verb differs
_GOVERNING = 4  # words before a date among which its verb stands
_SAME_SOURCE = 80.0  # of 100, of what is telling in two names: "Palestinian" and "Palestinians"
_HALF = 0.5  # of the telling words of the shorter name
_STEM = 5  # characters that two words begin with

_ORDER: tuple[ChangeType, ...] = (
    "availability", "value", "time", "hedge", "certainty", "attribution", "removed", "notice", "added", "headline",
    "published", "byline",
)  # fmt: skip
_SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Found:
    """A difference before it is worded: what type, and the fact or facts."""

    type: ChangeType
    before: Fact | None
    after: Fact | None


def judge_pair(pair: Pair, lang: str, *, republished: bool = False) -> Iterator[Found]:
    """The changes of one pair: its value or time; or else its hedge, and its certainty or attribution.

    republished: whether the two texts have different publication dates.
    """
    before, after = pair.before, pair.after
    if before is None or after is None or before == after:
        return
    differing, words = _fields(before, after), context_words(lang)
    turned = _turned(before, after, words)
    if not (differing or turned) or _unedited(before, after):
        return  # nothing changed, even if it was read in another light
    kind = "time" if turned else _value_change(before, after, differing, words)
    if kind == "time" and republished and _same_weekday(before, after):
        return
    if kind:
        yield Found(kind, before, after)
    if kind in ("value", "time"):
        return
    if "certainty" in differing:
        (old, old_words), (new, new_words) = (_vouched(fact.sentence, lang) for fact in (before, after))
        if old_words != new_words and _is_claim(before, after, fuzz.ratio(old, new)):
            yield Found("certainty", before, after)
    elif "attribution" in differing and _other_source(before.attribution, after.attribution, lang):
        named = before.quantity is not None or (_names_day(before) and _names_day(after))
        if named and _is_claim(before, after, fuzz.ratio(_unsourced(before, lang), _unsourced(after, lang))):
            yield Found("attribution", before, after)


def once_a_sentence(found: Iterable[Found]) -> list[Found]:
    """All changes, but of those in certainty or source the first of each sentence: one verb vouches for them all."""
    kept: list[Found] = []
    vouched: dict[tuple[ChangeType, str, str], Found] = {}
    for each in found:
        if each.type not in ("certainty", "attribution") or each.before is None or each.after is None:
            kept.append(each)
            continue
        place = (each.type, each.before.sentence, each.after.sentence)
        vouched[place] = min(vouched.get(place, each), each, key=_standing)
    return kept + list(vouched.values())


def _standing(found: Found) -> int:
    """How far down both texts a change stands: the same whichever of them is the older."""
    return sum(fact.start for fact in (found.before, found.after) if fact)


def severity_of(type_: ChangeType, before: Fact | None, after: Fact | None) -> Severity:
    """high: what people died, moved or waited for. medium: other values and what is gone. low: how it is said."""
    fact = after or before
    if fact is None:
        return "medium" if type_ == "notice" else "low"
    named = fact.predicate is not None or fact.noun is not None
    if type_ in ("value", "time"):
        promised = fact.time is not None and deadline(fact.time)
        if fact.kind in GRAVE or promised:
            return "high"
        return "medium" if named or fact.kind not in ("count", "ordinal") else "low"
    if type_ == "removed":
        return "medium" if fact.kind in GRAVE or fact.predicate or fact.kind in _WEIGHTY else "low"
    if type_ == "added":
        return "medium" if fact.kind in GRAVE else "low"
    return "low"


_PARENT = "<parent> of"
"""How the rule begins that finds a parent's children."""


def worth_telling(fact: Fact) -> bool:
    """Whether it is news that a text gained or lost this fact, and not merely a word.

    A small bare numeral, "now", "on Friday", "one man" and "the first minister" come and go with every rewording; a
    deadline, a full date, a sum or a number of things does not, nor does the day that a row of a table is of.
    """
    if fact.time is not None and fact.quantity is None:
        if fact.sentence.startswith("|") and not deadline(fact.time):
            return False  # what a row of a table is of
        return _names_day(fact) or (deadline(fact.time) and grain(fact.time) != "vague")
    if fact.quantity is None or fact.kind in ("ordinal", "set") or fact.noun in _PASSING:
        return False
    if fact.rule.startswith(_PARENT):
        return False  # "a mother of three": like an age, it tells who somebody is
    if bare(fact):
        return bool(_GROUPED.fullmatch(fact.quote)) and row_name(fact.sentence) is None
    if uncounted(fact):
        return fact.kind == "casualties"
    if fact.predicate is not None or fact.kind in _CLAIMED:
        return True
    single = fact.quantity.lower == fact.quantity.upper == 1 and fact.quantity.unit is None
    some = fact.quantity.hedge == "indefinite" and (fact.kind == "duration" or (fact.quantity.lower or 0) <= SEVERAL)
    return not single and not some


def _names_day(fact: Fact) -> bool:
    """Whether a date says which day of which month: "29 March", and not "Friday" or "2 days ago"."""
    time = fact.time
    if time is None or grain(time) != "day":
        return False
    return time.basis == "explicit" or time.value[8:10].lstrip("0") in _NUMBERS.findall(fact.quote)


def ranked(changes: Iterable[Change]) -> list[Change]:
    """The gravest first; then by type; then in the order of the text."""

    def rank(change: Change) -> tuple[int, int, int]:
        fact = change.after or change.before
        return _SEVERITIES.index(change.severity), _ORDER.index(change.type), fact.start if fact else 0

    return sorted(changes, key=rank)


def facts_within(appeared: Sequence[Notice], noted: Sequence[Fact]) -> list[tuple[Notice, Sequence[Fact]]]:
    """Each notice that appeared with the amounts that it gives; of a table in a notice the first."""
    amounts = [fact for fact in noted if fact.quantity is not None]
    return [
        (notice, [fact for fact in amounts if notice.start <= fact.start < notice.end][:_CORRECTED])
        for notice in appeared
    ]


def admitted(found: Found, corrected: Sequence[tuple[Notice, Sequence[Fact]]], lang: str) -> bool:
    """Whether a notice that appeared owns up to this change.

    A notice that says what it corrects covers that and no more; one that says only that something was edited
    covers all.
    """
    return any(_covers(notice, own, found, lang) for notice, own in corrected)


def _covers(notice: Notice, own: Sequence[Fact], found: Found, lang: str) -> bool:
    if not own:
        return True
    facts = [fact for fact in (found.before, found.after) if fact is not None]
    if any(same_value(fact, said, context_words(lang)) for fact in facts for said in own):
        return True
    return any(shared_stems(notice.admits, fact.subject or "", lang) for fact in facts)


def _unedited(before: Fact, after: Fact) -> bool:
    """Whether two sentences differ at most in typography, or in how a telephone number is grouped."""
    old, new = fold(before.sentence), fold(after.sentence)
    return old == new or (bare(before) and old.translate(_GROUPING) == new.translate(_GROUPING))


def _fields(before: Fact, after: Fact) -> set[str]:
    """The judged fields in which two facts differ, by DeepDiff."""
    old, new = _judged(before), _judged(after)
    unequal = [name for name in old if old[name] != new[name]]
    if not unequal:  # most pairs: DeepDiff would take a hundred times as long to say so
        return set()
    # Flat: DeepDiff takes four times as long for what is nested.
    difference = DeepDiff({name: repr(old[name]) for name in unequal}, {name: repr(new[name]) for name in unequal})
    return {str(name) for name in difference.affected_root_keys}


def _judged(fact: Fact) -> Mapping[str, Quantity | TimeExpression | str | None]:
    return {
        "quantity": fact.quantity,
        "time": fact.time,
        "certainty": fact.certainty,
        "attribution": fold(fact.attribution) if fact.attribution else None,
    }


def _turned(before: Fact, after: Fact, words: ContextWords) -> bool:
    """Whether the day on which something starts became the one on which it ends, or the other way round."""
    if before.time is None or after.time is None or before.quantity or before.sentence == after.sentence:
        return False
    parts = {_boundary(before, words), _boundary(after, words)}
    return parts == {"start", "end"} and _likeness(before.sentence, after.sentence) >= _TURNED


def _boundary(fact: Fact, words: ContextWords) -> str | None:
    lead = tokens(fold(fact.sentence.partition(fact.phrase.text)[0]))[-_GOVERNING:]
    for word in reversed(lead):
        if word in words.starting or word in words.ending:
            return "start" if word in words.starting else "end"
    return None


def _value_change(before: Fact, after: Fact, differing: set[str], words: ContextWords) -> ChangeType | None:
    if before.quantity and after.quantity:
        if "quantity" not in differing:
            return None
        verdict = judge_figures(before, after)
        return verdict if verdict in ("value", "hedge") else None
    if before.time and after.time and "time" in differing and not _same_words(before, after):
        judged = judge_times(before, after, words)
        if judged == "time" and (deadline(before.time) or deadline(after.time)):
            return "value"
        return judged if judged in ("time", "hedge") else None
    return None


@lru_cache(maxsize=256)
def _vouched(sentence: str, lang: str) -> tuple[list[str], list[str]]:
    """The stems of a sentence without the words that say how sure something is ("will", "reportedly"), and those
    words, in order of the alphabet.

    Where they are the same on both sides, nobody changed how sure he is, however the sentences were read.
    """
    known = lexicon(lang).certainty
    keys = [*tokens(fold(sentence)), ""]
    said: list[str] = []
    vouching: list[str] = []
    for index, key in enumerate(keys):
        if match := match_phrase(known, keys, index):
            vouching.append(" ".join(keys[index : match[0]]))
        elif key:
            said.append(key)
    return stems(said, lang), sorted(vouching)


def _is_claim(before: Fact, after: Fact, alike: float) -> bool:
    """Whether a change of certainty or source can be told: a claim, in a sentence that was only edited.

    In a sentence that was written anew the words around a number say too little about who vouches for it, and an
    age, a rank or a number of things of which nothing is said is no claim of its own.
    """
    if before.time is not None and after.time is not None and before.quantity is None:
        return alike >= _BARELY_EDITED and grain(before.time) == grain(after.time) == "day"
    if before.predicate or before.kind in _CLAIMED:
        return alike >= _EDITED
    return alike >= _BARELY_EDITED and before.kind in _COUNTED and not bare(before)


@lru_cache(maxsize=256)
def _likeness(before: str, after: str) -> float:
    """How much of two sentences is the same, of 100; asked again for each fact in them."""
    return fuzz.ratio(tokens(fold(before)), tokens(fold(after)))


def _same_weekday(before: Fact, after: Fact) -> bool:
    """ "Sunday" and the date of a Sunday a week away: which one is meant hangs on the day on which it was written."""
    days = [day_of(fact.time) for fact in (before, after) if fact.time]
    dated = [any(c.isdigit() for c in fact.quote) for fact in (before, after)]
    if len(days) != 2 or None in days or dated[0] == dated[1]:
        return False
    old, new = days
    return old is not None and new is not None and abs((new - old).days) == _WEEK


def _same_words(before: Fact, after: Fact) -> bool:
    """ "Friday" and "Friday", resolved against two publication dates: nobody edited it, so nothing is told."""
    times = (before.time, after.time)
    return (
        all(time is not None and time.basis != "explicit" for time in times)
        and len({time.role for time in times if time}) == 1
        and fold(before.quote) == fold(after.quote)
    )


def _other_source(before: str | None, after: str | None, lang: str) -> bool:
    """Whether two names stand for two sources; "he" may be anyone, "officials" and "authorities" the same ones.

    What somebody is there ("a spokesman of") says nothing: "the UN" and "a UN official" are one source, "the health
    ministry" and "the interior ministry" are two.
    """
    if before is None or after is None:
        return False
    said = [telling(source, lang) or {name.lower() for name in _initials(source)} for source in (before, after)]
    if not all(said):
        return False
    if said[0] <= said[1] or said[1] <= said[0] or _initials(before) & _initials(after):
        return False
    if (surname := _surname(before, lang)) is not None and surname == _surname(after, lang):
        return False
    old, new = (source - _unnamed(lang) for source in said)
    if not old or not new:
        return bool(old or new)
    fewer, more = sorted((old, new), key=len)
    shared = sum(any(_same_stem(word, other) for other in more) for word in fewer)
    return shared <= len(fewer) * _HALF and fuzz.ratio(" ".join(sorted(old)), " ".join(sorted(new))) < _SAME_SOURCE


def _same_stem(word: str, other: str) -> bool:
    """ "medics" and "medical staff"."""
    shorter, longer = sorted((word, other), key=len)
    return word == other or (len(shorter) >= _STEM and longer.startswith(shorter))


@lru_cache(maxsize=8)
def _unnamed(lang: str) -> frozenset[str]:
    return telling(" ".join(sorted(context_words(lang).unnamed)), lang)


def _unsourced(fact: Fact, lang: str) -> list[str]:
    """The stems of its sentence without the words that say who says so."""
    known = lexicon(lang)
    rest = tokens(fold(fact.sentence.replace(fact.attribution or "", " ", 1)))
    return stems([word for word in rest if word not in known.say and word not in known.according], lang)


def _surname(source: str, lang: str) -> str | None:
    """The last word of a person's name: "Donald Trump" and "President Trump" are one, the banks of two places not."""
    name = source.split()
    named = len(name) > 1 and all(word[:1].isupper() for word in name)
    return name[-1] if named and fold(name[0]) not in context_words(lang).weak else None


def _initials(source: str) -> set[str]:
    """The short names in a source and those that its words make: "the U.N." and "the United Nations" share one."""
    capitals = [word for word in source.split() if word[:1].isupper()]
    short = {word.replace(".", "").removesuffix("'s").removesuffix("’s") for word in capitals}
    made = {"".join(word[0] for word in capitals)} if len(capitals) > 1 else set()
    return {name for name in short | made if len(name) > 1 and name.isupper()}
