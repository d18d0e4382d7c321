"""People who read the pages: accounts made for tests, browsers that log in, forms that are sent as a browser would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from monitor.config import Settings
from monitor.web import accounts
from monitor.web.app import create_app
from monitor.web.credentials import Passwords
from storage.database import Database

HERE = "http://127.0.0.1:8000"
PASSWORD = "a ferry, a toll, a notice"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""argon2id that costs next to nothing."""


def application(database: Database, settings: Settings | None = None, hasher: PasswordHasher = CHEAP) -> FastAPI:
    """The pages, with passwords that are judged quickly."""
    app = create_app(database, settings or Settings())
    app.state.house = replace(app.state.house, passwords=Passwords(hasher))
    return app


def somebody(database: Database, name: str, role: str = "admin", password: str = PASSWORD) -> int:
    """An account. Returns its id."""
    with database.write() as session:
        account = accounts.add_account(session, name, role, CHEAP.hash(password.encode()), now=datetime.now(UTC))
        assert account.id is not None
        return account.id


def token(database: Database, account_id: int, scope: str = "read", days: int | None = None) -> str:
    """A token of that account."""
    with database.write() as session:
        account = accounts.account_with_id(session, account_id)
        return accounts.add_token(session, account, "a test", scope, now=datetime.now(UTC), days=days)[1]


def browser(app: FastAPI, base_url: str = HERE, address: str = "192.0.2.7") -> TestClient:
    """A browser at that address, which nobody has logged in with."""
    return TestClient(
        app, base_url=base_url, client=(address, 50000), raise_server_exceptions=False, follow_redirects=False,
        headers={"accept": "text/html,*/*", "user-agent": "Test browser", "sec-fetch-site": "same-origin"},
    )  # fmt: skip


def submit(client: TestClient, page: str, action: str, **fields: str) -> Response:
    """Open a page and send its form for `action`, filled with `fields`."""
    return client.post(action, data={"csrf": csrf(client, page)} | fields)


def csrf(client: TestClient, page: str) -> str:
    """The token in the forms of a page."""
    answer = client.get(page)
    assert answer.status_code in (200, 400, 403, 429), (page, answer.status_code)
    return _Token(answer.text).value


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> Response:
    """Log in by the form."""
    return submit(client, "/login", "/login", name=name, password=password)


class _Token(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.value = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("name") == "csrf":
            self.value = given.get("value") or ""
