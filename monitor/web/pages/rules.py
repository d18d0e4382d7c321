"""`/rules`: which changes matter to whom, in words; a form that says what it will send, and tries it on the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from alerts import rulebook
from alerts.errors import AlertsError
from alerts.rehearse import Rehearsal, rehearse
from alerts.rules import BASELINES, Condition
from alerts.timing import WEEKDAYS, Pace, Timing
from monitor.changes.rejudge import rejudge
from monitor.outgoing import waits_of
from monitor.web import wording
from monitor.web.access import done
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, House, page
from monitor.web.rule_form import RuleForm, of_rule, read
from storage import mutes, rules, stories
from storage.tables import Channel, Rule

REHEARSED = timedelta(days=30)
"""The past on which a Rule is tried."""
SHOWN = 40
"""Alerts of a dry run that are listed, the newest."""


async def _form(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_form)]


def list_rules(here: Here) -> HTMLResponse:
    """All Rules with what they send, and what is muted."""
    return _list(here)


def new_rule(
    here: Here,
    story: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    article: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    tag: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """The form of a new Rule, about one Story, Article or tag where the address says so."""
    with here.database.read() as session:
        names = [channel.name for channel in rules.channels(session)]
    scope = {"story_id": story, "article_id": article, "tag": tag or None}
    asked = of_rule("", names[:1], Condition.model_validate({k: v for k, v in scope.items() if v}), Timing())
    return _edit(here, asked)


def make_rule(here: Here, form: Sent) -> Response:
    """Keep a new Rule; asked only to look, say what it would send and try it on the past."""
    asked = read(form)
    if form.get("do") != "save":
        return _edit(here, asked, tried=form.get("do") == "try")
    if not asked.faults:
        try:
            with here.database.write() as session:
                rulebook.add_rule(session, asked.name, list(asked.channels), asked.condition, asked.timing)
            return done("/rules", "rule-made")
        except AlertsError as error:
            _blame(asked, error)
    return _edit(here, asked)


def say(here: Here, form: Sent) -> HTMLResponse:
    """What a Rule that is being written would send, in words: the live part of its form."""
    return page("rule_says.html", **_said(here, read(form)))


def show_rule(here: Here, rule_id: Id) -> HTMLResponse:
    """The form of a Rule."""
    with here.database.read() as session:
        rule = _get(session, rule_id)
        asked = _written(session, rule)
    return _edit(here, asked, rule)


def change_rule(here: Here, rule_id: Id, form: Sent) -> Response:
    """Change a Rule; asked only to look, say what it would send and try it on the past."""
    asked = read(form)
    with here.database.read() as session:
        rule = _get(session, rule_id)
    if form.get("do") != "save":
        return _edit(here, asked, rule, tried=form.get("do") == "try")
    if not asked.faults:
        try:
            with here.database.write() as session:
                rulebook.change_rule(
                    session, rule_id, new_name=asked.name, channels=list(asked.channels), condition=asked.condition,
                    timing=asked.timing,
                )  # fmt: skip
            return done(f"/rules/{rule_id}", "rule-changed")
        except AlertsError as error:
            _blame(asked, error)
    return _edit(here, asked, rule)


def switch_rule(here: Here, rule_id: Id, on: Annotated[bool, Form()] = False) -> Response:
    """Let it pick, or not."""
    with here.database.write() as session:
        _get(session, rule_id)
        rulebook.switch_rule(session, rule_id, on)
    return done("/rules", "rule-on" if on else "rule-off")


def remove_rule(here: Here, rule_id: Id, sure: Annotated[str, Form()] = "") -> Response:
    """Forget it, once that was confirmed."""
    with here.database.read() as session:
        rule = _get(session, rule_id)
        asked = _written(session, rule)
    if sure != "yes":
        return _edit(here, replace(asked, faults={"": "tick the box to remove the rule"}), rule)
    with here.database.write() as session:
        rulebook.remove_rule(session, rule_id)
    return done("/rules", "rule-removed")


def add_default_rules(here: Here, channel: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Casualties, personnel and dates at once, the rest in a daily digest."""
    try:
        with here.database.write() as session:
            rulebook.add_default_rules(session, channel)
    except AlertsError as error:
        return _list(here, fault=str(error))
    return done("/rules", "rule-made")


def end_mute(here: Here, mute_id: Id) -> Response:
    """The Channel hears of it again."""
    try:
        with here.database.write() as session:
            rulebook.end_mute(session, mute_id)
    except AlertsError as error:
        raise HTTPException(404, f"{error}.") from error
    return done("/rules#mutes", "mute-ended")


def _list(house: House, fault: str = "") -> HTMLResponse:
    waits = waits_of(house.settings)
    with house.database.read() as session:
        channels = rules.channels(session)
        found = rules.rules(session)
        said = rulebook.describe_rules(session, found, waits)
        listed = [(rule, fed, says) for (rule, fed), says in zip(found, said, strict=True)]
        quiet = mutes.listed(session, datetime.now(UTC))
        things = rulebook.describe_mutes(session, [mute for mute, _ in quiet])
        muted = [(mute, channel, thing) for (mute, channel), thing in zip(quiet, things, strict=True)]
    return page("rules.html", status=400 if fault else 200, rules=listed, channels=channels, muted=muted, fault=fault)


def _edit(house: House, asked: RuleForm, rule: Rule | None = None, *, tried: bool = False) -> HTMLResponse:
    said = _said(house, asked, tried=tried)
    with house.database.read() as session:
        offered = {"channels": rules.channels(session), "stories": stories.names(session)}
    return page(
        "rule.html",
        status=400 if asked.faults else 200,
        rule=rule,
        kinds=wording.KINDS,
        types=wording.TYPES,
        baselines=BASELINES,
        weekdays=WEEKDAYS,
        **{**said, **offered},
    )


def _said(house: House, asked: RuleForm, *, tried: bool = False) -> Mapping[str, Any]:
    """What it would send, in words, and what it would have sent."""
    waits, now = waits_of(house.settings), datetime.now(UTC)
    rehearsal: Rehearsal | None = None
    with house.database.read() as session:
        fed = [channel for channel in rules.channels(session) if channel.name in asked.channels]
        says = rulebook.describe_draft(session, asked.condition, asked.timing, fed, waits)
        if tried and not asked.faults:
            first: Channel | None = fed[0] if fed else None
            rehearsal = rehearse(
                session,
                asked.condition,
                asked.timing,
                now - REHEARSED,
                now,
                rejudge=rejudge,
                pace=Pace.model_validate(first.pace) if first else None,
                kind=first.kind if first else "email",
                waits=waits,
            )
    return {"asked": asked, "says": says, "rehearsal": rehearsal, "shown": SHOWN, "days": REHEARSED.days}


def _written(session: Session, rule: Rule) -> RuleForm:
    fed = [channel.name for channel in rules.channels_of(session, rule.id or 0)]
    return of_rule(rule.name, fed, rulebook.condition_of(rule), rulebook.timing_of(rule))


def _blame(asked: RuleForm, error: AlertsError) -> None:
    """Say it beside the field that the error names, else above the form."""
    where, colon, said = str(error).partition(": ")
    if "rule" in where and ("name" in where or "already" in where):
        asked.faults["name"] = str(error)
    elif colon and where in ("channels", *Condition.model_fields, *Timing.model_fields):
        asked.faults[where] = said
    else:
        asked.faults[""] = str(error)


def _get(session: Session, rule_id: int) -> Rule:
    rule = rules.by_id(session, rule_id)
    if rule is None:
        raise HTTPException(404, f"There is no rule {rule_id}.")
    return rule
