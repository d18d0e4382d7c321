"""The steps of a Visit: what its last checks saw and the slot of its next request, written together.

Only checks that saw what was seen before come here, which are nearly all of them; the rest has sessions of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, null, select, update

from storage.prepared import Prepared
from storage.sites import Claim
from storage.tables import Article, Site, Version

_SITE, _ARTICLE = Site.metadata.tables["site"], Article.metadata.tables["article"]
_VERSION = Version.metadata.tables["version"]

_SEEN = (
    "next_check_why", "state_reason", "checks", "sightings", "last_checked_at", "changes_seen", "exposure", "seen_at",
)  # fmt: skip
_WHOLE = ("etag", "last_modified", "final_url", "whole_at", "body_hash")


@dataclass(frozen=True, slots=True)
class Seen:
    """An Article that still says what its current Version says, and was well before: nothing to be told of it."""

    article_id: int
    version_number: int
    captured_at: datetime
    at: datetime
    reason: str
    next_check_at: datetime
    columns: Mapping[str, Any]
    """Of the Article: how often and when it was seen; and, when its page came whole, that page's validators."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The wish for the next request to the visited Site; see `sites.take_slot`."""

    now: datetime
    gap: timedelta
    not_before: datetime | None
    latest: datetime
    known: datetime | None
    """What the Visit knows as the Site's next slot: it need not be read again unless somebody else took one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the Visit that holds this claim."""

    claim: Claim
    seen: Sequence[Seen] = ()
    """What its last checks saw, oldest first."""
    slot: Slot | None = None
    ends: bool = False
    """The Visit lets go of its Site."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step brought."""

    slot: datetime | None = None
    """When the request may go out that it was for; later than the `latest` of its wish: the slot was not taken."""
    next_slot_at: datetime | None = None


def write(connection: Connection, steps: Sequence[Step]) -> list[Stepped | None]:
    """Write these steps. None for one whose Site a later Visit has taken over, or may by now where a slot is asked for:
    nothing of it is written then."""
    results = [_site_of(connection, step) for step in steps]
    seen = [each for step, stepped in zip(steps, results, strict=True) if stepped for each in step.seen]
    for whole in (False, True):
        if rows := [_row(each) for each in seen if ("whole_at" in each.columns) == whole]:
            _article(whole).run_each(connection, rows)
    if seen:
        _STILL.run_each(
            connection,
            [{"article": each.article_id, "at_number": each.version_number, "at": each.captured_at} for each in seen],
        )
    return results


def _row(seen: Seen) -> dict[str, Any]:
    columns = {f"to_{name}": value for name, value in seen.columns.items()}
    return {
        **columns,
        "article": seen.article_id,
        "at": seen.next_check_at,
        "to_state_reason": seen.reason,
        "to_last_checked_at": seen.at,
    }


def _site_of(connection: Connection, step: Step) -> Stepped | None:
    parameters: dict[str, Any] = {"site": step.claim.site_id, "held": step.claim.fence}
    well = bool(step.seen)
    if well:
        parameters |= {"why": step.seen[-1].reason, "now": step.seen[-1].at}
    if step.slot is None:
        return Stepped() if _site(well, "end" if step.ends else "").run(connection, parameters) else None
    parameters["alive"] = step.slot.now
    if (known := step.slot.known) is not None:
        stepped = _taken(step.slot, known)
        if _site(well, "known").run(connection, {**parameters, "next": stepped.next_slot_at, "known": known}):
            return stepped
    found = connection.execute(_SLOT, {"site": step.claim.site_id, "held": step.claim.fence, "alive": step.slot.now})
    if (row := found.first()) is None:
        return None
    stepped = _taken(step.slot, row[0])
    _site(well, "slot").run(connection, {**parameters, "next": stepped.next_slot_at})
    return stepped


def _taken(wish: Slot, next_slot_at: datetime) -> Stepped:
    at = max(next_slot_at, wish.not_before or wish.now, wish.now)
    return Stepped(at, at if at > wish.latest else at + wish.gap)


_MINE = (_SITE.c.id == bindparam("site"), _SITE.c.fence == bindparam("held"))
_LASTS = _SITE.c.visit_until > bindparam("alive", type_=_SITE.c.visit_until.type)
"""Nobody else may claim it yet. Who stood still for so long that somebody may has nothing to ask for any more."""
_SLOT = select(_SITE.c.next_slot_at).where(*_MINE, _LASTS).with_for_update(key_share=True)
_STILL = Prepared(
    update(_VERSION)
    .where(_VERSION.c.article_id == bindparam("article"), _VERSION.c.number == bindparam("at_number"))
    .values(last_seen_at=bindparam("at", type_=_VERSION.c.last_seen_at.type))
)


@functools.cache
def _article(whole: bool) -> Prepared:
    """Sets no column that stays as it was and is of an index: that would be written anew."""
    at = bindparam("at", type_=_ARTICLE.c.next_check_at.type)
    names = _SEEN + _WHOLE if whole else _SEEN
    values = {name: bindparam(f"to_{name}", type_=_ARTICLE.c[name].type) for name in names}
    # A pause that came in the meantime stays a pause.
    paused_stays = case((_ARTICLE.c.next_check_at.is_(None), null()), else_=at)
    return Prepared(
        update(_ARTICLE)
        .where(_ARTICLE.c.id == bindparam("article"))
        .values(next_check_at=paused_stays, failures=0, **values)
    )


@functools.cache
def _site(well: bool, how: str) -> Prepared:
    """well: it answered well. how: `slot` takes one, `known` one where the next is as known, `end` lets go of it."""
    time = _SITE.c.next_slot_at.type
    values: dict[str, Any] = {}
    if well:
        values |= {"failures": 0, "refusals": 0, "held_until_at": null(), "held_reason": ""}
        values |= {"last_reason": bindparam("why"), "last_checked_at": bindparam("now", type_=time)}
        values["last_ok_at"] = bindparam("now", type_=time)
    where = list(_MINE)
    if how == "end":
        values["visit_until"] = null()
    elif how:
        where.append(_LASTS)
        values["next_slot_at"] = bindparam("next", type_=time)
    if how == "known":
        where.append(_SITE.c.next_slot_at == bindparam("known", type_=time))
    return Prepared(update(_SITE).where(*where).values(**values))
