"""How long what was captured is kept. Pure: settings are read without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what is kept of an Article stays after it was last seen, null for ever; and of how many of the newest
    Versions it stays whatever its age."""

    raw: timedelta | None = None
    raw_versions: int = 2
    texts: timedelta | None = None
    text_versions: int = 2
    captures: timedelta | None = None
    """Of Captures that brought no Version and no Change: the whole rows."""

    @property
    def for_ever(self) -> bool:
        """Whether nothing is let go."""
        return self.raw is None and self.texts is None and self.captures is None
