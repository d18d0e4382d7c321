"""What the sections of the configuration are made of."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_seconds(value: object) -> object:
    """`"90"`, `90`, `"90s"`, `"15m"`, `"2h"`, `"7d"` in seconds. Raises ValueError for other texts."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", value)
    if match is None:
        raise ValueError('no length of time: write 90, "90s", "15m", "2h" or "7d"')
    return float(match[1]) * UNITS[match[2]]


Seconds = Annotated[float, BeforeValidator(parse_seconds), Field(ge=0)]


class Section(BaseModel):
    """A table of the TOML file. An unknown name is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)
