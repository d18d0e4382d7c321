"""`corrigenda rules`: which changes matter to whom, and when they are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from sqlmodel import Session

from alerts import rulebook
from alerts.rehearse import Rehearsal, rehearse
from alerts.rules import Condition
from alerts.timing import Pace, Timing
from monitor.changes.rejudge import rejudge
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.rule_options import CONDITION, TIMING, Given, resolved, with_rule_options
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from monitor.outgoing import waits_of
from storage import rules
from storage.tables import Channel, Rule

app = new_app("List, add, change, try and remove rules: which changes matter to whom.")

NamedRule = Annotated[str, typer.Argument(metavar="NAME", help="The rule.")]
_FIELDS = sorted({*CONDITION, *TIMING})


@app.command("list")
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """List all rules, each with what it sends in plain words."""
    settings = open_settings(context)
    with open_database(settings) as database, database.read() as session:
        found = rules.rules(session)
        told = [rulebook.describe_rule(session, rule, waits_of(settings)) for rule, _ in found]
    if as_json:
        print_json([_rule_json(rule, channels, said) for (rule, channels), said in zip(found, told, strict=True)])
        return
    show_table(
        ("name", "channels", "enabled", "what it sends"),
        (
            (rule.name, ", ".join(channel.name for channel in channels), "yes" if rule.enabled else "no", said)
            for (rule, channels), said in zip(found, told, strict=True)
        ),
        empty="no rules, so nobody is told: `corrigenda rules add NAME --channel CHANNEL`",
    )  # fmt: skip


@app.command("add")
@with_rule_options
def add_rule(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    channels: Annotated[
        list[str], typer.Option("--channel", metavar="NAME", help="The channel that it feeds, again for more.")
    ],
    condition: Given,
    timing: Given,
    as_json: AsJson = False,
) -> None:
    """Add a rule that feeds channels. It says what it will send."""
    settings = open_settings(context)
    with open_database(settings) as database, database.write() as session:
        rule = rulebook.add_rule(session, name, channels, resolved(session, condition), timing)
        _show(
            session, rule, f"rule {rule.name} added", as_json, rulebook.describe_rule(session, rule, waits_of(settings))
        )


@app.command("change")
@with_rule_options
def change_rule(
    context: typer.Context,
    name: NamedRule,
    condition: Given,
    timing: Given,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Call it this.")] = None,
    channels: Annotated[
        list[str] | None, typer.Option("--channel", metavar="NAME", help="Feed this channel instead, again for more.")
    ] = None,
    clear: Annotated[
        list[str] | None,
        typer.Option("--clear", metavar="OPTION", help="Leave this open again: an option without its dashes."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named of a rule; the rest stays. What it picked before stays picked."""
    settings = open_settings(context)
    with open_database(settings) as database, database.write() as session:
        rule = rulebook.find_rule(session, name)
        cleared = _cleared(clear or ())
        rule = rulebook.change_rule(
            session,
            name,
            new_name=new_name,
            channels=channels,
            condition=_without(rule.condition, cleared) | resolved(session, condition),
            timing=_without(rule.timing, cleared) | timing,
        )
        said = rulebook.describe_rule(session, rule, waits_of(settings))
        _show(session, rule, f"rule {rule.name} changed", as_json, said)


@app.command("enable")
def enable_rule(context: typer.Context, name: NamedRule, as_json: AsJson = False) -> None:
    """Let a rule pick again, from now on."""
    _switch(context, name, True, as_json)


@app.command("disable")
def disable_rule(context: typer.Context, name: NamedRule, as_json: AsJson = False) -> None:
    """Let a rule pick nothing more; what it has not told yet is not told either."""
    _switch(context, name, False, as_json)


@app.command("test")
@with_rule_options
def try_rule(
    context: typer.Context,
    condition: Given,
    timing: Given,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A rule; without one, the options say all.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="NAME", help="As if it fed this channel, with its waits.")
    ] = None,
    days: Annotated[
        float, typer.Option(min=0.01, max=3650, metavar="N", help="Over the changes of so many days.")
    ] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what a rule would have sent over past changes. Nothing is sent.

    Options change the rule that is named for this trial only.
    """
    settings = open_settings(context)
    with open_database(settings) as database, database.read() as session:
        rule = rulebook.find_rule(session, name) if name is not None else None
        picks = rulebook.read(Condition, (rule.condition if rule else {}) | resolved(session, condition))
        tells = rulebook.read(Timing, (rule.timing if rule else {}) | timing)
        to = _channel(session, rule, channel)
        now = datetime.now(UTC)
        outcome = rehearse(
            session,
            picks,
            tells,
            now - timedelta(days=days),
            now,
            rejudge=rejudge,
            pace=Pace.model_validate(to.pace) if to else None,
            kind=to.kind if to else "email",
            waits=waits_of(settings),
        )
        said = rulebook.describe_draft(session, picks, tells, [to] if to else [], waits_of(settings))
    if as_json:
        print_json({"describes": said} | rehearsal_json(outcome))
        return
    say(said)
    show_table(
        ("would have gone", "changes", "the first of them"),
        ((show_time(alert.at), len(alert.changes), _first(alert.changes)) for alert in outcome.alerts),
        empty="nothing would have been sent",
    )
    say(_summary(outcome))


@app.command("default")
def add_defaults(
    context: typer.Context,
    channel: Annotated[str, typer.Option(metavar="NAME", help="The channel that they feed.")],
    as_json: AsJson = False,
) -> None:
    """Add the rules that a first channel gets: tolls, personnel and dates at once, the rest in a daily digest."""
    with open_database(open_settings(context)) as database, database.write() as session:
        added = rulebook.add_default_rules(session, channel)
        shown = [_rule_json(rule, rules.channels_of(session, rule.id or 0)) for rule in added]
    if as_json:
        print_json(shown)
    else:
        names = ", ".join(rule.name for rule in added)
        say(f"from now on these feed {channel}: {names}" if added else f"they feed {channel} already")


@app.command("remove")
def remove_rule(context: typer.Context, name: NamedRule, as_json: AsJson = False) -> None:
    """Remove a rule; what it told stays."""
    with open_database(open_settings(context)) as database, database.write() as session:
        rulebook.remove_rule(session, name)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"rule {name} removed")


def rehearsal_json(outcome: Rehearsal) -> dict[str, Any]:
    """A rehearsal as programs read it."""
    return {
        "since": json_time(outcome.since),
        "until": json_time(outcome.until),
        "looked_at": outcome.looked_at,
        "picked": outcome.picked,
        "silent": outcome.silent,
        "held": outcome.held,
        "waiting": outcome.waiting,
        "alerts": [
            {
                "at": json_time(alert.at),
                "changes": [
                    {
                        "change_id": change.change_id,
                        "article_id": change.article_id,
                        "headline": change.headline,
                        "seen_at": json_time(change.seen_at),
                        "title": change.title,
                        "baseline": {"name": change.baseline, "version": change.baseline_number},
                        "turns": change.turns,
                    }
                    for change in alert.changes
                ],
            }
            for alert in outcome.alerts
        ],
    }


def _summary(outcome: Rehearsal) -> str:
    alerts = "1 alert" if len(outcome.alerts) == 1 else f"{len(outcome.alerts):,} alerts"
    parts = [f"since {show_time(outcome.since)} it would have sent {alerts} with {outcome.changes:,} changes"]
    parts += [f"of {outcome.looked_at:,} that were looked at"]
    parts += [f"{outcome.silent:,} turns of pages that go back and forth only counted"] * bool(outcome.silent)
    parts += [f"{outcome.held:,} not confirmed"] * bool(outcome.held)
    parts += [f"{outcome.waiting:,} still gathering"] * bool(outcome.waiting)
    return "; ".join(parts)


def _first(changes: Sequence[Any]) -> str:
    return f"{changes[0].title} ({changes[0].headline or changes[0].url})" if changes else "nothing has changed"


def _channel(session: Session, rule: Rule | None, name: str | None) -> Channel | None:
    if name is not None:
        return rulebook.find_channel(session, name)
    return next(iter(rules.channels_of(session, rule.id or 0)), None) if rule else None


def _switch(context: typer.Context, name: str, on: bool, as_json: bool) -> None:
    with open_database(open_settings(context)) as database, database.write() as session:
        rule = rulebook.switch_rule(session, name, on)
        _show(session, rule, f"rule {rule.name} {'enabled' if on else 'disabled'}", as_json)


def _show(session: Session, rule: Rule, done: str, as_json: bool, said: str = "") -> None:
    channels = rules.channels_of(session, rule.id or 0)
    if as_json:
        print_json(_rule_json(rule, channels, said or rulebook.describe_rule(session, rule)))
        return
    say(done)
    if said:
        say(said)


def _cleared(options: Sequence[str]) -> set[str]:
    names = {"type": "types", "kind": "kinds", "subject": "subjects", "language": "languages"}
    fields = {names.get(one, one) for one in (option.strip("-").replace("-", "_") for option in options)}
    if strange := sorted(fields - set(_FIELDS)):
        raise InputError(f"--clear {strange[0]}: there is no such option")
    return fields | {f"{one}_id" for one in fields & {"article", "story"}}


def _without(data: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _rule_json(rule: Rule, channels: Sequence[Channel], said: str | None = None) -> dict[str, Any]:
    condition = rulebook.condition_of(rule)
    shown = {
        "id": rule.id,
        "name": rule.name,
        "channel": channels[0].name if channels else None,
        "channels": [channel.name for channel in channels],
        "types": list(condition.types),
        "kinds": list(condition.kinds),
        "article_id": condition.article_id,
        "baseline": condition.baseline,
        "condition": rule.condition,
        "timing": rule.timing,
        "enabled": rule.enabled,
        "created_at": json_time(rule.created_at),
    }
    return shown if said is None else shown | {"describes": said}
