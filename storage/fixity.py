"""Whether the bytes that are kept are still those that were captured: each against its SHA-256 (fixity, to archivists).

A disk that loses bits says so nowhere: the database's own check looks at its pages, not at what stands in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from storage import blobs
from storage.database import Database
from storage.tables import Blob, Capture, Version

_BATCH = 100  # pages of 100 kB: 10 MB at once


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are no longer what was captured."""

    hash: str
    problem: str
    of: tuple[str, ...]
    """What they are of: "the text of version 2 of article 7", "a page of article 7"."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is, and what was found on the way."""

    read: int
    total: int
    damaged: Sequence[Damage]


def read_all(database: Database) -> Iterator[Progress]:
    """Read everything that is kept, in the order of the hashes; beside a running service, too."""
    with database.read() as session:
        total = session.exec(select(func.count()).select_from(Blob).where(col(Blob.data).is_not(None))).one()
        lost = _lost(session)
        yield Progress(0, total, _found(session, {key: f"blob {key} is lost" for key in lost}))
    read, after = 0, ""
    while True:
        with database.read() as session:
            kept = select(Blob.hash).where(Blob.hash > after, col(Blob.data).is_not(None))
            keys = session.exec(kept.order_by(col(Blob.hash)).limit(_BATCH)).all()
            if not keys:
                return
            read, after = read + len(keys), keys[-1]
            yield Progress(read, max(read, total), _found(session, blobs.damage(session, keys)))


def _lost(session: Session) -> set[str]:
    """The hashes of what a Version or a Capture has, and did not let go, and of which there are no bytes."""
    texts = select(Version.text_hash).outerjoin(Blob, col(Blob.hash) == Version.text_hash)
    pages = select(Capture.blob_hash).outerjoin(Blob, col(Blob.hash) == Capture.blob_hash)
    of_texts = texts.where(col(Blob.data).is_(None), col(Version.text_let_go_at).is_(None))
    has_page = col(Capture.blob_hash).is_not(None)
    of_pages = pages.where(col(Blob.data).is_(None), col(Capture.let_go_at).is_(None), has_page)
    return {*session.exec(of_texts)} | {key for key in session.exec(of_pages) if key is not None}


def newest(session: Session, limit: int) -> tuple[int, list[Damage]]:
    """Read the pages and texts of the newest Versions. Returns how many were read, and what is damaged."""
    last = select(Version, Capture).join(Capture, col(Capture.id) == Version.capture_id)
    rows = session.exec(last.order_by(col(Version.id).desc()).limit(limit)).all()
    keys = {version.text_hash for version, _ in rows if version.text_let_go_at is None}
    keys |= {capture.blob_hash for _, capture in rows if capture.blob_hash and capture.let_go_at is None}
    return len(keys), _found(session, blobs.damage(session, keys))


def _found(session: Session, damage: Mapping[str, str]) -> list[Damage]:
    of: defaultdict[str, list[str]] = defaultdict(list)
    if damage:
        texts = select(Version.text_hash, Version.article_id, Version.number).where(col(Version.text_hash).in_(damage))
        for key, article, number in session.exec(texts.order_by(col(Version.id))):
            of[key].append(f"the text of version {number} of article {article}")
        pages = select(Capture.blob_hash, Capture.article_id).where(col(Capture.blob_hash).in_(damage)).distinct()
        for page, article in session.exec(pages.order_by(col(Capture.article_id))):
            of[page or ""].append(f"a page of article {article}")
    return [Damage(key, problem, tuple(of[key])) for key, problem in damage.items()]
