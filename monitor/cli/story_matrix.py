"""The commands of `corrigenda story` that lay its sources side by side, and decide which facts are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from monitor import deciding, following, proposals
from monitor.changes.wording import value_words
from monitor.cli.configured import open_settings
from monitor.cli.naming import NamedStory, find_story
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson
from monitor.cli.printing import print_json
from monitor.cli.screen import say, show_table, show_time
from monitor.hearing import called
from monitor.matrix import Matrix, MatrixLine, cell_words, matrix, matrix_json
from monitor.outgoing import waits_of
from monitor.proposals import NewStory
from monitor.stories.proposing import Likeness
from monitor.tracking import find_article

Line = Annotated[int, typer.Argument(metavar="LINE", help="The number of the line, as `story show` prints it.")]
DECIDER = "command line"


def show_story(
    context: typer.Context,
    story: NamedStory,
    every: Annotated[bool, typer.Option("--all", help="Also what one source alone says.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a story's matrix: facts down, sources across.

    A value in [brackets] contradicts most of the others.
    """
    settings = open_settings(context)
    with open_database(settings) as database:
        following.catch_up(database, waits_of(settings))
        with database.read() as session:
            found = find_story(session, story)
            shown = matrix(session, found.id or 0, least=1 if every else 2, limit=1000)
    if as_json:
        print_json({"story": {"id": found.id, "name": found.name}, **matrix_json(shown)})
    else:
        _show(shown)


def propose(
    context: typer.Context,
    story: Annotated[
        str | None, typer.Argument(metavar="[STORY]", help="Its name or id; without, new stories are looked for.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose articles for a story, or new stories, with reasons. Nothing is changed."""
    with open_database(open_settings(context)) as database, database.read() as session:
        if story is None:
            _show_new(proposals.new_stories(session), as_json)
            return
        found = proposals.for_story(session, find_story(session, story).id or 0)
    if as_json:
        print_json(
            [{"article": each.article.id, "headline": each.article.headline, **_why(each.likeness)} for each in found]
        )
        return
    show_table(
        ("id", "article", "source", "score", "because of"),
        (
            (each.article.id, each.article.headline, called(each.article), f"{each.likeness.score:.2f}",
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
            say(f"  {article.id}  {called(article)}: {article.headline or article.url}")
    if not found:
        say("no articles that are in no story are alike")


def _why(likeness: Likeness) -> dict[str, Any]:
    return {"score": likeness.score, "names": likeness.names, "figures": likeness.figures,
            "days_apart": likeness.days_apart}  # fmt: skip


def _because(likeness: Likeness) -> str:
    """What they have in common, in words."""
    shared = [", ".join(likeness.names), ", ".join(key.strip(":").replace("::", " ") for key in likeness.figures)]
    return "; ".join(part for part in shared if part) or "like words"


def merge_lines(context: typer.Context, story: NamedStory, line: Line, other: Line, as_json: AsJson = False) -> None:
    """Say that two lines are one fact."""

    def merge(session: Session, story_id: int, now: datetime) -> int:
        return deciding.merge(session, story_id, line, other, by=DECIDER, now=now)

    kept = _decide(context, story, merge)
    _say(as_json, {"line": kept}, f"lines {line} and {other} are line {kept} now")


def split_line(
    context: typer.Context,
    story: NamedStory,
    line: Line,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Whose fact is another one.")],
    as_json: AsJson = False,
) -> None:
    """Say that an article's fact is not the one of its line."""

    def split(session: Session, story_id: int, now: datetime) -> int:
        article_id = find_article(session, article).id or 0
        return deciding.split_article(session, story_id, line, article_id, by=DECIDER, now=now)

    new = _decide(context, story, split)
    _say(as_json, {"line": new}, f"it is line {new} now")


def accept_line(context: typer.Context, story: NamedStory, line: Line, as_json: AsJson = False) -> None:
    """Say that all that stands in a line is one fact: it stays together."""

    def accept(session: Session, story_id: int, now: datetime) -> int:
        return deciding.accept(session, story_id, line, by=DECIDER, now=now)

    held = _decide(context, story, accept)
    _say(as_json, {"line": line, "facts": held}, f"{held} facts are one")


def name_line(
    context: typer.Context,
    story: NamedStory,
    line: Line,
    called: Annotated[str, typer.Argument(metavar="CALLED", help="What to call it; empty: as Corrigenda does.")],
    as_json: AsJson = False,
) -> None:
    """Call a line something."""

    def name(session: Session, story_id: int, now: datetime) -> None:
        deciding.name(session, story_id, line, called)

    _decide(context, story, name)
    given = " ".join(called.split()) or None
    said = f"line {line} is called {given}" if given else f"line {line} is called as Corrigenda calls it"
    _say(as_json, {"line": line, "name": given}, said)


def _say(as_json: bool, told: dict[str, Any], words: str) -> None:
    if as_json:
        print_json(told)
    else:
        say(words)


def _decide(context: typer.Context, story: str, do: Any) -> Any:
    settings = open_settings(context)
    with open_database(settings) as database:
        following.catch_up(database, waits_of(settings))
        with database.write() as session:
            return do(session, find_story(session, story).id or 0, datetime.now(UTC))


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
