"""kill -9 at any moment of a delivery: nothing is lost, and what is told twice has the same id."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path

from storage import deliveries
from storage.database import Database
from tests.unit.alerts.receivers import Call, Hook, status, web_server
from tests.unit.alerts.running import all_deliveries, database_with_channels, happen, start_process, states

KILLS = int(os.environ.get("CORRIGENDA_TEST_KILLS", "15"))


def host(hook: Hook) -> str:
    return f"127.0.0.1:{hook.port}"


async def kill(process: BaseProcess) -> None:
    process.kill()
    await asyncio.to_thread(process.join)


async def all_delivered(database: Database) -> None:
    async with asyncio.timeout(60):
        while set(states(database)) != {"delivered"}:
            await asyncio.sleep(0.1)


def assert_sound(database: Database, hook: Hook) -> None:
    """One delivery an alert and channel, all of them seen, each call accounted for, the file whole."""
    kept = all_deliveries(database)
    assert {one.state for one in kept} == {"delivered"}
    assert len({(one.alert_id, one.channel_id) for one in kept}) == len(kept)
    assert set(hook.ids()) == {one.id for one in kept}, "no alert under another id, and none that was never seen"
    bodies = {call.headers["webhook-id"]: call.body for call in hook.calls}
    assert all(bodies[call.headers["webhook-id"]] == call.body for call in hook.calls)
    with database.read() as session:
        for one in kept:
            tries = deliveries.attempts(session, one.id)
            assert [attempt.number for attempt in tries] == list(range(1, one.attempts + 1))
            assert [attempt.outcome for attempt in tries][-1] == "delivered"
            assert hook.ids().count(one.id) <= len(tries), "each call was kept as an attempt before it was made"
    with closing(sqlite3.connect(database.url.database or "")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_killed_between_the_send_and_its_record_it_is_sent_again_with_the_same_id(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            processes: list[BaseProcess] = []

            async def murder(call: Call, writer: asyncio.StreamWriter) -> None:
                if len(hook.calls) == 1:  # it has been sent, and can not have been recorded
                    await kill(processes[0])
                await status("200 OK")(call, writer)

            hook.answer = murder
            processes.append(start_process(database, host(hook)))
            await asyncio.to_thread(processes[0].join)
            (delivery,) = all_deliveries(database)
            assert delivery.state == "waiting"
            assert delivery.attempts == 1

            processes.append(start_process(database, host(hook)))
            try:
                await all_delivered(database)
            finally:
                await kill(processes[1])
            assert hook.ids() == [delivery.id] * 2
            assert_sound(database, hook)
            database.close()

    asyncio.run(run())


def test_killed_at_random_again_and_again_nothing_is_lost(tmp_path: Path) -> None:
    dice = random.Random(2)

    async def moody(call: Call, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(dice.random() * 0.05)
        await status(dice.choice(["200 OK", "200 OK", "503 Service Unavailable"]))(call, writer)

    async def run() -> None:
        async with web_server(moody) as hook:
            database = database_with_channels(tmp_path, one=hook.url, two=hook.url + "/two")
            for _ in range(KILLS):
                happen(database, times=3)
                calls = len(hook.calls)
                process = start_process(database, host(hook))
                async with asyncio.timeout(30):
                    while len(hook.calls) < calls + dice.randrange(1, 4):
                        await asyncio.sleep(0.005)
                await asyncio.sleep(dice.random() * 0.1)
                await kill(process)
            process = start_process(database, host(hook))
            try:
                await all_delivered(database)
            finally:
                await kill(process)
            assert len(all_deliveries(database)) == KILLS * 6
            assert_sound(database, hook)
            database.close()

    asyncio.run(run())
