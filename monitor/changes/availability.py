"""Whether an article can still be read: the Change that a fetch, and not a text, brings."""

from __future__ import annotations

from typing import Literal

from monitor.changes.model import Change, Severity

State = Literal["page", "gone", "walled", "refused", "failed", "redirected"]

_SAID = {
    "page": "readable", "gone": "gone", "walled": "behind a wall", "refused": "refused", "failed": "not reachable",
    "redirected": "redirected elsewhere",
}  # fmt: skip


def availability_change(before: State, after: State, *, detail: str | None = None) -> Change | None:
    """The Change from one state of an article to the next; null when there is nothing to tell.

    `detail` says what was seen ("404", "consent wall", the new address). One failed fetch is not told here: whether
    failures last is for the caller to decide, before it says `failed`.
    """
    if before == after:
        return None
    seen = f" ({detail})" if detail else ""
    if after == "page":
        summary = f"Back again after it was {_SAID[before]}{seen}"
    else:
        summary = f"{_SAID[after][:1].upper()}{_SAID[after][1:]}{seen}"
    severity: Severity = "high" if after == "gone" else "low" if after == "page" else "medium"
    return Change(
        "availability", None, "availability", None, None, None, None, None, False, severity, summary,
        _SAID[before], _SAID[after],
    )  # fmt: skip
