"""Work that is done in a process of its own, with an end: what others wrote is run there, and never in the service."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MAX_ANSWER = 2**24
"""Bytes. All that templates may make of a message fits, each of its characters escaped."""


class ApartError(Exception):
    """The process did not answer: it died or did not end. The message says which."""


def ask(module: str, asked: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Run a module of ours with one JSON object on its standard input; the one that it answers with.

    Raises ApartError.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module],
            input=json.dumps(asked).encode(),  # not as an argument, which every user of this machine could read
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ApartError(f"no answer within {seconds:.0f} s") from None
    try:
        return dict(json.loads(done.stdout[:MAX_ANSWER]))
    except ValueError:
        if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise ApartError("it takes too much processor time") from None
        raise ApartError(f"its process ended without an answer (code {done.returncode})") from None


def answer(work: Callable[[dict[str, Any]], Mapping[str, Any]], *, memory_bytes: int, cpu_seconds: int) -> None:
    """The side of such a module: set limits, read, work, answer, end. Threads that still wait end with it."""
    asked = json.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answer
    limits = {
        resource.RLIMIT_AS: memory_bytes, resource.RLIMIT_CPU: cpu_seconds, resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }  # fmt: skip
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    try:
        said = work(asked)
    except MemoryError:
        said = {"error": f"it needs more than {memory_bytes // 2**20} MiB of memory"}
    answers.write(json.dumps(said).encode("ascii"))
    answers.close()
    os._exit(0)


def _environment() -> dict[str, str]:
    """Only what Python needs to start: no passwords, no proxies, no home with a .netrc."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {
        **kept,
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }
