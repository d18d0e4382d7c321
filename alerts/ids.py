"""Ids that sort by the time they were made: UUIDs of version 7 (RFC 9562 5.7) behind a prefix that says of what."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import Literal


def new_id(prefix: Literal["alrt", "msg"]) -> str:
    """A new id, such as `msg_0199f6c2...`: no dot in it, because a dot separates the parts that webhooks sign."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    # Method 3 of RFC 9562 6.2: the 12 bits after the version are a finer clock, so that ids of one millisecond sort.
    finer = nanoseconds * 4096 // 1_000_000
    number = milliseconds << 80 | 7 << 76 | finer << 64 | 0b10 << 62 | secrets.randbits(62)
    return f"{prefix}_{uuid.UUID(int=number).hex}"
