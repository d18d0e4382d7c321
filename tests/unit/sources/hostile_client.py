"""Fetches addresses in a process of its own, so that what one fetch takes of memory can be seen: run as a program, with
an address a line; it answers each with a line of JSON."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from monitor.sources.decode import decode
from monitor.sources.http import Fetcher

DEADLINE = 1.5


def peak() -> float:
    """The most memory that this process held since `forget_peak`, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def forget_peak() -> None:
    """proc(5), clear_refs: the peak is what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    """One Fetcher for all, as in a Visit."""
    fetcher: Fetcher | None = None
    for line in sys.stdin:
        url, allow = line.split()
        fetcher = Fetcher(user_agent="Corrigenda/1.0", allow_hosts={allow}, deadline_seconds=DEADLINE)
        forget_peak()
        before, begun = peak(), time.monotonic()
        with fetcher:
            capture = fetcher.fetch(url)
        text = decode(capture.body, capture.content_type)
        seen = {
            "outcome": capture.outcome,
            "reason": capture.reason,
            "seconds": time.monotonic() - begun,
            "megabytes": peak() - before,
            "encoding": text.encoding,
            "text": text.text[:100],
        }
        print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
