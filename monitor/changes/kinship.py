"""What two facts must share to be about the same thing, whatever their values and wherever they stand."""

from __future__ import annotations

from functools import lru_cache

from monitor.changes.amounts import judge_amounts, judge_figures, share
from monitor.changes.folding import fold, tokens
from monitor.changes.lexicon import ContextWords
from monitor.changes.moments import judge_times
from monitor.facts.model import Fact

_FAMILIES = {
    "casualties": "people", "detained": "people", "displaced": "people", "personnel": "people", "count": "people",
    "date": "moment", "time": "moment",
}  # fmt: skip

_BEFALLS = frozenset(
    {"killed", "wounded", "missing", "trapped", "detained", "jailed", "captured", "abducted", "displaced", "stranded"}
)
_LONG = 2000  # what is a sentence is read no further than this
_UNCOUNTED = ("<a>", "<person>", "<noun>")  # how the rules begin that find one without a number
_SCORE = "score"  # the noun that the facts give the two numbers of "3-1"


def akin(old: Fact, new: Fact, words: ContextWords) -> float:
    """How well two facts can be about the same thing by what they are, 0 (cannot be) to 1, whatever their values."""
    if family(old) != family(new) or (old.quantity is None) != (new.quantity is None):
        return 0.6 if _unit_supplied(old, new) or _shares(old, new) else 0.0
    if old.predicate and new.predicate and not happened_alike(old, new, words):
        return 0.0
    was, now = _noun(old), _noun(new)
    if (was == _SCORE) != (now == _SCORE):
        return 0.0
    if was and now and (was, now) in words.contrary:
        return 0.0  # ten soldiers who become ten civilians are not the same ten, however alike the sentences
    told = bool(old.predicate and new.predicate)
    if old.key == new.key:
        return 1.0 if told or was else 0.3 if bare(old) else 0.6
    if was and now and was != now:
        if {was, now} & words.general:
            return 0.8 if told else 0.45
        return 0.5 if told else 0.3
    return 0.85 if told else 0.55


def happened_alike(old: Fact, new: Fact, words: ContextWords) -> bool:
    """Whether the same is told to have happened: who is trapped under rubble for one source is missing for another."""
    return old.predicate == new.predicate or (old.predicate, new.predicate) in words.near


def befell(one: Fact, other: Fact, words: ContextWords) -> bool:
    """Whether the one tells what befell people of whom the other says no such thing: "179 killed", "181 on board".

    Where the other's sentence has words for it, it may tell the same in a way that was not understood.
    """
    if one.predicate not in _BEFALLS or other.predicate or not other.noun:
        return False
    return _words(other.sentence[:_LONG]).isdisjoint(words.happened.get(one.predicate, ()))


@lru_cache(maxsize=512)
def _words(sentence: str) -> frozenset[str]:
    return frozenset(tokens(fold(sentence)))


def _noun(fact: Fact) -> str:
    """The noun that facts of different papers share: that of the key, not the one that is written."""
    return fact.key.rpartition(":")[2]


def bare(fact: Fact) -> bool:
    """A numeral of which the text does not say, in words that we know, what it counts."""
    return fact.quantity is not None and not (fact.noun or fact.predicate or fact.quantity.unit or fact.time)


def uncounted(fact: Fact) -> bool:
    """Whether a fact is one because nobody counted: "a man was killed", "leader killed"."""
    one = fact.quantity is not None and fact.quantity.upper == 1  # "a number of people" are no one
    return one and fact.rule.startswith(_UNCOUNTED) and fact.kind != "age"


def same_value(old: Fact, new: Fact, words: ContextWords) -> bool:
    """Whether both values are equal, or one is the other rounded or in less detail."""
    if old.quantity and new.quantity:
        return judge_figures(old, new) in ("same", "compatible")
    return judge_times(old, new, words) in ("same", "compatible")


def other_things(old: Fact, new: Fact, words: ContextWords) -> bool:
    """Whether each counts a thing of its own: "14 bridges" and "22 schools"."""
    was, now = _noun(old), _noun(new)
    return bool(was and now) and was != now and not {was, now} & words.general


def narrower(part: Fact, whole: Fact, words: ContextWords) -> bool:
    """Whether one counts some of what the other counts by its name: the children among the people."""
    was, now = _noun(whole), _noun(part)
    return was in words.general and bool(now) and now not in words.general


def another_value(old: Fact, new: Fact) -> bool:
    """Whether two amounts contradict each other, and not only in how they are held ("at least 170" and "170")."""
    return bool(old.quantity and new.quantity) and judge_figures(old, new) == "value"


def may_be_part(old: Fact, new: Fact, words: ContextWords) -> bool:
    """Whether one may be counted in the other: "5 Americans killed" in "7 people killed". A part is not larger."""
    if old.predicate is None or old.predicate != new.predicate or not old.quantity or not new.quantity:
        return True
    general = old if _noun(old) in words.general else new if _noun(new) in words.general else None
    if general is None:
        return True
    part = new if general is old else old
    return (_least(part) or 0) <= (_least(general) or 0)


def _least(fact: Fact) -> int | float | None:
    assert fact.quantity is not None
    return fact.quantity.upper if fact.quantity.lower is None else fact.quantity.lower


def family(fact: Fact) -> str:
    """The kinds among which one thing may move when it is reworded ("five people died" -> "toll of five")."""
    return _FAMILIES.get(fact.kind, fact.kind)


def _unit_supplied(old: Fact, new: Fact) -> bool:
    """A bare number on one side and the same number with its unit on the other ("0.7" -> "0.7%")."""
    bare = [f for f in (old, new) if f.kind == "count" and not f.noun and not f.predicate]
    if not bare or not old.quantity or not new.quantity:
        return False
    return judge_amounts(old.quantity, new.quantity) == "same"


def _shares(old: Fact, new: Fact) -> bool:
    """A fraction on one side and a percentage on the other ("half of voters" -> "52% of voters")."""
    if not old.quantity or not new.quantity:
        return False
    return (share(old.quantity) and new.kind == "percent") or (share(new.quantity) and old.kind == "percent")
