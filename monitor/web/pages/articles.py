"""`/articles`: all Articles with their state, found by words, by what they are and by what they were put under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from monitor.web.rendering import Here, House, page
from monitor.wellbeing import OVERDUE
from storage import articles, search, selection, sites, stories, tags, versions
from storage.search import Finder, Run
from storage.selection import Order, Selection
from storage.tables import STATES, Article

PAGE = 50
"""Articles on one page."""
OFFERED = 200
"""Sites and tags that a field offers; others can be written."""

ORDERS: tuple[tuple[Order, str], ...] = (
    ("best", "best answer first"), ("changed", "last changed first"), ("added", "last added first"),
    ("next", "next check first"), ("headline", "by headline"), ("site", "by site"),
)  # fmt: skip

Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the form above the list asks for, as it was written."""

    q: str = ""
    state: str = ""
    site: str = ""
    story: int | None = None
    tag: str = ""
    language: str = ""
    order: Order | Literal[""] = ""

    @property
    def sorted_by(self) -> Order:
        """The order that was chosen; else the best answer to words, or the last change."""
        return self.order or ("best" if self.q.strip() else "changed")

    @property
    def narrow(self) -> bool:
        """Whether they leave anything out."""
        return self != Filters(order=self.order)

    @property
    def further(self) -> bool:
        """Whether one of those is set that are folded away at first."""
        return bool(self.site or self.story or self.tag or self.language)

    def as_query(self) -> dict[str, object]:
        """For links and hidden fields."""
        return {"q": self.q, "state": self.state, "site": self.site, "story": self.story, "tag": self.tag,
                "language": self.language, "order": self.order}  # fmt: skip

    def selection(self, house: House) -> Selection:
        """What they select."""
        with house.database.read() as session:
            site = sites.by_host(session, self.site.strip().lower()) if self.site.strip() else None
        return Selection(
            words=self.q,
            state=self.state if self.state in (*STATES, "paused") else "",
            overdue_since=datetime.now(UTC) - OVERDUE if self.state == "overdue" else None,
            site_id=(site.id if site else 0) if self.site.strip() else None,
            story_id=self.story,
            tag=self.tag.strip().lower(),
            language=self.language,
        )


def _filters(
    q: Text = "",
    state: Text = "",
    site: Text = "",
    story: Annotated[str, Query(pattern=r"^\d{0,15}$")] = "",
    tag: Text = "",
    language: Text = "",
    order: Order | Literal[""] = "",
) -> Filters:
    q, state, site, tag, language = (each.replace("\x00", " ").strip() for each in (q, state, site, tag, language))
    return Filters(q, state, site, int(story) if story else None, tag, language, order)


Filtered = Annotated[Filters, Depends(_filters)]


@dataclass(frozen=True, slots=True)
class Row:
    """An Article in the list."""

    article: Article
    headline: list[Run]
    snippet: list[Run]
    tags: list[str]


def list_articles(
    here: Here,
    filters: Filtered,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """One page of the Articles that the filters leave."""
    return shown(here, filters, number)


def shown(here: House, filters: Filters, number: int = 1, *, fault: str = "", given: str = "") -> HTMLResponse:
    """The list; `fault`: why what was asked of it was not done, with what was `given`."""
    wanted = filters.selection(here)
    with here.database.read() as session:
        found = selection.found(session, wanted, order=filters.sorted_by, limit=PAGE, offset=(number - 1) * PAGE)
        states = articles.count_by_state(session)
        tracked = sum(states.values())
        finder = Finder(wanted.asked)
        tagged = tags.of_articles(session, [row.id or 0 for row in found.articles])
        texts = versions.current_texts(session, found.articles) if wanted.asked else {}
        rows = [
            Row(
                row,
                finder.marked(row.headline or row.url),
                finder.snippet(texts.get(row.id or 0, "").partition("\n\n")[2]),
                list(tagged.get(row.id or 0, ())),
            )
            for row in found.articles
        ]
        offered = {
            "stories": stories.names(session),
            "tags": [tag for tag, _ in tags.counts(session, OFFERED)],
            "languages": selection.languages(session),
            "hosts": [site.host for site in sites.page(session, limit=OFFERED)],
        }
    exact = not filters.narrow
    total = tracked if exact else found.total
    reached = selection.COUNTED if found.more and wanted.words else total
    return page(
        "articles.html",
        status=400 if fault else 200,
        rows=rows,
        total=total,
        more=found.more and not exact,
        states=states,
        tracked=tracked,
        filters=filters,
        orders=ORDERS if filters.q else ORDERS[1:],
        number=number,
        # Where only so many were counted, there is a next page as long as this one is full.
        pages=max(1, -(-reached // PAGE)) if exact or not found.more or wanted.words else None,
        first=(number - 1) * PAGE + 1,
        searchable=bool(search.question(filters.q)) or not filters.q.strip(),
        fault=fault,
        given=given,
        **offered,
    )
