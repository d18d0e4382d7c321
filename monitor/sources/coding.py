"""Content codings (RFC 9110 8.4): bodies unpacked piece by piece, and known to be whole.

httpx2 takes a gzip stream that ends too early for a complete one, so bodies are read raw and unpacked here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard

ACCEPT_ENCODING = "gzip, deflate, zstd"
MAX_CODINGS = 2
_PIECE = 64 * 1024
"""Unpacked at once, so that a small body can not become a large one before its size is looked at."""


class CodingError(Exception):
    """The body is not what its Content-Encoding says, or it ends too early. The message is one line for a person."""


class Unpacker(Protocol):
    """One coding: `unpack` yields bounded pieces, `whole` tells whether its end was seen."""

    def unpack(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def whole(self) -> bool: ...


class _Deflated:
    """gzip of one or more members, or deflate (zlib, or bare as some servers send it)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._inflater = self._fresh()
        self._begun = False
        self._after_end = False

    def _fresh(self) -> zlib._Decompress:
        return zlib.decompressobj(zlib.MAX_WBITS | 16 if self._gzip else zlib.MAX_WBITS)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data and not self._after_end:
            try:
                piece = self._inflater.decompress(data, _PIECE)
            except zlib.error as error:
                if self._gzip or self._begun:
                    raise CodingError(f"body is not valid {'gzip' if self._gzip else 'deflate'}") from error
                self._inflater, self._begun = zlib.decompressobj(-zlib.MAX_WBITS), True
                continue
            self._begun = True
            if piece:
                yield piece
            data = self._inflater.unconsumed_tail
            if self._inflater.eof:
                data = self._inflater.unused_data
                # A next gzip member goes on with the body; anything else is padding, which browsers drop, too.
                self._after_end = not (self._gzip and data.startswith(b"\x1f\x8b"))
                if not self._after_end:
                    self._inflater = self._fresh()
            elif not data and len(piece) == _PIECE:
                yield from self._rest()

    def _rest(self) -> Iterator[bytes]:
        """What the inflater still holds back after all input was taken."""
        while not self._inflater.eof and (piece := self._inflater.decompress(b"", _PIECE)):
            yield piece

    @property
    def whole(self) -> bool:
        return self._inflater.eof or self._after_end


class _Zstandard:
    def __init__(self) -> None:
        # RFC 8878 3.1.1.1.2 recommends 8 MB windows at most for what comes over the network.
        self._frames = zstandard.ZstdDecompressor(max_window_size=8 * 2**20)
        self._frame = self._frames.decompressobj()

    def unpack(self, data: bytes) -> Iterator[bytes]:
        # The frame object has no bound on its output: small pieces in bound it (a block of 128 kB for 4 bytes at most).
        for start in range(0, len(data), 64):
            chunk = data[start : start + 64]
            while chunk:
                if self._frame.eof:
                    self._frame = self._frames.decompressobj()
                try:
                    piece = self._frame.decompress(chunk)
                except zstandard.ZstdError as error:
                    raise CodingError("body is not valid zstd") from error
                if piece:
                    yield piece
                chunk = self._frame.unused_data if self._frame.eof else b""

    @property
    def whole(self) -> bool:
        return self._frame.eof


def unpackers(content_encoding: str) -> list[Unpacker]:
    """What undoes a Content-Encoding header, in the order of undoing. Raises CodingError: unknown or too many."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if len(names) > MAX_CODINGS:
        raise CodingError(f"body is packed {len(names)} times, more than {MAX_CODINGS}")
    return [_unpacker(name) for name in reversed(names)]


def _unpacker(name: str) -> Unpacker:
    if name in ("gzip", "x-gzip"):
        return _Deflated(gzip=True)
    if name == "deflate":
        return _Deflated(gzip=False)
    if name == "zstd":
        return _Zstandard()
    raise CodingError(f"body is packed as {name[:40]!r}, which was not asked for")


def unpack(chain: list[Unpacker], data: bytes) -> Iterator[bytes]:
    """Bounded pieces of the unpacked body for one more piece of the packed one."""
    if not chain:
        yield data
        return
    for piece in chain[0].unpack(data):
        yield from unpack(chain[1:], piece)
