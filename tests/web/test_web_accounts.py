"""Logging in and out, one-time links, one's own account, and the accounts of others: as people and attackers do it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import delete, update
from sqlmodel import col, select

from monitor.config import Settings, Web
from monitor.web import accounts as people
from monitor.web.accounts import add_link
from monitor.web.credentials import digest
from monitor.web.logging_in import PER_ADDRESS, PER_ADDRESS_AND_NAME, PER_NAME, WINDOW
from monitor.web.security import BODY, BODY_OF_STRANGERS
from storage import accounts, logins
from storage.database import Database
from storage.tables import Account, ApiToken, LoginAttempt, LoginSession, SetupLink
from tests.web.people import CHEAP, HERE, PASSWORD, application, browser, csrf, log_in, somebody, submit, token
from tests.web.reading import Page

WRONG = "this is not the password"
OTHER = "seven wet umbrellas"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all tests here, as making the pages anew for each takes long."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('accounts') / 'corrigenda.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pages(kept: Database) -> FastAPI:
    """The pages on it."""
    return application(kept)


@pytest.fixture
def database(kept: Database) -> Database:
    """That database, without people."""
    with kept.write() as session:
        for table in (LoginSession, LoginAttempt, ApiToken, SetupLink, Account):
            session.execute(delete(table))
    return kept


@pytest.fixture
def app(pages: FastAPI, database: Database) -> FastAPI:
    """Pages with an admin, Ada, and a viewer, Vic."""
    somebody(database, "Ada")
    somebody(database, "Vic", "viewer")
    return pages


@pytest.fixture
def ada(app: FastAPI) -> TestClient:
    """Ada's browser."""
    client = browser(app)
    assert log_in(client, "Ada").status_code == 303
    return client


def later(database: Database, by: timedelta) -> None:
    """All attempts and sessions were so much earlier."""
    with database.write() as session:
        for row in session.exec(select(LoginAttempt)):
            row.tried_at -= by
        for begun in session.exec(select(LoginSession)):
            begun.last_used_at -= by
            begun.expires_at -= by


# Logging in


def test_log_in_and_out(app: FastAPI, database: Database) -> None:
    client = browser(app)
    asked = client.get("/articles?q=ferry&page=1")
    assert asked.headers["location"] == "/login?next=/articles%3Fq%3Dferry%26page%3D1"
    form = client.get(asked.headers["location"])
    assert Page(form.text).faults == []
    assert 'value="/articles?q=ferry&amp;page=1"' in form.text
    answer = submit(client, "/login", "/login", name="ada", password=PASSWORD, next="/articles?q=ferry&page=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/articles?q=ferry&page=1")
    home = client.get("/")
    assert "Ada" in Page(home.text).text
    cookie = client.cookies["corrigenda"]
    with database.read() as session:
        [kept] = session.exec(select(LoginSession)).all()
    assert kept.token_hash == digest(cookie) != cookie
    assert kept.address == "192.0.2.7"
    assert kept.browser == "Test browser"
    out = submit(client, "/", "/logout")
    assert out.headers["location"] == "/login?done=logged-out"
    assert out.headers["clear-site-data"] == '"cache"'
    assert "You are logged out." in client.get(out.headers["location"]).text
    stolen = browser(app)
    stolen.cookies.set("corrigenda", cookie)
    assert stolen.get("/").status_code == 303


@pytest.mark.parametrize("written", ["ada", "ADA", " Ada  ", "Ａｄａ"])
def test_names_are_compared_by_what_they_look_like(app: FastAPI, written: str) -> None:
    assert log_in(browser(app), written).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ada", WRONG), ("Ada", ""), ("", ""), ("Nobody", PASSWORD), ("Ada", PASSWORD + " "), ("Ada", PASSWORD.upper()),
     ("Ada", "\x00"), ("Ada\x00", PASSWORD), ("' OR 1=1 --", PASSWORD), ("Vic\udcff", PASSWORD), ("Ada", "\ud800"),
     ("Ada", "x" * 50_000), ("x" * 50_000, PASSWORD), ("%00", "%ED%A0%80")],
)  # fmt: skip
def test_a_wrong_name_and_a_wrong_password_read_the_same(app: FastAPI, name: str, password: str) -> None:
    client = browser(app)
    fields = {"csrf": csrf(client, "/login"), "name": name, "password": password}
    body = urlencode(fields, errors="surrogatepass")
    answer = client.post("/login", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 403
    assert "This name and password do not fit." in answer.text
    assert "corrigenda=" not in answer.headers.get("set-cookie", "")
    assert PASSWORD not in answer.text


class Counting(PasswordHasher):
    """argon2id that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.compared: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes, *args: Any, **more: Any) -> Any:
        self.compared.append(hash if isinstance(hash, str) else hash.decode())
        return super().verify(hash, password, *args, **more)


def test_an_unknown_name_is_as_much_work_as_a_known_one(database: Database) -> None:
    somebody(database, "Ada")
    with database.write() as session:
        people.add_account(session, "Invited", "viewer", None, now=datetime.now(UTC))
    hasher = Counting()
    app = application(database, hasher=hasher)
    for name in ("Ada", "Nobody", "Invited"):
        before = len(hasher.compared)
        assert log_in(browser(app), name, WRONG).status_code == 403
        [compared] = hasher.compared[before:]
        assert extract_parameters(compared) == extract_parameters(CHEAP.hash(b"x"))
    assert len(set(hasher.compared)) == 3


def test_a_hash_with_weaker_parameters_is_made_anew(database: Database) -> None:
    ada = somebody(database, "Ada")
    app = application(database, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert log_in(browser(app), "Ada").status_code == 303
    with database.read() as session:
        account = accounts.by_id(session, ada)
    assert account is not None
    assert account.password_hash is not None
    assert extract_parameters(account.password_hash).time_cost == 2
    assert log_in(browser(app), "Ada").status_code == 303


def test_a_login_takes_no_session_that_somebody_else_has_chosen(app: FastAPI, database: Database) -> None:
    client = browser(app)
    client.cookies.set("corrigenda", "chosen-by-an-attacker")
    assert log_in(client, "Ada").status_code == 303
    attacker = browser(app)
    attacker.cookies.set("corrigenda", "chosen-by-an-attacker")
    assert attacker.get("/").status_code == 303
    mallory = browser(app)
    log_in(mallory, "Vic")
    victim = browser(app)
    planted = mallory.cookies["corrigenda"]
    victim.cookies.set("corrigenda", planted)
    answer = victim.post("/login", data={"csrf": csrf(mallory, "/"), "name": "Ada", "password": PASSWORD})
    assert answer.status_code == 303
    assert mallory.get("/").status_code == 303  # the session that was planted has ended


def test_a_login_form_of_another_browser_is_refused(app: FastAPI) -> None:
    mallory, victim = browser(app), browser(app)
    victim.get("/login")
    answer = victim.post("/login", data={"csrf": csrf(mallory, "/login"), "name": "Vic", "password": PASSWORD})
    assert answer.status_code == 403
    assert "corrigenda=" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "evil.example", "/\t/evil.example", "/\n/evil.example", "///evil.example", "http:evil.example", "/x\r\nX: y", "",
     "//[::1", "https:/evil.example", " //evil.example", "/é", "\x00/", "@evil.example"],
)  # fmt: skip
def test_a_login_leads_to_no_other_site(app: FastAPI, target: str) -> None:
    client = browser(app)
    answer = submit(client, "/login", "/login", name="Ada", password=PASSWORD, next=target)
    assert answer.headers["location"] == "/"
    assert client.get("/login", params={"next": target}).headers["location"] == "/"


# Cookies


def test_cookies_by_http(ada: TestClient) -> None:
    cookies = log_in(browser(ada.app), "Ada").headers.get_list("set-cookie")  # type: ignore[arg-type]
    assert [cookie.split("=")[0] for cookie in cookies] == ["corrigenda", "corrigenda_browser"]
    for cookie in cookies:
        flags = {part.strip().lower().split("=")[0]: part for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite", "path", "max-age"} == set(flags)
        assert flags["samesite"].strip().lower() == "samesite=lax"


def test_cookies_by_https(database: Database) -> None:
    somebody(database, "Ada")
    settings = Settings(web=Web(public_url="https://news.example"))
    client = browser(application(database, settings), "https://news.example")
    answer = log_in(client, "Ada")
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-corrigenda")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie.lower()
    assert client.get("/").status_code == 200
    assert client.get("/").headers["strict-transport-security"] == "max-age=31536000"
    plain = browser(application(database, settings), "https://news.example")
    plain.cookies.set("corrigenda", client.cookies["__Host-corrigenda"])
    assert plain.get("/").status_code == 303  # without the prefix anybody on the way may have set it
    assert submit(client, "/account", "/logout").status_code == 303
    # Behind a proxy that asks under a name of its own, Origin still is the public one.
    near = browser(application(database, settings), HERE)
    proof = csrf(near, "/login")
    fields = {"csrf": proof, "name": "Ada", "password": PASSWORD}
    assert near.post("/login", data=fields, headers={"origin": "https://news.example"}).status_code == 303
    assert near.post("/login", data=fields, headers={"origin": "http://news.example"}).status_code == 403


def test_no_hsts_by_http(ada: TestClient) -> None:
    assert "strict-transport-security" not in ada.get("/").headers
    forwarded = ada.get("/", headers={"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.1"})
    assert forwarded.status_code == 200
    assert "strict-transport-security" not in forwarded.headers


def test_only_trusted_proxies_say_who_asks(database: Database) -> None:
    somebody(database, "Ada")
    settings = Settings(web=Web(trusted_proxies=["192.0.2.7", "10.0.0.0/8"]))
    client = browser(application(database, settings), "https://127.0.0.1")
    client.headers.update({"x-forwarded-for": "203.0.113.9, 198.51.100.1, 10.1.2.3", "x-forwarded-proto": "https"})
    assert log_in(client, "Ada").headers["set-cookie"].startswith("__Host-")
    assert "strict-transport-security" in client.get("/").headers
    with database.read() as session:
        [kept] = session.exec(select(LoginSession)).all()
    assert kept.address == "198.51.100.1"  # and not what a stranger wrote before it


# Sessions


def test_sessions_end(app: FastAPI, database: Database, ada: TestClient) -> None:
    later(database, timedelta(days=2))
    assert ada.get("/").status_code == 200  # and its use is noted
    later(database, timedelta(days=2))
    assert ada.get("/").status_code == 200
    later(database, timedelta(days=4))
    assert ada.get("/").status_code == 303  # not used for too long
    assert log_in(ada, "Ada").status_code == 303
    with database.write() as session:
        session.execute(update(LoginSession).values(expires_at=datetime.now(UTC)))
    assert ada.get("/").status_code == 303  # too long altogether


def test_a_password_change_ends_all_other_sessions_and_goes_on_under_a_new_one(app: FastAPI, ada: TestClient) -> None:
    other = browser(app)
    log_in(other, "Ada")
    before = ada.cookies["corrigenda"]
    wrong = submit(ada, "/account", "/account/password", current=WRONG, password=OTHER, again=OTHER)
    assert "The current password is another." in Page(wrong.text).text
    unequal = submit(ada, "/account", "/account/password", current=PASSWORD, password=OTHER, again=WRONG)
    assert "not the same" in Page(unequal.text).text
    short = submit(ada, "/account", "/account/password", current=PASSWORD, password="short", again="short")
    assert (short.status_code, "at least 12" in short.text) == (400, True)
    assert other.get("/").status_code == 200
    answer = submit(ada, "/account", "/account/password", current=PASSWORD, password=OTHER, again=OTHER)
    assert answer.headers["location"] == "/account?done=password"
    assert "The password is changed." in ada.get("/account?done=password").text
    assert ada.cookies["corrigenda"] != before
    assert other.get("/").status_code == 303
    assert log_in(other, "Ada").status_code == 403
    assert log_in(other, "Ada", OTHER).status_code == 303


def test_guessing_the_current_password_is_limited(ada: TestClient) -> None:
    proof = csrf(ada, "/account")
    fields = {"csrf": proof, "password": OTHER, "again": OTHER}
    for _ in range(10):
        assert "is another" in ada.post("/account/password", data=fields | {"current": WRONG}).text
    assert "Too many attempts" in ada.post("/account/password", data=fields | {"current": PASSWORD}).text


def test_ending_ones_other_sessions(app: FastAPI, database: Database, ada: TestClient) -> None:
    others = [browser(app) for _ in range(3)]
    for other in others:
        log_in(other, "Ada")
    vic = browser(app)
    log_in(vic, "Vic")
    with database.read() as session:
        ids = {row.token_hash: row.id for row in session.exec(select(LoginSession))}
    page = ada.get("/account")
    assert Page(page.text).faults == []
    first = ids[digest(others[0].cookies["corrigenda"])]
    assert submit(vic, "/account", f"/account/sessions/{first}/end").status_code == 303
    assert others[0].get("/").status_code == 200  # it is not Vic's
    submit(ada, "/account", f"/account/sessions/{first}/end")
    assert [other.get("/").status_code for other in others] == [303, 200, 200]
    submit(ada, "/account", "/account/sessions/end")
    assert [other.get("/").status_code for other in others] == [303, 303, 303]
    assert (ada.get("/").status_code, vic.get("/").status_code) == (200, 200)


# The limit


def test_attempts_are_limited_and_a_restart_does_not_help(app: FastAPI, database: Database) -> None:
    client = browser(app)
    for _ in range(PER_ADDRESS_AND_NAME):
        assert log_in(client, "Ada", WRONG).status_code == 403
    for asked in (client, browser(application(database))):  # another process on the same database
        answer = log_in(asked, "ADA")
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= WINDOW.total_seconds() + 1
        assert "Try again in 15 minutes, at " in Page(answer.text).text
    # Another name is counted by itself, and so is another address.
    assert log_in(browser(app), "Vic").status_code == 303
    assert log_in(browser(app, address="192.0.2.8"), "Ada").status_code == 303
    later(database, WINDOW)
    assert log_in(client, "Ada").status_code == 303


def test_refused_attempts_are_not_counted(app: FastAPI, database: Database) -> None:
    client = browser(app)
    for _ in range(PER_ADDRESS_AND_NAME + 5):
        log_in(client, "Ada", WRONG)
    with database.read() as session:
        counted = session.exec(select(LoginAttempt).where(col(LoginAttempt.bucket).startswith("name:"))).all()
        assert len(counted) == PER_ADDRESS_AND_NAME
        assert not any("ada" in row.bucket for row in counted)


def test_an_address_is_limited_over_all_names(app: FastAPI) -> None:
    client = browser(app)
    for number in range(PER_ADDRESS):
        assert log_in(client, f"name {number}", WRONG).status_code == 403
    assert log_in(client, "Ada").status_code == 429
    assert log_in(browser(app, address="192.0.2.8"), "Ada").status_code == 303


def test_addresses_of_one_customer_are_one(app: FastAPI) -> None:
    for number in range(PER_ADDRESS_AND_NAME):
        log_in(browser(app, address=f"2001:db8:1:2::{number}"), "Ada", WRONG)
    assert log_in(browser(app, address="2001:db8:1:2:ffff::1"), "Ada").status_code == 429
    assert log_in(browser(app, address="2001:db8:1:3::1"), "Ada").status_code == 303


def test_strangers_do_not_lock_an_admin_out(app: FastAPI, ada: TestClient) -> None:
    for number in range(PER_NAME):
        log_in(browser(app, address=f"198.51.100.{number}"), "Ada", WRONG)
    assert log_in(browser(app, address="203.0.113.1"), "Ada").status_code == 429
    submit(ada, "/", "/logout")
    assert log_in(ada, "Ada").status_code == 303  # this browser has logged in before
    mark = ada.cookies["corrigenda_browser"]
    forger = browser(app, address="203.0.113.2")
    forger.cookies.set("corrigenda_browser", mark[:-2] + "xx")
    assert log_in(forger, "Ada").status_code == 429
    thief = browser(app, address="203.0.113.3")
    thief.cookies.set("corrigenda_browser", mark)
    codes = [log_in(thief, "Ada", WRONG).status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]  # a stolen mark is worth ten guesses


def test_many_attempts_at_once_are_no_more_than_the_limit(app: FastAPI) -> None:
    client = browser(app)
    proof = csrf(client, "/login")
    codes: list[int] = []

    def guess() -> None:
        guesser = browser(app)
        guesser.cookies.update(client.cookies)
        codes.append(guesser.post("/login", data={"csrf": proof, "name": "Ada", "password": WRONG}).status_code)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [403] * PER_ADDRESS_AND_NAME + [429] * (12 - PER_ADDRESS_AND_NAME)


# One-time links


@pytest.fixture
def first_link(database: Database) -> str:
    """The link that a service without accounts writes to its log."""
    with database.write() as session:
        return add_link(session, None, now=datetime.now(UTC))


def test_the_first_admin_comes_by_the_link_once(database: Database, first_link: str) -> None:
    app = application(database)
    client = browser(app)
    form = client.get(first_link)
    assert Page(form.text).faults == []
    assert client.get(first_link).status_code == 200  # looking uses nothing up
    unequal = submit(client, first_link, first_link, name="Ada", password=PASSWORD, again=PASSWORD + "!")
    assert (unequal.status_code, "not the same" in unequal.text) == (400, True)
    short = submit(client, first_link, first_link, name="Ada", password="short", again="short")
    assert (short.status_code, "at least 12" in short.text) == (400, True)
    strange = submit(client, first_link, first_link, name="<b>", password=PASSWORD, again=PASSWORD)
    assert (strange.status_code, "<b>" in strange.text) == (400, False)
    made = submit(client, first_link, first_link, name="Ada", password=PASSWORD, again=PASSWORD)
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert client.get("/settings").status_code == 200
    assert browser(app).get("/").status_code == 303
    for again in (client, browser(app)):
        assert again.get(first_link).status_code == 404
        proof = {"x-csrf-token": csrf(again, "/account" if again is client else "/login")}
        taken = {"name": "Eve", "password": PASSWORD, "again": PASSWORD}
        assert again.post(first_link, data=taken, headers=proof).status_code == 404
    with database.read() as session:
        assert [account.name for account in accounts.every(session)] == ["Ada"]


def test_of_two_who_use_a_link_at_once_one_wins(database: Database, first_link: str) -> None:
    app = application(database)
    browsers = {name: browser(app) for name in ("Ada", "Eve")}
    proofs = {name: csrf(client, first_link) for name, client in browsers.items()}
    codes: dict[str, int] = {}

    def choose(name: str) -> None:
        fields = {"csrf": proofs[name], "name": name, "password": PASSWORD, "again": PASSWORD}
        codes[name] = browsers[name].post(first_link, data=fields).status_code

    threads = [threading.Thread(target=choose, args=(name,)) for name in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes.values())[0] == 303
    assert sorted(codes.values())[1] in (400, 403, 404)
    with database.read() as session:
        assert len(accounts.every(session)) == 1


def test_a_link_is_over_after_a_day_or_when_there_is_a_newer_one(database: Database, first_link: str) -> None:
    client = browser(application(database))
    with database.write() as session:
        second = add_link(session, None, now=datetime.now(UTC))
    assert (client.get(first_link).status_code, client.get(second).status_code) == (404, 200)
    with database.write() as session:
        session.execute(update(SetupLink).values(expires_at=datetime.now(UTC)))
    assert client.get(second).status_code == 404
    for wrong in ("/setup/x", "/setup/%00", "/setup/" + "x" * 200, "/setup/%ed%a0%80", "/setup/..%2f..%2fetc"):
        assert client.get(wrong).status_code == 404


def test_the_first_link_is_over_once_there_is_an_account(database: Database, first_link: str) -> None:
    somebody(database, "Ada")
    assert browser(application(database)).get(first_link).status_code == 404


def test_a_link_in_the_database_is_no_link(database: Database, first_link: str) -> None:
    with database.read() as session:
        [kept] = session.exec(select(SetupLink)).all()
    assert kept.token_hash == digest(first_link.removeprefix("/setup/"))
    assert browser(application(database)).get(f"/setup/{kept.token_hash}").status_code == 404


# Accounts of others


def link_in(text: str) -> str:
    """The link that a page shows once, as a path."""
    return "/setup/" + text.split('value="http')[1].split("/setup/")[1].split('"')[0]


def test_an_admin_adds_somebody_who_chooses_a_password(app: FastAPI, ada: TestClient) -> None:
    answer = submit(ada, "/settings", "/settings/accounts", name="Zoë Müller", role="viewer")
    assert answer.status_code == 200
    assert Page(answer.text).faults == []
    link = link_in(answer.text)
    zoe = browser(app)
    assert log_in(zoe, "Zoë Müller", "").status_code == 403
    assert "Zoë Müller" in zoe.get(link).text
    chosen = submit(zoe, link, link, name="ignored", password=OTHER, again=OTHER)
    assert chosen.status_code == 303
    assert zoe.get("/").status_code == 200
    assert zoe.get("/settings").status_code == 403
    assert log_in(browser(app), "ZOË MÜLLER", OTHER).status_code == 303
    assert "Zoë Müller" in ada.get("/settings").text


@pytest.mark.parametrize(
    "name", ["Ada", "ADA", "ａｄａ", "", " ", "x" * 65, "a\x00b", "a\u202eb", "a\nb<script>", "🙂", "-", "a\u200bb"]
)
def test_names_that_are_taken_or_none(ada: TestClient, database: Database, name: str) -> None:
    answer = submit(ada, "/settings", "/settings/accounts", name=name, role="viewer")
    assert answer.status_code == 400
    assert Page(answer.text).faults == []
    with database.read() as session:
        assert len(accounts.every(session)) == 2


def test_unknown_roles_and_accounts(ada: TestClient) -> None:
    for action, fields in (
        ("/settings/accounts", {"name": "Bo", "role": "root"}), ("/settings/accounts/1/role", {"role": "root"}),
        ("/settings/accounts/1/role", {}), ("/settings/accounts/99/role", {"role": "viewer"}),
        ("/settings/accounts/99/reset", {}), ("/settings/accounts/99/remove", {}), ("/settings/tokens/99/revoke", {}),
    ):  # fmt: skip
        assert submit(ada, "/settings", action, **fields).status_code == 400, action
    assert submit(ada, "/settings", "/settings/accounts/0/remove").status_code == 404
    assert submit(ada, "/settings", f"/settings/accounts/{2**70}/remove").status_code == 404


def test_the_last_admin_stays(ada: TestClient, app: FastAPI, database: Database) -> None:
    for action, fields in (("role", {"role": "viewer"}), ("remove", {}), ("reset", {})):
        assert submit(ada, "/settings", f"/settings/accounts/1/{action}", **fields).status_code == 400
    # An admin who has not chosen a password yet could not help.
    submit(ada, "/settings", "/settings/accounts", name="Invited", role="admin")
    assert submit(ada, "/settings", "/settings/accounts/1/remove").status_code == 400
    assert submit(ada, "/settings", "/settings/accounts/2/role", role="admin").status_code == 303
    assert submit(ada, "/settings", "/settings/accounts/1/remove").status_code == 303
    assert ada.get("/").status_code == 303  # the sessions went with the account
    with database.read() as session:
        assert [account.name for account in accounts.every(session)] == ["Invited", "Vic"]


def test_two_admins_do_not_remove_each_other(app: FastAPI, database: Database, ada: TestClient) -> None:
    bea = browser(app)
    bea_id = somebody(database, "Bea")
    log_in(bea, "Bea")
    forms = [(ada, f"/settings/accounts/{bea_id}/remove", csrf(ada, "/settings")),
             (bea, "/settings/accounts/1/remove", csrf(bea, "/settings"))]  # fmt: skip
    threads = [
        threading.Thread(target=client.post, args=(action,), kwargs={"data": {"csrf": proof}})
        for client, action, proof in forms
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert [account.role for account in accounts.every(session)].count("admin") == 1


def test_a_new_role_holds_at_once(app: FastAPI, ada: TestClient) -> None:
    vic = browser(app)
    log_in(vic, "Vic")
    assert vic.get("/settings").status_code == 403
    submit(ada, "/settings", "/settings/accounts/2/role", role="admin")
    assert vic.get("/settings").status_code == 200
    submit(ada, "/settings", "/settings/accounts/2/role", role="viewer")
    assert vic.get("/settings").status_code == 403


def test_a_reset_ends_everything_until_the_link_is_used(app: FastAPI, ada: TestClient) -> None:
    vic = browser(app)
    log_in(vic, "Vic")
    link = link_in(submit(ada, "/settings", "/settings/accounts/2/reset").text)
    assert vic.get("/").status_code == 303
    assert log_in(vic, "Vic").status_code == 403
    assert submit(vic, link, link, password=OTHER, again=OTHER).status_code == 303
    assert vic.get(link).status_code == 404
    assert log_in(browser(app), "Vic", OTHER).status_code == 303
    own = submit(ada, "/settings", "/settings/accounts/1/reset")
    assert (own.status_code, "your account" in own.text) == (400, True)


# Tokens


def test_a_token_is_shown_once_and_kept_as_a_hash(app: FastAPI, ada: TestClient, database: Database) -> None:
    answer = submit(ada, "/account", "/account/tokens", name="archive <b>", scope="read", days="30")
    assert answer.status_code == 200
    assert Page(answer.text).faults == []
    made = answer.text.split('value="cor_')[1].split('"')[0]
    program = browser(app)
    headers = {"authorization": f"Bearer cor_{made}"}
    assert program.get("/", headers=headers).status_code == 200
    page = ada.get("/account")
    assert made not in page.text
    assert "archive &lt;b&gt;" in page.text
    with database.read() as session:
        [kept] = session.exec(select(ApiToken)).all()
    assert kept.token_hash == digest(f"cor_{made}")
    assert kept.last_used_at is not None
    with database.write() as session:
        session.execute(update(ApiToken).values(expires_at=datetime.now(UTC)))
    assert program.get("/", headers=headers).status_code == 401
    with database.write() as session:
        session.execute(update(ApiToken).values(expires_at=None))
    assert program.get("/", headers=headers).status_code == 200
    assert submit(ada, "/account", "/account/tokens/1/revoke").status_code == 303
    assert program.get("/", headers=headers).status_code == 401


def test_a_viewer_makes_tokens_that_read(app: FastAPI, database: Database) -> None:
    vic = browser(app)
    log_in(vic, "Vic")
    refused = submit(vic, "/account", "/account/tokens", name="x", scope="write")
    assert (refused.status_code, "viewer" in Page(refused.text).text) == (400, True)
    assert submit(vic, "/account", "/account/tokens", name="x", scope="read").status_code == 200
    of_ada = token(database, 1, "write")
    assert submit(vic, "/account", "/account/tokens/2/revoke").status_code == 400
    assert browser(app).get("/", headers={"authorization": f"Bearer {of_ada}"}).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": " "}, {"name": "x" * 101}, {"name": "\x00"}, {"name": "x", "scope": "root"},
     {"name": "x", "days": "0"}, {"name": "x", "days": "-1"}, {"name": "x", "days": "9" * 30},
     {"name": "x", "days": "1.5"}, {"name": "x", "days": "99999"}],
)  # fmt: skip
def test_tokens_that_are_none(ada: TestClient, database: Database, fields: dict[str, str]) -> None:
    answer = submit(ada, "/account", "/account/tokens", **fields)
    assert answer.status_code == 400
    assert Page(answer.text).faults == []
    with database.read() as session:
        assert session.exec(select(ApiToken)).all() == []


def test_a_write_token_of_somebody_who_became_a_viewer_only_reads(app: FastAPI, database: Database) -> None:
    bea = somebody(database, "Bea")
    headers = {"authorization": f"Bearer {token(database, bea, 'write')}"}
    program = browser(app)
    assert program.get("/settings", headers=headers).status_code == 200
    with database.write() as session:
        people.change_role(session, people.account_with_id(session, bea), "viewer")
    assert program.get("/settings", headers=headers).status_code == 403
    with database.write() as session:
        people.remove_account(session, people.account_with_id(session, bea))
    assert program.get("/", headers=headers).status_code == 401


# What is too much


@pytest.mark.parametrize("size", [BODY_OF_STRANGERS + 1, 2**20])
def test_strangers_send_little(app: FastAPI, size: int) -> None:
    client = browser(app)
    proof = csrf(client, "/login")
    answer = client.post("/login", data={"csrf": proof, "name": "Ada", "password": "x" * size})
    assert answer.status_code == 413
    chunks: Iterator[bytes] = (b"x" * 8192 for _ in range(size // 8192 + 2))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=chunks, headers=kind).status_code == 413
    lying = kind | {"content-length": "9" * 30}
    assert client.post("/login", content=b"", headers=lying).status_code == 413
    api = client.post("/api/v1/texts/facts", content=b"x" * size)
    assert api.status_code == 413
    assert api.headers["content-type"] == "application/problem+json"


def test_files_for_everybody_take_no_bodies(app: FastAPI) -> None:
    answer = browser(app).post("/static/style.css", content=b"x" * (BODY_OF_STRANGERS + 1))
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (413, "nosniff")


def test_nobody_sends_without_bound(ada: TestClient) -> None:
    proof = csrf(ada, "/account")
    long = {"csrf": proof, "current": PASSWORD, "password": "x" * 2**20, "again": "x" * 2**20}
    answer = ada.post("/account/password", data=long)
    assert (answer.status_code, "at most 1,024" in answer.text) == (400, True)
    many = {"csrf": proof} | {f"f{number}": "x" for number in range(30_000)}
    assert ada.post("/account/password", data=many).status_code == 400
    files = {f"f{number}": ("x", b"x") for number in range(30)}
    assert ada.post("/account/password", data={"csrf": proof}, files=files).status_code == 400
    assert ada.post("/account/password", content=b"x" * (BODY + 1)).status_code == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--\r\n"),
     ("multipart/form-data; boundary=x", b"--x"), ("application/json", b"{}"), ("text/plain", b"csrf=x"),
     ("", b"csrf=x"), ("application/x-www-form-urlencoded", b"csrf=%ff&csrf=&name=%00"),
     ("application/x-www-form-urlencoded", b"&&=;=")],
)  # fmt: skip
def test_broken_forms_are_refused(ada: TestClient, kind: str, body: bytes) -> None:
    answer = ada.post("/settings/accounts", content=body, headers={"content-type": kind} if kind else {})
    assert answer.status_code in (400, 403)


# The page of settings, and what the frame says


def test_settings_show_no_secret(database: Database) -> None:
    somebody(database, "Ada")
    settings = Settings(
        mail={"host": "mail.example", "password": "geheim-1"},  # type: ignore[arg-type]
        operator={"heartbeat": "https://hc.example/geheim-2"},  # type: ignore[arg-type]
        sites={"news.example": {"headers": {"Cookie": "geheim-3"}}},  # type: ignore[dict-item]
    )
    client = browser(application(database, settings))
    log_in(client, "Ada")
    answer = client.get("/settings?measure=true")
    page = Page(answer.text)
    assert page.faults == []
    assert "geheim" not in answer.text
    assert "mail.example" in page.text
    assert "Cookie: ****" in page.text
    for shown in ("SQLite 3.", "CPython 3.", "trafilatura 2.", "fastapi", "OpenSSL", "web.trusted_proxies"):
        assert shown in page.text, shown


def test_a_notice_says_nothing_of_what_the_address_says(ada: TestClient) -> None:
    assert "The role is changed." in ada.get("/settings?done=role").text
    for word in ("<script>alert(1)</script>", "You+have+won", "__class__", "role%00", "%ff"):
        answer = ada.get(f"/settings?done={word}")
        assert 'role="status"' not in answer.text


def test_the_corner_says_who_reads(app: FastAPI, database: Database, ada: TestClient) -> None:
    assert "Log out" in Page(ada.get("/").text).text
    vic = browser(app)
    log_in(vic, "Vic")
    seen = Page(vic.get("/").text)
    assert "Settings" not in seen.text
    assert "/add" not in {link.get("href") for link in seen.links}
    stranger = Page(browser(app).get("/nothing").text)
    assert "Articles" not in stranger.text
    assert "Log in" in stranger.text


def test_the_account_of_nobody(database: Database) -> None:
    client = browser(application(database))
    assert "open, no accounts" in Page(client.get("/").text).text
    assert client.get("/account").headers["location"] == "/setup"
    assert "corrigenda account add" in client.get("/setup").text
    proof = {"x-csrf-token": csrf(client, "/stories")}
    for action in ("/account/password", "/account/tokens", "/account/sessions/end", "/account/sessions/1/end"):
        assert client.post(action, headers=proof).status_code == 404
    first = client.post("/settings/accounts", headers=proof, data={"name": "Eve", "role": "admin"})
    assert (first.status_code, "first account" in first.text) == (400, True)
    with database.read() as session:
        assert session.exec(select(Account)).all() == []


def test_what_a_login_leaves_behind(app: FastAPI, database: Database, ada: TestClient) -> None:
    """Neither passwords nor tokens are anywhere in the database."""
    submit(ada, "/account", "/account/tokens", name="x", scope="write")
    log_in(browser(app), PASSWORD, "typed into the wrong field")
    secrets = [PASSWORD, ada.cookies["corrigenda"], ada.cookies["corrigenda_browser"]]
    with database.read() as session:
        dump = "\n".join(session.connection().connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert [secret for secret in secrets if secret in dump] == []
    with database.read() as session:
        bucket = f"name:{digest(people.name_key(PASSWORD))}"
        assert logins.attempts(session, bucket, datetime.now(UTC) - WINDOW)[0] == 1
