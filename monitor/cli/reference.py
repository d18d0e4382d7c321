"""Writes docs/commands.md and docs/settings.md from the code: `python -m monitor.cli.reference`, or `make docs`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from typer.main import get_command

from monitor.cli.app import EXIT_CODES, SUMMARIES, app, load_command
from monitor.cli.init import toml_value
from monitor.config import SITE_EXAMPLE, STORY_EXAMPLE, Described, Settings, describe
from monitor.config_site import SiteSettings, StorySettings

DOCS = Path(__file__).parents[2] / "docs"


def write() -> None:
    """Write both files."""
    DOCS.mkdir(exist_ok=True)
    for name, text in (("commands.md", commands_text()), ("settings.md", settings_text())):
        (DOCS / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")


def commands_text() -> str:
    """docs/commands.md."""
    return "\n".join(_commands()) + "\n"


def settings_text() -> str:
    """docs/settings.md."""
    return "\n".join(_settings()) + "\n"


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Made from the code by `make docs`; `corrigenda COMMAND --help` says the same."
    yield ""
    yield "| exit code | meaning |"
    yield "|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())
    yield ""
    yield from COMMON
    yield ""
    yield from _section("corrigenda", get_command(app), level=2)
    for name in SUMMARIES:
        yield from _section(f"corrigenda {name}", load_command(name), level=2)


COMMON = (
    "An error is one line on standard error: what happened, to which thing, and what to do. `--debug` shows more.",
    "",
    "`--json` prints one JSON value in ASCII, on one line in a pipe. `--jsonl` streams: one line out for each line in,",
    "in the same order, with its `id` (a string or an integer) unchanged. A bad line gives an `id` (null if there is",
    "none) and an `error`, and the stream goes on. The fields of facts and changes are in [facts.md](facts.md).",
    '`facts FILE --json` prints `{"id": FILE, "facts"}` and `compare OLD NEW --json` `{"id": "OLD NEW", "changes"}`,',
    "just as the streams do.",
)


def _section(path: str, command: Any, level: int) -> Iterator[str]:
    """A command with its options, then its own commands."""
    yield f"{'#' * level} {path}"
    yield ""
    yield from inspect.cleandoc(command.help or "").splitlines()
    yield ""
    yield f"    {' '.join([path, *_usage(command)])}"
    yield ""
    rows = [row for parameter in command.params if (row := _row(parameter))]
    if rows:
        yield "| argument or option | |"
        yield "|---|---|"
        yield from rows
        yield ""
    if path != "corrigenda":
        for name, inner in getattr(command, "commands", {}).items():
            yield from _section(f"{path} {name}", inner, level + 1)


def _usage(command: Any) -> Iterator[str]:
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    if options:
        yield "[OPTIONS]"
    for argument in arguments:
        yield _name(argument) if argument.required else f"[{_name(argument)}]"
    if hasattr(command, "commands"):
        yield "COMMAND ..."


def _row(parameter: Any) -> str:
    help_text = " ".join((parameter.help or "").split())
    if parameter.param_type_name == "option" and parameter.required:
        help_text += " Required."
    elif not getattr(parameter, "is_flag", True) and parameter.default not in (None, ()):
        help_text += f" Default: {parameter.default}."
    if parameter.param_type_name == "argument":
        return f"| `{_escape(_name(parameter))}` | {_escape(help_text)} |"
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    value = "" if parameter.is_flag else f" {parameter.metavar}"
    return f"| `{_escape(names + value)}` | {_escape(help_text)} |"


def _name(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "Made from the code by `make docs`. `corrigenda init` writes a file with all of them, commented out."
    yield ""
    yield "They are read from `corrigenda.toml` in the working folder (or `corrigenda --config PATH`), and from the"
    yield "environment, which wins. Lists are JSON there: `CORRIGENDA_FETCH__ALLOW_HOSTS='[\"127.0.0.1:8080\"]'`."
    yield 'Times are seconds, or `"90s"`, `"15m"`, `"2h"`, `"7d"`. Paths are relative to the file.'
    for section, described in groupby(describe(), lambda setting: setting.section):
        yield ""
        yield f"## [{section}]" if section else "## At the top of the file"
        yield ""
        if section:
            yield from _about(section)
            yield ""
        yield "| setting | default | environment | |"
        yield "|---|---|---|---|"
        yield from (_setting_row(setting) for setting in described)


ABOUT_SITES = (
    f"{inspect.getdoc(SiteSettings)}",
    "",
    "Write as many such tables as are needed, `example.org:8080` for a port of its own. In the environment they are",
    "one JSON value, which is the place for secrets:",
    '`CORRIGENDA_SITES=\'{"example.org": {"headers": {"Cookie": "..."}}}\'`; it is merged with the file.',
)


def _about(section: str) -> Sequence[str]:
    if section == SITE_EXAMPLE:
        return ABOUT_SITES
    each = StorySettings if section == STORY_EXAMPLE else Settings.model_fields[section].annotation
    return (f"{inspect.getdoc(each)}",)


def _setting_row(setting: Described) -> str:
    default, variable = toml_value(setting), setting.environment
    cells = (
        f"`{setting.name}`",
        f"`{default}`" if default else "",
        f"`{variable}`" if variable else "",
        setting.description,
    )
    return f"| {' | '.join(_escape(cell) for cell in cells)} |"


if __name__ == "__main__":
    write()
