"""What a check writes: always one transaction, with the Article's state, its next check, and the alerts."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlmodel import Session

from alerts import outbox
from alerts.event import Event
from monitor import pacing, sitewide
from monitor.changes import Change, Comparison, State, availability_change, notices
from monitor.changes.rejudge import rejudge
from monitor.config import Settings
from monitor.extraction.document import Document
from monitor.outgoing import waits_of
from monitor.sources import pace
from monitor.sources.result import Capture
from storage import articles, captures, changes, facts, search, sites, versions
from storage.database import Database
from storage.steps import Seen
from storage.tables import Article, Version

UNCHANGED = "unchanged"
"""The reason of a check that found what was known."""
TOLD: Mapping[str, State] = {"ok": "page", "gone": "gone", "walled": "walled", "redirected": "redirected"}
"""The states that readers are told of, and as what. The others are our trouble, not the article's."""
PINNED = ("user", "sidecar")
"""Sources of a publication date that a page does not overrule."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One Article with the Capture that its check brought, and when."""

    article: Article
    capture: Capture
    at: datetime
    asked: bool = True
    """Whether the Capture is an answer, rather than a mistake of ours."""
    body_hash: str = ""
    """SHA-256 of the bytes of a page."""

    @property
    def article_id(self) -> int:
        """The id of the Article."""
        return self.article.id or 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check of an Article brought, for logs and for people."""

    article_id: int
    url: str
    state: str
    reason: str
    next_check_at: datetime
    next_check_why: str = ""
    """In words that follow "next in 12 min: "."""
    site_held_until: datetime | None = None
    """When the answer meant "not now": nothing is asked of the whole Site before."""
    headline: str | None = None
    version_number: int | None = None
    """The new Version, if there is one."""
    changes: Sequence[Mapping[str, Any]] = ()
    """As `corrigenda compare --json` prints them."""


def keep(finding: Finding, settings: Settings, database: Database) -> int:
    """Keep what was fetched before anything is made of it. Returns the id of the Capture."""
    robots_ignored = finding.article.kind == "url" and not pacing.obeys_robots(finding.capture.final_url, settings)
    capture = finding.capture
    with database.write() as session:
        row = captures.record(
            session,
            finding.article_id,
            outcome=capture.outcome,
            reason=capture.reason,
            captured_at=capture.captured_at,
            final_url=capture.final_url,
            status=capture.status,
            redirects=capture.redirects,
            headers=capture.headers,
            body=capture.body,
            elapsed_ms=capture.elapsed_ms,
            robots_ignored=robots_ignored,
            like=finding.article.body_hash,
        )
    return row.id or 0


def is_well(article: Article) -> bool:
    """Whether it was well at its last check, and readers were told nothing else: `still` can settle such a one."""
    return article.state == "ok" and article.availability == TOLD["ok"] and article.version_number > 0


def still(finding: Finding, settings: Settings) -> tuple[Checked, Seen]:
    """The Article, which was well, still says what its current Version says: what is to be said of that, and written.

    Nothing is written here: that goes along with the next step of the Visit.
    """
    article, capture = finding.article, finding.capture
    planned = pacing.plan(
        article,
        capture,
        settings,
        state="ok",
        reason=UNCHANGED,
        at=finding.at,
        changed=False,
        published=article.published,
        dice=random.random(),
    )
    columns = {"checks": article.checks + 1, "sightings": article.sightings + 1}
    seen = Seen(
        finding.article_id,
        article.version_number,
        capture.captured_at,
        finding.at,
        UNCHANGED,
        planned.next_check_at,
        {**columns, **planned.columns, **_accepted(finding)},
    )
    checked = Checked(
        article_id=finding.article_id,
        url=article.url,
        state="ok",
        reason=UNCHANGED,
        next_check_at=planned.next_check_at,
        next_check_why=planned.why,
        headline=article.headline,
    )
    return checked, seen


def unchanged(
    finding: Finding,
    settings: Settings,
    database: Database,
    page_hash: str | None = None,
    document: Document | None = None,
) -> Checked:
    """The Article still says what its current Version says; `page_hash` and what was read when its furniture is new."""
    columns = _accepted(finding) | ({"page_hash": page_hash} if page_hash else {})
    with database.write(telling=True) as session:
        versions.seen(session, finding.article_id, finding.article.version_number, finding.capture.captured_at)
        if document is not None:
            sitewide.read_well(session, finding.article, document, finding.at)
        told = _availability(session, finding, "ok", "", settings)
        return _settle(session, finding, settings, "ok", UNCHANGED, changes_told=told, columns=columns)


def no_version(
    finding: Finding,
    capture_id: int,
    state: str,
    reason: str,
    settings: Settings,
    database: Database,
    text_hash: str | None = None,
) -> Checked:
    """What came was not the article: kept as what it was, told once it has lasted, looked at again soon."""
    with database.write(telling=state in TOLD) as session:
        captures.judge(session, capture_id, state, reason)
        told = _availability(session, finding, state, reason, settings, capture_id)
        suspect = {"suspect_hash": text_hash if state == "suspect" else None}
        return _settle(session, finding, settings, state, reason, changes_told=told, columns=suspect)


def version_of(finding: Finding, capture_id: int, document: Document) -> Version:
    """The Version that a Document makes; not yet stored."""
    article, capture = finding.article, finding.capture
    dated = document.published
    pinned = article.published is not None and (article.published_source in PINNED or dated is None)
    return Version(
        article_id=finding.article_id,
        number=article.version_number + 1,
        capture_id=capture_id,
        text_hash="",
        headline=document.headline,
        byline=document.byline,
        published=article.published if pinned else dated.value if dated else None,
        published_source=article.published_source if pinned else dated.source if dated else None,
        modified=document.modified.value if document.modified else None,
        modified_source=document.modified.source if document.modified else None,
        language=document.language or article.language,
        extractor=document.extractor,
        notices=[notice.text for notice in notices(document.text, document.language or "en")],
        first_seen_at=capture.captured_at,
        last_seen_at=capture.captured_at,
    )


def published_of(version: Version) -> date | datetime | None:
    """The trusted publication date of a Version, for resolving relative dates."""
    if not version.published:
        return None
    try:
        return date.fromisoformat(version.published)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(version.published)
    except ValueError:
        return None


def new_version(
    finding: Finding,
    before: Version | None,
    version: Version,
    document: Document,
    page_hash: str,
    comparison: Comparison,
    settings: Settings,
    database: Database,
    *,
    quiet: bool = False,
) -> Checked:
    """ONE transaction: version, facts, changes, alerts, deliveries. quiet: the changes are kept, and nobody is told."""
    article = finding.article
    columns = _accepted(finding) | {
        "page_hash": page_hash,
        "headline": version.headline,
        "publisher": article.publisher or document.publisher,
        "language": version.language,
        "published": version.published,
        "published_source": version.published_source,
        "suspect_hash": None,
    }
    if version.number > 1:
        columns["last_changed_at"] = finding.capture.captured_at
    with database.write(telling=version.number > 1) as session:
        versions.add(session, version, document.text, search.about(columns["publisher"], article.url), before)
        lines = _advance_facts(session, version, comparison)
        sitewide.read_well(session, article, document, finding.at)
        told = _availability(session, finding, "ok", "", settings)
        lines_told: dict[int, int] = {}
        for change in comparison.changes:
            fact = change.after or change.before
            line_id = lines.get(id(fact)) if fact else None
            told.append(_add_change(session, finding, change, before=before, after=version, line_id=line_id))
            if line_id:
                lines_told[told[-1]["id"]] = line_id
        return _settle(
            session,
            finding,
            settings,
            "ok",
            finding.capture.reason,
            changes_told=() if quiet else told,
            lines_told=lines_told,
            columns=columns,
            version=version,
        )


def _advance_facts(session: Session, version: Version, comparison: Comparison) -> dict[int, int]:
    """Bring the lines of facts to this Version. Returns the line of each Fact of the comparison, by identity."""
    steps = [
        facts.Step(pair.before.to_json() if pair.before else None, pair.after.to_json() if pair.after else None)
        for pair in comparison.pairs
    ]
    lines = facts.advance(session, version.article_id, version.number, steps)
    return {
        id(fact): line
        for pair, line in zip(comparison.pairs, lines, strict=True)
        for fact in (pair.before, pair.after)
        if fact
    }


def _add_change(
    session: Session,
    finding: Finding,
    change: Change,
    *,
    before: Version | None = None,
    after: Version | None = None,
    capture_id: int | None = None,
    line_id: int | None = None,
) -> dict[str, Any]:
    row = changes.add(
        session,
        finding.article_id,
        change.to_json(),
        changed_at=finding.capture.captured_at,
        from_version_id=before.id if before else None,
        to_version_id=after.id if after else None,
        capture_id=capture_id,
        line_id=line_id,
    )
    return {"id": row.id, **row.body}


def _availability(
    session: Session, finding: Finding, state: str, reason: str, settings: Settings, capture_id: int | None = None
) -> list[dict[str, Any]]:
    """The Change of availability that is due to be told: bad news once it has lasted, good news at once."""
    article, told = finding.article, TOLD.get(state)
    if told is None or told == article.availability or article.version_number == 0:
        return []
    lasted = state == article.state and finding.at - article.state_since_at >= timedelta(
        seconds=settings.checks.lasting
    )
    if told != "page" and not lasted:
        return []
    articles.save(session, finding.article_id, availability=told)
    change = availability_change(cast(State, article.availability), told, detail=reason or None)
    return [_add_change(session, finding, change, capture_id=capture_id)] if change else []


def _accepted(finding: Finding) -> dict[str, Any]:
    """The validators of an accepted page; only such a page may be answered "not modified"."""
    capture = finding.capture
    if capture.outcome == "not_modified":
        return {}
    return {
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "final_url": capture.final_url,
        "whole_at": capture.captured_at,
        "body_hash": finding.body_hash or None,
    }


def _settle(
    session: Session,
    finding: Finding,
    settings: Settings,
    state: str,
    reason: str,
    *,
    changes_told: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    lines_told: Mapping[int, int] | None = None,
    version: Version | None = None,
) -> Checked:
    article = finding.article
    sightings = article.sightings + (state == "ok")
    planned = pacing.plan(
        article,
        finding.capture,
        settings,
        state=state,
        reason=reason,
        at=finding.at,
        changed=version is not None and version.number > 1,
        published=columns.get("published", article.published),
        dice=random.random(),
    )
    articles.schedule(
        session,
        finding.article_id,
        planned.next_check_at,
        state=state,
        state_reason=reason,
        state_since_at=article.state_since_at if state == article.state else finding.at,
        failures=0 if state == "ok" else article.failures + 1,
        checks=article.checks + 1,
        sightings=sightings,
        last_checked_at=finding.at,
        **columns,
        **planned.columns,
    )
    held_until = _site_health(session, finding, settings, state, reason)
    if changes_told:
        event = Event(
            article_id=finding.article_id,
            url=article.url,
            headline=version.headline if version else article.headline,
            publisher=article.publisher,
            before=version.number - 1 if version else article.version_number,
            after=version.number if version else None,
            seen_at=finding.capture.captured_at,
            changes=changes_told,
            version_id=version.id if version else None,
            language=version.language if version else article.language,
            sightings=sightings,
            lines=lines_told or {},
        )
        outbox.write(session, event, waits_of(settings), rejudge)
    return Checked(
        article_id=finding.article_id,
        url=article.url,
        state=state,
        reason=reason,
        next_check_at=max(planned.next_check_at, held_until or planned.next_check_at),
        next_check_why=planned.why,
        site_held_until=held_until,
        headline=version.headline if version else article.headline,
        version_number=version.number if version else None,
        changes=tuple(changes_told),
    )


def _site_health(session: Session, finding: Finding, settings: Settings, state: str, reason: str) -> datetime | None:
    """Keep how the Site of an Article fared. Returns until when it is held back, when this answer meant "not now"."""
    article = finding.article
    return site_health(
        session,
        site_id=article.site_id,
        url=article.url,
        capture=finding.capture,
        at=finding.at,
        settings=settings,
        ok=state != "failed",
        reason=reason,
        asked=article.kind == "url" and finding.asked,
    )


def site_health(
    session: Session,
    *,
    site_id: int,
    url: str,
    capture: Capture,
    at: datetime,
    settings: Settings,
    ok: bool,
    reason: str,
    asked: bool = True,
) -> datetime | None:
    """Keep how a Site fared. Returns until when it is held back, when this answer meant "not now".

    asked: whether the Capture is an answer, rather than a file or a mistake of ours.
    """
    refused = asked and pace.refuses(capture.status, capture.outcome)
    answered = pacing.site_of(capture.final_url)
    elsewhere = refused and answered not in ("", pacing.site_of(url))
    refusals = sites.record(
        session, site_id, ok=ok and not refused, reason=reason, now=at, refused=refused and not elsewhere
    )
    if not refused:
        return None
    if elsewhere:  # a redirect led to another Site, and that one is in trouble
        other = sites.refuse(session, answered, at)
        site_id, refusals = other.id or 0, other.refusals
    wait = pace.hold(capture.status, refusals, capture.retry_after_seconds, settings.checks.retry, random.random())
    if wait is None:
        return None
    until = at + timedelta(seconds=wait)
    asked_for = " and asked for it (Retry-After)" if capture.retry_after_seconds else ""
    sites.hold(
        session, site_id, until, f"it answered {capture.reason}{asked_for}" if capture.status else capture.reason
    )
    return None if elsewhere else until


def broken(article: Article, reason: str, at: datetime, settings: Settings, database: Database) -> Checked:
    """Our own check failed: the Article is shown as failed and looked at again later. Nothing else is touched."""
    capture = Capture(url=article.url, outcome="failed", reason=reason, captured_at=at, final_url=article.url)
    finding = Finding(article, capture, at, asked=False)
    with database.write() as session:
        return _settle(session, finding, settings, "failed", f"internal error: {reason}", changes_told=(), columns={})
