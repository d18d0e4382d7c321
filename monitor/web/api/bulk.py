"""Many Articles at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from monitor import tracking
from monitor.web.api.finding import selected
from monitor.web.api.nouns.tracking import Bulk, Done
from monitor.web.api.problems import not_found
from monitor.web.rendering import Here
from storage import selection, stories
from storage.database import Database

_Action = Callable[[Database, Sequence[int], Bulk, datetime], int]

_ACTIONS: Mapping[str, _Action] = {
    "check": lambda database, ids, asked, now: tracking.check_now(database, ids, now),
    "pause": lambda database, ids, asked, now: tracking.pause(database, ids),
    "resume": lambda database, ids, asked, now: tracking.resume(database, ids, now),
    "remove": lambda database, ids, asked, now: tracking.remove(database, ids),
    "interval": lambda database, ids, asked, now: tracking.set_interval(database, ids, asked.interval_seconds, now),
    "tag": lambda database, ids, asked, now: tracking.tag(database, ids, asked.tags),
    "untag": lambda database, ids, asked, now: tracking.untag(database, ids, asked.tags),
    "put_in_story": lambda database, ids, asked, now: tracking.put_in_story(database, ids, str(asked.story), now),
    "take_out_of_story": lambda database, ids, asked, now: tracking.take_out_of_story(
        database, ids, int(asked.story or 0)
    ),
}


def do_with_articles(here: Here, asked: Bulk) -> Done:
    """Do one thing with many Articles: those with these ids, as far as there are such, or all that a search finds.

    It is done some hundred at a time, so that checks and readers are not kept waiting: should it fail half-way, do it
    again.
    """
    with here.database.read() as session:
        if isinstance(asked.story, int) and stories.by_id(session, asked.story) is None:
            raise not_found(f"story {asked.story}")
        if asked.where is None:
            ids: Sequence[int] = list(dict.fromkeys(asked.ids or ()))
        else:
            where = asked.where
            wanted = selected(where.q, where.state, where.site, where.story, where.tag, where.language)
            ids = selection.ids(session, wanted)
    changed = _ACTIONS[asked.do](here.database, ids, asked, datetime.now(UTC))
    return Done(articles=len(ids), changed=changed)
