"""The outcome, readable at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from textwrap import shorten
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from demo.outcome import Outcome, Played, Told

INTRODUCTION = (
    "Five real articles about Mali, on five pages of a small local news site. The real service watches them.\n"
    "Their later editions are INVENTED for this demonstration: no publisher ever said or corrected any of it."
)


LONGEST = 160
"""Characters of a sentence that are shown."""


def introduce(console: Console) -> None:
    """What is about to be seen."""
    console.print(
        Panel(INTRODUCTION, title="[bold]Corrigenda: which fact changed?[/]", box=box.ROUNDED, padding=(0, 1))
    )


def report(console: Console, outcome: Outcome, problems: list[str]) -> None:
    """What changed, what stayed silent and why, what was delivered; and whether all of it is as expected."""
    console.print(_section("What changed, and was told"), _changed(outcome))
    console.print(_section("What stayed silent, and why"), _silent(outcome))
    console.print(_section("What was delivered"), _delivered(outcome), "", _verdict(outcome, problems))


def _section(title: str) -> RenderableType:
    return Padding(Rule(f"[bold]{title}[/]", align="left", style="dim"), (1, 0, 0, 0))


def _changed(outcome: Outcome) -> RenderableType:
    blocks = [
        _change(change, outcome.publishers[played.edition.article])
        for played in outcome.played
        for change in played.changes
    ]
    return Group(*blocks) if blocks else Text("nothing", style="dim")


def _change(change: dict[str, Any], publisher: str) -> RenderableType:
    title = "A correction note appeared" if change["type"] == "notice" else change["title"]
    heading = Text.assemble((title, "bold"), *_size(change), ("  " + publisher, "cyan"), *_admitted(change))
    if change["type"] == "availability":
        return heading
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", min_width=6)
    grid.add_column()
    if change["before"]:
        grid.add_row("before", _marked(change["before"], "bold red"))
    if change["after"]:
        grid.add_row("now", _marked(change["after"], "bold green"))
    return Group(heading, Padding(grid, (0, 0, 1, 2)))


def _size(change: dict[str, Any]) -> Iterator[str]:
    if change["ratio"] and change["ratio"] != 1:
        yield f" ({(change['ratio'] - 1) * 100:+.0f} %)".replace("-", "−")


def _admitted(change: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if change["before"] and "quote" in change["before"]:
        yield (
            ("  acknowledged by the publisher", "green") if change["acknowledged"] else ("  silently edited", "yellow")
        )


def _marked(statement: dict[str, Any], style: str) -> Text:
    """The sentence with the words that changed, marked as the alert marks them; of a long one, the part around them."""
    text = Text(statement["sentence"])
    for start, end in statement["marks"]:
        text.stylize(style, start, end)
    if len(text) <= LONGEST or not statement["marks"]:
        return text
    sentence = text.plain
    start = max(0, min(statement["marks"][0][0] - LONGEST // 2, len(sentence) - LONGEST))
    start = sentence.rfind(" ", 0, start) + 1 if start else 0
    end = sentence.find(" ", start + LONGEST)
    end = len(sentence) if end < 0 else end
    return Text("… " if start else "").append(text[start:end]).append(" …" if end < len(sentence) else "")


def _silent(outcome: Outcome) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", expand=True)
    table.add_column("publisher", style="cyan", ratio=3)
    table.add_column("what it published", ratio=5)
    table.add_column("why nobody was told", ratio=5)
    table.add_column("what was kept", ratio=5, style="dim")
    for played in outcome.played:
        if not played.edition.expect and not played.changes:
            edition = played.edition
            table.add_row(outcome.publishers[edition.article], edition.altered, edition.silent, _kept(outcome, played))
    return table


def _kept(outcome: Outcome, played: Played) -> str:
    """What the service recorded in that round, in its own words, or what the site answered where that was nothing."""
    if version := outcome.version(played):
        return f"version {version}, no fact changed"
    if troubles := [each for each in outcome.captures(played) if each["outcome"] == played.edition.recorded]:
        return "; ".join(f"{each['outcome']}: {shorten(each['reason'], 44, placeholder=' …')}" for each in troubles)
    answers = ", ".join(f"{times}× {status}" for status, times in sorted(Counter(played.statuses).items()))
    return f"no new version: the text is the same (answered {answers})"


def _delivered(outcome: Outcome) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", expand=True)
    table.add_column("mail: subject", ratio=6)
    table.add_column("webhook: id", no_wrap=True)
    table.add_column("signature")
    table.add_column("tries", justify="right")
    for mail, webhook in _paired(outcome.played):
        subject = str(mail.mail["Subject"]) if mail and mail.mail else "[red]no mail[/]"
        call_id = webhook.id if webhook else "[red]no call[/]"
        tries = str(outcome.tries[webhook.id]) if webhook else ""
        table.add_row(subject, call_id, "[green]verified[/]" if webhook else "", tries)
    return table


def _paired(played: Iterable[Played]) -> Iterator[tuple[Told | None, Told | None]]:
    for each in played:
        yield from zip_longest(each.mails, each.webhooks)


def _verdict(outcome: Outcome, problems: list[str]) -> RenderableType:
    alerts = sum(1 for played in outcome.played if played.edition.expect)
    silent = len(outcome.played) - alerts
    if problems:
        lines = "\n".join(f"• {problem}" for problem in problems)
        return Panel(Text(lines), title=f"[bold red]Not as expected: {len(problems)}[/]", border_style="red")
    said = (
        f"{alerts} of {alerts} expected alerts came by mail and by webhook, {silent} of {silent} silent editions "
        "stayed silent, and nothing unexpected came. The first webhook call was refused on purpose: it came again "
        f"under the same id. {outcome.seconds:.0f} seconds."
    )
    return Panel(Text(said), title="[bold green]As expected[/]", border_style="green")
