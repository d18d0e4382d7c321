"""`/articles/{id}`: one Article: its state, its timeline, its facts, and the Captures that brought no Version.

The forms of the page do what `monitor/tracking.py` does for commands and programs, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Form, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from alerts.event import Place
from alerts.rulebook import condition_of
from alerts.rules import applies
from monitor import tracking
from monitor.changes.telling import Sentence
from monitor.errors import InputError
from monitor.given import read_interval
from monitor.telling import sentence
from monitor.web import timeline
from monitor.web.access import done
from monitor.web.fact_lines import Line, lines
from monitor.web.rendering import Here, page
from storage import addresses, articles, captures, feeds, histories, rules, sites, stories, tags
from storage.changes import Listed
from storage.tables import Article, Capture, Change, Channel, Rule, Version

VERSIONS = 20
CAPTURES = 20
STANDING = 60
ENDED = 8
"""How much of each list is shown at once."""
INTERVALS = (("", "as configured"), ("5m", "5 min"), ("15m", "15 min"), ("1h", "1 h"), ("6h", "6 h"), ("1d", "1 day"))

Id = Annotated[int, Path(ge=1, le=2**53)]
Before = Annotated[int | None, Query(ge=1, le=2**53)]


@dataclass(frozen=True, slots=True)
class Told:
    """A Change with its sentence."""

    change: Change
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Seen:
    """A Version in the list: what brought it, and what it changed."""

    version: Version
    capture: Capture
    changes: Sequence[Told]


def show_article(here: Here, article_id: Id, versions: Before = None, checks: Before = None) -> Response:
    """One Article; where it was merged into another, that one.

    versions, checks: the lists of Versions and of Captures go on before this number and this id.
    """
    now = datetime.now(UTC)
    with here.database.read() as session:
        article = articles.by_id(session, article_id)
        if article is None:
            if same := addresses.merged_into(session, article_id):
                return RedirectResponse(f"/articles/{same.id}", 308)
            raise HTTPException(404, f"There is no article {article_id}.")
        moments = histories.moments(session, article_id)
        seen = _seen(session, article, versions)
        others = captures.page(session, article_id, limit=CAPTURES + 1, before=checks, without_version=True)
        standing_total, ended_total = histories.count_lines(session, article_id)
        standing = lines(histories.standing(session, article_id, limit=STANDING, rows=Line.SHOWN + 1))
        ended = lines(histories.ended(session, article_id, limit=ENDED, rows=Line.SHOWN + 1)) if ended_total else []
        values: dict[str, Any] = {
            "site": sites.by_id(session, article.site_id),
            "known_as": [each for each in addresses.of_article(session, article_id) if each.url != article.url],
            "told_by": feeds.of_article(session, article_id),
            "stories": stories.of_article(session, article_id),
            "tags": tags.of_article(session, article_id),
            "told_to": _told_to(session, article),
            "availability": [
                Told(change, sentence(Listed(change, article, None, None)))
                for change in histories.availability(session, article_id, 5)
            ],
        }
    return page(
        "article.html",
        article=article,
        picture=timeline.pictures(moments, article_id, now),
        picture_words=timeline.in_words(moments, now) if moments else "",
        seen=seen[:VERSIONS],
        older=seen[VERSIONS - 1].version.number if len(seen) > VERSIONS else None,
        first_part=versions is None,
        moved=[line for line in standing if line.moved],
        steady=[line for line in standing if not line.moved],
        ended=ended,
        standing_total=standing_total,
        ended_total=ended_total,
        captures=others[:CAPTURES],
        earlier=others[CAPTURES - 1].id if len(others) > CAPTURES else None,
        intervals=_intervals(article),
        **values,
    )


def check_now(here: Here, article_id: Id) -> Response:
    """Due at once."""
    if not tracking.check_now(here.database, [article_id], datetime.now(UTC)):
        raise HTTPException(404, f"There is no article {article_id}.")
    return done(f"/articles/{article_id}", "article-due")


def pause(here: Here, article_id: Id) -> Response:
    """Looked at no more until it is resumed."""
    _must_exist(here, article_id)
    tracking.pause(here.database, [article_id])
    return done(f"/articles/{article_id}", "article-paused")


def resume(here: Here, article_id: Id) -> Response:
    """Looked at again, at once."""
    _must_exist(here, article_id)
    tracking.resume(here.database, [article_id], datetime.now(UTC))
    return done(f"/articles/{article_id}", "article-resumed")


def set_interval(here: Here, article_id: Id, every: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Always so long between two checks (`15m`); empty: as configured."""
    _must_exist(here, article_id)
    try:
        seconds = read_interval(every.strip()) if every.strip() else None
    except InputError as error:
        raise HTTPException(400, f"{error}.") from None
    tracking.set_interval(here.database, [article_id], seconds, datetime.now(UTC))
    return done(f"/articles/{article_id}", "article-interval")


def _must_exist(here: Here, article_id: int) -> None:
    with here.database.read() as session:
        if articles.by_id(session, article_id) is None:
            raise HTTPException(404, f"There is no article {article_id}.")


def _told_to(session: Session, article: Article) -> list[tuple[Rule, Sequence[Channel]]]:
    """The Rules that would tell of this Article's Changes, with the Channels that they feed."""
    place = Place(
        article.id or 0,
        article.url,
        article.language,
        frozenset(story.id or 0 for story in stories.of_article(session, article.id or 0)),
        frozenset(tags.of_article(session, article.id or 0)),
    )
    return [
        (rule, [channel for channel in channels if channel.enabled])
        for rule, channels in rules.rules(session)
        if rule.enabled and applies(condition_of(rule), place)
    ]


def _seen(session: Session, article: Article, before: int | None) -> list[Seen]:
    """One more than are shown: the oldest of them is the Version before the last one that is."""
    brought = histories.newest(session, article.id or 0, limit=VERSIONS + 1, before=before)
    changed = histories.brought_by(session, [version.id for version, _ in brought])
    known = {version.id: version for version, _ in brought}
    return [
        Seen(
            version,
            capture,
            [
                Told(change, sentence(Listed(change, article, known.get(change.from_version_id), version)))
                for change in changed.get(version.id, ())
            ],
        )
        for version, capture in brought
    ]


def _intervals(article: Article) -> list[tuple[str, str, bool]]:
    """Value, words, whether it is the one that is set."""
    own = article.interval_seconds
    known = {"": None, "5m": 300, "15m": 900, "1h": 3600, "6h": 21600, "1d": 86400}
    offered = [(value, words, known[value] == own) for value, words in INTERVALS]
    if own is not None and own not in known.values():
        offered.append((f"{own}s", f"{own:,} s", True))
    return offered
