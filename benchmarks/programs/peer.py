"""Other people's programs, installed by name and version, each into an environment of its own that is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Used, peak
from benchmarks.programs.program import PATIENCE, NotMeasuredError, Round
from benchmarks.site import Site

_KEPT = Path(__file__).parents[1] / ".peers"
_INSTALLING_SECONDS = 300
_BLOCK = 512
"""Bytes: the unit of ru_oublock."""


@dataclass(frozen=True)
class Peer:
    """One program of the package index."""

    name: str
    version: str

    @property
    def folder(self) -> Path:
        """Its environment; git ignores it."""
        return _KEPT / f"{self.name}-{self.version}"

    @property
    def said(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    def program(self, name: str) -> Path:
        """One of its commands."""
        return self.folder / "bin" / name

    def install(self) -> None:
        """With pip, once. Raises NotMeasuredError that says in its last line what pip said."""
        ready = self.folder / ".ready"
        if ready.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        pip = [str(self.program("python")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        try:
            subprocess.run(
                [sys.executable, "-m", "venv", self.folder],
                check=True,
                capture_output=True,
                timeout=_INSTALLING_SECONDS,
            )
            subprocess.run(
                [*pip, f"{self.name}=={self.version}"],
                check=True,
                capture_output=True,
                text=True,
                timeout=_INSTALLING_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise NotMeasuredError(f"could not be installed within {_INSTALLING_SECONDS} s") from None
        except (subprocess.CalledProcessError, OSError) as error:
            said = str(getattr(error, "stderr", "") or error).strip().splitlines()
            errors = [line for line in said if line.startswith("ERROR")] or said
            raise NotMeasuredError(f"could not be installed: {errors[-1]}") from None
        ready.touch()


@dataclass(frozen=True)
class Ended:
    """What a command took that has ended, its children included."""

    in_time: bool
    """Else it was killed."""
    cpu_seconds: float
    written_bytes: int
    peak_bytes: int
    """Of the process itself, as seen every 20 ms."""
    output: str


def run(command: Sequence[Path | str], folder: Path, patience: float) -> Ended:
    """Run a command to its end, at home in that folder. Raises NotMeasuredError when it fails."""
    output = folder / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(command, cwd=folder, stdout=stream, stderr=stream, env=environment(folder))
    late = time.monotonic() + patience
    ended, status, taken = os.wait4(process.pid, os.WNOHANG)
    in_time = True
    most = 0
    while not ended:
        most = max(most, peak(process.pid))
        if in_time and time.monotonic() > late:
            in_time = False
            process.kill()
        time.sleep(0.02)
        ended, status, taken = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    said = output.read_text(errors="replace")
    if in_time and process.returncode not in (0, 1):
        raise NotMeasuredError(f"ended with {process.returncode}: {said[-300:]}")
    cpu_seconds = taken.ru_utime + taken.ru_stime
    return Ended(in_time, cpu_seconds, taken.ru_oublock * _BLOCK, most, said)


def environment(folder: Path, **more: str) -> Mapping[str, str]:
    """The variables that a peer sees: none of Corrigenda's, and a home of its own."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    return kept | {"HOME": str(folder), **more}


class Batch:
    """A peer that goes once through a list of jobs and ends, as cron runs it.

    Its start, and the one check of a list of one, are measured apart and taken off: what is left is that of the others.
    """

    peer: Peer
    patience = PATIENCE
    changed_line = "CHANGED: "
    """With what its report begins a line on a page that changed."""

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return self.peer.said

    @property
    def key(self) -> str:
        """Without a version."""
        return self.peer.name

    def install(self) -> None:
        """By pip."""
        self.peer.install()

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write what it reads there: its jobs and its configuration."""
        raise NotImplementedError

    def command(self) -> Sequence[Path | str]:
        """What runs it in such a folder."""
        raise NotImplementedError

    def begin(self, folder: Path, site: Site, urls: Sequence[str]) -> None:
        """See every article for the first time; the one of the short list, too."""
        self._one, self._all, self._count = folder / "one", folder / "all", len(urls)
        self._changes = self._peak = 0
        for place, some in ((self._one, urls[:1]), (self._all, urls)):
            place.mkdir()
            self.prepare(place, some)
            self._run(place)

    def round(self) -> Round:
        """Run it over all articles, and over one."""
        start = self._run(self._one)
        began = time.monotonic()
        ended = self._run(self._all)
        elapsed = time.monotonic() - began
        self._changes += sum(line.startswith(self.changed_line) for line in ended.output.splitlines())
        written = max(0, ended.written_bytes - start.written_bytes)
        return Round(self._count - 1, ended.cpu_seconds - start.cpu_seconds, written, elapsed)

    def _run(self, folder: Path) -> Ended:
        ended = run(self.command(), folder, self.patience)
        self._peak = max(self._peak, ended.peak_bytes)
        if not ended.in_time:
            raise NotMeasuredError(f"was not done after {self.patience:.0f} s")
        return ended

    def changes(self) -> int:
        """As reported."""
        return self._changes

    def peak(self) -> Used:
        """Of its one process."""
        return Used(0.0, 0, self._peak, self._peak)

    def end(self) -> None:
        """It has ended."""
