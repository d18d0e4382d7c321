"""compare_sources: the facts of several sources of one story, line by line: what each says, and whether they agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.model import Reading
from monitor.facts.model import Fact
from monitor.stories import agreement
from monitor.stories.agreement import Verdict
from monitor.stories.lexicon import StoryWords, story_words
from monitor.stories.lines import Line, alike, lines_of
from monitor.stories.meeting import ARMY, FORCE, PERSON, Around
from monitor.stories.mentions import Mention, rarity, read

_KINDS = (
    "casualties", "personnel", "detained", "displaced", "count", "money", "percent", "measure", "rate", "date", "time",
    "duration", "set", "age", "ordinal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source says of a line: one of its values."""

    source: int
    fact: Fact
    scope: str | None
    """The time that it holds for, where the text says so."""
    repeated: tuple[Fact, ...] = ()
    """The same value elsewhere in its text."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two facts are one: `score` is the sum of the weights in `because`."""

    source: int
    fact: Fact
    other_source: int
    other_fact: Fact
    score: float
    because: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One fact across the sources of a story."""

    key: str
    subject: str | None
    verdict: Verdict
    cells: tuple[Cell, ...]
    """In the order of the sources; a source that gives two values has its chief one first."""
    reasons: tuple[Reason, ...]

    @property
    def sources(self) -> frozenset[int]:
        """Who says it."""
        return frozenset(cell.source for cell in self.cells)


def compare_sources(readings: Sequence[Reading], facts: Sequence[Sequence[Fact]] | None = None) -> tuple[Row, ...]:
    """The rows of a story, what most sources tell first. `facts`: those of each reading, found when not given."""
    lang = readings[0].lang if readings else "en"
    # One order, whatever order they were given in: the earliest first, as a story is told.
    order = sorted(
        range(len(readings)), key=lambda number: (str(readings[number].published or ""), readings[number].text)
    )
    place_of = {number: place for place, number in enumerate(order)}
    mentions = sorted(read(readings, facts), key=lambda mention: place_of[mention.source])
    around = around_of(mentions, lang)
    rows = [row_of(line, around) for line in lines_of(mentions, around)]
    return tuple(sorted(filter(_telling, rows), key=_rank))


def around_of(mentions: Sequence[Mention], lang: str) -> Around:
    """What judging a pair needs to know of the whole story."""
    said: defaultdict[tuple[int, str], set[object]] = defaultdict(set)
    whole: defaultdict[tuple[int, str], set[object]] = defaultdict(set)
    former = frozenset(_of_former_years(mentions, story_words(lang)))
    for mention in mentions:
        if (mention.source, mention.fact.start) in former:
            continue
        if mention.fact.predicate and mention.fact.quantity:
            quantity = mention.fact.quantity
            said[mention.source, mention.fact.predicate].add(quantity.lower or quantity.upper)
            if mention.fact.noun == PERSON and not mention.part:
                whole[mention.source, mention.fact.predicate].add(quantity.lower or quantity.upper)
        if mention.fact.kind == "personnel" and mention.fact.quantity and (mention.fact.quantity.lower or 0) >= ARMY:
            said[mention.source, FORCE].add(mention.fact.quantity.lower)
    lone, wholes = (frozenset(told for told, values in each.items() if len(values) == 1) for each in (said, whole))
    return Around(rarity(mentions), context_words(lang), story_words(lang), lone, wholes, former, lang)


def _of_former_years(mentions: Sequence[Mention], words: StoryWords) -> Iterator[tuple[int, int]]:
    """What happened in a year before that of the story, by source and place: "In 2022 a quake killed 1,000"."""
    days = [(mention, mention.fact.time) for mention in mentions if mention.fact.time and mention.fact.time.end]
    latest = max((str(time.end)[:4] for _, time in days), default="")
    old: defaultdict[tuple[int, str], list[Fact]] = defaultdict(list)
    for mention, time in days:
        if str(time.end)[:4] < latest and time.role in (None, "on", "since"):
            old[mention.source, mention.fact.sentence].append(mention.fact)
    for mention in mentions:
        fact = mention.fact
        if fact.predicate and any(
            _tells_when(day, fact, words) for day in old.get((mention.source, fact.sentence), ())
        ):
            yield mention.source, fact.start


def _tells_when(day: Fact, fact: Fact, words: StoryWords) -> bool:
    """Whether a day opens the sentence of a toll, or stands in one part of it with the toll; of "since 1997" only what
    then happened is of that year: "the worst since 1997, when 228 people died"."""
    first, last = sorted((day, fact), key=lambda each: each.start)
    begins = max(fact.sentence.find(fact.phrase.text), 0) - fact.phrase.start
    between = fact.sentence[first.end + begins : last.start + begins]
    opens = fact.sentence.startswith(day.phrase.text)
    if day.time and day.time.role == "since":
        return first is day and not opens and not words.relating.isdisjoint(between.casefold().split())
    return opens or not ("," in between or ";" in between)


class Valued(Protocol):
    """A value that one or many sources give."""

    @property
    def fact(self) -> Fact: ...
    @property
    def scope(self) -> str | None: ...


class Said(Valued, Protocol):
    """A fact as a source says it, for judging: a Mention, or what is kept of one."""

    @property
    def source(self) -> int: ...
    @property
    def headline(self) -> bool: ...


S = TypeVar("S", bound=Said)


def row_of(line: Line, around: Around) -> Row:
    """A Line as it is shown: a cell for every value of every source, and the verdict on their chief ones."""
    told = values_by_source(line.mentions, around.context)
    cells = tuple(_cell(source, own) for source in sorted(told) for own in told[source])
    chief = [values[0][0] for values in told.values()]
    key = Counter(mention.fact.key for mention in line.mentions).most_common(1)[0][0]
    reasons = tuple(
        Reason(one.source, one.fact, other.source, other.fact, meeting.score, meeting.reasons)
        for one, other, meeting in line.meetings
    )
    return Row(key, subject_of(line.mentions, around.words), verdict_of(chief, around.context), cells, reasons)


def values_by_source(said: Iterable[S], words: ContextWords) -> dict[int, list[list[S]]]:
    """What each source says, by value; its chief value is the first."""
    by_source: defaultdict[int, list[S]] = defaultdict(list)
    for one in said:
        by_source[one.source].append(one)
    return {source: _values(own, words) for source, own in by_source.items()}


def _cell(source: int, own: Sequence[Said]) -> Cell:
    scope = own[0].scope if all(one.scope for one in own) else None
    return Cell(source, own[0].fact, scope, tuple(one.fact for one in own[1:]))


def _values(said: Sequence[S], words: ContextWords) -> list[list[S]]:
    """What one source says, by value: as its text has it rather than its headline, and as exactly as it does.

    Its chief value is the first: one that does not hold for another time only.
    """

    def rank(one: Said) -> tuple[object, ...]:
        return one.headline, agreement.exactness(one.fact), one.fact.start

    values: list[list[S]] = []
    for one in sorted(said, key=rank):
        home = next((own for own in values if alike(own[0].fact, one.fact, words)), None)
        if home is None:
            values.append([one])
        else:
            home.append(one)
    return sorted(values, key=lambda own: all(one.scope for one in own))


def verdict_of(chief: Sequence[Valued], words: ContextWords) -> Verdict:
    """The worst verdict of any two chief values; of two times both may be right."""
    different = list({(one.fact.quantity, one.fact.time, one.scope): one for one in chief}.values())
    worst: Verdict = "agree"
    for number, one in enumerate(different):
        for other in different[:number]:
            worst = max(worst, between(one, other, words), key=agreement.ORDER.index)
            if worst == agreement.ORDER[-1]:
                return worst
    return worst


def between(one: Valued, other: Valued, words: ContextWords) -> Verdict:
    """Whether two sources agree; of values that hold for different times both may be right."""
    verdict = agreement.between(one.fact, other.fact, words)
    of_two_times = bool(one.scope and other.scope and one.scope != other.scope)
    return "compatible" if verdict == "disagree" and of_two_times else verdict


def subject_of(mentions: Sequence[Mention], words: StoryWords) -> str | None:
    """What most sources call it; of a date that nobody calls anything, what happened then."""
    named = [m.fact for m in mentions if m.fact.subject]
    # Of a force what it is, rather than what becomes of it: "troops", not "personnel withdrawn".
    called = Counter(fact.subject or "" for fact in named if fact.predicate not in words.strengths) or Counter(
        fact.subject or "" for fact in named
    )
    if called:
        most = called.most_common(1)[0][1]
        return max((name for name, count in called.items() if count == most), key=lambda name: (len(name), name))
    if mentions[0].fact.kind not in ("date", "time"):
        return None
    happened = Counter(max(sorted(m.happenings), key=m.happenings.__getitem__) for m in mentions if m.happenings)
    if not happened:
        return None
    (happening, _), *_ = happened.most_common(1)
    phases = Counter(m.phase for m in mentions if m.phase)
    phase = next((phase for phase, count in phases.items() if 2 * count > len(mentions)), None)
    return words.named(happening, phase)


def _telling(row: Row) -> bool:
    """A line that a reader can make something of: of several sources, or of something that has a name."""
    fact = row.cells[0].fact
    return len(row.sources) > 1 or bool(fact.predicate or fact.noun or fact.subject)


def _rank(row: Row) -> tuple[object, ...]:
    first = row.cells[0]
    return -len(row.sources), _KINDS.index(first.fact.kind), first.source, first.fact.start
