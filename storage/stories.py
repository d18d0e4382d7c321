"""Stories: named groups of Articles, and who is in which. An Article's `story` follows: the first that it is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage import changes as listed
from storage import once, story_lines
from storage.tables import Article, Change, Feed, Story, StoryMember

LONGEST_NAME = 200
_BATCH = 500
_LATELY = 2_000
"""Memberships of Articles that changed last, among which the first pages of the list of Stories are found."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A Story with how many Articles it has, and when the last of them changed."""

    story: Story
    articles: int
    changed_at: datetime | None


def get_or_make(session: Session, name: str, now: datetime, note: str = "") -> tuple[Story, bool]:
    """The Story of that name, whatever its case, made if there is none. Returns it, and whether it is new."""
    if found := by_name(session, name):
        return found, False
    new = once.insert(session, Story, [{"name": name, "created_at": now, "note": note}])
    return session.exec(select(Story).where(Story.name == name)).one(), new > 0


def by_id(session: Session, story_id: int) -> Story | None:
    """The Story with this id, if there is one."""
    return session.get(Story, story_id)


def locked(session: Session, story_id: int) -> Story | None:
    """A Story whose lines nobody else changes until this transaction ends."""
    return session.get(Story, story_id, with_for_update=True)


def by_name(session: Session, name: str) -> Story | None:
    """The Story of that name, whatever its case. SQLite folds ASCII only, so the rest is done here."""
    exact = session.exec(select(Story).where(Story.name == name)).first()
    if exact:
        return exact
    wanted = name.casefold()
    names = session.exec(select(Story.id, Story.name)).all()
    found = next((story_id for story_id, each in names if each.casefold() == wanted), None)
    return session.get(Story, found) if found else None


def listing(session: Session, *, limit: int | None = None, offset: int = 0) -> Sequence[Listed]:
    """All Stories with the size of each, those that changed last first."""
    lately = {} if limit is None else _changed_lately(session)
    if limit is not None and len(lately) >= offset + limit:
        ids = list(lately)[offset : offset + limit]
        rows = {row.id: row for row in session.exec(select(Story).where(col(Story.id).in_(ids)))}
        return _sized(session, [rows[story_id] for story_id in ids], lately)
    changed_at = func.max(Article.last_changed_at)
    sized = session.exec(
        select(Story, func.count(col(StoryMember.article_id)), changed_at)
        .join(StoryMember, col(StoryMember.story_id) == col(Story.id), isouter=True)
        .join(Article, col(Article.id) == col(StoryMember.article_id), isouter=True)
        .group_by(col(Story.id))
        .order_by(changed_at.desc().nulls_last(), col(Story.id).desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return [Listed(story, count, at) for story, count, at in sized]


def _changed_lately(session: Session) -> Mapping[int, datetime]:
    """When the Stories of those Articles changed that changed last, in the order of the list.

    To look at every member of every Story takes the longer the more there are, and the first pages need none of it.
    """
    latest = session.exec(
        select(StoryMember.story_id, Article.last_changed_at)
        .join(Article, col(Article.id) == col(StoryMember.article_id))
        .where(col(Article.last_changed_at).is_not(None))
        .order_by(col(Article.last_changed_at).desc())
        .limit(_LATELY)
    ).all()
    found: dict[int, datetime] = {}
    for story_id, at in latest:
        if at is not None:
            found.setdefault(story_id, at)
    # Others may have changed at the very time at which the list was cut off.
    cut = latest[-1][1] if len(latest) == _LATELY else None
    certain = [(at, story_id) for story_id, at in found.items() if at != cut]
    return {story_id: at for at, story_id in sorted(certain, reverse=True)}


def names(session: Session) -> Sequence[tuple[int, str]]:
    """Ids and names, by name."""
    return [(story_id or 0, name) for story_id, name in session.exec(select(Story.id, Story.name).order_by(Story.name))]


def names_of(session: Session, story_ids: Collection[int]) -> Mapping[int, str]:
    """What these Stories are called; those that are no more are missing."""
    rows = session.exec(select(Story.id, Story.name).where(col(Story.id).in_(story_ids)))
    return {story_id or 0: name for story_id, name in rows}


def count(session: Session) -> int:
    """How many Stories there are."""
    return session.exec(select(func.count()).select_from(Story)).one()


def of_article(session: Session, article_id: int) -> Sequence[Story]:
    """The Stories that an Article is in, the first first."""
    return session.exec(
        select(Story)
        .join(StoryMember, col(StoryMember.story_id) == col(Story.id))
        .where(StoryMember.article_id == article_id)
        .order_by(col(StoryMember.added_at), col(Story.id))
    ).all()


def of_articles(session: Session, article_ids: Sequence[int]) -> Mapping[int, Sequence[tuple[int, str]]]:
    """Ids and names of the Stories of each of these Articles, the first first; those in none are missing."""
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = session.exec(
        select(StoryMember.article_id, Story.id, Story.name)
        .join(Story, col(Story.id) == col(StoryMember.story_id))
        .where(col(StoryMember.article_id).in_(article_ids))
        .order_by(col(StoryMember.added_at), col(Story.id))
    )
    for article_id, story_id, name in rows:
        found[article_id].append((story_id or 0, name))
    return found


def page(session: Session, *, limit: int, before: int | None = None) -> Sequence[Listed]:
    """Stories, the newest first, from the one before the id `before` on, with the size of each."""
    query = select(Story).order_by(col(Story.id).desc()).limit(limit)
    rows = session.exec(query if before is None else query.where(col(Story.id) < before)).all()
    return _sized(session, rows)


def sized(session: Session, story_id: int) -> Listed | None:
    """A Story with its size, if there is one with this id."""
    story = by_id(session, story_id)
    return _sized(session, [story])[0] if story else None


def _sized(session: Session, rows: Sequence[Story], lately: Mapping[int, datetime] | None = None) -> list[Listed]:
    """lately: as `_changed_lately` finds it, where that is known already."""
    ids = [row.id or 0 for row in rows]
    changed = dict(_changed_lately(session) if lately is None else lately)
    counted = session.exec(
        select(StoryMember.story_id, func.count())
        .where(col(StoryMember.story_id).in_(ids))
        .group_by(col(StoryMember.story_id))
    )
    numbers = dict(counted.all())
    if others := [story_id for story_id in ids if story_id not in changed]:
        long_ago = session.exec(
            select(StoryMember.story_id, func.max(Article.last_changed_at))
            .join(Article, col(Article.id) == col(StoryMember.article_id))
            .where(col(StoryMember.story_id).in_(others))
            .group_by(col(StoryMember.story_id))
        )
        changed |= {story_id: at for story_id, at in long_ago if at is not None}
    return [Listed(row, numbers.get(row.id or 0, 0), changed.get(row.id or 0)) for row in rows]


def article_ids(session: Session, story_id: int) -> Sequence[int]:
    """The Articles of a Story."""
    return session.exec(
        select(StoryMember.article_id).where(StoryMember.story_id == story_id).order_by(col(StoryMember.article_id))
    ).all()


def changes(session: Session, story_id: int, limit: int) -> Sequence[tuple[Change, Article]]:
    """The latest Changes of a Story's Articles, the newest first."""
    found = listed.page(session, listed.Wanted(story_id=story_id), limit=limit)
    return [(row.change, row.article) for row in found.rows]


def put(session: Session, story: Story, article_ids: Sequence[int], now: datetime) -> int:
    """Put Articles into a Story. Returns how many were not in it before."""
    added = 0
    for at in range(0, len(article_ids), _BATCH):
        some = article_ids[at : at + _BATCH]
        inside = session.exec(
            select(StoryMember.article_id).where(
                StoryMember.story_id == story.id, col(StoryMember.article_id).in_(some)
            )
        ).all()
        there = session.exec(select(Article.id).where(col(Article.id).in_(some))).all()
        new = sorted({article_id for article_id in there if article_id} - set(inside))
        if new:
            rows = [{"story_id": story.id, "article_id": article_id, "added_at": now} for article_id in new]
            added += once.insert(session, StoryMember, rows)
            session.execute(
                update(Article)
                .where(col(Article.id).in_(new), col(Article.story).is_(None))
                .values(story=story.name)
                .execution_options(synchronize_session=False)
            )
    return added


def take_out(session: Session, story: Story, article_ids: Sequence[int]) -> int:
    """Take Articles out of a Story; they go on being watched. Returns how many were in it."""
    taken = 0
    for at in range(0, len(article_ids), _BATCH):
        some = list(article_ids[at : at + _BATCH])
        result = session.execute(
            delete(StoryMember).where(col(StoryMember.story_id) == story.id, col(StoryMember.article_id).in_(some))
        )
        taken += int(result.rowcount)  # type: ignore[attr-defined]
        _name_again(session, story.name, some)
    return taken


def rename(session: Session, story: Story, name: str, note: str) -> None:
    """Call a Story something else; Feeds and Articles follow. Raises IntegrityError when the name is taken."""
    before = story.name
    story.name, story.note = name, note
    session.add(story)
    session.flush()
    for table in (Article, Feed):
        session.execute(
            update(table)
            .where(table.story == before)  # type: ignore[arg-type]
            .values(story=name)
            .execution_options(synchronize_session=False)
        )


def delete_story(session: Session, story: Story) -> None:
    """Forget a Story; its Articles stay and go on being watched. Feeds put theirs into none from now on."""
    story_lines.forget_story(session, story.id or 0)
    take_out(session, story, article_ids(session, story.id or 0))
    session.execute(update(Feed).where(col(Feed.story) == story.name).values(story=None))
    session.delete(story)
    session.flush()


def forget_article(session: Session, article_id: int) -> None:
    """The Article is no more."""
    for story_id, _ in of_articles(session, [article_id]).get(article_id, ()):
        story_lines.forget_cells(session, story_id, article_id)
    session.execute(delete(StoryMember).where(col(StoryMember.article_id) == article_id))


def move_article(session: Session, was: int, becomes: int) -> None:
    """One Article was merged into another, which is in all of its Stories from now on."""
    inside = {member.story_id for member in session.exec(select(StoryMember).where(StoryMember.article_id == becomes))}
    for member in session.exec(select(StoryMember).where(StoryMember.article_id == was)).all():
        story_lines.forget_cells(session, member.story_id, was)
        if member.story_id not in inside:
            session.add(StoryMember(story_id=member.story_id, article_id=becomes, added_at=member.added_at))
        session.delete(member)
    session.flush()


def _name_again(session: Session, left: str, article_ids: Sequence[int]) -> None:
    """Those that were called by a Story that they left are called by the next that they are in."""
    called = session.exec(select(Article.id).where(col(Article.id).in_(article_ids), Article.story == left)).all()
    for article_id in called:
        others = of_article(session, article_id or 0)
        session.execute(
            update(Article)
            .where(col(Article.id) == article_id)
            .values(story=others[0].name if others else None)
            .execution_options(synchronize_session=False)
        )
