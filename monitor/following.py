"""Stories kept up to date: a new Version of a member is laid beside what the other sources say.

A Version and its facts are kept first; its Stories follow in a transaction of their own, together with what they tell.
A member that was not followed yet is known by its row, so nothing is forgotten when the process dies in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import structlog
from sqlmodel import Session

from alerts import outbox
from alerts.event import Event
from alerts.timing import Waits
from monitor.changes.amounts import delta, ratio
from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.model import Change
from monitor.changes.moments import day_of
from monitor.changes.rejudge import rejudge
from monitor.changes.wording import value_words
from monitor.facts.model import Fact
from monitor.stories.agreed import said
from monitor.stories.agreement import Verdict
from monitor.stories.compare import around_of, subject_of, values_by_source, verdict_of
from monitor.stories.lexicon import story_words
from monitor.stories.lines import Line, blocks, groups_of, merged, place, telling_of
from monitor.stories.mentions import Mention, mentions_of, with_names
from monitor.stories.turns import Turn, turn_of
from monitor.stories.voices import voices
from storage import articles, changes, feeds, stories, story_lines, versions
from storage.database import Database
from storage.story_lines import Standing
from storage.tables import Article, Story, StoryCell, StoryLine, Version
from storage.tables import Change as ChangeRow
from storage.tables import Fact as FactRow

log = structlog.get_logger()

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
    fact_line: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A line as it stands, and how it stood."""

    row: StoryLine
    chief: Mapping[int, Told]
    """What each source says first of all."""
    was: Verdict
    now: Verdict


def catch_up(database: Database, waits: Waits | None = None, article_ids: Collection[int] | None = None) -> int:
    """Follow every member that is behind, or these Articles' memberships, each in a transaction of its own.

    waits: for what the Rules of alerts leave open. Returns how many were behind. One that cannot be followed is logged
    and stays behind; the others are followed.
    """
    with database.read() as session:
        behind = story_lines.behind(session, article_ids)
    for story_id, article_id in behind:
        attempt(database, story_id, article_id, waits)
    return len(behind)


def attempt(database: Database, story_id: int, article_id: int, waits: Waits | None = None) -> bool:
    """Follow one member in a transaction of its own. Whether that could be done; if not, it is logged."""
    try:
        with database.write() as session:
            follow(session, story_id, article_id, waits)
    except Exception:  # whatever is wrong with one text must not keep the other stories from being told
        log.exception("a story could not follow an article", story=story_id, article=article_id)
        return False
    return True


def leave(session: Session, story_id: int, article_id: int, now: datetime) -> None:
    """An Article is out of a Story: the lines go on without it."""
    for line_id in story_lines.forget_cells(session, story_id, article_id):
        judge_line(session, line_id, now)


def follow(session: Session, story_id: int, article_id: int, waits: Waits | None = None) -> list[dict[str, Any]]:
    """Lay the current Version of an Article beside the other sources of a Story. Returns the Changes that it brought.

    They are told in the same transaction, as Rules want. Nothing is told of the first Version of an Article that
    somebody put into the Story: that is news of the person's, not of the source's. An Article that a feed brings is.
    """
    article, story = articles.by_id(session, article_id), stories.by_id(session, story_id)
    version = versions.get(session, article_id, article.version_number) if article else None
    if article is None or story is None or version is None:
        return []
    first = story_lines.member_of(session, story_id, article_id)
    if first is None:
        return []
    since = first.read_number
    later = (first.added_at - article.added_at).total_seconds() > 1
    put_in = later or not feeds.of_article(session, article_id)
    lang = article.language or "en"
    mentions = _mentions(story_lines.current_facts(session, article_id), article, lang)
    cells = {cell.fact_line_id: cell for cell in story_lines.cells_of_article(session, story_id, article_id)}
    scopes = {fact_line: cell.scope for fact_line, cell in cells.items()}
    touched = _place(session, story_id, article_id, mentions, cells, lang, version, since)
    judged = [judge_line(session, line_id, version.first_seen_at, lang) for line_id in touched]
    story_lines.caught_up(session, story_id, article_id, version.number)
    if since == 0 and put_in:
        return []
    turns = [_turn(session, each, article_id, since, scopes, lang) for each in judged if each is not None]
    before = versions.get(session, article_id, since) if since else None
    admitted = changes.admitted(session, version.id or 0)
    kept = [
        _change(session, story, article, before, version, *turn, admitted=admitted, lang=lang)
        for turn in turns
        if turn is not None
    ]
    if kept:
        _tell(session, story, article, before, version, kept, waits)
    return [{"id": row.id, **row.body} for row in kept]


def _tell(
    session: Session,
    story: Story,
    article: Article,
    before: Version | None,
    version: Version,
    kept: Sequence[ChangeRow],
    waits: Waits | None,
) -> None:
    """Rules pick what turned, as they pick what changed in an Article."""
    event = Event(
        article_id=article.id or 0,
        url=article.url,
        headline=version.headline,
        publisher=article.publisher,
        before=before.number if before else None,
        after=version.number,
        seen_at=version.first_seen_at,
        changes=[{"id": row.id, **row.body} for row in kept],
        version_id=version.id,
        language=version.language,
        sightings=article.sightings,
        lines={row.id or 0: row.line_id for row in kept if row.line_id},
        story_id=story.id,
    )
    outbox.write(session, event, waits, rejudge)


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
    since: int,
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
    altered = story_lines.altered(session, article_id, since)
    for line_fact, mention in known.items():
        cell = cells[line_fact or 0]
        if cell.scope != mention.scope:  # "19 in 2021" became "19 in 2022": another statement, by the same figure
            altered.add(cell.fact_line_id)
        cell.scope, cell.headline = mention.scope, mention.headline
        session.add(cell)
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
        Told(
            each.cell.article_id,
            Fact.from_json(each.body),
            each.cell.scope,
            each.cell.headline,
            each.cell.fact_line_id,
        )
        for each in standing
    ]
    chief = _chief(told, words)
    was = cast(Verdict, row.verdict)
    now = verdict_of(list(chief.values()), words)
    row.sources = len(chief)
    row.told = [
        {"fact": each.fact.to_json(), "scope": each.scope, "sources": each.sources}
        for each in said([each for each in told if each is chief[each.source]])[:VALUES]
    ]
    if now != was:
        row.verdict, row.verdict_since_at = now, at
    session.add(row)
    return Judged(row, chief, was, now)


def _chief(told: Sequence[Told], words: ContextWords) -> dict[int, Told]:
    """What each source says first of all."""
    return {source: values[0][0] for source, values in values_by_source(told, words).items()}


def _turn(
    session: Session, judged: Judged, article_id: int, since: int, scopes: Mapping[int, str | None], lang: str
) -> tuple[Judged, Turn, Told | None, int | None] | None:
    """How a line turned by what an Article says now and did not say in Version `since`, if it did.

    scopes: for which times its facts were said to hold then. With what it says now, and the line of the fact, in its
    own text, that it is told of.
    """
    words = context_words(lang)
    mine = judged.chief.get(article_id)
    earlier = [
        Told(
            article_id,
            Fact.from_json(body),
            scopes.get(cell.fact_line_id, cell.scope),
            cell.headline,
            cell.fact_line_id,
        )
        for cell, body in story_lines.values_before(session, judged.row.story_id, judged.row.id or 0, article_id, since)
    ]
    before = _chief(earlier, words).get(article_id)
    if (
        mine is not None
        and before is not None
        and (mine.fact.quantity, mine.fact.time, mine.scope) == (before.fact.quantity, before.fact.time, before.scope)
    ):
        return None  # it says what it said
    others = {source: each for source, each in judged.chief.items() if source != article_id}

    def speaking(sources: Sequence[int]) -> Mapping[int, int]:
        return _voices(session, sources, lang)

    turn = turn_of(article_id, before, mine, others, judged.was, judged.now, words, speaking)
    about = mine or before
    return (judged, turn, mine, about.fact_line if about else None) if turn else None


def _voices(session: Session, sources: Sequence[int], lang: str) -> Mapping[int, int]:
    """As whose voice each of these Articles speaks, by their current texts."""
    known = [article for article in (articles.by_id(session, source) for source in sources) if article]
    texts = versions.current_texts(session, known)
    first = voices([texts.get(source, "") for source in sources], lang)
    return {source: sources[number] for source, number in zip(sources, first, strict=True)}


def _change(
    session: Session,
    story: Story,
    article: Article,
    before: Version | None,
    version: Version,
    judged: Judged,
    turn: Turn,
    mine: Told | None,
    fact_line: int | None,
    *,
    admitted: bool,
    lang: str,
) -> ChangeRow:
    """Keep a turn of a line as a Change of the Article that brought it."""
    row = judged.row
    old, new = turn.before, mine.fact if mine else None
    grave = row.kind in ("casualties", "personnel") and turn.type in ("diverged", "left_behind")
    difference, quotient = _difference(old, new)
    change = Change(
        type=turn.type,
        kind=row.kind,
        subject=row.name or row.subject,
        key=row.key,
        before=old,
        after=new,
        delta=difference,
        ratio=quotient,
        acknowledged=admitted,
        severity="high" if grave else "medium",
        summary=_summary(session, judged, article, turn, new, lang),
    )
    return changes.add(
        session,
        article.id or 0,
        change.to_json(),
        changed_at=version.first_seen_at,
        from_version_id=before.id if before else None,
        to_version_id=version.id,
        line_id=fact_line,
        story_id=story.id,
        story_line_id=row.id,
    )


def _difference(old: Fact, new: Fact | None) -> tuple[int | float | None, float | None]:
    """By how much and by what share two values differ; dates by days."""
    if new is None:
        return None, None
    if old.quantity and new.quantity:
        return delta(old.quantity, new.quantity), ratio(old.quantity, new.quantity)
    days = [day_of(fact.time) if fact.time else None for fact in (old, new)]
    return ((days[1] - days[0]).days if days[0] and days[1] else None), None


_NAMED = 3
"""So many sources of one value are named; of more, one fewer, and how many there are besides."""


def _summary(session: Session, judged: Judged, article: Article, turn: Turn, new: Fact | None, lang: str) -> str:
    """ "Peacekeepers killed: AP now says 303; BBC and DW say about 170"."""
    row, own = judged.row, article.id
    subject = row.name or row.subject or row.kind
    head = f"{subject[:1].upper()}{subject[1:]}"
    who = called(article)
    now = f"{head}: {who} now says {value_words(new, lang)}" if new else (
        f"{head}: {who} no longer says {value_words(turn.before, lang)}"
    )  # fmt: skip
    others = {source: told.fact for source, told in judged.chief.items() if source != own}

    def say(sources: Sequence[int], still: str = "") -> str:
        by_value: defaultdict[str, list[int]] = defaultdict(list)
        for source in sources:
            by_value[value_words(others[source], lang)].append(source)
        return "; ".join(
            f"{_names(session, those)} {still}{'says' if len(those) == 1 else 'say'} {said}"
            for said, those in by_value.items()
        )

    if turn.type == "diverged":
        return f"{now}; {say(turn.against)}"
    if turn.type == "left_behind":
        return f"{now}, as others do; only {say(turn.against, 'still ')}"
    if turn.type == "corrected":
        return f"{now}, like {_names(session, turn.siding)}; {say(turn.against, 'still ')}"
    return f"{now}; {say(turn.siding)}" if new is None else f"{now}, and no source contradicts any other"


def _names(session: Session, sources: Sequence[int]) -> str:
    """ "AP", "AP and BBC", "AP, BBC and 17 others"."""
    few = sources if len(sources) <= _NAMED else sources[: _NAMED - 1]
    names = list(dict.fromkeys(called(articles.by_id(session, source)) for source in few))
    if len(few) < len(sources):
        names.append(f"{len(sources) - len(few)} others")
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def called(article: Article | None) -> str:
    """Whom a reader takes for the source."""
    if article is None:
        return "a source"
    return article.publisher or article.url.partition("//")[2].partition("/")[0].removeprefix("www.") or article.url
