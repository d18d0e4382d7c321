"""Articles and Stories as commands name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from sqlmodel import Session

from monitor.errors import InputError
from monitor.tracking import find_article
from storage import stories
from storage.database import Database
from storage.tables import Story

NamedArticles = Annotated[
    list[str], typer.Argument(metavar="ARTICLE...", help="Ids, addresses, or words of a headline.")
]
NamedStory = Annotated[str, typer.Argument(metavar="STORY", help="Its name, or its id.")]


def ids_of(database: Database, named: Sequence[str]) -> list[int]:
    """Ids of the named Articles, each once. Raises InputError."""
    with database.read() as session:
        return list(dict.fromkeys(find_article(session, name).id or 0 for name in named))


def look_for_story(session: Session, named: str) -> Story | None:
    """The Story that a person means, if there is one."""
    by_name = stories.by_name(session, " ".join(named.split()))
    return by_name or (stories.by_id(session, int(named)) if named.isdecimal() and len(named) < 16 else None)


def find_story(session: Session, named: str) -> Story:
    """The Story that a person means. Raises InputError."""
    found = look_for_story(session, named)
    if found is None:
        raise InputError(f"there is no story {named[:80]!r}: `corrigenda story list` shows all")
    return found
