"""One Article looked at once: what a check does, in the order in which it does it. `settle` writes what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

from monitor import identity, pacing, settle, sitewide
from monitor.changes import Comparison, Pair, compare
from monitor.config import Settings
from monitor.errors import ExtractionError
from monitor.extraction.document import NO_CORRECTIONS, Corrections, Document
from monitor.extraction.furniture import Ignored
from monitor.extraction.gate import lines_hash, visible_lines, visible_text_hash
from monitor.fetchers import corrections_of
from monitor.history import reading_of
from monitor.judgement import judge
from monitor.remembering import facts_of
from monitor.settle import Checked, Finding
from monitor.sources import files
from monitor.sources.result import Capture
from storage import blobs, captures, facts, versions
from storage.database import Database
from storage.steps import Seen
from storage.tables import Article, Version

log = structlog.get_logger()

WHOLE_EVERY = timedelta(days=1)
"""How long "not modified" is believed before the page itself is asked for again."""


class Fetch(Protocol):
    """`Fetcher.fetch`, or anything that fetches like it."""

    def __call__(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Capture: ...


class Extract(Protocol):
    """`Extractor.extract`, or anything that extracts like it. Raises ExtractionError."""

    def __call__(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str,
        headers: Mapping[str, str],
        corrections: Corrections = NO_CORRECTIONS,
    ) -> Document: ...


def utc_now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a check works with."""

    database: Database
    settings: Settings
    fetch: Fetch
    extract: Extract
    saw: Callable[[Seen], None]
    """Told of what was seen as it was before; writes it before anything else of the Visit goes out."""
    now: Callable[[], datetime] = utc_now
    note: Callable[[str, str], None] = lambda step, sentence: None
    """Told what is decided, step and sentence, for people who want the whole story."""


def check(article: Article, tools: Tools) -> Checked:
    """Look at one Article, keep what was found, and put into the outbox whom to tell.

    Whatever the source does is an outcome, kept and returned; an exception means that we failed.
    """
    capture = _capture(article, tools)
    body_hash = blobs.hash_of(capture.body) if capture.outcome == "page" else ""
    finding = Finding(article, capture, tools.now(), body_hash=body_hash)
    if capture.outcome == "not_modified":
        tools.note("page", f"unchanged, says the server; seen as it is since version {article.version_number}")
        return _unchanged(finding, tools)
    if capture.outcome == "page" and article.state == "ok" and article.body_hash == body_hash:
        tools.note("page", "has the same bytes as last time: nothing is read in it")
        return _unchanged(finding, tools)
    ignored = sitewide.ignored_at(tools.database, article.site_id)
    if ignored:
        named = f"{len(ignored)} of its site, as `corrigenda sites {pacing.site_of(article.url)}` shows"
        tools.note("furniture", f"lines that are ignored: {named}")
    if capture.outcome == "page":
        page_hash = _page_hash(capture, ignored)
        if page_hash == article.page_hash and article.state == "ok":
            tools.note("page", "shows the same text as last time, to the letter: nothing is extracted")
            return _unchanged(finding, tools)

    # Store first, judge later: should judging fail, the bytes are there.
    capture_id = settle.keep(finding, tools.settings, tools.database)
    tools.note("kept", f"capture {capture_id}, as it came")
    if capture.outcome != "page":
        tools.note("page", f"{capture.outcome}: {capture.reason}; no version is made of it")
        return settle.no_version(finding, capture_id, capture.outcome, capture.reason, tools.settings, tools.database)
    try:
        document = tools.extract(
            capture.body,
            url=capture.final_url,
            content_type=capture.content_type,
            headers=capture.headers,
            corrections=corrections_of(capture.final_url, tools.settings),
        )
    except ExtractionError as error:
        return settle.no_version(finding, capture_id, "failed", str(error), tools.settings, tools.database)

    current, before = _current(article, tools)
    said, lost = current, before is None
    if current is not None and (lost or current.extractor != document.extractor):
        anew = _read_anew(current, before, document.extractor, tools)
        if anew is not None:
            before, said, lost = anew.text, settle.version_of(finding, current.capture_id, anew), False
        elif lost and (sentences := _kept_sentences(current, tools)):
            before, lost = sentences, False
    before = before or ""
    judged = judge(finding, document, before, ignored, tools.settings.checks.lasting, tools.database)
    tools.note("page", f"{judged.state}: {judged.reason}")
    if judged.state != "ok":
        text_hash = blobs.hash_of(document.text.encode())
        return settle.no_version(
            finding, capture_id, judged.state, judged.reason, tools.settings, tools.database, text_hash
        )
    document = judged.document
    if (merged := identity.merged(finding, document, tools.database)) is not None:
        tools.note("identity", merged.reason)
        return merged
    version = settle.version_of(finding, capture_id, document)
    if current is not None and document.text == judged.before and not _relabelled(said, version):
        if article.state == "ok" and article.page_hash:
            _learn(finding, document, tools.database)
        return settle.unchanged(finding, tools.settings, tools.database, page_hash, document)

    return settle.new_version(
        finding,
        current,
        version,
        document,
        page_hash,
        _compare(said, judged.before, version, document),
        tools.settings,
        tools.database,
        quiet=judged.quiet or lost,  # without a text to compare with nobody can say what changed
    )


def _unchanged(finding: Finding, tools: Tools) -> Checked:
    """Settled with the next step of the Visit where nothing else is to be written, else at once."""
    if not settle.is_well(finding.article):
        return settle.unchanged(finding, tools.settings, tools.database)
    checked, seen = settle.still(finding, tools.settings)
    tools.saw(seen)
    return checked


def _page_hash(capture: Capture, ignored: Ignored) -> str:
    """What tells whether a page shows something else than last time, furniture that is ignored left out."""
    lines = visible_lines(capture.body, capture.content_type) if ignored else []
    if lines:
        return lines_hash(ignored.without(lines))
    return visible_text_hash(capture.body, capture.content_type)


def _learn(finding: Finding, document: Document, database: Database) -> None:
    """The page shows something else around the same article: what differs is furniture."""
    with database.read() as session:
        kept = captures.of_article(session, finding.article_id, 2)
        pages = [row for row in kept if row.blob_hash and row.let_go_at is None]
        if len(pages) < 2 or pages[1].outcome != "page":
            return
        earlier = blobs.get(session, pages[1].blob_hash or "")
        content_type = pages[1].headers.get("content-type", "")
    before = visible_lines(earlier, content_type)
    after = visible_lines(finding.capture.body, finding.capture.content_type)
    sitewide.learn_from_page(finding.article, before, after, document.text, finding.at, database)


def _capture(article: Article, tools: Tools) -> Capture:
    """Fetch or read the Article; conditionally, where "not modified" would say something."""
    # A page that is in doubt is fetched whole: its validators would only bring back "not modified". And now and then
    # any page is: a server that answers "not modified" for ever must not silence us for ever.
    fresh = article.whole_at is not None and tools.now() - article.whole_at < WHOLE_EVERY
    trusted = article.state == "ok" and fresh
    etag = article.etag if trusted else None
    if article.kind == "file":
        path = Path(unquote(urlsplit(article.url).path))
        folders, limit = tools.settings.files.folders, tools.settings.fetch.max_bytes
        return files.read(path, folders=folders, max_bytes=limit, etag=etag)
    capture = tools.fetch(article.url, etag=etag, last_modified=article.last_modified if trusted else None)
    if capture.outcome != "not_modified":
        return capture
    # Redirected elsewhere than last time: the validators are those of another page. Or a server contradicts itself:
    # "not modified" names the tag of what it has now (RFC 9110, 15.4.5), and that is not the one we asked for.
    elsewhere = capture.final_url != article.final_url
    renamed = bool(etag and capture.etag) and _opaque(capture.etag) != _opaque(etag)
    return tools.fetch(article.url) if elsewhere or renamed else capture


def _opaque(etag: str | None) -> str:
    """An entity tag without its mark of weakness, as tags are compared for "not modified" (RFC 9110, 8.8.3.2)."""
    return (etag or "").removeprefix("W/")


def _current(article: Article, tools: Tools) -> tuple[Version | None, str | None]:
    """The current Version and its text, null where that is lost or damaged; none and nothing before the first."""
    with tools.database.read() as session:
        current = versions.get(session, article.id or 0, article.version_number)
        try:
            return current, versions.text(session, current) if current else ""
        except (blobs.LetGoError, blobs.DamagedError) as error:
            tools.note("text", f"the text of version {article.version_number} cannot be read: {error}")
            log.error("text lost", article_id=article.id, version=article.version_number, error=str(error))
            return current, None


def _kept_sentences(current: Version, tools: Tools) -> str:
    """The sentences of the current Version's facts: where neither its text nor its page can be read any more, what
    they said can still be compared."""
    with tools.database.read() as session:
        rows = facts.of_version(session, current.article_id, current.number)
    return "\n\n".join(dict.fromkeys(row.body["sentence"] for row in rows))


def _read_anew(current: Version, before: str | None, extractor: str, tools: Tools) -> Document | None:
    """The current Version's page as this release reads it: what it reads otherwise than the release that made the
    Version is no edit of the publisher's. Null where the page is let go, or cannot be read as an article any more."""
    with tools.database.read() as session:
        capture = captures.by_id(session, current.article_id, current.capture_id)
        pages = blobs.get_those(session, [capture.blob_hash]) if capture and capture.blob_hash else {}
    if capture is None or not pages:
        return None
    tools.note("extractor", f"version {current.number} was read by {current.extractor}: its page is read anew")
    try:
        read = tools.extract(
            pages[capture.blob_hash or ""],
            url=capture.final_url,
            content_type=capture.headers.get("content-type", ""),
            headers=capture.headers,
            corrections=corrections_of(capture.final_url, tools.settings),
        )
    except ExtractionError:
        return None
    if read.page != "article" or not read.text:
        return None
    if read.text == before:  # both releases read it so: it need not be read again
        with tools.database.write() as session:
            versions.read_by(session, current.article_id, current.number, extractor)
    return read


def _relabelled(current: Version | None, version: Version) -> bool:
    """Whether byline or publication date were rewritten while the text stayed; one that is missing says nothing."""
    if current is None:
        return False
    labels = ((current.byline, version.byline), (_day(current), _day(version)))
    return any(old and new and old != new for old, new in labels)


def _day(version: Version) -> str | None:
    published = settle.published_of(version)
    return published.isoformat()[:10] if published else None


def _compare(current: Version | None, before: str, version: Version, document: Document) -> Comparison:
    new = reading_of(version, document.text)
    found = facts_of(new)
    if current is None:
        return Comparison((), tuple(Pair(None, fact) for fact in found))
    old = reading_of(current, before)
    return compare(old, new, before_facts=facts_of(old), after_facts=found)
