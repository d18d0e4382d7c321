"""The delivery loop, in this process for a while, or as a process of its own that a test can kill."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from alerts import outbox, rulebook
from alerts.channels import registry
from alerts.channels.email import MailSettings
from alerts.deliver import Deliverer, DeliverySettings
from monitor.config import Fetch, Settings
from monitor.outgoing import guarded_client, guarded_proxy
from storage import deliveries
from storage.database import Database
from storage.tables import Delivery
from tests.unit.alerts.examples import NOW, database_with_article, kept, toll

QUICK = DeliverySettings(retries=(0.05, 0.05, 0.05), poll_seconds=0.05, lease_seconds=5, stop_seconds=1)


def deliverer(
    database: Database,
    allowed: Sequence[str] = (),
    *,
    mail_port: int = 1,
    settings: DeliverySettings = QUICK,
    timeout: float = 2,
    **clock: Any,
) -> Deliverer:
    """What the service runs, with receivers on loopback allowed; `now` and `randomness` may be others."""
    allowing = Settings(fetch=Fetch(allow_hosts=list(allowed)))
    senders = registry.senders(
        MailSettings("127.0.0.1", mail_port, tls="none", sender="alerts@example.org", timeout_seconds=timeout),
        guarded_client(allowing),
        timeout,
        "Corrigenda/test",
        open_proxy=guarded_proxy(allowing),
    )
    return Deliverer(database, senders, settings, **clock)


async def run_until(deliverer: Deliverer, done: Callable[[], bool], seconds: float = 15) -> None:
    """Run the loop until `done` says so, and stop it cleanly. Raises TimeoutError when that takes too long."""
    stop = asyncio.Event()
    loop = asyncio.create_task(deliverer.run(stop))
    try:
        async with asyncio.timeout(seconds):
            while not done() and not loop.done():
                await asyncio.sleep(0.02)
    finally:
        stop.set()
        await loop


def database_with_channels(folder: Path, **addresses: str) -> Database:
    """A database with article 1 and, for each name, a channel and a rule that tells it everything."""
    database = database_with_article(folder)
    with database.write() as session:
        for name, address in addresses.items():
            registry.add_channel(session, name, address)
            rulebook.add_rule(session, name, name)
    return database


def happen(database: Database, times: int = 1) -> None:
    """Changes come, one Event after the other, and are told."""
    for number in range(times):
        event = kept(database, [toll(str(100 + number), str(101 + number))])
        with database.write() as session:
            outbox.write(session, event, NOW)


def states(database: Database, channel: str | None = None) -> list[str]:
    """The state of every Delivery, oldest first; of one channel when it is named."""
    return [one.state for one in all_deliveries(database, channel)]


def all_deliveries(database: Database, channel: str | None = None) -> list[Delivery]:
    """Every Delivery, oldest first."""
    with database.read() as session:
        rows = deliveries.listed(session, limit=10_000)
    return [delivery for delivery, to, _ in reversed(rows) if channel in (None, to.name)]


def deliver_forever(url: str, allowed: str) -> None:
    """What a process that will be killed does. Its lease is one second."""
    settings = DeliverySettings(retries=(0.05,) * 200, poll_seconds=0.02, lease_seconds=1)
    loop = deliverer(Database(url), [allowed], settings=settings, timeout=0.5)
    asyncio.run(loop.run(asyncio.Event()))


def start_process(database: Database, allowed: str) -> BaseProcess:
    """The delivery loop as a process of its own."""
    # A fork server has everything imported: starting anew takes milliseconds, and can be done many times.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=deliver_forever, args=(str(database.url), allowed), daemon=True)
    process.start()
    return process
