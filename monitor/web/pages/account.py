"""`/account`: one's own password, sessions and API tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Form, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

from monitor.errors import InputError
from monitor.web.access import Visitor, Who, done
from monitor.web.accounts import account_with_id, add_token, hashed, revoke_token, set_password
from monitor.web.credentials import LEAST, BusyError
from monitor.web.logging_in import Login, TooMany
from monitor.web.pages.login import let_in
from monitor.web.pages.setup import sentence
from monitor.web.rendering import Here, House, page
from storage import logins, tokens

Id = Annotated[int, Path(ge=1, le=2**53)]
Text = Annotated[str, Form()]


async def _owner(who: Who) -> Visitor:
    if who.account_id is None:
        raise HTTPException(404, "There is no account yet.")
    return who


Owner = Annotated[Visitor, Depends(_owner)]
"""Somebody who has an account, which nobody has in open mode."""


def show_account(here: Here, who: Who) -> Response:
    """One's own account. Without accounts: how to make one."""
    return _page(here, who) if who.account_id is not None else RedirectResponse("/setup", 303)


def change_password(
    request: Request, here: Here, who: Owner, current: Text = "", password: Text = "", again: Text = ""
) -> Response:
    """With the current one: a stolen session alone is not enough to take an account over. All sessions end but this,
    which goes on under another token."""
    now = datetime.now(UTC)
    login = Login(here.database, here.settings, here.passwords)
    try:
        with here.database.read() as session:
            account = account_with_id(session, who.account_id or 0)
        if password != again:
            raise InputError("the two new passwords are not the same: type them again")
        known = login.confirm(account, current, now=now)
        if isinstance(known, TooMany):
            raise InputError(f"too many attempts failed: try again at {known.until_at:%H:%M} UTC")
        if not known:
            raise InputError("the current password is another")
        password_hash = hashed(here.passwords, password, account.name)
        with here.database.write() as session:
            set_password(session, account_with_id(session, account.id or 0), password_hash, now=now)
            browser = request.headers.get("user-agent", "")
            again_in = login.begin(session, account, address=who.address, browser=browser, now=now)
    except (InputError, BusyError) as error:
        return _page(here, who, password_problem=sentence(error))
    return let_in(request, here, who, again_in, "/account?done=password")


def end_session(here: Here, who: Owner, session_id: Id) -> Response:
    """Ends one session of one's own."""
    with here.database.write() as session:
        logins.end_one(session, who.account_id or 0, session_id)
    return done("/account", "session-ended")


def end_other_sessions(here: Here, who: Owner) -> Response:
    """Ends all sessions of one's own but this."""
    with here.database.write() as session:
        logins.end_all(session, who.account_id or 0, but=who.session_id)
    return done("/account", "sessions-ended")


def make_token(here: Here, who: Owner, name: Text = "", scope: Text = "read", days: Text = "") -> Response:
    """A new token of one's own. It is in this answer and nowhere else."""
    try:
        with here.database.write() as session:
            account = account_with_id(session, who.account_id or 0)
            row, token = add_token(session, account, name, scope, now=datetime.now(UTC), days=_days(days))
    except InputError as error:
        return _page(here, who, token_problem=sentence(error), token_name=name)
    return page("token_made.html", token=token, row=row, public_url=here.settings.public_url)


def revoke_own_token(here: Here, who: Owner, token_id: Id) -> Response:
    """No longer takes one of one's own tokens."""
    try:
        with here.database.write() as session:
            revoke_token(session, token_id, now=datetime.now(UTC), account_id=who.account_id)
    except InputError as error:
        return _page(here, who, token_problem=sentence(error))
    return done("/account", "token-revoked")


def _days(written: str) -> int | None:
    if not written.strip():
        return None
    try:
        return int(written.strip()[:20])
    except ValueError:
        raise InputError(f"{written.strip()[:20]!r} is no number of days") from None


def _page(
    here: House, who: Visitor, *, password_problem: str = "", token_problem: str = "", token_name: str = ""
) -> Response:
    now = datetime.now(UTC)
    with here.database.read() as session:
        account = account_with_id(session, who.account_id or 0)
        idle = timedelta(seconds=here.settings.web.session_idle)
        sessions = logins.of_account(session, account.id or 0, now=now, idle=idle)
        own_tokens = tokens.of_account(session, account.id or 0)
    return page(
        "account.html",
        status=400 if password_problem or token_problem else 200,
        account=account,
        sessions=sessions,
        tokens=own_tokens,
        least=LEAST,
        password_problem=password_problem,
        token_problem=token_problem,
        token_name=token_name,
    )
