"""What webhooks receive is what the published schemas say, and so are the examples of the documentation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from alerts.cutting import cut
from alerts.payload import operator_message, trial_message
from alerts.published import DESCRIBES, schema
from alerts.told import Flapping, OtherSource, Period, ToldArticle, ToldStory
from tests.unit.alerts.examples import (
    PUBLIC_URL,
    SEEN_AT,
    change,
    day,
    fact,
    headline,
    payload_of,
    quantity,
    told_by,
    toll,
)

STORY = ToldArticle(1, "https://news.example.com/mali", None, "AP", ToldStory(7, "Mali", 2))
OTHERS = [OtherSource(2, "Reuters", None, "https://reuters.example/x", fact("Some 303 died.", "303"), SEEN_AT)]
DATE = change(
    "time",
    fact("By Dec. 31.", "Dec. 31", kind="date", quantity=None, time=day("2023-12-31", "by")),
    fact("By Jan. 1.", "Jan. 1", kind="date", quantity=None, time=day("2024-01-01", "by")),
)
ENDLESS = change("value", fact("1e999 of it", "1e999", quantity=quantity(lower=float("inf"))), fact("2 of it", "2"))

PAYLOADS: dict[str, dict[str, Any]] = {
    "one": payload_of(told_by([toll()])),
    "all kinds": payload_of(
        told_by([toll(), headline("A", "B"), DATE, ENDLESS, change("removed", fact("24 died.", "24"))], article=STORY)
    ),
    "a story": payload_of(
        told_by([toll()], article=STORY, others=OTHERS, flapping=Flapping(2, SEEN_AT), line_id=5, acknowledged=True)
    ),
    "gone": payload_of(told_by([change("availability", summary="Gone (404)")], version=None)),
    "digest": payload_of(told_by([toll()]), timing="daily", period=Period(SEEN_AT, SEEN_AT, 1, 2)),
    "an empty digest": payload_of([], timing="weekly", period=Period(SEEN_AT, SEEN_AT)),
    "a thousand": payload_of(told_by([toll(str(n), str(n + 1)) for n in range(1, 1001)])),
    "trouble": operator_message(["It stopped"], [], alert_id="alrt_1", public_url=PUBLIC_URL, now=SEEN_AT),
    "test": trial_message("desk", "msg_1", SEEN_AT),
}


def name_of(payload: dict[str, Any]) -> str:
    return next(name for name, types in DESCRIBES.items() if payload["type"] in types)


@pytest.mark.parametrize("name", DESCRIBES)
def test_a_schema_is_one(name: str) -> None:
    jsonschema_rs.meta.validate(schema(name))


@pytest.mark.parametrize("case", PAYLOADS)
def test_every_payload_is_as_its_schema_says(case: str) -> None:
    payload = cut(PAYLOADS[case])
    jsonschema_rs.validate(schema(name_of(payload)), json.loads(json.dumps(payload)))
    if "schema" in payload:
        assert payload["schema"] == f"{PUBLIC_URL}/api/v1/schemas/{name_of(payload)}"


@pytest.mark.parametrize("missing", ["version", "type", "id", "total", "changes", "cut", "channel"])
def test_a_schema_refuses_what_lacks_a_field(missing: str) -> None:
    payload = cut(PAYLOADS["one"])
    del payload[missing]
    assert not jsonschema_rs.is_valid(schema("changes"), payload)


def test_the_examples_of_the_documentation_are_valid() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text()
    examples = [json.loads(one) for one in re.findall(r"```json\n(.*?)```", documented, re.DOTALL)]
    assert {name_of(example) for example in examples} == set(DESCRIBES)
    for example in examples:
        jsonschema_rs.validate(schema(name_of(example)), example)
