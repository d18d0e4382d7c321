"""The clock of the service: one place to read the time and to wait, so that a simulation can bring its own."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class Clock:
    """The real one."""

    def now(self) -> datetime:
        """The time of day, aware UTC: for what is kept. It may jump."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow: for how long something took."""
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the event is set, or so long. Returns whether it is set."""
        return event.wait(seconds)
