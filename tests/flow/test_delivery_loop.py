"""The delivery loop with real receivers: what is delivered, tried again, given up, switched off, and never held up."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alerts.channels.sending import Message
from alerts.deliver import Deliverer, DeliverySettings
from alerts.errors import DeliveryError, ReplayError
from alerts.replay import replay
from storage import deliveries, loops, rules
from storage.database import Database
from storage.deliveries import INTERRUPTED
from storage.tables import Delivery
from tests.unit.alerts.receivers import Call, Hook, Mailbox, mail_server, status, web_server
from tests.unit.alerts.running import (
    QUICK,
    all_deliveries,
    database_with_channels,
    deliverer,
    happen,
    run_until,
    states,
)


def attempts(database: Database, delivery: Delivery) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.outcome, one.detail) for one in deliveries.attempts(session, delivery.id)]


def host(hook: Hook) -> str:
    return f"127.0.0.1:{hook.port}"


def test_one_change_is_told_by_mail_and_by_webhook(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("204 No Content")) as hook, mail_server(Mailbox()) as mailbox:
            database = database_with_channels(tmp_path, hook=hook.url, desk="desk@example.org")
            happen(database)
            loop = deliverer(database, [host(hook)], mail_port=mailbox.port)
            await run_until(loop, lambda: states(database) == ["delivered"] * 2)
            (by_hook,), (by_mail,) = all_deliveries(database, "hook"), all_deliveries(database, "desk")
            assert hook.ids() == [by_hook.id]
            assert [mail["Message-ID"] for mail in mailbox.mails] == [f"<{by_mail.id}@example.org>"]
            assert attempts(database, by_hook) == [("delivered", "HTTP 204 No Content")]
            with database.read() as session:
                (beat,) = loops.beats(session)
            assert beat.name == "deliveries"
            assert datetime.now(UTC) - beat.beat_at < timedelta(seconds=20)

    asyncio.run(run())


def test_a_failure_is_tried_again_under_the_same_id_until_it_succeeds(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("503 Service Unavailable")) as hook:

            async def third_time(call: Call, writer: asyncio.StreamWriter) -> None:
                await status("503 Service Unavailable" if len(hook.calls) < 3 else "200 OK")(call, writer)

            hook.answer = third_time
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["delivered"])
            (delivery,) = all_deliveries(database)
            assert hook.ids() == [delivery.id] * 3
            assert [one for one, _ in attempts(database, delivery)] == ["retry", "retry", "delivered"]
            assert delivery.last_error is None

    asyncio.run(run())


def test_it_is_given_up_visibly_and_sent_again_by_hand(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("500 Internal Server Error")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["failed"])
            (delivery,) = all_deliveries(database)
            assert delivery.last_error == "given up after 4 tries: HTTP 500 Internal Server Error"
            assert hook.ids() == [delivery.id] * 4

            with database.write() as session:
                replay(session, delivery.id)
            fails_once_more = len(hook.calls) + 1

            async def soon(call: Call, writer: asyncio.StreamWriter) -> None:
                await status("500 Oops" if len(hook.calls) == fails_once_more else "200 OK")(call, writer)

            hook.answer = soon
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["delivered"])
            assert hook.ids() == [delivery.id] * 6
            with database.write() as session, pytest.raises(ReplayError, match="was delivered at"):
                replay(session, delivery.id)
            with database.write() as session, pytest.raises(ReplayError, match="there is no delivery 'msg_x'"):
                replay(session, "msg_x")

    asyncio.run(run())


def test_a_permanent_error_is_final_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with mail_server(Mailbox(rcpt="550 no such user")) as mailbox:
            database = database_with_channels(tmp_path, desk="desk@example.org")
            happen(database)
            loop = deliverer(database, mail_port=mailbox.port)
            await run_until(loop, lambda: states(database) == ["failed"])
            (delivery,) = all_deliveries(database)
            assert delivery.attempts == 1
            assert "550 no such user" in (delivery.last_error or "")

    asyncio.run(run())


def test_410_switches_the_channel_off_and_all_that_waits_fails_visibly(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("410 Gone")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database, times=3)
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["failed"] * 3)
            assert len(hook.calls) == 1
            with database.read() as session:
                (channel,) = rules.channels(session)
            assert not channel.enabled
            first, *others = all_deliveries(database)
            assert first.last_error == "HTTP 410 Gone: the receiver wants no more calls"
            assert {one.last_error for one in others} == {
                "channel 'hook' is disabled: HTTP 410 Gone: the receiver wants no more calls"
            }

            happen(database)  # what comes later is kept, too
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["failed"] * 4)
            with database.write() as session, pytest.raises(ReplayError, match="channel 'hook' is disabled"):
                replay(session, first.id)
            assert len(hook.calls) == 1

            with database.write() as session:
                rules.enable_channel(session, channel.id or 0)
                replay(session, first.id)
            hook.answer = status("200 OK")
            await run_until(deliverer(database, [host(hook)]), lambda: "delivered" in states(database))
            assert hook.ids() == [first.id] * 2

    asyncio.run(run())


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("429 Too Many Requests", "Retry-After: 120")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            await run_until(
                deliverer(database, [host(hook)]), lambda: all_deliveries(database)[0].last_error is not None
            )
            (delivery,) = all_deliveries(database)
            assert delivery.state == "waiting"
            assert delivery.next_attempt_at is not None
            assert delivery.next_attempt_at - datetime.now(UTC) > timedelta(seconds=110)

    asyncio.run(run())


async def hang(call: Call, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def test_dead_and_slow_receivers_hold_up_nobody(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(hang) as slow, web_server(status("200 OK")) as quick, mail_server(Mailbox()) as mailbox:
            channels = {f"slow{number}": slow.url for number in range(20)}
            channels |= {"dead": "http://127.0.0.1:9/x", "quick": quick.url, "desk": "desk@example.org"}
            database = database_with_channels(tmp_path, **channels)
            happen(database, times=3)
            started = time.monotonic()
            loop = deliverer(database, [host(slow), host(quick), "127.0.0.1:9"], mail_port=mailbox.port, timeout=30)
            await run_until(loop, lambda: len(quick.calls) == 3 and len(mailbox.mails) == 3, seconds=10)
            assert time.monotonic() - started < 8
            assert len(slow.calls) == DeliverySettings().server_at_once, "twenty channels, and not all at once"

    asyncio.run(run())


def test_a_channel_is_served_in_order_and_one_at_a_time(tmp_path: Path) -> None:
    under_way = most = 0

    async def careful(call: Call, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        await status("200 OK")(call, writer)
        await writer.drain()
        under_way -= 1

    async def run() -> None:
        async with web_server(careful) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database, times=25)
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["delivered"] * 25)
            assert hook.ids() == [one.id for one in all_deliveries(database)]

    asyncio.run(run())
    assert most == 1


def test_one_message_that_a_receiver_chokes_on_steps_aside_after_its_third_failure(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:

            async def choke(call: Call, writer: asyncio.StreamWriter) -> None:
                chokes = call.headers["webhook-id"] == hook.ids()[0]
                await status("500 Choked" if chokes else "200 OK")(call, writer)

            hook.answer = choke
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database, times=4)
            await run_until(deliverer(database, [host(hook)]), lambda: "waiting" not in states(database))
            assert states(database) == ["failed", "delivered", "delivered", "delivered"]
            first, *others = [one.id for one in all_deliveries(database)]
            assert hook.ids() == [first, first, first, *others, first]

    asyncio.run(run())


def test_through_an_outage_the_order_is_kept_and_one_is_tried_for_all(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:

            async def down(call: Call, writer: asyncio.StreamWriter) -> None:
                await status("503 Down" if len(hook.calls) <= 8 else "200 OK")(call, writer)

            hook.answer = down
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database, times=5)
            patient = replace(QUICK, retries=(0.05,) * 9)
            loop = deliverer(database, [host(hook)], settings=patient)
            await run_until(loop, lambda: states(database) == ["delivered"] * 5)
            ids = [one.id for one in all_deliveries(database)]
            # The first fails three times, then each time with one of the others as a witness, and then all is well.
            assert hook.ids() == [ids[0], ids[0], ids[0], ids[1], ids[0], ids[2], ids[0], ids[3], *ids]

    asyncio.run(run())


def test_what_was_asked_to_wait_has_no_witness(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("503 Down", "Retry-After: 0")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database, times=3)
            await run_until(deliverer(database, [host(hook)]), lambda: "failed" in states(database))
            first = all_deliveries(database)[0].id
            assert hook.ids()[:4] == [first] * 4, "nobody else is tried while the first has tries"

    asyncio.run(run())


def test_two_loops_on_one_database_tell_nothing_twice(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as one, web_server(status("200 OK")) as other:
            database = database_with_channels(tmp_path, one=one.url, other=other.url)
            happen(database, times=20)
            second = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
            hosts = [host(one), host(other)]

            def done() -> bool:
                return states(database) == ["delivered"] * 40

            await asyncio.gather(run_until(deliverer(database, hosts), done), run_until(deliverer(second, hosts), done))
            for hook, name in ((one, "one"), (other, "other")):
                assert sorted(hook.ids()) == [delivery.id for delivery in all_deliveries(database, name)]

    asyncio.run(run())


def test_a_clean_stop_waits_a_little_and_then_lets_go(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(hang) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            started = time.monotonic()
            await run_until(deliverer(database, [host(hook)], timeout=30), lambda: len(hook.calls) == 1)
            assert time.monotonic() - started < 6
            (delivery,) = all_deliveries(database)
            assert delivery.state == "waiting"
            assert attempts(database, delivery) == [("retry", "stopped before the receiver answered")]
            assert delivery.next_attempt_at is not None
            assert delivery.next_attempt_at <= datetime.now(UTC), "it does not wait for its lease"

            hook.answer = status("200 OK")
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["delivered"])
            assert hook.ids() == [delivery.id] * 2

    asyncio.run(run())


def test_a_clean_stop_keeps_what_was_answered_meanwhile(tmp_path: Path) -> None:
    async def half_a_second(call: Call, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        await status("200 OK")(call, writer)

    async def run() -> None:
        async with web_server(half_a_second) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database, times=2)
            await run_until(deliverer(database, [host(hook)]), lambda: len(hook.calls) == 1)
            assert states(database) == ["delivered", "waiting"], "and nothing new was begun"

    asyncio.run(run())


def test_an_alert_that_cannot_be_put_together_holds_up_nobody_and_is_not_lost(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url, other=hook.url + "/other")
            happen(database)
            with database.write() as session:  # as a mistake of ours might leave it
                session.execute(text("UPDATE pick SET body = '{\"x\": 1}' WHERE channel_id = 1"))
            loop = deliverer(database, [host(hook)])
            await run_until(loop, lambda: "delivered" in states(database, "other"))
            await run_until(deliverer(database, [host(hook)]), lambda: bool(all_deliveries(database)[0].last_error))
            first, _ = all_deliveries(database)
            assert (first.state, first.attempts) == ("waiting", 0)
            assert "internal error: it could not be put together: KeyError" in (first.last_error or "")
            assert first.due_at - datetime.now(UTC) > timedelta(minutes=4)

            with database.write() as session:
                session.execute(text("UPDATE pick SET body = NULL"))
                deliveries.put_off(session, first.id, datetime.now(UTC), "")
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["delivered"] * 2)

    asyncio.run(run())


class Broken:
    """A sender with a bug, and one that never comes back."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    async def send(self, message: Message) -> str:
        if self.error is not None:
            raise self.error
        await asyncio.sleep(60)
        raise DeliveryError("never reached")

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("oops"), "internal error: KeyError: 'oops'"),
        (None, "the try took too long and was broken off"),
    ],
)
def test_the_loop_outlives_whatever_a_sender_does(tmp_path: Path, error: Exception | None, said: str) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            settings = DeliverySettings(retries=(), poll_seconds=0.05, lease_seconds=1, stop_seconds=1)
            senders: dict[str, Any] = {"webhook": Broken(error)}
            await run_until(Deliverer(database, senders, settings), lambda: states(database) == ["failed"])
            (delivery,) = all_deliveries(database)
            assert said in (delivery.last_error or "")

    asyncio.run(run())


def test_what_kills_the_process_each_time_is_given_up_in_the_end(tmp_path: Path) -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            (delivery,) = all_deliveries(database)
            for _ in range(len(QUICK.retries) + 1):
                now = datetime.now(UTC)
                with database.write() as session:
                    assert deliveries.claim(session, delivery.id, now, now) is not None
            await run_until(deliverer(database, [host(hook)]), lambda: states(database) == ["failed"])
            (delivery,) = all_deliveries(database)
            assert INTERRUPTED in (delivery.last_error or "")
            assert hook.calls == []

    asyncio.run(run())


def test_a_success_that_could_not_be_recorded_is_sent_again_under_the_same_id(tmp_path: Path) -> None:
    def refuse_writes(database: Database, statement: str) -> None:
        with database.write() as session:
            session.execute(text(statement))

    async def run() -> None:
        async with web_server(status("200 OK")) as hook:
            database = database_with_channels(tmp_path, hook=hook.url)
            happen(database)
            refuse_writes(
                database,
                "CREATE TRIGGER full_disk BEFORE UPDATE ON delivery WHEN new.state = 'delivered' "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
            )
            settings = DeliverySettings(poll_seconds=0.05, lease_seconds=3, stop_seconds=1)
            loop = deliverer(database, [host(hook)], settings=settings, timeout=1)
            await run_until(loop, lambda: len(hook.calls) == 1)
            assert states(database) == ["waiting"]
            refuse_writes(database, "DROP TRIGGER full_disk")
            loop = deliverer(database, [host(hook)], settings=settings, timeout=1)
            await run_until(loop, lambda: states(database) == ["delivered"])
            (delivery,) = all_deliveries(database)
            assert hook.ids() == [delivery.id] * 2

    asyncio.run(run())
