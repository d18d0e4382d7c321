"""`corrigenda facts`: the facts of one text, or of a stream of texts. Needs no database and no configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer

from monitor.cli.given import language_field, published_field, text_field
from monitor.cli.options import AsJson, AsJsonLines, Language, Published, new_app
from monitor.cli.printing import one_line, print_json
from monitor.cli.screen import say, show_table
from monitor.cli.stream import Answer, answer_lines
from monitor.cli.texts import read_text
from monitor.cli.values import show_value
from monitor.errors import InputError
from monitor.extraction.worker import Extractor
from monitor.facts import find
from monitor.facts.model import Fact
from monitor.given import read_language, read_published

app = new_app()


@app.command()
def facts(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A text or HTML file, - for standard input.")
    ] = None,
    published: Published = None,
    lang: Language = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the rule, the offsets and the sentence of each fact.")
    ] = False,
) -> None:
    """Find the facts in a text.

    A sidecar NAME.toml beside FILE may give `published`. With --jsonl a line in is {"id", "text", "published"?,
    "lang"?} and a line out {"id", "facts"}, or {"id", "error"} for a bad line; --published and --lang then count for
    the lines without.
    """
    if jsonl:
        if file is not None:
            raise InputError("--jsonl reads standard input: leave FILE away")
        answer_lines(_answer_with(read_published(published) if published else None, read_language(lang or "en")))
        return
    if file is None:
        raise InputError("no FILE given: name a text or HTML file, - for standard input, or use --jsonl")
    with Extractor() as extractor:
        given = read_text(file, published, extractor)
    found = find(given.text, published=given.published, lang=read_language(lang or given.language))
    if as_json:
        print_json({"id": file, "facts": [fact.to_json() for fact in found]})
    elif explain:
        _explain(found)
    else:
        show_table(
            ("kind", "subject", "value", "in the text"),
            ([fact.kind, fact.subject, show_value(fact), fact.phrase.text] for fact in found),
            empty="no facts found",
        )


def _answer_with(published: date | datetime | None, language: str) -> Answer:
    def answer(record: Mapping[str, Any]) -> Mapping[str, Any]:
        text, dated = text_field(record, "text"), published_field(record, default=published)
        found = find(text, published=dated, lang=language_field(record, language))
        return {"facts": [fact.to_json() for fact in found]}

    return answer


def _explain(found: Sequence[Fact]) -> None:
    for fact in found:
        say((fact.phrase.text, "bold"))
        say("  value    ", show_value(fact), f"  ({fact.quote!r}, code points {fact.start} to {fact.end})")
        say("  key      ", fact.key)
        say("  rule     ", fact.rule)
        if fact.as_of or fact.attribution or fact.certainty != "asserted":
            about = (fact.certainty, fact.as_of and f"as of {fact.as_of}", fact.attribution)
            say("  said     ", ", ".join(part for part in about if part))
        say("  sentence ", one_line(fact.sentence))
        say("")
    if not found:
        say("no facts found")
