"""What an address of an article may look like, and its one normal form."""

from __future__ import annotations

import functools
import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

import idna

from monitor.errors import InputError

WEB_PORTS = frozenset({80, 443, 8080, 8443})
"""Other ports are those of databases and machines' own services; an operator allows them by `host:port`."""
MAX_LENGTH = 8192
LONGEST_WATCHED = 2000
"""Characters of an address that is watched: what databases find a row by must fit into a page of an index."""

_DEFAULT_PORT = {"http": 80, "https": 443}
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?:#.*)?", re.DOTALL)
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
# RFC 3986 reserved and unreserved characters, and the percent sign of what is already encoded.
_KEPT_IN_TARGET = "/?:@!$&'()*+,;=-._~%[]"


class UnusableAddressError(Exception):
    """The text is no address that may be fetched; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """An absolute http(s) address in normal form: lower-case ASCII host, explicit path, no fragment, no credentials."""

    scheme: str
    host: str
    """A name in its ASCII form, or an address literal without brackets."""
    port: int
    target: str
    """Path and query, percent-encoded."""

    site: str = field(init=False, repr=False, compare=False)
    """The key of the Site: `host`, or `host:port` where the port is not the scheme's own."""

    def __post_init__(self) -> None:
        host = f"[{self.host}]" if ":" in self.host else self.host
        site = host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"
        object.__setattr__(self, "site", site)

    @property
    def host_and_port(self) -> str:
        """Always `host:port`, as `allow_hosts` names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.site}"

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


@functools.lru_cache(4096)  # a check asks for the same few addresses again and again
def parse(url: str) -> Address:
    """Read an address as a browser would where that is unambiguous, and refuse it where readers differ.

    Raises UnusableAddressError: not http(s), credentials, backslashes or spaces in the host, a host that is a number
    in disguise (`0x7f.1`, `2130706433`), a port out of range.
    """
    if len(url) > MAX_LENGTH:
        raise UnusableAddressError(f"it is longer than {MAX_LENGTH} characters")
    match = _URL.fullmatch(url)
    if match is None:
        raise UnusableAddressError("it does not begin with http:// or https://")
    scheme = match["scheme"].lower()
    if scheme not in _DEFAULT_PORT:
        raise UnusableAddressError(f"{scheme}: is not http or https")
    host, port = _split(match["authority"])
    return Address(scheme, _normal_host(host), _port(port, scheme), _normal_target(match["target"]))


def join(base: Address, location: str) -> Address:
    """The address that a redirect's Location names. Raises UnusableAddressError."""
    location = location.strip(" \t")
    # Browsers take a backslash for a slash, and any number of slashes for two; RFC 3986 does neither.
    if "\\" in location.partition("?")[0] or location.startswith("///"):
        raise UnusableAddressError(f"{location[:80]!r} can be read in two ways")
    try:
        return parse(urljoin(str(base), location))
    except ValueError as error:
        raise UnusableAddressError(str(error)) from error


def normalise(text: str) -> Address:
    """What a person typed or pasted, as an address to watch; surrounding blanks are forgiven.

    Raises InputError, saying what is wrong with which address and what to do.
    """
    text = text.strip()
    try:
        address = parse(text)
        if len(str(address)) > LONGEST_WATCHED:
            raise UnusableAddressError(f"it is longer than {LONGEST_WATCHED} characters")
        return address
    except UnusableAddressError as error:
        shown = text if len(text) <= 200 else text[:200] + "…"
        raise InputError(
            f"{shown!r} cannot be watched: {error}. Give a full web address such as https://example.org/news/1."
        ) from error


def _split(authority: str) -> tuple[str, str]:
    if "@" in authority:
        raise UnusableAddressError("it holds a user name or password")
    if "\\" in authority or "%" in authority or _CONTROL.search(authority):
        raise UnusableAddressError(f"its host {authority!r} holds a backslash, a percent sign or a blank")
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise UnusableAddressError(f"its host {authority!r} is not a valid IPv6 address")
        return host + bracket, rest[1:]
    host, _, port = authority.partition(":")
    return host, port


def _normal_host(host: str) -> str:
    if host.startswith("["):
        try:
            address = ipaddress.IPv6Address(host[1:-1])
            # As browsers write it (WHATWG): Python from 3.13 on writes ::ffff:1.1.1.1, and one address is one article.
            low = int(address) & 0xFFFFFFFF
            return f"::ffff:{low >> 16:x}:{low & 0xFFFF:x}" if address.ipv4_mapped else str(address)
        except ValueError as error:
            raise UnusableAddressError(f"its host {host} is not a valid IPv6 address") from error
    host = host.lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise UnusableAddressError(f"its host {host!r} is not a valid name ({error})") from error
    host = host.removesuffix(".")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise UnusableAddressError(f"its host {host[:80]!r} is not a valid name" if host else "it names no host")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _dotted_quad(host)
    return host


def _dotted_quad(host: str) -> str:
    """Only the plain form: `0177.1`, `0x7f000001` and `127.000.0.1` are read differently by different programs."""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise UnusableAddressError(f"its host {host!r} is a number but not a plain IPv4 address") from error


def _port(port: str, scheme: str) -> int:
    if not port:
        return _DEFAULT_PORT[scheme]
    if not (port.isascii() and port.isdecimal()) or len(port) > 5 or not 0 < int(port) < 65536:
        raise UnusableAddressError(f"its port {port[:20]!r} is not a number from 1 to 65535")
    return int(port)


def _normal_target(target: str) -> str:
    if "\x00" in target or "\r" in target or "\n" in target:
        raise UnusableAddressError("it holds a line break or NUL")
    target = quote(target.rstrip(" \t"), safe=_KEPT_IN_TARGET, errors="replace")
    return target if target.startswith("/") else f"/{target}"
