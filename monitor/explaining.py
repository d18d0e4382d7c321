"""The whole story of one check, told as it happens: what was known, asked, answered, decided, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from monitor import pacing, story
from monitor.config import Settings
from monitor.errors import ExtractionError, InputError
from monitor.extraction.document import Document
from monitor.facts import find
from monitor.settle import Checked
from monitor.sources.address import normalise
from monitor.sources.pace import lasted
from monitor.sources.result import Capture
from monitor.tasks import Visits
from monitor.tracking import find_article
from storage import sites
from storage.database import Database
from storage.tables import Article, Site


@dataclass(slots=True)
class Story:
    """What happened, in order: the name of a step, and a sentence."""

    url: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    state: str = ""
    """What became of it, in the words of Article states; of an address that is only looked at, its outcome."""
    checked: Checked | None = None
    """Null when the address is not tracked."""

    def note(self, step: str, sentence: str) -> None:
        """Tell one more thing."""
        self.steps.append((step, sentence))

    def as_json(self) -> dict[str, Any]:
        """As `corrigenda check --explain --json` prints it."""
        return {
            "id": self.checked.article_id if self.checked else None,
            "url": self.url,
            "state": self.state,
            "story": [{"step": step, "text": sentence} for step, sentence in self.steps],
            "changes": [dict(change) for change in self.checked.changes] if self.checked else [],
        }


def explain(database: Database, visits: Visits, settings: Settings, name: str) -> Story:
    """Check an Article, or only look at an address that is not tracked. Raises InputError for what is neither."""
    try:
        with database.read() as session:
            article = find_article(session, name)
            site = sites.by_id(session, article.site_id)
    except InputError:
        if "://" not in name or name.lower().startswith("file:"):
            raise
        return _look(visits, settings, str(normalise(name)))
    told = Story(article.url)
    _known(told, article, site)
    visits.check_now([article.id or 0], lambda checked: _end(told, checked), told.note)
    return told


def _known(told: Story, article: Article, site: Site | None) -> None:
    """What is known before anything is asked."""
    now = datetime.now(UTC)
    if article.version_number:
        told.note(
            "known",
            f"article {article.id}, version {article.version_number}, {article.state}: checked {article.checks} times",
        )
    else:
        told.note("known", f"article {article.id}, no version yet, {article.state}: checked {article.checks} times")
    if article.next_check_at and article.next_check_why:
        away = (article.next_check_at - now).total_seconds()
        when = f"due in {lasted(away)}" if away > 0 else "due now"
        told.note("known", f"{when}: {article.next_check_why}")
    if site and site.failures:
        told.note("known", f"{site.host} failed {site.failures} times in a row: {site.last_reason}")


def _end(told: Story, checked: Checked) -> None:
    told.checked = checked
    told.state = checked.state
    if checked.version_number:
        changes = len(checked.changes)
        found = f"{changes} {'change' if changes == 1 else 'changes'} to tell" if changes else "nothing to tell"
        told.note("version", f"version {checked.version_number} is kept, with {found}")
    told.note("state", f"{checked.state}: {checked.reason}")
    if checked.site_held_until:
        told.note("next", f"nothing is asked of its site before {checked.site_held_until:%H:%M:%S} UTC")
    _next(told, checked.next_check_at, checked.next_check_why)


def _next(told: Story, at: datetime, why: str) -> None:
    away = max(0.0, (at - datetime.now(UTC)).total_seconds())
    told.note("next", f"in {lasted(away)}, at {at:%Y-%m-%d %H:%M:%S} UTC: {why}")


def _look(visits: Visits, settings: Settings, url: str) -> Story:
    """The story of an address that is not tracked."""
    told = Story(url)
    told.note("known", "not tracked: it is looked at once, and nothing of it is kept")
    try:
        capture, document = visits.look(url, told.note)
    except ExtractionError as error:
        told.note("page", str(error))
        told.state = "failed"
        return told
    told.state = capture.outcome
    if document is None:
        told.note("page", f"{capture.outcome}: {capture.reason}; there is nothing to read")
    else:
        _read(told, document)
    planned = _planned(url, capture, document, settings)
    told.note("next", "not at all, as it is not tracked; `corrigenda add` would do that")
    told.note("next", f"if it were, in {lasted(planned[0])}: {planned[1]}")
    return told


def _read(told: Story, document: Document) -> None:
    for sentence in story.of_document(document):
        told.note("page", sentence)
    if document.page == "article":
        found = find(document.text, lang=document.language or "en")
        told.note("facts", f"{len(found)} facts" + (f", the first: {found[0].sentence[:200]}" if found else ""))
    else:
        told.state = {"wall": "walled", "gone": "gone"}.get(document.page, "failed")


def _planned(url: str, capture: Capture, document: Document | None, settings: Settings) -> tuple[float, str]:
    """When it would be looked at next if it had been added just now."""
    now = datetime.now(UTC)
    good = document is not None and document.page == "article"
    columns: Mapping[str, Any] = {"url": url, "kind": "url", "site_id": 0, "added_at": now, "state_since_at": now}
    planned = pacing.plan(
        Article(**columns),
        capture,
        settings,
        state="ok" if good else "failed",
        reason=capture.reason,
        at=now,
        changed=False,
        published=document.published.value if document and document.published else None,
        dice=0.5,
    )
    return (planned.next_check_at - now).total_seconds(), planned.why
