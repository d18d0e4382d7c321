"""Reading an Article's past: what the command line and the pages show alike. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from monitor.changes import Block, Comparison, Reading, compare, word_diff
from monitor.errors import InputError
from monitor.settle import published_of
from storage import versions
from storage.tables import Article, Version


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """Two Versions of an Article side by side; `before` is the baseline, whichever is older."""

    before: Version
    after: Version
    before_text: str
    after_text: str
    comparison: Comparison
    words: tuple[Block, ...]


def reading_of(version: Version, text: str) -> Reading:
    """A Version with its text as the change engine reads it."""
    return Reading(
        text,
        published=published_of(version),
        lang=version.language or "en",
        headline=version.headline,
        byline=version.byline,
    )


def compare_versions(session: Session, article: Article, before: int, after: int) -> VersionComparison:
    """Compare any two Versions by number.

    Raises InputError when there is no such Version; KeyError or ValueError when a text is lost or damaged.
    """
    old, new = _version(session, article, before), _version(session, article, after)
    before_text, after_text = versions.text(session, old), versions.text(session, new)
    comparison = compare(reading_of(old, before_text), reading_of(new, after_text))
    return VersionComparison(old, new, before_text, after_text, comparison, word_diff(before_text, after_text))


def _version(session: Session, article: Article, number: int) -> Version:
    version = versions.get(session, article.id or 0, number)
    if version is None:
        held = f"versions 1 to {article.version_number}" if article.version_number else "no version yet"
        raise InputError(f"article {article.id} has no version {number}: it has {held}")
    return version
