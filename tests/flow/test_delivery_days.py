"""Days of a receiver that is away, with a clock that is handed in: the schedule of tries, and the end of a channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts import replay, rulebook
from alerts.backoff import RETRIES
from alerts.errors import ReplayError
from storage import channel_health, deliveries, rules
from storage.database import Database
from storage.tables import Channel
from tests.unit.alerts.examples import SEEN_AT
from tests.unit.alerts.receivers import Call, Hook, status, web_server
from tests.unit.alerts.running import QUICK, all_deliveries, database_with_channels, deliverer, happen

HOUR = timedelta(hours=1)
DAYS = replace(QUICK, retries=RETRIES, poll_seconds=0.01, lease_seconds=60)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = SEEN_AT

    def __call__(self) -> datetime:
        return self.at


@asynccontextmanager
async def running(database: Database, hook: Hook, clock: Clock, chance: float = 0.0) -> AsyncIterator[None]:
    """The loop, by that clock."""
    stop = asyncio.Event()
    loop = deliverer(
        database, [f"127.0.0.1:{hook.port}"], settings=DAYS, now=clock, randomness=lambda: chance
    )  # fmt: skip
    task = asyncio.create_task(loop.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.005)


def next_try(database: Database, clock: Clock) -> datetime | None:
    """When the first in line is tried next; None while a try may be under way or nothing waits."""
    with database.read() as session:
        if deliveries.due_channels(session, clock()):
            return clock()
        moments = [one.next_attempt_at for one in all_deliveries(database) if one.state == "waiting"]
        started = any(
            attempt.outcome == "started"
            for one in all_deliveries(database)
            for attempt in deliveries.attempts(session, one.id)
        )
    later = sorted(moment for moment in moments if moment and moment > clock())
    return None if started or not later else later[0]


async def let_time_pass(database: Database, clock: Clock, end: datetime) -> None:
    """From one planned try to the next, until `end` or until nothing waits."""
    while True:
        await until(lambda: next_try(database, clock) != clock())
        moment = next_try(database, clock)
        if moment is None:
            if all(one.state != "waiting" for one in all_deliveries(database)):
                return
            await asyncio.sleep(0.005)
        elif moment > end:
            clock.at = end
            return
        else:
            clock.at = moment


def channel(database: Database, name: str) -> Channel:
    with database.read() as session:
        found = rules.channel_by_name(session, name)
    assert found is not None
    return found


@pytest.mark.parametrize("chance", [0.0, 0.5])
def test_ten_tries_in_three_days(tmp_path: Path, chance: float) -> None:
    async def run() -> None:
        async with web_server(status("500 Internal Server Error")) as hook:
            clock, database = Clock(), database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            async with running(database, hook, clock, chance):
                await let_time_pass(database, clock, SEEN_AT + timedelta(days=30))
            [delivery] = all_deliveries(database)
            with database.read() as session:
                tries = deliveries.attempts(session, delivery.id)
            after = [(one.started_at - SEEN_AT).total_seconds() for one in tries]
            planned = [sum(RETRIES[:number]) * (1 + chance * 0.2) for number in range(10)]
            assert after == pytest.approx(planned, abs=0.001)
            assert timedelta(days=3) < tries[-1].started_at - SEEN_AT < timedelta(days=3.75)
            assert (delivery.state, delivery.attempts) == ("failed", 10)
            assert delivery.last_error == "given up after 10 tries: HTTP 500 Internal Server Error"
            assert hook.ids() == [delivery.id] * 10
            assert channel(database, "hook").enabled, "three days are not five"

    asyncio.run(run())


def test_a_channel_that_fails_for_five_days_is_switched_off_and_sends_in_order_when_it_is_on_again(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with web_server(status("503 Down")) as hook:

            async def one_is_well(call: Call, writer: asyncio.StreamWriter) -> None:
                await status("200 OK" if call.path == "/well" else "503 Down")(call, writer)

            hook.answer = one_is_well
            well = hook.url.replace("/corrigenda", "/well")
            clock, database = Clock(), database_with_channels(tmp_path, hook=hook.url, well=well)
            async with running(database, hook, clock):
                for half_day in range(12):
                    happen(database)
                    await let_time_pass(database, clock, SEEN_AT + half_day * 12 * HOUR)
                    if half_day == 9:
                        assert channel(database, "hook").enabled, "not five days yet"
                await let_time_pass(database, clock, SEEN_AT + timedelta(days=8))
                off = channel(database, "hook")
                assert not off.enabled
                assert off.disabled_reason is not None
                assert off.disabled_reason.startswith("nothing came through for 5 days, since 2")
                assert off.disabled_reason.endswith("HTTP 503 Down")
                assert channel(database, "well").enabled
                happen(database)
                await until(lambda: {one.state for one in all_deliveries(database, "hook")} == {"failed"})
                await until(lambda: {one.state for one in all_deliveries(database, "well")} == {"delivered"})
                first = all_deliveries(database, "hook")[0]
                with database.write() as session, pytest.raises(ReplayError, match="is disabled"):
                    replay.replay(session, first.id)
                with database.read() as session:
                    assert [one.name for one in channel_health.switched_off(session)] == ["hook"]

                calls = len(hook.calls)
                hook.answer = status("200 OK")
                with database.write() as session:
                    rulebook.switch_channel(session, "hook", True)
                    said = replay.left_behind(session, channel(database, "hook"))
                    again = replay.replay_failed(session, channel="hook", now=clock())
                assert said == (
                    "13 deliveries to it failed and are not sent by itself: "
                    "corrigenda deliveries --retry-failed --channel hook"
                )
                await until(lambda: {one.state for one in all_deliveries(database)} == {"delivered"})
                ids = [one.id for one in all_deliveries(database, "hook")]
                assert hook.ids()[calls:] == list(again) == ids, "all under their own ids, in their order"
                assert channel(database, "hook").failing_since_at is None

    asyncio.run(run())
