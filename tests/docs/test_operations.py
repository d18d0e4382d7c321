"""What is handed to operators names commands, roles and settings that there are."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import textwrap
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.cli.app import SUMMARIES
from monitor.config import describe, load
from monitor.service import ROLES

ROOT = Path(__file__).parents[2]
SETTINGS = {described.environment for described in describe()}
UNIT = ROOT / "deploy" / "corrigenda.service"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml, what they share merged into each."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert isinstance(services, dict)
    return services


def test_compose_has_every_role_and_a_database(services: dict[str, dict[str, Any]]) -> None:
    assert services["db"]["image"].startswith("postgres:")
    ours = {name: service for name, service in services.items() if service.get("image") == "corrigenda"}
    commands = {name: service["command"] for name, service in ours.items()}
    roles = {command[3] if command[1] == "serve" else command[1] for command in commands.values()}
    assert roles == set(ROLES)
    assert {command[1] for command in commands.values()} <= set(SUMMARIES)
    assert services["worker"]["deploy"]["replicas"] == 2
    for service in ours.values():
        assert service["depends_on"]["db"]["condition"] == "service_healthy"
        assert service["environment"]["CORRIGENDA_DATABASE"].startswith("postgresql://")
        # The image asks its own pages, which only one role has.
        assert service["healthcheck"].get("disable", False) != ("web" in service["command"])


def test_what_is_set_is_a_setting(services: dict[str, dict[str, Any]]) -> None:
    named = {name for service in services.values() for name in service["environment"] if name.startswith("CORRIGENDA")}
    named |= set(re.findall(r"CORRIGENDA_\w+", UNIT.read_text() + (ROOT / "Dockerfile").read_text()))
    named |= set(re.findall(r"CORRIGENDA_\w+", (ROOT / "docs" / "operations.md").read_text()))
    assert named - SETTINGS == set()


def test_the_image_is_made_of_what_is_here() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE) for name in line.split()
    }
    assert copied <= allowed
    assert all((ROOT / name).exists() for name in allowed)


def test_the_locks_agree() -> None:
    """The image has what the tests ran with, and what PostgreSQL and messengers need."""
    image, dev, plain = (_pinned(f"requirements{name}.lock") for name in ("-image", "-dev", ""))
    assert {"procrastinate", "psycopg", "apprise"} <= image.keys()
    assert plain.items() <= image.items()
    assert image.items() <= dev.items()


def _pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_unit_runs_the_service_and_holds_it_tight(tmp_path: Path) -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert program.endswith("/corrigenda")
    assert arguments[-1] in SUMMARIES
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here to judge the unit")
    judged = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True, check=False
    )
    exposure = re.search(r"exposure level for corrigenda\.service: ([\d.]+)", judged.stdout)
    if exposure is None:
        pytest.skip(f"this systemd-analyze cannot judge a file: {judged.stderr.strip()}")
    assert float(exposure[1]) <= 2.0
    assert "Unknown" not in judged.stderr


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_settings_that_are_shown_can_be_set(page: Path, tmp_path: Path) -> None:
    """Blocks of a page that are written as the file of settings is."""
    blocks = re.findall(r"(?:^(?:    .*)?\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
    for block in map(textwrap.dedent, blocks):
        if re.match(r"\s*\[[a-z]", block):
            file = tmp_path / "corrigenda.toml"
            file.write_text(block, encoding="utf-8")
            load(file)
