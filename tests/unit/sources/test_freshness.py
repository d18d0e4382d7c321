"""Caching headers as RFC 9111 means them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from monitor.sources.freshness import fresh_seconds

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
LATER = "Sun, 22 Nov 2026 12:10:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": "Private , Max-Age = 300"}, 300),
        ({"cache-control": 'max-age="300"'}, 300),
        ({"cache-control": "max-age=300", "age": "120"}, 180),
        ({"cache-control": "max-age=300", "age": "900"}, 0),
        ({"cache-control": "s-maxage=900"}, 0),  # for caches that many share; we are one of our own
        ({"cache-control": "max-age=300, no-cache"}, 0),
        ({"cache-control": 'no-cache="set-cookie", max-age=300'}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=soon", "expires": LATER}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=" + "9" * 500}, 2**31),
        ({"cache-control": "max-age=60", "expires": LATER, "date": DATE}, 60),
        ({"expires": LATER, "date": DATE}, 600),
        ({"expires": LATER}, 600),
        ({"expires": LATER, "date": DATE, "age": "100"}, 500),
        ({"expires": "0"}, 0),
        ({"expires": "-1", "cache-control": "public"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT", "date": DATE}, 0),
        ({"cache-control": ",,=,;\"", "age": "x"}, 0),
        ({"last-modified": "Sun, 01 Nov 2026 12:00:00 GMT"}, 0),  # nothing is guessed
    ],
)  # fmt: skip
def test_how_long_a_page_is_fresh(headers: Mapping[str, str], seconds: float) -> None:
    assert fresh_seconds(headers, NOW) == seconds


def test_the_clock_of_the_server_counts() -> None:
    ahead = {"date": "Sun, 22 Nov 2026 15:00:00 GMT", "expires": "Sun, 22 Nov 2026 15:01:00 GMT"}
    assert fresh_seconds(ahead, NOW) == 60


def test_a_hostile_header_is_read_in_linear_time() -> None:
    assert fresh_seconds({"cache-control": 'a="' + "\\" * 200_000}, NOW) == 0
