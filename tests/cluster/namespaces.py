"""Machines of their own, as far as the network goes: a namespace for each, joined by a bridge. Needs root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

NETWORK = "10.231"
"""Where the sites are (10.231.1.1 and on), the bridge (10.231.254.1) and the machines (from 10.231.255.1 on)."""


@contextmanager
def network(names: Sequence[str]) -> Iterator[dict[str, list[str]]]:
    """Namespaces for machines of these names. Gives for each the command that runs another one in it."""
    mark = f"{os.getpid() % 100_000:x}"
    bridge, spaces = f"cor{mark}", {name: f"cor{mark}{name}" for name in names}
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{NETWORK}.254.1/16", "dev", bridge)
        _ip("link", "set", bridge, "up")
        _ip("route", "add", "local", f"{NETWORK}.0.0/17", "dev", "lo")  # every address below .128 is ours
        for number, space in enumerate(spaces.values(), 1):
            outside, inside = f"c{mark}o{number}", f"c{mark}i{number}"
            _ip("netns", "add", space)
            _ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", space)
            _ip("link", "set", outside, "master", bridge, "up")
            for words in (
                ("addr", "add", f"{NETWORK}.255.{number}/16", "dev", inside),
                ("link", "set", inside, "up"),
                ("link", "set", "lo", "up"),
            ):
                _ip("-n", space, *words)
        yield {name: ["ip", "netns", "exec", space] for name, space in spaces.items()}
    finally:
        for space in spaces.values():
            _ip("netns", "del", space, may_fail=True)
        _ip("route", "del", "local", f"{NETWORK}.0.0/17", "dev", "lo", may_fail=True)
        _ip("link", "del", bridge, may_fail=True)


def _ip(*words: str, may_fail: bool = False) -> None:
    subprocess.run(["ip", *words], check=not may_fail, capture_output=True)
