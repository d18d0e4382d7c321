"""What an Alert says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import payload
from tests.unit.alerts.examples import PUBLIC_URL, SEEN_AT, change, event, fact, headline, quantity, toll


def told(*changes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    happened = event(changes, **fields)
    return payload.alert(
        happened,
        happened.changes,
        alert_id="alrt_1",
        rule="all",
        baseline="last version",
        public_url=PUBLIC_URL + "/",
        before_seen_at=SEEN_AT,
    )


def marked(statement: dict[str, Any]) -> list[str]:
    return [text for text, is_marked in payload.pieces(statement) if is_marked]


def test_it_is_complete_in_itself() -> None:
    alert = told(toll())
    assert alert["schema"] == "corrigenda.alert/1"
    assert alert["type"] == "article.changed"
    assert alert["title"] == "at least 170 → at least 303 peacekeepers killed"
    assert alert["baseline"] == {
        "name": "last version", "before": 1, "after": 2,
        "before_seen_at": "2023-06-30T10:15:00Z", "after_seen_at": "2023-06-30T10:15:00Z",
    }  # fmt: skip
    assert alert["article"]["publisher"] == "AP"
    assert alert["link"] == f"{PUBLIC_URL}/articles/1/compare/1/2"
    one = alert["changes"][0]
    assert (one["id"], one["delta"], one["before"]["quote"], one["after"]["quote"]) == (1, 133, "170", "303")
    assert one["before"]["sentence"].startswith("At least 170 peacekeepers")
    assert marked(one["before"]) == ["170"]
    assert marked(one["after"]) == ["303"]


def test_availability_has_no_second_version() -> None:
    alert = told(change("availability", summary="Gone (404)", severity="high"), after=None)
    assert alert["type"] == "article.availability"
    assert alert["link"] == f"{PUBLIC_URL}/articles/1"


def test_one_notice_acknowledges_the_version() -> None:
    assert told(toll())["acknowledged"] is False
    assert told(toll(), change("notice", acknowledged=True))["acknowledged"] is True


def test_a_publisher_that_is_not_known_is_named_by_the_host() -> None:
    assert told(toll(), publisher=None)["article"]["publisher"] == "news.example.com"
    assert told(toll(), publisher=None, url="file:///notes/mali.txt")["article"]["publisher"] == "mali.txt"


def test_the_most_severe_change_comes_first() -> None:
    alert = told(headline("A", "B", severity="low"), toll())
    assert [one["type"] for one in alert["changes"]] == ["value", "headline"]
    assert alert["title"].endswith("peacekeepers killed")


def test_the_second_of_two_equal_numbers_is_the_one_that_is_marked() -> None:
    sentence = "Of the 17 hostages 17 were killed."
    gone = fact(sentence, "17", "17 were killed", at=1000)
    statement = told(change("removed", gone))["changes"][0]["before"]
    assert [(start, end) for start, end in statement["marks"]] == [(19, 21)]


def test_long_sentences_are_cut_around_the_value() -> None:
    sentence = "word " * 500 + "24 were killed" + " word" * 500
    statement = told(change("removed", fact(sentence, "24", "24 were killed")))["changes"][0]["before"]
    assert len(statement["sentence"]) <= payload.LONGEST_SENTENCE + 2
    assert statement["sentence"].startswith("…")
    assert statement["sentence"].endswith("…")
    assert marked(statement) == ["24"]


def test_two_long_sentences_are_marked_where_they_differ_and_nowhere_else() -> None:
    rest = " and so on" * 200
    old, new = f"So 170 were killed{rest}", f"{'Word ' * 90} so 170 were wounded{rest}"
    one = told(change("value", fact(old, "170"), fact(new, "170")))["changes"][0]
    assert marked(one["before"]) == ["So", "killed"]
    assert marked(one["after"])[-1] == "wounded"
    assert all(len(one[side]["sentence"]) <= payload.LONGEST_SENTENCE + 2 for side in ("before", "after"))


def test_the_largest_change_there_is_still_fits() -> None:
    huge = '"\\😀' * 2000
    gone = fact(huge + " 24 were killed", "24", huge + " 24 were killed", attribution=huge, subject=huge)
    alert = told(change("value", gone, gone, summary=huge), headline=huge, publisher=huge)
    assert len(alert["changes"]) == 1
    assert payload.size(alert) < 20_000


def test_what_json_does_not_have_is_null() -> None:
    endless = fact("Some 1e999 of them.", "1e999", quantity=quantity(lower=float("inf"), upper=float("nan")))
    one = told(change("value", endless, endless, delta=float("nan"), ratio=float("inf")))["changes"][0]
    assert (one["delta"], one["ratio"], one["before"]["quantity"]["lower"]) == (None, None, None)


def test_a_thousand_changes_are_counted_and_the_payload_stays_small() -> None:
    alert = told(*[toll(str(number), str(number + 1)) for number in range(170, 1170)])
    assert payload.size(alert) < 20_000
    assert alert["total"] == 1000
    assert alert["left_out"] == 1000 - len(alert["changes"]) > 900


def test_headline_and_text_that_tell_one_step_are_told_once() -> None:
    def dead(sentence: str, quote: str, lower: int, upper: int | None) -> dict[str, object]:
        return fact(sentence, quote, quantity=quantity(lower=lower, upper=upper))

    headline = change("value", dead("4 dead", "4", 4, 4), dead("8 dead", "8", 8, 8))
    text = change("value", dead("At least four died.", "four", 4, None), dead("At least eight died.", "eight", 8, None))
    other = change("value", dead("5 died in the north.", "5", 5, 5), dead("8 died in the north.", "8", 8, 8))
    alert = told(headline, text, other)
    assert [one["before"]["quote"] for one in alert["changes"]] == ["4", "5"]
    assert alert["total"] == 2


page_text = st.text(max_size=3000)


@settings(max_examples=60)
@given(st.lists(st.tuples(page_text, page_text), min_size=1, max_size=12), page_text, page_text)
def test_whatever_pages_say_it_is_small_valid_json(texts: list[tuple[str, str]], head: str, publisher: str) -> None:
    alert = told(*[headline(old, new) for old, new in texts], headline=head, publisher=publisher)
    assert payload.size(alert) < 20_000
    assert json.loads(payload.encode(alert)) == alert
    for one in alert["changes"]:
        for side in ("before", "after"):
            assert "".join(text for text, _ in payload.pieces(one[side])) == one[side]["sentence"]


@given(st.text(max_size=80), st.text(min_size=1, max_size=10), st.text(max_size=80))
def test_the_marked_words_stand_in_the_sentence(left: str, quote: str, right: str) -> None:
    sentence = left + quote + right
    statement = told(change("removed", fact(sentence, quote)))["changes"][0]["before"]
    for start, end in statement["marks"]:
        assert 0 <= start <= end <= len(statement["sentence"])
        assert statement["sentence"][start:end] == statement["quote"]


def test_every_field_is_documented() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text()
    names = set(re.findall(r"`(\w+)`", documented))
    alert = told(toll())
    change = alert["changes"][0]
    for part in (alert, alert["article"], alert["baseline"], change, change["before"]):
        assert set(part) <= names
    assert set(payload.trial_message("desk", "msg_1", SEEN_AT)) <= names
