"""`corrigenda account`: who may log in to the pages."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.config import Settings
from monitor.errors import InputError
from monitor.web.accounts import (
    Name,
    add_account,
    add_link,
    change_role,
    find_account,
    hashed,
    remove_account,
    set_password,
)
from monitor.web.credentials import MOST, Passwords
from storage import accounts
from storage.tables import Account

app = new_app("Add, list and remove accounts: who may log in to the pages.")

NamedAccount = Annotated[str, typer.Argument(metavar="NAME", help="The account.")]
AsLink = Annotated[
    bool, typer.Option("--link", help="Ask for no password: print a link at which it is chosen, once, within a day.")
]


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it: a person.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="viewer (reads) or admin (everything).")] = "viewer",
    link: AsLink = False,
    as_json: AsJson = False,
) -> None:
    """Add an account. Its password is asked for, or read from standard input.

    The first account is an admin. Once there is one the pages ask for a password, and may listen on any address.
    """
    settings, now = open_settings(context), datetime.now(UTC)
    with open_database(settings) as database:
        with database.read() as session:
            _check_free(accounts.by_key(session, Name.read(name).key), name)
        kept = None if link else hashed(Passwords(), _ask_password(name), name)
        with database.write() as session:
            account = add_account(session, name, role, kept, now=now)
            path = add_link(session, account.id, now=now) if link else None
    _tell(account, settings, path, as_json, f"account {account.name} added: {account.role}")


@app.command("list")
def list_accounts(context: typer.Context, as_json: AsJson = False) -> None:
    """List all accounts."""
    settings = open_settings(context)
    idle = timedelta(seconds=settings.web.session_idle)
    with open_database(settings) as database, database.read() as session:
        found = accounts.every(session)
        in_use = accounts.in_use(session, now=datetime.now(UTC), idle=idle)
    if as_json:
        print_json([_account_json(account) | {"sessions": in_use.get(account.id or 0, 0)} for account in found])
        return
    show_table(
        ("name", "role", "password", "last login", "sessions", "added"),
        (
            (
                account.name, account.role, "chosen" if account.password_hash else "not yet",
                show_time(account.last_login_at), in_use.get(account.id or 0, 0), show_time(account.created_at),
            )
            for account in found
        ),
        empty="no accounts, so the pages are answered on this machine only: `corrigenda account add NAME --role admin`",
    )  # fmt: skip


@app.command("password")
def change_password(context: typer.Context, name: NamedAccount, link: AsLink = False, as_json: AsJson = False) -> None:
    """Set another password, asked for or read from standard input. All sessions of the account end.

    With `--link` the old one holds until the link was used.
    """
    settings, now = open_settings(context), datetime.now(UTC)
    with open_database(settings) as database:
        with database.read() as session:
            account = find_account(session, name)
        kept = None if link else hashed(Passwords(), _ask_password(account.name), account.name)
        with database.write() as session:
            account = find_account(session, name)
            path = add_link(session, account.id, now=now) if link else None
            if kept:
                set_password(session, account, kept, now=now)
                session.refresh(account)
    told = f"a new password of {account.name} is chosen" if link else f"the password of {account.name} is changed"
    _tell(account, settings, path, as_json, told)


@app.command("role")
def set_role(
    context: typer.Context,
    name: NamedAccount,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer or admin.")],
    as_json: AsJson = False,
) -> None:
    """Make an account admin or viewer; it holds at once."""
    settings = open_settings(context)
    with open_database(settings) as database, database.write() as session:
        account = find_account(session, name)
        change_role(session, account, role)
        session.refresh(account)
    _tell(account, settings, None, as_json, f"account {account.name} is {account.role} now")


@app.command("remove")
def remove(context: typer.Context, name: NamedAccount, as_json: AsJson = False) -> None:
    """Remove an account, with its sessions and tokens; what it added stays."""
    with open_database(open_settings(context)) as database, database.write() as session:
        account = find_account(session, name)
        remove_account(session, account)
    if as_json:
        print_json({"removed": account.name})
    else:
        say(f"account {account.name} removed")


def _tell(account: Account, settings: Settings, path: str | None, as_json: bool, told: str) -> None:
    link = f"{settings.public_url}{path}" if path else None
    if as_json:
        print_json(_account_json(account) | ({"link": link} if link else {}))
        return
    say(told)
    if link:
        say("at this link, once, within a day, shown only now: ", (link, "bold"))


def _check_free(account: Account | None, name: str) -> None:
    """Before anybody types a password for nothing. Raises InputError."""
    if account is not None:
        raise InputError(f"there is an account {name!r} already: `corrigenda account password` changes its password")


def _ask_password(name: str) -> str:
    """Asked for twice at a terminal; else the first line of standard input. Raises InputError."""
    if sys.stdin.isatty():
        password = getpass.getpass(f"Password for {name}: ")
        if getpass.getpass("The same again: ") != password:
            raise InputError("the two passwords are not the same: try again")
        return password
    line = sys.stdin.buffer.readline(MOST * 8)
    try:
        password = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError("the password on standard input is not UTF-8 text") from None
    if not password:
        raise InputError("no password came on standard input: write it on one line, or run this at a terminal")
    return password


def _account_json(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "has_password": account.password_hash is not None,
        "created_at": json_time(account.created_at),
        "last_login_at": json_time(account.last_login_at),
    }
