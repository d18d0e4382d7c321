"""A time expression as written: grain, fields, shift, anchor, modifier. `resolve` turns it into ISO values."""

from __future__ import annotations

from dataclasses import dataclass

FINER = (
    "century",
    "decade",
    "year",
    "half",
    "season",
    "quarter",
    "month",
    "fortnight",
    "week",
    "weekend",
    "day",
    "part",
    "hour",
    "minute",
    "second",
)
RANK = {grain: rank for rank, grain in enumerate(FINER)}

LETTER = {
    "second": "S", "minute": "M", "hour": "H", "day": "D", "night": "D", "week": "W", "weekend": "WE", "month": "M",
    "quarter": "Q", "year": "Y", "decade": "E", "century": "C",
}  # fmt: skip


@dataclass(slots=True)
class Expression:
    """Tokens `first` to before `last`, and what they say. Fields that are not written stay None."""

    first: int
    last: int
    type: str
    grain: str
    rule: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    quarter: int | None = None
    half: int | None = None
    season: str | None = None
    decade: int | None = None
    century: int | None = None
    part: str | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    zone: str | None = None
    meridiem: str = ""
    nth: int | None = None
    """The n-th `grain` of something: "the third week of May"."""
    shift: float | None = None
    shift_grain: str | None = None
    """Counted from the anchor: "last month" is shift -1, grain month."""
    anchor: str = ""
    """"" is the date of publication, "previous" the date before this one in the text."""
    deixis: str = ""
    holiday: list[object] | None = None
    ref: str | None = None
    amount: float | None = None
    """Of a duration or set; None is an unknown number: PXY."""
    upper: float | None = None
    mod: str | None = None
    fiscal: bool = False
    edge: bool = False
    """The very end or start of the period ("the end of the year"), not its last part ("late 2023")."""
    value: str | None = None
    """A value that is already ISO, as written in the text."""
    role: str | None = None
    closes: bool = False
    """The later end of a range."""
    weeks: int = 0
    """Whole weeks beyond: "Tuesday week"."""
    era: str = ""
    """ "BC" before a year that is counted backwards."""
    copied: bool = False
    """A field was taken from a neighbour ("12-15 March")."""
