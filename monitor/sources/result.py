"""What one fetch or read brought. Outcomes are values: a failing publisher is not an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["page", "not_modified", "gone", "walled", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch of an address or one read of a file, successful or not, with everything needed as evidence."""

    url: str
    outcome: Outcome
    reason: str
    """One line for a person: `200 OK`, `404 Not Found`, `address 10.0.0.1 is not public`, `body cut short`."""
    captured_at: datetime
    final_url: str
    status: int | None = None
    redirects: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers, names in lower case, repeated ones joined by `, `."""
    http_version: str = ""
    """`HTTP/1.1` or `HTTP/2`; empty where nothing answered."""
    packed_bytes: int = 0
    """How long the body was on the wire, in its content coding."""
    body: bytes = b""
    """Decoded of its content coding (RFC 9110 8.4), not of its character set; empty when there was none."""
    elapsed_ms: int = 0
    etag: str | None = None
    last_modified: str | None = None
    retry_after_seconds: float | None = None

    @property
    def content_type(self) -> str:
        """The header of that name as it came, with its charset; empty when the server named none."""
        return self.headers.get("content-type", "")
