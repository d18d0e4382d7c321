"""The one sentence that says a Change, its severity, and the changes that no text brings."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.changes import Reading, availability_change, compare
from monitor.changes.classify import Found, severity_of
from monitor.changes.rejudge import rejudge
from monitor.changes.wording import change_of, fact_sentence
from monitor.facts.model import Quantity, TimeExpression


def test_value_with_percentage(make_fact) -> None:
    before = make_fact("170", "170", kind="casualties", predicate="killed", noun="peacekeeper", number=170)
    before = replace(before, subject="peacekeepers killed", quantity=Quantity(170, None, hedge="at_least"))
    after = replace(before, quote="303", quantity=Quantity(303, 303))
    change = change_of(Found("value", before, after), acknowledged=False)
    assert change.summary == "Peacekeepers killed: at least 170 → 303 (+78 %)"
    assert (change.delta, change.ratio, change.severity) == (133, pytest.approx(1.7824, abs=1e-4), "high")


def test_word_number_in_small_letters(make_fact) -> None:
    before = make_fact("Four", "Four", kind="casualties", predicate="killed", number=4)
    after = replace(before, quote="Six", quantity=Quantity(6, 6))
    assert fact_sentence(Found("value", before, after)) == "Killed: four → six (+2)"


def test_deadline_with_days(make_fact) -> None:
    time = TimeExpression("DATE", "2023-12-31", start="2023-12-31", end="2023-12-31", role="by")
    before = replace(make_fact("December 31", "December 31", kind="date"), time=time)
    later = replace(time, value="2024-01-01", start="2024-01-01", end="2024-01-01")
    after = replace(before, quote="January 1", time=later)
    change = change_of(Found("value", before, after), acknowledged=False)
    assert change.summary == "Deadline: by December 31 → by January 1 (1 day later)"
    assert (change.delta, change.severity) == (1, "high")


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        ("Almost 41 million people had a dose.", "Over 43 million people had a dose.",
         "People: almost 41 million → over 43 million (+5 %)"),
        ("A man was killed in the fall.", "Two men were killed in the fall.", "Men killed: one → two (+1)"),
        ("Thousands in streets of the port.", "Hundreds in streets of the port.",
         "Number: thousands → hundreds, … in streets of the port"),
        ("Patients by clinic:\n\nAsh Road: 11", "Patients by clinic:\n\nAsh Road: 12", "Ash Road: 11 → 12 (+1)"),
        ("Ash Road, City of 11", "Ash Road, City of 12", "Ash Road, City of: 11 → 12 (+1)"),
        ("| Board | New | In bed |\n|---|---|---|\n| Ash | 3 | 40 |",
         "| Board | New | In bed |\n|---|---|---|\n| Ash | 3 | 41 |",
         "Ash, In bed: 40 → 41 (+1)"),
        ("It was 40C in the port.", "It was 42C in the port.", "Measure: 40C → 42C (+2 degrees), … in the port"),
        ("Of 50 tests 12 were negative and 7 were positive.", "Of 50 tests 12 were negative and 9 were positive.",
         "Number: 7 → 9 (+2), … were positive"),
        ("One is dead and a number of men were hurt.", "One is dead and 89 men were hurt.",
         "Men wounded: a number of → 89"),
        ("It was seen by 10 to 12 ministers.", "It was seen by 14 ministers.", "Ministers: 10 to 12 → 14"),
        ("Between 5 and 7 men were hurt.", "Between 8 and 9 men were hurt.",
         "Men wounded: between 5 and 7 → between 8 and 9"),
        ("Rovers led 1-0 at the break.", "Rovers led 2-0 at the break.", "Score: 1-0 → 2-0"),
        ("The ferry sails from Monday.", "The ferry sails from Tuesday.",
         "The ferry sails: from Monday → from Tuesday"),
        ("A strike is planned for 14 and 15 May.", "A strike is planned for 15 and 16 May.",
         "Strike: 14 May → 16 May"),
        ("Shops close on May 24 and 25, 2026.", "Shops close on May 24, 2026.", "No longer said: “25 May 2026”"),
    ],
)  # fmt: skip
def test_real_facts_are_told_in_their_own_words(before: str, after: str, summary: str) -> None:
    assert [change.summary for change in compare(Reading(before), Reading(after)).changes] == [summary]


def test_without_a_subject_the_words_before_it_say_what_it_is(make_fact) -> None:
    was, now = "Those who agree with the plan are now 27% of all.", "Those who agree with the plan are now 26% of all."
    before = make_fact(was, "27%", kind="percent", number=27, amount={"unit": "%"})
    after = make_fact(now, "26%", kind="percent", number=26, amount={"unit": "%"})
    assert fact_sentence(Found("value", before, after)) == "… agree with the plan are now: 27% → 26% (−1 point)"


def test_alone_certainty_and_attribution(make_fact) -> None:
    fact = make_fact("12 men", "12", kind="casualties", predicate="killed", number=12)
    assert fact_sentence(Found("removed", fact, None)) == "No longer said: “12”"
    assert fact_sentence(Found("added", None, fact)) == "New: “12”"
    alleged = replace(fact, certainty="alleged", attribution="the army")
    assert fact_sentence(Found("certainty", alleged, fact)) == "“12”: alleged or possible → stated as a fact"
    told = replace(fact, attribution="witnesses")
    assert fact_sentence(Found("attribution", alleged, told)) == "“12”: said by “the army” → “witnesses”"


def test_severity_grades(make_fact) -> None:
    dead = make_fact("12", "12", kind="casualties", predicate="killed", number=12)
    seats = make_fact("12", "12", noun="seat", number=12)
    bare = make_fact("12", "12", number=12)
    assert [severity_of("value", fact, fact) for fact in (dead, seats, bare)] == ["high", "medium", "low"]
    assert [severity_of("removed", fact, None) for fact in (dead, seats, bare)] == ["medium", "low", "low"]
    assert severity_of("hedge", dead, dead) == "low"


def test_article_changes_need_both_sides_and_more_than_typography() -> None:
    before = Reading("Same.", date(2024, 3, 1), headline="“Peace” ends", byline="A. Writer")
    after = replace(before, headline='"Peace" ends', byline=None, published=None)
    assert compare(before, after).changes == ()
    after = replace(before, headline="War ends", byline="B. Writer", published=date(2024, 3, 2))
    told = compare(before, after).changes
    assert [change.type for change in told] == ["headline", "published", "byline"]
    assert told[0].summary == "Headline: “Peace” ends → War ends".replace(
        "“Peace” ends → War ends", "““Peace” ends” → “War ends”"
    )
    assert (told[0].before_text, told[0].after_text) == ("“Peace” ends", "War ends")


def test_a_vanished_notice_is_told_and_admits_nothing() -> None:
    note = "Correction: An earlier version of this article misstated the toll."
    (change,) = compare(Reading(f"Peace ends.\n\n{note}"), Reading("Peace ends.")).changes
    assert (change.type, change.before_text, change.after_text, change.acknowledged) == ("notice", note, None, False)


@pytest.mark.parametrize(
    ("before", "after", "detail", "summary", "severity"),
    [
        ("page", "gone", "404", "Gone (404)", "high"),
        ("page", "walled", "consent", "Behind a wall (consent)", "medium"),
        ("gone", "page", None, "Back again after it was gone", "low"),
        ("walled", "gone", "410", "Gone (410)", "high"),
    ],
)
def test_availability(before: str, after: str, detail: str | None, summary: str, severity: str) -> None:
    change = availability_change(before, after, detail=detail)  # type: ignore[arg-type]
    assert change is not None
    assert (change.type, change.summary, change.severity) == ("availability", summary, severity)


def test_same_availability_is_nothing() -> None:
    assert availability_change("page", "page") is None


def test_changes_of_one_name_say_what_tells_them_apart() -> None:
    before = "A total of 90 tests were made.\n\n- 80 tests were negative\n- 10 tests were positive"
    after = "A total of 95 tests were made.\n\n- 84 tests were negative\n- 11 tests were positive"
    told = {change.summary for change in compare(Reading(before), Reading(after)).changes}
    assert told == {
        "Tests: a total of 90 → a total of 95 (+5), … were made",
        "Tests: 80 → 84 (+4), … were negative",
        "Tests: 10 → 11 (+1), … were positive",
    }


def test_children_among_the_dead_are_not_still_two_people() -> None:
    before = "At least two people were killed, police said."
    after = "At least four people, including two children, were killed, police said."
    summaries = [change.summary for change in compare(Reading(before), Reading(after)).changes]
    assert "People killed: at least two → at least four (+2)" in summaries


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Day | Cases | Deaths\n16 March | 1,543 | 55", "Day | Cases | Deaths\n16 March | 1,544 | 55\n17 March | 9 | 9",
         ["16 March, Cases: 1,543 → 1,544 (+0.06 %)"]),
        ("Year | Killed\n2019 | 45\n2020 | 32", "Year | Killed\n2019 | 45\n2020 | 33",
         ["2020, Killed: 32 → 33 (+1)"]),
        (" | 2019 | 2020\nAsh | 45 | 12", " | 2019 | 2020 | 2021\nAsh | 45 | 14 | 3", ["Ash, 2020: 12 → 14 (+2)"]),
        ("Pos | Team | Points\n1 | Ash 04 | 41\n2 | Ness | 40", "Pos | Team | Points\n1 | Ness | 43\n2 | Ash 04 | 41",
         ["Ness, Pos: 2 → 1 (−1)", "Ness, Points: 40 → 43 (+3)", "Ash 04, Pos: 1 → 2 (+1)"]),
        ("Place | Killed | Hurt\nAsh | – | 12\nNess | n/a | 7", "Place | Killed | Hurt\nAsh | 4 | 15\nNess | 1 | 8",
         ["Ash, Hurt: 12 → 15 (+3)", "Ness, Hurt: 7 → 8 (+1)"]),
        ("Killed | At least 170\nFine | £20", "Killed | 303\nFine | £30",
         ["Killed: at least 170 → 303 (+78 %)", "Fine: £20 → £30 (+50 %)"]),
        ("Area | Cases |  | Dead | \n | 2019 | 2020 | 2019 | 2020\nAsh | 41 | 52 | 3 | 4\nNess | 11 | 12 | 2 | 6",
         "Area | Cases |  | Dead | \n | 2019 | 2020 | 2019 | 2020\nAsh | 41 | 55 | 3 | 4\nNess | 11 | 12 | 2 | 9",
         ["Ness, Dead 2020: 6 → 9 (+3)", "Ash, Cases 2020: 52 → 55 (+3)"]),
        ("Area | Cases |  | Flats\n | new | all | new\nAsh | 41 | 52 | 3",
         "Area | Cases |  | Flats\n | new | all | new\nAsh | 44 | 55 | 5",
         ["Ash, Cases new: 41 → 44 (+3)", "Ash, Cases all: 52 → 55 (+3)", "Ash, Flats new: 3 → 5 (+2)"]),
        ("Status | Missing\nCrew | 12\nPort | Ash", "Status | Missing\nCrew | 13\nPort | Ash", ["Crew: 12 → 13 (+1)"]),
        ("Area | Deaths 2022 | Deaths 2023\nAsh | 12 | 14", "Area | Deaths 2023 | Deaths 2024\nAsh | 14 | 19", []),
        ("Area | Dead\nRate per 100,000 | 12,014 | 12", "Area | Dead\nRate per 100,000 | 12,014 | 15",
         ["Rate per 100,000: 12 → 15 (+3)"]),
        ("Claims | by 31 December 2023\nOffice | Ash", "Claims | later\nOffice | Ash",
         ["No longer said: “by 31 December 2023”"]),
        ("Area | Last 24 hours | Deaths since 7 May\nAsh | 12 | 450\nNess | 3 | 120",
         "Area | Last 24 hours | Deaths since 7 May\nAsh | 12 | 461\nNess | 5 | 120",
         ["Ash, Deaths since 7 May: 450 → 461 (+2 %)", "Ness, Last 24 hours: 3 → 5 (+2)"]),
        ("Area | Killed | Hurt\nRebels |  | \nAsh | 12 | 41", "Area | Killed | Hurt\nRebels |  | \nAsh | 13 | 41",
         ["Ash, Killed: 12 → 13 (+1)"]),
        ("Deadline | 31 May 2026\nVote | Friday", "Deadline | 15 June 2026\nVote | Friday",
         ["Deadline: 31 May 2026 → 15 June 2026 (15 days later)"]),
    ],
)  # fmt: skip
def test_a_cell_of_a_table_is_told_by_its_row_and_its_column(before: str, after: str, told: list[str]) -> None:
    old, new = ("\n\n".join(f"| {row} |" for row in text.split("\n")) for text in (before, after))
    summaries = [change.summary for change in compare(Reading(old), Reading(new)).changes]
    assert sorted(summaries) == sorted(told)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("The death toll is 61, up from 54.", "The death toll is 67, up from 61.", ["People killed: 61 → 67 (+6)"]),
        ("At least 61 people were killed.", "The number of people killed rose from 61 to 67.",
         ["People killed: at least 61 → 67 (+6)"]),
        ("Police arrested 17 people.", "Police arrested 23 people, not 17.", ["People detained: 17 → 23 (+6)"]),
        ("Police arrested 17 people.", "Police arrested 23 people, compared with about 17 on Friday.",
         ["People detained: 17 → 23 (+6)"]),
        ("The toll rose to 61, up from 54.", "The toll rose to 61, up from 55.", ["People killed: 54 → 55 (+1)"]),
        ("At least two people were killed by the bomb on a minibus.",
         "The ministry said there were no fatalities on the minibus. State media earlier reported two deaths.",
         ["People killed: at least two → no"]),
        ("Nine people died in the fire. Officials had earlier said that 11 people died.",
         "Ten people died in the fire. Officials had earlier said that 11 people died.",
         ["People killed: nine → ten (+1)"]),
        ("Three people were killed in Kherson and three in Kharkiv.",
         "Three people were killed in Kherson and four in Kharkiv.", ["People killed: three → four (+1)"]),
        ("Ten people were killed. Last year 10 people were killed in a similar attack.",
         "Twelve people were killed. Last year 10 people were killed in a similar attack.",
         ["People killed: ten → twelve (+2)"]),
        ("Blast kills 20\n\nThe blast killed 20 people.", "Blast kills 20\n\nThe blast killed 25 people.",
         ["People killed: 20 → 25 (+5); elsewhere it still says 20"]),
        ("The bomb killed 12 guests from 9 countries.", "The bomb killed 12 guests from 11 countries.",
         ["Countries: 9 → 11 (+2)"]),
    ],
)  # fmt: skip
def test_a_figure_of_before_is_told_apart_from_that_of_now(before: str, after: str, told: list[str]) -> None:
    assert [change.summary for change in compare(Reading(before), Reading(after)).changes] == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("The vote is on 12 March. Polls close at 10pm.", "The vote is on 19 March. Polls close at 9pm.",
         ["The vote is: 12 March → 19 March (7 days later)", "Closure of Polls: 10pm → 9pm (1 hour earlier)"]),
        ("Talks begin at 06:00 GMT on Friday.", "Talks begin at 08:30 GMT on Friday.",
         ["Start of Talks: 06:00 GMT on Friday → 08:30 GMT on Friday (2 hours 30 minutes later)"]),
        ("Talks begin at 06:00 GMT on Friday.", "Talks begin at 07:00 BST on Friday.",
         ["Start of Talks: 06:00 GMT on Friday → 07:00 BST on Friday"]),
        ("Talks begin at 2pm.", "Talks begin at 2:30.", ["Start of Talks: 2pm → 2:30"]),
    ],
)  # fmt: skip
def test_clocks_are_moved_by_hours_and_minutes(before: str, after: str, told: list[str]) -> None:
    day = date(2026, 3, 4)
    assert [change.summary for change in compare(Reading(before, day), Reading(after, day)).changes] == told


def test_a_figure_below_deaths_is_a_toll() -> None:
    before = (
        "| District | Cases | Deaths |\n\n| Ash | 593 | 135 |\n\nIn all\n\n| | 2025 | 2026 |\n\n| Killed | 9 | 13 |"
    )
    after = before.replace("593", "600").replace("135", "141").replace("13 |", "15 |")
    changes = compare(Reading(before), Reading(after)).changes
    assert [(each.severity, each.kind, each.key, each.subject) for each in changes] == [
        ("high", "casualties", "casualties:killed:person", "Ash, Deaths"),
        ("high", "casualties", "casualties:killed:person", "Killed, 2026"),
        ("low", "count", "count::", "Ash, Cases"),
    ]
    again = rejudge(changes[0].to_json(), changes[0].before.to_json() if changes[0].before else "", "en")
    assert again is not None
    assert (again["kind"], again["subject"], again["summary"]) == (
        "casualties", "Ash, Deaths", "Ash, Deaths: 135 → 141 (+4 %)",
    )  # fmt: skip
