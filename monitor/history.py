"""Reading an Article's past: what the command line, the pages and the API show alike. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import Session

from monitor.changes import Block, Change, Comparison, Reading, compare, word_diff
from monitor.errors import InputError
from monitor.facts import find
from monitor.facts.model import Fact
from monitor.settle import published_of
from storage import changes, versions
from storage.tables import Article, Version

CHARACTERS = 400_000
"""Of both texts together: facts are found in them in about a second (benchmarks/compare.py), in a book they are not."""
FACTS = 3_000
"""Of both texts together: they are paired and judged in about another second."""
_PROBE = 10_000
"""Characters of a long text in which its facts are counted before they are looked for in all of it."""


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """Two Versions of an Article side by side; `before` is the baseline, whichever is older."""

    before: Version
    after: Version
    before_text: str
    """Empty where it was let go, as the Version says."""
    after_text: str
    comparison: Comparison
    words: tuple[Block, ...]
    """None where one of the texts was let go."""
    whole: bool = True
    """False where the texts are too long to be judged while somebody waits, or one was let go: then `comparison` has no
    pairs, and the Changes that were kept, Version by Version, as they came."""

    @property
    def let_go(self) -> tuple[Version, ...]:
        """Those of the two whose text was let go."""
        return tuple(version for version in (self.before, self.after) if version.text_let_go_at)

    @property
    def before_facts(self) -> list[Fact]:
        """The facts of the text before."""
        return [pair.before for pair in self.comparison.pairs if pair.before]

    @property
    def after_facts(self) -> list[Fact]:
        """The facts of the text after."""
        return [pair.after for pair in self.comparison.pairs if pair.after]


def reading_of(version: Version, text: str) -> Reading:
    """A Version with its text as the change engine reads it."""
    return Reading(
        text,
        published=published_of(version),
        lang=version.language or "en",
        headline=version.headline,
        byline=version.byline,
    )


def compare_versions(
    session: Session, article: Article, before: int, after: int, *, patient: bool = False
) -> VersionComparison:
    """Compare any two Versions by number. Only who is `patient` has books compared, which takes many seconds.

    Raises InputError when there is no such Version; DamagedError when a text is.
    """
    old, new = _version(session, article, before), _version(session, article, after)
    before_text, after_text = versions.kept_text(session, old), versions.kept_text(session, new)
    if before_text is None or after_text is None:
        kept = Comparison(_kept(session, old, new), ())
        return VersionComparison(old, new, before_text or "", after_text or "", kept, (), whole=False)
    readings = reading_of(old, before_text), reading_of(new, after_text)
    comparison = _judged(*readings, patient=patient)
    if comparison is not None and old.extractor != new.extractor and (told := _kept(session, old, new)):
        comparison = replace(comparison, changes=told)  # what another release reads otherwise is no edit
    return VersionComparison(
        old,
        new,
        before_text,
        after_text,
        comparison or Comparison(_kept(session, old, new), ()),
        word_diff(before_text, after_text),
        whole=comparison is not None,
    )


def _judged(before: Reading, after: Reading, *, patient: bool) -> Comparison | None:
    """The comparison, or null where it would take too long."""
    if patient:
        return compare(before, after)
    if len(before.text) + len(after.text) > CHARACTERS or _expected(before) + _expected(after) > 2 * FACTS:
        return None
    old, new = (find(side.text, published=side.published, lang=side.lang) for side in (before, after))
    if len(old) + len(new) > FACTS:
        return None
    return compare(before, after, before_facts=old, after_facts=new)


def _expected(reading: Reading) -> float:
    """About how many facts a text has, by how many its beginning has: to find them all can be what takes too long."""
    if len(reading.text) <= 4 * _PROBE:
        return 0
    beginning = find(reading.text[:_PROBE], published=reading.published, lang=reading.lang)
    return len(beginning) * len(reading.text) / _PROBE


def _kept(session: Session, before: Version, after: Version) -> tuple[Change, ...]:
    """What was kept when the Versions between these two came. Going back, nothing was: they came the other way."""
    rows = changes.between(session, before.article_id, before.number, after.number)
    return tuple(Change.from_json(row.body) for row in rows)


def _version(session: Session, article: Article, number: int) -> Version:
    version = versions.get(session, article.id or 0, number)
    if version is None:
        held = f"versions 1 to {article.version_number}" if article.version_number else "no version yet"
        raise InputError(f"article {article.id} has no version {number}: it has {held}")
    return version
