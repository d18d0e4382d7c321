"""The mail server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail is handed over, and as whom."""

    host: str
    """Empty: there is no mail server, and e-mail waits for one."""
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` is required, not tried: a server (or somebody on the way) that does not offer it gets no mail."""
    username: str = ""
    password: str = ""
    sender: str = "corrigenda@localhost"
    """An address, or a name with an address: `Corrigenda <alerts@example.org>`."""
    timeout_seconds: float = 30.0
    """For the whole conversation."""
