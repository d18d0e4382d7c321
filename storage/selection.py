"""Selections: which Articles a person means, by words, state, site, story, tag and language; a page of them, or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, func, literal, or_
from sqlmodel import Session, col, select

from storage import search
from storage.articles import late
from storage.tables import Article, ArticleTag, Site, StoryMember

Order = Literal["best", "changed", "added", "next", "headline", "site"]
ORDERS: tuple[Order, ...] = get_args(Order)

COUNTED = 2_000
"""Further than this nobody counts: `Page.more` says that there are more. Of more Articles than these that have the
words, the newest are shown: to rank what half of the archive says would take a second, and tell nobody anything."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What Articles must be like; what is left out is no condition."""

    words: str = ""
    """As somebody typed them, see `storage.search.question`."""
    state: str = ""
    """One of STATES, or `paused`."""
    overdue_since: datetime | None = None
    """Those that should have been checked before then, and whose Sites are not held back."""
    site_id: int | None = None
    story_id: int | None = None
    tag: str = ""
    language: str = ""

    @property
    def asked(self) -> search.Question:
        """The words as a question; false when there is nothing that could be searched for."""
        return search.question(self.words)

    @property
    def narrows(self) -> bool:
        """Whether it is not simply everything."""
        return self != Selection()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the Articles that were selected."""

    articles: Sequence[Article]
    total: int
    """How many there are in all, at most COUNTED."""
    more: bool
    """Whether there are more than that."""


def found(session: Session, wanted: Selection, *, order: Order, limit: int, offset: int = 0) -> Page:
    """One page of what is selected, and how much that is.

    order: `best` answer to the words first (without words: last `changed`), last `changed` first and then those that
    never did, last `added` first, `next` check first and paused ones last, by `headline`, by `site`.
    """
    if wanted.words.strip():
        candidates = _with_words(session, wanted, COUNTED + 1)
        total, candidates = len(candidates), candidates[:COUNTED]
        if order == "best":
            page = _best(session, wanted, candidates, ranked=total <= COUNTED)[offset : offset + limit]
        else:
            those = [col(Article.id).in_(candidates)]
            page = _numbered(session, those, order, limit, offset)
    else:
        total = count(session, wanted, COUNTED + 1)
        conditions = _conditions(wanted, many=total > COUNTED)
        page = _numbered(session, conditions, order, limit, offset)
    rows = {row.id: row for row in session.exec(select(Article).where(col(Article.id).in_(page)))}
    articles = [rows[article_id] for article_id in page if article_id in rows]
    return Page(articles, min(total, COUNTED), total > COUNTED)


def ids(session: Session, wanted: Selection) -> Sequence[int]:
    """The ids of all that is selected, newest first."""
    if wanted.words.strip():
        return _with_words(session, wanted, None)
    query = select(Article.id).where(*_conditions(wanted)).order_by(col(Article.id).desc())
    return [article_id or 0 for article_id in session.exec(query)]


def count(session: Session, wanted: Selection, most: int) -> int:
    """How many Articles are selected; counting stops at `most`."""
    if wanted.words.strip():
        return len(_with_words(session, wanted, most))
    query = select(literal(1)).select_from(Article).where(*_conditions(wanted)).limit(most)
    return int(session.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def languages(session: Session) -> Sequence[str]:
    """The languages that Articles are in."""
    # A distinct over all rows would read them all; each step from one language to the next is one look into the index.
    found: list[str] = []
    after = session.exec(select(func.min(Article.language))).one()
    while after is not None:
        found.append(after)
        after = session.exec(select(func.min(Article.language)).where(col(Article.language) > after)).one()
    return found


def _with_words(session: Session, wanted: Selection, limit: int | None, below: int | None = None) -> list[int]:
    """Those that have the words and are as wanted, the newest first; those with a lower id than `below`."""
    if not wanted.asked:
        return []
    answers = search.matching(session, wanted.asked).subquery("answers")
    query = select(answers.c.article_id).order_by(answers.c.article_id.desc()).limit(limit)
    if below is not None:
        query = query.where(answers.c.article_id < below)
    if conditions := _conditions(wanted, many=True):
        query = query.join(Article, col(Article.id) == answers.c.article_id).where(*conditions)
    return [row[0] for row in session.execute(query)]


def _best(session: Session, wanted: Selection, candidates: Sequence[int], *, ranked: bool) -> Sequence[int]:
    """By how well they answer; not `ranked`: those that have all words in the headline first."""
    if not candidates:
        return candidates
    if ranked:
        score = {row[0]: row[1] for row in session.execute(search.scores(session, wanted.asked, candidates))}
        return sorted(candidates, key=lambda article_id: (score.get(article_id, 0.0), -article_id))
    answers = search.matching(session, wanted.asked, headline=True).subquery("answers")
    # Where no headline has them, the index would be read to its end: it need not be, further than the candidates go.
    query = select(answers.c.article_id).where(answers.c.article_id >= min(candidates))
    titled = {row[0] for row in session.execute(query)} & set(candidates)
    return sorted(candidates, key=lambda article_id: (article_id not in titled, -article_id))


def _numbered(
    session: Session, conditions: Sequence[ColumnElement[bool]], order: Order, limit: int, offset: int
) -> list[int]:
    """The ids of one page, counted off from the first.

    Ids alone are counted off: whole rows of far pages would all be carried along. Those that have what the order goes
    by and those that have not are two queries: `nulls last` is what no index of SQLite leads to.
    """
    column, down = _KEYS[order]
    key, newest = col(column), col(Article.id).desc()
    query: Select[Any] = _by_site() if order == "site" else select(Article.id)
    having = query.where(*conditions).order_by(key.desc() if down else key, newest)
    if order in ("added", "site"):
        return [row[0] for row in session.execute(having.offset(offset).limit(limit))]
    having = having.where(key.is_not(None))
    found = [row[0] for row in session.execute(having.offset(offset).limit(limit))]
    if len(found) < limit:
        before = offset + len(found)
        if offset and not found:  # the page begins among those that have not
            those = select(literal(1)).select_from(Article).where(*conditions, key.is_not(None))
            before = session.execute(select(func.count()).select_from(those.subquery())).scalar_one()
        rest = query.where(*conditions, key.is_(None)).order_by(newest)
        start = offset + len(found) - before
        found += [row[0] for row in session.execute(rest.offset(start).limit(limit - len(found)))]
    return found


def _by_site() -> Select[Any]:
    """Articles site by site. A planner that knows nothing of either table would read all Articles and sort them: an
    outer join keeps to the order in which it is written."""
    return (
        select(Article.id)
        .select_from(Site)
        .join(Article, col(Article.site_id) == col(Site.id), isouter=True)
        .where(func.coalesce(col(Article.id), None).is_not(None))
    )


def _conditions(wanted: Selection, *, many: bool = False) -> list[ColumnElement[bool]]:
    """many: so many fit that walking along the order and leaving out the others is faster than sorting all of them.

    No planner knows that: nearly all Articles are in the state `ok`, and few in each of the others. An expression in
    the place of a column keeps it from using the column's index.
    """

    def own(column: Any) -> Any:
        return func.coalesce(column, None) if many else column

    conditions: list[ColumnElement[bool]] = []
    if wanted.state == "paused":
        conditions.append(own(Article.next_check_at).is_(None))
    elif wanted.state:
        conditions.append(own(Article.state) == wanted.state)
    if wanted.overdue_since is not None:
        conditions += late(wanted.overdue_since)
    if wanted.site_id is not None:
        conditions.append(own(Article.site_id) == wanted.site_id)
    if wanted.language:
        conditions.append(own(Article.language) == wanted.language)
    for table, condition in (
        (StoryMember, StoryMember.story_id == wanted.story_id if wanted.story_id is not None else None),
        (ArticleTag, ArticleTag.tag == wanted.tag if wanted.tag else None),
    ):
        if condition is not None:
            those = select(table.article_id).where(condition)
            member = those.where(table.article_id == Article.id).exists() if many else col(Article.id).in_(those)
            conditions.append(member)
    return conditions


_KEYS: dict[Order, tuple[Any, bool]] = {
    "best": (Article.last_changed_at, True),
    "changed": (Article.last_changed_at, True),
    "added": (Article.id, True),
    "next": (Article.next_check_at, False),
    "headline": (Article.headline, False),
    "site": (Site.host, False),
}
"""What each order goes by, and whether downwards; then the newest first. Whoever has no such thing comes last."""


def following(
    session: Session, wanted: Selection, *, order: Order, limit: int, after: tuple[Any, int] | None = None
) -> Sequence[tuple[Article, Any]]:
    """Articles that are selected, each with what it is ordered by; after those two of the last one of the page before.

    However far the page is, it costs what the first does, and Articles that come meanwhile move nothing. Of more than
    COUNTED that have the words only the newest are found, unless the order is `added`.
    """
    column = _KEYS[order][0]
    if not wanted.words.strip():
        crowded = wanted.narrows and count(session, wanted, COUNTED + 1) > COUNTED
        return _rows(session, _walk(session, _conditions(wanted, many=crowded), order, limit, after), column)
    if order == "added":
        newest = _with_words(session, wanted, limit, below=after[1] if after else None)
        return _rows(session, newest, column)
    candidates = _with_words(session, wanted, COUNTED)
    if order == "best":
        best = list(_best(session, wanted, candidates, ranked=len(candidates) < COUNTED))
        start = best.index(after[1]) + 1 if after and after[1] in best else 0
        return _rows(session, best[start : start + limit], column)
    return _rows(session, _walk(session, [col(Article.id).in_(candidates)], order, limit, after), column)


def _walk(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    limit: int,
    after: tuple[Any, int] | None,
) -> list[int]:
    """The ids that come after a place in an order: first those that have what it goes by, then the others."""
    column, down = _KEYS[order]
    key, newest = col(column), col(Article.id).desc()
    query: Select[Any] = select(Article.id).where(*conditions)
    if order == "site":
        query = query.join(Site, col(Site.id) == col(Article.site_id))
    last, last_id = after or (None, None)
    found: list[int] = []
    if after is None or last is not None:
        some = query.where(key.is_not(None)).order_by(key.desc() if down else key, newest).limit(limit)
        if after is not None:
            # The first condition alone is a place in an index, which `or` would hide from the planner.
            beyond = key < last if down else key > last
            some = some.where(key <= last if down else key >= last, or_(beyond, col(Article.id) < last_id))
        found += [row[0] for row in session.execute(some)]
    if len(found) < limit and order not in ("added", "site"):
        rest = query.where(key.is_(None)).order_by(newest).limit(limit - len(found))
        if after is not None and last is None:
            rest = rest.where(col(Article.id) < last_id)
        found += [row[0] for row in session.execute(rest)]
    return found


def _rows(session: Session, ids: Sequence[int], column: Any) -> Sequence[tuple[Article, Any]]:
    """These Articles in this order, each with its value of the column."""
    query = select(Article, column).join(Site, col(Site.id) == col(Article.site_id)).where(col(Article.id).in_(ids))
    rows = {article.id: (article, value) for article, value in session.execute(query)}
    return [rows[article_id] for article_id in ids if article_id in rows]
