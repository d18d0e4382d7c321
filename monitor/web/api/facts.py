"""Facts: what an Article says, and the history of each statement."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from monitor.facts.model import Kind
from monitor.web.api.finding import ArticleId, find_article
from monitor.web.api.nouns.facts import Fact, FactLine, fact, fact_line
from monitor.web.api.nouns.noun import LARGEST_ID
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import not_found
from monitor.web.rendering import Here
from storage import facts

LineId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a statement: `line_id` of its Facts.")]


def list_facts(
    here: Here,
    article_id: ArticleId,
    paging: Paging,
    version: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="The number of a Version; by default the current one.")
    ] = None,
    kind: Annotated[Kind | None, Query(description="Only Facts of this kind.")] = None,
) -> Page[Fact]:
    """The Facts that stand in a Version, in the order of its text."""
    after = paging.after(tuple[Key, Key]) or (-1, 0)
    with here.database.read() as session:
        article = find_article(session, article_id)
        number = article.version_number if version is None else version
        if number > article.version_number:
            raise not_found(f"version {number} of article {article_id}")
        standing = facts.of_version(session, article_id, number) if number else []
    rows = [row for row in standing if (row.ordinal, row.id or 0) > after and kind in (None, row.kind)]
    return paging.page(rows[: paging.rows], fact, lambda row: (row.ordinal, row.id))


def get_fact_line(here: Here, article_id: ArticleId, line_id: LineId) -> FactLine:
    """The history of one statement: each value that it had, and in which Versions."""
    with here.database.read() as session:
        find_article(session, article_id)
        rows = facts.line(session, article_id, line_id)
    if not rows:
        raise not_found(f"statement {line_id} in article {article_id}")
    return fact_line(rows)
