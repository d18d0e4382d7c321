"""What is kept, to take away: a Version, an Article's history, a fact's history, as JSON and CSV.

Long ones are made as they are sent, a batch of Versions at a time with a session of its own: a slow reader holds
neither a transaction nor the whole history in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from monitor.facts.model import Fact as Reading
from monitor.facts.model import Phrase
from monitor.web.api import nouns
from monitor.web.spreadsheet import Cell
from monitor.web.wording import iso, value_read
from storage import captures, changes, facts, versions
from storage.database import Database
from storage.tables import Article, Capture, Change, Fact, Version

BATCH = 100
"""Versions that are read at a time."""

HISTORY = (
    "version", "first_seen_at", "last_seen_at", "headline", "byline", "published", "modified", "notices",
    "captured_at", "status", "final_url", "bytes_sha256", "bytes_let_go_at", "text_sha256", "text_let_go_at",
    "extractor",
    "change", "changed_at", "type", "kind", "subject", "summary", "before", "after", "acknowledged", "severity",
)  # fmt: skip
FACT = (
    "fact", "from_version", "to_version", "first_seen_at", "last_seen_at", "kind", "subject", "key", "quote", "reading",
    "lower", "upper", "unit", "hedge", "time_start", "time_end", "as_of", "attribution", "certainty", "sentence",
)  # fmt: skip


def version(session: Session, row: Version) -> dict[str, Any]:
    """A Version with its text, what was fetched, and the facts that were found in it.

    The text is null where it was let go, lost or damaged.
    """
    text = versions.readable_text(session, row)
    capture = captures.by_id(session, row.article_id, row.capture_id)
    standing = facts.of_version(session, row.article_id, row.number)
    return {
        "version": nouns.version_json(row, text, whole=True),
        "capture": nouns.capture_json(capture) if capture else None,
        "facts": [{**nouns.fact_json(fact), **_place(fact, text or "")} for fact in standing],
    }


def facts_of_version(session: Session, row: Version) -> list[Sequence[Cell]]:
    """The facts of a Version, as rows of FACT."""
    spans = _spans(session, row.article_id)
    return [_fact_row(fact, spans) for fact in facts.of_version(session, row.article_id, row.number)]


def facts_of_line(session: Session, rows: Sequence[Fact]) -> list[Sequence[Cell]]:
    """A fact through the Versions, as rows of FACT."""
    spans = _spans(session, rows[0].article_id)
    return [_fact_row(row, spans) for row in rows]


def line(session: Session, article: Article, rows: Sequence[Fact]) -> dict[str, Any]:
    """A fact through the Versions, with the Versions that it is told of."""
    numbers = {number for row in rows for number in (row.from_number, row.to_number or article.version_number)}
    told = versions.by_numbers(session, article.id or 0, numbers)
    return {
        "article": nouns.article_json(article),
        "fact": nouns.fact_line(rows).json_dict(),
        "versions": [nouns.version_json(row) for row in told],
    }


def history_json(database: Database, article: Article, *, texts: bool, batch: int = BATCH) -> Iterator[bytes]:
    """All Versions with what they changed, oldest first, as one JSON document; with `texts` their texts as well."""
    yield b'{"article": ' + _json(nouns.article_json(article)) + b',\n"versions": ['
    divider = b"\n"
    for each in _batches(database, article, batch, texts=texts):
        number = each.version.number
        before = number - 1 if number > 1 else None
        told = {
            **nouns.version_json(each.version, each.text, whole=texts),
            "capture": nouns.capture_json(each.capture) if each.capture else None,
            "changes": [nouns.change_json(change, article, before, number) for change in each.changes],
        }
        yield divider + _json(told)
        divider = b",\n"
    yield b'\n],\n"availability": ['
    with database.read() as session:
        rows = changes.of_no_version(session, article.id or 0)
    yield b",\n".join(_json(nouns.change_json(change, article, None, None)) for change in rows)
    yield b"]}\n"


def history_rows(database: Database, article: Article, *, batch: int = BATCH) -> Iterator[Sequence[Cell]]:
    """A row of HISTORY for each Change, and one for each Version that changed no fact."""
    for each in _batches(database, article, batch):
        row, capture = each.version, each.capture
        about: tuple[Cell, ...] = (
            row.number, iso(row.first_seen_at), iso(row.last_seen_at), row.headline, row.byline, row.published,
            row.modified, "\n".join(row.notices), iso(capture.captured_at) if capture else None,
            capture.status if capture else None, capture.final_url if capture else None,
            capture.blob_hash if capture else None, iso(capture.let_go_at) if capture and capture.let_go_at else None,
            row.text_hash, iso(row.text_let_go_at) if row.text_let_go_at else None, row.extractor,
        )  # fmt: skip
        if not each.changes:
            yield (*about, *_change_cells(None))
        for change in each.changes:
            yield (*about, *_change_cells(change))
    with database.read() as session:
        rows = changes.of_no_version(session, article.id or 0)
    for change in rows:
        yield (*(None for _ in HISTORY[:16]), *_change_cells(change))


@dataclass(frozen=True, slots=True)
class _Brought:
    """A Version, what was fetched, what it changed, and its text where that is wanted."""

    version: Version
    capture: Capture | None
    changes: Sequence[Change]
    text: str | None


def _batches(database: Database, article: Article, batch: int, *, texts: bool = False) -> Iterator[_Brought]:
    at, end = 0, article.version_number
    while at < end:
        with database.read() as session:
            rows = versions.page(session, article.id or 0, limit=min(batch, end - at), after=at)
            brought: dict[int | None, list[Change]] = {}
            for change in changes.between(session, article.id or 0, at, at + batch):
                brought.setdefault(change.to_version_id, []).append(change)
            fetched = captures.by_ids(session, [row.capture_id for row in rows])
            read = versions.texts(session, rows) if texts else {}
            told = [
                _Brought(row, fetched.get(row.capture_id), brought.get(row.id, []), read.get(row.id or 0))
                for row in rows
            ]
        yield from told
        at += batch


def _change_cells(change: Change | None) -> tuple[Cell, ...]:
    if change is None:
        return (None,) * 10
    body = change.body
    before, after = (_said(body, side) for side in ("before", "after"))
    return (
        change.id, iso(change.changed_at), change.type, change.kind, change.subject, change.summary, before, after,
        change.acknowledged, change.severity,
    )  # fmt: skip


def _said(body: Mapping[str, Any], side: str) -> str | None:
    """The sentence of a fact, or the text of what is not one."""
    fact = body.get(side)
    said = fact["sentence"] if fact else body.get(f"{side}_text")
    return None if said is None else str(said)


def _spans(session: Session, article_id: int) -> Mapping[int, tuple[str, str]]:
    """When each Version was first and last seen."""
    return {
        number: (iso(first), iso(last)) for number, (first, last) in versions.seen_times(session, article_id).items()
    }


def _fact_row(row: Fact, spans: Mapping[int, tuple[str, str]]) -> Sequence[Cell]:
    fact = Reading.from_json(row.body)
    quantity, time = fact.quantity, fact.time
    last = row.to_number or max(spans, default=row.from_number)
    return (
        row.line_id, row.from_number, row.to_number,
        spans.get(row.from_number, ("", ""))[0], spans.get(last, ("", ""))[1],
        fact.kind, fact.subject, fact.key, fact.quote, value_read(fact),
        quantity.lower if quantity else None, quantity.upper if quantity else None,
        quantity.unit if quantity else None, quantity.hedge if quantity else None,
        time.start if time else None, time.end if time else None,
        fact.as_of, fact.attribution, fact.certainty, fact.sentence,
    )  # fmt: skip


def _place(row: Fact, text: str) -> dict[str, Any]:
    """Where a fact stands in this text: it is kept with its place in the first Version that had it. Null: unknown."""
    fact = Reading.from_json(row.body)
    inside = fact.start - fact.phrase.start
    found = [at for at in _all(text, fact.phrase.text) if text.startswith(fact.quote, at + inside)]
    if not found:
        return {"start": None, "end": None, "phrase": None}
    at = min(found, key=lambda place: abs(place - fact.phrase.start))
    phrase = Phrase(fact.phrase.text, at, at + len(fact.phrase.text))
    return {
        "start": at + inside,
        "end": at + inside + len(fact.quote),
        "phrase": {name: getattr(phrase, name) for name in phrase.__slots__},
    }


def _all(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
