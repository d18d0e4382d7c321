"""Processes of Corrigenda on one PostgreSQL, that can be killed and frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

CORRIGENDA = str(Path(sys.executable).with_name("corrigenda"))


class Fleet:
    """Services in processes of their own, each with a configuration and a log in one folder."""

    def __init__(self, folder: Path, database: str, *, hosts: Sequence[str], gap: float, interval: float) -> None:
        self.folder = folder
        visits = max(8, len(hosts))  # one worker alone keeps up with all hosts while two are down
        self._configuration = (
            f'database = "{database}"\n'
            f"[checks]\ninterval = {interval}\nconcurrent_visits = {visits}\nvisit_time = 10\nrestart_rate = 1000\n"
            f'[fetch]\ngap = {gap}\nallow_hosts = {list(hosts)}\ncontact = "NAME"\n'
            "[extraction]\nworkers = 1\n[deliveries]\nfirst_wait = 0\ninterval = 0\nlease = 20\n"
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def config(self, name: str) -> Path:
        """The configuration of a process."""
        file = self.folder / f"{name}.toml"
        file.write_text(self._configuration.replace("NAME", name))
        return file

    def start(self, name: str, *arguments: str, within: Sequence[str] = ()) -> None:
        """Start `corrigenda ARGUMENTS`. within: a command that runs it, such as one for a network namespace."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*within, CORRIGENDA, "--config", str(self.config(name)), *arguments],
                cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """End a process and its children without a word."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def freeze(self, name: str) -> None:
        """A process and its children stand still."""
        os.killpg(self.processes[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """They go on as if nothing had happened."""
        os.killpg(self.processes[name].pid, signal.SIGCONT)

    def stop(self, name: str, seconds: float = 60) -> int:
        """Ask a process to end. Returns its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def log(self, name: str) -> str:
        """What a process said."""
        return (self.folder / f"{name}.log").read_text()

    def until_it_says(self, name: str, words: str, seconds: float = 60) -> None:
        """Wait until a process said this."""
        deadline = time.monotonic() + seconds
        while words not in self.log(name):
            assert self.processes[name].poll() is None, self.log(name)
            assert time.monotonic() < deadline, self.log(name)
            time.sleep(0.1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
