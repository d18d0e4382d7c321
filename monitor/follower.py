"""The loop that keeps Stories up to date: what was kept as a new Version is laid beside the other sources, and told."""

from __future__ import annotations

from alerts.timing import Waits
from monitor import following
from monitor.clock import Clock
from monitor.rounds import Beat, Rounds
from storage import story_lines
from storage.database import Database

ROUND_SECONDS = 1.0
AT_ONCE = 50
"""Members followed in one round."""
BREATH_SECONDS = 0.01
"""Between two of them: whoever waits to write gets his turn."""
HELD_SECONDS = 60.0
"""One that could not be followed is tried again after so long, then after twice as long, and so on."""
LONGEST_HOLD = 3600.0


class Follower:
    """Goes round once a second, in a thread of its own. Where nobody is behind, a round is two questions to an index.

    What is to be done is kept in the rows of the members, so a process that dies forgets nothing.
    """

    def __init__(self, database: Database, waits: Waits, clock: Clock | None = None) -> None:
        self._database = database
        self._waits = waits
        self._clock = clock or Clock()
        self._rounds = Rounds("stories", self.go_round, lambda: ROUND_SECONDS, self._clock)
        self._beat = Beat(database, "stories", self._clock)
        self._held: dict[tuple[int, int], tuple[float, int]] = {}
        """(story, article) that could not be followed: until when it is left alone, and how often it failed."""

    def start(self) -> None:
        """Begin to go round."""
        self._rounds.start()

    def stop(self) -> None:
        """End after the member under way."""
        self._rounds.stop()

    def go_round(self) -> int:
        """Follow those that are behind, each in a transaction of its own. Returns how many were followed."""
        monotonic = self._clock.monotonic()
        with self._database.read() as session:
            anything = story_lines.anything_behind(session)
            behind = story_lines.behind(session, limit=AT_ONCE + len(self._held)) if anything else ()
            left = story_lines.lines_behind(session, limit=1) if anything else ()
        followed = 0
        for member in behind:
            if self._rounds.stopping.is_set():
                break
            until, failures = self._held.get(member, (0.0, 0))
            if failures and monotonic < until:
                continue
            if following.attempt(self._database, *member, self._waits):
                self._held.pop(member, None)
                followed += 1
            else:
                hold = min(HELD_SECONDS * 2**failures, LONGEST_HOLD)
                self._held[member] = (monotonic + hold, min(failures + 1, 10))
            self._clock.wait(self._rounds.stopping, BREATH_SECONDS)
        if left:
            following.judge_left(self._database, self._clock.now())
        still = set(behind)
        self._held = {member: held for member, held in self._held.items() if member in still}
        self._beat.give()
        return followed
