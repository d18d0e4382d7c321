"""`/setup/{token}`: choose a password by a one-time link: as the first admin, as somebody new, or after a reset."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, HTTPException, Path, Request
from fastapi.responses import Response

from monitor.errors import InputError
from monitor.web.access import Who
from monitor.web.accounts import Name, hashed, link_for, use_link
from monitor.web.credentials import LEAST, BusyError
from monitor.web.logging_in import Login
from monitor.web.pages.login import let_in
from monitor.web.rendering import Here, page
from storage import accounts
from storage.tables import Account

Token = Annotated[str, Path(max_length=100)]


def explain_setup(here: Here, who: Who) -> Response:
    """Without a link: where the link is, and what an account is good for."""
    with here.database.read() as session:
        exist = accounts.exist(session)
    return page("setup.html", exist=exist)


def ask_password(here: Here, token: Token) -> Response:
    """The form. Looking at it uses nothing up: programs that read mails and chats follow links."""
    return page("choose_password.html", account=_whose(here, token), least=LEAST, name="", problem="")


def choose_password(
    request: Request, here: Here, who: Who, token: Token, name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Chooses it, uses the link up, and logs in."""
    now = datetime.now(UTC)
    account = _whose(here, token)
    try:
        if password != again:
            raise InputError("the two passwords are not the same: type them again")
        shown = account.name if account else Name.read(name).shown
        password_hash = hashed(here.passwords, password, shown)
        with here.database.write() as session:
            chosen = use_link(session, token, name, password_hash, now=now)
            login = Login(here.database, here.settings, here.passwords)
            browser = request.headers.get("user-agent", "")
            logged_in = login.begin(session, chosen, address=who.address, browser=browser, now=now)
    except (InputError, BusyError) as error:
        problem = sentence(error)
        return page("choose_password.html", status=400, account=account, least=LEAST, name=name, problem=problem)
    return let_in(request, here, who, logged_in, "/")


def sentence(error: Exception) -> str:
    """An error of ours as a page says it."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _whose(here: Here, token: str) -> Account | None:
    try:
        with here.database.read() as session:
            return link_for(session, token, now=datetime.now(UTC))
    except InputError as error:
        raise HTTPException(404, sentence(error)) from None
