"""Articles: what is tracked; adding, finding, changing and forgetting it, one by one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlmodel import Session

from monitor import tracking
from monitor.tracking import Tracked, Wish
from monitor.web.api.conditional import require_match
from monitor.web.api.finding import ArticleId, find_article, selected
from monitor.web.api.nouns.articles import Article, article
from monitor.web.api.nouns.noun import LARGEST_ID, Text, Time
from monitor.web.api.nouns.tracking import (
    ArticlePatch,
    NewArticle,
    NewArticles,
    State,
    TrackedArticle,
    TrackedArticles,
    check_pace,
)
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import INVALID_CONTENT, Fault, Refusal
from monitor.web.api.route import IfMatch, created
from monitor.web.rendering import Here
from storage import articles, selection, stories, tables, tags
from storage.selection import Order

_KEYS: dict[Order, Any] = {
    "best": tuple[Time | None, Key],
    "changed": tuple[Time | None, Key],
    "added": tuple[Key, Key],
    "next": tuple[Time | None, Key],
    "headline": tuple[Text | None, Key],
    "site": tuple[Text, Key],
}
_Id = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


def list_articles(
    here: Here,
    paging: Paging,
    q: Annotated[
        Text, Query(max_length=200, description='Words, "phrases", beginnings as in `evacuat*`, `-without`.')
    ] = "",
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    site: Annotated[_Id, Query(description="Only of the Site with this id.")] = None,
    story: Annotated[_Id, Query(description="Only in the Story with this id.")] = None,
    tag: Annotated[Text, Query(max_length=40, description="Only those with this tag.")] = "",
    language: Annotated[Text, Query(max_length=35, description="Only those in this language.")] = "",
    order: Annotated[
        Order,
        Query(
            description="`changed`: last changed first; `added`: last added first; `next`: next check first; `best`: "
            "those that answer `q` best; `headline`, `site`: by the alphabet. With `q` only the newest 2,000 that "
            "have the words are found, unless the order is `added`."
        ),
    ] = "changed",
) -> Page[Article]:
    """The Articles that are tracked, found and sorted."""
    wanted = selected(q, state, site, story, tag, language)
    after = paging.after(_KEYS[order], order)
    with here.database.read() as session:
        rows = selection.following(session, wanted, order=order, limit=paging.rows, after=after)
        shown = shown_articles(session, [row for row, _ in rows])
    made = list(zip(shown, (value for _, value in rows), strict=True))
    items = [one for one, _ in made[: paging.limit]]
    last = (made[paging.limit - 1][1], items[-1].id) if len(made) > paging.limit else None
    return paging.page_until(items, last, order)


def add_article(here: Here, response: Response, wanted: NewArticle) -> Article:
    """Track an Article. It is checked at once.

    201 for a new one; 200 with the one that is tracked already, however its address is spelt: it stays as it was, but
    for the story and the tags that it is given.
    """
    [one] = _track(here, [wanted])
    with here.database.read() as session:
        made = _shown(session, find_article(session, one.article_id))
    created(response, made.links["self"], new=one.new)
    return made


def add_articles(here: Here, wanted: NewArticles) -> TrackedArticles:
    """Track many Articles: all of them, or none when one cannot be."""
    tracked = _track(here, wanted.articles)
    with here.database.read() as session:
        rows = {row.id: row for row in articles.by_ids(session, [one.article_id for one in tracked])}
        shown = {one.id: one for one in shown_articles(session, list(rows.values()))}
    return TrackedArticles(
        items=[TrackedArticle(given=one.given, new=one.new, article=shown[one.article_id]) for one in tracked]
    )


def get_article(here: Here, article_id: ArticleId) -> Article:
    """One Article, its state, and when it is looked at next."""
    with here.database.read() as session:
        return _shown(session, find_article(session, article_id))


def change_article(
    here: Here, request: Request, article_id: ArticleId, patch: ArticlePatch, if_match: IfMatch = None
) -> Article:
    """Pause or resume an Article, change when it is looked at, what is known of it, and its tags."""
    now = datetime.now(UTC)
    asked = {name: getattr(patch, name) for name in patch.model_fields_set}
    with here.database.write() as session:
        row = find_article(session, article_id)
        require_match(request, _shown(session, row))
        _set_pace(session, row, asked, now)
        columns = {name: asked[name] for name in ("publisher",) if name in asked}
        if "published" in asked:
            given = asked["published"]
            columns |= {
                "published": given.isoformat() if given else None,
                "published_source": "user" if given else None,
            }
        if columns:
            articles.save(session, article_id, **columns)
        if "tags" in asked:
            _set_tags(session, article_id, asked["tags"] or [])
        if asked.get("paused") is True:
            articles.pause(session, [article_id])
        elif "paused" in asked:
            articles.resume(session, [article_id], now)
        session.expire_all()
        return _shown(session, find_article(session, article_id))


def remove_article(here: Here, request: Request, article_id: ArticleId, if_match: IfMatch = None) -> None:
    """Forget an Article and all that is kept of it. What was told stays as it was told."""
    with here.database.read() as session:
        require_match(request, _shown(session, find_article(session, article_id)))
    tracking.remove(here.database, [article_id])


def check_article(here: Here, article_id: ArticleId) -> Article:
    """Have an Article looked at as soon as its Site may be asked. A paused one is resumed by that."""
    with here.database.read() as session:
        find_article(session, article_id)
    tracking.check_now(here.database, [article_id], datetime.now(UTC))
    with here.database.read() as session:
        return _shown(session, find_article(session, article_id))


def shown_articles(session: Session, rows: Sequence[tables.Article]) -> list[Article]:
    """Articles with their tags and Stories."""
    ids = [row.id or 0 for row in rows]
    words, groups = tags.of_articles(session, ids), stories.of_articles(session, ids)
    return [article(row, tags=words.get(row.id or 0, ()), stories=groups.get(row.id or 0, ())) for row in rows]


def _shown(session: Session, row: tables.Article) -> Article:
    return shown_articles(session, [row])[0]


def _track(here: Here, wanted: Sequence[NewArticle]) -> list[Tracked]:
    wishes = []
    for place, one in enumerate(wanted):
        if "://" not in one.url or one.url.lower().lstrip().startswith("file:"):
            where = "/url" if len(wanted) == 1 else f"/articles/{place}/url"
            detail = "it is no web address: write it with https://. Files are tracked by the command line only."
            raise Refusal(INVALID_CONTENT, detail, errors=[Fault(where="body", name=where, detail=detail)])
        given = {name: getattr(one, name) for name in Wish.__slots__ if name not in ("target", "published")}
        published = one.published.isoformat() if one.published else None
        wishes.append(Wish(one.url, published=published, **given))
    return tracking.track(here.database, here.settings, wishes, now=datetime.now(UTC))


def _set_pace(session: Session, row: tables.Article, asked: dict[str, Any], now: datetime) -> None:
    names = ("interval_seconds", "fastest_seconds", "slowest_seconds")
    if not any(name in asked for name in names):
        return
    pace = [asked[name] if name in asked else getattr(row, name) for name in names]
    try:
        check_pace(*pace)
    except ValueError as error:
        raise Refusal(INVALID_CONTENT, f"{error}.") from error
    articles.save(session, row.id or 0, fastest_seconds=pace[1], slowest_seconds=pace[2])
    articles.set_interval(session, [row.id or 0], pace[0], now)


def _set_tags(session: Session, article_id: int, wanted: Sequence[str]) -> None:
    held = tags.of_article(session, article_id)
    for word in held:
        if word not in wanted:
            tags.take_off(session, [article_id], word)
    for word in wanted:
        tags.put(session, [article_id], word)
