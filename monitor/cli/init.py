"""`corrigenda init`: write a configuration file that names every setting, its default and why it is there."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import say
from monitor.config import FILE_NAME, SITE_EXAMPLE, STORY_EXAMPLE, Described, Settings, describe
from monitor.errors import InputError

app = new_app()


@app.command()
def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write it.")] = Path(),
    database: Annotated[
        str, typer.Option(metavar="URL", help="Where everything is kept, such as sqlite:////var/lib/corrigenda.db")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write a commented configuration file.

    It holds every setting with its default, commented out. A file that is there is never overwritten.
    """
    file = context.obj.config or folder / FILE_NAME
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(configuration_text(database))
    except FileExistsError:
        raise InputError(f"{file} is there already and was left as it is: edit it, or move it away first") from None
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from error
    if as_json:
        print_json({"file": str(file.absolute())})
    else:
        say(f"{file} written. Set fetch.contact in it, then: corrigenda add URL, corrigenda serve")


def configuration_text(database: str = "") -> str:
    """The whole file: each setting with its description and default, commented out, but for a database that is said."""
    text = "\n".join(_lines()) + "\n"
    default = f"#database = {_toml(Settings.model_fields['database'].default)}"
    return text.replace(default, f"database = {_toml(database)}") if database else text


ABOUT = {
    SITE_EXAMPLE: "# What is different for a site and its subdomains; as many such tables as are needed.",
    STORY_EXAMPLE: "# What is different for the articles of a story; as many such tables as are needed.",
}


def _lines() -> Iterator[str]:
    yield "# Settings of Corrigenda. What is commented out has the value shown."
    yield "# Every setting can come from the environment instead, which wins: CORRIGENDA_MAIL__HOST is mail.host."
    yield '# Times: 90 or "90s" are seconds; "15m", "2h" and "7d" are minutes, hours and days.'
    section = ""
    for setting in describe():
        if setting.section != section:
            section = setting.section
            yield ""
            if section in ABOUT:
                yield ABOUT[section]
                yield f"# [{section}]"
            else:
                yield f"[{section}]"
        yield ""
        yield from textwrap.wrap(setting.description, 110, initial_indent="# ", subsequent_indent="# ")
        if section in ABOUT:
            yield f"# {setting.name} = {_toml(setting.example)}"
        else:
            yield f"#{setting.name} = {toml_value(setting)}"


def toml_value(setting: Described) -> str:
    """The default of a setting as TOML writes it; empty where there is none."""
    return "" if setting.default is None else _toml(setting.default)


def _toml(value: Any) -> str:
    if isinstance(value, SecretStr):
        return _toml(value.get_secret_value())
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {_toml(one)}' for key, one in value.items())}}}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)  # strings, numbers and booleans are written alike in JSON and TOML
