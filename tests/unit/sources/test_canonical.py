"""One article once: what spellings of an address share, and what they never do."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.address import parse
from monitor.sources.canonical import asked_for, key, same_site

ONE_ARTICLE = [
    [  # tracking parameters, fragment, scheme, slash, order, edition
        "https://www.example.org/news/1?id=5",
        "http://example.org/news/1/?id=5#comments",
        "https://example.org:443/news/1?utm_source=x&id=5&utm_campaign=y",
        "https://example.org/news/1?fbclid=IwAR0&gclid=1&id=5&mc_cid=7&igshid=2&msclkid=3&_ga=2.1",
        "https://m.example.org/news/1?id=5&ref=homepage",
        "https://mobile.example.org/news/1?id=5",
        "https://amp.example.org/news/1?id=5",
        "https://example.org/news/1/amp?id=5",
        "https://example.org/news/1/amp/?id=5",
        "https://example.org/amp/news/1?id=5",
        "https://example.org/news/1.amp?id=5",
        "https://example.org/news/1?id=5&amp",
        "https://example.org/news/1?amp=1&id=5",
        "https://example.org/news/1?outputType=amp&id=5",
        "https://EXAMPLE.org/a/../news//1?id=5",
        "https://www.google.com/amp/s/www.example.org/news/1?id=5",
        "https://www.google.co.uk/amp/s/example.org/news/1/amp/?id=5",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/news/1?id=5",
        "https://example-org.cdn.ampproject.org/v/example.org/news/1?id=5&amp_js_v=0.1",
    ],
    ["https://en.m.wikipedia.org/wiki/Mali", "https://en.wikipedia.org/wiki/Mali"],
    ["https://www.example.org/caf%C3%A9", "https://example.org/café", "https://example.org/caf%c3%a9/"],
    ["https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2"],
    ["https://example.org/story.amp.html", "https://example.org/story.html"],
]
DIFFERENT = [
    ("https://example.org/?p=1", "https://example.org/?p=2"),
    ("https://example.org/?id=1", "https://example.org/?id=1&page=2"),
    ("https://example.org/?1234", "https://example.org/?1235"),
    ("https://example.org/?article=", "https://example.org/"),
    ("https://example.org/g?gallery=1", "https://example.org/g?gallery=2"),
    ("https://example.org/g?cid=1", "https://example.org/g?cid=2"),
    ("https://example.org/g?uid=1", "https://example.org/g?uid=2"),
    ("https://example.org/doc?ref=2023-15", "https://example.org/doc?ref=2023-16"),
    ("https://example.org/s?keyword=mali", "https://example.org/s?keyword=chad"),
    ("https://example.org/tag?q=amp", "https://example.org/tag"),
    ("https://example.org/A", "https://example.org/a"),
    ("https://example.org/amp", "https://example.org/"),
    ("https://example.org/1", "https://example.com/1"),
    ("https://news.example.org/1", "https://example.org/1"),
    ("https://example.org/1", "https://example.org:8443/1"),
    ("https://m.co.uk/1", "https://co.uk/1"),
    ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ("https://example.org/?q=a%26b=1", "https://example.org/?q=a&b=1"),
    ("https://example.org/?a=1&a=2", "https://example.org/?a=2&a=1"),
]


@pytest.mark.parametrize("spellings", ONE_ARTICLE)
def test_spellings_of_one_address_share_a_key(spellings: list[str]) -> None:
    assert {key(url) for url in spellings} == {key(spellings[0])}


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_may_be_another_article_keeps_another_key(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("given_url", "asked"),
    [
        ("http://www.example.org/1/?utm_source=x&id=5&fbclid=y#z", "http://www.example.org/1/?id=5"),
        ("https://m.example.org/1/amp?ref=home", "https://m.example.org/1/amp?ref=home"),
        ("https://www.google.com/amp/s/example.org/1/amp", "https://example.org/1/amp"),
        ("https://example.org/?utm_source=x", "https://example.org/"),
        ("https://example.org/?a&&b=%20", "https://example.org/?a&&b=%20"),
    ],
)
def test_what_is_asked_for_is_nearly_what_was_given(given_url: str, asked: str) -> None:
    assert str(asked_for(parse(given_url))) == asked


def test_one_site_is_a_registered_domain() -> None:
    assert same_site(key("https://www.example.co.uk/1"), key("https://news.example.co.uk/2"))
    assert not same_site(key("https://a.co.uk/1"), key("https://b.co.uk/1"))
    assert same_site(key("http://127.0.0.1:8080/1"), key("http://127.0.0.1:9090/1"))
    assert not same_site(key("http://127.0.0.1/1"), key("http://127.0.0.2/1"))


_label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
_host = st.builds(
    lambda sub, name, top: ".".join([*sub, f"x{name}", top]),
    st.lists(st.sampled_from(["www", "m", "mobile", "amp", "news", "en"]), max_size=3),
    _label,
    st.sampled_from(["org", "co.uk", "com", "test", "de"]),
)
_path = st.lists(st.one_of(_label, st.sampled_from(["amp", "1.amp", "a.amp.html", "..", "%2F", "é", ""])), max_size=5)
_content = st.sampled_from(["id", "p", "article", "page", "story", "cid", "uid", "gallery", "q", "newsid", "v"])
_tracking = st.sampled_from(["utm_source", "utm_medium", "fbclid", "gclid", "mc_eid", "_ga", "msclkid", "at_campaign"])
_value = st.text(string.ascii_letters + string.digits + "-._~ &=/%é", max_size=8)


def _url(scheme: str, host: str, path: list[str], query: list[tuple[str, str]]) -> str:
    return f"{scheme}://{host}/{'/'.join(path)}" + (f"?{urlencode(query)}" if query else "")


_content_query = st.lists(st.tuples(_content, _value), max_size=4)
_schemes = st.sampled_from(["http", "https"])


@given(_schemes, _host, _path, _content_query, st.lists(st.tuples(_tracking, _value), max_size=3))
def test_a_key_is_stable_keeps_the_site_and_forgets_only_tracking(
    scheme: str, host: str, path: list[str], content: list[tuple[str, str]], tracking: list[tuple[str, str]]
) -> None:
    found = key(_url(scheme, host, path, content))
    assert key(f"https://{found}") == found
    assert key(f"http://{found}") == found
    assert key(_url(scheme, host, path, [*tracking, *content])) == found

    labels = [label for label in host.split(".")[:-1] if label not in ("www", "m", "mobile", "amp")]
    kept = urlsplit(f"https://{found}").netloc
    assert [label for label in kept.split(".")[:-1] if label not in ("www", "m", "mobile", "amp")] == labels
    assert kept.endswith(host.split(".", host.count("."))[-1])
    held = parse_qsl(urlsplit(f"https://{found}").query, keep_blank_values=True)
    assert sorted(held) == sorted(content)


@given(_host, _path, _content_query, _content_query)
def test_addresses_that_differ_in_what_selects_content_never_meet(
    host: str, path: list[str], one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    same = sorted(one, key=lambda pair: pair[0]) == sorted(other, key=lambda pair: pair[0])
    assert (key(_url("https", host, path, one)) == key(_url("https", host, path, other))) == same


@given(_schemes, _host, _path, _content_query)
def test_what_is_asked_for_keeps_the_host_and_is_stable(
    scheme: str, host: str, path: list[str], content: list[tuple[str, str]]
) -> None:
    address = parse(_url(scheme, host, path, content))
    asked = asked_for(address)
    assert (asked.scheme, asked.host, asked.port) == (address.scheme, address.host, address.port)
    assert asked_for(asked) == asked
    assert key(str(asked)) == key(str(address))
