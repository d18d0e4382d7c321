"""`corrigenda db`: a whole database: backed up, restored, checked, taken to another."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import ArgumentError

from monitor.cli.configured import open_settings
from monitor.cli.opening import DatabaseError, explained, open_database, show_url
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import console, say
from monitor.config import Settings
from monitor.errors import InputError
from monitor.service import alone
from monitor.wellbeing import SILENT
from storage import backup, fixity, loops, moving
from storage.backup import BackupError
from storage.database import Database, url_of
from storage.moving import Move, MoveError, Step, Verified

app = new_app("Back up, restore, check, or take the whole database to another.")

Show = Callable[[str, Step], None]
"""What is being done, and how far."""


@app.callback()
def db() -> None:
    """Back up, restore, check, or take the whole database to another."""


@app.command("backup")
def make_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it must not exist yet.")],
    as_json: AsJson = False,
) -> None:
    """Copy the whole database into one file, also while the service runs.

    The copy is as the database was at one moment; it is read back before it gets its name. On PostgreSQL: `pg_dump`.
    """
    settings = open_settings(context)
    database = _sqlite_file(settings, "pg_dump --format=custom --file=FILE URL")
    if file.exists():
        raise InputError(f"{file} exists already: name another file")
    try:
        size = backup.make(database, file)
    except BackupError as error:
        raise DatabaseError(str(error)) from error
    if as_json:
        print_json({"file": str(file), "bytes": size})
        return
    say(f"{file}: {size:,} bytes, whole.")


@app.command("restore")
def restore_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `corrigenda db backup` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the database; stop the service first.

    What is there now is kept beside it, under another name. Deliveries that were waiting when the backup was made are
    sent again, under the ids that they had.
    """
    settings = open_settings(context)
    database = _sqlite_file(settings, "pg_restore --clean --if-exists --dbname=URL FILE")
    with alone(settings.database):
        try:
            aside = backup.restore(file, database, datetime.now(UTC))
        except BackupError as error:
            raise InputError(str(error)) from error
    if as_json:
        print_json({"database": str(database), "before": str(aside) if aside else None})
        return
    say(f"{database} is as it was when {file} was made." + (f" What was there before: {aside}" if aside else ""))


def _sqlite_file(settings: Settings, otherwise: str) -> Path:
    url = url_of(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise InputError(f"{show_url(settings)} is no SQLite file: for PostgreSQL use `{otherwise}`")
    return Path(url.database)


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Read every page and text that is kept and compare it with its SHA-256; also while the service runs.

    What a disk has damaged is named, with exit code 1: a backup from before has it. `corrigenda doctor` does this with
    the newest ones only.
    """
    read, damaged = 0, list[fixity.Damage]()
    with open_database(open_settings(context)) as database, _bar() as show:
        for progress in fixity.read_all(database):
            read = progress.read
            damaged += progress.damaged
            show("reading", Step("blob", progress.read, progress.total))
    if as_json:
        found = [{"sha256": each.hash, "problem": each.problem, "of": each.of} for each in damaged]
        print_json({"read": read, "damaged": found})
    else:
        for each in damaged:
            named = ", ".join(each.of) or "nothing that is still tracked"
            say(f"{named}: {each.problem}")
        say((f"{read:,} pages and texts read, {len(damaged):,} damaged.", "bold"))
    if damaged:
        raise typer.Exit(1)


@app.command()
def move(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="From where, such as sqlite:///corrigenda.db")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="To where, such as postgresql://user@host/name")],
    anew: Annotated[
        bool, typer.Option("--anew", help="Forget what an unfinished move left in the target, and begin again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take everything to another database, from SQLite to PostgreSQL or back.

    Ids stay, so links in alerts lead where they led. The target must be new; what was interrupted goes on when the same
    command is run again. Stop the service first: while one runs on the source it is refused. At the end every row is
    compared on both sides. The source stays as it is; then set `database` to the target.
    """
    settings = open_settings(context)
    there, here = (settings.model_copy(update={"database": url}) for url in (source, target))
    _refuse_nonsense(there, here)
    with ExitStack() as held:
        for side in (there, here):
            held.enter_context(alone(side.database))
        with explained(there):
            opened = held.enter_context(closing(Database(source)))
            _refuse_running(opened, there)
        held.enter_context(explained(here))
        held.enter_context(_explained(here))
        filled = held.enter_context(closing(Database(target, unfinished=True)))
        held.enter_context(moving.alone_on(filled))
        verified, replaced = _move(opened, filled, anew)
    rows = sum(each.rows for each in verified)
    if as_json:
        tables = [{"table": each.table, "rows": each.rows, "sha256": each.sha256} for each in verified]
        answer = {"source": show_url(there), "target": show_url(here), "rows": rows, "tables": tables}
        print_json(answer | {"texts_with_nul": replaced})
        return
    say((f"{rows:,} rows in {len(verified)} tables are the same on both sides, by count and SHA-256.", "bold"))
    if replaced:
        say(f"{replaced:,} texts had a NUL, which PostgreSQL cannot keep: it became U+FFFD there.")
    say(f"Set `database` to the target ({show_url(here)}) and start the service; keep the source as a backup.")


def _move(source: Database, target: Database, anew: bool) -> tuple[list[Verified], int]:
    one = Move(source, target)
    goes_on = one.begin(anew=anew)
    verified = []
    with _bar() as show:
        if goes_on:
            show("going on", Step("", 0, 0))
        for step in one.copy():
            show("moving", step)
        for each in one.verify():
            verified.append(each)
            show("comparing", Step(each.table, each.rows, each.rows))
    one.finish()
    return verified, one.replaced


def _refuse_nonsense(there: Settings, here: Settings) -> None:
    try:
        source, target = url_of(there.database), url_of(here.database)
    except ArgumentError as error:
        raise InputError(f"{error}; write for example sqlite:///corrigenda.db or postgresql://user@host/name") from None
    if source == target:
        raise InputError("SOURCE and TARGET are the same database")
    if source.get_backend_name() == "sqlite" and not Path(source.database or "").is_file():
        raise InputError(f"there is no database {source.database}")


def _refuse_running(source: Database, settings: Settings) -> None:
    """Of SQLite the lock of its file says so; on PostgreSQL services may run on any machine."""
    if not source.shared:
        return
    with source.read() as session:
        beats = {loop.name: loop.beat_at for loop in loops.beats(session)}
    late = datetime.now(UTC) - SILENT
    running = sorted(name for name, at in beats.items() if at > late)
    if running:
        raise DatabaseError(
            f"database {show_url(settings)}: a service ran on it less than {SILENT.total_seconds():.0f} s ago "
            f"({', '.join(running)}): stop all of them, and wait so long"
        )


@contextmanager
def _explained(settings: Settings) -> Iterator[None]:
    try:
        yield
    except MoveError as error:
        raise DatabaseError(f"database {show_url(settings)}: {error}") from error


@contextmanager
def _bar() -> Iterator[Show]:
    """A bar for each table on a terminal; in a pipe a line for each that is done."""
    if not sys.stderr.isatty():
        said: set[tuple[str, str]] = set()

        def line(doing: str, step: Step) -> None:
            if step.done >= step.total and (doing, step.table) not in said:
                said.add((doing, step.table))
                sys.stderr.write(f"{doing} {step.table}: {step.done:,} rows\n" if step.table else f"{doing}\n")

        yield line
        return
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(doing: str, step: Step) -> None:
            name = f"{doing} {step.table}"
            task = tasks.get(name)
            if task is None:
                task = tasks[name] = progress.add_task(name, total=step.total)
            progress.update(task, completed=step.done, total=step.total)

        yield show
