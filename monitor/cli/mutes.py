"""`corrigenda mutes`: what a channel does not want to hear of for a while."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from alerts import rulebook
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.tracking import find_article
from storage import mutes
from storage.tables import Mute

app = new_app("List, add and end mutes: what a channel does not want to hear of for a while.")


@app.command("list")
def list_mutes(context: typer.Context, as_json: AsJson = False) -> None:
    """List the mutes in force, the newest first."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = [
            (mute, channel.name, rulebook.describe_mute(session, mute))
            for mute, channel in mutes.listed(session, datetime.now(UTC))
        ]
    if as_json:
        print_json([_mute_json(*row) for row in found])
        return
    show_table(
        ("id", "channel", "muted", "until", "by"),
        (
            (mute.id, channel, what, show_time(mute.until_at) if mute.until_at else "ended", mute.created_by)
            for mute, channel, what in found
        ),
        empty="nothing is muted",
    )


@app.command("add")
def add_mute(
    context: typer.Context,
    channel: Annotated[str, typer.Option(metavar="NAME", help="The channel.")],
    article: Annotated[
        str | None, typer.Option(metavar="ARTICLE", help="This article: id, address or words of its headline.")
    ] = None,
    fact: Annotated[int | None, typer.Option(metavar="LINE", help="This fact, by the line_id of an alert.")] = None,
    rule: Annotated[str | None, typer.Option(metavar="NAME", help="What this rule picks.")] = None,
    days: Annotated[
        float, typer.Option(min=0, metavar="N", help="For so many days; 0: until it is ended by hand.")
    ] = rulebook.DEFAULT_MUTE_DAYS,
    as_json: AsJson = False,
) -> None:
    """Tell a channel nothing of an article, a fact, or what a rule picks, for a while."""
    with open_database(open_settings(context)) as database, database.write() as session:
        article_id = find_article(session, article).id if article is not None else None
        mute = rulebook.add_mute(
            session, channel, line_id=fact, article_id=article_id, rule=rule, days=days or None, by="the command line"
        )
        what = rulebook.describe_mute(session, mute)
    if as_json:
        print_json(_mute_json(mute, channel, what))
    else:
        until = f"until {show_time(mute.until_at)}" if mute.until_at else "until it is ended"
        say(f"mute {mute.id}: {channel} hears nothing of {what} {until}")


@app.command("end")
def end_mute(
    context: typer.Context,
    mute_id: Annotated[int, typer.Argument(metavar="ID", help="The mute.")],
    as_json: AsJson = False,
) -> None:
    """End a mute: the channel hears of it again, from now on."""
    with open_database(open_settings(context)) as database, database.write() as session:
        rulebook.end_mute(session, mute_id)
    if as_json:
        print_json({"ended": mute_id})
    else:
        say(f"mute {mute_id} ended")


def _mute_json(mute: Mute, channel: str, what: str) -> dict[str, Any]:
    return {
        "id": mute.id,
        "channel": channel,
        "what": mute.what,
        "line_id": mute.line_id,
        "article_id": mute.article_id,
        "rule_id": mute.rule_id,
        "describes": what,
        "until_at": json_time(mute.until_at),
        "created_at": json_time(mute.created_at),
        "created_by": mute.created_by,
    }
