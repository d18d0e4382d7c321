"""When a Rule tells what it picked, as data: at once or in a digest, quiet hours, and how often at most. Pure.

A Rule leaves open what its Channel says, and a Channel what the configuration says; `in_force` puts the three together.
The arithmetic of time zones is in `digest.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
When = Literal["at once", "hourly", "daily", "weekly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

LONGEST_WAIT = 7 * 86400
"""Seconds: who waits longer wants a digest."""
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z", re.ASCII)
_WAIT = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?\Z", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def clock(text: Any) -> Any:
    """ "7:30" as "07:30". Raises ValueError for what is no time of day."""
    found = _CLOCK.match(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no time of day: write it like 08:00")
    return f"{int(found[1]):02}:{found[2]}"


def seconds(value: Any) -> Any:
    """ "10s", "5m", "4h" or "2d" in seconds. Raises ValueError for what is no such length of time."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("write a length of time like 10s, 5m, 4h or 2d")
    found = _WAIT.match(str(value).strip())
    if found is None:
        raise ValueError(f"{value!r} is no length of time: write it like 10s, 5m, 4h or 2d")
    return float(found[1]) * _UNITS[(found[2] or "s")[0]]


def zone(name: Any) -> Any:
    """The name of a time zone. Raises ValueError for one that the IANA database does not have."""
    try:
        if not isinstance(name, str) or not name.strip():
            raise ValueError
        zone_of(name.strip())
    except ValueError:
        shown = str(name)[:60]
        raise ValueError(f"there is no time zone {shown!r}: write it like Europe/Berlin or UTC") from None
    return name.strip()


@lru_cache(maxsize=128)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):  # OSError: the name of a folder of the database, "Europe"
        raise ValueError(name) from None


Clock = Annotated[str, BeforeValidator(clock)]
Wait = Annotated[float, BeforeValidator(seconds), Field(ge=0, le=LONGEST_WAIT)]
Zone = Annotated[str, BeforeValidator(zone)]


class Pace(BaseModel):
    """How fast a Channel may be told something; what is null is as configured."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: Zone | None = None
    """IANA time zone of quiet hours and digests; UTC when nobody says."""
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    """Nothing is sent between these two times of day, which may lie on both sides of midnight."""
    first_wait: Wait | None = None
    """Seconds that an Alert waits for more before it goes."""
    interval: Wait | None = None
    """Seconds between two Alerts to one Channel, at least."""
    repeat: Wait | None = None
    """Seconds in which a page that goes back and forth is told of once; 0: every turn is told."""

    @model_validator(mode="after")
    def _quiet_hours_have_two_ends(self) -> Pace:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours need both a beginning and an end (quiet_from, quiet_until)")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValueError("quiet hours begin and end at the same time: switch the rule off instead")
        return self

    def given(self) -> dict[str, Any]:
        """What was said, without what was left open: as it is kept."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Timing(Pace):
    """When a Rule tells what it picked; what is null is as its Channel has it."""

    when: When = "at once"
    at: Clock = "08:00"
    """Of daily and weekly digests, in the time zone."""
    weekday: Weekday = "monday"
    """Of weekly digests."""
    even_when_nothing: bool = False
    """Whether a digest comes that has nothing to tell."""
    even_in_quiet_hours: bool = False
    """Whether the Channel's quiet hours do not hold for this Rule."""

    @model_validator(mode="after")
    def _only_digests_can_be_empty(self) -> Timing:
        if self.even_when_nothing and self.when == "at once":
            raise ValueError("even_when_nothing is for digests: at once there is always something to tell")
        if self.even_in_quiet_hours and self.quiet_from is not None:
            raise ValueError("even_in_quiet_hours and quiet hours of its own contradict each other")
        return self


@dataclass(frozen=True, slots=True)
class Waits:
    """What holds where neither Rule nor Channel says otherwise, in seconds."""

    first_wait: float = 10.0
    interval: float = 300.0
    repeat: float = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class InForce:
    """A Timing with nothing left open."""

    when: When = "at once"
    at: str = "08:00"
    weekday: int = 0
    """Monday is 0."""
    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    first_wait: float = 0.0
    interval: float = 0.0
    repeat: float = 4 * 3600.0
    even_when_nothing: bool = False

    @property
    def immediate(self) -> bool:
        """Whether nothing waits for more: then each Event makes an Alert of its own, and a program gets them apart."""
        return self.when == "at once" and not self.first_wait and not self.interval

    @property
    def gathers(self) -> str:
        """Names what goes into one Alert together: Rules of equal `gathers` and Channel share one."""
        match self.when:
            case "daily":
                return f"daily {self.at} {self.zone}"
            case "weekly":
                return f"weekly {WEEKDAYS[self.weekday]} {self.at} {self.zone}"
            case "hourly":
                return f"hourly {self.zone}"
            case _:
                return "at once"


def gathered_by(gathers: str) -> InForce:
    """The inverse of `InForce.gathers`: when what is gathered under this name goes."""
    when, *rest = gathers.split(" ")
    match when, rest:
        case "daily", [at, zone_name]:
            return InForce(when="daily", at=at, zone=zone_name)
        case "weekly", [weekday, at, zone_name]:
            return InForce(when="weekly", weekday=WEEKDAYS.index(weekday), at=at, zone=zone_name)
        case "hourly", [zone_name]:
            return InForce(when="hourly", zone=zone_name)
        case _:
            return InForce()


def in_force(timing: Timing, pace: Pace, kind: str, waits: Waits) -> InForce:
    """What holds for a Rule on a Channel of that kind: its own word, else the Channel's, else the configuration's.

    A webhook is read by a program, which is told at once unless somebody says otherwise.
    """
    machine = kind == "webhook"
    quiet = next(
        ((one.quiet_from, one.quiet_until) for one in (timing, pace) if one.quiet_from and one.quiet_until), None
    )
    return InForce(
        when=timing.when,
        at=timing.at,
        weekday=WEEKDAYS.index(timing.weekday),
        zone=timing.zone or pace.zone or "UTC",
        quiet=None if timing.even_in_quiet_hours else quiet,
        first_wait=_first(timing.first_wait, pace.first_wait, 0.0 if machine else waits.first_wait),
        interval=_first(timing.interval, pace.interval, 0.0 if machine else waits.interval),
        repeat=_first(timing.repeat, pace.repeat, waits.repeat),
        even_when_nothing=timing.even_when_nothing,
    )


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
