"""The phrases of walls.toml, compiled: what walls say, and how texts speak to their reader. No parser is needed."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path


@functools.cache
def words(kind: str) -> re.Pattern[str]:
    """One pattern for the phrases of a kind in all languages."""
    table = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))
    return re.compile(
        "|".join(f"(?:{phrase})" for phrases in table[kind].values() for phrase in phrases), re.IGNORECASE
    )
