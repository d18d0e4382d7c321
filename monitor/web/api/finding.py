"""The Article that an address of the API names, and those that a search means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from sqlmodel import Session

from monitor.web.api.nouns.noun import LARGEST_ID
from monitor.web.api.problems import Elsewhere, not_found
from monitor.wellbeing import OVERDUE
from storage import addresses, articles, tables
from storage.selection import Selection

ArticleId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of an Article.")]


def selected(q: str, state: str | None, site: int | None, story: int | None, tag: str, language: str) -> Selection:
    """The Articles that somebody means."""
    late = state == "overdue"
    return Selection(
        words=q,
        state="" if late or state is None else state,
        overdue_since=datetime.now(UTC) - OVERDUE if late else None,
        site_id=site,
        story_id=story,
        tag=tag.lower(),
        language=language.lower(),
    )


def find_article(session: Session, article_id: int) -> tables.Article:
    """The Article with this id. Raises Refusal, or Elsewhere where it was merged into another."""
    row = articles.by_id(session, article_id)
    if row is None:
        same = addresses.merged_into(session, article_id)
        if same is None:
            raise not_found(f"article {article_id}")
        raise Elsewhere(article_id, same.id or 0)
    return row
