"""How long a publisher says that its page stays as it is: the caching headers, read as a private cache reads them.

RFC 9111, 4.2.1 and 4.2.3. Only what is said counts: no lifetime is guessed from Last-Modified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_DIRECTIVE = re.compile(r'([A-Za-z0-9!#$%&\'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?')
_LONGEST = 2.0**31
"""RFC 9111 1.2.2: what is longer counts as this."""


def fresh_seconds(headers: Mapping[str, str], received_at: datetime) -> float:
    """Seconds for which caches need not ask again; 0 when they must, or when nothing is said. Names in lower case."""
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    # A max-age that cannot be understood makes a page stale (4.2.1); only without one does Expires count.
    said = "max-age" in directives
    lifetime = _delta(directives["max-age"]) if said else _until_expires(headers, received_at)
    if lifetime is None:
        return 0.0
    return max(0.0, lifetime - (_delta(headers.get("age", "")) or 0.0))


def _directives(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        name, quoted, plain = match.groups()
        found.setdefault(name.lower(), quoted if quoted is not None else plain or "")
    return found


def _delta(value: str) -> float | None:
    value = value.strip()
    if not (value.isascii() and value.isdecimal()):
        return None
    return min(float(value[:20]), _LONGEST)


def _until_expires(headers: Mapping[str, str], received_at: datetime) -> float | None:
    expires = _date(headers.get("expires", ""))
    if expires is None:
        return None
    # Its own clock is what counts: both dates are the server's.
    return min((expires - (_date(headers.get("date", "")) or received_at)).total_seconds(), _LONGEST)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else None
