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
        total = session.exec(select(func.count()).select_from(Blob)).one()
    read, after = 0, ""
    while True:
        with database.read() as session:
            following = select(Blob.hash).where(Blob.hash > after).order_by(col(Blob.hash)).limit(_BATCH)
            keys = session.exec(following).all()
            if not keys:
                return
            read, after = read + len(keys), keys[-1]
            yield Progress(read, max(read, total), _found(session, blobs.damage(session, keys)))


def newest(session: Session, limit: int) -> tuple[int, list[Damage]]:
    """Read the pages and texts of the newest Versions. Returns how many were read, and what is damaged."""
    last = select(Version.text_hash, Capture.blob_hash).join(Capture, col(Capture.id) == Version.capture_id)
    rows = session.exec(last.order_by(col(Version.id).desc()).limit(limit)).all()
    keys = {key for row in rows for key in row if key is not None}
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
