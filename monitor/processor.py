"""One processor for the threads that hand one another the interpreter's lock.

Only one of them runs Python at a time. Spread over several processors, each handing over wakes another of these, which
costs more than what is done between two: a check that finds nothing new takes a third less time on one (decision 114).
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

SECONDS = 10.0
"""After which another processor is chosen."""


class OneProcessor:
    """Keeps the threads that are gathered on one processor.

    Which one is drawn by lot, again and again: several processes on one machine spread, and a bad draw does not last.
    Does nothing where a thread cannot be bound (outside of Linux), where there is one processor only, or where Python
    runs without its lock.
    """

    def __init__(self) -> None:
        self._chosen: int | None = None
        self._until = float("-inf")
        self._thread = threading.local()

    def gather(self) -> None:
        """Bind the calling thread to the processor of the others; never the first one, which says what may be used."""
        if threading.current_thread() is threading.main_thread():
            return
        if (now := time.monotonic()) >= self._until:
            processors = _processors()
            self._chosen = random.choice(processors) if len(processors) > 1 else None
            self._until = now + SECONDS
        if self._chosen is not None and self._bound() != self._chosen:
            self._thread.bound = self._chosen
            _bind({self._chosen})

    def scatter(self) -> None:
        """Let the calling thread run where it likes, as it should where it waits for work on other processors."""
        if self._bound() is not None:
            self._thread.bound = None
            _bind(_processors())

    def scattering(self, work: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        """The same work, and the thread that asks for it is let go of first."""

        def scattered(*args: _Given.args, **named: _Given.kwargs) -> _Result:
            self.scatter()
            return work(*args, **named)

        return scattered

    def _bound(self) -> int | None:
        return getattr(self._thread, "bound", None)


def _processors() -> Sequence[int]:
    """Those that this process may use now; none where it cannot choose, or need not."""
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    return tuple(os.sched_getaffinity(os.getpid())) if locked and hasattr(os, "sched_getaffinity") else ()


def _bind(processors: Iterable[int]) -> None:
    with suppress(OSError):  # some were taken from this process since: it runs where it may
        os.sched_setaffinity(0, processors)
