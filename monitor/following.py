"""Stories kept up to date: a new Version of a member is laid beside what the other sources say.

A Version and its facts are kept first; its Stories follow in a transaction of their own, together with what they tell.
A member that was not followed yet is known by its row, so nothing is forgotten when the process dies in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session

from monitor.changes.amounts import delta, ratio
from monitor.changes.lexicon import context_words
from monitor.changes.wording import value_words
from monitor.facts.model import Fact
from monitor.stories.agreed import said
from monitor.stories.agreement import Verdict
from monitor.stories.compare import around_of, subject_of, values_by_source, verdict_of
from monitor.stories.lexicon import story_words
from monitor.stories.lines import Line, blocks, groups_of, merged, place, telling_of
from monitor.stories.mentions import Mention, mentions_of, with_names
from monitor.stories.turns import Turn, turn_of
from storage import articles, changes, stories, story_lines, versions
from storage.database import Database
from storage.story_lines import Standing
from storage.tables import Article, Story, StoryCell, StoryLine, Version
from storage.tables import Fact as FactRow

WEIGHED = 60
"""Facts of a line, the newest, among which those are chosen that a new one is weighed against."""
VALUES = 40
"""Values of a line that are kept with it, those that most sources give."""
REASONS = 3
"""Meetings that are kept to say why a fact stands in a line."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says in a line, for judging."""

    source: int
    fact: Fact
    scope: str | None
    headline: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A line as it stands, and how it stood."""

    row: StoryLine
    standing: Sequence[Standing]
    chief: Mapping[int, Fact]
    """What each source says first of all."""
    was: Verdict
    now: Verdict


def catch_up(database: Database, article_id: int | None = None) -> int:
    """Follow every member that is behind, or one Article's memberships. Returns how many were."""
    with database.read() as session:
        behind = story_lines.behind(session, article_id)
    for story_id, member in behind:
        with database.write() as session:
            follow(session, story_id, member)
    return len(behind)


def leave(session: Session, story_id: int, article_id: int, now: datetime) -> None:
    """An Article is out of a Story: the lines go on without it."""
    for line_id in story_lines.forget_cells(session, story_id, article_id):
        judge_line(session, line_id, now)


def follow(session: Session, story_id: int, article_id: int) -> list[dict[str, Any]]:
    """Lay the current Version of an Article beside the other sources of a Story. Returns the Changes that it brought.

    Nothing is told of an Article that was put into the Story after it was known: that is news of the person's, not of
    the source's.
    """
    article, story = articles.by_id(session, article_id), stories.by_id(session, story_id)
    version = versions.get(session, article_id, article.version_number) if article else None
    if article is None or story is None or version is None:
        return []
    first = story_lines.member_of(session, story_id, article_id)
    if first is None:
        return []
    quiet = first.read_number == 0 and (first.added_at - article.added_at).total_seconds() > 1
    lang = article.language or "en"
    mentions = _mentions(story_lines.current_facts(session, article_id), article, lang)
    cells = {cell.fact_line_id: cell for cell in story_lines.cells_of_article(session, story_id, article_id)}
    touched = _place(session, story_id, article_id, mentions, cells, lang, version)
    judged = [judge_line(session, line_id, version.first_seen_at, lang) for line_id in touched]
    told = [_turn(session, each, article_id, version.number, lang) for each in judged if each is not None]
    story_lines.caught_up(session, story_id, article_id, version.number)
    if quiet:
        return []
    return [_change(session, story, article, version, *each, lang=lang) for each in told if each is not None]


def _mentions(rows: Sequence[FactRow], article: Article, lang: str) -> list[Mention]:
    facts = [Fact.from_json(row.body) for row in rows]
    found = mentions_of(article.id or 0, facts, lang, headline_end=len(article.headline or ""))
    return [replace(mention, fact_line=row.line_id) for mention, row in zip(found, rows, strict=True)]


def _place(
    session: Session,
    story_id: int,
    article_id: int,
    mentions: Sequence[Mention],
    cells: Mapping[int, StoryCell],
    lang: str,
    version: Version,
) -> list[int]:
    """Put what is new into the lines of the Story. Returns the lines in which this Article says something else now."""
    known = {mention.fact_line: mention for mention in mentions if mention.fact_line in cells}
    fresh = [mention for mention in mentions if mention.fact_line not in cells]
    wanted = {block for mention in fresh for block in blocks(mention)}
    candidates = set(story_lines.met_by(session, story_id, wanted))
    standing = story_lines.standing(session, candidates, newest=WEIGHED)
    lines = [_line(line_id, standing[line_id], article_id, known, lang) for line_id in sorted(candidates)]
    named = with_names([*fresh, *(mention for line in lines for mention in line.mentions)])
    fresh, rest = list(named[: len(fresh)]), iter(named[len(fresh) :])
    for line in lines:
        line.mentions = [next(rest) for _ in line.mentions]
    around = around_of(named, lang)
    decided = _decisions(session, story_id, standing)
    homes = place(groups_of(fresh, around), lines, around, decided)
    for line in {id(home): home for home in homes}.values():
        _keep(session, story_id, line, {mention.fact_line for mention in fresh}, lang, version.first_seen_at)
    into = _merge(session, story_id, merged(list(lines), around, decided), lines)
    for line_fact, mention in known.items():
        cell = cells[line_fact or 0]
        cell.scope, cell.headline = mention.scope, mention.headline
        session.add(cell)
    altered = story_lines.altered(session, article_id, version.number)
    touched = {cell.line_id for cell in cells.values() if cell.fact_line_id in altered}
    touched |= {home.line_id or 0 for home in homes}
    return sorted({into.get(line_id, line_id) for line_id in touched})


def _line(
    line_id: int, standing: Sequence[Standing], article_id: int, known: Mapping[int | None, Mention], lang: str
) -> Line:
    """A kept line with those of its facts that new ones are weighed against, and what this Article says in it."""
    own = [known[each.cell.fact_line_id] for each in standing if each.cell.fact_line_id in known]
    others = [each for each in standing if each.cell.article_id != article_id]
    few = _few(others)
    return Line([*(_mention(each, lang) for each in few), *own], line_id=line_id)


def _few(standing: Sequence[Standing]) -> Sequence[Standing]:
    """As `telling_of` chooses, but before anything is made of the rows."""
    light = [_Light(each) for each in standing]
    return [each.standing for each in telling_of(light)]


@dataclass(frozen=True, slots=True)
class _Light:
    standing: Standing

    @property
    def figure(self) -> object:
        """What tells its value from others."""
        body = self.standing.body
        quantity, time = body["quantity"], body["time"]
        return (quantity["lower"], quantity["upper"]) if quantity else time and time["value"]


def _mention(standing: Standing, lang: str) -> Mention:
    cell = standing.cell
    [mention] = mentions_of(cell.article_id, [Fact.from_json(standing.body)], lang)
    return replace(mention, fact_line=cell.fact_line_id, scope=cell.scope, headline=cell.headline)


def _decisions(session: Session, story_id: int, standing: Mapping[int, Sequence[Standing]]) -> Any:
    """What people said of the facts of a group and those that stand in a line."""
    said = {(row.one_id, row.other_id): row.same for row in story_lines.decisions(session, story_id)}
    stands = {line_id: [each.cell.fact_line_id for each in rows] for line_id, rows in standing.items()}

    def decided(group: Iterable[Mention], line: Line) -> bool | None:
        if not said:
            return None
        there = stands.get(line.line_id or 0, [mention.fact_line or 0 for mention in line.mentions])
        pairs = [tuple(sorted((mention.fact_line or 0, other))) for mention in group for other in there]
        verdicts = {said[pair] for pair in pairs if pair in said}
        return None if not verdicts else False not in verdicts

    return decided


def _keep(session: Session, story_id: int, line: Line, fresh: Set[int | None], lang: str, at: datetime) -> None:
    """Keep a line with the fact lines that are new in it."""
    own = [mention for mention in line.mentions if mention.fact_line in fresh]
    fact = own[0].fact
    row = story_lines.lines(session, [line.line_id]).get(line.line_id) if line.line_id else None
    row = row or StoryLine(story_id=story_id, kind=fact.kind, key=fact.key, verdict_since_at=at, first_at=at)
    row.subject = subject_of(line.mentions, story_words(lang)) or row.subject
    line.line_id = story_lines.add(session, row)
    for mention in own:
        because = [
            {"fact_line_id": other.fact_line, "score": meeting.score, "because": [list(why) for why in meeting.reasons]}
            for one, other, meeting in line.meetings
            if one.fact_line == mention.fact_line
        ]
        cell = StoryCell(
            story_id=story_id, fact_line_id=mention.fact_line or 0, line_id=line.line_id, article_id=mention.source,
            joined_at=at, scope=mention.scope, headline=mention.headline, because=because[:REASONS],
        )  # fmt: skip
        story_lines.keep_cell(session, cell)
    story_lines.keep_blocks(session, story_id, line.line_id, {block for mention in own for block in blocks(mention)})


def _merge(session: Session, story_id: int, kept: Sequence[Line], lines: Sequence[Line]) -> dict[int, int]:
    """Lines that turned out to be one are one from now on: the older. Returns which went into which."""
    holder = {id(mention): line for line in kept for mention in line.mentions}
    into: dict[int, int] = {}
    for line in lines:
        home = holder[id(line.mentions[0])] if line.mentions else line
        one, other = line.line_id, home.line_id
        if one is not None and other is not None and one != other:
            story_lines.merge(session, story_id, gone=one, into=other)
            into[one] = other
    return into


def judge_line(session: Session, line_id: int, at: datetime, lang: str = "en") -> Judged | None:
    """Bring the verdict on a line up to date; null when the line is no more."""
    row = story_lines.lines(session, [line_id]).get(line_id)
    if row is None:
        return None
    standing = story_lines.standing(session, [line_id])[line_id]
    words = context_words(lang)
    told = [
        Told(each.cell.article_id, Fact.from_json(each.body), each.cell.scope, each.cell.headline) for each in standing
    ]
    chief = {source: values[0][0].fact for source, values in values_by_source(told, words).items()}
    was = cast(Verdict, row.verdict)
    now = verdict_of([each for each in told if each.fact is chief[each.source]], words)
    row.sources = len(chief)
    row.told = [
        {"fact": each.fact.to_json(), "scope": each.scope, "sources": each.sources}
        for each in said([each for each in told if each.fact is chief[each.source]])[:VALUES]
    ]
    if now != was:
        row.verdict, row.verdict_since_at = now, at
    session.add(row)
    return Judged(row, standing, chief, was, now)


def _turn(
    session: Session, judged: Judged, article_id: int, number: int, lang: str
) -> tuple[StoryLine, Turn, Fact, Mapping[int, Fact]] | None:
    """How a line turned by what an Article says since Version `number`, if it did."""
    mine = judged.chief.get(article_id)
    if mine is None:
        return None
    own = [each for each in judged.standing if each.cell.article_id == article_id]
    if not any(each.since_number == number for each in own):
        return None  # it says what it said
    before = story_lines.value_before(session, article_id, {each.cell.fact_line_id for each in own}, number)
    others = {source: fact for source, fact in judged.chief.items() if source != article_id}
    turn = turn_of(
        article_id,
        Fact.from_json(before) if before else None,
        mine,
        others,
        judged.was,
        judged.now,
        context_words(lang),
    )
    return (judged.row, turn, mine, others) if turn else None


def _change(
    session: Session,
    story: Story,
    article: Article,
    version: Version,
    row: StoryLine,
    turn: Turn,
    fact: Fact,
    others: Mapping[int, Fact],
    *,
    lang: str,
) -> dict[str, Any]:
    """Keep a turn of a line as a Change of the Article that brought it."""
    names = {source: called(articles.by_id(session, source)) for source in (*turn.siding, *turn.against)}
    amounts = fact.quantity, turn.other.quantity
    difference = delta(amounts[1], amounts[0]) if amounts[0] and amounts[1] else None
    quotient = ratio(amounts[1], amounts[0]) if amounts[0] and amounts[1] else None
    body = {
        "type": turn.type,
        "kind": row.kind,
        "subject": row.name or row.subject,
        "key": row.key,
        "before": turn.other.to_json(),
        "after": fact.to_json(),
        "delta": difference,
        "ratio": quotient,
        "acknowledged": False,
        "severity": "high" if turn.type == "diverged" and row.kind in ("casualties", "personnel") else "medium",
        "summary": summary(row.name or row.subject or row.kind, called(article), turn, fact, others, names, lang),
        "before_text": None,
        "after_text": None,
        "story": {"id": story.id, "name": story.name, "line": row.id},
    }
    before = versions.get(session, article.id or 0, version.number - 1)
    kept = changes.add(
        session,
        article.id or 0,
        body,
        changed_at=version.first_seen_at,
        from_version_id=before.id if before else None,
        to_version_id=version.id,
    )
    return {"id": kept.id, **body}


def summary(
    subject: str, who: str, turn: Turn, fact: Fact, others: Mapping[int, Fact], called: Mapping[int, str], lang: str
) -> str:
    """ "Peacekeepers killed: AP now says 303, BBC and DW say about 170"."""
    head = f"{subject[:1].upper()}{subject[1:]}"
    value = value_words(fact, lang)
    if turn.type == "converged":
        return f"{head}: {who} now says {value}, and no source contradicts any other"
    if turn.type == "left_behind":
        [alone] = turn.against
        still = f"{called[alone]} still says {value_words(others[alone], lang)}"
        return f"{head}: {who} now says {value}, as others do; only {still}"
    if turn.type == "corrected":
        return f"{head}: {who} now says {value}, like {_listed([called[s] for s in turn.siding])}"
    by_value: defaultdict[str, list[str]] = defaultdict(list)
    for source in turn.against:
        by_value[value_words(others[source], lang)].append(called[source])
    against = "; ".join(
        f"{_listed(names)} {'says' if len(names) == 1 else 'say'} {said}" for said, names in by_value.items()
    )
    return f"{head}: {who} now says {value}; {against}" if against else f"{head}: sources contradict one another"


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def called(article: Article | None) -> str:
    """Whom a reader takes for the source."""
    if article is None:
        return "a source"
    return article.publisher or article.url.partition("//")[2].partition("/")[0].removeprefix("www.") or article.url
