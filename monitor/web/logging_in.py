"""A login: judged, limited and begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlmodel import Session

from monitor.config import Settings
from monitor.web.accounts import name_key
from monitor.web.credentials import Passwords, digest, new_token
from monitor.web.security import neighbourhood
from storage import accounts, logins
from storage import secrets as keys
from storage.database import Database
from storage.tables import Account

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 20
PER_NAME = 20
PER_ADDRESS_AND_NAME = 5
PER_BROWSER = 10
"""Failed attempts in the window, after which further ones are not even looked at.

One address reaches its own limit for a name long before it reaches the name's, so that a stranger cannot keep an admin
out; and a browser that has logged in before is counted by itself, whatever strangers do meanwhile ("device cookies",
OWASP). What is refused is not counted, so that waiting helps.
"""
BROWSER_KNOWN = timedelta(days=400)
_LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The session's token and the mark of the browser, each for its cookie."""

    account: Account
    token: str
    browser: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """No such name, or another password: it is not said which."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """Nothing was judged, for too much was wrong lately."""

    until_at: datetime


@dataclass(frozen=True, slots=True)
class Login:
    """What it takes to log people in."""

    database: Database
    settings: Settings
    passwords: Passwords

    def log_in(
        self, name: str, password: str, *, address: str, browser: str, mark: str, now: datetime
    ) -> LoggedIn | Wrong | TooMany:
        """Judge a name and a password. `mark`: what the browser kept of an earlier login. Raises BusyError."""
        with self.database.write() as session:
            signer = self._signer(keys.of_name(session, "browser"))
            account = accounts.by_key(session, name_key(name))
            limits = self._limits(signer, mark, account, name, address)
            if until_at := _full(session, limits, now):
                return TooMany(until_at)
            # Counted before it is judged: however many come at once, no more are judged than the limit allows.
            attempt = logins.note_attempt(session, [bucket for bucket, _ in limits], now)
        kept = account.password_hash if account else None
        if not self.passwords.matches(kept, password) or account is None or kept is None:
            return Wrong()
        stronger = self.passwords.make(password) if self.passwords.outdated(kept) else None
        with self.database.write() as session:
            logins.forgive(session, attempt)
            current = accounts.by_id(session, account.id or 0)
            if current is None or current.password_hash != kept:
                return Wrong()  # changed or removed since we looked
            if stronger:
                accounts.rehash(session, account.id or 0, kept, stronger)
            return self.begin(session, current, address=address, browser=browser, now=now)

    def begin(self, session: Session, account: Account, *, address: str, browser: str, now: datetime) -> LoggedIn:
        """A new session for somebody who has shown who they are; its token is new, whatever the browser sent."""
        token = new_token()
        logins.begin(
            session, account.id or 0, digest(token), now=now, address=address,
            expires_at=now + timedelta(seconds=self.settings.web.session_length),
            browser="".join(char for char in browser[:_LONGEST_BROWSER] if char.isprintable()),
        )  # fmt: skip
        mark = self._signer(keys.of_name(session, "browser")).dumps([account.id, new_token()])
        return LoggedIn(account, token, mark if isinstance(mark, str) else mark.decode())

    def confirm(self, account: Account, password: str, *, now: datetime) -> bool | TooMany:
        """Whether somebody who is logged in knows the password. Raises BusyError."""
        limits = [(f"account:{account.id}", PER_BROWSER)]
        with self.database.write() as session:
            if until_at := _full(session, limits, now):
                return TooMany(until_at)
            attempt = logins.note_attempt(session, [limits[0][0]], now)
        if not self.passwords.matches(account.password_hash, password):
            return False
        with self.database.write() as session:
            logins.forgive(session, attempt)
        return True

    def _limits(
        self, signer: URLSafeTimedSerializer, mark: str, account: Account | None, name: str, address: str
    ) -> Sequence[tuple[str, int]]:
        """The buckets that an attempt counts in, and how much each holds. Names are kept as hashes: into that field
        people also type passwords."""
        try:
            whose, number = signer.loads(mark, max_age=int(BROWSER_KNOWN.total_seconds())) if mark else (None, "")
        except (BadSignature, ValueError, TypeError):
            whose, number = None, ""
        if account is not None and whose == account.id:
            return [(f"browser:{digest(str(number))}", PER_BROWSER)]
        named, near = f"name:{digest(name_key(name))}", f"address:{neighbourhood(address)}"
        return [(near, PER_ADDRESS), (f"{near} {named}", PER_ADDRESS_AND_NAME), (named, PER_NAME)]

    def _signer(self, key: bytes) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(key, salt="corrigenda browser")


def _full(session: Session, limits: Sequence[tuple[str, int]], now: datetime) -> datetime | None:
    """When the first attempt is judged again; None: now."""
    full: list[datetime] = []
    for bucket, most in limits:
        count, oldest_at = logins.attempts(session, bucket, now - WINDOW)
        if count >= most and oldest_at is not None:
            full.append(oldest_at + WINDOW)
    return max(full, default=None)
