"""The delivery loop: claim, send, record, try again, give up visibly.

Order matters. A try is kept before it is made, the sending comes next, and its end is kept last: a process that dies
at any point leaves a Delivery that is due again when its lease runs out, under the same id. Nothing is lost, and what
is told twice is known by its id.

Each Channel with something due is served by a task of its own, oldest first, one Delivery at a time; so a slow
receiver holds up nobody else. A Delivery that waits for its next try does not hold up the later ones of its Channel:
one message that a receiver chokes on must not keep all others back for three days.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from alerts.backoff import RETRIES, wait_before_next
from alerts.channels.sending import Message, Sender
from alerts.errors import DeliveryError
from alerts.wording import shorten
from storage import deliveries, loops, rules
from storage.database import Database
from storage.deliveries import Claim

log = structlog.get_logger()
T = TypeVar("T")

LOOP_NAME = "deliveries"


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How the loop behaves. Times in seconds."""

    retries: Sequence[float] = RETRIES
    """Waits before the second and each later try."""
    lease_seconds: float = 90.0
    """After so long without an answer a try is believed dead. Every Sender must be done well before."""
    poll_seconds: float = 1.0
    beat_seconds: float = 10.0
    """How often the loop says that it lives."""
    stop_seconds: float = 8.0
    """How long a clean stop waits for answers; a container gets ten seconds."""
    channels_at_once: int = 64
    turn: int = 50
    """Deliveries that a Channel may send before others get their turn, when more Channels wait than fit at once."""


class Deliverer:
    """Delivers what the outbox holds. Several may run on one database, in one process or in many."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        settings: DeliverySettings | None = None,
        *,
        randomness: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._senders = senders
        self._settings = settings or DeliverySettings()
        self._randomness = randomness
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._under_way: dict[str, Claim] = {}
        self._beat_at: datetime | None = None
        # A pool of its own: the default one is small, and others use it for things that take long.
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="deliveries")

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; then wait a little for answers, and let go of what has none."""
        while not stop.is_set():
            try:
                await self._in_thread(self._beat)
                await self._start_due(stop)
            except SQLAlchemyError as error:
                # A full disk or a locked database passes; what was not recorded is tried again after its lease.
                log.error("deliveries.database", error=shorten(str(error), 300))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._settings.poll_seconds)
        await self._finish()

    async def _start_due(self, stop: asyncio.Event) -> None:
        busy = frozenset(self._tasks)
        for channel_id in await self._in_thread(lambda: self._due(busy)):
            task = asyncio.create_task(self._serve(channel_id, stop), name=f"channel {channel_id}")
            self._tasks[channel_id] = task
            task.add_done_callback(partial(self._served, channel_id))

    def _served(self, channel_id: int, task: asyncio.Task[None]) -> None:
        del self._tasks[channel_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("deliveries.error", channel_id=channel_id, error=repr(error), exc_info=error)

    async def _serve(self, channel_id: int, stop: asyncio.Event) -> None:
        """Send what is due for one Channel, oldest first."""
        for served in itertools.count():
            crowded = len(self._tasks) >= self._settings.channels_at_once
            if stop.is_set() or (crowded and served >= self._settings.turn):
                return
            try:
                claim = await self._in_thread(lambda: self._claim_next(channel_id))
                if claim is None:
                    return
                await self._attempt(claim)
            except SQLAlchemyError as error:
                log.error("deliveries.database", channel_id=channel_id, error=shorten(str(error), 300))
                return

    async def _attempt(self, claim: Claim) -> str:
        """One try, and its record. Returns what became of the Delivery: delivered, retry or failed."""
        if claim.round_tries > len(self._settings.retries) + 1:
            error = DeliveryError(f"given up: {deliveries.INTERRUPTED}", permanent=True)
            return await self._in_thread(lambda: self._record_error(claim, error))
        message = Message(
            claim.delivery_id, claim.payload, claim.address, claim.secret, claim.retired_secret, claim.templates
        )
        self._under_way[claim.delivery_id] = claim  # and there it stays when cancelled: a clean stop lets go of it
        try:
            async with asyncio.timeout(self._settings.lease_seconds * 0.8):
                answer = await self._senders[claim.kind].send(message)
        except DeliveryError as error:
            failure = error
        except TimeoutError:
            failure = DeliveryError("the try took too long and was broken off")
        except Exception as error:  # the loop outlives whatever one message does to a sender
            log.exception("deliveries.error", delivery=claim.delivery_id, channel=claim.channel)
            failure = DeliveryError(f"internal error: {type(error).__name__}: {shorten(str(error))}")
        else:
            del self._under_way[claim.delivery_id]
            return await self._in_thread(lambda: self._record_success(claim, answer))
        del self._under_way[claim.delivery_id]
        return await self._in_thread(lambda: self._record_error(claim, failure))

    async def _finish(self) -> None:
        """A clean stop: what was sent is recorded; what got no answer in time is due again at once."""
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._settings.stop_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._under_way:
            await self._in_thread(self._let_go)
        for sender in self._senders.values():
            await sender.close()
        self._threads.shutdown()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    # The following run in threads, each in one transaction.

    def _beat(self) -> None:
        now, last = _now(), self._beat_at
        if last is not None and 0 <= (now - last).total_seconds() < self._settings.beat_seconds:
            return
        with self._database.write() as session:
            loops.beat(session, LOOP_NAME, now, started=last is None)
        self._beat_at = now

    def _due(self, busy: Collection[int]) -> Sequence[int]:
        free = self._settings.channels_at_once - len(busy)
        with self._database.read() as session:
            due = deliveries.due_channels(session, _now(), without=busy, limit=free)
            stranded = deliveries.waits_for_disabled(session)
        if stranded:
            with self._database.write() as session:
                count = deliveries.fail_disabled(session, _now())
            log.warning("deliveries.failed", reason="channel disabled", count=count)
        return due

    def _claim_next(self, channel_id: int) -> Claim | None:
        now = _now()
        with self._database.write() as session:
            return deliveries.claim_next(session, channel_id, now, self._lease(now))

    def _lease(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._settings.lease_seconds)

    def _record_success(self, claim: Claim, answer: str) -> str:
        with self._database.write() as session:
            deliveries.record(session, claim, "delivered", answer, _now())
        log.info("delivery.delivered", delivery=claim.delivery_id, channel=claim.channel, answer=answer)
        return "delivered"

    def _record_error(self, claim: Claim, error: DeliveryError) -> str:
        now, detail = _now(), shorten(str(error), 500)
        wait = wait_before_next(claim.round_tries, self._settings.retries, error.retry_after, self._randomness)
        with self._database.write() as session:
            if error.permanent or wait is None:
                outcome = "failed"
                given_up = detail if error.permanent else f"given up after {claim.round_tries} tries: {detail}"
                deliveries.record(session, claim, "failed", given_up, now)
            else:
                outcome = "retry"
                deliveries.record(session, claim, "retry", detail, now, now + timedelta(seconds=wait))
            if error.disable_channel:
                rules.disable_channel(session, claim.channel_id, detail)
                deliveries.fail_disabled(session, now)
        log.warning(
            f"delivery.{outcome}",
            delivery=claim.delivery_id,
            channel=claim.channel,
            attempt=claim.attempt,
            reason=detail,
            wait=wait if outcome == "retry" else None,
        )
        return outcome

    def _let_go(self) -> None:
        now = _now()
        with self._database.write() as session:
            for claim in self._under_way.values():
                deliveries.record(session, claim, "retry", "stopped before the receiver answered", now, now)
        self._under_way.clear()


def _now() -> datetime:
    return datetime.now(UTC)
