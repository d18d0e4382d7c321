"""A number as read from a text, and its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

VULGAR = {
    "½": 0.5, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 0.25, "¾": 0.75, "⅕": 0.2, "⅖": 0.4, "⅗": 0.6, "⅘": 0.8, "⅙": 1 / 6,
    "⅚": 5 / 6, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875,
}  # fmt: skip


DASHES = frozenset("-–—−‐‑‒")


MINUS = frozenset("-−–")


@dataclass(slots=True)
class Number:
    """Tokens `first` to before `last`. `upper` is set for a range; `open` for an amount without an upper end."""

    first: int
    last: int
    value: int | float
    form: str
    """cardinal, ordinal, fraction or indefinite."""
    digits: bool
    upper: int | float | None = None
    plain_year: bool = False
    """Four digits and nothing else: a year, until a counted noun says otherwise."""
    start: int = -1
    """Offset of the quote where it differs from the first token's (a minus sign), else -1."""
    range_to: Number | None = None
    suffix: str = ""


@dataclass(slots=True)
class Numbers:
    all: list[Number]
    starting: dict[int, Number]
    ending: dict[int, Number]
    """By the index after the last token."""
    mixed: dict[int, Number]
    """Of numbers that hold what looks like a time: by the index of each token that it may begin with."""

    def holds(self, first: int, last: int) -> bool:
        """Do these tokens lie in a number, as "a quarter" in "five and a quarter" and in "a quarter point"?"""
        number = self.mixed.get(first)
        return number is not None and last <= number.last


@dataclass(slots=True)
class Sum:
    """The state of reading number words: groups done, the group in hand, what its last word was."""

    total: int | float = 0
    current: int | float = 0
    size: str = ""
    scale: int | float = 10**30
    last_scale: int = 0
    joined: bool = False
    """An "and" stood before the last words."""

    @property
    def value(self) -> int | float:
        return self.total + self.current

    def add(self, value: int) -> bool:
        """Add a cardinal below a hundred; False when it cannot follow ("twenty eleven")."""
        if self.size == "unit" or (self.size == "tens" and value >= 10):
            return False
        if value == 0 and (self.size or self.current):
            return False
        self.current += value
        self.size = "tens" if value >= 20 else "unit"
        self.last_scale = 0
        return True

    def multiply(self, scale: int) -> bool:
        if self.current or self.size:
            if scale >= self.scale:
                return False
            self.total += self.current * scale
        elif self.last_scale and scale > self.last_scale:
            self.total *= scale  # "three lakh crore"
        else:
            return False
        self.scale, self.current, self.size, self.last_scale = scale, 0, "", scale
        return True

    def group(self, size: int) -> None:
        """Dozens: "two hundred dozen" are 2,400; "two hundred and two dozen" are 224."""
        kept = self.value - self.current % 100 if self.joined else 0
        self.total, self.current, self.size = kept, (self.value - kept) * size, "unit"

    def fraction(self, denominator: int) -> float:
        """What was read, as so many of a part: "one hundred thirty-fifths" are 100/35, "twenty fifths" 20/5."""
        tens = self.current % 100 if self.size == "tens" and denominator < 10 else 0
        if 0 < tens < self.value:
            return (self.value - tens) / (tens + denominator)
        return self.value / denominator


def times(value: int | float, factor: int | float) -> int | float:
    """The product as a person would write it: 1.07 billion is 1070000000, not 1070000000.0000001."""
    if isinstance(value, int) and isinstance(factor, int):
        return value * factor
    return tidy(float(Decimal(repr(value)) * Decimal(repr(factor))))


def tidy(value: int | float) -> int | float:
    """1500000.0 -> 1500000; 2.2999999999999998 -> 2.3."""
    if isinstance(value, int):
        return value
    rounded = round(value, 10) if abs(value) >= 0.001 else float(f"{value:.10g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e18 else rounded
