"""How the service itself is: its loops, and what is wrong."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime


class Loop(SQLModel, table=True):
    """The last sign of life of a loop of the service (`scheduler`, `deliveries`), so that a stopped one is noticed."""

    name: str = Field(primary_key=True)
    beat_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    detail: str = ""
    holder: str = ""
    """Which process goes round, where only one of them may; the others stand by, and take over when it is silent."""


class Trouble(SQLModel, table=True):
    """Something that is wrong with the watch itself now; gone when it is well again."""

    key: str = Field(primary_key=True)
    """What it is about: `loop scheduler`, `site example.org`, `overdue`, `clock`."""
    kind: str
    detail: str
    """One sentence for a person."""
    since_at: datetime = Field(sa_type=UtcDateTime)
    told: bool = False
    """Whether operators were told, and so are told of its end."""
