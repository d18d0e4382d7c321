"""Sessions of browsers that logged in, and the attempts that failed. Changes are of `Database.write()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage.tables import Account, LoginAttempt, LoginSession

USE_NOTED = timedelta(minutes=5)
"""A session's last use is written at most so often."""
FORGOTTEN = timedelta(days=1)
"""Attempts are kept so long at most."""


def begin(
    session: Session, account_id: int, token_hash: str, *, now: datetime, expires_at: datetime, address: str,
    browser: str,
) -> LoginSession:  # fmt: skip
    """A session that was just logged in to."""
    begun = LoginSession(
        token_hash=token_hash, account_id=account_id, created_at=now, last_used_at=now, expires_at=expires_at,
        address=address, browser=browser,
    )  # fmt: skip
    session.add(begun)
    session.execute(update(Account).where(col(Account.id) == account_id).values(last_login_at=now))
    session.execute(delete(LoginSession).where(col(LoginSession.expires_at) <= now))
    session.flush()
    return begun


def of_token(
    session: Session, token_hash: str, *, now: datetime, idle: timedelta
) -> tuple[LoginSession, Account] | None:
    """The session with this token and whose it is, while it lasts."""
    return session.exec(
        select(LoginSession, Account)
        .join(Account, col(Account.id) == LoginSession.account_id)
        .where(
            LoginSession.token_hash == token_hash,
            LoginSession.expires_at > now,
            LoginSession.last_used_at > now - idle,
        )
    ).first()


def note_use(session: Session, session_id: int, now: datetime) -> None:
    """It is used now."""
    session.execute(update(LoginSession).where(col(LoginSession.id) == session_id).values(last_used_at=now))


def of_account(session: Session, account_id: int, *, now: datetime, idle: timedelta) -> Sequence[LoginSession]:
    """The open sessions of an Account, the last used first."""
    return session.exec(
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.expires_at > now,
            LoginSession.last_used_at > now - idle,
        )
        .order_by(col(LoginSession.last_used_at).desc(), col(LoginSession.id).desc())
    ).all()


def end(session: Session, token_hash: str) -> None:
    """End the session with this token, if there is one."""
    session.execute(delete(LoginSession).where(col(LoginSession.token_hash) == token_hash))


def end_one(session: Session, account_id: int, session_id: int) -> bool:
    """End one session of an Account. Returns whether there was one."""
    ended = session.execute(
        delete(LoginSession).where(col(LoginSession.account_id) == account_id, col(LoginSession.id) == session_id)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def end_all(session: Session, account_id: int, *, but: int | None = None) -> int:
    """End all sessions of an Account, but for one. Returns how many."""
    ended = session.execute(
        delete(LoginSession).where(
            col(LoginSession.account_id) == account_id, col(LoginSession.id) != (-1 if but is None else but)
        )
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def attempts(session: Session, bucket: str, since_at: datetime) -> tuple[int, datetime | None]:
    """How many attempts a bucket holds since then, and when the oldest of them was."""
    return session.exec(
        select(func.count(), func.min(LoginAttempt.tried_at)).where(
            LoginAttempt.bucket == bucket, LoginAttempt.tried_at > since_at
        )
    ).one()


def note_attempt(session: Session, buckets: Sequence[str], now: datetime) -> list[int]:
    """An attempt begins; it counts as failed until `forgive`. Returns the ids of its rows."""
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.tried_at) < now - FORGOTTEN))
    rows = [LoginAttempt(bucket=bucket, tried_at=now) for bucket in buckets]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows if row.id is not None]


def forgive(session: Session, attempt_ids: Sequence[int]) -> None:
    """That attempt was right."""
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.id).in_(attempt_ids)))


def forgive_bucket(session: Session, bucket: str) -> None:
    """Forget what was counted there."""
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.bucket) == bucket))
