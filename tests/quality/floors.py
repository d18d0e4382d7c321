"""The floors and ceilings of floors.toml, held against what was measured."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOORS: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
CEILING = "_at_most"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure and its limit; `ceiling` says that it must not be above, else it must not be below."""

    name: str
    measured: float
    limit: float
    ceiling: bool

    @property
    def kept(self) -> bool:
        return self.measured <= self.limit if self.ceiling else self.measured >= self.limit


def lines(floors: Mapping[str, float], figures: Mapping[str, float]) -> Iterator[Line]:
    """One line for each limit. Raises KeyError for a limit of something that nobody measured."""
    for key, limit in floors.items():
        name = key.removesuffix(CEILING)
        yield Line(name, figures[name], limit, key.endswith(CEILING))
