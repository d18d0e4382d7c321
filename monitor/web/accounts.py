"""Accounts, one-time links and API tokens: what pages and commands do with them, in the caller's transaction.

Everything here raises InputError that says what to do instead. A password is hashed before the transaction begins
(`hashed`), for it takes a tenth of a second on purpose.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from monitor.errors import InputError
from monitor.web.credentials import Passwords, check_password, digest, new_token
from storage import accounts, logins, tokens
from storage.tables import ROLES, SCOPES, Account, ApiToken

LINK_LASTS = timedelta(days=1)
TOKEN_PREFIX = "cor_"
"""So that a token is known for one where it should not be: in a log, in a repository."""
LONGEST_NAME = 64
LONGEST_TOKEN_NAME = 100
LONGEST_TOKEN_DAYS = 3650

_IN_NAMES = frozenset(" .,'-_@+")


@dataclass(frozen=True, slots=True)
class Name:
    """What an account is called: as written, and as compared."""

    shown: str
    key: str

    @classmethod
    def read(cls, written: str) -> Name:
        """The name in what was written. Raises InputError: letters, digits and a few signs only, so that two names
        that look alike are alike."""
        shown = " ".join(unicodedata.normalize("NFKC", written.encode("utf-8", "replace").decode()).split())
        if not 1 <= len(shown) <= LONGEST_NAME:
            raise InputError(f"the name of an account has 1 to {LONGEST_NAME} characters, this has {len(shown)}")
        strange = [char for char in shown if char not in _IN_NAMES and unicodedata.category(char)[0] not in "LMN"]
        if strange or not any(unicodedata.category(char)[0] in "LN" for char in shown):
            raise InputError("the name of an account is made of letters, digits, spaces and . , ' - _ @ +")
        return cls(shown, name_key(shown))


def name_key(written: str) -> str:
    """How names are compared: by compatible characters, without case."""
    plain = written.encode("utf-8", "replace").decode()
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold()).split())


def find_account(session: Session, name: str) -> Account:
    """The account of this name."""
    account = accounts.by_key(session, name_key(name))
    if account is None:
        known = ", ".join(each.name for each in accounts.every(session)[:20]) or "none yet"
        raise InputError(f"there is no account {name!r}: there are {known}")
    return account


def account_with_id(session: Session, account_id: int) -> Account:
    """The account with this id."""
    account = accounts.by_id(session, account_id)
    if account is None:
        raise InputError(f"there is no account {account_id}: it may have been removed meanwhile")
    return account


def hashed(passwords: Passwords, password: str, name: str) -> str:
    """What is kept of a password for the account `name`. Raises InputError where it is a bad one, BusyError."""
    check_password(password, name)
    return passwords.make(password)


def add_account(session: Session, name: str, role: str, password_hash: str | None, *, now: datetime) -> Account:
    """A new account; without a password it can be used once a link (`add_link`) was."""
    _check_role(role)
    read = Name.read(name)
    if accounts.by_key(session, read.key) is not None:
        raise InputError(f"there is an account {read.shown!r} already: choose another name")
    if not accounts.exist(session):
        if role != "admin" or password_hash is None:
            raise InputError("the first account is an admin with a password: somebody must be able to add the others")
        accounts.end_first_links(session)
    return accounts.add(session, name=read.shown, name_key=read.key, role=role, password_hash=password_hash, now=now)


def change_role(session: Session, account: Account, role: str) -> None:
    """Let an account do more or less; it holds from the next request on."""
    _check_role(role)
    if role != "admin":
        _check_not_last(session, account, "made a viewer")
    accounts.set_role(session, account.id or 0, role)


def remove_account(session: Session, account: Account) -> None:
    """Remove an account. Its sessions, tokens and links end with it; what it added stays."""
    _check_not_last(session, account, "removed")
    accounts.remove(session, account.id or 0)


def set_password(session: Session, account: Account, password_hash: str, *, now: datetime) -> None:
    """Change a password: all sessions end, failed attempts are forgotten. Tokens stay: they are revoked by hand."""
    accounts.set_password(session, account.id or 0, password_hash, now)
    logins.end_all(session, account.id or 0)
    logins.forgive_bucket(session, f"name:{digest(account.name_key)}")


def reset_password(session: Session, account: Account, *, now: datetime) -> str:
    """Take a password away, end all sessions, and return the path at which a new one is chosen, once, within a day."""
    _check_not_last(session, account, "left without a password")
    accounts.set_password(session, account.id or 0, None, now)
    logins.end_all(session, account.id or 0)
    return add_link(session, account.id, now=now)


def add_link(session: Session, account_id: int | None, *, now: datetime) -> str:
    """A path at which a password can be chosen once within a day: of an account, or (None) of the first admin."""
    token = new_token()
    accounts.add_link(session, digest(token), account_id=account_id, now=now, expires_at=now + LINK_LASTS)
    return f"/setup/{token}"


def link_for(session: Session, token: str, *, now: datetime) -> Account | None:
    """Whose password a link lets choose; None: it makes the first admin. Raises InputError when it is over."""
    found = accounts.link(session, digest(token), now)
    if found is None or (found.account_id is None and accounts.exist(session)):
        raise InputError(OVER)
    return account_with_id(session, found.account_id) if found.account_id is not None else None


def use_link(session: Session, token: str, name: str, password_hash: str, *, now: datetime) -> Account:
    """Choose the password that a link is for; of the first admin the name as well. The link is used up by it."""
    account = link_for(session, token, now=now)
    if accounts.use_link(session, digest(token), now) is None:
        raise InputError(OVER)
    if account is None:
        return add_account(session, name, "admin", password_hash, now=now)
    set_password(session, account, password_hash, now=now)
    return account


OVER = "this link was used, or is older than a day, or was replaced by a newer one: ask an admin for another"


def add_token(
    session: Session, account: Account, name: str, scope: str, *, now: datetime, days: int | None = None
) -> tuple[ApiToken, str]:
    """A new token of an account, and the token itself, which is kept nowhere: show it once."""
    if scope not in SCOPES:
        raise InputError(f"a token has the scope {' or '.join(SCOPES)}, not {scope!r}")
    if scope == "write" and account.role != "admin":
        raise InputError(f"{account.name} is a {account.role}, who may only read: make a token with the scope read")
    if days is not None and not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise InputError(f"a token lasts 1 to {LONGEST_TOKEN_DAYS} days, or without an end")
    shown = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    if not 1 <= len(shown) <= LONGEST_TOKEN_NAME:
        raise InputError(f"say in 1 to {LONGEST_TOKEN_NAME} characters what the token is for")
    token = new_token(TOKEN_PREFIX)
    expires_at = now + timedelta(days=days) if days is not None else None
    row = tokens.add(session, account.id or 0, shown, digest(token), scope, now=now, expires_at=expires_at)
    return row, token


def revoke_token(session: Session, token_id: int, *, now: datetime, account_id: int | None = None) -> ApiToken:
    """No longer take a token; with `account_id` only one of that account."""
    row = tokens.by_id(session, token_id)
    if row is None or account_id not in (None, row.account_id):
        raise InputError(f"there is no token {token_id}: `corrigenda token list` shows all")
    tokens.revoke(session, token_id, now)
    session.refresh(row)
    return row


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(f"an account is a {' or an '.join(ROLES)}, not {role!r}")


def _check_not_last(session: Session, account: Account, what: str) -> None:
    """Raises InputError when nobody could administer any more."""
    if account.role == "admin" and account.password_hash and not accounts.other_admins(session, account.id or 0):
        raise InputError(f"{account.name} is the last admin, who cannot be {what}: make another account admin first")
