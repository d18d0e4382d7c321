"""When the requests of a Visit may go out: each takes a slot from the row of the Site that it goes to.

Robots.txt, redirects and repeated requests are requests like any other: Fetcher asks here right before each one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.config import Settings
from monitor.sources.address import Address
from monitor.sources.http import Refusal
from monitor.sources.pace import lasted
from storage import sites
from storage.database import Database
from storage.sites import Claim
from storage.steps import Seen, Slot, Step, Stepped
from storage.tables import Site
from storage.together import Together

GAP_MARGIN = 1.1
"""Slots lie a little further apart than the gap, so that the jitter of threads never brings requests too close."""
LATE_SECONDS = 5.0
"""A request that would go out so long after its slot takes a new one first: whoever comes so late may have been frozen,
and another asks by now."""
LONGEST_GAP = 86400.0
"""Seconds: a Crawl-delay that is longer counts as this."""

UNWRITTEN_SECONDS = 1.0
UNWRITTEN_CHECKS = 50
"""How long, and for how many checks, a Visit of a Site without a gap may keep to itself what it saw."""

LONGEST_DETOUR = timedelta(minutes=2)
"""The longest gap at which a redirect to another Site is followed: a Visit cannot wait there for hours."""

Note = Callable[[str, str], None]
"""Told what happens, step and sentence, for people who want the whole story."""


class OvertakenError(Exception):
    """A later Visit has taken over the Site: this one must not send anything more."""


class NotYetError(Exception):
    """The Site's turn comes so late that the Visit does not wait for it; its Articles stay due."""


class StoppingError(Exception):
    """The service stops: nothing more is sent."""


class Sent:
    """When this process last asked each host, on the monotonic clock; shared by all Visits.

    Slots are planned; a busy machine or a slow network may bring a request there late, and the next would then follow
    too closely for the host. So the gap is kept to the moment at which it began to answer, or at which we gave up.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: dict[str, float] = {}
        self._lock = threading.Lock()

    def go_or_wait(self, host: str, gap: float) -> float:
        """0, and the request counts as sent now; else the seconds to wait before asking again."""
        with self._lock:
            now = self._clock.monotonic()
            early = self._at.get(host, float("-inf")) + gap - now
            if early > 0:
                return early
            self._at[host] = now
            return 0.0

    def answered(self, host: str, at: float) -> None:
        """The last request had arrived by then: to look a name up, to connect, to send may take longer than the gap."""
        with self._lock:
            self._at[host] = max(self._at.get(host, at), at)


class Turns:
    """The slots of one Visit. Called by Fetcher with the address of each request; it returns when that may go out.

    What the last check saw is written with the slot of the next request: nothing goes out before it is durable. At a
    Site without a gap no slot has to be kept, and several checks are written together, UNWRITTEN_SECONDS later at most.
    """

    def __init__(
        self,
        database: Database,
        write: Together[Step, Stepped | None],
        settings: Settings,
        claim: Claim | None,
        sent: Sent,
        stopping: threading.Event,
        clock: Clock,
        note: Note,
        patience: float = LONGEST_GAP,
    ) -> None:
        """claim: of the visited Site; null for a single look, where every Site is another's.

        patience: seconds after which a turn at the visited Site is not waited for. At another's it always is: given
        up, the slot would be lost, and a host to which many redirect would never be reached.
        """
        self._database = database
        self._write = write
        self._settings = settings
        self._claim = claim
        self._sent = sent
        self._stopping = stopping
        self._clock = clock
        self._note = note
        self._patience = timedelta(seconds=patience)
        self._last: dict[str, datetime] = {}
        self._planned: dict[str, tuple[float, float]] = {}
        """When the last request to each host was to go out, on the monotonic clock, and the gap after it."""
        self._not_before: datetime | None = None
        """When the visited Site may be asked again, where its last request went out too late for the slots."""
        self._seen: list[Seen] = []
        self._stepped = self._clock.monotonic()
        """When something was last written, and the claim found to hold."""
        self._next_slot_at = claim.next_slot_at if claim else None
        self.crawl_delay: Callable[[Address], float | None] = lambda address: None
        """What the robots.txt of an address asks for, as far as it was read."""

    def saw(self, seen: Seen) -> None:
        """What a check saw of an Article of the visited Site. It is written with the next step, or by `settle`."""
        self._seen.append(seen)
        if not self._may_wait():  # files are read without asking for a turn
            self.settle()

    def settle(self) -> None:
        """Write what the last checks saw, now. Raises OvertakenError."""
        if self._seen and self._claim and self._step(Step(self._claim, self._seen)) is None:
            raise OvertakenError(self._claim.host)

    def end(self) -> None:
        """Write what the last checks saw, and let go of the Site. Does nothing when a later Visit has taken over."""
        if self._claim:
            if self._not_before is not None:
                with self._database.write() as session:
                    sites.not_before(session, self._claim, self._not_before)
            self._step(Step(self._claim, self._seen, ends=True))

    def answered(self, address: Address, at: float) -> None:
        """The head of an answer came then, on the monotonic clock. Whoever asks the Site next keeps the gap to that."""
        planned, gap = self._planned.get(address.site, (at, 0.0))
        self._sent.answered(address.site, at)
        if gap and self._claim is not None and address.site == self._claim.host:
            late = at - planned > gap * (GAP_MARGIN - 1)
            ago = self._clock.monotonic() - at
            self._not_before = self._clock.now() + timedelta(seconds=gap * GAP_MARGIN - ago) if late else None

    def _step(self, step: Step) -> Stepped | None:
        stepped = self._write(step)
        self._seen, self._stepped = [], self._clock.monotonic()
        if step.slot:
            self._next_slot_at = stepped.next_slot_at if stepped else None
        return stepped

    def __call__(self, address: Address) -> Refusal | None:
        gap, why = self._gap(address)
        # Taken before the slot is: whoever was frozen while the database answered must notice.
        asked, now = self._clock.monotonic(), self._clock.now()
        spacing = timedelta(seconds=gap * GAP_MARGIN)
        ours = self._claim is not None and address.site == self._claim.host
        if self._claim is not None and ours:
            # The gap may have grown since the last request: that one brought the robots.txt that asks for more.
            last = self._last.get(address.site)
            not_before = last + spacing if last else None
            free = self._next_slot_at is not None and self._next_slot_at <= now
            if not gap and free and self._may_wait():
                slot = now
            else:
                slot = self._take_slot(Slot(now, spacing, not_before, now + self._patience, self._next_slot_at))
        elif spacing > LONGEST_DETOUR:
            return Refusal(
                "refused", f"{address.site} asks for {lasted(gap)} between requests: no redirect is followed there"
            )
        else:
            self.settle()
            with self._database.write() as session:
                beside = sites.take_slot_beside(session, address.site, now, spacing)
            if isinstance(beside, Site):
                until = f"{address.site} is held back until {beside.held_until_at:%H:%M:%S} UTC"
                return Refusal("failed", f"{until}: {beside.held_reason}")
            slot = beside
        if ours and slot > now + self._patience:
            raise NotYetError(address.site)
        self._last[address.site] = slot
        wait = (slot - now).total_seconds()
        if wait > 0:
            self._note(
                "turn", f"waited {lasted(wait)} for its turn at {address.site}: {lasted(gap)} between requests ({why})"
            )
        planned = asked + max(0.0, wait)
        while True:
            if self._clock.wait(self._stopping, max(0.0, planned - self._clock.monotonic())):
                raise StoppingError
            if gap and self._clock.monotonic() - planned > LATE_SECONDS:
                return self(address)
            wait = self._sent.go_or_wait(address.site, gap * GAP_MARGIN)
            if not wait:
                self._planned[address.site] = planned, gap
                return None
            planned = self._clock.monotonic() + wait

    def _may_wait(self) -> bool:
        """Whether what was seen need not be written yet."""
        young = self._clock.monotonic() - self._stepped < UNWRITTEN_SECONDS
        return young and len(self._seen) < UNWRITTEN_CHECKS

    def _take_slot(self, wish: Slot) -> datetime:
        assert self._claim is not None
        stepped = self._step(Step(self._claim, self._seen, wish))
        if stepped is None or stepped.slot is None:
            raise OvertakenError(self._claim.host)
        return stepped.slot

    def _gap(self, address: Address) -> tuple[float, str]:
        own = self._settings.site(address.site).gap
        gap, why = (self._settings.fetch.gap, "fetch.gap") if own is None else (own, "set for the site")
        asked = min(self.crawl_delay(address) or 0.0, LONGEST_GAP)
        return (asked, "its Crawl-delay") if asked > gap else (gap, why)
