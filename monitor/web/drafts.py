"""What was pasted and is not saved yet: kept in memory for a while, as nothing of it is anybody's loss."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

from monitor.intake import Intake, Options

KEPT = 60
KEPT_SECONDS = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class Draft:
    """What was given, and what is wanted of all of it."""

    token: str
    intake: Intake
    options: Options


class Drafts:
    """Drafts by a word that nobody guesses. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Draft]] = OrderedDict()

    def keep(self, intake: Intake, options: Options) -> Draft:
        """Keep what was given; the oldest makes room."""
        draft = Draft(secrets.token_urlsafe(12), intake, options)
        with self._lock:
            self._kept[draft.token] = (monotonic(), draft)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return draft

    def get(self, token: str) -> Draft | None:
        """What was given, unless it was saved, or long ago."""
        with self._lock:
            at, draft = self._kept.get(token, (0.0, None))
        return draft if draft is not None and monotonic() - at < KEPT_SECONDS else None

    def drop(self, token: str) -> None:
        """It is saved."""
        with self._lock:
            self._kept.pop(token, None)
