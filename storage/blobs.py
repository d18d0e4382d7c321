"""Bytes by what they are: written once under their SHA-256, compressed with zstd, never rewritten.

Retention may let the bytes go (`retention.py`). The row with its hash stays then, and whoever refers to it says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import suppress

import zstandard
from sqlalchemy import update
from sqlmodel import Session, col, select

from storage import once
from storage.tables import Blob, Capture, Version

LEVEL = 3
"""zstd level: 27 kB from a mean page of 136 kB in 0.6 ms."""
_BATCH = 500


class LetGoError(LookupError):
    """These bytes were let go, as the retention settings say; only their hash is known."""


def hash_of(data: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def put(session: Session, data: bytes) -> str:
    """Keep `data`, once. Returns its hash."""
    key = hash_of(data)
    # Locked where many write at once (PostgreSQL): it must not be let go before this transaction refers to it.
    known = session.exec(select(col(Blob.data).is_not(None)).where(Blob.hash == key).with_for_update(read=True)).first()
    if known is None:
        once.insert(session, Blob, [{"hash": key, "size": len(data), "data": zstandard.compress(data, LEVEL)}])
    elif not known:
        _put_back(session, key, data)
    return key


def _put_back(session: Session, key: str, data: bytes) -> None:
    """What was let go came again: from now on it is there for all that refer to it."""
    session.execute(update(Blob).where(col(Blob.hash) == key).values(data=zstandard.compress(data, LEVEL)))
    session.execute(update(Capture).where(col(Capture.blob_hash) == key).values(let_go_at=None))
    session.execute(update(Version).where(col(Version.text_hash) == key).values(text_let_go_at=None))


def get(session: Session, key: str) -> bytes:
    """The bytes with this hash.

    Raises LetGoError when they were let go, KeyError when there are none, ValueError when they are no longer those.
    """
    blob = session.get(Blob, key)
    if blob is None:
        raise KeyError(f"no blob {key}")
    return _whole(blob)


def get_those(session: Session, keys: Collection[str]) -> Mapping[str, bytes]:
    """The bytes with these hashes, in few statements; those that are let go, lost or damaged are left out."""
    found: dict[str, bytes] = {}
    ordered = sorted(set(keys))
    for at in range(0, len(ordered), _BATCH):
        some = ordered[at : at + _BATCH]
        for blob in session.exec(select(Blob).where(col(Blob.hash).in_(some))):
            with suppress(ValueError, LetGoError):
                found[blob.hash] = _whole(blob)
    return found


def _whole(blob: Blob) -> bytes:
    if blob.data is None:
        raise LetGoError(f"the bytes with the SHA-256 {blob.hash} were let go")
    try:
        data = zstandard.decompress(blob.data, max_output_size=blob.size)
    except zstandard.ZstdError as error:
        raise ValueError(f"blob {blob.hash} is damaged: {error}") from error
    if hash_of(data) != blob.hash:
        raise ValueError(f"blob {blob.hash} is damaged: its bytes have another hash")
    return data
