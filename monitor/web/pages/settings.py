"""`/settings`: accounts and tokens; versions, sizes and the settings as they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Form, Path
from fastapi.responses import Response

from monitor.errors import InputError
from monitor.web import installation
from monitor.web.access import Who, done
from monitor.web.accounts import (
    account_with_id,
    add_account,
    add_link,
    change_role,
    remove_account,
    reset_password,
    revoke_token,
)
from monitor.web.pages.setup import sentence
from monitor.web.rendering import Here, House, page
from storage import accounts, sizes, tokens
from storage.tables import Account

MEASURED = 20_000
"""Up to so many Captures the bytes of all blobs are added up without being asked."""

Id = Annotated[int, Path(ge=1, le=2**53)]
Text = Annotated[str, Form()]


def show_settings(here: Here, measure: bool = False) -> Response:
    """All of it; `measure` adds up what the blobs hold, which takes a while where there are many."""
    return _page(here, measure=measure)


def add_somebody(here: Here, who: Who, name: Text = "", role: Text = "viewer") -> Response:
    """A new account, and in this answer only the link at which its owner chooses the password."""
    now = datetime.now(UTC)
    try:
        with here.database.write() as session:
            account = add_account(session, name, role, None, now=now)
            link = add_link(session, account.id, now=now)
    except InputError as error:
        return _page(here, problem=sentence(error), name=name)
    return _link_made(here, account, link, new=True)


def reset_somebody(here: Here, who: Who, account_id: Id) -> Response:
    """Takes a password away at once, and in this answer only gives the link at which another is chosen."""
    now = datetime.now(UTC)
    try:
        if account_id == who.account_id:
            raise InputError("your own password is changed on the page of your account")
        with here.database.write() as session:
            account = account_with_id(session, account_id)
            link = reset_password(session, account, now=now)
    except InputError as error:
        return _page(here, problem=sentence(error))
    return _link_made(here, account, link, new=False)


def change_somebody(here: Here, account_id: Id, role: Text = "") -> Response:
    """Makes an account admin or viewer; it holds from its next request on."""
    try:
        with here.database.write() as session:
            change_role(session, account_with_id(session, account_id), role)
    except InputError as error:
        return _page(here, problem=sentence(error))
    return done("/settings", "role")


def remove_somebody(here: Here, account_id: Id) -> Response:
    """Removes an account, with its sessions and tokens."""
    try:
        with here.database.write() as session:
            remove_account(session, account_with_id(session, account_id))
    except InputError as error:
        return _page(here, problem=sentence(error))
    return done("/settings", "account-removed")


def revoke_any_token(here: Here, token_id: Id) -> Response:
    """No longer takes a token, whosever it is."""
    try:
        with here.database.write() as session:
            revoke_token(session, token_id, now=datetime.now(UTC))
    except InputError as error:
        return _page(here, problem=sentence(error))
    return done("/settings", "token-revoked")


def _link_made(here: House, account: Account, link: str, *, new: bool) -> Response:
    return page("link_made.html", account=account, link=f"{here.settings.public_url}{link}", new=new)


def _page(here: House, *, problem: str = "", name: str = "", measure: bool = False) -> Response:
    now = datetime.now(UTC)
    kept = sizes.measure(here.database)
    with here.database.read() as session:
        everybody = accounts.every(session)
        in_use = accounts.in_use(session, now=now, idle=timedelta(seconds=here.settings.web.session_idle))
        every_token = tokens.every(session)
        blobs = sizes.blobs(session) if measure or kept.captures <= MEASURED else None
    return page(
        "settings.html",
        status=400 if problem else 200,
        problem=problem,
        name=name,
        accounts=everybody,
        in_use=in_use,
        tokens=every_token,
        versions=installation.versions(here.database),
        sizes=kept,
        blobs=blobs,
        settings=list(installation.settings_as_running(here.settings)),
    )
