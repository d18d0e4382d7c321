"""`/articles`: all Articles with their state, found by address, headline or publisher."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import HTMLResponse

from monitor.web.rendering import Here, page
from storage import articles
from storage.tables import STATES

PAGE = 50
"""Articles on one page."""

Order = Literal["changed", "added", "next"]


def list_articles(
    here: Here,
    q: Annotated[str, Query(max_length=200)] = "",
    state: str = "",
    order: Order = "changed",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """One page of Articles: `q` searched for, in `state`, by `order`."""
    wanted, search = state if state in STATES else "", q.strip()
    with here.database.read() as session:
        rows, total = articles.found(
            session, state=wanted, search=search, order=order, limit=PAGE, offset=(number - 1) * PAGE
        )
        states = articles.count_by_state(session)
    return page(
        "articles.html",
        articles=rows,
        total=total,
        states=states,
        tracked=sum(states.values()),
        q=search,
        state=wanted,
        order=order,
        number=number,
        pages=max(1, -(-total // PAGE)),
        first=(number - 1) * PAGE + 1,
    )
