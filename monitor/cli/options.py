"""What all commands have in common: how they are set up, and the options that several share."""

from __future__ import annotations

from typing import Annotated

import typer

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}

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
Language = Annotated[
    str | None,
    typer.Option(metavar="TAG", help="Language of the text, as a BCP 47 tag. Default: what the page says, else en."),
]


def new_app(summary: str | None = None) -> typer.Typer:
    """What a file puts its command in, or its commands with a `summary`. Help is plain text: it is piped, too."""
    return typer.Typer(help=summary, add_completion=False, rich_markup_mode=None, context_settings=HELP_OPTIONS)
