"""`corrigenda serve`: the service in the foreground."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.configured import open_settings
from monitor.cli.opening import explained
from monitor.cli.options import new_app
from monitor.service import ROLES, serve

app = new_app()

Role = StrEnum("Role", {name: name for name in ROLES})  # type: ignore[misc]  # of what the service knows


@app.command("serve")
def run_service(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Listen here, instead of web.host.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, metavar="PORT", help="Listen here, instead of web.port; 0 takes a free one."),
    ] = None,
    role: Annotated[
        list[Role] | None,
        typer.Option(
            metavar="|".join(ROLES),
            show_default=False,
            help="Do only this, and leave the rest to other processes; may be repeated. Needs PostgreSQL.",
        ),
    ] = None,
) -> None:
    """Run the service: schedule, deliveries and web pages.

    It needs no configuration: in an empty folder it makes its database there. SIGTERM or Ctrl-C stops it cleanly.
    With PostgreSQL as the database any number of services share the work, on any number of machines.
    """
    settings = open_settings(context)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=given)})
    with explained(settings):
        serve(settings, [*dict.fromkeys(map(str, role))] if role else ROLES)
