"""`corrigenda add`: track addresses and local files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import say
from monitor.errors import InputError
from monitor.given import read_interval, read_published
from monitor.tracking import Tracked, Wish, track

app = new_app()


@app.command()
def add(
    context: typer.Context,
    targets: Annotated[
        list[str], typer.Argument(metavar="URL|FILE...", help="Addresses, or files in a configured folder.")
    ],
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who publishes them, for alerts and pages.")
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="When they were published, if pages say it wrongly: date, or date-time with offset."
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Always so long between two checks, such as 15m or 2h; else as configured."),
    ] = None,
    fastest: Annotated[
        str | None, typer.Option(metavar="TIME", help="Never look more often than this, such as 10m.")
    ] = None,
    slowest: Annotated[
        str | None, typer.Option(metavar="TIME", help="Never look more seldom than this, such as 1d.")
    ] = None,
    story: Annotated[
        str | None, typer.Option(metavar="NAME", help="The story that they are put into, made if there is none.")
    ] = None,
    tagged: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag for them; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Track articles: addresses, or local files.

    All or none: when one cannot be tracked, none is. The service checks new articles at once.
    """
    if published is not None:
        read_published(published)
    interval, *bounds = (read_interval(each) if each is not None else None for each in (every, fastest, slowest))
    if interval and any(bounds):
        raise InputError("--every is always the same time: give it without --fastest and --slowest")
    if all(bounds) and (bounds[0] or 0) > (bounds[1] or 0):
        raise InputError(f"--fastest {fastest} is longer than --slowest {slowest}")
    settings = open_settings(context)
    with open_database(settings) as database:
        wishes = [
            Wish(target, publisher, published, interval, bounds[0], bounds[1], story, tagged or ())
            for target in targets
        ]
        tracked = track(database, settings, wishes, now=datetime.now(UTC))
    if as_json:
        print_json([_tracked_json(each) for each in tracked])
        return
    for each in tracked:
        known = "tracked already, left as it was" if each.url == each.given else f"tracked already as {each.url}"
        say(f"{each.article_id}  {each.given}", "" if each.new else (f"  ({known})", "yellow"))


def _tracked_json(tracked: Tracked) -> dict[str, Any]:
    """`given` only where another spelling is asked for."""
    given = {} if tracked.given == tracked.url else {"given": tracked.given}
    return {"id": tracked.article_id, "url": tracked.url, "new": tracked.new, **given}
