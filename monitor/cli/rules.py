"""`corrigenda rules`: which changes matter to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from alerts import rulebook
from alerts.rules import KINDS, TYPES
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table
from monitor.tracking import find_article
from storage import rules
from storage.tables import Rule

app = new_app("List, add and remove rules: which changes matter to whom.")


@app.command("list")
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """List all rules."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = rules.rules(session)
    if as_json:
        print_json([_rule_json(rule, [channel.name for channel in channels]) for rule, channels in found])
        return
    show_table(
        ("name", "channel", "types", "kinds", "article", "enabled"),
        (
            (
                rule.name,
                ", ".join(channel.name for channel in channels),
                ", ".join(rule.condition.get("types", ())) or "those alerted by default",
                ", ".join(rule.condition.get("kinds", ())) or "all",
                rule.condition.get("article_id") or "all",
                "yes" if rule.enabled else "no",
            )
            for rule, channels in found
        ),
        empty="no rules, so nobody is told: `corrigenda rules add NAME --channel CHANNEL`",
    )


@app.command("add")
def add_rule(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    channel: Annotated[str, typer.Option(metavar="NAME", help="The channel that it feeds.")],
    types: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            metavar="TYPE",
            help=f"A type of change, again for more: {', '.join(sorted(TYPES))}. Default: those alerted by default.",
        ),
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="KIND", help=f"A kind of fact, again for more: {', '.join(sorted(KINDS))}. Default: all."
        ),
    ] = None,
    article: Annotated[
        str | None, typer.Option(metavar="ARTICLE", help="Only this article: id, address or words of its headline.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a rule that feeds a channel."""
    with open_database(open_settings(context)) as database, database.write() as session:
        only = find_article(session, article).id if article is not None else None
        rule = rulebook.add_rule(
            session, name, channel, {"types": types or (), "kinds": kinds or (), "article_id": only}
        )
    if as_json:
        print_json(_rule_json(rule, [channel]))
    else:
        say(f"rule {rule.name} added: it feeds channel {channel}")


@app.command("remove")
def remove_rule(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The rule.")],
    as_json: AsJson = False,
) -> None:
    """Remove a rule; what it told stays."""
    with open_database(open_settings(context)) as database, database.write() as session:
        rulebook.remove_rule(session, name)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"rule {name} removed")


def _rule_json(rule: Rule, channels: Sequence[str]) -> dict[str, Any]:
    condition = rulebook.condition_of(rule)
    return {
        "id": rule.id,
        "name": rule.name,
        "channel": channels[0] if channels else None,
        "channels": list(channels),
        "types": list(condition.types),
        "kinds": list(condition.kinds),
        "article_id": condition.article_id,
        "baseline": condition.baseline,
        "condition": rule.condition,
        "timing": rule.timing,
        "enabled": rule.enabled,
        "created_at": json_time(rule.created_at),
    }
