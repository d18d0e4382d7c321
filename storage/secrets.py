"""Keys that this installation made for itself. A backup of the database holds them, as it holds all else."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlmodel import Session

from storage import once
from storage.tables import Secret

BYTES = 32


def of_name(session: Session, name: str) -> bytes:
    """The key of this name, made when first asked for; `session` is of `Database.write()`."""
    row = session.get(Secret, name)
    if row is None:
        made = {"name": name, "value": secrets.token_hex(BYTES), "created_at": datetime.now(UTC)}
        once.insert(session, Secret, [made])
        row = session.get_one(Secret, name)
    return bytes.fromhex(row.value)


def known(session: Session, name: str) -> bytes | None:
    """The key of this name, if it has been made."""
    row = session.get(Secret, name)
    return bytes.fromhex(row.value) if row else None
