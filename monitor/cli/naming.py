"""Articles as commands name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from monitor.tracking import find_article
from storage.database import Database

NamedArticles = Annotated[
    list[str], typer.Argument(metavar="ARTICLE...", help="Ids, addresses, or words of a headline.")
]


def ids_of(database: Database, named: Sequence[str]) -> list[int]:
    """Ids of the named Articles, each once. Raises InputError."""
    with database.read() as session:
        return list(dict.fromkeys(find_article(session, name).id or 0 for name in named))
