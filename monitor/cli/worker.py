"""`corrigenda worker`: one more process that visits sites, on any machine that reaches the database."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.configured import open_settings
from monitor.cli.opening import explained
from monitor.cli.options import new_app
from monitor.service import serve

app = new_app()


@app.command("worker")
def run_worker(
    context: typer.Context,
    visits: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="Sites visited at once, instead of checks.concurrent_visits."),
    ] = None,
) -> None:
    """Visit sites beside other services on the same PostgreSQL database; the same as `serve --role worker`.

    Start as many as there is work for. One that dies or freezes is noticed by the others, who visit its sites instead.
    SIGTERM or Ctrl-C stops it cleanly.
    """
    settings = open_settings(context)
    if visits is not None:
        checks = settings.checks.model_copy(update={"concurrent_visits": visits})
        settings = settings.model_copy(update={"checks": checks})
    with explained(settings):
        serve(settings, ["worker"])
