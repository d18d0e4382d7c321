"""What came since a page was made: one line that htmx puts on it. The pages read without it."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Query
from fastapi.responses import HTMLResponse

from monitor.web.pages.article import Id
from monitor.web.rendering import Here, page
from monitor.web.wording import count
from storage import articles, changes

MOST = 100
"""Changes that are counted; beyond, "more than 100" says enough."""


def of_article(here: Here, article_id: Id, version: Annotated[int, Query(ge=0, le=2**53)]) -> HTMLResponse:
    """Whether the Article has a later Version than the one that its reader knows of."""
    with here.database.read() as session:
        article = articles.by_id(session, article_id)
    if article is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    if article.version_number <= max(version, 1):
        return page("news.html", words="", link="")
    now = article.version_number
    words = f"Version {now} has come: see what it changed"
    return page("news.html", words=words, link=f"/articles/{article_id}/compare/{max(version, 1)}/{now}")


def of_all(here: Here, after: Annotated[int, Query(ge=0, le=2**53)]) -> HTMLResponse:
    """How many Changes came after the one with this id."""
    with here.database.read() as session:
        fresh = changes.count_after(session, after, MOST + 1)
    words = "" if not fresh else count(fresh, "new change") if fresh <= MOST else f"more than {MOST} new changes"
    return page("news.html", words=words, link="/")
