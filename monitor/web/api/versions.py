"""Versions, and Captures: what an Article said, and what brought it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response

from monitor.web.api.finding import ArticleId, find_article
from monitor.web.api.nouns.noun import LARGEST_ID
from monitor.web.api.nouns.versions import Capture, Version, VersionText, capture, version
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import not_found
from monitor.web.pages.captures import download_capture
from monitor.web.pages.exports import history_json
from monitor.web.rendering import Here
from storage import captures, versions

Number = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The number of a Version, from 1.")]
CaptureId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Capture.")]


def list_versions(here: Here, article_id: ArticleId, paging: Paging) -> Page[Version]:
    """The Versions of an Article, oldest first, without their texts."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        find_article(session, article_id)
        rows = versions.page(session, article_id, limit=paging.rows, after=after[0] if after else 0)
    return paging.page(rows, version, lambda row: (row.number,))


def get_version(here: Here, article_id: ArticleId, number: Number) -> VersionText:
    """A Version with its text."""
    with here.database.read() as session:
        find_article(session, article_id)
        row = versions.get(session, article_id, number)
        if row is None:
            raise not_found(f"version {number} of article {article_id}")
        made = version(row, versions.kept_text(session, row), whole=True)
    assert isinstance(made, VersionText)
    return made


def get_history(
    here: Here,
    article_id: ArticleId,
    texts: Annotated[bool, Query(description="With the text of each Version.")] = False,
) -> Response:
    """All Versions of an Article with their Captures and what each changed, as one document to be kept."""
    with here.database.read() as session:
        find_article(session, article_id)
    return history_json(here, article_id, texts)


def list_captures(
    here: Here,
    article_id: ArticleId,
    paging: Paging,
    without_version: Annotated[bool, Query(description="Only those that brought no Version.")] = False,
) -> Page[Capture]:
    """The Captures of an Article, newest first."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        find_article(session, article_id)
        rows = captures.page(
            session, article_id, limit=paging.rows, before=after[0] if after else None, without_version=without_version
        )
    return paging.page(rows, capture, lambda row: (row.id,))


def get_capture(here: Here, article_id: ArticleId, capture_id: CaptureId) -> Capture:
    """What one fetch or read brought."""
    with here.database.read() as session:
        find_article(session, article_id)
        row = captures.by_id(session, article_id, capture_id)
    if row is None:
        raise not_found(f"capture {capture_id} of article {article_id}")
    return capture(row)


def get_capture_bytes(here: Here, article_id: ArticleId, capture_id: CaptureId) -> Response:
    """The bytes that a Capture brought, decoded from their transfer, as a download: they are a stranger's."""
    with here.database.read() as session:
        find_article(session, article_id)
    return download_capture(here, article_id, capture_id)
