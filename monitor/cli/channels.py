"""`corrigenda channels`: where alerts go."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from alerts.channels import registry
from alerts.errors import DeliveryError
from alerts.replay import left_behind
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table
from monitor.errors import CorrigendaError, InputError
from monitor.outgoing import senders_of
from storage import rules
from storage.tables import Channel

app = new_app("List, add and test channels: where alerts go.")

NamedChannel = Annotated[str, typer.Argument(metavar="NAME", help="The channel.")]


@app.command("list")
def list_channels(context: typer.Context, as_json: AsJson = False) -> None:
    """List all channels; secrets are not shown."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = rules.channels(session)
    if as_json:
        print_json([_channel_json(channel) for channel in found])
        return
    show_table(
        ("name", "kind", "address", "for operators", "enabled"),
        (
            (
                channel.name,
                channel.kind,
                channel.address,
                "yes" if channel.operator else "",
                "yes" if channel.enabled else f"no: {channel.disabled_reason or 'by hand'}",
            )
            for channel in found
        ),
        empty="no channels: `corrigenda channels add NAME --email ADDRESS` or `--webhook URL`",
    )


@app.command("add")
def add_channel(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="An e-mail address.")] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="The URL of a webhook.")] = None,
    secret: Annotated[
        str | None, typer.Option(metavar="SECRET", help="The webhook's signing secret (whsec_...); else one is made.")
    ] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="Tell it, too, when the watch itself is in trouble.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a channel: an e-mail address or a webhook.

    A webhook's signing secret is shown this once: give it to the receiver. Then a rule must feed the channel:
    `corrigenda rules add`.
    """
    address = _address(email, webhook)
    with open_database(open_settings(context)) as database, database.write() as session:
        channel = registry.add_channel(session, name, address, secret, operator=operator)
    if as_json:
        print_json(_channel_json(channel) | {"secret": channel.secret})
        return
    say(f"channel {channel.name} added: {channel.kind} {channel.address}")
    if channel.secret and secret is None:
        say("signing secret, shown only now: ", (channel.secret, "bold"))
    say(f"try it: corrigenda channels test {channel.name}; feed it: corrigenda rules add NAME --channel {channel.name}")


@app.command("test")
def try_channel(context: typer.Context, name: NamedChannel, as_json: AsJson = False) -> None:
    """Send a message that is clearly a test, now and once."""
    settings = open_settings(context)
    with open_database(settings) as database, database.read() as session:
        channel = registry.channel(session, name)
    try:
        answer = asyncio.run(registry.send_test(channel, senders_of(settings)))
    except DeliveryError as error:
        if as_json:
            print_json({"name": channel.name, "delivered": False, "answer": str(error)})
            raise typer.Exit(1) from None
        raise CorrigendaError(f"channel {channel.name}: {error}") from error
    if as_json:
        print_json({"name": channel.name, "delivered": True, "answer": answer})
    else:
        say(f"{channel.address} took the test message: {answer}")


@app.command("enable")
def enable_channel(context: typer.Context, name: NamedChannel, as_json: AsJson = False) -> None:
    """Send to a disabled channel again.

    What failed meanwhile is not sent by itself, but by `corrigenda deliveries --retry-failed --channel NAME`.
    """
    with open_database(open_settings(context)) as database, database.write() as session:
        channel = registry.channel(session, name)
        rules.enable_channel(session, channel.id or 0)
        session.refresh(channel)
        behind = left_behind(session, channel)
    if as_json:
        print_json(_channel_json(channel))
    else:
        say(f"channel {channel.name} enabled" + (f"; {behind}" if behind else ""))


@app.command("operator")
def mark_channel(
    context: typer.Context,
    name: NamedChannel,
    off: Annotated[bool, typer.Option("--off", help="No longer tell it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell a channel when the watch itself is in trouble: a loop that stopped, a site that fails, overdue articles."""
    with open_database(open_settings(context)) as database, database.write() as session:
        channel = registry.channel(session, name)
        channel.operator = not off
        session.add(channel)
        session.flush()
    if as_json:
        print_json(_channel_json(channel))
    else:
        say(f"channel {channel.name} is {'no longer' if off else 'now'} told of trouble with the watch itself")


def _address(email: str | None, webhook: str | None) -> str:
    """The one address given, of the kind that its option names. Raises InputError."""
    if (email is None) == (webhook is None):
        raise InputError("give either --email ADDRESS or --webhook URL")
    if email is not None and "://" in email:
        raise InputError(f"{email!r} is a URL, not an e-mail address: use --webhook for it")
    if webhook is not None and "://" not in webhook:
        raise InputError(f"{webhook!r} is not the URL of a webhook: it starts with https://")
    return email if email is not None else webhook or ""


def _channel_json(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "kind": channel.kind,
        "address": channel.address,
        "operator": channel.operator,
        "enabled": channel.enabled,
        "disabled_reason": channel.disabled_reason,
        "created_at": json_time(channel.created_at),
    }
