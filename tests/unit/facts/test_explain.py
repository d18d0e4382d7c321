"""Every fact can say how it came about."""

from __future__ import annotations

from datetime import date

from monitor.facts import explain, find

TEXT = "At least 170 peacekeepers were killed on Friday, according to the U.N., after two weeks."


def test_explain_gives_the_facts_of_find_with_their_steps() -> None:
    explained = explain(TEXT, published=date(2023, 6, 30))
    assert [each.fact for each in explained] == find(TEXT, published=date(2023, 6, 30))
    killed, friday = explained[0], explained[1]
    assert killed.steps[0] == "rule <hedge> <number> <people> <killed> matched “At least 170 peacekeepers were killed”"
    assert "peacekeepers PERSON" in killed.steps[1]
    assert "“170” = [170, ∞) at_least" in killed.steps
    assert "asserted, said by the U.N." in killed.steps
    assert any("counted from the date of publication 2023-06-30" in step for step in friday.steps)


def test_an_unknown_date_of_publication_is_said() -> None:
    (friday,) = explain("He left on Friday.")
    assert "“Friday” = DATE XXXX-WXX-5: relative, and no date of publication is known" in friday.steps
