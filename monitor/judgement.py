"""What a page that came really is, seen with what the Article said before and with the rest of its Site."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor import sitewide
from monitor.extraction.document import Document
from monitor.extraction.furniture import Ignored
from monitor.settle import Finding
from monitor.sources.result import Capture
from storage import blobs
from storage.database import Database
from storage.tables import Article

COLLAPSE = 0.4
"""A text that shrinks below this share of the one before is first taken for a broken page, not for an edit."""
COLLAPSE_FLOOR = 400
"""Characters: shorter texts shrink honestly."""

ANOTHER_TEXT = 0.5
"""Two texts that share less than this part of their words are not versions of one article; edits keep far more."""
STRANGE_TEXT = 0.3
"""The same where no redirect led elsewhere: less than this part, under another headline, is first doubted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a page is, in the words of Article states, and both texts without the furniture of the Site."""

    state: str
    reason: str
    document: Document
    before: str
    quiet: bool = False
    """Whether what changed is taken on without telling anybody: a person accepted the Site's new template."""


def judge(
    finding: Finding, document: Document, before: str, ignored: Ignored, lasting: float, database: Database
) -> Judgement:
    """What came, and why. before: the text of the current Version, empty before the first."""
    cleaned = sitewide.without_furniture(document, ignored)
    kept = ignored.text_without(before)

    def said(state: str, reason: str) -> Judgement:
        return Judgement(state, reason, cleaned, kept)

    if (state := _no_article(document)) is not None:
        return said("suspect" if state == "empty" and before else "failed" if state == "empty" else state,
                    document.reason)  # fmt: skip
    article, capture = finding.article, finding.capture
    if _leads_elsewhere(article, capture, cleaned, kept):
        return said("redirected", f"leads to {capture.final_url}, which is another text")
    doubt = _doubt(article, cleaned, kept)
    broken = doubt is not None
    if doubt is None and kept and cleaned.text != kept:
        edit = sitewide.weigh(article, before, document, ignored, finding.at, database)
        cleaned = sitewide.without_furniture(document, edit.ignored)
        kept = edit.ignored.text_without(before)
        doubt = edit.reason if edit.verdict == "doubtful" else None
    if doubt is None:
        return said("ok", capture.reason)

    site = sitewide.upset(article, finding.at, database) if broken else None
    lasted = (finding.at - article.state_since_at).total_seconds() >= lasting
    same = article.state == "suspect" and article.suspect_hash == blobs.hash_of(document.text.encode())
    if same and sitewide.accepted(article, database):
        return Judgement("ok", "the new look of the site was accepted", cleaned, kept, quiet=True)
    if same and lasted and site is None:
        return said("ok", f"{doubt}, and stayed so")
    return said("suspect", f"{doubt}; {site}" if site else doubt)


def _no_article(document: Document) -> str | None:
    """The state of an Article whose page holds none; `empty` where nothing was found."""
    if document.page == "wall":
        return "walled"
    if document.page == "gone":
        return "gone"
    if document.page in ("error", "not_text"):
        return "failed"
    return "empty" if document.page == "empty" or not document.text else None


def _doubt(article: Article, document: Document, before: str) -> str | None:
    """Why a text looks like a broken page rather than an edit."""
    text = document.text
    if len(before) > COLLAPSE_FLOOR and len(text) < COLLAPSE * len(before):
        return f"the text collapsed from {len(before)} to {len(text)} characters"
    if len(before) <= COLLAPSE_FLOOR or document.headline == article.headline:
        return None
    shared = _shared(before, text)
    return (
        f"another text under another headline: they share {shared:.0%} of their words"
        if shared < STRANGE_TEXT
        else None
    )


def _leads_elsewhere(article: Article, capture: Capture, document: Document, before: str) -> bool:
    """Whether the address now redirects to something that is not this article: the home page, another article."""
    if not capture.redirects or capture.final_url == article.final_url:
        return False
    if urlsplit(capture.final_url).path in ("", "/") and urlsplit(article.url).path not in ("", "/"):
        return True
    if not before or document.headline == article.headline:
        return False
    return _shared(before, document.text) < ANOTHER_TEXT


def _shared(before: str, after: str) -> float:
    """The part of the words of the shorter text that the other has, too."""
    old, new = set(before.lower().split()), set(after.lower().split())
    return len(old & new) / (min(len(old), len(new)) or 1)
