"""How a line of a Story turned by what an Article says now: kept as its Change, and told as rules want."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from alerts import outbox
from alerts.event import Event
from alerts.timing import Waits
from monitor.changes.amounts import delta, ratio
from monitor.changes.lexicon import context_words
from monitor.changes.model import Change
from monitor.changes.moments import day_of
from monitor.changes.rejudge import rejudge
from monitor.changes.wording import value_words
from monitor.facts.model import Fact
from monitor.hearing import called, heard
from monitor.judging import Judged, Told, chief_of, givers
from monitor.stories.turns import Turn, turn_of
from storage import articles, changes, story_cells
from storage.tables import Article, Story, Version
from storage.tables import Change as ChangeRow


@dataclass(frozen=True, slots=True)
class Turned:
    """A line that turned, and by what."""

    judged: Judged
    turn: Turn
    others: Mapping[int, Told]
    """What the other sources say first of all."""
    mine: Told | None
    """What the Article says now; null when it says nothing on it any more."""
    fact_line: int | None
    """The line of the fact, in the Article's own text, that it is told of."""


def turned(
    session: Session,
    judged: Sequence[Judged],
    article_id: int,
    since: int,
    scopes: Mapping[int, str | None],
    mine: Mapping[int, Told],
    lang: str,
) -> list[Turned]:
    """Those of these lines that turned by what an Article says now and did not say in Version `since`.

    scopes: for which times its facts were said to hold then, by fact line. mine: what it says now, by line.
    """
    asked = [each for each in judged if "disagree" in (each.was, each.now)]
    if not asked:
        return []
    earlier: defaultdict[int, list[Told]] = defaultdict(list)
    for cell, body in story_cells.values_before(session, judged[0].row.story_id, article_id, since):
        fact_line = cell.fact_line_id
        scope = scopes.get(fact_line, cell.scope)
        earlier[cell.line_id].append(Told(article_id, Fact.from_json(body), scope, cell.headline, fact_line))
    words = context_words(lang)
    found = []
    for each in asked:
        line_id = each.row.id or 0
        before = chief_of(earlier[line_id], words).get(article_id)
        found.append(_turned(session, each, article_id, before, mine.get(line_id), lang))
    return [each for each in found if each is not None]


def _turned(
    session: Session, judged: Judged, article_id: int, before: Told | None, mine: Told | None, lang: str
) -> Turned | None:
    if (
        mine is not None
        and before is not None
        and (mine.fact.quantity, mine.fact.time, mine.scope) == (before.fact.quantity, before.fact.time, before.scope)
    ):
        return None  # it says what it said
    others = givers(session, judged)
    others.pop(article_id, None)

    def speaking(sources: Sequence[int]) -> Mapping[int, int]:
        known = heard(session, [article for article in (articles.by_id(session, one) for one in sources) if article])
        return {source: known.get(source, source) for source in sources}

    turn = turn_of(article_id, before, mine, others, judged.was, judged.now, context_words(lang), speaking)
    about = mine or before
    return Turned(judged, turn, others, mine, about.fact_line if about else None) if turn else None


def tell(
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


def keep(
    session: Session,
    story: Story,
    article: Article,
    before: Version | None,
    version: Version,
    turned: Turned,
    *,
    admitted: bool,
    lang: str,
) -> ChangeRow:
    """Keep a turn of a line as a Change of the Article that brought it."""
    row, turn, mine = turned.judged.row, turned.turn, turned.mine
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
        summary=_summary(session, turned, article, lang),
    )
    return changes.add(
        session,
        article.id or 0,
        change.to_json(),
        changed_at=version.first_seen_at,
        from_version_id=before.id if before else None,
        to_version_id=version.id,
        line_id=turned.fact_line,
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


def _summary(session: Session, turned: Turned, article: Article, lang: str) -> str:
    """ "Peacekeepers killed: AP now says 303; BBC and DW say about 170"."""
    row, turn, new = turned.judged.row, turned.turn, turned.mine.fact if turned.mine else None
    subject = row.name or row.subject or row.kind
    head = f"{subject[:1].upper()}{subject[1:]}"
    who = called(article)
    now = f"{head}: {who} now says {value_words(new, lang)}" if new else (
        f"{head}: {who} no longer says {value_words(turn.before, lang)}"
    )  # fmt: skip

    def say(sources: Sequence[int], still: str = "") -> str:
        facts = {id(turned.others[source].fact): turned.others[source].fact for source in sources}
        words = {place: value_words(fact, lang) for place, fact in facts.items()}
        by_value: defaultdict[str, list[int]] = defaultdict(list)
        for source in sources:
            by_value[words[id(turned.others[source].fact)]].append(source)
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
