"""`corrigenda story`: named groups of articles about the same events, and the same facts across them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor import following, tracking
from monitor.cli import story_matrix
from monitor.cli.configured import open_settings
from monitor.cli.naming import NamedArticles, NamedStory, find_story, ids_of, look_for_story
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from monitor.given import read_name
from monitor.outgoing import waits_of
from storage import stories

app = new_app("Lay the sources of a story side by side; put articles into stories; list, rename and remove stories.")
app.command("show")(story_matrix.show_story)
app.command("propose")(story_matrix.propose)


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
    settings = open_settings(context)
    with open_database(settings) as database:
        ids = ids_of(database, named)
        with database.read() as session:
            known = look_for_story(session, story)
        name = known.name if known else read_name(story, "the story")
        number = tracking.put_in_story(database, ids, name, datetime.now(UTC))
        following.catch_up(database, waits_of(settings), ids)
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
            found = find_story(session, story)
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
        found = find_story(session, story)
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
        found = find_story(session, story)
        name = found.name
        stories.delete_story(session, found)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"removed: {name}")


app.command("accept")(story_matrix.accept_line)
app.command("merge")(story_matrix.merge_lines)
app.command("split")(story_matrix.split_line)
app.command("name")(story_matrix.name_line)
