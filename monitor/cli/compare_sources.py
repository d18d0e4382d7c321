"""`corrigenda compare-sources`: the facts of several texts about one story, side by side. Needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.changes import Reading
from monitor.changes.wording import value_words
from monitor.cli.options import AsJson, Language, new_app
from monitor.cli.printing import one_line, print_json
from monitor.cli.screen import say, show_table
from monitor.cli.texts import read_text
from monitor.errors import InputError
from monitor.extraction.worker import Extractor
from monitor.given import read_language
from monitor.stories import Row, compare_sources, voices
from monitor.stories.naming import leading_words

app = new_app()


@app.command("compare-sources")
def compare_given_sources(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Two or more text or HTML files.")],
    lang: Language = None,
    as_json: AsJson = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why the facts of a line are taken for one.")] = False,
) -> None:
    """Lay the facts of several texts about one story side by side.

    Sidecars NAME.toml may give `published`, by which relative dates are read. A line is one fact, `agree` when all
    give the same value, `compatible` when all of them may be true ("at least 170" and 303), else `disagree`.
    """
    if len(files) < 2:
        raise InputError("one source cannot be compared: name two files or more")
    if len(set(files)) < len(files):
        raise InputError(f"{next(name for name in files if files.count(name) > 1)} is named twice")
    with Extractor() as extractor:
        given = [read_text(name, None, extractor) for name in files]
    language = read_language(lang or given[0].language)
    readings = [Reading(each.text, each.published, language, each.headline, each.byline) for each in given]
    rows = compare_sources(readings)
    if as_json:
        print_json({"lines": [_json(row, files) for row in rows]})
        return
    _show(rows, files)
    if explain:
        _explain(rows, files)
    for number, first in enumerate(voices([each.text for each in given], language)):
        if first != number:
            say(f"{files[number]} repeats the text of {files[first]}: they are one voice.")


def _json(row: Row, files: Sequence[str]) -> dict[str, Any]:
    return {
        "key": row.key,
        "subject": row.subject,
        "verdict": row.verdict,
        "cells": [{"file": files[cell.source], "fact": cell.fact.to_json()} for cell in row.cells],
    }


def _show(rows: Sequence[Row], files: Sequence[str]) -> None:
    show_table(
        ("line", "verdict", *(Path(name).stem for name in files)),
        (
            [
                row.subject or leading_words(row.cells[0].fact),
                row.verdict if len(row.sources) > 1 else "",
                *_values(row, len(files)),
            ]
            for row in rows
        ),
        empty="no facts that can be compared",
    )


def _values(row: Row, sources: int) -> list[str]:
    said = ["" for _ in range(sources)]
    for cell in row.cells:
        value = value_words(cell.fact) + (f" ({cell.scope})" if cell.scope else "")
        said[cell.source] = f"{said[cell.source]}; {value}" if said[cell.source] else value
    return said


def _explain(rows: Sequence[Row], files: Sequence[str]) -> None:
    for row in rows:
        if not row.reasons:
            continue
        say((row.subject or leading_words(row.cells[0].fact), "bold"))
        for why in row.reasons:
            one = f"{files[why.source]}: “{one_line(why.fact.phrase.text)}”"
            other = f"{files[why.other_source]}: “{one_line(why.other_fact.phrase.text)}”"
            say(f"  {one} and {other}: {why.score:.2f}")
            say("    " + ", ".join(f"{name} {weight:+.2f}" for name, weight in why.because))
