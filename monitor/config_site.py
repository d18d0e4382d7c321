"""What is different for one site: the tables `[sites."example.org"]` of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from monitor.config_base import Seconds, Section
from monitor.config_retention import StoryRetention
from monitor.sources.address import UnusableAddressError, parse

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token (RFC 9110 5.6.2)."""
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
"""Visible ASCII with blanks inside (RFC 9110 5.5): a line break would begin a header of its own."""
_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "range", "te",
     "trailer", "transfer-encoding", "upgrade"}
)  # fmt: skip
"""Headers that we, or the connection, must set ourselves."""


def _checked_headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header")
        if name.lower() in _OURS:
            raise ValueError(f"the header {name} is set by Corrigenda itself")
        if not _HEADER_VALUE.fullmatch(value.get_secret_value()):
            raise ValueError(f"the value of {name} is empty, or holds a line break or a character outside ASCII")
    return headers


def _checked_selectors(selectors: list[str]) -> list[str]:
    for selector in selectors:
        _checked_selector(selector)
    return selectors


def _checked_selector(selector: str) -> str:
    from cssselect import GenericTranslator, SelectorError  # only here: few sites have any, every command starts here

    try:
        GenericTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(f"{selector!r} is no CSS selector that can be used: {error}") from None
    return selector


def _checked_place(place: str) -> str:
    return place if place in ("", "json-ld", "meta", "time", "url") else _checked_selector(place)


Selectors = Annotated[list[str], AfterValidator(_checked_selectors)]


class SiteSettings(Section):
    """What is different for one site and its subdomains; of several tables that fit, the most particular alone."""

    robots: bool = Field(
        True, description="Obey this site's robots.txt. Switched off, every capture and the site itself say so."
    )
    gap: Seconds | None = Field(
        None, examples=["10s"], description="Least time between two requests, instead of fetch.gap."
    )
    fastest: Seconds | None = Field(
        None, gt=0, examples=["10m"], description="Never look more often, instead of checks.fastest."
    )
    slowest: Seconds | None = Field(
        None, gt=0, examples=["1d"], description="Never look more seldom, instead of checks.slowest."
    )
    headers: Annotated[dict[str, SecretStr], AfterValidator(_checked_headers)] = Field(
        default_factory=dict,
        description="Sent to this site only, such as a subscriber's `Cookie`; never logged, shown or exported. "
        "Over TLS, or to hosts of fetch.allow_hosts; to nobody after a redirect to another host.",
    )
    browser: bool = Field(False, description="Open pages in a real browser; needs `corrigenda[browser]`.")
    keep: Selectors = Field(
        default_factory=list, description="CSS selectors of the parts that are the article; nothing else is read."
    )
    drop: Selectors = Field(default_factory=list, description="CSS selectors of parts that are not the article.")
    date: Annotated[str, AfterValidator(_checked_place)] = Field(
        "", description="Where the publication date is: `json-ld`, `meta`, `time`, `url`, or a CSS selector."
    )

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if self.fastest and self.slowest and self.fastest > self.slowest:
            raise ValueError(f"fastest ({self.fastest:g} s) is longer than slowest ({self.slowest:g} s)")
        return self


class StorySettings(StoryRetention):
    """What is different for the articles of one story. Its bounds of the pace go before those of a site and of
    `checks`; of several stories of an article the one that keeps longer holds."""

    fastest: Seconds | None = Field(None, gt=0, examples=["5m"], description="Never look more often.")
    slowest: Seconds | None = Field(None, gt=0, examples=["6h"], description="Never look more seldom.")

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if self.fastest and self.slowest and self.fastest > self.slowest:
            raise ValueError(f"fastest ({self.fastest:g} s) is longer than slowest ({self.slowest:g} s)")
        return self


def _host_key(key: str) -> str:
    """The normal form of a table's name: a host, with a port only where it is not the usual one."""
    try:
        address = parse(f"http://{key}")
    except UnusableAddressError as error:
        raise ValueError(f"it is no host: {error}; write example.org, or example.org:8080") from None
    if address.target != "/" or key.endswith("/") or "#" in key:
        raise ValueError("it is more than a host; write example.org, or example.org:8080")
    return address.site


def _each_once(tables: Any) -> Any:
    if isinstance(tables, dict):
        seen: dict[str, str] = {}
        for key in tables:
            known = seen.setdefault(_host_key(str(key)), str(key))
            if known != key:
                raise ValueError(f"{known!r} and {key!r} are the same host")
    return tables


Sites = Annotated[dict[Annotated[str, AfterValidator(_host_key)], SiteSettings], BeforeValidator(_each_once)]
"""The tables by host."""

_NOTHING_SPECIAL = SiteSettings()


def settings_of(sites: Mapping[str, SiteSettings], host: str) -> SiteSettings:
    """What holds for a host (`name` or `name:port`): the table of that name, else of the nearest domain above it."""
    if not sites:
        return _NOTHING_SPECIAL
    return next((sites[key] for key in _keys(host) if key in sites), _NOTHING_SPECIAL)


def _keys(host: str) -> Iterator[str]:
    """`a.b.org:81`, `a.b.org`, `b.org:81`, `b.org`, `org:81`, `org`."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    name = name.lower()
    while name:
        if port:
            yield f"{name}:{port}"
        yield name
        name = name.partition(".")[2]
