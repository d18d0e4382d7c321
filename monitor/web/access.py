"""Who may do what on the pages and in the API."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """What somebody may do: each role may do all that the ones before it may."""

    ANYONE = 0
    VIEWER = 1
    ADMIN = 2
