"""Accounts and the one-time links that let somebody choose a password. Changes are of `Database.write()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage.tables import Account, LoginSession, SetupLink


def exist(session: Session) -> bool:
    """Whether there is any Account."""
    return session.exec(select(Account.id).limit(1)).first() is not None


def every(session: Session) -> Sequence[Account]:
    """All Accounts by name."""
    return session.exec(select(Account).order_by(col(Account.name_key))).all()


def by_id(session: Session, account_id: int) -> Account | None:
    """The Account with this id."""
    return session.get(Account, account_id)


def by_key(session: Session, name_key: str) -> Account | None:
    """The Account of this name, as names are compared."""
    return session.exec(select(Account).where(Account.name_key == name_key)).first()


def add(session: Session, *, name: str, name_key: str, role: str, password_hash: str | None, now: datetime) -> Account:
    """A new Account; the name must be free (IntegrityError)."""
    account = Account(
        name=name, name_key=name_key, role=role, password_hash=password_hash,
        password_at=now if password_hash else None, created_at=now,
    )  # fmt: skip
    session.add(account)
    session.flush()
    return account


def other_admins(session: Session, account_id: int) -> int:
    """How many other admins could log in: those with a password.

    Their rows are locked until the transaction ends, so that two admins cannot remove each other at the same time.
    """
    usable = (Account.role == "admin", col(Account.password_hash).is_not(None))
    admins = session.exec(select(Account.id).where(*usable).with_for_update()).all()
    return sum(1 for admin in admins if admin != account_id)


def set_role(session: Session, account_id: int, role: str) -> None:
    """Change what an Account may do."""
    session.execute(update(Account).where(col(Account.id) == account_id).values(role=role))


def set_password(session: Session, account_id: int, password_hash: str | None, now: datetime) -> None:
    """Change or (None) take away the password."""
    changed = {"password_hash": password_hash, "password_at": now if password_hash else None}
    session.execute(update(Account).where(col(Account.id) == account_id).values(changed))


def rehash(session: Session, account_id: int, old: str, new: str) -> None:
    """The same password under stronger parameters, unless it was changed meanwhile."""
    unchanged = (col(Account.id) == account_id, col(Account.password_hash) == old)
    session.execute(update(Account).where(*unchanged).values(password_hash=new))


def remove(session: Session, account_id: int) -> None:
    """Remove an Account with its sessions, tokens and links (they cascade)."""
    session.execute(delete(Account).where(col(Account.id) == account_id))


def in_use(session: Session, *, now: datetime, idle: timedelta) -> dict[int, int]:
    """How many sessions each Account has open."""
    rows = session.exec(
        select(LoginSession.account_id, func.count())
        .where(LoginSession.expires_at > now, LoginSession.last_used_at > now - idle)
        .group_by(col(LoginSession.account_id))
    )
    return dict(rows.all())


def add_link(
    session: Session, token_hash: str, *, account_id: int | None, now: datetime, expires_at: datetime
) -> SetupLink:
    """A new one-time link; earlier ones for the same Account (or for the first admin) end."""
    whose = col(SetupLink.account_id)
    same = whose == account_id if account_id is not None else whose.is_(None)
    session.execute(delete(SetupLink).where(same))
    link = SetupLink(token_hash=token_hash, account_id=account_id, created_at=now, expires_at=expires_at)
    session.add(link)
    session.flush()
    return link


def link(session: Session, token_hash: str, now: datetime) -> SetupLink | None:
    """The link with this token that may still be used."""
    return session.exec(
        select(SetupLink).where(
            SetupLink.token_hash == token_hash, col(SetupLink.used_at).is_(None), SetupLink.expires_at > now
        )
    ).first()


def use_link(session: Session, token_hash: str, now: datetime) -> SetupLink | None:
    """Use a link up. None when it never was, is over, or somebody else was first."""
    found = link(session, token_hash, now)
    if found is None:
        return None
    claimed = session.execute(
        update(SetupLink).where(col(SetupLink.id) == found.id, col(SetupLink.used_at).is_(None)).values(used_at=now)
    )
    return found if claimed.rowcount == 1 else None  # type: ignore[attr-defined]


def end_first_links(session: Session) -> None:
    """End the links that make the first admin: there is one."""
    session.execute(delete(SetupLink).where(col(SetupLink.account_id).is_(None), col(SetupLink.used_at).is_(None)))
