"""The demo's verdict: it must find everything that is not as the manifest expects."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from demo.editions import Edition, Expected
from demo.outcome import Outcome, Played, Told

ROSE = Expected("value", "casualties", "170", "303", acknowledged=False)
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENDED = BEGAN + timedelta(seconds=10)
INSIDE = (BEGAN + timedelta(seconds=5)).isoformat()


def change(before: str = "170", after: str = "303", **fields: Any) -> dict[str, Any]:
    return {
        "type": "value",
        "kind": "casualties",
        "title": f"{before} → {after}",
        "summary": "x",
        "acknowledged": False,
        "before": {"quote": before, "sentence": f"At least {before} died."},
        "after": {"quote": after, "sentence": f"At least {after} died."},
        **fields,
    }


def webhook(*changes: dict[str, Any], call_id: str = "msg_1") -> Told:
    return Told("a", call_id, {"title": "x", "changes": list(changes)})


def mail(text: str = "170 303") -> Told:
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content(text)
    return Told("a", "<msg_2@x>", mail=message)


def outcome(*told: Told, expect: tuple[Expected, ...] = (ROSE,), state: str = "ok", kept: int = 0) -> Outcome:
    edition = Edition("a", 2, 1, "altered", "text", "page", 1, expect, "" if expect else "style only", "ok")
    changes = [{**change(), "changed_at": INSIDE} for _ in range(kept)]
    return Outcome(
        publishers={"a": "The Paper"},
        played=[Played(edition, BEGAN, ENDED, (200, 200), state, "why", told)],
        histories={"a": {"changes": changes, "versions": [], "captures": []}},
        deliveries=[{"id": "msg_1", "channel": "hook", "state": "delivered", "last_error": None}],
        tries=Counter({"msg_1": 2}),
    )


def test_all_as_expected() -> None:
    assert outcome(webhook(change()), mail(), kept=1).problems() == []
    assert outcome(expect=()).problems() == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (outcome(), "not told: value of casualties: “170” → “303”, not acknowledged"),
        (outcome(webhook(change(after="304")), mail("170 304")), "told, but not expected: 170 → 304"),
        (outcome(webhook(change(after="304")), mail("170 304")), "not told: value of casualties"),
        (outcome(webhook(change(acknowledged=True)), mail()), "not told: value of casualties"),
        (outcome(webhook(change(kind="count")), mail()), "not told: value of casualties"),
        (outcome(webhook(change(), change()), mail()), "told, but not expected: 170 → 303"),
        (outcome(webhook(change()), webhook(), mail(), mail()), "2 alerts instead of one"),
        (outcome(webhook(change())), "0 mails for 1 webhook calls"),
        (outcome(webhook(change()), mail("170 only")), "the mail does not say “303”"),
        (outcome(webhook(change()), mail(), expect=()), "told, but not expected"),
        (outcome(mail(), expect=()), "1 mails for 0 webhook calls"),
        (outcome(expect=(), kept=1), "a change was found where nothing changed"),
        (outcome(webhook(change()), mail(), state="walled"), "recorded as walled (why), expected ok"),
    ],
)
def test_what_is_not_as_expected(found: Outcome, problem: str) -> None:
    assert any(problem in line for line in found.problems()), found.problems()
    assert any(line.startswith("round 1, The Paper, edition 2: ") for line in found.problems())


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"forged": 1}, "wrong signature"),
        ({"duplicates": ["msg_9"]}, "msg_9 came again"),
        ({"strays": [webhook()]}, "told, although nothing was published: x"),
        ({"strays": [mail()]}, "told, although nothing was published: x"),
        ({"stopped_with": None}, "did not stop cleanly"),
        ({"tries": Counter({"msg_1": 1})}, "did not come again under the same id"),
        (
            {"deliveries": [{"id": "msg_1", "channel": "hook", "state": "waiting", "last_error": "503"}]},
            "delivery msg_1 to hook is waiting: 503",
        ),
    ],
)
def test_what_is_wrong_with_the_whole(fields: dict[str, Any], problem: str) -> None:
    found = replace(outcome(webhook(change()), mail()), **fields)
    assert [line for line in found.problems() if problem in line]


def test_notice_needs_only_its_beginning() -> None:
    after = {"sentence": "Correction: it was 11,000.", "marks": []}
    told = {**change(), "type": "notice", "kind": None, "before": None, "after": after}
    assert Expected("notice", after="Correction: it").matches(told)
    assert not Expected("notice", after="Clarification").matches(told)
    assert not Expected("notice", before="Correction").matches(told)
