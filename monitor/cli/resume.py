"""`corrigenda resume`: look at paused articles again."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from monitor import tracking
from monitor.cli.configured import open_settings
from monitor.cli.naming import NamedArticles, ids_of
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import say

app = new_app()


@app.command()
def resume(context: typer.Context, named: NamedArticles, as_json: AsJson = False) -> None:
    """Look at paused articles again.

    The service does so at once.
    """
    with open_database(open_settings(context)) as database:
        ids = ids_of(database, named)
        number = tracking.resume(database, ids, datetime.now(UTC))
    if as_json:
        print_json({"ids": ids, "resumed": number})
    else:
        say(f"resumed: {number} of {len(ids)}")
