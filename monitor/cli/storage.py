"""`corrigenda storage`: what takes space, what retention would let go, and letting it go now."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.filesize import decimal
from rich.status import Status

from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database, show_url
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import console, say, show_table
from monitor.config import Settings
from monitor.errors import InputError
from monitor.retaining import Sum, lets_go, rehearse, walk
from monitor.service import alone
from storage import sizes, space
from storage.database import Database
from storage.keeping import Keep

app = new_app()

_TABLES = 12
"""The largest, for people."""
_KINDS = {
    "raw": "pages as fetched",
    "texts": "texts",
    "unneeded": "leftovers of what was removed",
    "let go": "let go",
}


@app.command()
def storage(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Also say what the retention settings would let go now; nothing goes.")
    ] = False,
    let_go: Annotated[
        bool, typer.Option("--let-go", help="Let go of it now, instead of when the service comes to it.")
    ] = False,
    compact: Annotated[
        bool,
        typer.Option(
            "--compact", help="Give the free space of an SQLite file back to the disk; stop the service first."
        ),
    ] = False,
    articles: Annotated[
        int, typer.Option(min=0, max=10_000, metavar="N", help="List so many of the heaviest articles.")
    ] = 10,
    as_json: AsJson = False,
) -> None:
    """Show what takes space.

    What the settings in [retention] say is kept no longer is let go by the service, in small steps, a few times a day.
    """
    if dry_run and let_go:
        raise InputError("--dry-run and --let-go contradict each other: choose one")
    settings, now = open_settings(context), datetime.now(UTC)
    with open_database(settings) as database:
        gone = _let_go(database, settings, now) if let_go else None
        if compact:
            _compact(database, settings)
        with _working("looking at everything"):
            told = _measured(database, settings, articles)
            would = rehearse(database, settings, now) if dry_run else None
    if as_json:
        print_json({**told, "would_let_go": would and asdict(would), "let_go_now": gone and asdict(gone)})
        return
    _show(told)
    if would is not None:
        _show_sum("would let go now", would, settings)
    if gone is not None:
        _show_sum("let go", gone, settings)


def _let_go(database: Database, settings: Settings, now: datetime) -> Sum:
    done = Sum()
    with _working("letting go") as status:
        for done in walk(database, settings, now):
            if status:
                status.update(f"letting go: {_words(done)}")
    return done


def _compact(database: Database, settings: Settings) -> None:
    if database.url.get_backend_name() != "sqlite":
        raise InputError("PostgreSQL uses free space again by itself (autovacuum); --compact is for SQLite")
    with alone(settings.database), _working("compacting"):
        space.compact(database)


@contextmanager
def _working(words: str) -> Iterator[Status | None]:
    """Says on a terminal what takes a while; in a pipe nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    with Status(words, console=console(stderr=True)) as status:
        yield status


def _measured(database: Database, settings: Settings, articles: int) -> dict[str, Any]:
    counted = sizes.measure(database)
    with database.read() as session:
        kinds, heavy = space.kinds(session), space.heaviest(session, articles) if articles else []
    keep = settings.retention.keep
    stories = {name: story.keep(settings.retention) for name, story in settings.stories.items()}
    return {
        "database": show_url(settings),
        "engine": sizes.engine_version(database),
        "bytes": counted.database_bytes,
        "free_bytes": space.free_bytes(database),
        "log_bytes": counted.log_bytes,
        "tables": [asdict(table) for table in space.tables(database)],
        "kinds": [asdict(kind) for kind in kinds],
        "articles": [asdict(each) for each in heavy],
        "retention": _keep_json(keep),
        "stories": {name: _keep_json(each) for name, each in stories.items() if each != keep},
    }


def _keep_json(keep: Keep) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int) else "forever" if value is None else value.total_seconds()
        for name, value in asdict(keep).items()
    }


def _show(told: dict[str, Any]) -> None:
    say((told["database"], "bold"), f" · {told['engine']}")
    free = f", of it {decimal(told['free_bytes'])} free to be filled again" if told["free_bytes"] else ""
    log = f"; {decimal(told['log_bytes'])} more in its log" if told["log_bytes"] else ""
    say(f"{decimal(told['bytes'])}{free}{log}")
    say("")
    show_table(
        ("bytes of", "how many", "as they are kept", "as they came"),
        [
            (_KINDS[kind["name"]], f"{kind['count']:,}", decimal(kind["stored_bytes"]), decimal(kind["bytes"]))
            for kind in told["kinds"]
            if kind["count"] or kind["name"] in ("raw", "texts")
        ],
        empty="",
    )
    say("")
    total = sum(table["bytes"] for table in told["tables"]) or 1
    show_table(
        ("table, with its indexes", "size", ""),
        [
            (table["name"], decimal(table["bytes"]), f"{table['bytes'] / total:.0%}")
            for table in told["tables"][:_TABLES]
        ],
        empty="",
    )
    if told["articles"]:
        say("")
        show_table(("article", "", "versions", "checks kept", "size"), _articles(told["articles"]), empty="")
    say("")
    say(f"retention: {_policy(told['retention'])}")
    for name, keep in told["stories"].items():
        say(f"story {name}: {_policy(keep)}")


def _articles(heavy: Sequence[dict[str, Any]]) -> list[Sequence[object]]:
    return [
        (one["article_id"], one["name"], one["versions"], one["captures"], decimal(one["stored_bytes"]))
        for one in heavy
    ]


def _policy(keep: dict[str, Any]) -> str:
    if all(keep[name] == "forever" for name in ("raw", "texts", "captures")):
        return "everything is kept; what would be let go is set in [retention]"
    parts = [
        f"{words} {_age(keep[name])}{newest}"
        for name, words, newest in (
            ("raw", "pages as fetched", f" and of the newest {keep['raw_versions']} versions"),
            ("texts", "texts", f" and of the newest {keep['text_versions']} versions"),
            ("captures", "checks that brought nothing", ""),
        )
    ]
    return "; ".join(part.partition(" and of")[0] if " for ever" in part else part for part in parts)


def _age(seconds: float | str) -> str:
    if isinstance(seconds, str):
        return "for ever"
    return f"for {seconds / 86400:g} days" if seconds >= 86400 else f"for {seconds / 3600:g} hours"


def _show_sum(words: str, done: Sum, settings: Settings) -> None:
    say("")
    nothing = "" if lets_go(settings) else " (nothing is set in [retention])"
    say((f"{words}: {_words(done)}{nothing}", "bold"))


def _words(done: Sum) -> str:
    parts = [
        f"{count:,} {words if count > 1 else words.removesuffix('s')}"
        for count, words in (
            (done.raw, "pages"),
            (done.texts, "texts"),
            (done.captures, "checks"),
            (done.unneeded, "leftovers"),
        )
        if count
    ]
    return f"{', '.join(parts)}: {decimal(done.freed_bytes)}" if parts else "nothing"
