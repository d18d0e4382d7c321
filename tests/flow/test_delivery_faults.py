"""A process that dies at every point of the outbox and of a delivery.

A point is what the process does to the world: a transaction is about to be committed, is committed; a call is about to
be made, is made. The process dies there, without a word (`os._exit`), and a second one does the rest. The
oracle is the receiver, which lives in this process.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from alerts import outbox
from alerts.channels.sending import Message, Sender
from alerts.channels.webhook import WebhookSender
from alerts.deliver import Deliverer, DeliverySettings
from monitor.config import Fetch, Settings
from monitor.outgoing import guarded_client
from storage import deliveries, rules
from storage.database import Database
from storage.tables import Change
from tests.local_site import LocalServer, Page
from tests.unit.alerts.examples import NOW, kept_in, toll
from tests.unit.alerts.running import all_deliveries, database_with_channels

EVENTS = 3
KILLED = 9
QUICK = DeliverySettings(retries=(0.02,) * 20, poll_seconds=0.02, lease_seconds=5, stop_seconds=1, waits=NOW)

WRITERS = ("happen", "start", "_beat", "_attend", "_claim_next", "_record", "_fail_disabled")
"""The functions that write: what happened is kept and told of; the service starts; the loop says that it lives, looks
after what was picked, claims (and seals), records (and claims, and switches off), fails what cannot be sent."""
POINTS = (*(f"{stage} {writer}" for stage in ("commit", "committed") for writer in WRITERS), "call", "called")


OFTEN = tuple(point for point in POINTS if point.endswith(("happen", "_claim_next", "_record", "call", "called")))
"""Where it comes again and again: what is done there is not always the same."""


class Fate:
    """Ends the process when it comes to one point for the n-th time."""

    def __init__(self, point: str, time: int) -> None:
        self._point, self._left = point, time

    def comes_to(self, point: str) -> None:
        """Something happens to the world now."""
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os._exit(KILLED)


class MortalDatabase(Database):
    """A database whose transactions are points."""

    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url)
        self._fate = fate

    @contextmanager
    def write(self, *, telling: bool = False) -> Iterator[Session]:
        """As ever; the point bears the name of the function that writes."""
        writer = sys._getframe(2).f_code.co_name
        with super().write(telling=telling) as session:
            yield session
            self._fate.comes_to(f"commit {writer}")
        self._fate.comes_to(f"committed {writer}")


class MortalSender:
    """A sender whose calls are points."""

    def __init__(self, sender: Sender, fate: Fate) -> None:
        self._sender, self._fate = sender, fate

    async def send(self, message: Message) -> str:
        """As ever."""
        self._fate.comes_to("call")
        try:
            return await self._sender.send(message)
        finally:
            self._fate.comes_to("called")

    async def close(self) -> None:
        """As ever."""
        await self._sender.close()


def happen(database: Database) -> None:
    """One more change, and what is to be told of it, as `settle` keeps them: in one transaction."""
    with database.write() as session:
        number = session.exec(select(func.count()).select_from(Change)).one()
        outbox.write(session, kept_in(session, [toll(str(100 + number), str(101 + number))]), NOW)


def start(database: Database) -> None:
    """What the service does when it starts."""
    with database.write() as session:
        deliveries.release_interrupted(session, datetime.now(UTC))


def live(folder: Path, allowed: str, point: str, time: int) -> None:
    """A life: what is left of the changes comes, and what is left to tell is told, up to that point."""
    sys.stdout = sys.stderr = (folder / "log").open("a")
    fate = Fate(point, time)
    database = MortalDatabase(f"sqlite:///{folder}/corrigenda.db", fate)
    start(database)
    client = guarded_client(Settings(fetch=Fetch(allow_hosts=[allowed])))
    sender = MortalSender(WebhookSender(client, 5.0, "Corrigenda/test"), fate)

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.create_task(Deliverer(database, {"webhook": sender}, QUICK).run(stop))
        while count_changes(database) < EVENTS:
            await asyncio.to_thread(happen, database)
            await asyncio.sleep(0.02)
        while any(one.state == "waiting" for one in all_deliveries(database)):
            await asyncio.sleep(0.01)
        stop.set()
        await loop

    asyncio.run(run())


def count_changes(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(Change)).one()


def live_in_a_process(folder: Path, allowed: str, point: str = "", time: int = 0) -> int | None:
    """Its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=live, args=(folder, allowed, point, time))
    process.start()
    process.join(90)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode


class Receiver:
    """`/well` takes all, `/moody` each at its second call only, `/gone` wants nothing more."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, bytes]] = []

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        """Keeps the path, the id and the body."""
        if len(body) < int(headers["content-length"]):
            return Page(status=400)  # the caller died in the middle of a word
        id_ = headers["webhook-id"]
        first = id_ not in [seen for _, seen, _ in self.calls]
        self.calls.append((path, id_, body))
        if path == "/gone":
            return Page(status=410)
        return Page(status=503 if path == "/moody" and first else 204)


def assert_nothing_lost(database: Database, receiver: Receiver) -> None:
    """By what the receiver saw: each change told to each channel, under one id; and the database knows of each call."""
    changes = set(range(1, EVENTS + 1))
    told: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    bodies: defaultdict[str, set[bytes]] = defaultdict(set)
    for path, id_, body in receiver.calls:
        bodies[id_].add(body)
        for change in json.loads(body)["changes"]:
            told[path, change["id"]].add(id_)
    assert {key: ids for key, ids in told.items() if len(ids) > 1} == {}, "told under two ids"
    assert {change for path, change in told if path == "/well"} == changes
    assert {change for path, change in told if path == "/moody"} == changes
    assert {id_: len(each) for id_, each in bodies.items() if len(each) > 1} == {}, "the same id, another content"
    seen = [id_ for _, id_, _ in receiver.calls]
    for name, path in (("well", "/well"), ("moody", "/moody")):
        kept = all_deliveries(database, name)
        assert {one.state for one in kept} == {"delivered"}
        assert {one.id for one in kept} == {id_ for to, id_, _ in receiver.calls if to == path}
    gone = all_deliveries(database, "gone")
    assert {one.state for one in gone} == {"failed"}
    with database.read() as session:
        channels = {one.name: one.enabled for one in rules.channels(session)}
        assert channels == {"well": True, "moody": True, "gone": False}
        for one in all_deliveries(database):
            numbers = [attempt.number for attempt in deliveries.attempts(session, one.id)]
            assert numbers == list(range(1, one.attempts + 1))
            assert seen.count(one.id) <= len(numbers), "each call was kept as an attempt before it was made"
    with closing(sqlite3.connect(database.url.database or "")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("point", "time"), [*((point, 1) for point in POINTS), *((point, 3) for point in OFTEN)])
def test_dying_anywhere_loses_nothing_and_tells_nothing_under_a_second_id(
    tmp_path: Path, point: str, time: int
) -> None:
    receiver = Receiver()
    with LocalServer(receiver.answer) as server:
        urls = {name: f"{server.url}/{name}" for name in ("well", "moody", "gone")}
        database = database_with_channels(tmp_path, **urls)
        code = live_in_a_process(tmp_path, server.host, point, time)
        assert code == KILLED, (tmp_path / "log").read_text()
        assert live_in_a_process(tmp_path, server.host) == 0, (tmp_path / "log").read_text()
        assert_nothing_lost(database, receiver)
        database.close()
