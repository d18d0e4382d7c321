"""One line of a Story told for people: what happened to it in order, who is late, why its facts are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from monitor.changes.lexicon import context_words
from monitor.changes.wording import value_words
from monitor.hearing import called, heard
from monitor.matrix import MatrixLine, Value, laid_out
from monitor.stories.chronicle import Event, Spell, chronicle, listed, not_followed, sentence
from storage import articles, story_values
from storage.tables import Article, StoryDecision, StoryLine

MOST_VALUES = 1_000
"""Values of a line that are read: those that stand, and the newest of the others."""
MOST_DECISIONS = 50
_HEARD = 60  # sources that are listened to for one voice


@dataclass(frozen=True, slots=True)
class Told:
    """An Event in words, and when it happened."""

    event: Event
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two facts are taken for one: the score is the sum of the weights."""

    source: int
    phrase: str
    other_source: int
    other_phrase: str
    score: float
    because: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Retold:
    """A line with all that its page and the API say of it."""

    line: MatrixLine
    sources: Mapping[int, Article]
    repeats: Mapping[int, int]
    """Of an Article that prints the text of another one, that other."""
    spells: Mapping[int, Sequence[Value]]
    """By Article: its values by time, one that was only put in other words once; what it says first of all is last."""
    events: Sequence[Told]
    late: str
    """Who has not followed yet, in words; empty where nobody is late."""
    late_sources: Sequence[int]
    reasons: Sequence[Reason]
    by_hand: frozenset[int]
    """Articles whose fact a person put here, or said to belong here."""
    decisions: Sequence[StoryDecision]
    complete: bool
    """Whether every value that it ever had was read."""


def retell(session: Session, story_id: int, row: StoryLine) -> Retold:
    """Tell a line in order."""
    said = story_values.said(session, [row.id or 0], limit=MOST_VALUES)
    line = laid_out(row, said)
    sources = {article.id or 0: article for article in articles.by_ids(session, sorted(line.values))}
    names = names_of(sources)
    repeats = heard(session, list(sources.values())[:_HEARD])
    ends = story_values.ended(session, [each.fact for each in said])
    spells = [_spell(source, value, ends) for source, own in line.values.items() for value in own]
    words = context_words("en")
    events = chronicle(spells, repeats, words)
    move, late = not_followed(spells, events, words)
    return Retold(
        line,
        sources,
        repeats,
        {
            source: sorted(_put_once(own), key=lambda value: value.stands and value.cell.chief)
            for source, own in line.values.items()
        },
        [Told(event, sentence(event, names), event.at) for event in events],
        _late(move, late, names, line),
        late,
        reasons_of(line),
        frozenset(source for source, own in line.values.items() if any(value.cell.by_hand for value in own)),
        story_values.decided_in(session, story_id, row.id or 0, MOST_DECISIONS),
        len(said) < MOST_VALUES,
    )


def names_of(sources: Mapping[int, Article]) -> dict[int, str]:
    """What the sources are called; those of one publisher are told apart by their ids."""
    names = {source: called(article) for source, article in sources.items()}
    shared = Counter(names.values())
    return {source: f"{name} ({source})" if shared[name] > 1 else name for source, name in names.items()}


def reasons_of(line: MatrixLine) -> list[Reason]:
    """Why the facts of a line met, the surest meeting first."""
    stands = {own[-1].cell.fact_line_id: (source, own[-1]) for source, own in line.values.items()}
    found = []
    for source, value in stands.values():
        for reason in value.cell.because:
            if (other := stands.get(reason["fact_line_id"])) is None or other[0] == source:
                continue
            because = [(str(name), float(weight)) for name, weight in reason["because"]]
            phrases = value.fact.phrase.text, other[1].fact.phrase.text
            found.append(Reason(source, phrases[0], other[0], phrases[1], reason["score"], because))
    return sorted(found, key=lambda reason: -reason.score)


def _put_once(values: Sequence[Value]) -> list[Value]:
    """A value that went on in other words is the newer one, since the time of the older."""
    kept: list[Value] = []
    for value in values:
        last = kept[-1] if kept else None
        goes_on = last is not None and not last.stands and last.cell.fact_line_id == value.cell.fact_line_id
        if (
            last is not None
            and goes_on
            and last.fact.quantity == value.fact.quantity
            and last.fact.time == value.fact.time
        ):
            kept[-1] = replace(value, since_at=last.since_at, number=last.number)
        else:
            kept.append(value)
    return kept


def _spell(source: int, value: Value, ends: Mapping[int, datetime]) -> Spell:
    return Spell(source, value.fact, value.since_at, value.number, ends.get(value.fact_id))


def _late(move: Event | None, late: Sequence[int], names: Mapping[int, str], line: MatrixLine) -> str:
    """ "BBC and DW still say about 170, which AP has given up"."""
    if move is None or not late:
        return ""
    still = value_words(line.chief[late[0]].fact) if late[0] in line.chief else ""
    verb = "says" if len(late) == 1 else "say"
    return f"{listed([names[source] for source in late])} still {verb} {still}, which {names[move.source]} has given up"
