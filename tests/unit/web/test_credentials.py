"""Passwords: which are taken, what is kept of them, and what two spellings of one share. Names likewise."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from starlette.datastructures import Headers

from monitor.errors import InputError
from monitor.web.access import own_path
from monitor.web.accounts import Name, name_key
from monitor.web.credentials import MOST, Passwords, check_password, digest, new_token
from monitor.web.security import by_https, came_from, name_in, neighbourhood

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "twelve chars", "ünïcödé wörds", "密码很长也没有问题的吧好的", "x1!y2?z3.w4,",
     "a" * 500 + "bcde", "   a b c d e f", "Tr0ub4dor&3xyz", "emoji 🙂🙃😉😊 ok"],
)  # fmt: skip
def test_good_passwords(password: str) -> None:
    check_password(password, "Ada")
    kept = Passwords(CHEAP).make(password)
    assert Passwords(CHEAP).matches(kept, password)
    assert not Passwords(CHEAP).matches(kept, password + "x")
    assert password not in kept


@pytest.mark.parametrize(
    ("password", "why"),
    [("", "at least 12"), ("eleven char", "at least 12"), ("x" * (MOST + 1), "at most 1,024"),
     ("aaaaaaaaaaaaaaaa", "first"), ("abababababababab", "first"), ("password1234", "first"), ("PASSWORD1234", "first"),
     ("Ada LovelaceAda Lovelace", "first"), ("corrigenda12", "first"), ("Ada Lovelace1", "first"),
     ("twelve\x00chars", "control"), ("twelve\nchars", "control"), ("lone \ud800 surrogate", "none"),
     ("e\u0301" * 11, "at least 12")],
)  # fmt: skip
def test_bad_passwords(password: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        check_password(password, "Ada Lovelace")


def test_spellings_of_one_password() -> None:
    passwords = Passwords(CHEAP)
    kept = passwords.make("café au lait, trois")
    assert passwords.matches(kept, "cafe\u0301 au lait, trois")
    assert passwords.matches(kept, "café\u00a0au lait,\u3000trois")
    assert not passwords.matches(kept, "cafe au lait, trois")
    assert not passwords.matches(kept, "CAFÉ au lait, trois")


def test_what_matches_nothing() -> None:
    passwords = Passwords(CHEAP)
    kept = passwords.make("correct horse battery")
    for wrong in ("", "\ud800", "\x00", "x" * 10**6, kept):
        assert not passwords.matches(kept, wrong)
        assert not passwords.matches(None, wrong)
    for broken in ("", "plain", "$argon2id$v=19$m=8,t=1,p=1$short", "$2b$12$" + "x" * 53):
        assert not passwords.matches(broken, "correct horse battery")
    # What was cut at the bound matches nothing that was not.
    assert not passwords.matches(passwords.make("x" * MOST), "x" * 10**6)


def test_the_parameters_are_those_of_rfc_9106() -> None:
    parameters = extract_parameters(Passwords()._of_nobody())
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (65536, 3, 4)
    kept = CHEAP.hash(b"x")
    assert Passwords().outdated(kept)
    assert not Passwords(CHEAP).outdated(kept)


def test_few_passwords_are_judged_at_once() -> None:
    running = most = 0
    lock = threading.Lock()

    class Watching(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                return bool(super().verify(hash, password))
            finally:
                with lock:
                    running -= 1

    passwords = Passwords(Watching(time_cost=2, memory_cost=4096, parallelism=1))
    threads = [threading.Thread(target=passwords.matches, args=(None, "x")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most <= 4


def test_tokens_are_long_and_random() -> None:
    made = {new_token("cor_") for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 47 and token.startswith("cor_") for token in made)
    assert all(len(digest(token)) == 64 for token in made)
    assert digest("\ud800")


@pytest.mark.parametrize(
    ("written", "shown"),
    [("Ada", "Ada"), ("  Ada   Lovelace ", "Ada Lovelace"), ("Ａｄａ", "Ada"),
     ("O'Neill-Smith, J.", "O'Neill-Smith, J."), ("ada@example.org", "ada@example.org"),
     ("李雷", "李雷"), ("Zoe\u0308", "Zoë"), ("محمد", "محمد")],
)  # fmt: skip
def test_names(written: str, shown: str) -> None:
    name = Name.read(written)
    assert name.shown == shown
    assert name.key == name_key(written) == name_key(shown.upper())


@pytest.mark.parametrize(
    "written",
    ["", " ", "x" * 65, "a\x00b", "a\u202eb", "a\u200bb", "<b>", "a/b", "🙂", "--", "a\ud800b", "a\tb\x1b[31m"],
)
def test_names_that_are_none(written: str) -> None:
    with pytest.raises(InputError):
        Name.read(written)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "asking"),
    [
        ("192.0.2.1", "", [], "192.0.2.1"),
        ("192.0.2.1", "203.0.113.1", [], "192.0.2.1"),
        ("192.0.2.1", "203.0.113.1", ["192.0.2.1"], "203.0.113.1"),
        ("192.0.2.1", "evil, 203.0.113.1", ["192.0.2.0/24"], "203.0.113.1"),
        ("192.0.2.1", "203.0.113.1, 192.0.2.9", ["192.0.2.0/24"], "203.0.113.1"),
        ("192.0.2.1", "203.0.113.1, nonsense", ["192.0.2.0/24"], "192.0.2.1"),
        ("192.0.2.1", "192.0.2.3", ["192.0.2.0/24"], "192.0.2.3"),
        ("::ffff:192.0.2.1", "203.0.113.1", ["192.0.2.1"], "203.0.113.1"),
        ("testclient", "203.0.113.1", ["192.0.2.1"], "testclient"),
    ],
)
def test_who_asks_behind_proxies(peer: str, forwarded: str, trusted: list[str], asking: str) -> None:
    assert came_from(peer, Headers({"x-forwarded-for": forwarded}), trusted) == asking


def test_https_is_believed_of_trusted_proxies() -> None:
    said = Headers({"x-forwarded-proto": "https"})
    assert by_https("192.0.2.1", said, ["192.0.2.1"])
    assert not by_https("192.0.2.2", said, ["192.0.2.1"])
    assert not by_https("192.0.2.1", Headers({"x-forwarded-proto": "https, http"}), ["192.0.2.1"])


def test_neighbourhoods() -> None:
    assert neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("::ffff:192.0.2.1") == "192.0.2.1"
    assert neighbourhood("testclient") == "testclient"


@pytest.mark.parametrize(
    "path", ["/", "/articles?q=a%20b&page=2", "/articles/1#change-2", "/a//b", "/?next=https://x.example"]
)
def test_paths_of_ours(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize("host", ["", "a/b", "a@b", "[::1", "a:x", "a:99999", "a?b", "a#b"])
def test_hosts_that_are_none(host: str) -> None:
    assert name_in(host) in (None, "")
