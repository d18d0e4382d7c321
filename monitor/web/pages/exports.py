"""What is kept, to take away: `.txt`, `.json` and `.csv` of a Version, an Article's history, a fact's history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import HTTPException, Path, Query
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json
from sqlmodel import Session

from monitor.web import export, spreadsheet
from monitor.web.pages.article import Id
from monitor.web.pages.captures import let_go
from monitor.web.rendering import Here
from storage import articles, facts, versions
from storage.tables import Article, Fact, Version

Number = Annotated[int, Path(ge=1, le=2**53)]
JSON = "application/json"


def version_text(here: Here, article_id: Id, number: Number) -> Response:
    """The text of a Version, byte for byte what its SHA-256 is of."""
    with here.database.read() as session:
        version = _version(session, article_id, number)
        if version.text_let_go_at:
            words = let_go(f"The words of version {number}", version.text_let_go_at, version.text_hash)
            raise HTTPException(410, words)
        text = versions.text(session, version)
    answer = _saved(text.encode(), "text/plain; charset=utf-8", f"article-{article_id}-version-{number}.txt")
    answer.headers["x-text-sha256"] = version.text_hash
    return answer


def version_json(here: Here, article_id: Id, number: Number) -> Response:
    """A Version with its text, what was fetched, and its facts."""
    with here.database.read() as session:
        told = export.version(session, _version(session, article_id, number))
    return _saved(_pretty(told), JSON, f"article-{article_id}-version-{number}.json")


def version_facts(here: Here, article_id: Id, number: Number) -> Response:
    """The facts of a Version."""
    with here.database.read() as session:
        rows = export.facts_of_version(session, _version(session, article_id, number))
    name = f"article-{article_id}-version-{number}-facts.csv"
    return _saved(b"".join(spreadsheet.lines(export.FACT, rows)), spreadsheet.MEDIA_TYPE, name)


def history_json(here: Here, article_id: Id, texts: Annotated[bool, Query()] = False) -> Response:
    """All Versions of an Article and what each changed; with `texts=1` their texts as well."""
    with here.database.read() as session:
        article = _article(session, article_id)
    made = export.history_json(here.database, article, texts=texts)
    return _streamed(made, JSON, f"article-{article_id}-history.json")


def history_csv(here: Here, article_id: Id) -> Response:
    """A row for each Change of an Article, and for each Version without one."""
    with here.database.read() as session:
        article = _article(session, article_id)
    made = spreadsheet.lines(export.HISTORY, export.history_rows(here.database, article))
    return _streamed(made, spreadsheet.MEDIA_TYPE, f"article-{article_id}-history.csv")


def fact_json(here: Here, article_id: Id, line_id: Number) -> Response:
    """One fact through the Versions."""
    with here.database.read() as session:
        article, rows = _article(session, article_id), _line(session, article_id, line_id)
        told = export.line(session, article, rows)
    return _saved(_pretty(told), JSON, f"article-{article_id}-fact-{line_id}.json")


def fact_csv(here: Here, article_id: Id, line_id: Number) -> Response:
    """One fact through the Versions: a row for each way in which it was said."""
    with here.database.read() as session:
        rows = export.facts_of_line(session, _line(session, article_id, line_id))
    name = f"article-{article_id}-fact-{line_id}.csv"
    return _saved(b"".join(spreadsheet.lines(export.FACT, rows)), spreadsheet.MEDIA_TYPE, name)


def _article(session: Session, article_id: int) -> Article:
    article = articles.by_id(session, article_id)
    if article is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return article


def _version(session: Session, article_id: int, number: int) -> Version:
    version = versions.get(session, article_id, number)
    if version is None:
        raise HTTPException(404, f"Article {article_id} has no version {number}.")
    return version


def _line(session: Session, article_id: int, line_id: int) -> list[Fact]:
    rows = list(facts.line(session, article_id, line_id))
    if not rows:
        raise HTTPException(404, f"Article {article_id} has no fact {line_id}.")
    return rows


def _pretty(told: Any) -> bytes:
    # Python's own encoder indents in Python, ten times slower.
    return to_json(told, indent=2) + b"\n"


def _headers(name: str) -> dict[str, str]:
    # Saved and never shown: whatever is in it is no page of ours.
    return {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }


def _saved(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers=_headers(name))


def _streamed(made: Iterator[bytes], media_type: str, name: str) -> Response:
    return StreamingResponse(made, media_type=media_type, headers=_headers(name))
