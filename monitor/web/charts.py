"""The history of a fact as a step chart: an SVG of its own, shown as an image. Pure; drawn by pygal.

A value holds from the Version that brought it until the next one. An exact amount is a solid line, a hedged one ("about
170") a dashed one, a range its two ends; "at least" and "up to" have a dashed line that leads up or down to the edge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pygal
from lxml import etree
from pygal.style import Style

from monitor.facts.model import Quantity

SMALL, LARGE = (200, 56), (960, 320)
"""Widths and heights beside a fact, and on the page of one."""
LIGHT = {"line": "#8a1f1b", "soft": "#5c5850", "rule": "#dcd8ce"}
DARK = {"line": "#f2988f", "soft": "#a8a49a", "rule": "#383a3b"}
"""As style.css has them (accent, soft, rule): an image does not know the page's stylesheet. A test compares them."""
_ROOM = 0.12
"""Of the height, above the highest and below the lowest value."""
_DASHES = "5,4"
MOST_SOURCES = 12
"""That are drawn: more lines cannot be told apart."""
_FEW_DAYS = 8  # that are written at the side, each
_TWELVE = (
    "#b5423a", "#3d7ab8", "#4f9a52", "#9a62b8", "#c98a1b", "#2f9c9c", "#c45d96", "#7a8a2a", "#7d6fd1", "#a5714b",
    "#5f8f7a", "#888f99",
)  # fmt: skip
"""Seen on light and dark alike."""

Point = tuple[datetime, float] | None
"""A place of the line; None ends one piece of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """An amount and since when it is said."""

    at: datetime
    quantity: Quantity


def drawable(quantities: Sequence[Quantity | None]) -> bool:
    """Whether there is something to see: at least two amounts in one unit that differ."""
    amounts = {(each.lower, each.upper) for each in quantities if each}
    return None not in quantities and len(amounts) > 1 and len({each.unit for each in quantities if each}) == 1


def steps_chart(steps: Sequence[Step], until: datetime, *, small: bool, stands: bool = True) -> str:
    """The chart of these steps (oldest first, at least one). until: how far the last one reaches."""
    until = max(until, steps[-1].at + timedelta(seconds=1))
    bottom, top = _bounds([step.quantity for step in steps])
    solid, dashed = _lines(steps, until, bottom, top)
    width, height = SMALL if small else LARGE
    size = 10 if small else 13
    chart = pygal.DateTimeLine(
        style=Style(background="transparent", plot_background="transparent", foreground=LIGHT["soft"],
                    foreground_strong=LIGHT["soft"], foreground_subtle=LIGHT["rule"], opacity="1", transition="0s",
                    colors=(LIGHT["line"], LIGHT["line"]), label_font_size=size, major_label_font_size=size,
                    font_family="system-ui, sans-serif"),
        width=width, height=height, margin=4, margin_right=18, explicit_size=True, show_legend=False, js=[],
        dots_size=2 if small else 3,
        disable_xml_declaration=True, no_prefix=True, allow_interruptions=True, range=(bottom, top),
        x_value_formatter=_moment_label(until - steps[0].at), value_formatter=_short, truncate_label=-1,
        show_y_guides=not small, show_x_labels=not small,
        css=["file://style.css", "file://graph.css", f"inline:{_colours()}"],
    )  # fmt: skip
    chart.x_labels = _moments(steps[0].at, until)
    chart.y_labels = _ends(steps) if small else None
    chart.add("exact", _naive(solid), show_dots=True, stroke_style={"width": 2})
    chart.add("hedged", _naive(dashed), show_dots=False, stroke_style={"width": 2, "dasharray": _DASHES})
    return _without_scripts(chart.render_tree())


def _lines(steps: Sequence[Step], until: datetime, bottom: float, top: float) -> tuple[list[Point], list[Point]]:
    """The solid and the dashed lines."""
    solid: list[Point] = []
    dashed: list[Point] = []
    ends = [*(step.at for step in steps[1:]), until]
    level: float | None = None
    for step, end in zip(steps, ends, strict=True):
        low, high = _figures(step.quantity)
        exact = low == high and step.quantity.hedge == "exact"
        for value in dict.fromkeys((low, high)):
            (solid if exact else dashed).extend([(step.at, value), (end, value), None])
        if level is not None and level != low:
            solid.extend([(step.at, level), (step.at, low), None])
        if step.quantity.upper is None:
            dashed.extend([(step.at, high), (step.at, top), None])
        elif step.quantity.lower is None:
            dashed.extend([(step.at, low), (step.at, bottom), None])
        level = high
    return solid, dashed


def _figures(quantity: Quantity) -> tuple[float, float]:
    low = quantity.lower if quantity.lower is not None else quantity.upper
    high = quantity.upper if quantity.upper is not None else quantity.lower
    return float(low or 0), float(high or 0)


def _bounds(quantities: Sequence[Quantity]) -> tuple[float, float]:
    values = [value for quantity in quantities for value in _figures(quantity)]
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1) * _ROOM
    return (low - room if low < 0 or low - room > 0 else 0.0), high + room


def _ends(steps: Sequence[Step]) -> list[float]:
    """The first and the last value: all that a small chart has room for, where they do not lie on each other."""
    first, last = _figures(steps[0].quantity)[0], _figures(steps[-1].quantity)[1]
    values = [value for step in steps for value in _figures(step.quantity)]
    apart = abs(last - first) >= (max(values) - min(values)) / 4
    return [first, last] if apart else [last]


def _moments(first: datetime, last: datetime) -> list[datetime]:
    return [first + (last - first) * part / 4 for part in range(5)]


def _naive(points: Sequence[Point]) -> list[Any]:
    """As pygal reads them: it takes what has no zone for UTC."""
    return [None if point is None else (point[0].replace(tzinfo=None), point[1]) for point in points]


def _moment_label(span: timedelta) -> Callable[[datetime], str]:
    if span < timedelta(days=2):
        return lambda at: f"{at:%H:%M}"
    if span < timedelta(days=150):
        return lambda at: f"{at.day} {at:%b}"
    return lambda at: f"{at:%b} {at.year}"


def _short(value: float) -> str:
    """15,000, 1.2M, 4.5: as short as a label must be."""
    for size, unit in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"


def _colours(*, lines: bool = True) -> str:
    """For both schemes, and stronger than pygal's own: dashed guides would say that something is hedged."""
    light = f".axis .guide.line,.axis .guide.line.major{{stroke:{LIGHT['rule']} !important;stroke-dasharray:none}}"
    dark = (
        f".graph,.axis text,.axis text.major{{fill:{DARK['soft']}}}"
        f".axis .line{{stroke:{DARK['soft']}}}"
        f".axis .guide.line,.axis .guide.line.major{{stroke:{DARK['rule']} !important}}"
        f".legends .legend text{{fill:{DARK['soft']}}}"
    )
    if lines:
        dark += (
            f".color-0,.color-1,.color-0 .line,.color-1 .line{{stroke:{DARK['line']};fill:none}}"
            f".color-0 .dot{{fill:{DARK['line']}}}"
        )
    return f"{light}@media (prefers-color-scheme: dark){{{dark}}}"


def _without_scripts(tree: Any) -> str:
    """Pygal writes its settings for a script that shows tooltips: an image runs none."""
    for script in list(tree.iter("{*}script", "script")):
        script.getparent().remove(script)
    for text in list(tree.iter("{*}desc", "desc")):
        text.getparent().remove(text)
    return str(etree.tostring(tree, encoding="unicode"))


@dataclass(frozen=True, slots=True)
class Level:
    """What a source says from a moment on, as a number: an amount, or a day as its ordinal."""

    at: datetime
    value: float
    hedged: bool
    until: datetime | None = None
    """When it said so no more; null while it does."""


def comparable(series: Mapping[str, Sequence[Level]]) -> bool:
    """Whether there is something to see: at least two values that differ."""
    return len({level.value for levels in series.values() for level in levels}) > 1


def sources_chart(series: Mapping[str, Sequence[Level]], until: datetime, *, days: bool = False) -> str:
    """How the value of each source moved (levels oldest first), a line a source: the first twelve.

    days: the values are days, as `date.toordinal` counts them.
    """
    shown = {name: levels for name, levels in list(series.items())[:MOST_SOURCES] if levels}
    every = [level for levels in shown.values() for level in levels]
    began = min(level.at for level in every)
    until = max(until, max(level.at for level in every) + timedelta(seconds=1))
    values = sorted({level.value for level in every})
    room = (values[-1] - values[0]) * _ROOM
    rows = -(-len(shown) // 3)
    chart = pygal.DateTimeLine(
        style=Style(background="transparent", plot_background="transparent", foreground=LIGHT["soft"],
                    foreground_strong=LIGHT["soft"], foreground_subtle=LIGHT["rule"], opacity="1", transition="0s",
                    colors=_TWELVE, label_font_size=13, major_label_font_size=13, legend_font_size=13,
                    font_family="system-ui, sans-serif"),
        width=LARGE[0], height=LARGE[1] + 24 * rows, margin=4, margin_right=18,
        margin_bottom=4 + 20 * (rows - 1), explicit_size=True,
        legend_at_bottom=True, legend_at_bottom_columns=3, truncate_legend=40, js=[], dots_size=3,
        disable_xml_declaration=True, no_prefix=True, allow_interruptions=True,
        range=(values[0] - room, values[-1] + room),
        x_value_formatter=_moment_label(until - began), value_formatter=_day_label if days else _short,
        truncate_label=-1, css=["file://style.css", "file://graph.css", f"inline:{_colours(lines=False)}"],
    )  # fmt: skip
    chart.x_labels = _moments(began, until)
    if days and len(values) <= _FEW_DAYS:
        chart.y_labels = values
    for name, levels in shown.items():
        points: list[Point] = []
        ends = [*(level.at for level in levels[1:]), until]
        for level, following in zip(levels, ends, strict=True):
            end = min(level.until or following, following)
            points += [(level.at, level.value), (max(end, level.at), level.value)]
            if level.until and level.until < following:
                points.append(None)
        stroke = {"width": 2, "dasharray": _DASHES} if any(level.hedged for level in levels) else {"width": 2}
        chart.add(name, _naive(points), stroke_style=stroke)
    return _without_scripts(chart.render_tree())


def _day_label(value: float) -> str:
    day = date.fromordinal(max(1, round(value)))
    return f"{day.day} {day:%b} {day.year}"
