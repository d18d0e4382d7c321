"""The written reference says what the commands and settings are, and `--help` starts fast."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

from monitor.cli import deliveries
from monitor.cli import list as listing
from monitor.cli.app import EXIT_CODES, SUMMARIES, app, load_command
from monitor.cli.init import configuration_text
from monitor.cli.reference import DOCS, commands_text, settings_text
from monitor.config import describe, load
from monitor.config_site import SiteSettings
from storage.tables import DELIVERY_STATES, STATES
from tests.cli.conftest import CommandLine

COMMANDS_FOLDER = Path(listing.__file__).parent


def every_command() -> Iterator[tuple[str, Any]]:
    """All commands with their paths: `corrigenda rules add`."""
    waiting = [("corrigenda", get_command(app)), *((f"corrigenda {name}", load_command(name)) for name in SUMMARIES)]
    while waiting:
        path, command = waiting.pop()
        yield path, command
        if path != "corrigenda":
            waiting += [(f"{path} {name}", inner) for name, inner in getattr(command, "commands", {}).items()]


@pytest.mark.parametrize(("name", "text"), [("commands.md", commands_text), ("settings.md", settings_text)])
def test_the_reference_is_the_one_that_the_code_makes(name: str, text: Any) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == text(), "run `make docs`"


def test_every_command_option_and_exit_code_is_documented() -> None:
    documented = (DOCS / "commands.md").read_text(encoding="utf-8")
    for path, command in every_command():
        section = documented.split(f"# {path}\n")[1].split("\n#")[0]
        assert command.help.splitlines()[0] in section
        for parameter in command.params:
            assert parameter.help, f"{path} {parameter.name} has no help"
            names = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar.replace("|", "\\|")]
            assert all(name in section for name in names), f"{path} {names}"
    assert all(f"| {code} | " in documented for code in EXIT_CODES)


def test_every_setting_is_documented_with_its_variable() -> None:
    documented = (DOCS / "settings.md").read_text(encoding="utf-8")
    for setting in describe():
        assert setting.description, setting.name
        assert f"| `{setting.name}` |" in documented
        assert not setting.environment or f"| `{setting.environment}` |" in documented


def test_the_file_of_init_holds_every_setting_with_its_default(corrigenda: CommandLine) -> None:
    def loaded(text: str) -> dict[str, Any]:
        file = corrigenda.folder / "written.toml"
        file.write_text(text, encoding="utf-8")
        return load(file).model_dump()

    text = configuration_text()
    assert loaded(text) == loaded("")
    assert loaded(configuration_text("postgresql://db/x")) == loaded("") | {"database": "postgresql://db/x"}
    settings = (line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.splitlines())
    uncommented = "\n".join(settings)
    values = tomllib.loads(uncommented)
    for setting in describe():
        if setting.environment:
            assert setting.name in (values[setting.section] if setting.section else values)
    assert loaded(uncommented) == loaded("")
    example = [line[2:] for line in text[text.index("# [sites.") :].splitlines() if re.match(r"# (\[|\w+ = )", line)]
    written = loaded("\n".join(example))
    [(site, settings_of_site)] = written["sites"].items()
    assert (site, set(settings_of_site)) == ("example.org", set(SiteSettings.model_fields))
    [story] = written["stories"].values()
    assert all(story.values())


def test_the_summaries_of_help_are_those_of_the_commands() -> None:
    commands = {
        file.stem.replace("_", "-") for file in COMMANDS_FOLDER.glob("*.py") if "app = new_app(" in file.read_text()
    }
    assert commands == set(SUMMARIES)
    for name, summary in SUMMARIES.items():
        assert load_command(name).help.splitlines()[0] == summary


def test_states_that_can_be_asked_for_are_those_that_there_are() -> None:
    assert get_args(listing.State) == STATES
    assert get_args(deliveries.State) == DELIVERY_STATES


def test_json_is_offered_by_every_command_that_prints() -> None:
    for path, command in every_command():
        if path not in ("corrigenda", "corrigenda serve", "corrigenda worker") and not hasattr(command, "commands"):
            assert "--json" in {name for parameter in command.params for name in parameter.opts}, path


def test_help_is_shown_without_loading_the_commands(corrigenda: CommandLine) -> None:
    for arguments in (["--help"], ["-h"], ["facts", "--help"], ["rules", "add", "-h"]):
        assert "Usage: corrigenda" in corrigenda(*arguments).out
    assert corrigenda("--version").out.startswith("corrigenda 0.")
    loaded = "import sys; from monitor.cli.app import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert not {b"rich.console", b"pydantic", b"sqlalchemy", b"monitor.facts"} & set(done.stdout.split())
