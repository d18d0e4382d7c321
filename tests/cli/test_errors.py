"""What goes wrong is one line on standard error, with its exit code; never a traceback."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import SCRIPT, CommandLine


def test_wrong_use_is_one_line_with_a_hint(corrigenda: CommandLine) -> None:
    assert "Did you mean 'facts'" in corrigenda("fact", code=2).error
    assert "corrigenda list --help" in corrigenda("list", "--sate", "ok", code=2).error
    assert "'sleepy'" in corrigenda("list", "--state", "sleepy", code=2).error
    assert "ARTICLE" in corrigenda("history", code=2).error
    assert "corrigenda rules --help" in corrigenda("rules", code=2).error
    assert "65535" in corrigenda("serve", "--port", "70000", code=2).error
    nothing = corrigenda(code=2)
    assert nothing.out == ""
    assert "Commands:" in nothing.err


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ("[fetch", "not valid TOML"),
        ("speed = 1", "`speed`"),
        ("[fetch]\nspeed = 1", "`fetch.speed`"),
        ('[checks]\ninterval = "soon"', "`checks.interval`"),
        ("[web]\nport = 70000", "`web.port`"),
        ('[mail]\ntls = "maybe"', "`mail.tls`"),
    ],
)
def test_a_wrong_configuration_names_the_setting(corrigenda: CommandLine, configuration: str, said: str) -> None:
    corrigenda.configure(configuration)
    for command in (["list"], ["serve", "--port", "0"], ["doctor"], ["fetch", "https://example.org/"]):
        error = corrigenda(*command, code=3).error
        assert said in error
        assert "corrigenda.toml" in error
    (corrigenda.folder / "a.txt").write_text("4 %", encoding="utf-8")
    assert corrigenda("facts", "a.txt", "--json").json["facts"]  # needs no configuration


def test_a_wrong_environment_is_named(corrigenda: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIGENDA_WEB__PORT", "many")
    assert "web.port" in corrigenda("list", code=3).error
    monkeypatch.setenv("CORRIGENDA_WEB__PORT", "80")
    monkeypatch.setenv("CORRIGENDA_FETCH__ALLOW_HOSTS", "[")
    assert "environment" in corrigenda("list", code=3).error


def test_another_configuration_can_be_named(corrigenda: CommandLine) -> None:
    elsewhere = corrigenda.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.toml").write_text('database = "sqlite:///mine.db"\n', encoding="utf-8")
    corrigenda("--config", str(elsewhere / "mine.toml"), "add", "https://example.org/a")
    assert (elsewhere / "mine.db").exists()
    assert "none.toml" in corrigenda("--config", "none.toml", "list", code=3).error


def test_a_database_that_is_none_says_what_to_do(corrigenda: CommandLine) -> None:
    file = corrigenda.folder / "corrigenda.db"
    file.write_bytes(b"This is not a database." * 1000)
    error = corrigenda("list", code=1).error
    assert "corrigenda.db" in error
    assert "not a database" in error
    assert file.read_bytes().startswith(b"This is not")
    served = corrigenda.script("serve", "--port", "0", code=1).err
    assert "not a database" in served.splitlines()[-1]
    assert "Traceback" not in served


def test_a_damaged_database_says_what_to_do(corrigenda: CommandLine) -> None:
    corrigenda("add", "https://example.org/a")
    with sqlite3.connect(corrigenda.folder / "corrigenda.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    file = corrigenda.folder / "corrigenda.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\x55" * (len(whole) - 4096))
    error = corrigenda("list", code=1).error
    assert "malformed" in error
    assert "backup" in error
    assert "fail" in corrigenda("doctor", code=1).out


def test_a_database_of_a_later_version_is_left_alone(corrigenda: CommandLine) -> None:
    corrigenda("list")
    with sqlite3.connect(corrigenda.folder / "corrigenda.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer" in corrigenda("list", code=1).error


def test_a_database_in_no_folder_and_an_unknown_kind_of_database(corrigenda: CommandLine) -> None:
    corrigenda.configure('database = "sqlite:///none/corrigenda.db"')
    assert "folder" in corrigenda("list", code=1).error
    for database in ("oracle8://x", "nonsense"):
        corrigenda.configure(f'database = "{database}"')
        assert "setting `database`" in corrigenda("list", code=3).error
    corrigenda.configure('database = "postgresql://me:secret@127.0.0.1:1/x"')
    assert "secret" not in corrigenda("list", code=None).err


def test_a_full_disk_is_one_line(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "a.txt").write_text("4 % of 5 people in 6 days", encoding="utf-8")
    command = f"'{SCRIPT}' facts a.txt --json > /dev/full"
    done = subprocess.run(["sh", "-c", command], capture_output=True, cwd=corrigenda.folder, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"No space left" in done.stderr


def test_a_file_that_is_there_is_not_overwritten_by_init(corrigenda: CommandLine) -> None:
    corrigenda("init")
    corrigenda("list")  # what it wrote is a valid configuration
    file = corrigenda.folder / "corrigenda.toml"
    file.write_text("# mine\n", encoding="utf-8")
    assert "left as it is" in corrigenda("init", code=2).error
    assert file.read_text(encoding="utf-8") == "# mine\n"
    assert corrigenda("init", "--json", str(Path("elsewhere")), code=2).error


def test_an_error_of_ours_is_one_line_and_debug_shows_where(corrigenda: CommandLine) -> None:
    corrigenda.configure("speed = 1")
    assert "Traceback" not in corrigenda.script("list", code=3).err
    assert "Traceback" in corrigenda.script("--debug", "list", code=3).err


def test_an_address_may_hold_anything(corrigenda: CommandLine) -> None:
    for address in ("https://[::1", "http://\x00", "https://exa\x1bmple.org/", "javascript://x", "https://a:b@c/"):
        assert "\x1b" not in corrigenda("add", address, code=2).error
    assert len(corrigenda("add", "x" * 9000, code=None).error) < 2000


def test_a_part_of_the_service_alone_is_refused_on_sqlite(corrigenda: CommandLine) -> None:
    for arguments in (("worker",), ("serve", "--role", "deliver")):
        answer = corrigenda(*arguments, code=3)
        assert "needs others beside it, and on SQLite there is only one" in answer.err
