"""`corrigenda diff`: any two versions of an article, the changed facts on top, then word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from monitor.changes import Block, Span
from monitor.cli.changed import show_changes
from monitor.cli.configured import open_settings
from monitor.cli.history import NamedArticle, version_json
from monitor.cli.list import article_json
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import console, say, show_time
from monitor.errors import InputError
from monitor.history import VersionComparison, compare_versions
from monitor.tracking import find_article
from storage.tables import Article

app = new_app()

STYLES = {"inserted": "green", "deleted": "red strike"}
MARKS = {"inserted": ("{+", "+}"), "deleted": ("[-", "-]")}
"""Where there are no colours; as wdiff writes them."""


@app.command()
def diff(
    context: typer.Context,
    article: NamedArticle,
    before: Annotated[int | None, typer.Argument(metavar="A", help="The baseline: a version's number.")] = None,
    after: Annotated[int | None, typer.Argument(metavar="B", help="The version compared with it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two versions of an article.

    By default the last two; with A alone, A and the current one. Unchanged paragraphs are left out.
    """
    with open_database(open_settings(context)) as database, database.read() as session:
        found = find_article(session, article)
        old, new = _numbers(found, before, after)
        compared = compare_versions(session, found, old, new, patient=True)
    if as_json:
        print_json(_comparison_json(found, compared))
        return
    say((found.headline or found.url, "bold"))
    baseline = f"version {old}, last seen {show_time(compared.before.last_seen_at)}"
    say(f"from {baseline}, to version {new}, first seen {show_time(compared.after.first_seen_at)}")
    say("")
    changed = [change.to_json() for change in compared.comparison.changes]
    show_changes(changed, empty="no fact changed")
    say("")
    for version in compared.let_go:
        gone = f"the text of version {version.number} was let go {show_time(version.text_let_go_at)}"
        say((f"{gone}, SHA-256 {version.text_hash}: above is what was found when the versions came", "dim"))
    _show_words(compared.words)


def _numbers(article: Article, before: int | None, after: int | None) -> tuple[int, int]:
    current = article.version_number
    if before is None and current < 2:
        held = "one version" if current else "no version yet"
        raise InputError(f"article {article.id} has {held}: there is nothing to compare")
    return (current - 1 if before is None else before), (current if after is None else after)


def _show_words(blocks: Sequence[Block]) -> None:
    unchanged = 0
    for block in blocks:
        if block.kind == "same":
            unchanged += 1
            continue
        _show_unchanged(unchanged)
        unchanged = 0
        if block.kind == "moved":
            say((f"(moved from paragraph {_place(block.before)} to {_place(block.after)})", "dim"))
        say(*(_marked(span, block) for span in block.spans))
        say("")
    _show_unchanged(unchanged)


def _show_unchanged(count: int) -> None:
    if count:
        say((f"... {count} paragraph{'s' if count > 1 else ''} unchanged ...", "dim"))
        say("")


def _place(index: int | None) -> str:
    return "?" if index is None else str(index + 1)


def _marked(span: Span, block: Block) -> tuple[str, str]:
    kind = block.kind if block.kind in STYLES else span.kind
    text = span.text
    if kind in MARKS and not console().is_terminal:
        opening, closing = MARKS[kind]
        text = f"{opening}{text}{closing}"
    return text, STYLES.get(kind, "")


def _comparison_json(article: Article, compared: VersionComparison) -> dict[str, Any]:
    return {
        "article": article_json(article),
        "before": version_json(compared.before),
        "after": version_json(compared.after),
        "changes": [change.to_json() for change in compared.comparison.changes],
        "words": [
            {
                "kind": block.kind,
                "before": block.before,
                "after": block.after,
                "spans": [{"kind": span.kind, "text": span.text} for span in block.spans],
            }
            for block in compared.words
        ],
    }
