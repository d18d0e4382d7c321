"""The delivery loop: claim, send, record, try again, give up visibly.

Order matters. A try is kept before it is made, the sending comes next, and its end is kept last: a process that dies
at any point leaves a Delivery that is due again when its lease runs out, under the same id. Nothing is lost, and what
is told twice is known by its id.

Each Channel with something due is served by a task of its own, one Delivery at a time and in order; so a slow receiver
holds up nobody else. While the first in line waits for its next try, the others of its Channel wait behind it: sent
now, they would overtake it, and fail like it when the receiver is down. After its third failure the next one is tried
as a witness: when that is delivered, the receiver is well and chokes on the first, which steps aside. So the order
holds through an outage of any length, and one bad message holds up the others for minutes, not for three days.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from logging import INFO, WARNING
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from alerts.backoff import RETRIES, wait_before_next
from alerts.channels.sending import Message, Sender
from alerts.errors import DeliveryError
from alerts.outbox import attend
from alerts.seal import seal, seal_due_for_disabled
from alerts.timing import Waits
from alerts.wording import shorten
from storage import channel_health, deliveries, loops, picks, rules
from storage.database import Database
from storage.deliveries import Claim, DueChannel
from storage.tables import Alert

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
    channels_at_once: int = 128
    """Channels that fail get half of these places at most: the others never wait for them."""
    server_at_once: int = 8
    """Channels that are served at once by one server."""
    turn: int = 50
    """Deliveries that a Channel may send before others get their turn, when more Channels wait than fit at once."""
    witness_after: int = 3
    """Failures of the first in line after which the next one shows whether it is the receiver that fails."""
    off_after_seconds: float = 5 * 86400.0
    """A Channel to which nothing came through for so long is switched off."""
    public_url: str = "http://127.0.0.1"
    """Where readers reach our pages, for the links in alerts."""
    waits: Waits = field(default_factory=Waits)
    """How long alerts gather, where neither their rule nor their channel says otherwise."""
    attend_seconds: float = 60.0
    """How often digests are looked after that come even when there is nothing to tell."""


SEAL_AGAIN_SECONDS = 300.0
"""When an Alert is put together again at which we failed."""

Result = str | DeliveryError
"""How a try ended: what the receiver answered, or what went wrong."""
Outcome = Literal["delivered", "retry", "failed"]
Find = Callable[[Session, int, datetime], tuple[str, Alert] | None]
"""Finds the Delivery, and its Alert, that a Channel is to be sent now."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Deliverer:
    """Delivers what the outbox holds. Several may run on one database, in one process or in many."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        settings: DeliverySettings | None = None,
        *,
        randomness: Callable[[], float] = random.random,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """randomness, now: the dice of the jitter, and the clock."""
        self._database = database
        self._senders = senders
        self._settings = settings or DeliverySettings()
        self._randomness = randomness
        self._now = now
        self._serving: dict[int, DueChannel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._crowded = False
        """Whether a Channel had to wait for a place."""
        self._freed = asyncio.Event()
        """Set when a place became free that somebody waits for."""
        self._under_way: dict[str, Claim] = {}
        self._beat_at: datetime | None = None
        self._attended_at: datetime | None = None
        # A pool of its own: the default one is small, and others use it for things that take long.
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="deliveries")

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; then wait a little for answers, and let go of what has none."""
        while not stop.is_set():
            try:
                self._freed.clear()  # before looking: what becomes free from now on is a reason to look again
                self._start(await self._in_thread(self._go_round), stop)
            except SQLAlchemyError as error:
                # A full disk or a locked database passes; what was not recorded is tried again after its lease.
                log.error("deliveries.database", error=shorten(str(error), 300))
            await self._pause(stop)
        await self._finish()

    async def _pause(self, stop: asyncio.Event) -> None:
        """Wait for the next look, for a place that somebody waits for, or for the end."""
        waits = [asyncio.create_task(one.wait()) for one in (stop, self._freed)]
        await asyncio.wait(waits, timeout=self._settings.poll_seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    def _start(self, due: Sequence[DueChannel], stop: asyncio.Event) -> None:
        self._crowded = False
        for channel in due:
            if channel.id in self._serving:
                continue
            if not self._has_place(channel):
                self._crowded = True
                continue
            self._serving[channel.id] = channel
            task = asyncio.create_task(self._serve(channel.id, stop), name=f"channel {channel.id}")
            self._tasks.add(task)
            task.add_done_callback(partial(self._served, channel.id))

    def _has_place(self, channel: DueChannel) -> bool:
        serving, most = self._serving.values(), self._settings.channels_at_once
        if len(serving) >= most or (channel.failing and sum(one.failing for one in serving) >= max(1, most // 2)):
            return False
        server = server_of(channel)
        return sum(server_of(one) == server for one in serving) < self._settings.server_at_once

    def _served(self, channel_id: int, task: asyncio.Task[None]) -> None:
        del self._serving[channel_id]
        self._tasks.discard(task)
        if self._crowded:
            self._freed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("deliveries.error", channel_id=channel_id, error=repr(error), exc_info=error)

    async def _serve(self, channel_id: int, stop: asyncio.Event) -> None:
        """Send what is due for one Channel, one after the other."""
        try:
            claim = await self._in_thread(lambda: self._claim_next(channel_id))
            for served in itertools.count(1):
                if claim is None:
                    return
                result = await self._try(claim)
                onward = not stop.is_set() and not (self._crowded and served >= self._settings.turn)
                claim = await self._in_thread(partial(self._record, claim, result, onward))
        except SQLAlchemyError as error:
            log.error("deliveries.database", channel_id=channel_id, error=shorten(str(error), 300))

    async def _try(self, claim: Claim) -> Result:
        """Send once. Nothing is recorded here."""
        if claim.round_tries > len(self._settings.retries) + 1:
            return DeliveryError(f"given up: {deliveries.INTERRUPTED}", permanent=True)
        message = Message(
            claim.delivery_id, claim.payload, claim.address, claim.secret, claim.retired_secret, claim.templates
        )
        self._under_way[claim.delivery_id] = claim  # and there it stays when cancelled: a clean stop lets go of it
        result: Result
        try:
            async with asyncio.timeout(self._settings.lease_seconds * 0.8):
                result = await self._senders[claim.kind].send(message)
        except DeliveryError as error:
            result = error
        except TimeoutError:
            result = DeliveryError("the try took too long and was broken off")
        except Exception as error:  # the loop outlives whatever one message does to a sender
            log.exception("deliveries.error", delivery=claim.delivery_id, channel=claim.channel)
            result = DeliveryError(f"internal error: {type(error).__name__}: {shorten(str(error))}", ours=True)
        del self._under_way[claim.delivery_id]
        return result

    async def _finish(self) -> None:
        """A clean stop: what was sent is recorded; what got no answer in time is due again at once."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._settings.stop_seconds)
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

    # The following run in threads, each in one transaction; what a round does, in one thread and one after the other.

    def _go_round(self) -> Sequence[DueChannel]:
        """Give the sign of life, do what is done beside, and look what is due."""
        self._beat()
        now = self._now()
        with self._database.read() as session:
            chores: list[Callable[[], None]] = []
            if self._is_long_unattended(now) or picks.anything_due(session, now):
                chores.append(self._attend)
            if deliveries.waits_for_disabled(session, now):
                chores.append(self._fail_disabled)
            if not chores:
                return deliveries.due_channels(session, now)
        for chore in chores:
            self._do(chore)
        with self._database.read() as session:
            return deliveries.due_channels(session, self._now())

    def _beat(self) -> None:
        now, last = self._now(), self._beat_at
        if last is not None and 0 <= (now - last).total_seconds() < self._settings.beat_seconds:
            return
        with self._database.write() as session:
            loops.beat(session, LOOP_NAME, now, started=last is None)
        self._beat_at = now

    def _do(self, chore: Callable[[], None]) -> None:
        """Whatever goes wrong in what is done beside, deliveries go on."""
        try:
            chore()
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.exception("deliveries.error", error=repr(error))

    def _is_long_unattended(self, now: datetime) -> bool:
        last = self._attended_at
        return last is None or not 0 <= (now - last).total_seconds() < self._settings.attend_seconds

    def _attend(self) -> None:
        """What the passing of time brings to what was picked: confirmed, told how it stands, an empty digest."""
        now = self._now()
        with self._database.write(telling=True) as session:
            attend(session, now, self._settings.waits)
        self._attended_at = now

    def _fail_disabled(self) -> None:
        """What is due for a disabled Channel is kept as failed, put together as it would have been told."""
        now = self._now()
        with self._database.write(telling=True) as session:
            seal_due_for_disabled(session, now, public_url=self._settings.public_url, waits=self._settings.waits)
            count = deliveries.fail_disabled(session, now)
        log.warning("deliveries.failed", reason="channel disabled", count=count)

    def _claim_next(self, channel_id: int) -> Claim | None:
        with self._database.write(telling=True) as session:
            return self._claim(session, channel_id, deliveries.next_due)

    def _claim(self, session: Session, channel_id: int, find: Find) -> Claim | None:
        """The next Delivery of a Channel; an Alert that still gathers is sealed with its first claim."""
        now = self._now()
        rules.lock_channels(session, (channel_id,))
        while (due := find(session, channel_id, now)) is not None:
            delivery_id, alert = due
            if alert.state != "open" or self._seal(session, delivery_id, alert, now):
                return deliveries.claim(
                    session, delivery_id, now, now + timedelta(seconds=self._settings.lease_seconds)
                )
        return None

    def _seal(self, session: Session, delivery_id: str, alert: Alert, now: datetime) -> bool:
        """Whether there is something to tell. What cannot be put together goes on gathering, and holds up nobody."""
        try:
            with session.begin_nested():
                return seal(session, alert, now, public_url=self._settings.public_url, waits=self._settings.waits)
        except SQLAlchemyError:
            raise
        except Exception as error:  # one Alert that we fail at must not keep all others of its Channel back
            log.exception("deliveries.error", delivery=delivery_id)
            reason = f"internal error: it could not be put together: {type(error).__name__}: {shorten(str(error))}"
            deliveries.put_off(session, delivery_id, now + timedelta(seconds=SEAL_AGAIN_SECONDS), reason)
            return False

    def _record(self, claim: Claim, result: Result, onward: bool) -> Claim | None:
        """Keep how a try ended, and claim what its Channel is to be sent next, if it is to go on."""
        with self._database.write(telling=True) as session:
            rules.lock_channels(session, (claim.channel_id,))
            outcome, said = self._keep(session, claim, result)
            following = None
            if onward:
                following = self._claim(session, claim.channel_id, self._find_after(claim, result, outcome))
        log.log(
            INFO if outcome == "delivered" else WARNING,
            f"delivery.{outcome}",
            delivery=claim.delivery_id,
            channel=claim.channel,
            attempt=claim.attempt,
            answer=said,
        )
        return following

    def _keep(self, session: Session, claim: Claim, result: Result) -> tuple[Outcome, str]:
        now = self._now()
        if isinstance(result, str):
            deliveries.record(session, claim, "delivered", result, now)
            deliveries.let_pass(session, claim, self._settings.witness_after, now)
            channel_health.well(session, claim.channel_id)
            return "delivered", result
        detail = shorten(str(result), 500)
        wait = wait_before_next(claim.round_tries, self._settings.retries, result.retry_after, self._randomness)
        if result.permanent or wait is None:
            if not result.permanent:
                detail = f"given up after {claim.round_tries} tries: {detail}"
            deliveries.record(session, claim, "failed", detail, now)
        else:
            deliveries.record(session, claim, "retry", detail, now, now + timedelta(seconds=wait))
        if not result.ours:
            self._blame(session, claim.channel_id, result, now)
        return "failed" if result.permanent or wait is None else "retry", detail

    def _blame(self, session: Session, channel_id: int, error: DeliveryError, now: datetime) -> None:
        """The Channel fails; it is switched off when its receiver asks for it, or when it has failed for too long."""
        detail = shorten(str(error), 500)
        since = channel_health.fails(session, channel_id, detail, now)
        if not error.disable_channel:
            if (now - since).total_seconds() < self._settings.off_after_seconds:
                return
            days = self._settings.off_after_seconds / 86400
            detail = f"nothing came through for {days:g} days, since {since:%Y-%m-%d %H:%M} UTC: {detail}"
        rules.disable_channel(session, channel_id, detail)
        deliveries.fail_disabled(session, now)

    def _find_after(self, claim: Claim, result: Result, outcome: Outcome) -> Find:
        """Where the next Delivery of the Channel is looked for: after the first in line has failed for some time, a
        witness is, unless the receiver asked to be left alone."""
        first = outcome == "retry" and not claim.aside and claim.round_tries >= self._settings.witness_after
        asked = isinstance(result, DeliveryError) and result.retry_after is not None
        return deliveries.next_untried if first and not asked else deliveries.next_due

    def _let_go(self) -> None:
        now = self._now()
        with self._database.write() as session:
            for claim in self._under_way.values():
                deliveries.record(session, claim, "retry", "stopped before the receiver answered", now, now)
        self._under_way.clear()


def server_of(channel: DueChannel) -> str:
    """Equal for Channels that one server serves, as far as can be told: all mail goes through one."""
    if channel.kind == "webhook":
        return urlsplit(channel.address).netloc.lower()
    return channel.kind if channel.kind == "email" else channel.address.partition(":")[0].lower()
