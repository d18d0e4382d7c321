"""`/changes/{id}/evidence`: all that proves one Change, on one page that can be printed and checked by others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import HTTPException
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from monitor.changes import Change
from monitor.facts.model import Fact
from monitor.telling import sentence
from monitor.web import sentences
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, page
from monitor.web.sentences import Marked
from storage import captures, changes, versions
from storage.tables import Capture, Version

HEADERS = (
    "date", "last-modified", "etag", "content-type", "content-language", "content-encoding", "content-length", "age",
    "cache-control", "expires", "server", "via", "location",
)  # fmt: skip
"""What an answer says of itself that bears on when and what it was; cookies and the like are nobody's business."""


@dataclass(frozen=True, slots=True)
class Side:
    """One Version as evidence: its text, paragraph by paragraph, and what was fetched."""

    version: Version
    capture: Capture | None
    paragraphs: tuple[Marked, ...]

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of HEADERS that were sent."""
        return headers(self.capture) if self.capture else {}


def show_evidence(here: Here, change_id: Id) -> HTMLResponse:
    """One Change with its sentences, both texts, times, addresses, headers and hashes."""
    with here.database.read() as session:
        found = changes.listed(session, change_id)
        if found is None:
            raise HTTPException(404, f"There is no change {change_id}.")
        row, article = found.change, found.article
        change = Change.from_json(row.body)
        own = change.before if change.type not in ("diverged", "left_behind") else None
        before = _side(session, found.before, own) if found.before else None
        after = _side(session, found.after, change.after) if found.after else None
        capture = captures.by_id(session, row.article_id, row.capture_id) if row.capture_id else None
    return page(
        "evidence.html",
        change=row,
        body=change,
        article=article,
        told=sentence(found),
        shown=sentences.evidence([change])[0],
        before=before,
        after=after,
        capture=capture,
        capture_headers=headers(capture) if capture else {},
        public_url=here.settings.public_url,
        user_agent=here.settings.user_agent,
    )


def headers(capture: Capture) -> Mapping[str, str]:
    """The headers of an answer that bear on what it was."""
    sent = {name.lower(): value for name, value in capture.headers.items()}
    return {name: sent[name] for name in HEADERS if name in sent}


def _side(session: Session, version: Version, fact: Fact | None) -> Side:
    text = versions.kept_text(session, version) or ""
    capture = captures.by_id(session, version.article_id, version.capture_id)
    return Side(version, capture, tuple(_paragraphs(text, fact)))


def _paragraphs(text: str, fact: Fact | None) -> Iterator[Marked]:
    """The text in full, the quote of the fact marked: a Change carries its place in just this text."""
    at = 0
    known = fact is not None and text[fact.start : fact.end] == fact.quote
    for line in text.split("\n"):
        end = at + len(line)
        if line.strip() and known and fact and at <= fact.start < end:
            start, stop = fact.start - at, min(fact.end, end) - at
            runs = ((line[:start], False), (line[start:stop], True), (line[stop:], False))
            yield Marked(tuple(run for run in runs if run[0]))
        elif line.strip():
            yield Marked(((line, False),))
        at = end + 1
