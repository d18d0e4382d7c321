"""Who may read and change what is kept: Accounts, their sessions, tokens and one-time links. Secrets only as hashes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, one_of

ROLES = ("viewer", "admin")
SCOPES = ("read", "write", "feed")
"""`feed` opens the Atom feeds and nothing else, also where it stands in an address."""


class Account(SQLModel, table=True):
    """A person who may log in."""

    __table_args__ = (one_of("role", *ROLES),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    """As it was written."""
    name_key: str = Field(unique=True)
    """As it is compared: NFKC, case folded."""
    role: str
    password_hash: str | None = None
    """argon2id in PHC form; null: nobody can log in until a one-time link was used."""
    password_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_login_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginSession(SQLModel, table=True):
    """A browser that logged in. The cookie holds a random token, this row its SHA-256."""

    __tablename__ = "login_session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime = Field(sa_type=UtcDateTime)
    """Kept to a few minutes, so that reading pages is not writing."""
    expires_at: datetime = Field(sa_type=UtcDateTime)
    """The end, however much it is used."""
    address: str
    browser: str
    """What the browser said of itself."""


class ApiToken(SQLModel, table=True):
    """A program that may ask in an Account's name. The token is shown once; this row has its SHA-256."""

    __tablename__ = "api_token"
    __table_args__ = (one_of("scope", *SCOPES),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    name: str
    token_hash: str = Field(unique=True)
    scope: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginAttempt(SQLModel, table=True):
    """A login that failed, or is being judged; counted under a bucket (an address, a name, a known browser)."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("login_attempt_in_bucket", "bucket", "tried_at"),)

    id: int | None = Field(default=None, primary_key=True)
    bucket: str
    tried_at: datetime = Field(sa_type=UtcDateTime, index=True)


class SetupLink(SQLModel, table=True):
    """A link that lets whoever has it choose a password once: of the first admin, or of an Account."""

    __tablename__ = "setup_link"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="CASCADE", index=True)
    """Null: it makes the first admin."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Secret(SQLModel, table=True):
    """A random key that this installation made for itself, e.g. to sign what goes into forms and links."""

    name: str = Field(primary_key=True)
    value: str
    """Hexadecimal."""
    created_at: datetime = Field(sa_type=UtcDateTime)
