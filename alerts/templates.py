"""The operator's own wording of a Channel: Jinja2 templates, kept with the Channel, judged when they are saved.

They are run in Jinja's immutable sandbox and in a process with limits (`template_process.py`): no template can reach
anything but the payload, or hold up or fill the service. What fails when it is used is replaced by our own wording,
which says so: an alert is never lost to a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts import apart
from alerts.errors import TemplateError

PARTS: Mapping[str, frozenset[str]] = {
    "email": frozenset({"subject", "text", "html"}),
    "messenger": frozenset({"subject", "text"}),
    "webhook": frozenset(),
}
"""What can be worded by kind of Channel. A webhook's form is its schema."""

LONGEST = 20_000
"""Characters of one template."""
SECONDS = 15.0
"""For all parts of one message; the processor time is limited to less."""

_PROCESS = "alerts.template_process"


@dataclass(frozen=True, slots=True)
class Worded:
    """What became of a Channel's own templates for one message."""

    parts: Mapping[str, str]
    """Those that could be used."""
    failed: Mapping[str, str]
    """Why the others could not."""

    @property
    def note(self) -> str:
        """A sentence for the reader of our own wording; empty when nothing failed."""
        if not self.failed:
            return ""
        reasons = "; ".join(f"{part}: {reason}" for part, reason in self.failed.items())
        return f"This channel's own template failed, so this is Corrigenda's wording ({reasons})."


def word(kind: str, templates: Mapping[str, str], payload: Mapping[str, Any], *, style: str = "") -> Worded:
    """Put a payload into the operator's words. It blocks for some tenths of a second: call it in a thread.

    style: of messengers, `verbatim` or `inert`: how page text is made harmless (channels/messenger/wording.py).
    """
    used = {part: source for part, source in templates.items() if part in PARTS[kind]}
    if not used:
        return Worded({}, {})
    try:
        said = apart.ask(_PROCESS, {"templates": used, "payload": payload, "style": style}, SECONDS)
    except apart.ApartError as error:
        return Worded({}, dict.fromkeys(used, str(error)))
    if "error" in said:
        return Worded({}, dict.fromkeys(used, str(said["error"])))
    return Worded(said["parts"], said["failed"])


def check(kind: str, templates: Mapping[str, str], example: Mapping[str, Any]) -> dict[str, str]:
    """The templates as they are kept: without those that are empty. Raises TemplateError that names the part.

    They are judged by wording `example`, a payload.
    """
    kept = {part: source for part, source in templates.items() if source.strip()}
    strange = sorted(set(kept) - PARTS[kind])
    if strange:
        parts = ", ".join(sorted(PARTS[kind])) or "none"
        raise TemplateError(f"a channel of kind {kind} has no {', '.join(strange)} to word (it has: {parts})")
    for part, source in kept.items():
        if len(source) > LONGEST:
            raise TemplateError(f"{part}: a template has at most {LONGEST:,} characters, this one has {len(source):,}")
    failed = word(kind, kept, example, style="inert").failed
    if failed:
        raise TemplateError("; ".join(f"{part}: {reason}" for part, reason in failed.items()))
    return kept
