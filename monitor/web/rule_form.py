"""A Rule as a form has it: what was written in each field, read, with what is wrong beside the field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from alerts.rules import Condition
from alerts.timing import Pace, Timing

_LISTED = ("types", "kinds")
_SPLIT = {"subjects": r"[\r\n]+", "languages": r"[\s,;]+"}
_NUMBERS = ("size", "percent", "crosses", "confirmations", "article_id")
_TICKED = ("only_unacknowledged", "even_when_nothing", "even_in_quiet_hours")
_CHANNELS = "channels"
_PLAIN = {
    "float_parsing": "write a number, such as 10 or 2.5",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "greater_than": "write a number above 0",
    "greater_than_equal": "this is too little",
    "less_than_equal": "this is too much",
    "literal_error": "choose one of those offered",
    "string_too_long": "this is too long",
}
"""For what Pydantic says for programmers."""
LONGEST = 4000
"""Characters of one field."""


@dataclass(slots=True)
class RuleForm:
    """What was written, and what it means; `faults` by the name of the field, "" for the whole."""

    name: str = ""
    channels: Sequence[str] = ()
    written: Mapping[str, Any] = field(default_factory=dict)
    condition: Condition = field(default_factory=Condition)
    timing: Timing = field(default_factory=Timing)
    faults: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What stands in a field."""
        return self.written.get(name, "")

    def holds(self, name: str, word: str) -> bool:
        """Whether a box of several is ticked."""
        return word in (self.written.get(name) or ())

    @property
    def particular(self) -> bool:
        """Whether a condition is set that is folded away at first."""
        names = ("types", "direction", "size", "percent", "crosses", "firmness", "only_unacknowledged", "severity",
                 "confirmations", "baseline")  # fmt: skip
        given = self.condition.given()
        return any(name in given or name in self.faults for name in names)

    @property
    def waiting(self) -> bool:
        """Whether a time is set that is folded away at first."""
        names = ("quiet_from", "quiet_until", "first_wait", "interval", "repeat", "even_when_nothing",
                 "even_in_quiet_hours")  # fmt: skip
        given = self.timing.given()
        return any(name in given or name in self.faults for name in names)


def of_rule(name: str, channels: Sequence[str], condition: Condition, timing: Timing) -> RuleForm:
    """The form of a Rule that there is."""
    written: dict[str, Any] = {**condition.given(), **timing.given()}
    for many, _ in _SPLIT.items():
        if many in written:
            written[many] = ("\n" if many == "subjects" else ", ").join(written[many])
    for wait in ("first_wait", "interval", "repeat"):
        if wait in written:
            written[wait] = span(written[wait])
    for number in ("size", "percent", "crosses"):
        if number in written:
            written[number] = f"{written[number]:.15g}"
    return RuleForm(name, channels, written, condition, timing)


def read(form: FormData) -> RuleForm:
    """What was sent."""
    written: dict[str, Any] = {name: _texts(form, name) for name in _LISTED}
    for name in (*Condition.model_fields, *Timing.model_fields):
        if name not in written:
            written[name] = next(iter(_texts(form, name)), "").strip()
    names = next(iter(_texts(form, "name")), "")
    asked = RuleForm(" ".join(names.split()), _texts(form, _CHANNELS), written)
    condition = _given(Condition, written)
    timing = _given(Timing, written)
    asked.condition = _model(Condition, condition, asked.faults)
    asked.timing = _model(Timing, timing, asked.faults)
    return asked


def read_pace(form: FormData) -> tuple[Pace, dict[str, str]]:
    """The pace of a Channel, and what is wrong with what was written."""
    faults: dict[str, str] = {}
    written = {name: next(iter(_texts(form, name)), "").strip() for name in Pace.model_fields}
    return _model(Pace, _given(Pace, written), faults), faults


def span(seconds: float) -> str:
    """A length of time as the fields take it: `10s`, `5m`, `4h`, `2d`."""
    for unit, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds / unit:g}{letter}"
    return f"{seconds:g}s"


def _texts(form: FormData, name: str) -> list[str]:
    return [value.replace("\x00", " ")[:LONGEST] for value in form.getlist(name) if isinstance(value, str)]


def _given(model: type[BaseModel], written: Mapping[str, Any]) -> dict[str, Any]:
    """What was written into the fields of a model, without those that were left empty."""
    given: dict[str, Any] = {}
    for name in model.model_fields:
        value = written.get(name)
        if not value:
            continue
        if name in _TICKED:
            value = True
        elif name in _NUMBERS:
            value = re.sub(r"[,\s]", "", value)
        elif name in _SPLIT:
            value = [part.strip() for part in re.split(_SPLIT[name], value) if part.strip()]
        given[name] = value
    return given


def _model(model: type[Any], given: dict[str, Any], faults: dict[str, str]) -> Any:
    """The model; what is wrong is said and left out, so that the rest can be shown."""
    for _ in range(len(given) + 1):
        try:
            return model.model_validate(given)
        except ValidationError as error:
            wrong = {str(one["loc"][0]) if one["loc"] else "" for one in error.errors()}
            for one in error.errors():
                where = str(one["loc"][0]) if one["loc"] else ""
                faults.setdefault(where, _PLAIN.get(one["type"], one["msg"].removeprefix("Value error, ")))
            if "" in wrong:
                break
            given = {name: value for name, value in given.items() if name not in wrong}
    return model()
