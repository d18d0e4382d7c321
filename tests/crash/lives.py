"""Lives of the service: each begins, works for a while, and is killed.

A life is the real command. It is forked from a process that has imported everything, because starting Python anew for
each kill would take most of the time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import connection
from pathlib import Path

from monitor.cli.app import run
from tests.crash import faults
from tests.crash.oracle import CHANNELS, Oracle
from tests.crash.stores import Store

PATIENCE = 240.0
"""Seconds after which something that must happen is believed never to happen. Not a measure of speed."""


class Life:
    """One run of the service in a folder, with a log of its own."""

    def __init__(self, folder: Path, work: Callable[[], int], point: faults.Point | None = None) -> None:
        """work: what it does, in its folder; returns its exit code. point: where it ends itself (`faults`)."""
        self.folder = folder
        self.log = folder / f"life-{time.monotonic_ns()}.log"
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, "monitor.service", "monitor.cli.serve"])
        self.process = context.Process(target=_live, args=(folder, self.log, work, point), daemon=True)
        self.process.start()
        self.up_at: float | None = None
        """When it said that it serves its pages, on the monotonic clock."""
        self.address = ""

    def wait_until_up(self) -> bool:
        """Whether it came as far as to serve its pages; it may have died before."""

        def is_up() -> bool:
            for line in self.said().splitlines():
                if "corrigenda serves its pages" in line:
                    self.address, self.up_at = json.loads(line)["url"], time.monotonic()
                    return True
            return not self.process.is_alive()

        return wait_until(is_up, PATIENCE) and self.up_at is not None

    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.join()

    def ask_to_end(self) -> int | None:
        """SIGTERM. Returns its exit code; None, and it is killed, when it did not end."""
        if self.process.is_alive() and self.process.pid:
            os.kill(self.process.pid, signal.SIGTERM)
        self.process.join(PATIENCE)
        code = self.process.exitcode
        if code is None:
            self.kill()
        return code


def _live(folder: Path, log: Path, work: Callable[[], int], point: faults.Point | None) -> None:
    """What a fork does: its work, in its folder, with its output in the log."""
    parent = multiprocessing.parent_process()
    if parent is not None:  # nothing of it outlives the plan, however that ends
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    os.chdir(folder)
    with log.open("ab") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    if point is not None:
        faults.arm(point)
    sys.exit(work())


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def wait_until(what: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.02)
    return what()


def command(folder: Path, *arguments: str, code: int = 0) -> str:
    """Run a command to its end, which must be this exit code. Returns what it printed."""
    life = Life(folder, partial(run, arguments))
    life.process.join(PATIENCE)
    ended, said = life.process.exitcode, life.said()
    life.kill()
    life.log.unlink(missing_ok=True)
    assert ended == code, f"corrigenda {' '.join(arguments)} ended with {ended}: {said}"
    return said


INTERVAL = 20.0
"""Seconds between two checks of an article. There are so many articles that some are always due."""
SERVE = partial(run, ("serve", "--port", "0"))


def set_up(
    folder: Path, oracle: Oracle, store: Store, channels: Sequence[str] = CHANNELS, interval: float = INTERVAL
) -> None:
    """A configuration, channels, rules, a story and the articles, as an operator would make them."""
    (folder / "corrigenda.toml").write_text(
        f"""
        database = "{store.url}"
        [checks]
        interval = {interval}
        retry = 0.5
        restart_rate = 1000
        [fetch]
        gap = 0.02
        allow_hosts = {json.dumps(oracle.allowed)}
        [deliveries]
        retries = {json.dumps([0.1, 0.2, 0.5] + [1] * 97)}
        lease = 1
        [log]
        format = "json"
        """
    )
    for name in channels:
        added = command(folder, "channels", "add", name, "--webhook", f"{oracle.receiver.url}/{name}", "--json")
        oracle.secrets[name] = json.loads(added)["secret"]
        command(folder, "rules", "add", f"tolls to {name}", "--channel", name, "--type", "value")
    command(folder, "add", *oracle.urls, "--story", "Storms")
    oracle.acknowledged.added.update(oracle.urls)
