"""`corrigenda story`: the same facts across the sources of a story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from monitor import deciding, following, proposals, tracking
from monitor.changes.wording import value_words
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from monitor.matrix import Matrix, MatrixLine, cell_words, matrix, matrix_json
from monitor.proposals import NewStory
from monitor.stories.proposing import Likeness
from monitor.tracking import find_article
from storage import stories
from storage.tables import Story

app = new_app("Show the same facts across the sources of a story, and decide which are one.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The story: its name or id.")]
Line = Annotated[int, typer.Argument(metavar="LINE", help="The number of the line, as `story show` prints it.")]
DECIDER = "command line"


@app.command("list")
def list_stories(context: typer.Context, as_json: AsJson = False) -> None:
    """List all stories."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = stories.listing(session)
    if as_json:
        print_json(
            [
                {"id": each.story.id, "name": each.story.name, "articles": each.articles, "note": each.story.note,
                 "changed_at": json_time(each.changed_at)}
                for each in found
            ]
        )  # fmt: skip
        return
    show_table(
        ("id", "name", "articles", "last change"),
        ((each.story.id, each.story.name, each.articles, show_time(each.changed_at)) for each in found),
        empty="no stories: `corrigenda story put NAME ARTICLE...` makes one",
    )


@app.command("show")
def show_story(
    context: typer.Context,
    name: Name,
    every: Annotated[bool, typer.Option("--all", help="Also what one source alone says.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a story's matrix: facts down, sources across.

    A value in [brackets] contradicts most of the others.
    """
    with open_database(open_settings(context)) as database:
        following.catch_up(database)
        with database.read() as session:
            story = find_story(session, name)
            shown = matrix(session, story.id or 0, least=1 if every else 2, limit=1000)
    if as_json:
        print_json({"story": {"id": story.id, "name": story.name}, **matrix_json(shown)})
    else:
        _show(shown)


@app.command("propose")
def propose(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A story; without, new ones are looked for.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose articles for a story, or new stories, with reasons. Nothing is changed."""
    with open_database(open_settings(context)) as database, database.read() as session:
        if name is None:
            _show_new(proposals.new_stories(session), as_json)
            return
        found = proposals.for_story(session, find_story(session, name).id or 0)
    if as_json:
        print_json(
            [{"article": each.article.id, "headline": each.article.headline, **_why(each.likeness)} for each in found]
        )
        return
    show_table(
        ("id", "article", "source", "score", "because of"),
        (
            (each.article.id, each.article.headline, following.called(each.article), f"{each.likeness.score:.2f}",
             _because(each.likeness))
            for each in found
        ),
        empty="no article outside of it is like those in it",
    )  # fmt: skip


def _show_new(found: Sequence[NewStory], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"articles": [article.id for article in each.articles], "name": each.name, **_why(each.likeness)}
                for each in found
            ]
        )
        return
    for each in found:
        say((each.name, "bold"), f"  {each.likeness.score:.2f}: {_because(each.likeness)}")
        for article in each.articles:
            say(f"  {article.id}  {following.called(article)}: {article.headline or article.url}")
    if not found:
        say("no articles that are in no story are alike")


def _why(likeness: Likeness) -> dict[str, Any]:
    return {"score": likeness.score, "names": likeness.names, "figures": likeness.figures,
            "days_apart": likeness.days_apart}  # fmt: skip


def _because(likeness: Likeness) -> str:
    """What they have in common, in words."""
    shared = [", ".join(likeness.names), ", ".join(key.strip(":").replace("::", " ") for key in likeness.figures)]
    return "; ".join(part for part in shared if part) or "like words"


@app.command("put")
def put_articles(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is, or is to be, called.")],
    named: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="Ids, addresses or words of headlines.")],
) -> None:
    """Put articles into a story; it is made if there is none."""
    with open_database(open_settings(context)) as database:
        with database.read() as session:
            ids = [find_article(session, each).id or 0 for each in named]
        new = tracking.put_in_story(database, ids, name, datetime.now(UTC))
        following.catch_up(database)
    say(f"{new} of {len(ids)} put into {name}; `corrigenda story show {name!r}` lays them side by side")


@app.command("take")
def take_articles(
    context: typer.Context,
    name: Name,
    named: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="Ids, addresses or words of headlines.")],
) -> None:
    """Take articles out of a story; they go on being watched."""
    with open_database(open_settings(context)) as database:
        with database.read() as session:
            story_id = find_story(session, name).id or 0
            ids = [find_article(session, each).id or 0 for each in named]
        taken = tracking.take_out_of_story(database, ids, story_id)
    say(f"{taken} of {len(ids)} taken out")


@app.command("merge")
def merge_lines(context: typer.Context, name: Name, line: Line, other: Line) -> None:
    """Say that two lines are one fact."""
    kept = _decide(context, name, lambda s, story, now: deciding.merge(s, story, line, other, by=DECIDER, now=now))
    say(f"lines {line} and {other} are line {kept} now")


@app.command("split")
def split_line(
    context: typer.Context,
    name: Name,
    line: Line,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Whose fact is another one.")],
) -> None:
    """Say that an article's fact is not the one of its line."""

    def split(session: Session, story_id: int, now: datetime) -> int:
        article_id = find_article(session, article).id or 0
        return deciding.split_article(session, story_id, line, article_id, by=DECIDER, now=now)

    say(f"it is line {_decide(context, name, split)} now")


@app.command("accept")
def accept_line(context: typer.Context, name: Name, line: Line) -> None:
    """Say that all that stands in a line is one fact: it stays together."""
    held = _decide(context, name, lambda s, story, now: deciding.accept(s, story, line, by=DECIDER, now=now))
    say(f"{held} facts are one")


@app.command("name")
def name_line(
    context: typer.Context,
    name: Name,
    line: Line,
    called: Annotated[str, typer.Argument(metavar="CALLED", help="What to call it; empty: as Corrigenda does.")],
) -> None:
    """Call a line something."""
    _decide(context, name, lambda s, story, now: deciding.name(s, story, line, called))
    say(f"line {line} is called {called}" if called.strip() else f"line {line} is called as Corrigenda calls it")


def find_story(session: Session, name: str) -> Story:
    """The Story that a person means, by name or id. Raises InputError."""
    found = stories.by_name(session, name)
    if found is None and name.isdecimal() and len(name) < 19:
        found = stories.by_id(session, int(name))
    if found is None:
        raise InputError(f"no story {name[:200]!r}: `corrigenda story list` shows all")
    return found


def _decide(context: typer.Context, name: str, do: Any) -> Any:
    with open_database(open_settings(context)) as database:
        following.catch_up(database)
        with database.write() as session:
            return do(session, find_story(session, name).id or 0, datetime.now(UTC))


def _show(shown: Matrix) -> None:
    columns = [source.called for source in shown.sources]
    show_table(
        ("line", "fact", "verdict", "since", *columns),
        (
            [
                line.line.id,
                line.subject,
                line.line.verdict if len(line.chief) > 1 else "",
                show_time(line.line.verdict_since_at) if len(line.chief) > 1 else "",
                *(_cell(line, source.article.id or 0) for source in shown.sources),
            ]
            for line in shown.lines
        ),
        empty="no facts that two sources tell; --all shows what one alone says",
    )
    for source in shown.sources:
        if source.repeats is not None:
            first = next(each.called for each in shown.sources if each.article.id == source.repeats)
            say(f"{source.called} repeats the text of {first}: they are one voice.")
    if shown.more:
        say(f"{shown.more} more lines are not shown")


def _cell(line: MatrixLine, article_id: int) -> str:
    words = cell_words(line, article_id)
    if not words and (said := line.values.get(article_id)):
        return f"(no longer: {value_words(said[-1].fact)})"
    return f"[{words}]" if article_id in line.outliers else words
