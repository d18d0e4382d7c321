"""`corrigenda channels`: where alerts go."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any

import typer

from alerts import rulebook
from alerts.channels import registry
from alerts.errors import DeliveryError
from alerts.preview import example, preview
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

app = new_app("List, add, change, test and remove channels: where alerts go.")

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
                registry.shown_address(channel),
                "yes" if channel.operator else "",
                "yes" if channel.enabled else f"no: {channel.disabled_reason or 'by hand'}",
            )
            for channel in found
        ),
        empty="no channels: `corrigenda channels add NAME --email ADDRESS`, `--webhook URL` or `--messenger URL`",
    )


@app.command("add")
def add_channel(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="An e-mail address.")] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="The URL of a webhook.")] = None,
    messenger: Annotated[
        str | None, typer.Option(metavar="URL", help="An Apprise URL, such as slack://... (docs/alerts.md).")
    ] = None,
    secret: Annotated[
        str | None, typer.Option(metavar="SECRET", help="The webhook's signing secret (whsec_...); else one is made.")
    ] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="Tell it, too, when the watch itself is in trouble.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a channel: an e-mail address, a webhook, or a messenger.

    A webhook's signing secret is shown this once: give it to the receiver. The first channel gets the default rules
    (`corrigenda rules list`); any other is told nothing until a rule feeds it: `corrigenda rules add`.
    """
    address = _address(email, webhook, messenger)
    with open_database(open_settings(context)) as database, database.write() as session:
        before = len(rules.rules(session))
        channel = rulebook.add_channel(session, name, address, secret, operator=operator)
        made = [rule.name for rule, _ in rules.rules(session)] if not before else []
    if as_json:
        print_json(_channel_json(channel) | {"secret": channel.secret})
        return
    say(f"channel {channel.name} added: {channel.kind} {registry.shown_address(channel)}")
    if channel.secret and secret is None:
        say("signing secret, shown only now: ", (channel.secret, "bold"))
    if made:
        say(f"it is fed by the default rules: {'; '.join(made)}")
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
        say(f"{registry.shown_address(channel)} took the test message: {answer}")


@app.command("rotate")
def rotate_secret(
    context: typer.Context,
    name: NamedChannel,
    secret: Annotated[
        str | None, typer.Option(metavar="SECRET", help="The new secret (whsec_...); else one is made.")
    ] = None,
    keep: Annotated[float, typer.Option(metavar="HOURS", help="So long the old secret signs as well.")] = 24.0,
    as_json: AsJson = False,
) -> None:
    """Give a webhook a new signing secret. For a day the old one signs as well."""
    with open_database(open_settings(context)) as database, database.write() as session:
        channel = registry.channel(session, name)
        fresh = registry.rotate_secret(session, channel, secret, keep=timedelta(hours=keep))
    if as_json:
        print_json(_channel_json(channel) | {"secret": fresh})
        return
    if secret is None:
        say("new signing secret, shown only now: ", (fresh, "bold"))
    say(f"the old secret signs as well for {keep:g} hours")


@app.command("template")
def set_template(
    context: typer.Context,
    name: NamedChannel,
    subject: Annotated[str | None, typer.Option(metavar="TEMPLATE", help="Jinja for the subject; empty: ours.")] = None,
    text: Annotated[str | None, typer.Option(metavar="TEMPLATE", help="Jinja for the text; empty: ours.")] = None,
    html: Annotated[
        str | None, typer.Option(metavar="TEMPLATE", help="Jinja for the HTML of mails; empty: ours.")
    ] = None,
    dry: Annotated[bool, typer.Option("--preview", help="Show how it looks, and keep nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Word a channel's messages in your own way; shown with the last change that was told.

    Without a template, it shows how messages look now.
    """
    settings = open_settings(context)
    given = {part: one for part, one in (("subject", subject), ("text", text), ("html", html)) if one is not None}
    with open_database(settings) as database, database.write() as session:
        channel = registry.channel(session, name)
        told = example(session, channel, settings.public_url)
        if told is None:
            raise InputError("nothing has changed yet, so there is nothing to try a template on")
        own = {**channel.templates, **given}
        if given and not dry:
            registry.set_templates(session, channel, own, told)
        shown = preview(told, channel.kind, own)
    if as_json:
        print_json({"name": name, "kept": bool(given) and not dry, **dict(shown.parts), "failed": dict(shown.failed)})
        return
    for part, reason in shown.failed.items():
        say(f"{part}: {reason}")
    say((shown.parts["subject"], "bold"))
    say(shown.parts["text"])


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


@app.command("change")
def change_channel(
    context: typer.Context,
    name: NamedChannel,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Call it this.")] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="IANA time zone of its quiet hours and digests.")
    ] = None,
    quiet_from: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="Nothing is sent from this time of day on ...")
    ] = None,
    quiet_until: Annotated[str | None, typer.Option(metavar="HH:MM", help="... until this one.")] = None,
    first_wait: Annotated[
        str | None, typer.Option(metavar="TIME", help="So long an alert waits for more, like 30s.")
    ] = None,
    interval: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time between two alerts at least, like 10m.")
    ] = None,
    repeat: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="A page that goes back and forth is told of once in this time, like 4h."),
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Forget quiet hours, zone and waits first; then they are as configured.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Change what is named of a channel: its name, quiet hours and waits. What its rules say goes before that."""
    given = {
        "zone": zone, "quiet_from": quiet_from, "quiet_until": quiet_until, "first_wait": first_wait,
        "interval": interval, "repeat": repeat,
    }  # fmt: skip
    with open_database(open_settings(context)) as database, database.write() as session:
        known = {} if clear else registry.channel(session, name).pace
        pace = known | {field: value for field, value in given.items() if value is not None}
        channel = rulebook.change_channel(session, name, new_name=new_name, pace=pace)
    if as_json:
        print_json(_channel_json(channel))
    else:
        said = ", ".join(f"{field.replace('_', ' ')} {value}" for field, value in channel.pace.items())
        say(f"channel {channel.name} changed: {said or 'waits as configured, no quiet hours'}")


@app.command("disable")
def disable_channel(
    context: typer.Context,
    name: NamedChannel,
    reason: Annotated[str, typer.Option(metavar="WORDS", help="Why, for those who wonder.")] = "by hand",
    as_json: AsJson = False,
) -> None:
    """Send nothing to a channel for now. Its rules go on picking; what falls due is kept as failed."""
    with open_database(open_settings(context)) as database, database.write() as session:
        channel = rulebook.switch_channel(session, name, False, reason)
    if as_json:
        print_json(_channel_json(channel))
    else:
        say(f"channel {channel.name} disabled")


@app.command("remove")
def remove_channel(context: typer.Context, name: NamedChannel, as_json: AsJson = False) -> None:
    """Remove a channel; what it was told stays, what it was not told yet is not told."""
    with open_database(open_settings(context)) as database, database.write() as session:
        rulebook.remove_channel(session, name)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"channel {name} removed")


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


def _address(email: str | None, webhook: str | None, messenger: str | None) -> str:
    """The one address given, of the kind that its option names. Raises InputError."""
    given = {"email": email, "webhook": webhook, "messenger": messenger}
    named = {kind: address for kind, address in given.items() if address is not None}
    if len(named) != 1:
        raise InputError("give one of --email ADDRESS, --webhook URL and --messenger URL")
    ((kind, address),) = named.items()
    meant = registry.kind_of(address)
    if meant != kind:
        shown = repr(address) if meant != "messenger" else f"{address.partition('://')[0]}://***"
        raise InputError(f"{shown} is not for --{kind}: it looks like an address for --{meant}")
    return address


def _channel_json(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "kind": channel.kind,
        "address": registry.shown_address(channel),
        "operator": channel.operator,
        "enabled": channel.enabled,
        "disabled_reason": channel.disabled_reason,
        "pace": channel.pace,
        "created_at": json_time(channel.created_at),
    }
