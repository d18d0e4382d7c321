"""The facts of texts that were read lately: the text that a Version is compared with was the new one last time."""

from __future__ import annotations

import hashlib
import pickle
import threading
import zlib
from collections import OrderedDict

from monitor.changes import Reading
from monitor.facts import Fact, find

REMEMBERED_BYTES = 2 * 2**20
"""Of packed facts: those of some 800 articles."""


class Memory:
    """What was found last in so many bytes. Safe between threads.

    Packed, Facts take a tenth of their room, and whoever asks gets some of its own: they are told apart by identity.
    """

    def __init__(self, most_bytes: int = REMEMBERED_BYTES) -> None:
        self._most_bytes = most_bytes
        self._packed: OrderedDict[bytes, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def facts_of(self, reading: Reading) -> list[Fact]:
        """What `find` finds in it."""
        said = f"{reading.published} {reading.lang} {reading.text}"
        named = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            packed = self._packed.get(named)
            if packed is not None:
                self._packed.move_to_end(named)
        if packed is not None:
            facts: list[Fact] = pickle.loads(zlib.decompress(packed))
            return facts
        facts = find(reading.text, published=reading.published, lang=reading.lang)
        self._keep(named, zlib.compress(pickle.dumps(facts, pickle.HIGHEST_PROTOCOL), 1))
        return facts

    def _keep(self, named: bytes, packed: bytes) -> None:
        with self._lock:
            self._bytes += len(packed) - len(self._packed.pop(named, b""))
            self._packed[named] = packed
            while self._bytes > self._most_bytes:
                _, oldest = self._packed.popitem(last=False)
                self._bytes -= len(oldest)


facts_of = Memory().facts_of
"""The memory of this process."""
