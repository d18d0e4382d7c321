"""Letting go of what is overdue: raw bytes, then texts, and Captures that brought nothing. A step is a transaction.

Rows of Versions, facts and Changes always stay, with the hashes of what was let go. Bytes are kept once, by their hash:
they go when nobody who refers to them needs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, select, update
from sqlmodel import Session, col

from storage import blobs
from storage.overdue import Keeps, Overdue, overdue
from storage.tables import Article, Blob, Capture, Version

AT_ONCE = 500
"""Blobs, and Captures, that one step lets go, or a little more."""
SHARED = 1_000
"""What so many refer to is one blob for all of them: to ask them all would cost more than it frees."""


@dataclass(slots=True)
class LetGo:
    """What one step lets go, or would."""

    raw: set[str] = field(default_factory=set)
    """Hashes of what was fetched."""
    texts: set[str] = field(default_factory=set)
    captures: dict[int, str | None] = field(default_factory=dict)
    """Rows that go as a whole, by id, with the hash of their bytes."""
    freed_bytes: int = 0
    """As they are kept, compressed."""
    more: bool = False
    """Whether these Articles have more than one step takes."""


def articles_after(session: Session, article_id: int, limit: int) -> Sequence[int]:
    """The ids of the next Articles that were ever looked at, in order."""
    looked_at = (col(Article.id) > article_id, col(Article.last_checked_at).is_not(None))
    found = select(col(Article.id)).where(*looked_at).order_by(col(Article.id)).limit(limit)
    return [id_ or 0 for id_ in session.execute(found).scalars()]


def plan(
    session: Session,
    article_ids: Collection[int],
    keeps: Keeps,
    now: datetime,
    *,
    at_most: int | None = AT_ONCE,
    lock: bool = False,
) -> LetGo:
    """What of these Articles is to be let go; `at_most` None for all of it.

    lock: nobody may begin to refer to it until the transaction ends.
    """
    old = overdue(session, article_ids, keeps, now)
    captures = sorted(old.captures.items())[:at_most]
    going = LetGo(captures=dict(captures), more=len(captures) < len(old.captures))
    texts = set(old.texts.values())
    for some in _parts(sorted({*old.raw.values(), *texts})):
        if at_most is not None and len(going.raw) + len(going.texts) >= at_most:
            going.more = True
            break
        free = _not_needed(session, _locked(session, some) if lock else some, old, article_ids, keeps, now)
        going.raw |= free - texts
        going.texts |= free & texts
    free = going.raw | going.texts
    if at_most is None:  # a rehearsal; who lets go counts what is forgotten with the Captures as it is
        rest = {key for key in going.captures.values() if key} - going.raw - going.texts
        for some in _parts(sorted(rest)):
            free |= _not_needed(session, some, old, article_ids, keeps, now)
    going.freed_bytes = blobs.stored_bytes(session, free)
    return going


def let_go(session: Session, article_ids: Collection[int], keeps: Keeps, now: datetime) -> LetGo:
    """Let go what of these Articles is overdue, about AT_ONCE of each kind."""
    going = plan(session, article_ids, keeps, now, lock=True)
    for some in _parts(sorted(going.raw | going.texts)):
        for statement in (
            update(Capture).where(col(Capture.blob_hash).in_(some)).values(let_go_at=now),
            update(Version).where(col(Version.text_hash).in_(some)).values(text_let_go_at=now),
        ):
            session.execute(statement.execution_options(synchronize_session=False))
        blobs.let_go(session, some)
    if going.captures:
        rows = delete(Capture).where(col(Capture.id).in_(going.captures))
        session.execute(rows.execution_options(synchronize_session=False))
        going.freed_bytes += _forget(session, sorted({key for key in going.captures.values() if key}))[1]
    return going


def forget_unneeded(session: Session, after: str, limit: int) -> tuple[str | None, int, int]:
    """Forget blobs that nothing refers to any more, such as those of Articles that were removed.

    Looks at the next `limit` after this hash. Returns the last hash, null at the end; how many went, and their bytes.
    """
    hashes = session.execute(_hashes().where(col(Blob.hash) > after).order_by(col(Blob.hash)).limit(limit)).scalars()
    some = hashes.all()
    return (some[-1], *_forget(session, some)) if some else (None, 0, 0)


def unneeded(session: Session) -> tuple[int, int]:
    """How many blobs nothing refers to any more, and their bytes as they are kept. Reads the index of all blobs."""
    count, size = session.execute(select(func.count(), _SIZE).select_from(Blob).where(*_LOOSE)).one()
    return count, size


_SIZE = func.coalesce(func.sum(func.length(Blob.data)), 0)
_LOOSE = (
    ~exists().where(col(Capture.blob_hash) == col(Blob.hash)),
    ~exists().where(col(Version.text_hash) == col(Blob.hash)),
)


def _forget(session: Session, hashes: Sequence[str]) -> tuple[int, int]:
    """Of these blobs those that nothing refers to. Returns how many, and their bytes."""
    # Locked first, asked then: whoever began to refer to one meanwhile is seen.
    there = _locked(session, hashes)
    loose = session.execute(_hashes().where(col(Blob.hash).in_(there), *_LOOSE)).scalars().all() if there else []
    if not loose:
        return 0, 0
    size = blobs.stored_bytes(session, loose)
    blobs.forget(session, loose)
    return len(loose), size


def _hashes() -> Select[tuple[str]]:
    return select(col(Blob.hash))


def _locked(session: Session, hashes: Sequence[str]) -> Sequence[str]:
    """Those of them that nobody else works with now, locked where many write at once (PostgreSQL)."""
    return (
        session.execute(_hashes().where(col(Blob.hash).in_(hashes)).with_for_update(skip_locked=True)).scalars().all()
    )


def _parts(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(hashes), AT_ONCE):
        yield hashes[at : at + AT_ONCE]


def _not_needed(
    session: Session, hashes: Sequence[str], old: Overdue, judged: Collection[int], keeps: Keeps, now: datetime
) -> set[str]:
    """Those of these bytes that nobody needs: neither the Articles that were judged, nor any other that has them."""
    users: Counter[str] = Counter()
    for column in (col(Capture.blob_hash), col(Version.text_hash)):
        counted = select(column, func.count()).where(column.in_(hashes)).group_by(column)
        users.update({key: count for key, count in session.execute(counted) if key})
    asked = [key for key in hashes if users[key] <= SHARED]
    captures = session.execute(
        select(col(Capture.article_id), col(Capture.id), col(Capture.blob_hash)).where(
            col(Capture.blob_hash).in_(asked)
        )
    ).all()
    versions = session.execute(
        select(col(Version.article_id), col(Version.id), col(Version.text_hash)).where(
            col(Version.text_hash).in_(asked)
        )
    ).all()
    others = {row[0] for row in (*captures, *versions)} - set(judged)
    theirs = overdue(session, others, keeps, now)
    no_capture = old.raw.keys() | old.captures.keys() | theirs.raw.keys() | theirs.captures.keys()
    no_version = old.texts.keys() | theirs.texts.keys()
    needed = {key for _, capture_id, key in captures if capture_id not in no_capture}
    needed |= {key for _, version_id, key in versions if version_id not in no_version}
    return set(asked) - needed
