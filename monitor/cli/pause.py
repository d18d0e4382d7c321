"""`corrigenda pause`: stop looking at articles for a while."""

from __future__ import annotations

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
def pause(context: typer.Context, named: NamedArticles, as_json: AsJson = False) -> None:
    """Look at articles no more until they are resumed.

    Their history stays, and `corrigenda resume` goes on with it.
    """
    with open_database(open_settings(context)) as database:
        ids = ids_of(database, named)
        number = tracking.pause(database, ids)
    if as_json:
        print_json({"ids": ids, "paused": number})
    else:
        say(f"paused: {number} of {len(ids)}")
