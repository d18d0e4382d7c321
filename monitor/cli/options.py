"""Options that several commands share, so that they are spelt and explained once."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
AsJsonLines = Annotated[
    bool, typer.Option("--jsonl", help="Answer JSON lines from standard input, one line out per line in.")
]
Published = Annotated[
    str | None,
    typer.Option(
        metavar="DATE", help="When it was published: a date, or a date-time with offset. Relative dates need it."
    ),
]
Language = Annotated[str, typer.Option(metavar="TAG", help="The language of the text, as a BCP 47 tag.")]
