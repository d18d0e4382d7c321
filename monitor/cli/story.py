"""`corrigenda story`: named groups of articles about the same events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import Session

from monitor import tracking
from monitor.cli.configured import open_settings
from monitor.cli.naming import NamedArticles, ids_of
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from monitor.given import read_name
from storage import stories
from storage.tables import Story

app = new_app("Put articles into a story, or take them out; list, rename and remove stories.")

NamedStory = Annotated[str, typer.Argument(metavar="STORY", help="Its name, or its id.")]


@app.command("list")
def list_stories(context: typer.Context, as_json: AsJson = False) -> None:
    """List the stories, those that changed last first."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = stories.listing(session)
    if as_json:
        print_json(
            [
                {"id": each.story.id, "name": each.story.name, "note": each.story.note, "articles": each.articles,
                 "last_changed_at": json_time(each.changed_at)}
                for each in found
            ]
        )  # fmt: skip
        return
    show_table(
        ("id", "articles", "last change", "name"),
        ((each.story.id, each.articles, show_time(each.changed_at), each.story.name) for each in found),
        empty="no stories: `corrigenda story put STORY ARTICLE...` makes one",
    )


@app.command("put")
def put_in_story(context: typer.Context, story: NamedStory, named: NamedArticles, as_json: AsJson = False) -> None:
    """Put articles into a story, which is made if there is none of that name."""
    with open_database(open_settings(context)) as database:
        ids = ids_of(database, named)
        with database.read() as session:
            known = _look_for(session, story)
        name = known.name if known else read_name(story, "the story")
        number = tracking.put_in_story(database, ids, name, datetime.now(UTC))
    if as_json:
        print_json({"story": name, "ids": ids, "added": number})
    else:
        say(f"{name}: {number} of {len(ids)} are new in it")


@app.command("take")
def take_out_of_story(context: typer.Context, story: NamedStory, named: NamedArticles, as_json: AsJson = False) -> None:
    """Take articles out of a story; they go on being watched."""
    with open_database(open_settings(context)) as database:
        ids = ids_of(database, named)
        with database.read() as session:
            found = _find(session, story)
        number = tracking.take_out_of_story(database, ids, found.id or 0)
    if as_json:
        print_json({"story": found.name, "ids": ids, "taken": number})
    else:
        say(f"{found.name}: {number} taken out")


@app.command("rename")
def rename_story(
    context: typer.Context,
    story: NamedStory,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it from now on.")],
    as_json: AsJson = False,
) -> None:
    """Call a story something else; feeds that fill it follow."""
    wanted = read_name(name, "the name")
    with open_database(open_settings(context)) as database, database.write() as session:
        found = _find(session, story)
        other = stories.by_name(session, wanted)
        if other is not None and other.id != found.id:
            raise InputError(f"there is another story called {other.name!r}")
        stories.rename(session, found, wanted, found.note)
    if as_json:
        print_json({"id": found.id, "name": wanted})
    else:
        say(f"{found.id}  {wanted}")


@app.command("remove")
def remove_story(context: typer.Context, story: NamedStory, as_json: AsJson = False) -> None:
    """Forget a story; its articles go on being watched."""
    with open_database(open_settings(context)) as database, database.write() as session:
        found = _find(session, story)
        name = found.name
        stories.delete_story(session, found)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"removed: {name}")


def _look_for(session: Session, named: str) -> Story | None:
    by_name = stories.by_name(session, " ".join(named.split()))
    return by_name or (stories.by_id(session, int(named)) if named.isdecimal() and len(named) < 16 else None)


def _find(session: Session, named: str) -> Story:
    """The Story that a person means. Raises InputError."""
    found = _look_for(session, named)
    if found is None:
        raise InputError(f"there is no story {named[:80]!r}: `corrigenda story list` shows all")
    return found
