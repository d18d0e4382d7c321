"""Rules: which Changes matter to whom, and when they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import JsonValue
from sqlmodel import Session

from alerts import rulebook
from alerts.rehearse import rehearse
from alerts.rules import Condition
from alerts.timing import Pace, Timing
from monitor.changes.rejudge import rejudge
from monitor.outgoing import waits_of
from monitor.web.api.conditional import require_match
from monitor.web.api.nouns.noun import LARGEST_ID, Text
from monitor.web.api.nouns.rules import ForChannel, NewRule, Rehearsal, Rehearse, Rule, RulePatch, Rules, rule
from monitor.web.api.paging import Page, Paging
from monitor.web.api.problems import CONFLICT, INVALID_CONTENT, Fault, Refusal, not_found
from monitor.web.api.route import IfMatch, created
from monitor.web.rendering import Here, House
from storage import rules, tables

RuleId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Rule.")]


def list_rules(here: Here, paging: Paging) -> Page[Rule]:
    """The Rules, by name."""
    after = paging.after(tuple[Text])
    with here.database.read() as session:
        rows = [(row, fed) for row, fed in rules.rules(session) if after is None or row.name > after[0]]
        items = [_made(here, session, row, fed) for row, fed in rows[: paging.limit]]
    return paging.page_until(items, (items[-1].name,) if len(rows) > paging.limit else None)


def add_rule(here: Here, response: Response, wanted: NewRule) -> Rule:
    """Make a Rule. `sends` of the answer says in plain words what it will send."""
    with here.database.write() as session:
        _check_name(session, wanted.name)
        named = _channel_names(session, wanted.channels)
        row = rulebook.add_rule(session, wanted.name, named, wanted.condition, wanted.timing, enabled=wanted.enabled)
        made = _shown(here, session, row)
    created(response, made.links["self"], new=True)
    return made


def get_rule(here: Here, rule_id: RuleId) -> Rule:
    """One Rule, and what it will send in plain words."""
    with here.database.read() as session:
        return _shown(here, session, _known(session, rule_id))


def change_rule(here: Here, request: Request, rule_id: RuleId, patch: RulePatch, if_match: IfMatch = None) -> Rule:
    """Change a Rule, or switch it on or off. What it picked before stays picked."""
    asked = patch.model_fields_set
    with here.database.write() as session:
        row = _known(session, rule_id)
        require_match(request, _shown(here, session, row))
        if patch.name is not None and patch.name.strip() != row.name:
            _check_name(session, patch.name)
        rulebook.change_rule(
            session,
            rule_id,
            new_name=patch.name,
            channels=_channel_names(session, patch.channels) if patch.channels else None,
            condition=merged(row.condition, patch.condition) if "condition" in asked else None,
            timing=merged(row.timing, patch.timing) if "timing" in asked else None,
        )
        if "enabled" in asked:
            rulebook.switch_rule(session, rule_id, patch.enabled is not False)
        return _shown(here, session, row)


def remove_rule(here: Here, request: Request, rule_id: RuleId, if_match: IfMatch = None) -> None:
    """Forget a Rule. What it told stays; what it has not told yet is not told."""
    with here.database.write() as session:
        require_match(request, _shown(here, session, _known(session, rule_id)))
        rulebook.remove_rule(session, rule_id)


def rehearse_rule(here: Here, asked: Rehearse) -> Rehearsal:
    """Try a Rule that is still being written on what is kept: what it would have sent. Nothing is sent."""
    with here.database.read() as session:
        return _rehearsed(here, session, asked.condition, asked.timing, _fed(session, asked.channel_id), asked.days)


def rehearse_known_rule(
    here: Here,
    rule_id: RuleId,
    days: Annotated[int, Query(ge=1, le=366, description="Over so many days before now.")] = 30,
) -> Rehearsal:
    """What a Rule would have sent, had it been there. Nothing is sent."""
    with here.database.read() as session:
        row = _known(session, rule_id)
        fed = rules.channels_of(session, rule_id)
        return _rehearsed(here, session, rulebook.condition_of(row), rulebook.timing_of(row), fed, days)


def add_default_rules(here: Here, asked: ForChannel) -> Rules:
    """Make those of the default Rules that there are not: tolls, personnel and dates at once, the rest once a day."""
    with here.database.write() as session:
        [name] = _channel_names(session, [asked.channel_id])
        return Rules(items=[_shown(here, session, row) for row in rulebook.add_default_rules(session, name)])


def _fed(session: Session, channel_id: int | None) -> Sequence[tables.Channel]:
    if channel_id is None:
        return ()
    _channel_names(session, [channel_id])
    return [session.get_one(tables.Channel, channel_id)]


def _rehearsed(
    here: House, session: Session, condition: Condition, timing: Timing, fed: Sequence[tables.Channel], days: int
) -> Rehearsal:
    now, waits = datetime.now(UTC), waits_of(here.settings)
    found = rehearse(
        session, condition, timing, now - timedelta(days=days), now, rejudge=rejudge, waits=waits,
        pace=Pace.model_validate(fed[0].pace) if fed else None, kind=fed[0].kind if fed else "email",
    )  # fmt: skip
    says = rulebook.describe_draft(session, condition, timing, fed, waits)
    same = {name: getattr(found, name) for name in Rehearsal.model_fields if name not in ("sends", "alerts")}
    return Rehearsal.model_validate({**same, "sends": says, "alerts": [asdict(one) for one in found.alerts]})


def merged(kept: Mapping[str, Any], patch: Mapping[str, JsonValue] | None) -> dict[str, Any]:
    """Data with a merge patch applied (RFC 7396): what is null in it is left open again; all of it by a null alone."""
    fields = {**kept, **patch} if patch is not None else {}
    return {name: value for name, value in fields.items() if value is not None}


def _known(session: Session, rule_id: int) -> tables.Rule:
    row = rules.by_id(session, rule_id)
    if row is None:
        raise not_found(f"rule {rule_id}")
    return row


def _shown(here: House, session: Session, row: tables.Rule) -> Rule:
    return _made(here, session, row, rules.channels_of(session, row.id or 0))


def _made(here: House, session: Session, row: tables.Rule, fed: Sequence[tables.Channel]) -> Rule:
    condition, timing = rulebook.condition_of(row), rulebook.timing_of(row)
    return rule(row, fed, rulebook.describe_draft(session, condition, timing, fed, waits_of(here.settings)))


def _check_name(session: Session, name: str) -> None:
    if known := rules.rule_by_name(session, name.strip()):
        raise Refusal(CONFLICT, f"There is a rule {known.name!r} already: it has the id {known.id}.")


def _channel_names(session: Session, ids: Sequence[int]) -> list[str]:
    names = {one.id: one.name for one in rules.channels(session)}
    for place, channel_id in enumerate(ids):
        if channel_id not in names:
            detail = f"there is no channel {channel_id}"
            raise Refusal(
                INVALID_CONTENT, f"{detail}.", errors=[Fault(where="body", name=f"/channels/{place}", detail=detail)]
            )
    return [names[channel_id] for channel_id in ids]
