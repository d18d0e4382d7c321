"""Accounts and tokens, for admins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Response
from sqlmodel import Session

from monitor.errors import InputError
from monitor.web import accounts as people
from monitor.web.access import Who
from monitor.web.api.nouns.noun import LARGEST_ID, Text
from monitor.web.api.nouns.people import (
    Account,
    AccountPatch,
    AccountWithLink,
    NewAccount,
    NewToken,
    Token,
    TokenWithSecret,
    account,
    account_with_link,
    token,
    token_with_secret,
)
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import CONFLICT, INVALID_CONTENT, Refusal, not_found
from monitor.web.api.route import created
from monitor.web.rendering import Here
from storage import accounts, tables, tokens

AccountId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of an account.")]
TokenId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a token.")]


def list_accounts(here: Here, paging: Paging) -> Page[Account]:
    """Who may log in, by name."""
    after = paging.after(tuple[Text])
    with here.database.read() as session:
        rows = [row for row in accounts.every(session) if after is None or row.name_key > after[0]]
    return paging.page(rows[: paging.rows], account, lambda row: (row.name_key,))


def add_account(here: Here, response: Response, wanted: NewAccount) -> AccountWithLink:
    """Make an account. `setup` is the link at which its password is chosen, once, within a day.

    The very first account is made with a password, by `corrigenda account add` or the link in the log.
    """
    now = datetime.now(UTC)
    with here.database.write() as session:
        if accounts.by_key(session, people.name_key(wanted.name)) is not None:
            raise Refusal(CONFLICT, f"There is an account {wanted.name!r} already.")
        row = people.add_account(session, wanted.name, wanted.role, None, now=now)
        link = people.add_link(session, row.id, now=now)
        made = account_with_link(row, here.settings.public_url + link)
    created(response, made.links["self"], new=True)
    return made


def get_account(here: Here, account_id: AccountId) -> Account:
    """One account."""
    with here.database.read() as session:
        return account(_known(session, account_id))


def change_account(here: Here, account_id: AccountId, patch: AccountPatch) -> Account:
    """Let an account do more or less; it holds from the next request on."""
    with here.database.write() as session:
        row = _known(session, account_id)
        try:
            people.change_role(session, row, patch.role)
        except InputError as error:
            raise Refusal(CONFLICT, f"{error}.") from error
        session.refresh(row)
        return account(row)


def remove_account(here: Here, account_id: AccountId) -> None:
    """Remove an account. Its sessions, tokens and links end with it; what it added stays."""
    with here.database.write() as session:
        try:
            people.remove_account(session, _known(session, account_id))
        except InputError as error:
            raise Refusal(CONFLICT, f"{error}.") from error


def reset_account(here: Here, account_id: AccountId) -> AccountWithLink:
    """Take a password away, end all sessions, and give a link at which a new one is chosen, once, within a day."""
    with here.database.write() as session:
        row = _known(session, account_id)
        try:
            link = people.reset_password(session, row, now=datetime.now(UTC))
        except InputError as error:
            raise Refusal(CONFLICT, f"{error}.") from error
        session.refresh(row)
        return account_with_link(row, here.settings.public_url + link)


def list_tokens(here: Here, paging: Paging) -> Page[Token]:
    """All tokens, the newest first. What they are is not shown: it is kept nowhere."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        rows = [row for row, _ in tokens.every(session) if after is None or (row.id or 0) < after[0]]
    return paging.page(rows[: paging.rows], token, lambda row: (row.id,))


def add_token(here: Here, who: Who, response: Response, wanted: NewToken) -> TokenWithSecret:
    """Make a token. It is shown in this answer only."""
    account_id = wanted.account_id if wanted.account_id is not None else who.account_id
    with here.database.write() as session:
        owner = accounts.by_id(session, account_id) if account_id is not None else None
        if owner is None:
            raise Refusal(INVALID_CONTENT, f"There is no account {account_id}: name one as account_id.")
        row, secret = people.add_token(
            session, owner, wanted.name, wanted.scope, now=datetime.now(UTC), days=wanted.days
        )
        made = token_with_secret(row, secret)
    created(response, made.links["self"], new=True)
    return made


def get_token(here: Here, token_id: TokenId) -> Token:
    """One token."""
    with here.database.read() as session:
        return token(_known_token(session, token_id))


def revoke_token(here: Here, token_id: TokenId) -> None:
    """Take a token no longer. It stays in the list, with when that was."""
    with here.database.write() as session:
        _known_token(session, token_id)
        people.revoke_token(session, token_id, now=datetime.now(UTC))


def _known(session: Session, account_id: int) -> tables.Account:
    row = accounts.by_id(session, account_id)
    if row is None:
        raise not_found(f"account {account_id}")
    return row


def _known_token(session: Session, token_id: int) -> tables.ApiToken:
    row = tokens.by_id(session, token_id)
    if row is None:
        raise not_found(f"token {token_id}")
    return row
