"""Who may ask what: every route, asked by everybody."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.routing import Mount

from monitor.config import Settings, Web
from monitor.web.access import GuardedRoute, check_guarded
from monitor.web.api.later import Later
from monitor.web.app import create_app
from monitor.web.credentials import digest, new_token
from monitor.web.recognition import SESSION_COOKIE
from storage import logins, tokens
from storage.database import Database
from tests.web.newsroom import Newsroom
from tests.web.people import HERE, application, browser, csrf, somebody, token
from tests.web.roles import Row, rows

ROWS = list(rows())
UNSAFE = [row for row in ROWS if row.unsafe and row.role != "link"]
RANK = {"anyone": 0, "viewer": 1, "admin": 2}


def name(row: Row) -> str:
    """For messages."""
    return f"{row.method} {row.path}"


@dataclass
class House:
    """A service with two accounts and tokens of every sort."""

    app: FastAPI
    database: Database
    admin: int
    viewer: int
    tokens: dict[str, str]

    def browser(self, account_id: int) -> TestClient:
        """A browser that is logged in."""
        cookie, now = new_token(), datetime.now(UTC)
        with self.database.write() as session:
            logins.begin(session, account_id, digest(cookie), now=now, expires_at=now + timedelta(hours=1), address="",
                         browser="")  # fmt: skip
        client = browser(self.app)
        client.cookies.set(SESSION_COOKIE, cookie)
        return client


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('roles') / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    newsroom.refusals(newsroom.ferry())
    newsroom.beat()
    admin, viewer = somebody(database, "Ada"), somebody(database, "Vic", "viewer")
    somebody(database, "Another admin")
    made = {"read": token(database, admin, "read"), "write": token(database, admin, "write"),
            "viewers": token(database, viewer), "revoked": token(database, admin, "write")}  # fmt: skip
    with database.write() as session:
        [row] = [each for each, _ in tokens.every(session) if each.token_hash == digest(made["revoked"])]
        tokens.revoke(session, row.id or 0, datetime.now(UTC))
    yield House(application(database), database, admin, viewer, made)
    database.close()


def ask(client: TestClient, row: Row, **headers: str | bytes) -> Response:
    """Ask a route for something that mostly is not there, so that little comes of it."""
    path = re.sub(r"\{[a-z_]+\}", "977", row.path)
    body = {"json": {}} if row.api and row.unsafe else {}
    return client.request(row.method, path, headers=headers, **body)  # type: ignore[arg-type]


def refused(answer: Response) -> bool:
    """Whether an answer turns somebody away, rather than answers."""
    login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
    judged = "do not fit" in answer.text  # a login that was looked at
    return (answer.status_code in (401, 403) and not judged) or (login and "done" not in answer.headers["location"])


def routes(app: FastAPI, prefix: str = "") -> Iterator[tuple[str, str]]:
    """All routes of an application, and of those mounted in it."""
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, Later):
            yield from routes(route.app.make(), prefix + route.path)
        elif isinstance(route, GuardedRoute):
            yield from ((method, prefix + route.path) for method in route.methods - {"HEAD"})


def test_every_route_has_a_row(house: House) -> None:
    assert sorted(set(routes(house.app))) == sorted({(row.method, row.path) for row in ROWS})


def test_a_route_without_a_role_keeps_the_application_from_starting(database: Database) -> None:
    def answer() -> str:
        return "open"

    app = create_app(database, Settings())
    app.add_api_route("/backdoor", answer)
    with pytest.raises(RuntimeError, match="backdoor"):
        check_guarded(app)
    hidden = create_app(database, Settings())
    router = APIRouter()
    router.add_api_route("/backdoor", answer)
    hidden.include_router(router, prefix="/api/v2")
    with pytest.raises(RuntimeError, match="has no role"):
        check_guarded(hidden)
    mounted = create_app(database, Settings())
    mounted.mount("/other", lambda scope, receive, send: None)  # type: ignore[arg-type,misc]
    with pytest.raises(RuntimeError, match="/other"):
        check_guarded(mounted)
    api = create_app(database, Settings()).state.api.make()
    api.add_api_route("/backdoor", answer)
    with pytest.raises(RuntimeError, match="backdoor"):
        check_guarded(api)


def test_anonymous(house: House) -> None:
    stranger = browser(house.app)
    proof = {"x-csrf-token": csrf(stranger, "/login")}
    wrong = []
    for row in ROWS:
        answer = ask(stranger, row, **(proof if row.unsafe else {}))
        if refused(answer) != (row.role in ("viewer", "admin")) or (row.api and "set-cookie" in answer.headers):
            wrong.append((name(row), answer.status_code))
        if refused(answer) and row.method == "GET" and answer.status_code != (401 if row.api else 303):
            wrong.append((name(row), answer.status_code))
    assert wrong == []
    assert ask(stranger, Row("GET", "/articles", "viewer"), accept="*/*").status_code == 401


@pytest.mark.parametrize("who", ["viewer", "admin"])
def test_logged_in(house: House, who: str) -> None:
    def log_in() -> tuple[TestClient, dict[str, str]]:
        client = house.browser(house.admin if who == "admin" else house.viewer)
        return client, {"x-csrf-token": csrf(client, "/account")}

    client, proof = log_in()
    wrong = []
    for row in ROWS:
        allowed = row.role == "link" or RANK[row.role] <= RANK[who]
        answer = ask(client, row, **(proof if row.unsafe else {}))
        if refused(answer) == allowed or answer.status_code >= 500 or (not allowed and answer.status_code != 403):
            wrong.append((name(row), answer.status_code))
        if "set-cookie" in answer.headers:
            client, proof = log_in()
    assert wrong == []


def test_wrong_tokens(house: House) -> None:
    client = house.browser(house.admin)
    for row in ROWS:
        answer = ask(client, row, authorization=f"Bearer {house.tokens['revoked']}")
        assert answer.status_code == 401, name(row)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_more_wrong_tokens(house: House) -> None:
    good = house.tokens["write"]
    basic = base64.b64encode(b"me:cor_wrong").decode()
    for row in (Row("GET", "/", "viewer"), Row("GET", "/api/v1/changes", "viewer"), Row("GET", "/health", "anyone")):
        for header in ("", "Bearer", "Bearer ", "Bearer a b", "Basic !!!", "Basic", f"Basic {basic}", "Digest x",
                       f"Bearer {good}x", f"Bearer {good[:-1]}", f"Bearer x{good}", f"Token {good}", good,
                       "Bearer " + "x" * 10_000, f"Bearer {digest(good)}", b"Bearer \xff"):  # fmt: skip
            assert ask(browser(house.app), row, authorization=header).status_code == 401, header


def test_a_feed_reader_sends_its_token_as_a_password(house: House) -> None:
    client = browser(house.app)
    basic = {which: "Basic " + base64.b64encode(f"anything:{house.tokens[which]}".encode()).decode()
             for which in ("read", "write")}  # fmt: skip
    assert ask(client, Row("GET", "/changes.atom", "viewer"), authorization=basic["read"]).status_code == 200
    # A browser would send it by itself, also when a page of an attacker asks: it changes nothing.
    for row in UNSAFE:
        assert ask(client, row, authorization=basic["write"]).status_code == 401


@pytest.mark.parametrize(("which", "rank"), [("read", 1), ("viewers", 1), ("write", 2)])
def test_tokens(house: House, which: str, rank: int) -> None:
    client = browser(house.app)
    wrong = []
    for row in ROWS:
        answer = ask(client, row, authorization=f"Bearer {house.tokens[which]}")
        forms = row.unsafe and not row.api
        barred = row.role != "link" and (RANK[row.role] > rank or forms)
        if refused(answer) != barred or answer.status_code >= 500 or "set-cookie" in answer.headers:
            wrong.append((name(row), answer.status_code))
    assert wrong == []


@pytest.fixture(scope="module")
def open_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A service without accounts."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('open') / 'corrigenda.db'}")
    yield application(database)
    database.close()


def test_open_mode(open_app: FastAPI) -> None:
    client = browser(open_app)
    proof = {"x-csrf-token": csrf(client, "/stories")}
    assert proof["x-csrf-token"]
    wrong = []
    for row in ROWS:
        given = proof if row.unsafe and not row.api else {}
        if refused(answer := ask(client, row, **given)):
            wrong.append((name(row), answer.status_code))
        if row.unsafe and row.role != "link":
            foreign = [{**given, "origin": "https://evil.example"}, {**given, "sec-fetch-site": "cross-site"}]
            wrong += [(name(row), str(headers)) for headers in [*foreign, *([] if row.api else [{}])]
                      if ask(client, row, **headers).status_code != 403]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(
    ("base_url", "headers", "status"),
    [
        ("http://news.example", {}, 400),  # DNS rebinding: a name of the attacker that leads here
        ("http://127.0.0.1.news.example:8000", {}, 400),
        (HERE, {"x-forwarded-for": "198.51.100.1"}, 403),
        (HERE, {"forwarded": "for=198.51.100.1"}, 403),
        (HERE, {"x-forwarded-host": "news.example"}, 403),
        (HERE, {"via": "1.1 proxy"}, 403),
        ("https://public.example", {}, 403),
        ("http://desk.example", {}, 403),
        ("http://localhost:8000", {}, 200),
        ("http://[::1]:8000", {}, 200),
    ],
)
def test_open_mode_is_for_this_machine_only(
    database: Database, base_url: str, headers: dict[str, str], status: int
) -> None:
    app = application(database, Settings(web=Web(public_url="https://public.example", hosts=["desk.example"])))
    for path in ("/", "/settings", "/setup", "/health", "/metrics", "/api/v1/changes", "/login"):
        answer = browser(app, base_url).get(path, headers={"accept": "text/html", **headers})
        assert (answer.status_code == status) or (status == 200 and answer.status_code in (303, 503)), path
        assert status != 403 or "corrigenda account add" in answer.text


def test_without_accounts_another_address_than_loopback_is_not_answered(database: Database) -> None:
    app = application(database, Settings(web=Web(host="192.0.2.1")))
    for base_url in (HERE, "http://192.0.2.1:8000"):
        answer = browser(app, base_url).get("/")
        assert (answer.status_code, "corrigenda account add" in answer.text) == (403, True)


def test_forms_do_not_reach_the_api_in_open_mode(open_app: FastAPI) -> None:
    client = browser(open_app)
    del client.headers["sec-fetch-site"]  # an old browser
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "Text/Plain; a=b",
    ):
        answer = client.post("/api/v1/texts/facts", content=b'{"text":"x"}', headers={"content-type": kind})
        assert answer.status_code == 403, kind
    assert client.post("/api/v1/texts/facts", json={"text": "x"}, headers={"origin": "null"}).status_code == 403
    assert client.post("/api/v1/texts/facts", json={"text": "At least 17 people died."}).status_code == 200


def test_what_changes_something_must_be_meant(house: House) -> None:
    client, other = house.browser(house.admin), house.browser(house.admin)
    proof, others = csrf(client, "/account"), csrf(other, "/account")
    for row in UNSAFE:
        for headers in (
            {}, {"x-csrf-token": others}, {"x-csrf-token": proof, "sec-fetch-site": "cross-site"},
            {"x-csrf-token": proof, "origin": "https://evil.example"},
        ):  # fmt: skip
            assert ask(client, row, **headers).status_code == 403, (name(row), headers)


def test_more_that_was_not_meant(house: House) -> None:
    client = house.browser(house.admin)
    proof = csrf(client, "/account")
    row = Row("POST", "/settings/accounts", "admin")
    for headers in (
        {"x-csrf-token": ""}, {"x-csrf-token": "0" * 64}, {"x-csrf-token": csrf(browser(house.app), "/login")},
        {"x-csrf-token": proof[:-1]}, {"x-csrf-token": proof.upper()}, {"x-csrf-token": b"\xe9" * 64},
        {"x-csrf-token": proof, "sec-fetch-site": "same-site"}, {"x-csrf-token": proof, "sec-fetch-site": "nonsense"},
        {"x-csrf-token": proof, "origin": "https://evil.example"},
        {"x-csrf-token": proof, "origin": "http://127.0.0.1:8001"},
        {"x-csrf-token": proof, "origin": "http://127.0.0.1:8000.evil.example"},
        {"x-csrf-token": proof, "origin": "http://127.0.0.1:8000@evil.example"},
        {"x-csrf-token": proof, "origin": "http://[::1"},
    ):  # fmt: skip
        assert ask(client, row, **headers).status_code == 403, headers
