"""`corrigenda compare`: what changed from one text to another. Needs no database and no configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer

from monitor.changes import Change, Reading, compare
from monitor.cli.changed import show_changes
from monitor.cli.given import language_field, published_field, text_field
from monitor.cli.options import AsJson, AsJsonLines, Language, Published, new_app
from monitor.cli.printing import print_json
from monitor.cli.stream import Answer, answer_lines
from monitor.cli.texts import GivenText, read_text
from monitor.errors import InputError
from monitor.extraction.worker import Extractor
from monitor.given import read_language, read_published

app = new_app()


@app.command("compare")
def compare_texts(
    old: Annotated[str | None, typer.Argument(metavar="OLD", help="The earlier text or HTML file.")] = None,
    new: Annotated[str | None, typer.Argument(metavar="NEW", help="The later one; one of the two may be -.")] = None,
    published: Published = None,
    published_after: Annotated[
        str | None, typer.Option(metavar="DATE", help="When NEW was published, if not when OLD was.")
    ] = None,
    lang: Language = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
) -> None:
    """Compare the facts of two texts.

    Sidecars OLD.toml and NEW.toml may give `published`. With --jsonl a line in is {"id", "before", "after",
    "published"?, "published_after"?, "lang"?} and a line out {"id", "changes"}, or {"id", "error"} for a bad line;
    --published, --published-after and --lang then count for the lines without. The exit code is 0 whether anything
    changed or not.
    """
    if jsonl:
        if old is not None:
            raise InputError("--jsonl reads standard input: leave OLD and NEW away")
        dates = [read_published(given) if given else None for given in (published, published_after)]
        answer_lines(_answer_with(dates[0], dates[1], read_language(lang or "en")))
        return
    if old is None or new is None:
        raise InputError("two texts are needed: name OLD and NEW, or use --jsonl")
    if old == new == "-":
        raise InputError("only one of OLD and NEW can be standard input")
    with Extractor() as extractor:
        before = read_text(old, published, extractor)
        after = read_text(new, published_after or published, extractor)
    language = read_language(lang or after.language)
    changes = compare(_reading(before, language), _reading(after, language)).changes
    if published or published_after:
        changes = _found(changes)
    if as_json:
        print_json({"id": f"{old} {new}", "changes": [change.to_json() for change in changes]})
    else:
        show_changes([change.to_json() for change in changes], empty=f"no fact changed from {old} to {new}")


def _reading(given: GivenText, language: str) -> Reading:
    return Reading(given.text, given.published, language, given.headline, given.byline)


def _answer_with(published: date | datetime | None, published_after: date | datetime | None, language: str) -> Answer:
    def answer(record: Mapping[str, Any]) -> Mapping[str, Any]:
        before, after = text_field(record, "before"), text_field(record, "after")
        old = published_field(record, default=published)
        new = published_field(record, "published_after", default=published_after) or old
        spoken = language_field(record, language)
        comparison = compare(Reading(before, old, spoken), Reading(after, new, spoken))
        return {"changes": [change.to_json() for change in _found(comparison.changes)]}

    return answer


def _found(changes: Sequence[Change]) -> tuple[Change, ...]:
    """What the texts say: dates that the caller gave are not news to him."""
    return tuple(change for change in changes if change.type != "published")
