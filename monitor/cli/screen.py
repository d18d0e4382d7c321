"""What people see: Rich on a terminal, plain whole lines in a pipe. Everything from a page passes through `clean`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli.printing import clean, one_line

_PIPE_WIDTH = 10_000
"""In a pipe a line is a line: nothing is wrapped or cut."""


def console(*, stderr: bool = False) -> Console:
    """The terminal, or the pipe, that standard output (or error) is now. Takes no markup: `[red]` in a page is text."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def say(*parts: str | tuple[str, str]) -> None:
    """Print one line of texts and (text, style) pairs."""
    console().print(styled(*parts), soft_wrap=True)


def styled(*parts: str | tuple[str, str]) -> Text:
    """Texts and (text, style) pairs as one Text, cleaned."""
    line = Text()
    for part in parts:
        text, style = part if isinstance(part, tuple) else (part, "")
        line.append(clean(text), style=style)
    return line


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under their columns' names; `empty` when there is none. None is shown as nothing."""
    table = Table(*columns, box=SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else one_line(str(cell))) for cell in row))
    if not table.row_count:
        say(empty)
    elif sys.stdout.isatty():
        console().print(table)
    else:
        page = console()
        with page.capture() as captured:
            page.print(table)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def show_time(moment: datetime | None) -> str:
    """`2026-11-22 09:30 UTC`; a dash for never."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "-"


def json_time(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC for programs."""
    return moment.astimezone(UTC).isoformat() if moment else None
