"""`corrigenda token`: programs that may ask the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from monitor.web.accounts import add_token, find_account, revoke_token
from storage import accounts, tokens
from storage.tables import Account, ApiToken

app = new_app("Make, list and revoke tokens: programs that may ask the API.")


@app.command("add")
def make_token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="In whose name it asks; may be left out when there is one.")
    ] = None,
    scope: Annotated[str, typer.Option(metavar="SCOPE", help="read, or write: all that the account may.")] = "read",
    days: Annotated[
        int | None, typer.Option(metavar="DAYS", help="It ends after so many days; default: never.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token. It is shown this once, and kept nowhere.

    Programs send it as `Authorization: Bearer TOKEN`.
    """
    with open_database(open_settings(context)) as database, database.write() as session:
        owner = _owner(session, account)
        row, token = add_token(session, owner, name, scope, now=datetime.now(UTC), days=days)
    if as_json:
        print_json(_token_json(row, owner) | {"token": token})
        return
    say(f"token {row.id} for {row.name}: {row.scope}, in the name of {owner.name}, until {_until(row)}")
    say("shown only now: ", (token, "bold"))


@app.command("list")
def list_tokens(context: typer.Context, as_json: AsJson = False) -> None:
    """List all tokens, also those that were revoked; none is shown itself."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = tokens.every(session)
    if as_json:
        print_json([_token_json(row, owner) for row, owner in found])
        return
    show_table(
        ("id", "for", "account", "scope", "made", "last used", "until"),
        (
            (
                row.id, row.name, owner.name, row.scope, show_time(row.created_at), show_time(row.last_used_at),
                f"revoked {show_time(row.revoked_at)}" if row.revoked_at else _until(row),
            )
            for row, owner in found
        ),
        empty="no tokens: `corrigenda token add NAME --account ACCOUNT`",
    )  # fmt: skip


@app.command("revoke")
def revoke(
    context: typer.Context,
    token_id: Annotated[int, typer.Argument(metavar="ID", help="The token, as `corrigenda token list` numbers it.")],
    as_json: AsJson = False,
) -> None:
    """No longer take a token: it is refused from now on."""
    with open_database(open_settings(context)) as database, database.write() as session:
        row = revoke_token(session, token_id, now=datetime.now(UTC))
        owner = accounts.by_id(session, row.account_id)
    if as_json:
        print_json(_token_json(row, owner))
    else:
        say(f"token {row.id} for {row.name} is revoked")


def _owner(session: Session, name: str | None) -> Account:
    if name is not None:
        return find_account(session, name)
    found = accounts.every(session)
    if not found:
        raise InputError("a token is of an account, and there is none: `corrigenda account add NAME --role admin`")
    if len(found) > 1:
        raise InputError(f"name the account with --account: {', '.join(each.name for each in found[:20])}")
    return found[0]


def _until(row: ApiToken) -> str:
    return show_time(row.expires_at) if row.expires_at else "it is revoked"


def _token_json(row: ApiToken, owner: Account | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "account": owner.name if owner else None,
        "scope": row.scope,
        "created_at": json_time(row.created_at),
        "expires_at": json_time(row.expires_at),
        "last_used_at": json_time(row.last_used_at),
        "revoked_at": json_time(row.revoked_at),
    }
