"""Who may ask the API for what: every route, with a table of nobody, viewers, tokens to read and to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from monitor.web.access import Role
from monitor.web.api.route import Route
from monitor.web.api.routes import ROUTES
from storage.database import Database
from tests.web.asking import Program
from tests.web.newsroom import Newsroom
from tests.web.people import application, browser, csrf, log_in, somebody, token

OPERATIONS = [route for routes in ROUTES.values() for route in routes]

ROLES = {
    # Everybody with a token may read; what changes something, or tells of accounts, is for admins with the scope write.
    Role.ANYONE: {"/problems/{name}", "/schemas", "/schemas/{name}"},
    Role.ADMIN: {"/accounts", "/accounts/{account_id}", "/tokens", "/tokens/{token_id}"},
}
"""What is not simply as its method says: reading is for viewers, all else for admins."""
READING_BY_POST = {
    "/texts/facts", "/texts/compare", "/rules/rehearse", "/stories/proposals", "/stories/{story_id}/proposals",
}  # fmt: skip


def expected(route: Route) -> Role:
    if route.path in ROLES[Role.ANYONE]:
        return Role.ANYONE
    if route.path in ROLES[Role.ADMIN]:
        return Role.ADMIN
    return Role.VIEWER if route.method == "GET" or route.path in READING_BY_POST else Role.ADMIN


class House:
    """A newsroom with an admin and a viewer, and tokens of both."""

    def __init__(self, database: Database) -> None:
        admin, viewer = somebody(database, "eva"), somebody(database, "jo", "viewer")
        self.app = application(database)
        self.database = database
        self.tokens = {
            "wrong": "cor_" + "x" * 43,
            "viewer": token(database, viewer),
            "admin reads": token(database, admin),
            "admin writes": token(database, admin, "write"),
        }

    def program(self, who: str) -> Program:
        return Program(browser(self.app), self.tokens.get(who))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('house') / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    newsroom.refusals(newsroom.ferry())
    newsroom.feed("https://northern-wire.example/feed", title="Northern Wire")
    newsroom.beat()
    yield House(opened)
    opened.close()


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_has_its_role(house: House, route: Route) -> None:
    assert route.role == expected(route)
    # An id that is nowhere: whoever may ask is told so, or that the body is missing, and nothing changes.
    path = route.path.replace("{before}", "1").replace("{after}", "1").replace("{name}", "x")
    path = "/".join("999" if step.startswith("{") else step for step in path.split("/"))
    may = {"nobody": Role.ANYONE, "viewer": Role.VIEWER, "admin reads": Role.VIEWER, "admin writes": Role.ADMIN}
    for who, role in may.items():
        client = browser(house.app)
        headers = {"authorization": f"Bearer {house.tokens[who]}"} if who in house.tokens else {}
        status = client.request(route.method, f"/api/v1{path}", headers=headers, json=_nothing(route)).status_code
        if role >= route.role:
            assert status not in (401, 403), (who, route)
            assert status < 500
        else:
            assert status == (401 if who == "nobody" else 403), (who, route)
    wrong = browser(house.app).request(
        route.method, f"/api/v1{path}", headers={"authorization": f"Bearer {house.tokens['wrong']}"}
    )
    assert wrong.status_code == 401
    assert wrong.headers["content-type"] == "application/problem+json"
    assert "bearer" in wrong.headers["www-authenticate"].lower()


def _nothing(route: Route) -> object:
    return {} if route.method in ("POST", "PATCH") else None


def test_a_session_reads_and_changes_with_its_csrf_token(house: House) -> None:
    client = browser(house.app)
    assert log_in(client, "eva").status_code == 303
    assert client.get("/api/v1/articles").status_code == 200
    bare = client.patch("/api/v1/articles/1", json={"paused": True})
    assert bare.status_code == 403
    assert bare.headers["content-type"] == "application/problem+json"
    given = csrf(client, "/articles/1")
    assert client.patch("/api/v1/articles/1", json={"paused": True}, headers={"x-csrf-token": given}).status_code == 200
    foreign = {"x-csrf-token": given, "origin": "https://evil.example"}
    assert client.patch("/api/v1/articles/1", json={"paused": False}, headers=foreign).status_code == 403
    viewer = browser(house.app)
    log_in(viewer, "jo")
    given = csrf(viewer, "/account")
    assert viewer.delete("/api/v1/articles/1", headers={"x-csrf-token": given}).status_code == 403


def test_a_revoked_token_and_one_of_a_removed_account_are_nothing(house: House) -> None:
    admin = house.program("admin writes")
    made = admin.ask("POST", "/accounts", status=201, json={"name": "Robin", "role": "viewer"}).json()
    assert "/setup/" in made["setup"]
    mine = admin.ask("POST", "/tokens", status=201, json={"account_id": made["id"], "name": "report", "days": 3}).json()
    robin = Program(browser(house.app), mine["token"])
    robin.get("/articles")
    robin.ask("DELETE", "/articles/1", status=403)
    admin.ask("DELETE", f"/tokens/{mine['id']}", status=204)
    robin.ask("GET", "/articles", status=401)
    second = admin.ask("POST", "/tokens", status=201, json={"account_id": made["id"], "name": "report"}).json()
    admin.ask("DELETE", f"/accounts/{made['id']}", status=204)
    Program(browser(house.app), second["token"]).ask("GET", "/articles", status=401)
    admin.ask("POST", "/tokens", status=422, json={"account_id": made["id"], "name": "report"})


def test_a_token_for_feeds_is_listed_like_any_other(house: House) -> None:
    admin = house.program("admin writes")
    made = admin.ask("POST", "/tokens", status=201, json={"name": "reader", "scope": "feed"}).json()
    assert made["id"] in {one["id"] for one in admin.get("/tokens")["items"] if one["scope"] == "feed"}
    reader = Program(browser(house.app), made["token"])
    reader.ask("GET", "/articles", status=403)
    assert browser(house.app).get(f"/changes.atom?key={made['token']}").status_code == 200


@pytest.mark.parametrize("number", [2**53 + 1, 2**63, 10**30])
@pytest.mark.parametrize("name", ["article_id", "story_id"])
def test_ids_that_no_database_takes_are_refused_in_rules(house: House, name: str, number: int) -> None:
    admin = house.program("admin writes")
    admin.ask("POST", "/rules/rehearse", status=422, json={"condition": {name: number}})


def test_the_last_admin_stays(house: House) -> None:
    admin = house.program("admin writes")
    [eva] = [one for one in admin.get("/accounts")["items"] if one["name"] == "eva"]
    admin.ask("PATCH", f"/accounts/{eva['id']}", status=409, json={"role": "viewer"})
    admin.ask("DELETE", f"/accounts/{eva['id']}", status=409)
    admin.ask("POST", "/accounts", status=409, json={"name": "EVA"})


def test_no_answer_holds_a_secret(house: House) -> None:
    admin = house.program("admin writes")
    hook = admin.ask("POST", "/channels", status=201, json={"name": "hook", "address": "https://a.example/x"}).json()
    chat = {"name": "chat", "address": "slack://TOKENTOKEN/AAAAAAAAA/BBBBBBBBBB/cccccccccccccccccccccccc"}
    admin.ask("POST", "/channels", status=201, json=chat)
    assert hook["secret"].startswith("whsec_")
    renewed = admin.ask("POST", f"/channels/{hook['id']}/secret").json()["secret"]
    assert renewed != hook["secret"]
    secrets = [hook["secret"], renewed, *house.tokens.values(), "BBBBBBBBBB", "cccccccc", "$argon2"]
    for route in OPERATIONS:
        if route.method == "GET" and "{" not in route.path:
            text = admin.ask("GET", route.path).text
            assert not [secret for secret in secrets if secret in text], route.path
    assert admin.get(f"/channels/{hook['id']}").keys() >= {"name", "address"}
    assert "secret" not in admin.get(f"/channels/{hook['id']}")


def test_other_sites_do_not_read_it(house: House) -> None:
    answer = browser(house.app).get("/api/v1/articles", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    for method in ("OPTIONS", "TRACE"):
        asked = Program(browser(house.app), house.tokens["viewer"]).ask(method, "/articles", status=405)
        assert asked.headers["allow"] == "GET, HEAD, POST"


def test_without_accounts_this_machine_needs_no_token(client: TestClient) -> None:
    Program(client).ask("POST", "/articles", status=201, json={"url": "https://a.example/1"})
    Program(client, "cor_wrong").ask("GET", "/articles", status=401)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        Program(client).ask("POST", "/articles", status=403, json={"url": "https://a.example/2"}, headers=headers)
    form = {"content-type": "text/plain"}
    Program(client).ask("POST", "/articles", status=403, content='{"url": "https://a.example/3"}', headers=form)
    assert len(Program(client).get("/articles")["items"]) == 1


def test_where_a_webhook_leads_is_for_those_who_may_change_it(house: House) -> None:
    address = "https://hooks.example/services/T0/B0?key=s3cret"
    made = house.program("admin writes").ask("POST", "/channels", status=201, json={"name": "zap", "address": address})
    path = f"/channels/{made.json()['id']}"
    assert house.program("admin writes").ask("GET", path).json()["address"] == address
    for who in ("viewer", "admin reads"):
        assert house.program(who).ask("GET", path).json()["address"] == "https://hooks.example/…"
        assert "s3cret" not in house.program(who).ask("GET", "/channels").text
