"""The command `corrigenda`: finds the command's module, runs it, and turns what goes wrong into one line.

A command's module is imported only when that command runs, so that `--help` and the streams start at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from alerts.errors import AlertsError
from monitor.cli.options import HELP_OPTIONS
from monitor.cli.printing import one_line, use_utf8
from monitor.errors import CorrigendaError

SUMMARIES = {
    "init": "Write a commented configuration file.",
    "add": "Track articles: addresses, or local files.",
    "feed": "Add feeds, whose new entries are tracked by rule; list, show, read, pause and remove them.",
    "list": "List the tracked articles and their state.",
    "tag": "Put tags on articles, or take them off.",
    "story": "Lay the sources of a story side by side; put articles into stories; list, rename and remove stories.",
    "pause": "Look at articles no more until they are resumed.",
    "resume": "Look at paused articles again.",
    "remove": "Forget articles and all that is kept of them.",
    "check": "Check articles now and show what changed.",
    "history": "Show the versions and changes of an article.",
    "diff": "Compare two versions of an article.",
    "facts": "Find the facts in a text.",
    "compare": "Compare the facts of two texts.",
    "compare-sources": "Lay the facts of several texts about one story side by side.",
    "extract": "Extract the article from a page or file.",
    "fetch": "Fetch addresses once and store nothing.",
    "rules": "List, add, change, try and remove rules: which changes matter to whom.",
    "channels": "List, add, change, test and remove channels: where alerts go.",
    "mutes": "List, add and end mutes: what a channel does not want to hear of for a while.",
    "deliveries": "List deliveries of alerts, and send failed ones again.",
    "sites": "Show how the pages of each site are read, and what of them is ignored.",
    "account": "Add, list and remove accounts: who may log in to the pages.",
    "token": "Make, list and revoke tokens: programs that may ask the API.",
    "storage": "Show what takes space.",
    "db": "Back up, restore, check, or take the whole database to another.",
    "serve": "Run the service: schedule, deliveries and web pages.",
    "worker": "Visit sites beside other services on the same PostgreSQL database; the same as `serve --role worker`.",
    "doctor": "Look for what is wrong, and say what to do.",
}
"""Every command, in the order of `--help`, with its line there: the first line of its own help."""

EXIT_CODES = {
    0: "done",
    1: "something failed: a check, a delivery, a disk; or the reader of the output went away",
    2: "wrong use: an unknown option, or an address, file or id that cannot be used",
    3: "the configuration is wrong",
    130: "interrupted by Ctrl-C",
}

_LONGEST_ERROR = 1000
"""Characters: what was given wrong may be a whole article."""


@dataclass
class Invocation:
    """What was said before the command's name."""

    config: Path | None = None
    debug: bool = False


class Commands(TyperGroup):
    """All commands by name; each is imported when it is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=summary) for name, summary in SUMMARIES.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, listed, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if listed is not None and name else listed, rest


def load_command(name: str) -> Any:
    """The command `name`, from the module of that name."""
    return get_command(import_module(f"monitor.cli.{name.replace('-', '_')}").app)


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings=HELP_OPTIONS,
)


@app.callback()
def corrigenda(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The configuration file, instead of corrigenda.toml in this folder."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback when something fails.")] = False,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Watch news articles and tell which fact changed.

    Start with `corrigenda add URL` and `corrigenda serve`.
    """
    context.obj.config = config
    context.obj.debug = debug
    if show_version:
        typer.echo(f"corrigenda {version('corrigenda')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def main() -> None:
    """Run the command that the arguments name and exit; the exit codes are `EXIT_CODES`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code; every error becomes one line on standard error."""
    use_utf8()
    invocation = Invocation()
    try:
        code = get_command(app)(
            list(arguments), prog_name="corrigenda", standalone_mode=False, obj=invocation, windows_expand_args=False
        )
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        return 1
    except TyperException as error:
        where = getattr(error, "ctx", None)
        hint = f" See `{where.command_path} --help`." if where else ""
        return _fail(f"{error.format_message()}{hint}", error.exit_code)
    except CorrigendaError as error:
        _show_traceback(invocation)
        return _fail(str(error), error.exit_code)
    except AlertsError as error:
        _show_traceback(invocation)
        return _fail(str(error), 2)
    except OSError as error:
        _show_traceback(invocation)
        return _fail(_explain_os_error(error), 1)
    except Exception as error:  # noqa: BLE001  the border to a person: a mistake of ours is one line as well
        _show_traceback(invocation)
        hint = "" if invocation.debug else "; `corrigenda --debug ...` shows where, please report it"
        return _fail(f"internal error: {type(error).__name__}: {error}{hint}", 1)
    return code if isinstance(code, int) else 0


def _show_traceback(invocation: Invocation) -> None:
    if invocation.debug:
        traceback.print_exc()


def _fail(message: str, code: int) -> int:
    line = one_line(message)
    sys.stderr.write(f"corrigenda: {line if len(line) <= _LONGEST_ERROR else line[:_LONGEST_ERROR] + '…'}\n")
    return code


def _explain_os_error(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else f"{what} ({type(error).__name__})"


def _silence_stdout() -> None:
    """The reader went away: what is left in the buffer must not raise again when Python exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
