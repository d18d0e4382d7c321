"""robots.txt (RFC 9309), obeyed: read by Protego, fetched by the same guarded Fetcher as everything else."""

from __future__ import annotations

import functools
import threading
import time
import zlib
from dataclasses import dataclass, replace

from protego import Protego

from monitor.sources.address import Address, UnusableAddressError, parse
from monitor.sources.decode import decode
from monitor.sources.http import Fetcher, Refusal
from monitor.sources.result import Capture, Outcome

FRESH_SECONDS = 24 * 3600.0
"""RFC 9309 2.4: not to be used for longer than a day."""
UNREACHABLE_SECONDS = 60.0
"""How long an unreachable robots.txt forbids a site before it is asked again."""
_READ_BYTES = 500 * 1024
"""RFC 9309 2.5: at least this much must be read, and more need not be."""


_PARSED = 32
"""So many files are held as Protego makes them, which is thirty times their length; the others are packed."""


@dataclass(frozen=True, slots=True)
class _Rules:
    packed: bytes
    """The text that was read, compressed: a process may know the files of very many sites."""
    refusal: Refusal | None
    """Why everything is forbidden for now, where it is."""
    expires: float

    @property
    def parsed(self) -> Protego:
        return _parsed(self.packed)


@functools.lru_cache(_PARSED)
def _parsed(packed: bytes) -> Protego:
    return Protego.parse(zlib.decompress(packed).decode("utf-8", "surrogatepass"))


class RobotsCache:
    """Rules by origin, for all Visits of a process; safe between threads. `fresh_seconds` is how long they hold."""

    def __init__(self, fresh_seconds: float = FRESH_SECONDS) -> None:
        self.fresh_seconds = fresh_seconds
        self._rules: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def get(self, origin: str) -> _Rules | None:
        """The rules that hold; None when they are unknown or too old."""
        rules = self.last_known(origin)
        return rules if rules is not None and rules.expires > time.monotonic() else None

    def last_known(self, origin: str) -> _Rules | None:
        """The rules as they were last read, however old."""
        with self._lock:
            return self._rules.get(origin)

    def put(self, origin: str, rules: _Rules) -> None:
        with self._lock:
            self._rules[origin] = rules


class Robots:
    """What robots.txt allows a Visit: ask `check` before each fetch, or hand it to Fetcher.fetch as `permit`."""

    def __init__(self, fetcher: Fetcher, cache: RobotsCache | None = None) -> None:
        self._fetcher = fetcher
        self._cache = cache if cache is not None else RobotsCache()
        # Protego looks for a rule's name anywhere in what it is given: the product alone, without a contact address.
        self._name = fetcher.user_agent.split("/")[0].split("(")[0].strip()
        self._last: _Rules | None = None

    def check(self, url: str) -> Refusal | None:
        """Why an address must not be fetched, or None when it may be."""
        try:
            address = parse(url)
        except UnusableAddressError:
            return None  # the fetch itself refuses it, and says why
        rules = self._cache.get(address.origin)
        if rules is None:
            rules = self._renewed(address.origin)
            self._cache.put(address.origin, rules)
        self._last = rules
        if rules.refusal or rules.parsed.can_fetch(str(address), self._name):
            return rules.refusal
        return Refusal("refused", f"robots.txt of {address.site} disallows {address.target[:200]}")

    def _renewed(self, origin: str) -> _Rules:
        rules = _read(self._fetcher.fetch(f"{origin}/robots.txt"), self._cache.fresh_seconds)
        known = self._cache.last_known(origin)
        # RFC 9309 2.4: while it is unreachable, what was read before may be used for longer.
        if rules.refusal and rules.refusal.outcome == "failed" and known and not known.refusal:
            return replace(known, expires=rules.expires)
        return rules

    @property
    def crawl_delay(self) -> float | None:
        """The seconds between requests that the site of the last check asks for, if it does."""
        return self._delay(self._last)

    def crawl_delay_of(self, address: Address) -> float | None:
        """The seconds between requests that an address's own robots.txt asks for, if it was read and does."""
        return self._delay(self._cache.get(address.origin))

    def _delay(self, rules: _Rules | None) -> float | None:
        delay = rules.parsed.crawl_delay(self._name) if rules else None
        return float(delay) if delay is not None else None


def _pack(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def _read(capture: Capture, fresh_seconds: float) -> _Rules:
    """RFC 9309 2.3.1: an absent file (4xx) allows all, an unreachable one (5xx, network) forbids all for now."""
    now = time.monotonic()
    if capture.outcome == "page":
        text = decode(capture.body[:_READ_BYTES], "text/plain; charset=utf-8", html=False).text
        return _Rules(_pack(text), None, now + fresh_seconds)
    # 429 says "not now" rather than "there is none".
    if capture.status in (204, 205) or (400 <= (capture.status or 0) < 500 and capture.status != 429):
        return _Rules(_pack(""), None, now + fresh_seconds)
    # A robots.txt at an address that we must not ask is refused like the page itself; all else is trouble that passes.
    outcome: Outcome = "refused" if capture.outcome == "refused" else "failed"
    refusal = Refusal(outcome, f"robots.txt unreachable: {capture.reason}")
    return _Rules(_pack(""), refusal, now + UNREACHABLE_SECONDS)
