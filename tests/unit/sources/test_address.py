from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.sources.address import UnusableAddressError, join, normalise, parse


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a?b=c#part", "https://example.org/a?b=c"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://example.org.", "https://example.org/"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("https://ğitlab.com/a", "https://xn--itlab-j1a.com/a"),
        ("https://example.org?q=a b", "https://example.org/?q=a%20b"),
        ("https://example.org/a%20b%E2%80%93c", "https://example.org/a%20b%E2%80%93c"),
        ("https://example.org/a\\b", "https://example.org/a%5Cb"),
        ("http://[2606:2800:220:1:248:1893:25C8:1946]/", "http://[2606:2800:220:1:248:1893:25c8:1946]/"),
        ("http://[::ffff:1.1.1.1]:8080/", "http://[::ffff:101:101]:8080/"),
        ("http://my_blog.example.org/", "http://my_blog.example.org/"),
        ("http://news.example.org/?u=http://127.0.0.1/", "http://news.example.org/?u=http://127.0.0.1/"),
    ],
)
def test_one_normal_form(written: str, normal: str) -> None:
    assert str(parse(written)) == normal
    assert str(parse(normal)) == normal


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("example.org/a", "http://"),
        ("ftp://example.org/", "ftp"),
        ("http:example.org", "http://"),
        ("http:///path", "no host"),
        ("http://:80/", "no host"),
        ("http://user:secret@example.org/", "user name"),
        ("http://example.org\\@evil.example/", "user name"),
        ("http://example.org\\.evil.example/", "backslash"),
        ("http://exa mple.org/", "blank"),
        ("http://%31.0.0.1/", "percent"),
        ("http://2130706433/", "number"),
        ("http://0x7f.1/", "number"),
        ("http://0177.0.0.1/", "number"),
        ("http://127.000.000.001/", "number"),
        ("http://8.8.8.8.8/", "number"),
        ("http://[::1%25lo]/", "percent"),
        ("http://[::1", "IPv6"),
        ("http://[::1]x/", "IPv6"),
        ("http://[fe80::1zz]/", "IPv6"),
        ("http://example.org:0/", "port"),
        ("http://example.org:99999/", "port"),
        ("http://example.org:+80/", "port"),
        ("http://example.org:٨٠/", "port"),
        ("http://-bad-.example/", "not a valid name"),
        ("http://" + "a" * 64 + ".example/", "not a valid name"),
        ("http://example.org/\r\nX: 1", "line break"),
        ("http://example.org/" + "a" * 9000, "longer"),
    ],
)
def test_what_cannot_be_fetched_says_why(written: str, why: str) -> None:
    with pytest.raises(UnusableAddressError, match=why):
        parse(written)


def test_the_site_is_the_host_and_an_unusual_port() -> None:
    assert parse("https://www.example.org/a").site == "www.example.org"
    assert parse("http://www.example.org:443/a").site == "www.example.org:443"
    assert parse("http://[2001:4860::1]:81/").site == "[2001:4860::1]:81"


def test_a_person_may_paste_blanks_and_is_told_what_to_do() -> None:
    assert str(normalise("  https://example.org/a\n")) == "https://example.org/a"
    with pytest.raises(InputError, match=r"'example\.org' cannot be watched: .*Give a full web address"):
        normalise("example.org")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://example.org/b"),
        ("//other.example/c", "https://other.example/c"),
        ("?page=2", "https://example.org/a?page=2"),
        ("http://example.org/ü x", "http://example.org/%C3%BC%20x"),
    ],
)
def test_redirects_are_joined(location: str, target: str) -> None:
    assert str(join(parse("https://example.org/a"), location)) == target


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://127.1/", "//user@host/", "http://[::1", "javascript:alert(1)"]
)
def test_redirects_to_what_cannot_be_fetched(location: str) -> None:
    with pytest.raises(UnusableAddressError):
        join(parse("https://example.org/a"), location)


@given(
    st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://example.org/", "https://[::", "http://1"])
)
def test_any_text_is_an_address_in_normal_form_or_refused(text: str, start: str) -> None:
    try:
        address = parse(start + text)
    except UnusableAddressError:
        return
    assert str(address).isascii()
    assert parse(str(address)) == address
