"""`corrigenda deliveries`: what was told to whom, what waits, what failed; and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer
from sqlmodel import Session

from alerts.channels import registry
from alerts.replay import replay, replay_failed
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from storage import deliveries, picks
from storage.tables import DELIVERY_STATES, Alert, Channel, Delivery

app = new_app()
State = Literal["waiting", "delivered", "failed", "withdrawn"]
_STATE_HELP = f"Only these: {', '.join(DELIVERY_STATES)}."
Row = tuple[Delivery, Channel, Alert]


@app.command("deliveries")
def list_deliveries(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(metavar="STATE", help=_STATE_HELP)] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="The newest N at most.")] = 100,
    retry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Send this one again, under the same id; again for more. The service sends it."
        ),
    ] = None,
    channel: Annotated[str | None, typer.Option(metavar="NAME", help="Only those to this channel.")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Send all failed ones again, oldest first; or those to --channel.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", help="With --retry-failed: only those that failed since then (UTC)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries of alerts, and send failed ones again.

    Newest first. A failed delivery is kept until somebody sends it again with --retry or --retry-failed; its id stays
    the same.
    """
    if since is not None and not retry_failed:
        raise InputError("--since goes with --retry-failed")
    again = list(retry or ())
    with open_database(open_settings(context)) as database:
        with database.write() as session:
            for delivery_id in again:
                replay(session, delivery_id)
            if retry_failed:
                again += replay_failed(session, channel=channel, since=since and since.replace(tzinfo=UTC))
        with database.read() as session:
            if retry or retry_failed:
                rows = _named(session, again)
            else:
                to = registry.channel(session, channel).id if channel is not None else None
                rows = list(deliveries.listed(session, state, limit, channel_id=to))
            holds = picks.gathered(session, [alert.id for _, _, alert in rows])
    if as_json:
        print_json([_delivery_json(*row, holds.get(row[2].id)) for row in rows])
        return
    if again:
        listed = ", ".join(again) if len(again) <= 5 else f"{len(again):,} deliveries"
        say(f"due at once: {listed}; `corrigenda serve` sends them")
    show_table(
        ("id", "state", "channel", "written", "tries", "next try", "about", "last answer"),
        (
            (
                delivery.id,
                delivery.state,
                channel.name,
                show_time(delivery.created_at),
                delivery.attempts,
                show_time(delivery.next_attempt_at),
                picks.about(alert, holds.get(alert.id)),
                delivery.last_error,
            )
            for delivery, channel, alert in rows
        ),
        empty="no deliveries" + (f" {state}" if state else ""),
    )


def _named(session: Session, ids: Sequence[str]) -> list[Row]:
    return [row for each in ids if (row := deliveries.get(session, each))]


def _delivery_json(delivery: Delivery, channel: Channel, alert: Alert, holds: picks.Gathered | None) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "state": delivery.state,
        "channel": channel.name,
        "alert_id": alert.id,
        "article_id": holds.article_id if holds else None,
        "title": picks.about(alert, holds),
        "attempts": delivery.attempts,
        "created_at": json_time(delivery.created_at),
        "next_attempt_at": json_time(delivery.next_attempt_at),
        "finished_at": json_time(delivery.finished_at),
        "last_error": delivery.last_error,
    }
