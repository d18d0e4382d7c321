"""Whether two Mentions are about one thing: a score from 0 to about 1.5 with its reasons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from monitor.changes.amounts import SEVERAL, comparable, judge_figures, ratio
from monitor.changes.context import likeness, telling
from monitor.changes.kinship import akin, happened_alike
from monitor.changes.lexicon import ContextWords
from monitor.changes.moments import deadline, grain, judge_times
from monitor.facts.model import Fact
from monitor.stories.lexicon import StoryWords
from monitor.stories.mentions import Mention


@dataclass(frozen=True, slots=True)
class Meeting:
    """How well two Mentions meet, and why."""

    score: float
    reasons: tuple[tuple[str, float], ...] = ()


APART = Meeting(0.0)
_SAME_NOUN = 0.9  # kin of nouns that papers use for one another
_FORCE = 0.8  # doublings between two figures that may still be the strength of one force
_UNTOLD = 0.3  # likeness asked of two values of things to which nothing is said to have happened
_UNTOLD_FEW = 0.5  # ... when both are small: the five companies are not the nine
_STRETCH = 0.45  # likeness asked of a stretch that ends today and a length of time
PERSON = "person"
"""The noun of those of whom nothing more is told."""
FORCE = "force"
"""What `Around.lone` calls the strength of a force."""
_EXACT = 3  # digits of a figure that two papers do not give by chance ...
_EXACT_ABOUT = 0.15  # ... and the likeness that is asked of the words around it then
_SHARED = (0.1, 0.3, 0.6, 1.0)  # how alike words can be that share none, one, two telling words
_LARGE = 1e6  # from how much on a sum of money is told from others by its amount ...
_SUM = 2  # ... and digits of it that are not zeros at its end
_STEM = 4  # letters by which two names are one
_INITIALS = 3  # letters of a name that may be short for another
_MANY = 20  # tolls from here on that differ by ...
_CLOSE = 0.15  # ... so many doublings at most are seldom of two things
_CLOSE_WEIGHT = 0.1
_NEARLY = 0.05  # doublings
_OTHER_SIZE = 0.6  # doublings between the figure of a country and that of one of its towns, at least
_DAYS = 2  # one day may be two, by the clocks of two places
ARMY = 1000
"""From how many on a figure tells one force from another."""
_PEOPLE = ("personnel", "casualties", "detained", "displaced", "count")


@dataclass(frozen=True, slots=True)
class Around:
    """What judging needs to know of the whole story."""

    rare: Mapping[str, float]
    context: ContextWords
    words: StoryWords
    lone: frozenset[tuple[int, str]]
    """(source, predicate) of what a source gives one number for only, but for those of former years."""
    whole: frozenset[tuple[int, str]]
    """The same where those are left out who are told of by sorts: "179 dead, 84 of them men"."""
    former: frozenset[tuple[int, int]]
    """(source, start) of what happened in a year before that of the story."""
    lang: str


def meet(one: Mention, other: Mention, around: Around) -> Meeting:
    """Judge a pair, in either order."""
    a, b = one.fact, other.fact
    if (a.time is None) != (b.time is None):
        return APART
    if a.kind in ("ordinal", "age", "set") or b.kind in ("ordinal", "age", "set"):
        return _exact(one, other, around)
    if a.kind in ("date", "time") and b.kind in ("date", "time"):
        return _dates(one, other, around)
    if a.quantity is None or b.quantity is None:
        return APART
    return _amounts(one, other, around)


def _exact(one: Mention, other: Mention, around: Around) -> Meeting:
    """What is met only when it is the same and stands among the same words."""
    a, b = one.fact, other.fact
    if a.kind != b.kind or a.key != b.key or a.kind == "set":
        return APART
    about = _about(one, other, around)
    names = _names(one, other)
    if not (a.quantity and b.quantity and judge_figures(a, b) == "same"):
        return APART
    score = 0.2 + about + names
    return Meeting(score if about >= 0.3 else 0.0, (("the same number", 0.2), ("like words", about), ("names", names)))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two amounts that may be one, with what is known of both together."""

    one: Mention
    other: Mention
    kin: float
    force: bool
    """Both say how strong a force is."""
    verdict: str
    nouns: tuple[str, str]
    about: float
    told: bool
    """The same happened to both."""
    named: bool
    """Both are called by one name."""
    money: bool
    """Both are one large sum of money."""
    exact: bool
    """A figure that two papers do not give by chance."""
    crowd: bool
    """Both say how many came together."""

    @property
    def specific(self) -> bool:
        """Whether both count the same, and say what."""
        was, now = self.nouns
        return was == now and (bool(was) or self.one.fact.key == self.other.fact.key)


def _amounts(one: Mention, other: Mention, around: Around) -> Meeting:
    a, b = one.fact, other.fact
    assert a.quantity
    assert b.quantity
    kin, force = _kin(a, b, around)
    if not kin or not comparable(a.quantity, b.quantity):
        return APART
    if one.owners and other.owners and not one.owners & other.owners and a.kind in _PEOPLE:
        return APART
    if force and abs(_doublings(a, b)) > _FORCE:
        return APART
    was, now = one.noun, other.noun
    if was and now and was != now and not force and not {was, now} & around.context.general:
        return APART  # five students are not five teachers
    if was == now != "" and a.predicate == b.predicate:
        kin = max(kin, _SAME_NOUN)
    named = _one_name(a, b, around.words)
    crowd = _one_crowd(one, other, around)
    if crowd or (named and a.kind == "count"):
        kin = max(kin, _SAME_NOUN)
    verdict = judge_figures(a, b)
    money = _one_sum(a, b, verdict)
    pair = _Pair(
        one, other, kin, force, verdict, (was, now), _about(one, other, around),
        told=bool(a.predicate) and happened_alike(a, b, around.context), named=named, money=money,
        exact=money or (verdict == "same" and _digits(a) >= _EXACT), crowd=crowd,
    )  # fmt: skip
    if _barred(pair, around):
        return APART
    return _sum([*_likenesses(pair, around), *_differences(pair, around)])


def _barred(pair: _Pair, around: Around) -> bool:
    """Whether two amounts are never one, however alike the words around them are."""
    a, b, about = pair.one.fact, pair.other.fact, pair.about
    assert a.quantity
    assert b.quantity
    if pair.verdict == "value" and _are_others(pair.one.holders, pair.other.holders):
        return True  # the seats of Labour, and those of the Tories
    sorts = _sorts(a, around), _sorts(b, around)
    if pair.verdict == "value" and all(sorts) and sorts[0].isdisjoint(sorts[1]):
        return True  # suspected cases, and confirmed ones
    telling_both = _telling(a) and _telling(b)
    things = pair.specific and pair.nouns[0] not in around.context.general and pair.verdict == "same" and telling_both
    if bool(a.predicate) != bool(b.predicate) and not (pair.force or things) and (about < 0.3 or not telling_both):
        return True  # "one is in hospital", "one was killed"
    if not pair.told and a.key != b.key and {a.quantity.hedge, b.quantity.hedge} & {"indefinite"} and _few(a, b):
        return True  # "several suspects", "five people"
    one_rate = pair.named and pair.verdict == "same"
    if not (pair.told or pair.money or one_rate) and bool(a.quantity.trend) != bool(b.quantity.trend):
        return True  # what prices rose by, and what they are
    plain = pair.nouns[0] == pair.nouns[1] and pair.nouns[0] in around.context.general and pair.verdict == "value"
    needed = _UNTOLD if telling_both and not plain else _UNTOLD_FEW
    known = pair.told or pair.force or pair.named or pair.exact or pair.crowd
    if not known and pair.verdict in ("value", "compatible") and about < needed:
        return True  # 60,000 migrants came, 48,000 migrants left
    stretches = {a.time.basis == "relative", b.time.basis == "relative"} if a.time and b.time else set()
    if len(stretches) == 2 and about < _STRETCH:
        return True  # "the past year" is no length of a year
    # What nothing names (a bare number, a share, a length) is met by its value and its words alone.
    alike = pair.verdict in ("same", "compatible") and about >= (_EXACT_ABOUT if pair.exact else 0.3)
    return not (_named(a, b) or pair.money or alike)


def _likenesses(pair: _Pair, around: Around) -> Iterator[tuple[str, float]]:
    """What speaks for one fact; a value that differs much speaks against it."""
    one, other, a, b = pair.one, pair.other, pair.one.fact, pair.other.fact
    yield "the same thing is counted", 0.4 * pair.kin
    yield "like words around", pair.about
    if pair.specific and pair.nouns[0] not in around.context.general and a.noun:
        yield f"both count {pair.nouns[0]}s", 0.15
    if pair.named:
        yield "called by one name", 0.3
    if pair.exact:
        yield "one figure to the digit", 0.15 if pair.told else 0.2
    if one.everywhere and other.everywhere:
        yield "both of a whole country", 0.15
    if pair.crowd:
        yield "the size of one crowd", 0.3
    shared, strength = _shared_happening(one, other)
    if shared and not a.predicate:
        yield f"both tell of a {shared}", round(0.15 * strength, 3)
    yield "shared names", _names(one, other)
    yield f"value: {pair.verdict}", _value(a, b, pair.verdict)
    sort = a.predicate if pair.told else FORCE if pair.force else ""
    main = a.noun == b.noun == PERSON
    lone = sort and {(one.source, sort), (other.source, sort)} <= (around.lone | around.whole if main else around.lone)
    if lone and not (_former(one, around) or _former(other, around)):
        yield "the only number of its sort in both", 0.2
    if pair.force and min(_figure(a), _figure(b)) >= ARMY:
        yield "the strength of a force, of one size", 0.3


def _differences(pair: _Pair, around: Around) -> Iterator[tuple[str, float]]:
    """What keeps two counts of one kind apart."""
    one, other, a, b = pair.one, pair.other, pair.one.fact, pair.other.fact
    general = around.context.general
    if pair.told and _former(one, around) != _former(other, around):
        yield "in another year", -0.6
    apart = a.as_of and b.as_of and a.as_of != b.as_of and not (one.ongoing or other.ongoing)
    if apart and pair.verdict != "same":
        yield "held at other times", -0.1
    if one.names and other.names and not one.names & other.names:
        a_force = pair.force and min(_figure(a), _figure(b)) >= ARMY
        if not a_force and not (pair.specific and pair.nouns[0] not in general):
            yield "names nobody in common", -0.12
    if pair.verdict != "value":
        return
    if one.everywhere != other.everywhere and (one.where or other.where):
        yield "in one place, and everywhere", -0.8
    if one.part != other.part:
        yield "only one counts some of others", -0.4
    if bool(one.owners) != bool(other.owners) and not pair.force:
        yield "only one says whose they are", -0.35
    if not pair.told:
        return
    was, now = pair.nouns
    if was and now and (was in general) != (now in general):
        yield "one may be counted in the other", -0.25  # 17 soldiers among 25 people
    if one.where and other.where and not one.where & other.where and abs(_doublings(a, b)) > _OTHER_SIZE:
        yield "at another place, and of another size", -0.8  # 80 in Nigeria, 31 in Kano
    elif _elsewhere(one, other):
        yield "at another place", -0.3
    if one.scope and other.scope and one.scope != other.scope and not (one.ongoing or other.ongoing):
        yield "on another day", -0.6 if _days_between(one, other) >= _DAYS else -0.3


def _sorts(fact: Fact, around: Around) -> frozenset[str]:
    return around.words.sorts.intersection(fact.phrase.text.casefold().split())


def _former(mention: Mention, around: Around) -> bool:
    return (mention.source, mention.fact.start) in around.former


def _sum(reasons: Iterable[tuple[str, float]]) -> Meeting:
    told = tuple((name, round(weight, 3)) for name, weight in reasons if weight)
    return Meeting(round(math.fsum(weight for _, weight in told), 4), told)


def _about(one: Mention, other: Mention, around: Around) -> float:
    """How alike the words around both are, 0 to 1; little when they share none but what is counted."""
    counted = telling(f"{one.fact.noun or ''} {one.fact.quote} {other.fact.noun or ''} {other.fact.quote}", around.lang)
    shared = len((one.place.stems & other.place.stems) - counted)
    return min(likeness(one.place, other.place, around.rare), _SHARED[min(shared, len(_SHARED) - 1)])


def _named(a: Fact, b: Fact) -> bool:
    return bool((a.noun or a.predicate or a.subject) and (b.noun or b.predicate or b.subject))


def _kin(a: Fact, b: Fact, around: Around) -> tuple[float, bool]:
    """How well both count the same, and whether that is only how strong a force is."""
    kin = akin(a, b, around.context)
    one, other = a.key.rpartition(":")[2], b.key.rpartition(":")[2]
    strength = {a.predicate, b.predicate} <= {None, *around.words.strengths}
    if a.kind == b.kind == "personnel" and strength and {one, other} <= around.words.forces:
        return max(kin, 0.8), True
    return kin, False


def _few(a: Fact, b: Fact) -> bool:
    """Whether one of them is "several" or "multiple"."""
    quantities = (a.quantity, b.quantity)
    return any(each and each.hedge == "indefinite" and (each.lower or 0) <= SEVERAL for each in quantities)


def _elsewhere(one: Mention, other: Mention) -> bool:
    """Whether each names a place, and neither speaks of that of the other."""
    return bool(one.where and other.where) and not (one.where & (other.where | other.names) or other.where & one.names)


def _days_between(one: Mention, other: Mention) -> int:
    """How far two days are apart for which two figures hold; far, where one is no day."""
    try:
        return abs((date.fromisoformat(one.scope or "") - date.fromisoformat(other.scope or "")).days)
    except ValueError:  # "2013", "2025-W31"
        return _DAYS


def _one_name(a: Fact, b: Fact, words: StoryWords) -> bool:
    """Whether two shares, sums, sizes or bare counts are called the same: "turnout", "net profit", "magnitude"."""
    if a.kind != b.kind or a.predicate or b.predicate:
        return False
    if a.noun or b.noun:
        return a.noun == b.noun and a.noun in words.naming
    if a.kind in _PEOPLE and a.kind != "count":
        return False
    one, other = (words.called((fact.subject or "").casefold()) for fact in (a, b))
    return one == other != ""


def _one_crowd(one: Mention, other: Mention, around: Around) -> bool:
    """ "100,000 people marched", "30,000 protesters": large numbers of people beside the same gathering."""
    gathered = one.gathers and other.gathers
    people = {fact.key.rpartition(":")[2] for fact in (one.fact, other.fact)} <= around.words.crowds
    unsaid = one.fact.kind == other.fact.kind == "count" and not (one.fact.predicate or other.fact.predicate)
    return gathered and people and unsaid and min(_figure(one.fact), _figure(other.fact)) >= ARMY


def _are_others(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names have nothing in common: not "India" and "Indian", "General Motors" and "GM"."""
    if not one or not other:
        return False
    stems = {name[:_STEM] for name in one}, {name[:_STEM] for name in other}
    letters = [sorted("".join(name[:1] for name in names)) for names in (one, other)]
    short = any(sorted(name) in letters for name in one | other if 1 < len(name) <= _INITIALS)
    return stems[0].isdisjoint(stems[1]) and not short


def _one_sum(a: Fact, b: Fact, verdict: str) -> bool:
    """Whether both give the same large sum of money: a story seldom has two of them."""
    large = a.kind == b.kind == "money" and abs(_figure(a)) >= _LARGE
    return large and verdict != "value" and _digits(a) >= _SUM


def _digits(fact: Fact) -> int:
    """So many digits of its figure tell something: three of 31.6 billion, one of 2,000."""
    assert fact.quantity
    bound = fact.quantity.lower if fact.quantity.lower is not None else fact.quantity.upper
    return len(f"{bound:f}".replace(".", "").strip("0")) if bound is not None else 0


def _figure(fact: Fact) -> float:
    assert fact.quantity
    return float(fact.quantity.lower or fact.quantity.upper or 0)


def _doublings(a: Fact, b: Fact) -> float:
    assert a.quantity
    assert b.quantity
    quotient = ratio(a.quantity, b.quantity)
    return math.log2(quotient) if quotient and quotient > 0 else 0.0


def _value(a: Fact, b: Fact, verdict: str) -> float:
    assert a.quantity
    assert b.quantity
    if verdict in ("same", "hedge"):
        return 0.3 if _telling(a) else 0.15
    if verdict == "compatible":
        # 58,000 and 58,800: few things come so many times, so nearly as often.
        return 0.25 if min(_figure(a), _figure(b)) >= ARMY and abs(_doublings(a, b)) < _NEARLY else 0.15
    quotient = ratio(a.quantity, b.quantity)
    if quotient is None or quotient <= 0:
        return -0.1
    if a.predicate and min(_figure(a), _figure(b)) >= _MANY and abs(math.log2(quotient)) < _CLOSE:
        return _CLOSE_WEIGHT
    return -0.12 * abs(math.log2(quotient))


def _telling(fact: Fact) -> bool:
    """A figure that two papers do not give by chance."""
    assert fact.quantity
    bound = fact.quantity.lower if fact.quantity.lower is not None else fact.quantity.upper
    return fact.quantity.hedge != "indefinite" and bound is not None and (abs(bound) > 12 or bound != int(bound))


def _names(one: Mention, other: Mention) -> float:
    return round(min(0.2, 0.07 * len(one.names & other.names)), 3)


def _dates(one: Mention, other: Mention, around: Around) -> Meeting:
    a, b = one.fact, other.fact
    assert a.time
    assert b.time
    if not (a.time.start and b.time.start):
        return APART
    verdict = judge_times(a, b, around.context)
    happening, strength = _shared_happening(one, other)
    if one.phase and other.phase and one.phase != other.phase:
        strength *= 0.5
    about = _about(one, other, around)
    reasons = [("like words around", about), ("shared names", _names(one, other))]
    if happening:
        reasons.append((f"both tell of a {happening}", round(0.5 * strength, 3)))
    if one.phase and one.phase == other.phase:
        reasons.append((f"both of its {one.phase}", 0.15))
    if verdict != "time":
        if grain(a.time) == grain(b.time):
            reasons.append(("the same time", 0.25))
        elif {deadline(a.time), deadline(b.time)} == {True}:
            reasons.append(("one time within the other", 0.1))
        if not happening and about < 0.35:
            return APART
        return _sum(reasons)
    # Two different dates of one thing: the thing must be plain, and both must be its end.
    if not happening or grain(a.time) != grain(b.time) or not deadline(a.time) or not deadline(b.time):
        return APART
    reasons.append(("both promise a time", 0.2))
    reasons.append(("days apart", -0.05 * math.log2(1 + _days_apart(a, b))))
    return _sum(reasons)


def _days_apart(a: Fact, b: Fact) -> int:
    assert a.time
    assert a.time.start
    assert b.time
    assert b.time.start
    return abs((date.fromisoformat(a.time.start[:10]) - date.fromisoformat(b.time.start[:10])).days)


def _shared_happening(one: Mention, other: Mention) -> tuple[str | None, float]:
    """What both tell of, nearest to both, and how near all of it is, 0 to 1."""
    shared = sorted(one.happenings.keys() & other.happenings.keys())
    if not shared:
        return None, 0.0
    near = {name: math.sqrt(one.happenings[name] * other.happenings[name]) for name in shared}
    best = max(shared, key=near.__getitem__)
    apart = one.happenings.keys() ^ other.happenings.keys()
    nearer = max((one.happenings.get(n, 0) + other.happenings.get(n, 0) for n in apart), default=0.0)
    return best, max(0.0, near[best] - 0.25 * max(0.0, nearer - near[best]))
