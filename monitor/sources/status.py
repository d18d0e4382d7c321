"""What an answer's status and head mean for an article, and network errors in words."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from monitor.sources import barrier
from monitor.sources.result import Outcome

_GONE = frozenset({404, 410})
_REFUSES_US = frozenset({401, 402, 403, 407, 451})
_HTTP2_EVENT = re.compile(r"<(StreamReset|ConnectionTerminated) .*?error_code:(\w+)")
_OBJECT = re.compile(r"<[^<>]* at 0x[0-9a-f]+>")
_NO_PAGE = frozenset({204, 205, 206})


def judge(status: int, headers: Mapping[str, str], body: bytes, *, conditional: bool) -> tuple[Outcome, str]:
    """What an answer that was no redirect brought, and one line for a person."""
    line = status_line(status)
    if status == HTTPStatus.NOT_MODIFIED:
        return ("not_modified", line) if conditional else ("failed", f"{line}, though no condition was sent")
    if status in _GONE:
        return "gone", line
    if 200 <= status < 300 and status not in _NO_PAGE:
        return "page", line
    if status in _REFUSES_US:
        vendor = barrier.challenge(body, headers)
        return "walled", f"{line}: {vendor} stands in the way" if vendor else line
    if status >= 400:
        vendor = barrier.challenge(body, headers)
        # 429 and 503 are what bot protection answers when it wants a challenge solved: waiting does not help.
        if vendor and status in (429, 503):
            return "walled", f"{line}: {vendor} stands in the way"
        return "failed", line
    if 300 <= status < 400:
        return "failed", f"{line} without saying where to"
    return "failed", f"{line}: no page came with it"


def status_line(status: int) -> str:
    """`404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Retry-After (RFC 9110 10.2.3), as seconds or as a date, in seconds from `now`; None when it cannot be read."""
    value = (value or "").strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment.astimezone(now.tzinfo) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def network_reason(error: Exception) -> str:
    """A network or protocol error in words."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"TLS certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or cause}"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, ConnectionResetError):
            return "connection reset by the server"
        if type(cause).__module__.startswith("h2."):
            # Some of its messages show where an object lies in memory: no two are alike.
            return f"answer is not valid HTTP/2: {_OBJECT.sub('data', str(cause))}"
    text = str(causes[-1])
    if event := _HTTP2_EVENT.match(text):
        what = "stream reset" if event[1] == "StreamReset" else "connection ended"
        return f"{what} by the server (HTTP/2 error {event[2]})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def ended_raggedly(error: Exception) -> bool:
    """Whether TLS ended without the closure alert that tells an end from a cut (RFC 8446 6.1)."""
    return any(isinstance(cause, ssl.SSLEOFError) for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it stems from; httpcore2 keeps the system's error as its argument."""
    causes: list[BaseException] = []
    following: object = error
    while isinstance(following, BaseException) and following not in causes:
        causes.append(following)
        following = following.__cause__ or next((a for a in following.args if isinstance(a, BaseException)), None)
    return causes
