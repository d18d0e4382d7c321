"""Accounts and tokens by command."""

from __future__ import annotations

import io
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

PASSWORD = b"a ferry, a toll, a notice\n"


def typed(monkeypatch: pytest.MonkeyPatch, given: bytes) -> None:
    """What comes on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))


def test_a_life_of_accounts(corrigenda: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--role admin" in corrigenda("account", "list").out
    for arguments, stdin, why in (
        (("ada",), PASSWORD, "the first account is an admin"),
        (("ada", "--role", "admin"), b"", "no password came"),
        (("ada", "--role", "admin"), b"\xff\xfe\n", "not UTF-8"),
        (("ada", "--role", "admin"), b"short\n", "at least 12"),
        (("a<b", "--role", "admin"), PASSWORD, "letters, digits"),
    ):
        typed(monkeypatch, stdin)
        assert why in corrigenda("account", "add", *arguments, code=2).error
    assert "first account" in corrigenda("account", "add", "ada", "--role", "admin", "--link", code=2).error
    typed(monkeypatch, PASSWORD)
    made = corrigenda("account", "add", "ada", "--role", "admin", "--json").json
    assert {key: made[key] for key in ("name", "role", "has_password")} == {
        "name": "ada",
        "role": "admin",
        "has_password": True,
    }
    assert "there is an account" in corrigenda("account", "add", "ADA", code=2).error
    invited = corrigenda("account", "add", "Bea", "--link", "--json").json
    assert invited["link"].startswith("http://127.0.0.1:8000/setup/")
    assert not invited["has_password"]
    assert [row["name"] for row in corrigenda("account", "list", "--json").json] == ["ada", "Bea"]
    assert "not yet" in corrigenda("account", "list").out
    assert corrigenda("account", "role", "bea", "admin", "--json").json["role"] == "admin"
    assert "viewer or an admin" in corrigenda("account", "role", "bea", "root", code=2).error
    for arguments in (("role", "ada", "viewer"), ("remove", "ada")):  # Bea has no password yet
        assert "last admin" in corrigenda("account", *arguments, code=2).error
    typed(monkeypatch, b"seven wet umbrellas\n")
    corrigenda("account", "password", "Bea")
    assert corrigenda("account", "remove", "ada", "--json").json == {"removed": "ada"}
    assert "there are Bea" in corrigenda("account", "remove", "ada", code=2).error
    assert "/setup/" in corrigenda("account", "password", "bea", "--link").out


def test_a_life_of_tokens(corrigenda: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "account add" in corrigenda("token", "add", "x", code=2).error
    typed(monkeypatch, PASSWORD)
    corrigenda("account", "add", "ada", "--role", "admin")
    made = corrigenda("token", "add", "archive", "--scope", "write", "--days", "30", "--json").json
    assert made["token"].startswith("cor_")
    listed = corrigenda("token", "list", "--json")
    assert made["token"] not in listed.out
    assert {"id": 1, "name": "archive", "account": "ada", "scope": "write"}.items() <= listed.json[0].items()
    corrigenda("account", "add", "bea", "--link")
    assert "--account" in corrigenda("token", "add", "x", code=2).error
    assert "may only read" in corrigenda("token", "add", "x", "--account", "bea", "--scope", "write", code=2).error
    assert "read or write" in corrigenda("token", "add", "x", "--account", "ada", "--scope", "root", code=2).error
    assert "days" in corrigenda("token", "add", "x", "--account", "ada", "--days", "0", code=2).error
    assert "it is revoked" in corrigenda("token", "add", "x", "--account", "bea").out
    assert corrigenda("token", "revoke", "1", "--json").json["revoked_at"]
    assert "revoked 2" in corrigenda("token", "list").out
    assert "there is no token 9" in corrigenda("token", "revoke", "9", code=2).error


def test_nothing_that_opens_a_door_is_kept(
    corrigenda: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, PASSWORD)
    corrigenda("account", "add", "ada", "--role", "admin")
    token = corrigenda("token", "add", "x", "--json").json["token"]
    link = corrigenda("account", "password", "ada", "--link", "--json").json["link"].rpartition("/")[2]
    with sqlite3.connect(tmp_path / "corrigenda.db") as connection:
        dump = "\n".join(connection.iterdump())
    assert [secret for secret in (token, link, PASSWORD.decode().strip()) if secret in dump] == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_a_service_without_accounts_says_what_to_do(corrigenda: CommandLine, host: str) -> None:
    refused = corrigenda("serve", "--host", host, "--port", "0", code=3)
    assert "corrigenda account add NAME --role admin" in refused.error
