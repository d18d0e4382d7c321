"""Which Mentions make one Line: every source's facts are placed, source by source, where they meet best.

A new text of one source is placed against the Lines that stand, so the cost is of that text, not of the story; and a
Line stays the Line it was, whatever else is said of other things.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from monitor.changes.amounts import judge_figures
from monitor.changes.assignment import best_match
from monitor.changes.lexicon import ContextWords
from monitor.changes.moments import grain, judge_times
from monitor.facts.model import Fact
from monitor.stories.meeting import Around, Meeting, meet
from monitor.stories.mentions import Mention

ENOUGH = 0.7
"""The score from which two Mentions are one fact; measured (tests/quality/stories.py)."""
_SAID = 10.0  # the score of what a person said
_MOST = 8  # Mentions of a Line that a new one is weighed against
_HEADED = 0.4
_ONE_TEXT = 0.55  # less is asked of two places in one text that give the same value


@dataclass(slots=True)
class Line:
    """One fact as the sources of a story tell it."""

    mentions: list[Mention] = field(default_factory=list)
    meetings: list[tuple[Mention, Mention, Meeting]] = field(default_factory=list)
    """Why they are together."""
    line_id: int | None = None
    """Of a line that is kept."""

    @property
    def sources(self) -> frozenset[int]:
        """Who says it."""
        return frozenset(mention.source for mention in self.mentions)


Decided = Callable[[Sequence[Mention] | Line, Line], bool | None]
"""Whether a person said that Mentions, or a Line, belong to a Line, or do not; null where nobody said anything."""


def _nobody(group: Sequence[Mention] | Line, line: Line) -> bool | None:
    return None


class Figured(Protocol):
    """Anything with a value that can be told from others."""

    @property
    def figure(self) -> object: ...


F = TypeVar("F", bound=Figured)


def lines_of(mentions: Sequence[Mention], around: Around) -> list[Line]:
    """The Lines of a story, in the order in which they are first told."""
    lines: list[Line] = []
    by_source: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_source[mention.source].append(mention)
    for own in by_source.values():
        place(groups_of(own, around), lines, around)
    return merged(lines, around)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the Mentions of one source stand now."""

    homes: Sequence[Line]
    """The Line of each group."""
    rivals: Sequence[Line]
    """Lines that one and the same group meets: they may turn out to be one."""


def place(groups: Sequence[Sequence[Mention]], lines: list[Line], around: Around, decided: Decided = _nobody) -> Placed:
    """Put each group of Mentions of one source into the Line that it meets best, or into a Line of its own.

    `lines` grows by the new ones. decided: what a person said of a group and a Line.
    """
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        for block in {block for mention in telling_of(line.mentions) for block in blocks(mention)}:
            index[block].append(number)
    edges, why = [], {}
    for i, group in enumerate(groups):
        candidates = sorted({n for mention in group for block in blocks(mention) for n in index.get(block, ())})
        for j in candidates:
            said = decided(group, lines[j])
            mine = [mention for mention in lines[j].mentions if mention.source == group[0].source]
            if said is False or (mine and not said and not _together(group, mine, around)):
                continue
            score, meetings = _meets(group, telling_of(lines[j].mentions), around)
            if said:
                score = _SAID
            if score >= ENOUGH:
                edges.append((i, j, score * score))
                why[i, j] = meetings
    placed = best_match(edges)
    # A second figure of one source belongs to the same Line as a looser one, or as that of another time.
    taken = {j: [i] for i, j in placed.items()}
    for i, j, _ in sorted(edges, key=lambda edge: -edge[2]):
        if i not in placed and all(_together(groups[i], groups[k], around) for k in taken.get(j, ())):
            placed[i] = j
            taken.setdefault(j, []).append(i)
    homes: list[Line] = []
    for i, group in enumerate(groups):
        line = lines[placed[i]] if i in placed else Line()
        line.mentions += group
        homes.append(line)
        if i in placed:
            line.meetings += why[i, placed[i]]
        else:
            lines.append(line)
    met = Counter(i for i, _, _ in edges)
    rivals = sorted({j for i, j, _ in edges if met[i] > 1})
    return Placed(homes, [lines[j] for j in rivals])


def handles(mention: Mention) -> set[str]:
    """By what a Mention is found among very many: its blocks, and each with its value."""
    found = blocks(mention)
    quantity = mention.fact.quantity
    return found if quantity is None else found | {f"{block} {quantity.lower} {quantity.upper}" for block in found}


def blocks(mention: Mention) -> set[str]:
    """What two Mentions must share one of to be weighed at all."""
    fact = mention.fact
    if fact.kind in ("date", "time"):
        assert fact.time
        found = {f"day {fact.time.start}"} if fact.time.start else set()
        return found | ({"promised"} if fact.time.role in ("by", "until") else set())
    noun = mention.noun
    found = {f"happened {fact.predicate}"} if fact.predicate else set()
    if noun:
        found.add(f"noun {noun}")
    if fact.kind == "personnel":
        found.add("force")
    if mention.gathers:
        found.add("crowd")
    if fact.subject and not fact.predicate and not noun:
        found.add(f"called {fact.subject.casefold()}")
    if fact.quantity and not (fact.predicate or noun or fact.kind == "personnel"):
        found.add(f"{fact.kind} {fact.quantity.unit} {fact.quantity.lower or fact.quantity.upper}")
    return found


def groups_of(mentions: Sequence[Mention], around: Around) -> list[list[Mention]]:
    """The Mentions of one text, those that repeat one another together."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        best, home = 0.0, None
        for group in groups:
            surplus = [_repeats(mention, other, around) for other in group]
            if min(surplus) > 0 and (mean := math.fsum(surplus) / len(surplus)) > best:
                best, home = mean, group
        if home is None:
            groups.append([mention])
        else:
            home.append(mention)
    return groups


def _repeats(one: Mention, other: Mention, around: Around) -> float:
    """By how much two places in one text meet better than they must; a headline tells what its text tells."""
    if not alike(one.fact, other.fact, around.context):
        return 0.0
    headed = one.headline != other.headline and one.fact.predicate and one.fact.key == other.fact.key
    return meet(one, other, around).score - (_HEADED if headed else _ONE_TEXT)


def alike(one: Fact, other: Fact, words: ContextWords) -> bool:
    """Whether two facts of one text give values that do not contradict each other."""
    if one.quantity and other.quantity:
        return judge_figures(one, other) != "value"
    if one.time and other.time:
        return judge_times(one, other, words) == "same" and grain(one.time) == grain(other.time)
    return False


def _together(ones: Sequence[Mention], others: Sequence[Mention], around: Around) -> bool:
    return _other_time(ones, others) or all(
        alike(one.fact, other.fact, around.context) for one in ones for other in others
    )


def _other_time(one: Sequence[Mention], other: Sequence[Mention]) -> bool:
    """Whether two figures of one source hold for different times: "13,000 troops", "the 11,000 who came in 2013"."""
    scopes = {mention.scope for mention in one}, {mention.scope for mention in other}
    return scopes[0] != scopes[1] and all(mention.fact.quantity for mention in (*one, *other))


def telling_of(mentions: Sequence[F]) -> Sequence[F]:
    """Those that new ones are weighed against: of each figure the newest, then others, the newest first."""
    first: list[F] = []
    rest: list[F] = []
    seen = set()
    for mention in reversed(mentions):
        (rest if mention.figure in seen else first).append(mention)
        seen.add(mention.figure)
    return (first + rest)[:_MOST]


def _meets(
    group: Sequence[Mention], others: Sequence[Mention], around: Around
) -> tuple[float, list[tuple[Mention, Mention, Meeting]]]:
    """How well a group meets a Line: half by its best meeting, half by the best one with each source."""
    meetings = [(one, other, meet(one, other, around)) for one in group for other in others]
    by_source: defaultdict[int, float] = defaultdict(float)
    for _, other, meeting in meetings:
        by_source[other.source] = max(by_source[other.source], meeting.score)
    if not by_source:
        return 0.0, []
    score = (max(by_source.values()) + math.fsum(by_source.values()) / len(by_source)) / 2
    kept = [each for each in meetings if each[2].score >= ENOUGH]
    return score, sorted(kept, key=lambda each: -each[2].score)[:2]


def merged(lines: list[Line], around: Around, decided: Decided = _nobody) -> list[Line]:
    """Lines that meet one another after all sources were read, and that no source contradicts."""
    kept: list[Line] = []
    index: defaultdict[str, list[int]] = defaultdict(list)
    for line in lines:
        home, best = None, ENOUGH
        mine = {block for mention in telling_of(line.mentions) for block in blocks(mention)}
        for number in sorted({n for block in mine for n in index[block]}):
            other = kept[number]
            said = decided(line, other)
            if said is False or (not said and _contradict(line.mentions, other.mentions, around)):
                continue
            score = _SAID if said else _meets(telling_of(line.mentions), telling_of(other.mentions), around)[0]
            if score > best:
                home, best = number, score
        if home is None:
            kept.append(line)
            home = len(kept) - 1
        else:
            kept[home].mentions += line.mentions
            kept[home].meetings += line.meetings
        for block in mine:
            index[block].append(home)
    return kept


def _contradict(ones: Iterable[Mention], others: Iterable[Mention], around: Around) -> bool:
    by_source: Mapping[int, list[Mention]] = defaultdict(list)
    for other in others:
        by_source[other.source].append(other)
    return any(
        not alike(one.fact, other.fact, around.context) and not _other_time([one], [other])
        for one in ones
        for other in by_source.get(one.source, ())
    )
