"""Bytes by what they are: kept once under their SHA-256, compressed with zstd.

What is like something that was kept before (the page of the next Version, its text) is kept by what differs from that:
compressed with the bytes of the other as its dictionary. That one is always whole, so that reading needs two rows at
most, as in a film whose pictures are each told by their last full one.

Retention may let the bytes go (`retention.py`). The row with its hash stays then, and whoever refers to it says so.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

import zstandard
from sqlalchemy import Delete, Update, bindparam, delete, func, or_, update
from sqlmodel import Session, col, select

from storage import once
from storage.prepared import Rows
from storage.tables import Blob, Capture, Version

LEVEL = 3
"""zstd level: 27 kB from a mean page of 136 kB in 0.6 ms; some 0.1 kB where one number differs, in the same time."""
ALIKE = 4
"""What takes less than a fourth of what as many bytes of a whole one take is kept by what differs. With more patience
the differences grow, with less there are more whole ones: 195 daily pages take 5.6 kB each at half, 4.4 at a fourth,
4.5 at an eighth, and 16 alone."""
LONGEST_ALIKE = 2**20
"""Bytes. Of longer ones zstd finds at this level no more what is far away: they are kept whole."""
_BATCH = 500

_BLOB = Blob.metadata.tables["blob"]
_RESTS_ON = select(_BLOB.c.base_hash).where(_BLOB.c.hash == bindparam("like", type_=_BLOB.c.hash.type))
_BASE = Rows(
    Blob,
    lambda whole: whole.where(
        or_(_BLOB.c.hash == bindparam("like"), _BLOB.c.hash == _RESTS_ON.scalar_subquery()),
        _BLOB.c.base_hash.is_(None),
        # One that is just being let go is not waited for.
    ).with_for_update(read=True, skip_locked=True),
)
_ITS_BASE = select(_BLOB.c.base_hash).where(_BLOB.c.hash == bindparam("key", type_=_BLOB.c.hash.type))
_WITH_BASE = Rows(
    Blob,
    lambda blobs: blobs.where(or_(_BLOB.c.hash == bindparam("key"), _BLOB.c.hash == _ITS_BASE.scalar_subquery())),
)


class LetGoError(LookupError):
    """These bytes were let go, as the retention settings say; only their hash is known."""


class DamagedError(ValueError):
    """These bytes are lost, or no longer what was kept: by a disk, or by somebody who changed the database by hand."""


def hash_of(data: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def put(session: Session, data: bytes, like: str | None = None) -> str:
    """Keep `data`, once. Returns its hash. like: the hash of a Blob that it may hardly differ from."""
    key = hash_of(data)
    base = _base(session, like) if like is not None and like != key else None
    if not once.insert(session, Blob, [{"hash": key, "size": len(data), **_packed(data, base)}]):
        # Locked where many write at once (PostgreSQL): it must not be let go before this transaction refers to it.
        there = select(col(Blob.data).is_not(None)).where(Blob.hash == key).with_for_update(read=True)
        if not session.exec(there).one():
            _put_back(session, key, data)
    return key


def _base(session: Session, like: str) -> Blob | None:
    """The whole Blob that this one is, or rests on; it stays until this transaction ends."""
    found = _BASE.first(session, {"like": like})
    return found if found is not None and found.data is not None and found.size <= LONGEST_ALIKE else None


def _packed(data: bytes, base: Blob | None) -> dict[str, Any]:
    """The columns `data` and `base_hash`: by what differs from the base, where that takes so little."""
    if base is not None and base.data is not None and len(data) <= LONGEST_ALIKE:
        with suppress(DamagedError):  # a base that is damaged is none
            alike = zstandard.ZstdCompressor(LEVEL, dict_data=_dictionary(_whole(base))).compress(data)
            if ALIKE * len(alike) * base.size < len(base.data) * len(data):
                return {"data": alike, "base_hash": base.hash}
    return {"data": zstandard.compress(data, LEVEL), "base_hash": None}


def _put_back(session: Session, key: str, data: bytes) -> None:
    """What was let go came again: from now on it is there for all that refer to it."""
    session.execute(update(Blob).where(col(Blob.hash) == key).values(**_packed(data, None)))
    session.execute(update(Capture).where(col(Capture.blob_hash) == key).values(let_go_at=None))
    session.execute(update(Version).where(col(Version.text_hash) == key).values(text_let_go_at=None))


def let_go(session: Session, keys: Collection[str]) -> None:
    """The bytes with these hashes are kept no more, the rows stay. Those that rest on them rest elsewhere from then."""
    _rest_elsewhere(session, keys)
    session.execute(_quietly(update(Blob).where(col(Blob.hash).in_(keys)).values(data=None, base_hash=None)))


def forget(session: Session, keys: Collection[str]) -> None:
    """These rows are no more. Those that rest on them rest elsewhere from then."""
    _rest_elsewhere(session, keys)
    session.execute(_quietly(delete(Blob).where(col(Blob.hash).in_(keys))))


def _rest_elsewhere(session: Session, keys: Collection[str]) -> None:
    """What is kept by what differs from one of these, and is none of them, is kept without it: the first whole, the
    others by what differs from that."""
    on_them = col(Blob.base_hash).in_(keys) & col(Blob.hash).not_in(keys)
    resting: defaultdict[str, list[str]] = defaultdict(list)
    for base_hash, key in session.execute(select(Blob.base_hash, Blob.hash).where(on_them).order_by(col(Blob.hash))):
        resting[base_hash].append(key)
    for those in resting.values():
        base: Blob | None = None
        for key in those:
            try:
                columns = _packed(get(session, key), base)
            except DamagedError:  # it cannot be saved, and must not keep the others from going
                continue
            session.execute(_quietly(update(Blob).where(col(Blob.hash) == key).values(**columns)))
            blob = session.get_one(Blob, key, populate_existing=True)
            base = blob if blob.base_hash is None else base


def stored_bytes(session: Session, keys: Collection[str]) -> int:
    """How much less is kept without the bytes with these hashes: what others rest on is still kept with one of them."""
    total, ordered, length = 0, sorted(keys), func.coalesce(func.length(Blob.data), 0)
    for at in range(0, len(ordered), _BATCH):
        some = ordered[at : at + _BATCH]
        resting = session.execute(select(Blob.base_hash, Blob.hash).where(col(Blob.base_hash).in_(some)))
        needed = {base_hash for base_hash, key in resting if key not in keys}
        sizes = session.execute(select(Blob.hash, length).where(col(Blob.hash).in_(some)))
        total += sum(size for key, size in sizes if key not in needed)
    return total


def _quietly(statement: Update | Delete) -> Update | Delete:
    return statement.execution_options(synchronize_session=False)


def get(session: Session, key: str) -> bytes:
    """The bytes with this hash.

    Raises LetGoError when they were let go, DamagedError when there are none, or no longer those.
    """
    # It and what it rests on, in one statement: between two, the one might be let go and the other rest elsewhere.
    found = {blob.hash: blob for blob in _WITH_BASE.all(session, {"key": key})}
    blob = found.get(key)
    if blob is None:
        raise DamagedError(f"blob {key} is lost")
    return _whole(blob, found.get(blob.base_hash or ""))


def get_those(session: Session, keys: Collection[str]) -> Mapping[str, bytes]:
    """The bytes with these hashes, in few statements; those that are let go, lost or damaged are left out."""
    return {key: found for key, found in _each(session, keys) if isinstance(found, bytes)}


def damage(session: Session, keys: Collection[str]) -> Mapping[str, str]:
    """Of the bytes with these hashes, none of them let go, those that are no longer what was kept, and why."""
    faults = {key: f"blob {key} is lost" for key in keys}
    for key, found in _each(session, keys):
        if isinstance(found, bytes):
            del faults[key]
        elif isinstance(found, DamagedError):
            faults[key] = str(found)
    return faults


def _each(session: Session, keys: Collection[str]) -> Iterator[tuple[str, bytes | DamagedError | LetGoError]]:
    ordered = sorted(set(keys))
    for at in range(0, len(ordered), _BATCH):
        some = session.exec(select(Blob).where(col(Blob.hash).in_(ordered[at : at + _BATCH]))).all()
        bases = {blob.base_hash for blob in some if blob.base_hash is not None}
        known = {base.hash: base for base in session.exec(select(Blob).where(col(Blob.hash).in_(bases)))}
        openers: dict[str | None, zstandard.ZstdDecompressor] = {}
        for blob in some:
            try:
                if blob.base_hash not in openers:
                    openers[blob.base_hash] = _opener(blob, known.get(blob.base_hash or ""))
                yield blob.hash, _opened(blob, openers[blob.base_hash])
            except (DamagedError, LetGoError) as error:
                yield blob.hash, error


def _whole(blob: Blob, base: Blob | None = None) -> bytes:
    return _opened(blob, _opener(blob, base))


def _opener(blob: Blob, base: Blob | None) -> zstandard.ZstdDecompressor:
    """What opens this Blob, and all that rest on the same one."""
    if blob.base_hash is None:
        return zstandard.ZstdDecompressor()
    if base is None or base.data is None:
        raise DamagedError(f"blob {blob.hash} is damaged: blob {blob.base_hash}, on which it rests, is lost")
    return zstandard.ZstdDecompressor(dict_data=_dictionary(_whole(base)))


def _opened(blob: Blob, opener: zstandard.ZstdDecompressor) -> bytes:
    if blob.data is None:
        raise LetGoError(f"the bytes with the SHA-256 {blob.hash} were let go")
    try:
        data = opener.decompress(blob.data, max_output_size=blob.size)
    except zstandard.ZstdError as error:
        raise DamagedError(f"blob {blob.hash} is damaged: {error}") from error
    if hash_of(data) != blob.hash:
        raise DamagedError(f"blob {blob.hash} is damaged: its bytes have another hash")
    return data


def _dictionary(data: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
