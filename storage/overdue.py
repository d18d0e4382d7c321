"""What is kept longer than it is to be kept, and what must stay whatever its age. Reads; `retention.py` lets go."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session, col

from storage.keeping import Keep
from storage.tables import Article, Capture, Change, Pick, Story, Version

_BATCH = 500
_NOTED = re.compile(r"/articles/(\d{1,15})/(?:compare|versions)/(\d{1,15})(?:/(\d{1,15}))?|/changes/(\d{1,15})\b")
_NOTED_CAPTURE = re.compile(r"/articles/(\d{1,15})/captures/(\d{1,15})\b")
"""Addresses of ours in the note of a Story."""
_TELLS = col(Pick.state).not_in(("muted", "withdrawn"))


Keeps = Callable[[Session, Collection[int]], Mapping[int, Keep]]
"""What holds for these Articles, by their ids."""


@dataclass(slots=True)
class Overdue:
    """What some Articles no longer need: each by its id, with the hash of its bytes."""

    raw: dict[int, str] = field(default_factory=dict)
    """Captures, for their bytes."""
    texts: dict[int, str] = field(default_factory=dict)
    """Versions, for their texts."""
    captures: dict[int, str | None] = field(default_factory=dict)
    """Captures as a whole."""


@dataclass(frozen=True, slots=True)
class _Brought:
    """The Version that a Capture brought."""

    behind: int
    """How many Versions came after it."""
    seen_at: datetime
    pointed: bool


def overdue(session: Session, article_ids: Collection[int], keeps: Keeps, now: datetime) -> Overdue:
    """What these Articles no longer need, as far as they alone are asked: another one may have the same bytes."""
    found = Overdue()
    ordered = sorted(article_ids)
    for at in range(0, len(ordered), _BATCH):
        of = {id_: keep for id_, keep in keeps(session, ordered[at : at + _BATCH]).items() if not keep.for_ever}
        if of:
            _look_at_captures(session, of, _look_at_versions(session, of, now, found), now, found)
    return found


def _look_at_versions(
    session: Session, keeps: Mapping[int, Keep], now: datetime, found: Overdue
) -> Mapping[int, _Brought]:
    """Add the texts that are overdue. Returns what each Capture brought."""
    ids = sorted(keeps)
    pointed = _pointed(session, ids)
    brought: dict[int, _Brought] = {}
    rows = session.execute(
        select(
            col(Version.id), col(Version.article_id), col(Article.version_number) - col(Version.number),
            col(Version.capture_id), col(Version.text_hash), col(Version.last_seen_at), col(Version.text_let_go_at),
        )
        .join(Article, col(Article.id) == col(Version.article_id))
        .where(col(Version.article_id).in_(ids))
    )  # fmt: skip
    for version_id, article_id, behind, capture_id, text_hash, seen_at, gone_at in rows:
        keep = keeps[article_id]
        brought[capture_id] = _Brought(behind, seen_at, version_id in pointed)
        # The current text stays in any case: the next one is compared with it.
        beyond = behind >= max(keep.text_versions, 1)
        if gone_at is None and beyond and version_id not in pointed and _older(seen_at, keep.texts, now):
            found.texts[version_id] = text_hash
    return brought


def _look_at_captures(
    session: Session, keeps: Mapping[int, Keep], brought: Mapping[int, _Brought], now: datetime, found: Overdue
) -> None:
    """Add the bytes that are overdue, and the Captures."""
    ids = sorted(keeps)
    told = _told(session, ids)
    newest: dict[int, int] = {}
    """Of each Article: what comes next may be counted there."""
    rows = session.execute(
        select(
            col(Capture.id), col(Capture.article_id), col(Capture.blob_hash), col(Capture.last_captured_at),
            col(Capture.let_go_at),
        )
        .where(col(Capture.article_id).in_(ids))
        .order_by(col(Capture.article_id), col(Capture.id).desc())
    )  # fmt: skip
    for capture_id, article_id, blob_hash, seen_at, gone_at in rows:
        keep, version = keeps[article_id], brought.get(capture_id)
        is_newest = newest.setdefault(article_id, capture_id) == capture_id
        if capture_id in told or (version and version.pointed):
            continue
        if version is None and not is_newest and _older(seen_at, keep.captures, now):
            found.captures[capture_id] = blob_hash
        elif blob_hash and gone_at is None:
            last = max(seen_at, version.seen_at) if version else seen_at
            beyond = version is None or version.behind >= keep.raw_versions
            if beyond and _older(last, keep.raw, now):
                found.raw[capture_id] = blob_hash


def _older(seen_at: datetime, age: timedelta | None, now: datetime) -> bool:
    return age is not None and seen_at < now - age


def _pointed(session: Session, article_ids: Collection[int]) -> set[int]:
    """Versions that an alert, a publisher's notice, or the note of a Story points to."""
    changed = select(col(Change.from_version_id), col(Change.to_version_id))
    told = changed.join(Pick, col(Pick.change_id) == col(Change.id)).where(
        col(Pick.article_id).in_(article_ids), _TELLS
    )
    noticed = changed.where(
        col(Change.article_id).in_(article_ids), or_(col(Change.acknowledged), col(Change.type) == "notice")
    )
    same = (col(Pick.article_id) == col(Version.article_id)) & (col(Pick.baseline_number) == col(Version.number))
    baselines = select(col(Version.id)).join(Pick, same).where(col(Pick.article_id).in_(article_ids), _TELLS)
    found = {id_ for query in (told, noticed) for pair in session.execute(query) for id_ in pair if id_}
    return found | {id_ for (id_,) in session.execute(baselines) if id_} | _noted(session, article_ids)


def _noted(session: Session, article_ids: Collection[int]) -> set[int]:
    """Versions whose addresses a person wrote into the note of a Story."""
    numbers: defaultdict[int, set[int]] = defaultdict(set)
    changes: set[int] = set()
    for note in _notes(session):
        for article_id, one, other, change_id in _NOTED.findall(note):
            if change_id:
                changes.add(int(change_id))
            elif int(article_id) in article_ids:
                numbers[int(article_id)] |= {int(number) for number in (one, other) if number}
    found: set[int] = set()
    for article_id, wanted in numbers.items():
        here = (col(Version.article_id) == article_id) & col(Version.number).in_(wanted)
        found |= {id_ for (id_,) in session.execute(select(col(Version.id)).where(here)) if id_}
    if changes:
        pairs = select(col(Change.from_version_id), col(Change.to_version_id)).where(col(Change.id).in_(changes))
        found |= {id_ for pair in session.execute(pairs) for id_ in pair if id_}
    return found


def _notes(session: Session) -> Sequence[str]:
    """The notes of Stories that hold addresses of ours."""
    written = or_(col(Story.note).contains("/articles/"), col(Story.note).contains("/changes/"))
    return [note for (note,) in session.execute(select(col(Story.note)).where(written)) if note]


def _told(session: Session, article_ids: Collection[int]) -> set[int]:
    """Captures that showed a Change of their own (that an article went, or was walled), or that a note points to."""
    shown = (col(Change.article_id).in_(article_ids), col(Change.capture_id).is_not(None))
    noted = {int(id_) for note in _notes(session) for _, id_ in _NOTED_CAPTURE.findall(note)}
    return noted | {id_ for (id_,) in session.execute(select(col(Change.capture_id)).where(*shown)) if id_}
