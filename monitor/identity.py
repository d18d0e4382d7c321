"""One article once: whether a page that is read for the first time is an article that is watched already.

A page says so by its canonical address, a redirect by where it leads; both are wrong often enough (every page of a site
names the home page, an old address leads to a "no longer available") that only the text decides: the Article without
a history is merged into the one that has one when they say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session

from monitor.extraction.document import Document
from monitor.settle import Checked, Finding
from monitor.sources import canonical
from monitor.sources.address import UnusableAddressError
from storage import addresses, articles, sites, versions
from storage.database import Database
from storage.tables import Article

SAME_WORDS = 0.8
"""Two pages are one article when they share this part of the words of the shorter one; an AMP page leaves some out."""
LEAST_LENGTH = 0.4
"""Nor may one be so much shorter than the other: a teaser is not the article."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Claim:
    """An address that is said to lead to the same article."""

    key: str
    url: str
    source: str
    """`canonical` or `redirect`."""


def merged(finding: Finding, document: Document, database: Database) -> Checked | None:
    """Merge an Article that is read for the first time into the one that it is, if it is one that is watched already.

    Otherwise what its page says of its own address is kept for those that come later, and None returned.
    """
    article = finding.article
    if article.kind != "url" or article.version_number:
        return None
    claims = list(_claims(finding, document))
    with database.write() as session:
        for other, why in _candidates(session, article, claims):
            current = versions.get(session, other.id or 0, other.version_number)
            if current is None or not _same(versions.readable_text(session, current) or "", document.text):
                continue
            reason = f"the same article as {other.id} ({other.url}), {why}: merged into it"
            addresses.merge(session, article, other, reason)
            sites.record(session, article.site_id, ok=True, reason=finding.capture.reason, now=finding.at)
            log.info("merged", article_id=article.id, into=other.id, url=article.url, why=why)
            return Checked(
                article_id=other.id or 0,
                url=other.url,
                state=other.state,
                reason=f"{article.url} was {reason}",
                next_check_at=other.next_check_at or finding.at,
                next_check_why=other.next_check_why,
                headline=other.headline,
            )
        _keep_claims(session, finding, claims)
    return None


def _claims(finding: Finding, document: Document) -> Iterator[_Claim]:
    """What redirect and page say, without what is known and what is about another site."""
    known = {canonical.key(finding.article.url)}
    here = canonical.key(finding.capture.final_url)
    if finding.capture.redirects and here not in known and _is_page(here):
        known.add(here)
        yield _Claim(here, finding.capture.final_url, "redirect")
    if document.canonical:
        try:
            key = canonical.key(document.canonical)
        except UnusableAddressError:
            return
        if key not in known and _is_page(key) and canonical.same_site(key, here):
            yield _Claim(key, document.canonical, "canonical")


def _is_page(key: str) -> bool:
    """Whether a key is that of some page of a site: home pages are named by mistake."""
    parts = urlsplit(f"https://{key}")
    return parts.path not in ("", "/") or bool(parts.query)


def _candidates(session: Session, article: Article, claims: list[_Claim]) -> Iterator[tuple[Article, str]]:
    """Articles that this one may be, and why."""
    why = {"redirect": "to which it redirects", "canonical": "which its page names as its own address"}
    for claim in claims:
        other = addresses.find(session, claim.key)
        if other is not None and other.id != article.id:
            yield other, why[claim.source]
    mine = [canonical.key(article.url), *(claim.key for claim in claims)]
    for other in addresses.claiming(session, mine, but=article.id or 0):
        yield other, "whose page names the same address as its own"


def _keep_claims(session: Session, finding: Finding, claims: list[_Claim]) -> None:
    """Where it redirects to is an address of it; what it calls its own may be, once that page is there to compare."""
    for claim in claims:
        if claim.source == "redirect" and addresses.find(session, claim.key) is None:
            addresses.keep(session, claim.key, finding.article_id, claim.url, "redirect", finding.at)
        elif claim.source == "canonical":
            articles.save(session, finding.article_id, canonical_key=claim.key)


def _same(one: str, other: str) -> bool:
    ours, theirs = set(one.casefold().split()), set(other.casefold().split())
    shorter, longer = sorted((len(one), len(other)))
    if one == other:
        return bool(one)
    alike = len(ours & theirs) >= SAME_WORDS * (min(len(ours), len(theirs)) or 1)
    return alike and shorter >= LEAST_LENGTH * longer
