"""`corrigenda deliveries`: what was told to whom, what waits, what failed; and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer
from sqlmodel import Session

from alerts.replay import replay
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
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
    as_json: AsJson = False,
) -> None:
    """List deliveries of alerts, and send failed ones again.

    Newest first. A failed delivery is kept until somebody sends it again with --retry.
    """
    with open_database(open_settings(context)) as database:
        if retry:
            with database.write() as session:
                for delivery_id in retry:
                    replay(session, delivery_id)
        with database.read() as session:
            rows = _named(session, retry) if retry else deliveries.listed(session, state, limit)
            holds = picks.gathered(session, [alert.id for _, _, alert in rows])
    if as_json:
        print_json([_delivery_json(*row, holds.get(row[2].id)) for row in rows])
        return
    if retry:
        say(f"due at once: {', '.join(retry)}; `corrigenda serve` sends them")
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
