"""Threads that are gathered run on one processor, and are free again where they are let go of."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from monitor import processor
from monitor.processor import OneProcessor

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs two processors of Linux"
)


def test_gathered_threads_share_one_processor_and_are_free_afterwards() -> None:
    together, everywhere, barrier = OneProcessor(), os.sched_getaffinity(0), Barrier(4)

    def visit(_: int) -> tuple[frozenset[int], set[int]]:
        together.gather()
        barrier.wait(10)
        bound = frozenset(os.sched_getaffinity(0))
        together.scatter()
        return bound, os.sched_getaffinity(0)

    with ThreadPoolExecutor(4) as threads:
        seen = list(threads.map(visit, range(4)))
    [one] = {bound for bound, _ in seen}
    assert len(one) == 1
    assert one < everywhere
    assert all(free == everywhere for _, free in seen)
    assert os.sched_getaffinity(0) == everywhere, "nobody else is bound"


def test_another_processor_is_drawn_in_time_and_all_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    together, everywhere = OneProcessor(), os.sched_getaffinity(0)
    now = 0.0
    monkeypatch.setattr(processor.time, "monotonic", lambda: now)

    def visit() -> int:
        together.gather()
        [bound] = os.sched_getaffinity(0)
        return bound

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        drawn = set()
        for turn in range(100):
            now = turn * processor.SECONDS
            bound = one.submit(visit).result()
            assert other.submit(visit).result() == bound
            drawn.add(bound)
    assert drawn == everywhere


def test_who_is_given_fewer_processors_keeps_to_them() -> None:
    together, everywhere = OneProcessor(), os.sched_getaffinity(0)

    def visit() -> set[int]:
        together.gather()
        os.sched_setaffinity(os.getpid(), {min(everywhere)})  # as `taskset --pid` does, of the first thread
        together.scatter()
        return os.sched_getaffinity(0)

    try:
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(visit).result() == {min(everywhere)}
    finally:
        os.sched_setaffinity(os.getpid(), everywhere)


def test_the_first_thread_is_never_bound() -> None:
    together, everywhere = OneProcessor(), os.sched_getaffinity(0)
    together.gather()
    assert os.sched_getaffinity(0) == everywhere


def test_processors_that_were_taken_away_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int, processors: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    together = OneProcessor()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(together.gather).result()
        thread.submit(together.scatter).result()
