"""What a newsroom has beside its articles, for the benchmark of the pages: rules, channels, alerts, deliveries, mutes,
and the lines of some stories.

The payloads are the engine's own, put together for some Changes and then told often.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from alerts import outbox, rulebook
from alerts.event import Event
from alerts.seal import seal
from benchmarks.archive import NOW, insert, stamp
from monitor import following
from storage import changes
from storage.database import Database
from storage.tables import Alert, StoryMember

DELIVERIES = 20_000
CHANNELS = 6
RULES = 60
MUTES = 200
MEMBERS = 60
"""Articles of each followed Story that are laid beside each other; the others of the largest were only put into it."""
FOLLOWED = (1, 2)
TOLD = 12
"""Versions whose Changes were told for good; all other alerts tell one of them again."""
_STATES = ("delivered",) * 17 + ("failed", "waiting", "withdrawn")


def fill(file: Path) -> None:
    """All of it, into a database that has articles."""
    database = Database(f"sqlite:///{file}")
    payloads = _tell(database)
    _follow(database)
    database.close()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN")
    _write_deliveries(connection, payloads)
    connection.execute("COMMIT")
    connection.close()


def _tell(database: Database) -> Sequence[dict[str, Any]]:
    """Channels with their Rules, and what they were told of some Versions."""
    with database.write() as session:
        names = [rulebook.add_channel(session, f"desk {n}", f"https://hooks.example/{n}").name for n in range(CHANNELS)]
        for number in range(RULES):
            scope = ({"story_id": 2}, {"tag": f"topic-{number % 50}"}, {"types": ["value"]})[number % 3]
            rulebook.add_rule(session, f"Rule {number}", names[number % CHANNELS], scope, now=NOW)
        for number in range(MUTES):
            rulebook.add_mute(session, names[number % CHANNELS], article_id=1 + number)
    payloads = []
    for article_id in range(1, TOLD + 1):
        with database.write() as session:
            found = changes.page(session, changes.Wanted(article_id=article_id), limit=8)
            rows = [row for row in found.rows if row.after and row.after.id == found.rows[0].change.to_version_id]
            if not rows:
                continue
            article, before, after = rows[0].article, rows[0].before, rows[0].after
            event = Event(
                article_id=article_id, url=article.url, headline=article.headline, publisher=article.publisher,
                before=before.number if before else None, after=after.number if after else None, seen_at=NOW,
                changes=[{"id": row.change.id, **row.change.body} for row in rows],
                lines={row.change.id or 0: row.change.line_id for row in rows if row.change.line_id},
            )  # fmt: skip
            for alert_id in outbox.write(session, event):
                alert = session.get_one(Alert, alert_id)
                if not alert.gathers.startswith("daily") and seal(
                    session, alert, NOW, public_url="http://127.0.0.1:8000"
                ):
                    payloads.append(dict(alert.payload or {}))
    return payloads


def _follow(database: Database) -> None:
    """Some Stories with their lines; the members of all the others are as far as their Articles."""
    with database.read() as session:
        members = {
            story_id: session.exec(
                select(StoryMember.article_id)
                .where(StoryMember.story_id == story_id)
                .order_by(col(StoryMember.article_id))
                .limit(MEMBERS)
            ).all()
            for story_id in FOLLOWED
        }
    for story_id, article_ids in members.items():
        for article_id in article_ids:
            with database.write() as session:
                following.follow(session, story_id, article_id)
    with database.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE story_member SET behind = 0, read_number = "
            "(SELECT version_number FROM article WHERE article.id = story_member.article_id) WHERE behind"
        )


def _write_deliveries(connection: sqlite3.Connection, payloads: Sequence[dict[str, Any]]) -> None:
    """Old ones, in every state, with their attempts and what they picked."""
    alerts, sent, attempts, picks = [], [], [], []
    first = connection.execute("SELECT id FROM rule WHERE name = 'Rule 0'").fetchone()[0]
    picked = {row[0] for row in connection.execute("SELECT change_id FROM pick")}
    free = [number for number in range(1, DELIVERIES + len(picked) + 1) if number not in picked]
    for number in range(DELIVERIES):
        made = NOW - timedelta(minutes=15 * (DELIVERIES - number))
        at, soon = stamp(made), stamp(made + timedelta(seconds=2))
        again = stamp(NOW + timedelta(hours=1))
        state, channel = _STATES[number % len(_STATES)], number % CHANNELS + 1
        alert_id, delivery_id = f"alrt_0{number:07}", f"msg_0{number:07}"
        payload = payloads[number % len(payloads)] | {"id": alert_id}
        tries = {"delivered": 1 + (number % 50 == 0), "failed": 8, "waiting": 2, "withdrawn": 0}[state]
        alerts.append((alert_id, channel, "at once", "sealed", at, at, json.dumps(payload)))
        sent.append(
            (delivery_id, alert_id, channel, state, tries, 0, again if state == "waiting" else None,
             at, 0, at, None if state == "waiting" else soon, "503 Service Unavailable" if tries > 1 else None)
        )  # fmt: skip
        outcomes = ["retry"] * (tries - 1) + [{"waiting": "retry"}.get(state, state)] if tries else []
        attempts += [(delivery_id, place, at, soon, each, "503") for place, each in enumerate(outcomes, 1)]
        picks.append(
            (free[number], number % 5000 + 1, number % RULES + first, f"Rule {number % RULES}", channel, alert_id,
             "gathered", at)
        )  # fmt: skip
    insert(connection, "alert", "id channel_id gathers state created_at sealed_at payload", alerts)
    columns = (
        "id alert_id channel_id state attempts attempts_before next_attempt_at due_at aside created_at finished_at"
    )
    insert(connection, "delivery", f"{columns} last_error", sent)
    insert(connection, "attempt", "delivery_id number started_at finished_at outcome detail", attempts)
    insert(connection, "pick", "change_id article_id rule_id rule channel_id alert_id state picked_at", picks)
