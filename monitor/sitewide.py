"""A Site as a whole: how its pages are read, what of them is furniture, and whether its template changed.

One article that changes is news. The same lines coming to many articles of a Site within a day, or the texts of many
breaking at once, is the Site's template: told once, as a notice about the Site. What is learnt is shown on the Site's
page and by `corrigenda sites`, and can be undone there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rapidfuzz import fuzz
from sqlmodel import Session

from monitor.changes import notices
from monitor.extraction.document import Document
from monitor.extraction.furniture import Ignored, Spot, came_and_went, is_label, pattern_of, spots
from monitor.extraction.words import words
from monitor.facts import find
from storage import furniture, page_records
from storage.database import Database
from storage.tables import Article
from storage.tables import Furniture as Row

WINDOW = timedelta(days=1)
"""What happens to many articles within this time has one cause."""
MANY = 3
"""Articles of a Site in which the same thing happens: one is news, two may be chance, three are the template."""
_BROKEN_SHARE = 0.5
"""Of the articles read within the window, so many broken ones are the template's doing."""
_TIMES = 2
"""Pairs of fetches between which a line changed and nothing around it, until it is furniture."""
_TIMES_IN_TEXT = 4
_SIBLINGS = 12
"""So many other articles are looked at for a line."""
_LINES = 20
"""So many lines of a change are looked at: a longer change is no furniture."""
_SHORTEST = 12
"""Characters: shorter lines say too little to be known again."""
_ALIKE = 50.0
"""Of 100 by ratio: lines that are more alike are one line, edited."""
_EVENTS = frozenset({"casualties", "detained", "displaced", "personnel"})


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of a change of an Article once the rest of its Site was looked at."""

    verdict: str
    """`own`: the article's own; `furniture`: all of it is the Site's; `doubtful`: perhaps the Site's."""
    reason: str
    ignored: Ignored


def ignored_at(database: Database, site_id: int) -> Ignored:
    """What is ignored at a Site."""
    with database.read() as session:
        return _ignored(furniture.ignored(session, site_id))


def without_furniture(document: Document, ignored: Ignored) -> Document:
    """A Document without what is ignored at its Site."""
    if not ignored:
        return document
    return replace(document, paragraphs=tuple(ignored.without(document.paragraphs)))


def learn_from_page(
    article: Article, before: Sequence[str], after: Sequence[str], text: str, at: datetime, database: Database
) -> None:
    """Two fetches of a page whose article stayed the same: lines that differ between them are its furniture.

    before, after: the visible lines of both; text: the article's, whose own lines are never learnt here.
    """
    own = set(text.split("\n\n"))
    found = [spot for spot in spots(before, after) if not own.intersection((spot.anchor, *spot.before, *spot.after))]
    if not found:
        return
    with database.write() as session:
        for spot in found:
            for kind, pattern, length in _kinds(spot, article.language or "en", in_text=False):
                row = _watch(session, article, kind, pattern, at, length, spot)
                if row.state == "watched" and row.times >= _TIMES:
                    furniture.decide(session, row.id or 0, "ignored")


def weigh(
    article: Article, before: str, document: Document, ignored: Ignored, at: datetime, database: Database
) -> Edit:
    """Whether a change of an Article's text is its own, or its Site's."""
    lang = document.language or article.language or "en"
    old, new = before.split("\n\n"), list(document.paragraphs)
    if article.headline and old[0] == article.headline:
        old = old[1:]
    went, came = came_and_went(old, new)
    if (not went and not came) or len(went) + len(came) > _LINES:
        return Edit("own", "", ignored)
    lines = [
        line
        for line in dict.fromkeys([*went, *came])
        if not _reworded(line, came if line in went else went) and _shareable(line, lang)
    ]
    places = [(spot, kinds) for spot in spots(old, new) if (kinds := _kinds(spot, lang, in_text=True))]
    doubtful = 0
    if lines or places:  # nearly always there is neither: sentences of the article itself were edited
        with database.write() as session:
            doubtful = _learn_from_edit(session, article, lines, places, at)
        ignored = ignored_at(database, article.site_id)
    went, came = came_and_went(ignored.without(old), ignored.without(new))
    if not went and not came:
        return Edit("furniture", "only furniture of the site changed", ignored)
    if doubtful and doubtful >= len(went) + len(came):
        reason = "the same lines came or went in another article of this site: its template may have changed"
        return Edit("doubtful", reason, ignored)
    return Edit("own", "", ignored)


def _learn_from_edit(
    session: Session,
    article: Article,
    lines: Sequence[str],
    places: Sequence[tuple[Spot, Sequence[tuple[str, str, int]]]],
    at: datetime,
) -> int:
    """Watch what came, went or changed, and ignore what did so in many articles. Returns of how many lines that is
    nearly so."""
    siblings = [set(text.split("\n\n")) for text in _texts(session, article)] if lines else []
    doubtful = 0
    learnt: list[str] = []
    for line in lines:
        row = _watch(session, article, "line", line, at, 0, None)
        seen_in = len(set(row.article_ids) - {article.id}) + 1
        seen_in = max(seen_in, 1 + sum(line in sibling for sibling in siblings))
        if row.state == "watched" and seen_in >= MANY:
            furniture.decide(session, row.id or 0, "ignored")
            learnt.append(line)
        doubtful += row.state == "watched" and seen_in == MANY - 1
    for spot, kinds in places:
        for kind, pattern, length in kinds:
            row = _watch(session, article, kind, pattern, at, length, spot)
            if row.state == "watched" and row.times >= _TIMES_IN_TEXT:
                furniture.decide(session, row.id or 0, "ignored")
                learnt.append(pattern)
    if learnt:
        named = "; ".join(f"“{line[:80]}”" for line in learnt[:3])
        sentence = f"the same lines came to, went from or change in several articles and are now ignored: {named}"
        page_records.notice(session, article.site_id, "furniture", sentence, at)
    return doubtful


def upset(article: Article, at: datetime, database: Database) -> str | None:
    """An Article's text broke. Returns what that means when those of many articles of its Site did."""
    with database.write() as session:
        page_records.upset(session, article.id or 0, at)
        broken, read = page_records.upsets(session, article.site_id, at - WINDOW)
        if broken < MANY or broken < _BROKEN_SHARE * read:
            return None
        sentence = (
            f"the texts of {broken} of {read} articles broke within a day: the template of the site has probably "
            "changed, and they are held back"
        )
        page_records.notice(session, article.site_id, "template", sentence, at)
    return sentence


def accepted(article: Article, database: Database) -> bool:
    """Whether a person took the new pages of the Site for right since this Article was held back."""
    with database.read() as session:
        return page_records.accepted_since(session, article.site_id, article.state_since_at)


def read_well(session: Session, article: Article, document: Document, at: datetime) -> None:
    """Keep what a good page brought, and close the Site's notice when most of its pages are well again."""
    page_records.record(
        session,
        article.id or 0,
        article.site_id,
        at,
        characters=len(document.text),
        paragraphs=len(document.paragraphs),
        headline=bool(document.headline),
        byline=bool(document.byline),
        published=document.published is not None,
    )
    if page_records.is_noticed(session, article.site_id, "template"):
        broken, read = page_records.upsets(session, article.site_id, at - WINDOW)
        if broken < MANY or broken < _BROKEN_SHARE * read:
            page_records.close_notices(session, article.site_id, at, kind="template", accepted=False)


def _texts(session: Session, article: Article) -> Sequence[str]:
    return page_records.sibling_texts(session, article.site_id, article.id or 0, _SIBLINGS)


def _watch(
    session: Session, article: Article, kind: str, text: str, at: datetime, length: int, spot: Spot | None
) -> Row:
    example = " / ".join([*spot.before[:2], *spot.after[:2]]) if spot else ""
    return furniture.watch(
        session, article.site_id, kind, text, article_id=article.id or 0, at=at, length=length, example=example
    )


def _ignored(rows: Sequence[Row]) -> Ignored:
    return Ignored(
        lines=frozenset(row.text for row in rows if row.kind == "line"),
        patterns=frozenset(row.text for row in rows if row.kind == "pattern"),
        places=tuple((row.text, row.length) for row in rows if row.kind == "place"),
    )


def _kinds(spot: Spot, lang: str, *, in_text: bool) -> list[tuple[str, str, int]]:
    """What a spot may be: kind, text, length."""
    patterns = {pattern_of(line) for line in (*spot.before, *spot.after)}
    if len(patterns) == len(spot.before) and "" not in patterns:
        lines = (*spot.before, *spot.after)
        sound = all(is_label(line) and not _tells_event(line, lang) for line in lines)
        return [("pattern", pattern, 0) for pattern in patterns] if sound else []
    labels = all(is_label(line) for line in (*spot.before, *spot.after)) and is_label(spot.anchor)
    if in_text or not labels or not _SHORTEST // 3 <= len(spot.anchor) <= 40:
        return []
    return [("place", spot.anchor, len(spot.after))]


def _reworded(line: str, others: Sequence[str]) -> bool:
    """Whether a line gave way to another like it: that is an edit, in however many articles it was made."""
    return any(fuzz.ratio(line, other) > _ALIKE for other in others)


def _shareable(line: str, lang: str) -> bool:
    """Whether a line may be the Site's. A sentence with a fact may stand in many articles and be news, unless it speaks
    to the reader and of no event."""
    if not _SHORTEST <= len(line) <= furniture.LONGEST or notices(line, lang):
        return False  # one notice of a correction may stand in several articles, and each of them matters
    if is_label(line):
        return True
    if words("reader").search(line):
        return not _tells_event(line, lang)
    return not (find(line, lang=lang) or (lang != "en" and any(map(str.isdigit, line))))


def _tells_event(line: str, lang: str) -> bool:
    if lang != "en":  # the words for events are known in English best: elsewhere any number is one too many
        return any(character.isdigit() for character in line)
    return any(fact.kind in _EVENTS or fact.predicate for fact in find(line, lang=lang))
