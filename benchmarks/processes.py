"""What a process and all that it started have used, from /proc (Linux): processor time, memory, bytes written."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True)
class Used:
    """By a process and its children, living and ended."""

    cpu_seconds: float
    written_bytes: int
    """To storage, of those that live: pages of the cache that were made dirty, as the kernel counts them."""
    peak_bytes: int
    """The sum of the peaks of those that live."""
    peak_alone_bytes: int
    """Of the process itself."""


def used(pid: int) -> Used:
    """What this process and its children have used until now."""
    tree = list(_tree(pid))
    return Used(sum(map(_cpu_seconds, tree)), sum(map(_written, tree)), sum(map(peak, tree)), peak(pid))


def _tree(pid: int) -> Iterator[int]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for process in _PROC.iterdir():
        if process.name.isdecimal() and (fields := _stat(int(process.name))):
            children[int(fields[1])].append(int(process.name))
    left = [pid]
    while left:
        yield (one := left.pop())
        left += children[one]


def _stat(pid: int) -> list[str]:
    """The fields of proc_pid_stat(5) from the third, `state`, on."""
    return _read(_PROC / str(pid) / "stat").rpartition(")")[2].split()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile; its parent has its time
        return ""


def _cpu_seconds(pid: int) -> float:
    """Its own, and that of children for which it has waited (proc_pid_stat(5): utime, stime, cutime, cstime)."""
    return sum(map(int, _stat(pid)[11:15])) * _TICK


def _written(pid: int) -> int:
    return _number(_read(_PROC / str(pid) / "io"), "write_bytes:")


def peak(pid: int) -> int:
    """Bytes that this process held at most until now, itself alone; 0 when it has ended.

    Not `ru_maxrss`: that counts what the process that started it held then.
    """
    return _number(_read(_PROC / str(pid) / "status"), "VmHWM:") * 1024


def _number(text: str, name: str) -> int:
    lines = (line.split() for line in text.splitlines())
    return next((int(line[1]) for line in lines if line and line[0] == name), 0)
