"""Deliveries: 10,000 that wait, to 200 channels, of which some are dead; how long it takes, and in which order.

`python -m benchmarks.deliveries [waiting] [channels] [dead]`. Receivers are real, on loopback, one server for each ten
channels; a dead channel's takes connections and says nothing. The loop is the service's, the calls are signed.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from alerts.channels import registry
from alerts.channels.webhook import WebhookSender
from alerts.deliver import Deliverer, DeliverySettings
from monitor.config import Fetch, Log, Settings
from monitor.journal import configure_log
from monitor.outgoing import guarded_client
from storage import deliveries
from storage.database import Database

BY_SERVER = 10
CALL_SECONDS = 5.0


@dataclass
class Receivers:
    """Servers that take calls, and remember which came when."""

    calls: dict[str, list[tuple[float, str]]]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call; `/dead/...` gets no answer."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in head.split("\r\n"))}
        await reader.readexactly(int(headers["content-length"]))
        path = head.split(" ", 2)[1]
        self.calls[path].append((time.monotonic(), headers["webhook-id"]))
        if path.startswith("/dead/"):
            await asyncio.sleep(3600)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


def serve(receivers: Receivers, count: int) -> list[int]:
    """Start so many servers in a thread of their own; returns their ports."""
    ports: list[int] = []
    started = threading.Event()

    async def run() -> None:
        for _ in range(count):
            server = await asyncio.start_server(receivers.answer, "127.0.0.1", 0, backlog=512)
            ports.append(server.sockets[0].getsockname()[1])
        started.set()
        await asyncio.sleep(3600)

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    started.wait()
    return ports


def fill(database: Database, paths: Mapping[str, int], waiting: int) -> None:
    """Channels, and what waits for them: one after the other, as alerts come."""
    now = datetime.now(UTC)
    payload = {
        "schema": "corrigenda.alert/2",
        "type": "changes.told",
        "title": "170 -> 303",
        "changes": [],
        "filler": "x" * 2000,
    }
    with database.write() as session:
        ids = [
            registry.add_channel(session, path.strip("/").replace("/", " "), f"http://127.0.0.1:{port}{path}").id or 0
            for path, port in paths.items()
        ]
        for number in range(waiting):
            deliveries.add_alert(session, alert_id=f"alrt_{number:06}", created_at=now, payload=payload)
            deliveries.add(session, f"msg_{number:06}", f"alrt_{number:06}", ids[number % len(ids)], now)


def count_left(database: Database) -> int:
    """How many wait that were not tried yet."""
    with database.read() as session:
        return deliveries.count_by_state(session).get("waiting", 0)


async def deliver(database: Database, hosts: list[str], left: int) -> None:
    """Run the loop until no more than these wait."""
    client = guarded_client(Settings(fetch=Fetch(allow_hosts=hosts)))
    sender = WebhookSender(client, CALL_SECONDS, "Corrigenda/benchmark")
    settings = replace(DeliverySettings(), stop_seconds=0.1)
    stop = asyncio.Event()
    loop = asyncio.create_task(Deliverer(database, {"webhook": sender}, settings).run(stop))
    while await asyncio.to_thread(count_left, database) > left:
        await asyncio.sleep(0.2)
    stop.set()
    await loop


def main(waiting: int = 10_000, channels: int = 200, dead: int = 20) -> None:
    """Print what was measured."""
    configure_log(Log(level="error"))
    structlog.configure(cache_logger_on_first_use=True)
    receivers = Receivers(defaultdict(list))
    ports = serve(receivers, max(1, channels // BY_SERVER))
    paths = {
        f"/{'dead' if number < dead else 'well'}/{number}": ports[number // BY_SERVER % len(ports)]
        for number in range(channels)
    }
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/deliveries.db")
        fill(database, paths, waiting)
        of_dead = sum(number % channels < dead for number in range(waiting))
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        asyncio.run(deliver(database, [f"127.0.0.1:{port}" for port in ports], of_dead))
        took, now_used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
        database.close()
    well = {path: calls for path, calls in receivers.calls.items() if path.startswith("/well/")}
    told = sum(len(calls) for calls in well.values())
    ends = sorted(calls[-1][0] - began for calls in well.values())
    print(
        json.dumps(
            {
                "waiting": waiting,
                "channels": channels,
                "dead channels": dead,
                "delivered": told,
                "seconds": round(took, 1),
                "a second": round(told / took),
                "cpu ms each": round(
                    1000 * (now_used.ru_utime - used.ru_utime + now_used.ru_stime - used.ru_stime) / told, 2
                ),
                "first channel done after": round(ends[0], 1),
                "last channel done after": round(ends[-1], 1),
                "out of order": sum(
                    [id_ for _, id_ in calls] != sorted(id_ for _, id_ in calls) for calls in well.values()
                ),
                "told twice": told - sum(len({id_ for _, id_ in calls}) for calls in well.values()),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
