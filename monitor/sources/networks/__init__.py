"""Which networks are not public: what the IANA registries say, as a dated snapshot, and some rows of our own.

Not `ipaddress.is_global`: what that says changes between patch releases of Python. `generate` beside it makes
registries.toml from the registries; ours.toml is written by hand.
"""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
REGISTRIES = "registries.toml"
OURS = "ours.toml"


@dataclass(frozen=True, slots=True)
class Network:
    """A block of addresses of which none is a publisher's host."""

    block: ipaddress.IPv4Network | ipaddress.IPv6Network
    why: str
    credentials: bool = False
    """Whether machines read their own passwords there: no operator can allow it."""


@cache
def not_public() -> tuple[Network, ...]:
    """All of them, the smallest first, so that the first that holds an address says most about it."""
    rows = [*_read(REGISTRIES)["networks"], *_read(OURS)["networks"]]
    networks = [Network(ipaddress.ip_network(row["block"]), row["why"], row.get("credentials", False)) for row in rows]
    # Of equal ones, that which nobody can allow.
    return tuple(sorted(networks, key=lambda network: (-network.block.prefixlen, not network.credentials)))


def find(address: IPAddress) -> Network | None:
    """The smallest of these networks that holds an address; None for a public one."""
    return next((network for network in not_public() if address in network.block), None)


def holds_credentials(address: IPAddress) -> bool:
    """Whether an address is in any network where machines read their passwords."""
    return any(network.credentials and address in network.block for network in not_public())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
