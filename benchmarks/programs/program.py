"""What the benchmark asks of every program, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.processes import Used
from benchmarks.site import Site

PATIENCE = 900.0


class NotMeasuredError(Exception):
    """A program cannot be measured here; why, in words that follow "it "."""


@dataclass(frozen=True)
class Round:
    """Every article checked once: what that took of the program's whole process tree."""

    checks: int
    cpu_seconds: float
    written_bytes: int
    elapsed_seconds: float

    @property
    def cpu_ms(self) -> float:
        """Of one check."""
        return 1000 * self.cpu_seconds / self.checks


class Program(Protocol):
    """One of the programs. They are used one after the other: install, begin, rounds, end."""

    @property
    def name(self) -> str:
        """With its version, if it is somebody else's."""

    @property
    def key(self) -> str:
        """Without."""

    patience: float
    """Seconds for what it is told to do; then it is given up."""

    def install(self) -> None:
        """Make it ready to be started. Raises NotMeasuredError."""

    def begin(self, folder: Path, site: Site, urls: Sequence[str]) -> None:
        """Start it in an empty folder and let it see every article for the first time."""

    def round(self) -> Round:
        """Let it check every article once."""

    def changes(self) -> int:
        """How many changed articles it has noted since it began: whoever notes less has not done the work."""

    def peak(self) -> Used:
        """What it has used until now, memory above all."""

    def end(self) -> None:
        """Stop it."""
