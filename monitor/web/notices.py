"""What a page says after a form was sent: `?done=WORD` shows the sentence of that word, nothing else of an address."""

from __future__ import annotations

from collections.abc import Mapping

DONE: Mapping[str, str] = {
    "logged-out": "You are logged out.",
    "password": "The password is changed. All other sessions of this account have ended.",
    "session-ended": "That session has ended.",
    "sessions-ended": "All other sessions have ended.",
    "token-revoked": "The token is revoked: it is refused from now on.",
    "role": "The role is changed.",
    "account-removed": "The account is removed, with its sessions and tokens.",
}
"""In the order of the pages that say them; words are unique over all pages."""
