"""What an Alert says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import payload
from alerts.cutting import cut
from alerts.statements import LONGEST_SENTENCE, pieces
from alerts.told import Baseline, Flapping, OtherSource, Period, ToldArticle, ToldStory
from tests.unit.alerts.examples import (
    PUBLIC_URL,
    SEEN_AT,
    change,
    fact,
    headline,
    payload_of,
    quantity,
    told_by,
    toll,
)


def told(*changes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return payload_of(told_by(changes, **fields), public_url=PUBLIC_URL + "/")


def marked(statement: dict[str, Any]) -> list[str]:
    return [text for text, is_marked in pieces(statement) if is_marked]


def test_it_is_complete_in_itself() -> None:
    alert = told(toll())
    assert (alert["version"], alert["type"]) == (1, "changes.alert")
    assert alert["schema"] == f"{PUBLIC_URL}/api/v1/schemas/changes"
    assert alert["title"] == "at least 170 → at least 303 peacekeepers killed"
    assert alert["subject"] == "at least 170 → at least 303 peacekeepers killed - AP"
    assert alert["articles"][0]["publisher"] == "AP"
    assert alert["link"] == f"{PUBLIC_URL}/articles/1/compare/1/2"
    assert alert["whole"] == f"{PUBLIC_URL}/alerts/alrt_1"
    one = alert["changes"][0]
    assert one["baseline"] == {"name": "last version", "version": 1, "seen_at": "2023-06-30T10:15:00Z"}
    assert (one["version"], one["seen_at"], one["rules"]) == (2, "2023-06-30T10:15:00Z", [{"id": 1, "name": "tolls"}])
    assert (one["id"], one["delta"], one["before"]["quote"], one["after"]["quote"]) == (1, 133, "170", "303")
    assert one["before"]["sentence"].startswith("At least 170 peacekeepers")
    assert marked(one["before"]) == ["170"]
    assert marked(one["after"]) == ["303"]


def test_availability_has_no_second_version() -> None:
    alert = told(change("availability", summary="Gone (404)", severity="high"), version=None)
    assert alert["title"] == "Gone (404): U.N. ends its mission in Mali"
    assert alert["changes"][0]["link"] == alert["link"] == f"{PUBLIC_URL}/articles/1"


def test_one_notice_acknowledges_the_version() -> None:
    assert told(toll())["changes"][0]["acknowledged"] is False
    alert = told(toll(), change("notice", acknowledged=True))
    assert [one["acknowledged"] for one in alert["changes"]] == [True, True]


def test_a_publisher_that_is_not_known_is_named_by_the_host() -> None:
    def whose(url: str) -> str:
        return str(told(toll(), article=ToldArticle(1, url, None, None))["articles"][0]["publisher"])

    assert whose("https://news.example.com/mali") == "news.example.com"
    assert whose("file:///notes/mali.txt") == "mali.txt"


def test_rules_that_pick_the_same_are_told_together_and_baselines_apart() -> None:
    same = told_by([toll()], rules=("tolls",)) + told_by([toll()], rules=("tolls", "Mali"))
    other = told_by([toll("90", "303")], baseline=Baseline("first version", 1, SEEN_AT))
    alert = payload_of(same + other)
    assert [[rule["name"] for rule in one["rules"]] for one in alert["changes"]] == [["Mali", "tolls"], ["tolls"]]
    assert [one["baseline"]["name"] for one in alert["changes"]] == ["last version", "first version"]


def test_many_articles_are_told_by_story_and_the_subject_counts_the_rest() -> None:
    mali, niger = ToldStory(7, "Mali", 2), ToldStory(8, "Niger", 0)
    told = []
    for number, (article_id, story) in enumerate(((1, niger), (2, None), (3, mali), (4, mali))):
        article = ToldArticle(
            article_id, f"https://news.example.com/{article_id}", f"Article {article_id}", "AP", story
        )
        told += told_by([toll(str(100 + number), "300", id=number, severity="low")], article=article)
    told += told_by(
        [toll("7", "9", id=99)], article=ToldArticle(3, "https://news.example.com/3", "Article 3", "AP", mali)
    )
    alert = payload_of(told)
    assert [one["article_id"] for one in alert["changes"]] == [3, 3, 4, 1, 2]
    assert alert["subject"] == "at least 7 → at least 9 peacekeepers killed - AP and 4 more"
    assert alert["link"] == alert["whole"]
    assert [article["story"] and article["story"]["name"] for article in alert["articles"]] == [
        "Mali",
        "Mali",
        "Niger",
        None,
    ]


def test_of_equally_severe_changes_what_befell_people_speaks_for_all() -> None:
    earlier = ToldArticle(1, "https://blog.example.com/1", "Article 1", "A blog")
    moved = toll("80", "90", severity="high") | {"kind": "money"}
    alert = payload_of(told_by([moved], article=earlier) + told_by([toll(id=2, severity="high")]))
    assert alert["subject"] == "at least 170 → at least 303 peacekeepers killed - AP and 1 more"
    assert [one["kind"] for one in alert["changes"]] == ["money", "casualties"], "the order of the articles stays"


def test_what_goes_back_and_forth_is_named_so() -> None:
    alert = told(toll(), flapping=Flapping(6, SEEN_AT))
    assert alert["title"].startswith("Flapping: at least 170")
    assert alert["changes"][0]["flapping"] == {"times": 6, "since": "2023-06-30T10:15:00Z"}


def test_other_sources_say_whether_they_agree() -> None:
    def other(number: str, **amount: Any) -> OtherSource:
        said = fact(f"Some {number} peacekeepers were killed.", number, quantity=quantity(**amount))
        return OtherSource(2, "Reuters", None, "https://reuters.example/x", said, SEEN_AT)

    others = [other("303", lower=303, upper=303), other("170", lower=170, hedge="more_than"), other("250", lower=250)]
    one = told(toll(), others=others)["changes"][0]
    assert [each["agrees"] for each in one["others"]] == ["after", "before", None]
    assert marked(one["others"][0]["statement"]) == ["303"]


def test_a_digest_counts_what_was_silent_and_may_be_empty() -> None:
    period = Period(SEEN_AT, SEEN_AT, 14, 9)
    empty = payload_of([], timing="daily", period=period)
    assert (empty["type"], empty["subject"], empty["total"]) == (
        "changes.digest",
        "Nothing has changed (daily digest)",
        0,
    )
    assert (empty["period"]["silent_changes"], empty["period"]["silent_versions"]) == (14, 9)
    full = payload_of(told_by([toll()]), timing="daily", period=period)
    assert full["subject"].endswith("peacekeepers killed - AP (daily digest)")


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
    assert len(statement["sentence"]) <= LONGEST_SENTENCE + 2
    assert statement["sentence"].startswith("…")
    assert statement["sentence"].endswith("…")
    assert marked(statement) == ["24"]


def test_two_long_sentences_are_marked_where_they_differ_and_nowhere_else() -> None:
    rest = " and so on" * 200
    old, new = f"So 170 were killed{rest}", f"{'Word ' * 90} so 170 were wounded{rest}"
    one = told(change("value", fact(old, "170"), fact(new, "170")))["changes"][0]
    assert marked(one["before"]) == ["So", "killed"]
    assert marked(one["after"])[-1] == "wounded"
    assert all(len(one[side]["sentence"]) <= LONGEST_SENTENCE + 2 for side in ("before", "after"))


def test_the_largest_change_there_is_still_fits() -> None:
    huge = '"\\😀' * 2000
    gone = fact(huge + " 24 were killed", "24", huge + " 24 were killed", attribution=huge, subject=huge)
    article = ToldArticle(1, "https://news.example.com/mali", huge, huge)
    alert = cut(told(change("value", gone, gone, summary=huge), article=article))
    assert len(alert["changes"]) == 1
    assert payload.size(alert) < 20_000


def test_what_json_does_not_have_is_null() -> None:
    endless = fact("Some 1e999 of them.", "1e999", quantity=quantity(lower=float("inf"), upper=float("nan")))
    one = told(change("value", endless, endless, delta=float("nan"), ratio=float("inf")))["changes"][0]
    assert (one["delta"], one["ratio"], one["before"]["quantity"]["lower"]) == (None, None, None)


def thousand() -> list[dict[str, Any]]:
    return [
        toll(str(number), str(number + 1), severity="high" if number == 900 else "low") for number in range(170, 1170)
    ]


def test_a_thousand_changes_are_all_told() -> None:
    alert = told(*thousand())
    assert len(alert["changes"]) == alert["total"] == 1000
    assert payload.size(alert) < 2_000_000


def test_for_a_webhook_quotes_are_cut_first_and_numbers_never() -> None:
    some = cut(told(*thousand()[:16]))
    assert payload.size(some) < 20_000
    assert some["cut"]["changes"] == 0 < some["cut"]["sentences"] < 16
    assert len(some["changes"]) == 16
    assert all(one[side]["quantity"]["lower"] for one in some["changes"] for side in ("before", "after"))

    alert = cut(told(*thousand()))
    assert payload.size(alert) < 20_000
    assert alert["total"] == 1000 == len(alert["changes"]) + alert["cut"]["changes"]
    assert "at least 900 → at least 901 peacekeepers killed" in [one["title"] for one in alert["changes"]]
    assert alert["whole"] == f"{PUBLIC_URL}/alerts/alrt_1"
    assert cut(told(toll()))["cut"] is None


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
    article = ToldArticle(1, "https://news.example.com/mali", head, publisher)
    alert = cut(told(*[headline(old, new) for old, new in texts], article=article))
    assert payload.size(alert) < 20_000
    assert json.loads(payload.encode(alert)) == alert
    for one in alert["changes"]:
        for side in ("before", "after"):
            assert "".join(text for text, _ in pieces(one[side])) == one[side]["sentence"]


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
    said = fact("Some 303 were killed.", "303")
    others = [OtherSource(2, "Reuters", None, "https://reuters.example/x", said, SEEN_AT)]
    article = ToldArticle(1, "https://news.example.com/mali", None, "AP", ToldStory(7, "Mali", 2))
    alert = cut(
        payload_of(
            told_by([toll()], article=article, others=others, flapping=Flapping(2, SEEN_AT)),
            period=Period(SEEN_AT, SEEN_AT),
        )
    )
    change = alert["changes"][0]
    parts = [alert, alert["articles"][0], alert["period"], alert["articles"][0]["story"], change, change["before"]]
    parts += [change["baseline"], change["flapping"], change["others"][0], change["rules"][0]]
    for part in parts:
        assert set(part) <= names, sorted(set(part) - names)
    assert set(payload.trial_message("desk", "msg_1", SEEN_AT)) <= names
