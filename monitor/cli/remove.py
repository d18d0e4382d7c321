"""`corrigenda remove`: forget articles and all that is kept of them."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor import tracking
from monitor.cli.configured import open_settings
from monitor.cli.naming import NamedArticles, ids_of
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import say
from monitor.errors import InputError

app = new_app()


@app.command()
def remove(
    context: typer.Context,
    named: NamedArticles,
    sure: Annotated[bool, typer.Option("--yes", help="Do it: nothing brings their history back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget articles and all that is kept of them.

    Versions, facts, changes and captures go as well. What was told of them stays told. To keep the history and only
    stop looking, use `corrigenda pause`.
    """
    with open_database(open_settings(context)) as database:
        ids = ids_of(database, named)
        if not sure:
            listed = ", ".join(str(each) for each in ids[:20])
            raise InputError(f"this forgets the whole history of {listed}: add --yes, or use `corrigenda pause`")
        number = tracking.remove(database, ids)
    if as_json:
        print_json({"ids": ids, "removed": number})
    else:
        say(f"removed: {number}")
