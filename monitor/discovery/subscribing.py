"""Taking on Feeds, and changing what is asked of them: commands, pages and API do it here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from monitor.discovery.rules import words
from monitor.errors import InputError
from monitor.sources.address import normalise
from storage import feeds
from storage.tables import Feed

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asks of a Feed, as it was written; see the table `Feed` for what each means."""

    any_words: Sequence[str] = ()
    all_words: Sequence[str] = ()
    none_words: Sequence[str] = ()
    sections: Sequence[str] = ()
    languages: Sequence[str] = ()
    any_site: bool = False
    daily: int | None = None
    first: int | None = None
    story: str | None = None
    publisher: str | None = None
    interval_seconds: int | None = None


def subscribe(session: Session, url: str, wishes: Wishes, now: datetime) -> tuple[Feed, bool]:
    """Take on a Feed, due at once. Returns it, and whether it is new; one that is known stays as it was.

    Raises InputError.
    """
    address = normalise(url)
    return feeds.add(session, str(address), host=address.site, now=now, **_columns(wishes))


def change(session: Session, feed: Feed, wishes: Wishes) -> Feed:
    """Ask something else of a Feed. What became of earlier entries stays. Raises InputError."""
    columns = _columns(wishes)
    columns.pop("first")  # it was about the first reading, which is over or due at once
    feeds.save(session, feed.id or 0, **columns)
    session.refresh(feed)
    return feed


def pause(session: Session, feed: Feed) -> Feed:
    """Read a Feed no more until it is resumed. Its Articles go on being watched."""
    feeds.save(session, feed.id or 0, next_check_at=None, next_check_why="paused")
    session.refresh(feed)
    return feed


def resume(session: Session, feed: Feed, now: datetime) -> Feed:
    """Read a paused Feed again, at once."""
    if feed.next_check_at is None:
        feeds.save(session, feed.id or 0, next_check_at=now, next_check_why="just resumed")
        session.refresh(feed)
    return feed


def read_now(session: Session, feed: Feed, now: datetime) -> Feed:
    """Make a Feed due now; a paused one is resumed by that."""
    feeds.save(session, feed.id or 0, next_check_at=now, next_check_why="somebody asked for it")
    session.refresh(feed)
    return feed


def _columns(wishes: Wishes) -> dict[str, Any]:
    return {
        "any_words": _phrases("any", wishes.any_words),
        "all_words": _phrases("all", wishes.all_words),
        "none_words": _phrases("none", wishes.none_words),
        "sections": _sections(wishes.sections),
        "languages": _languages(wishes.languages),
        "any_site": wishes.any_site,
        "daily": wishes.daily,
        "first": wishes.first,
        "story": _label(wishes.story),
        "publisher": _label(wishes.publisher),
        "interval_seconds": wishes.interval_seconds,
    }


def _phrases(condition: str, given: Sequence[str]) -> list[str]:
    for phrase in given:
        if not words(phrase):
            raise InputError(
                f"{condition} {phrase[:80]!r} has no word in it: give a word, a phrase, or a beginning as in peace*"
            )
    return list(given)


def _sections(given: Sequence[str]) -> list[str]:
    for section in given:
        if not words(section):
            raise InputError(f"section {section[:80]!r} is neither a category nor a path such as /world")
    return list(given)


def _languages(given: Sequence[str]) -> list[str]:
    subtags = [tag.replace("_", "-").partition("-")[0] for tag in given]
    for tag in subtags:
        if not _LANGUAGE.fullmatch(tag):
            raise InputError(f"language {tag[:80]!r} is no language: give a tag such as en or pt-BR")
    return [tag.lower() for tag in subtags]


def _label(text: str | None) -> str | None:
    return " ".join(text.split())[:_LONGEST_LABEL] or None if text else None
