"""`corrigenda check`: look at articles now, as politely as the service does, and show what changed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import structlog
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from monitor import following
from monitor.cli.changed import show_changes
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import one_line, print_json
from monitor.cli.screen import console, json_time, say
from monitor.config import Settings
from monitor.errors import InputError
from monitor.explaining import Story, explain
from monitor.outgoing import waits_of
from monitor.settle import Checked
from monitor.tasks import Visits
from monitor.tracking import find_article
from storage import articles
from storage.database import Database

app = new_app()

_STYLES = {"ok": "green", "failed": "bold red", "refused": "bold red"}


@app.command()
def check(
    context: typer.Context,
    named: Annotated[
        list[str] | None, typer.Argument(metavar="ARTICLE...", help="Ids, addresses, or words of a headline.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Check every article.")] = False,
    explained: Annotated[
        bool, typer.Option("--explain", help="Tell the whole story of each check, step by step.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check articles now and show what changed.

    What is found is kept, and alerts are written as by the service, which delivers them. The exit code is 1 when a
    check failed or was refused.

    With --explain an address that is not tracked may be named, too: it is fetched and read, and nothing of it is kept.
    """
    if bool(named) == everything:
        raise InputError(
            "name the articles to check, or use --all" if not named else "name articles or use --all, not both"
        )
    settings = open_settings(context)
    keep_log_quiet(context.obj.debug)
    if explained:
        _explain(settings, named or (), as_json)
        return
    checked: list[Checked] = []
    with open_database(settings) as database:
        ids = _ids(database, named or ())
        with Visits(database, settings) as visits, _progress() as progress:
            task = progress.add_task("checking", total=len(ids))

            def on_checked(each: Checked) -> None:
                checked.append(each)
                if not as_json:
                    _show(each)
                progress.advance(task)

            visits.check_now(ids, on_checked)
        following.catch_up(database, waits_of(settings), ids)
    if as_json:
        print_json([_checked_json(each) for each in checked])
    elif not ids:
        say("no articles: track one with `corrigenda add URL`")
    if any(each.state in ("failed", "refused") for each in checked):
        raise typer.Exit(1)


def _explain(settings: Settings, named: Sequence[str], as_json: bool) -> None:
    """Check one after the other, each with its story. Addresses that are not tracked are only looked at."""
    told: list[dict[str, Any]] = []
    with open_database(settings) as database, Visits(database, settings) as visits:
        for each in named or [str(article_id) for article_id in _ids(database, ())]:
            story = explain(database, visits, settings, each)
            told.append(story.as_json())
            if not as_json:
                _show_story(story)
    if as_json:
        print_json(told)
    if any(each["state"] in ("failed", "refused") for each in told):
        raise typer.Exit(1)


def _show_story(story: Story) -> None:
    say((story.url, "bold"))
    width = max((len(step) for step, _ in story.steps), default=0)
    last = ""
    for step, sentence in story.steps:
        say((f"  {'' if step == last else step:<{width}}  ", "cyan"), one_line(sentence))
        last = step
    if story.checked:
        show_changes(story.checked.changes, indent=" " * (width + 4))


def _ids(database: Database, named: Sequence[str]) -> list[int]:
    """Ids of the named Articles, each once, or of all. Raises InputError."""
    with database.read() as session:
        found = [find_article(session, name) for name in named] if named else articles.listing(session)
        return list(dict.fromkeys(article.id for article in found if article.id is not None))


def _progress() -> Progress:
    """A bar on standard error, while that is a terminal."""
    stderr = console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
        # In a pipe standard output must stay where it is; on the terminal it is printed above the bar.
        redirect_stdout=sys.stdout.isatty(),
    )


def _show(checked: Checked) -> None:
    found = f"version {checked.version_number}" if checked.version_number else checked.reason
    say(
        f"{checked.article_id}  ",
        (checked.state, _STYLES.get(checked.state, "yellow")),
        f"  {checked.headline or checked.url}: {found}",
    )
    show_changes(checked.changes, indent="    ")


def _checked_json(checked: Checked) -> dict[str, Any]:
    return {
        "id": checked.article_id,
        "url": checked.url,
        "headline": checked.headline,
        "state": checked.state,
        "reason": checked.reason,
        "version_number": checked.version_number,
        "changes": list(checked.changes),
        "next_check_at": json_time(checked.next_check_at),
        "next_check_why": checked.next_check_why,
    }


def keep_log_quiet(debug: bool) -> None:
    """The results are what people look at here; the log is the service's."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
