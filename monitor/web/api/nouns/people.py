"""Accounts and their tokens. No secret is in them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from monitor.web.accounts import LONGEST_TOKEN_DAYS, LONGEST_TOKEN_NAME
from monitor.web.api.nouns.noun import ROOT, Given, Links, Moment, Noun, Text
from storage import tables

RoleName = Literal["viewer", "admin"]
ScopeName = Literal["read", "write", "feed"]
_ACCOUNT: dict[str, Any] = {
    "id": 1,
    "name": "eva",
    "role": "admin",
    "has_password": True,
    "created_at": "2026-11-20T08:00:00Z",
    "last_login_at": "2026-11-22T07:58:12Z",
    "links": {"self": f"{ROOT}/accounts/1"},
}
_TOKEN: dict[str, Any] = {
    "id": 4,
    "account_id": 1,
    "name": "nightly report",
    "scope": "read",
    "created_at": "2026-11-20T08:00:00Z",
    "expires_at": None,
    "last_used_at": "2026-11-22T03:00:00Z",
    "revoked_at": None,
    "links": {"self": f"{ROOT}/tokens/4", "account": f"{ROOT}/accounts/1"},
}


class Account(Noun):
    """A person who may log in."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ACCOUNT]})

    id: int
    name: str
    role: RoleName
    has_password: bool
    """False until the link to choose one was used."""
    created_at: Moment
    last_login_at: Moment | None
    links: Links


class AccountWithLink(Account):
    """An Account, and the link at which its password is chosen: once, within a day."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_ACCOUNT, "has_password": False, "setup": "https://news.example/setup/…"}]}
    )

    setup: str
    """Shown this once: hand it to the person over a way that you trust."""


class NewAccount(Given):
    """An Account to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "eva", "role": "viewer"}]})

    name: Annotated[Text, Field(min_length=1, max_length=64)]
    role: RoleName = "viewer"


class AccountPatch(Given):
    """What is to be different about an Account (RFC 7396)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "admin"}]})

    role: RoleName


class Token(Noun):
    """A program that may ask in an Account's name."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TOKEN]})

    id: int
    account_id: int
    name: str
    """What it is for."""
    scope: ScopeName
    """`read`: what a viewer may; `write`: what its account may; `feed`: the Atom feeds, also in their address."""
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None
    links: Links


class TokenWithSecret(Token):
    """A token that was just made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_TOKEN, "token": "cor_…"}]})

    token: str
    """Shown this once, and kept nowhere."""


class NewToken(Given):
    """A token to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"account_id": 1, "name": "nightly report", "scope": "read", "days": 90}]}
    )

    account_id: Annotated[int, Field(ge=1, le=2**53)] | None = None
    """In whose name; by default that of whoever asks."""
    name: Annotated[Text, Field(min_length=1, max_length=LONGEST_TOKEN_NAME)]
    scope: ScopeName = "read"
    days: Annotated[int, Field(ge=1, le=LONGEST_TOKEN_DAYS)] | None = None
    """How long it is good for; null: until it is revoked."""


def account(row: tables.Account) -> Account:
    """An Account."""
    return Account.model_validate(_account(row))


def account_with_link(row: tables.Account, setup: str) -> AccountWithLink:
    """An Account, and where its password is chosen."""
    return AccountWithLink.model_validate({**_account(row), "setup": setup})


def _account(row: tables.Account) -> dict[str, Any]:
    same = ("id", "name", "role", "created_at", "last_login_at")
    fields = {name: getattr(row, name) for name in same}
    return {**fields, "has_password": row.password_hash is not None, "links": {"self": f"{ROOT}/accounts/{row.id}"}}


def token(row: tables.ApiToken) -> Token:
    """A token, without its secret."""
    return Token.model_validate(_token(row))


def token_with_secret(row: tables.ApiToken, secret: str) -> TokenWithSecret:
    """A token that was just made."""
    return TokenWithSecret.model_validate({**_token(row), "token": secret})


def _token(row: tables.ApiToken) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in Token.model_fields if name != "links"}
    return {**fields, "links": {"self": f"{ROOT}/tokens/{row.id}", "account": f"{ROOT}/accounts/{row.account_id}"}}
