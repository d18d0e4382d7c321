"""`corrigenda tag`: words on articles, by which they are found and rules are scoped."""

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
from monitor.given import read_tags
from storage import tags

app = new_app()


@app.command()
def tag(
    context: typer.Context,
    named: NamedArticles,
    put: Annotated[list[str] | None, typer.Option("--put", metavar="TAG", help="Put it on; may be repeated.")] = None,
    off: Annotated[list[str] | None, typer.Option("--off", metavar="TAG", help="Take it off; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put tags on articles, or take them off.

    Without --put and --off their tags are shown.
    """
    wanted, unwanted = read_tags(put or ()), read_tags(off or ())
    if both := set(wanted) & set(unwanted):
        raise InputError(f"{min(both)!r} cannot be put on and taken off at once")
    with open_database(open_settings(context)) as database:
        ids = ids_of(database, named)
        if unwanted:
            tracking.untag(database, ids, unwanted)
        if wanted:
            tracking.tag(database, ids, wanted)
        with database.read() as session:
            having = tags.of_articles(session, ids)
    if as_json:
        print_json([{"id": each, "tags": list(having.get(each, ()))} for each in ids])
        return
    for each in ids:
        say(f"{each}  ", (" ".join(having.get(each, ())) or "no tags", "cyan"))
