"""API tokens, known by their SHA-256 only. Changes are of `Database.write()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.tables import Account, ApiToken

USE_NOTED = timedelta(minutes=1)
"""A token's last use is written at most so often."""


def add(
    session: Session, account_id: int, name: str, token_hash: str, scope: str, *, now: datetime,
    expires_at: datetime | None = None,
) -> ApiToken:  # fmt: skip
    """A new token of an Account."""
    token = ApiToken(
        account_id=account_id, name=name, token_hash=token_hash, scope=scope, created_at=now, expires_at=expires_at
    )
    session.add(token)
    session.flush()
    return token


def of_hash(session: Session, token_hash: str, now: datetime) -> tuple[ApiToken, Account] | None:
    """The token with this hash and whose it is, unless it was revoked or is over."""
    found = session.exec(
        select(ApiToken, Account)
        .join(Account, col(Account.id) == ApiToken.account_id)
        .where(ApiToken.token_hash == token_hash, col(ApiToken.revoked_at).is_(None))
    ).first()
    if found is None or (found[0].expires_at is not None and found[0].expires_at <= now):
        return None
    return found


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """It is used now."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


def every(session: Session) -> Sequence[tuple[ApiToken, Account]]:
    """All tokens and whose they are, the newest first."""
    return session.exec(
        select(ApiToken, Account)
        .join(Account, col(Account.id) == ApiToken.account_id)
        .order_by(col(ApiToken.id).desc())
    ).all()


def of_account(session: Session, account_id: int) -> Sequence[ApiToken]:
    """The tokens of an Account, the newest first."""
    return session.exec(
        select(ApiToken).where(ApiToken.account_id == account_id).order_by(col(ApiToken.id).desc())
    ).all()


def by_id(session: Session, token_id: int) -> ApiToken | None:
    """The token with this id."""
    return session.get(ApiToken, token_id)


def revoke(session: Session, token_id: int, now: datetime) -> bool:
    """No longer take a token. Returns whether it was taken until now."""
    revoked = session.execute(
        update(ApiToken).where(col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None)).values(revoked_at=now)
    )
    return bool(revoked.rowcount)  # type: ignore[attr-defined]
