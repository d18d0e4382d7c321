"""`serve` and `doctor`: the service in an empty folder, and what is said about it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.cli.conftest import SCRIPT, CommandLine
from tests.local_site import LocalSite, Page


def examined(corrigenda: CommandLine, code: int) -> dict[str, list[dict[str, Any]]]:
    """What the doctor found, by part."""
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in corrigenda("doctor", "--json", code=code).json:
        assert finding["level"] in ("ok", "warn", "fail")
        assert finding["advice"] or finding["level"] == "ok", finding
        found.setdefault(finding["part"], []).append(finding)
    return found


def levels(findings: list[dict[str, Any]]) -> set[str]:
    return {finding["level"] for finding in findings}


def test_the_service_runs_in_an_empty_folder_until_it_is_told_to_stop(corrigenda: CommandLine) -> None:
    with subprocess.Popen(
        [SCRIPT, "serve", "--port", "0"], cwd=corrigenda.folder, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            assert process.stderr
            address = next(found for line in process.stderr if (found := re.search(r"127\.0\.0\.1:\d+", line)))[0]
            connection = HTTPConnection(address, timeout=30)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            assert "service" not in {
                part for part, findings in examined(corrigenda, 0).items() if levels(findings) != {"ok"}
            }
        finally:
            process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert "Traceback" not in rest
    assert (corrigenda.folder / "corrigenda.db").exists()


def test_the_doctor_finds_nothing_wrong_in_an_empty_folder(corrigenda: CommandLine) -> None:
    found = examined(corrigenda, 0)
    assert levels(found["settings"]) == {"ok", "warn"}  # fetch.contact
    assert levels(found["database"]) == {"warn"}
    assert not (corrigenda.folder / "corrigenda.db").exists()
    assert "ok   settings" in corrigenda("doctor").out


def test_the_doctor_names_variables_that_are_no_settings(
    corrigenda: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_DATABSE", "postgresql://db/x")
    monkeypatch.setenv("CORRIGENDA_SITES", "{}")
    said = corrigenda("doctor", code=None).out
    assert "CORRIGENDA_DATABSE in the environment: there is no such setting" in said
    assert "CORRIGENDA_SITES" not in said


def test_the_doctor_fails_when_nobody_watches(corrigenda: CommandLine) -> None:
    corrigenda("add", "https://example.org/a")
    assert levels(examined(corrigenda, 1)["service"]) == {"fail"}
    late = datetime.now(UTC) - timedelta(days=1)
    with sqlite3.connect(corrigenda.folder / "corrigenda.db") as connection:
        connection.execute("UPDATE article SET next_check_at = ?", (late.strftime("%Y-%m-%d %H:%M:%S.%f"),))
    connection.close()
    [overdue] = examined(corrigenda, 1)["articles"]
    assert overdue["level"] == "fail"
    assert "1 of 1" in overdue["detail"]


def test_the_doctor_names_troubled_articles_and_failing_sites(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/broken"] = Page(b"down for repair", 503)
    watching("add", f"{site.url}/broken")
    for _ in range(3):
        watching("check", "--all", code=1)
    found = examined(watching, 1)
    assert "1 of 1 is failed" in found["articles"][-1]["detail"]
    assert f"{site.host} is held back until" in found["sites"][0]["detail"]
    with sqlite3.connect(watching.folder / "corrigenda.db") as connection:
        connection.execute("UPDATE site SET failures = 5")
    connection.close()
    assert f"{site.host} failed 5 times in a row" in examined(watching, 1)["sites"][0]["detail"]


def test_the_doctor_tries_channels_folders_and_mail(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "texts").mkdir()
    corrigenda.configure("[files]", 'folders = ["texts", "none"]')
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    found = examined(corrigenda, 1)
    assert [finding["level"] for finding in found["folders"]] == ["ok", "fail"]
    assert "mail.host" in found["mail"][0]["advice"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_the_doctor_sees_a_folder_that_may_not_be_read(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "texts").mkdir(mode=0)
    corrigenda.configure("[files]", 'folders = ["texts"]')
    assert levels(examined(corrigenda, 1)["folders"]) == {"fail"}
