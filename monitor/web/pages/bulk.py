"""What is done with many Articles at once, from the list: those ticked, those of a page, or all that were found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Form
from fastapi.responses import Response

from monitor import tracking
from monitor.errors import InputError
from monitor.given import read_interval
from monitor.web.access import done
from monitor.web.pages.articles import Filters, shown
from monitor.web.rendering import Here, House, page, query
from storage import articles, selection
from storage.selection import Order

Action = Literal["check", "pause", "resume", "interval", "tag", "untag", "story", "remove"]
Text = Annotated[str, Form(max_length=400)]

NAMED = 20
"""Articles that are named before they are removed."""


def do_with_many(
    here: Here,
    action: Annotated[Action, Form()],
    ids: Annotated[list[int] | None, Form(alias="id")] = None,
    on_page: Annotated[list[int] | None, Form()] = None,
    which: Annotated[Literal["chosen", "page", "all"], Form()] = "chosen",
    value: Text = "",
    sure: Annotated[int, Form(ge=0)] = 0,
    q: Text = "",
    state: Text = "",
    site: Text = "",
    story: Annotated[int | None, Form()] = None,
    tag: Text = "",
    language: Text = "",
    order: Annotated[Order | Literal[""], Form()] = "",
) -> Response:
    """Do it, and show the list again with what was done; to remove is asked once more, with how many and which."""
    filters = Filters(q, state, site, story, tag, language, order)
    if which == "all":
        with here.database.read() as session:
            meant: Sequence[int] = selection.ids(session, filters.selection(here))
    else:
        meant = sorted(set((on_page if which == "page" else ids) or ()))
    if not meant:
        return shown(here, filters, fault="Nothing was done: no article is ticked.", given=value)
    if action == "remove" and sure != len(meant):
        return _ask_again(here, filters, which, meant)
    try:
        word, number = _do(here, action, meant, value.replace("\x00", " ").strip())
    except InputError as error:
        return shown(here, filters, fault=f"Nothing was done: {error}.", given=value)
    return done(f"/articles{query(**filters.as_query())}", f"{word}.{number}")


def _do(house: House, action: Action, ids: Sequence[int], value: str) -> tuple[str, int]:
    """The word for what was done, and to how many. Raises InputError."""
    database, now = house.database, datetime.now(UTC)
    match action:
        case "check":
            return "checked", tracking.check_now(database, ids, now)
        case "pause":
            return "paused", tracking.pause(database, ids)
        case "resume":
            return "resumed", tracking.resume(database, ids, now)
        case "interval":
            return "interval", tracking.set_interval(database, ids, read_interval(value) if value else None, now)
        case "tag" | "untag" if not value:
            raise InputError("write the tag beside it")
        case "tag":
            return "tagged", tracking.tag(database, ids, [value])
        case "untag":
            return "untagged", tracking.untag(database, ids, [value])
        case "story":
            return "in-story", tracking.put_in_story(database, ids, value, now)
        case "remove":
            return "removed", tracking.remove(database, ids)


def _ask_again(house: House, filters: Filters, which: str, ids: Sequence[int]) -> Response:
    with house.database.read() as session:
        named = [row for article_id in ids[:NAMED] if (row := articles.by_id(session, article_id))]
    return page("remove.html", ids=ids if which != "all" else (), filters=filters, number=len(ids), named=named,
                which="all" if which == "all" else "chosen")  # fmt: skip
