"""The one error of the fact engine: a word list of it is malformed. Text never raises."""

from __future__ import annotations

from monitor.errors import CorrigendaError


class LexiconError(CorrigendaError):
    """A lexicon file is wrong; the message names the file and the key."""
