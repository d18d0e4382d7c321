"""Which fact of the old text is which fact of the new one: the best total match on key and context."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.changes.alignment import align
from monitor.changes.amounts import comparable, ratio
from monitor.changes.assignment import Edge, best_match
from monitor.changes.context import Place, anchors, likeness, place, rarity, telling
from monitor.changes.folding import fold, tokens
from monitor.changes.former import former
from monitor.changes.kinship import akin, another_value, befell, may_be_part, other_things, same_value, uncounted
from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.model import Pair
from monitor.changes.moments import grain
from monitor.changes.restated import Restated
from monitor.changes.rows import Rows, same_cell
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Fact, Quantity

_CANDIDATES = 10  # how many counterparts are weighed for each fact: keeps long texts linear
_NEAREST = 2  # of a long list with one key (a table), how many are weighed before and after the same place
_STRANGERS = 0.12  # more likeness asked of nameless amounts in sentences that name nobody in common
_ONE_THING = 0.55  # kinship of two facts of which one does not say what it counts
_SAID = 0.65  # likeness asked when the old value still stands in the new text, or the new one stood in the old
_LEAP = 0.06  # more likeness asked for each doubling beyond the first
_LEAP_OF_TOLL = 0.02  # the same where each text has one such toll and they share a name: first reports tell of few
_FAR = 4.0  # doublings by which a figure of a table hardly moves: there is another table, of days or of sums
_LONG = 2000  # what is a sentence is read no further than this
_SIDES = "<number>-<number>"  # the rule of the two numbers of a score
_GRAVELY = "gravely"  # in the rule of those among others whom it befell worse
_LONGEST_JOINT = 8  # characters between two days of a list
_NOTHING: frozenset[str] = frozenset()
_COMMON = 40  # a stem or a key that more facts share does not propose candidates


_Value = tuple[float | None, float | None, str, str | None] | str | None
"""Of a quantity its bounds, hedge and unit; of a time its TIMEX3 value."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """The open facts of both texts in their places, by number, and what scoring needs to know of the whole."""

    old: Mapping[int, Place]
    new: Mapping[int, Place]
    aligned: Mapping[int, int]
    rare: Mapping[str, float]
    words: ContextWords
    lone: frozenset[str]
    """What happened to exactly one thing in each text: a single toll on both sides is most likely the same one."""
    still: frozenset[int]
    """Old facts whose very figure the new text gives of the same thing."""
    already: frozenset[int]
    """New facts whose very figure the old text gave of the same thing."""
    former: frozenset[int]
    """Facts of both, by identity, that tell what a figure was before."""
    old_own: Mapping[int, frozenset[str]]
    """What stands in an old fact's own part of its sentence."""
    new_own: Mapping[int, frozenset[str]]
    old_values: Mapping[tuple[int, _Value], Sequence[int]]
    """The old facts of a sentence that have one value."""
    new_values: Mapping[tuple[int, _Value], Sequence[int]]


def pair_facts(
    before: str, before_facts: Sequence[Fact], after: str, after_facts: Sequence[Fact], lang: str = "en"
) -> tuple[Pair, ...]:
    """Every fact once: with its counterpart, or alone. In the order of the new text, old ones alone last."""
    old_sentences, old_numbers = _sentences(before_facts)
    new_sentences, new_numbers = _sentences(after_facts)
    aligned = align(old_sentences, new_sentences)
    partner = _unchanged(old_sentences, old_numbers, new_sentences, new_numbers, aligned)
    taken = set(partner.values())
    old = _places(before, before_facts, old_numbers, partner.keys(), lang)
    new = _places(after, after_facts, new_numbers, taken, lang)
    rare = rarity([*old.values()], [*new.values()])
    words = context_words(lang)
    were = former(before, before_facts, words) | former(after, after_facts, words)
    then, now = ([fact for fact in facts if id(fact) not in were] for facts in (before_facts, after_facts))
    lone = _lone(then, now)
    still, already = _said(old, now, words), _said(new, then, words)
    owns = _own(before_facts, old_numbers, old, lang), _own(after_facts, new_numbers, new, lang)
    sides = _Sides(old, new, aligned, rare, words, lone, still, already, were, *owns, _by_value(old), _by_value(new))
    partner.update(best_match(_edges(sides)))
    origin = {j: i for i, j in partner.items()}
    pairs = [Pair(before_facts[origin[j]] if j in origin else None, fact) for j, fact in enumerate(after_facts)]
    pairs += [Pair(fact, None) for i, fact in enumerate(before_facts) if i not in partner]
    return tuple(pairs)


def _places(
    text: str, facts: Sequence[Fact], numbers: Sequence[int], settled: Collection[int], lang: str
) -> Mapping[int, Place]:
    """The places of the facts that are not settled yet, by the number of the fact."""
    stems: dict[int, frozenset[str]] = {}
    places = {}
    rows = Rows(text) if len(settled) < len(facts) else Rows("")
    lists = _lists(text, facts, lang)
    for index, (fact, number) in enumerate(zip(facts, numbers, strict=True)):
        if index in settled:
            continue
        if number not in stems:
            stems[number] = telling(fact.sentence[:_LONG], lang)
        places[index] = place(fact, text, rows, number, stems[number], lang, listed=lists.get(index))
    return places


def _lists(text: str, facts: Sequence[Fact], lang: str) -> Mapping[int, tuple[int, int]]:
    """Of each day of a list, "10, 11 and 12 December", by its number, where the list begins and ends."""
    joining = lexicon(lang).calendar["and_or"]
    found: dict[int, tuple[int, int]] = {}
    begun = 0
    for index, (one, other) in enumerate(pairwise(facts)):
        if one.kind != "date" or other.kind != "date" or not _joins(text[one.end : other.start], joining):
            begun = index + 1
            continue
        stretch = facts[begun].start, other.end
        found.update(dict.fromkeys(range(begun, index + 2), stretch))
    return found


def _joins(between: str, joining: Collection[str]) -> bool:
    """Whether it is no more than a comma, a word for "and" or "or", or both."""
    if not 0 < len(between) <= _LONGEST_JOINT:
        return False
    word = between.strip().removeprefix(",").strip().casefold()
    return "\n" not in between and (word in joining or (not word and "," in between))


def _own(
    facts: Sequence[Fact], numbers: Sequence[int], open_: Mapping[int, Place], lang: str
) -> Mapping[int, frozenset[str]]:
    """What stands in the own part of its sentence, of each open fact that is not alone in its sentence."""
    found: dict[int, frozenset[str]] = {}
    for together in _by_number(numbers).values():
        if 1 < len(together) <= _COMMON and not open_.keys().isdisjoint(together):
            found.update(zip(together, anchors([facts[at] for at in together], lang), strict=True))
    return found


def _by_value(places: Mapping[int, Place]) -> Mapping[tuple[int, _Value], Sequence[int]]:
    """The open facts by their sentence and their value; of the two numbers of a score none."""
    found: defaultdict[tuple[int, _Value], list[int]] = defaultdict(list)
    for index, where in places.items():
        if _SIDES not in where.fact.rule:
            found[where.sentence, _value(where.fact)].append(index)
    return found


def _value(fact: Fact) -> _Value:
    if fact.quantity is None:
        return fact.time.value if fact.time else None
    return fact.quantity.lower, fact.quantity.upper, fact.quantity.hedge, fact.quantity.unit


def _said(places: Mapping[int, Place], other: Sequence[Fact], words: ContextWords) -> frozenset[int]:
    """Which of the facts the other text gives as well."""
    if not places:
        return frozenset()
    known = Restated(other, words)
    return frozenset(index for index, where in places.items() if known.repeats(where.fact))


def _lone(old: Sequence[Fact], new: Sequence[Fact]) -> frozenset[str]:
    """The predicates that each text has once, or of which it tells one figure of the same people, however often."""
    before, after = _by_predicate(old), _by_predicate(new)
    return frozenset(told for told in before.keys() & after.keys() if _is_lone(before[told], after[told]))


def _is_lone(old: Sequence[tuple[str, float | None]], new: Sequence[tuple[str, float | None]]) -> bool:
    if len(old) == len(new) == 1:
        return True
    return len({*old}) == len({*new}) == 1 and old[0][0] == new[0][0]


def _by_predicate(facts: Sequence[Fact]) -> Mapping[str, list[tuple[str, float | None]]]:
    """The keys and figures of all facts with a predicate."""
    found: defaultdict[str, list[tuple[str, float | None]]] = defaultdict(list)
    for fact in facts:
        if fact.predicate and fact.quantity:
            found[fact.predicate].append((fact.key, fact.quantity.lower))
    return found


def _sentences(facts: Sequence[Fact]) -> tuple[list[str], list[int]]:
    """The sentences that hold facts, in order, and for each fact the number of its own."""
    sentences: list[str] = []
    numbers: list[int] = []
    last = -1
    for fact in facts:
        if not sentences or fact.sentence != sentences[-1] or fact.start > last:
            sentences.append(fact.sentence)
            last = fact.start + len(fact.sentence)
        numbers.append(len(sentences) - 1)
    return sentences, numbers


def _unchanged(
    old_sentences: Sequence[str],
    old_numbers: Sequence[int],
    new_sentences: Sequence[str],
    new_numbers: Sequence[int],
    aligned: Mapping[int, int],
) -> dict[int, int]:
    """The facts of sentences that stand as they stood: each is itself."""
    old_of, new_of = _by_number(old_numbers), _by_number(new_numbers)
    partner: dict[int, int] = {}
    for one, other in aligned.items():
        if len(old_of[one]) == len(new_of[other]) and fold(old_sentences[one]) == fold(new_sentences[other]):
            partner.update(zip(old_of[one], new_of[other], strict=True))
    return partner


def _by_number(numbers: Sequence[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(numbers):
        found[number].append(index)
    return found


def _edges(sides: _Sides) -> list[Edge]:
    edges = []
    for i, candidates in _candidates(sides):
        for j in candidates:
            score = _score(sides, i, j)
            if score:
                edges.append((i, j, score))
    return edges


def _candidates(sides: _Sides) -> list[tuple[int, list[int]]]:
    """For each old fact the few new ones that share its key, its sentence's counterpart or its telling words."""
    by_stem, by_key, by_sentence, by_row = (defaultdict(list) for _ in range(4))
    for j, where in sides.new.items():
        if where.cell:
            by_row[where.cell.row].append(j)
        by_key[where.fact.key].append(j)
        by_sentence[where.sentence].append(j)
        for stem in where.stems:
            by_stem[stem].append(j)
    found = []
    for i, where in sides.old.items():
        votes: Counter[int] = Counter()
        for stem in sorted(where.stems):
            sharing = by_stem.get(stem, ())
            if len(sharing) <= _COMMON:
                votes.update(dict.fromkeys(sharing, int(100 * sides.rare[stem])))
        votes.update(dict.fromkeys(_around(by_key.get(where.fact.key, ()), where.position), 100))
        beside = by_sentence.get(sides.aligned.get(where.sentence, -1), ())
        votes.update(dict.fromkeys(beside[:_COMMON], 300))
        if where.cell:
            votes.update(dict.fromkeys(by_row.get(where.cell.row, ())[:_COMMON], 300))
        voted = (j for j, _ in votes.most_common(4 * _CANDIDATES))
        likely = [j for j in voted if akin(where.fact, sides.new[j].fact, sides.words)]
        found.append((i, likely[:_CANDIDATES]))
    return found


def _around(indices: Sequence[int], position: float) -> Sequence[int]:
    """Of many facts with one key, those that stand about as far down the text."""
    if len(indices) <= _COMMON:
        return indices
    middle = int(position * len(indices))
    return indices[max(0, middle - _NEAREST) : middle + _NEAREST]


def _score(sides: _Sides, i: int, j: int) -> float:
    """How good a pair is; 0 when the two must not be paired."""
    old, new = sides.old[i], sides.new[j]
    kinship = akin(old.fact, new.fact, sides.words)
    if not kinship or (id(old.fact) in sides.former) != (id(new.fact) in sides.former):
        return 0.0
    if befell(old.fact, new.fact, sides.words) or befell(new.fact, old.fact, sides.words):
        return 0.0
    if (old.labels or new.labels) and not (old.labels and new.labels and same_value(old.fact, new.fact, sides.words)):
        return 0.0
    if old.cell and new.cell:
        sure = same_cell(old.cell, new.cell)
        if sure and old.cell.heading == new.cell.heading != "":
            sure += 1.0  # one sure column outweighs two that only stand where others stood
        far = _doublings(old.fact.quantity, new.fact.quantity) if old.fact.quantity and new.fact.quantity else 0.0
        return sure + 0.02 * (1 - abs(old.position - new.position)) - 0.02 * (far > _FAR) if sure else 0.0
    context = likeness(old, new, sides.rare)
    if sides.aligned.get(old.sentence) == new.sentence:
        context = 0.15 + 0.85 * context
    # The square lets one sure pair outweigh two doubtful ones.
    score = 0.4 * kinship + 2 * context * context + 0.02 * (1 - abs(old.position - new.position))
    if same_value(old.fact, new.fact, sides.words):
        if _told_otherwise(sides, old, new):
            return score / 2
        return score + 0.4 if kinship >= 0.8 or context >= 0.2 else 0.0
    if not _of_one_thing(old, new, sides.words):
        return 0.0
    if _stands_aside(sides, i, j) or (_GRAVELY in old.fact.rule) != (_GRAVELY in new.fact.rule):
        return 0.0
    strangers = kinship < 0.8 and bool(old.names) and bool(new.names) and not old.names & new.names
    needed = _needed(sides, old, new, kinship) + (_STRANGERS if strangers else 0.0)
    if (i in sides.still or j in sides.already) and another_value(old.fact, new.fact):
        whole = old.fact.key == new.fact.key or not may_be_part(old.fact, new.fact, sides.words)
        needed = max(needed, _SAID) if whole else math.inf
    return score if context >= needed else 0.0


def _stands_aside(sides: _Sides, i: int, j: int) -> bool:
    """Whether the parts of a sentence changed places, and not the values: "Labour has 27% and Reform 31%" and "Reform
    has 31% and Labour 27%". One of the two values stands in the other's sentence, too, in a part that is more its own;
    where both do, in one that is as much so."""
    old, new = sides.old[i], sides.new[j]
    mine, theirs = sides.old_own.get(i, _NOTHING), sides.new_own.get(j, _NOTHING)
    again = sides.new_values.get((new.sentence, _value(old.fact)), ())[:_CANDIDATES]
    before = sides.old_values.get((old.sentence, _value(new.fact)), ())[:_CANDIDATES]
    there = [len(mine & sides.new_own[k]) for k in again if k != j and _restates(sides, i, k)]
    here = [len(theirs & sides.old_own[k]) for k in before if k != i and _restates(sides, k, j)]
    shared = len(mine & theirs)
    return max([*there, *here], default=-1) > shared or (bool(there and here) and min(max(there), max(here)) >= shared)


def _restates(sides: _Sides, i: int, j: int) -> bool:
    """Whether two facts of one value can be one, each in a sentence of several facts."""
    if i not in sides.old_own or j not in sides.new_own:
        return False
    old, new = sides.old[i].fact, sides.new[j].fact
    return old.key == new.key or old.kind == "ordinal" or akin(old, new, sides.words) >= _ONE_THING


def _told_otherwise(sides: _Sides, old: Place, new: Place) -> bool:
    """Whether only one tells what happened, and the other text tells it once, of another number: in "two of the three
    were freed" and "all three were freed" it is the two that became three."""
    if bool(old.fact.predicate) == bool(new.fact.predicate):
        return False
    told, other, values = (
        (new, sides.old, sides.new_values) if new.fact.predicate else (old, sides.new, sides.old_values)
    )
    if told.fact.predicate not in sides.lone:
        return False
    same = (where.fact for where in other.values() if where.fact.predicate == told.fact.predicate)
    return any((told.sentence, _value(fact)) not in values for fact in same)


def _of_one_thing(old: Place, new: Place, words: ContextWords) -> bool:
    """Whether the words right beside two facts allow that they are one.

    Ages and ranks need one in common: "third straight title" is not "seventh national title". What something was cut
    by is not what it was cut to.
    """
    left = next(iter(old.left), ""), next(iter(new.left), "")
    said = _said_before(old), _said_before(new)
    differing = any(one in words.differences and other in words.levels for one, other in (said, said[::-1]))
    if differing and old.fact.quantity:
        return False
    after = next(iter(old.right), None) == next(iter(new.right), None)
    if old.fact.kind == "age":
        return after or left[0] == left[1]
    return after or old.fact.kind != "ordinal"


def _said_before(where: Place) -> str:
    """The stem before a value that has no hedge: the "to" of "up to" says no level."""
    hedge = tokens(fold(where.fact.phrase.text[: max(0, where.fact.start - where.fact.phrase.start)]))
    return "" if hedge else next(iter(where.left), "")


def _needed(sides: _Sides, where: Place, there: Place, kinship: float) -> float:
    """How alike the contexts of two different values must be before one is said to have become the other."""
    old, new = where.fact, there.fact
    if old.quantity is None or new.quantity is None:
        return 0.6 if old.time and new.time and grain(old.time) == grain(new.time) else 0.75
    if not comparable(old.quantity, new.quantity) or old.kind in ("ordinal", "age"):
        return 0.7
    told = old.predicate and new.predicate
    if not told and other_things(old, new, sides.words):
        return math.inf
    needed = 0.8 - 0.5 * kinship if kinship < 0.8 else 0.22 if told else 0.35
    leap = _LEAP
    if kinship >= 0.85 and old.predicate in sides.lone and not (uncounted(old) or uncounted(new)):
        needed, leap = 0.08, _LEAP_OF_TOLL if where.names & there.names else _LEAP
    if {old.quantity.trend, new.quantity.trend} == {"up", "down"}:
        needed += 0.2
    if uncounted(old) != uncounted(new) or _of_a_group(sides, old, new):
        needed = max(needed, 0.5)
    return needed + leap * max(0.0, _doublings(old.quantity, new.quantity) - 1.5)


def _of_a_group(sides: _Sides, old: Fact, new: Fact) -> bool:
    """Whether the one may be counted in the other: "five medics killed" and "11 killed", in texts of several tolls."""
    if old.predicate is None or old.predicate != new.predicate or old.predicate in sides.lone or old.key == new.key:
        return False
    return another_value(old, new) and may_be_part(old, new, sides.words)


def _doublings(old: Quantity, new: Quantity) -> float:
    """How often the smaller of two values must be doubled to reach the other: a leap makes one fact less likely."""
    quotient = ratio(old, new)
    return abs(math.log2(abs(quotient))) if quotient else 0.0
