"""Servers made to hang, flood or deceive a client: those of hostile.jsonl by their ids there, made anew after their
descriptions."""

from __future__ import annotations

import functools
import gzip
import socket
import time
from collections.abc import Callable

from tests.unit.sources.servers import Answer, path_of, respond

PAGE = b"<html><body><p>At least 170 peacekeepers have been killed.</p></body></html>"
MIB = 2**20


@functools.cache
def gigabytes_of_zeros(count: int) -> bytes:
    """So many GiB in gzip, as members of one MiB each, a thousandth of the size."""
    return gzip.compress(bytes(MIB), 9) * (1024 * count)


def _zstd_gigabyte() -> bytes:
    """A frame with a window of 128 KiB and 8,192 blocks that say "128 KiB of zeros" (RFC 8878, 3.1.1): to have it
    packed would take longer than the client waits."""
    return bytes.fromhex("28b52ffd0038") + bytes.fromhex("02001000") * 8191 + bytes.fromhex("03001000")


@functools.cache
def _five_layers() -> bytes:
    body = gigabytes_of_zeros(1)
    for _ in range(4):
        body = gzip.compress(body)
    return body


def _packed(make: Callable[[], bytes], coding: str) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        respond("200 OK", make(), f"Content-Encoding: {coding}")(connection, head)

    return answer


def _endless_body(connection: socket.socket, head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _endless_redirect(connection: socket.socket, head: bytes) -> None:
    if path_of(head) == "/end":
        return respond("200 OK", PAGE)(connection, head)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _packed_redirect(connection: socket.socket, head: bytes) -> None:
    if path_of(head) == "/end":
        return respond("200 OK", PAGE)(connection, head)
    respond("302 Found", b"\x5b" * 1617, "Location: /end", "Content-Encoding: br")(connection, head)


def _slow_body(connection: socket.socket, head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.2)


def _slow_head(connection: socket.socket, head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.2)


def _early_hints(pause: float) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
            time.sleep(pause)

    return answer


def _endless_line(connection: socket.socket, head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x" * 65536)


def _endless_lines(connection: socket.socket, head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Header: value\r\n" * 4000)


def _raw(answer: bytes) -> Answer:
    def send(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer)

    return send


def _charset(name: str) -> Answer:
    return respond("200 OK", PAGE * 10, f"Content-Type: text/html; charset={name}")


_CHARSETS = ("utf-7", "zlib", "bz2", "hex", "rot13", "base64", "undefined", "unicode_escape", "utf-16", "idna")
_MORE_CHARSETS = ("punycode?160000", "nonsense")

# By id: the answer, then the outcome that must follow and a piece of its reason.
SERVERS: dict[str, tuple[Answer, str, str]] = {
    "http/gz1g": (_packed(lambda: gigabytes_of_zeros(1), "gzip"), "failed", "larger than"),
    "http/br1g": (_packed(lambda: b"\x5b" * 1617, "br"), "failed", "which was not asked for"),
    "http/zs1g": (_packed(_zstd_gigabyte, "zstd"), "failed", "larger than"),
    "http/gzgz": (_packed(lambda: gzip.compress(gigabytes_of_zeros(4)), "gzip, gzip"), "failed", "larger than"),
    "http/gz5": (_packed(_five_layers, "gzip, gzip, gzip, gzip, gzip"), "failed", "packed 5 times"),
    "http/enc1000": (_packed(lambda: b"x", ", ".join(["deflate"] * 1000)), "failed", "packed 1000 times"),
    "http/infinite": (_endless_body, "failed", "larger than"),
    "http/redirect-infinite-body": (_endless_redirect, "page", ""),
    "http/redirect-br-bomb": (_packed_redirect, "page", ""),
    "http/slow": (_slow_body, "failed", "not done within"),
    "http/slowheader": (_slow_head, "failed", "not done within"),
    "http/1xx": (_early_hints(0), "failed", "not done within"),
    "http/1xxslow": (_early_hints(0.2), "failed", "not done within"),
    "http/bighdr": (_endless_line, "failed", ""),
    "http/manyhdr": (_endless_lines, "failed", ""),
    "http/loop": (respond("302 Found", b"", "Location: /"), "failed", "circle"),
    "http/biglocation": (respond("302 Found", b"", f"Location: /{'a' * 60_000}"), "refused", "longer than 8192"),
    "http/clie": (respond("200 OK", b"abc", length=99_999_999_999, close=True), "failed", "larger than"),
    "http/clneg": (_raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"), "failed", ""),
    "http/clchunk": (
        _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        "page",
        "",
    ),
    "http/badgzip": (_packed(lambda: b"this is not gzip", "gzip"), "failed", "not valid gzip"),
    "http/truncgzip": (
        _packed(lambda: (packed := gzip.compress(bytes(range(256)) * 195))[: len(packed) // 2], "gzip"),
        "failed",
        "cut short",
    ),
    "http/cookies": (respond("200 OK", PAGE, *(f"Set-Cookie: c{n}={n}" for n in range(1200))), "page", ""),
    **{f"http/cs/{name}": (_charset(name), "page", "") for name in (*_CHARSETS, *_MORE_CHARSETS)},
}
