"""A Change told as one sentence: the verb fits, and nothing is said that is not so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import get_args

import pytest

from monitor.changes import Change, ChangeType, Reading, availability_change, compare
from monitor.changes.availability import State
from monitor.changes.telling import since_publication, tell
from monitor.facts.model import Fact, Kind, Phrase, Quantity

PUBLISHED = date(2023, 6, 30)

TOLD = [
    # before, after, what AP did
    ("At least 170 peacekeepers have been killed since 2013.", "303 peacekeepers have been killed since 2013.",
     "raised *peacekeepers killed* from at least 170 to 303"),
    ("At least 170 peacekeepers have been killed.", "170 peacekeepers have been killed.",
     "changed *peacekeepers killed* from at least 170 to 170"),
    ("Four people died in the fire.", "Six people died in the fire.", "raised *people killed* from four to six"),
    ("Between 10 and 20 people were injured.", "25 people were injured.",
     "raised *people wounded* from between 10 and 20 to 25"),
    ("Dozens of people were injured.", "303 people were injured.", "raised *people wounded* from dozens to 303"),
    ("Up to 500 soldiers left.", "Up to 300 soldiers left.", "lowered *soldiers* from up to 500 to up to 300"),
    ("At least 170 people were killed.", "Up to 303 people were killed.",  # neither is above the other
     "changed *people killed* from at least 170 to up to 303"),
    ("No civilians were hurt.", "Two civilians were hurt.", "raised *civilians wounded* from none to two"),
    ("Number of pages: 2", "Number of pages: 1", "lowered *pages* from 2 to 1"),
    ("The fine was $1.5 million.", "The fine was $15 million.", "raised *fine* from $1.5 million to $15 million"),
    ("The cost is 5 million euros.", "The cost is 5 million dollars.",
     "changed *cost* from 5 million euros to 5 million dollars"),
    ("The turnout was 52%.", "The turnout was 50%.", "lowered *turnout* from 52% to 50%"),
    ("Inflation rose by 5% in May.", "Inflation fell by 5% in May.", "changed *Inflation* from up 5% to down 5%"),
    ("Profits fell by 5% in May.", "Profits fell by 6% in May.", "changed *Profits* from down 5% to down 6%"),
    ("The road is 6 km long.", "The road is 900 meters long.", "lowered *road* from 6 km to 900 meters"),
    ("There were hundreds on streets and in sea.", "There were thousands on streets and in sea.",
     "raised a number from hundreds to thousands (“There were thousands on streets and in sea”)"),
    ("A man aged 34 was arrested.", "A man aged 35 was arrested.",
     "changed an age from 34 to 35 (“A man aged 35 was arrested”)"),
    ("She came third in the race.", "She came second in the race.",
     "changed a rank from third to second (“She came second in the race”)"),
    ("The ceasefire lasts two days.", "The ceasefire lasts three days.",
     "lengthened *ceasefire* from two days to three days"),
    ("The withdrawal will be completed by December 31, 2023.", "The withdrawal will be completed by January 1, 2024.",
     "moved the deadline for *completion of the withdrawal* from December 31, 2023 to January 1, 2024, 1 day later"),
    ("The trial starts on 24 March 2024.", "The trial starts on 21 March 2024.",
     "moved *start of the trial* from 24 March 2024 to 21 March 2024, 3 days earlier"),
    ("The ceasefire holds until 3 March 2024.", "The ceasefire holds until 5 March 2024.",
     "moved a date from “until 3 March 2024” to “until 5 March 2024”, 2 days later "
     "(“The ceasefire holds until 5 March 2024”)"),
    ("The law starts on 3 April 2024.", "The law ends on 3 April 2024.",
     "changed “The law starts on 3 April 2024” to “The law ends on 3 April 2024”"),
    ("They meet every Monday.", "They meet every Tuesday.",
     "changed a frequency from every Monday to every Tuesday (“They meet every Tuesday”)"),
    ("The 12,000 troops will be withdrawn.", "The 12,000 troops may be withdrawn.",
     "now gives “12,000 troops may be withdrawn” as alleged or possible, before as expected"),
    ("The army said 24 people were killed.", "Witnesses said 24 people were killed.",
     "changed the source of “24 people were killed” from “The army” to “Witnesses”"),
    ("The town is quiet.", "The town is quiet. At least 14 civilians were wounded.",
     "added *“At least 14 civilians were wounded”*"),
    ("The town is quiet. At least 14 civilians were wounded.", "The town is quiet.",
     "dropped *“At least 14 civilians were wounded”*"),
    ("27% of houses burnt.\n\nThe governor said 27% of houses burnt down.",
     "26% of houses burnt.\n\nThe governor said 27% of houses burnt down.",
     "lowered *houses burnt* from 27% to 26%, while elsewhere it still says 27%"),
]  # fmt: skip


def first_change(before: str, after: str) -> Change:
    """The gravest change between two texts, found by the engine."""
    return compare(Reading(before, published=PUBLISHED), Reading(after, published=PUBLISHED)).changes[0]


@pytest.mark.parametrize(("before", "after", "deed"), TOLD)
def test_of_facts(before: str, after: str, deed: str) -> None:
    sentence = tell(first_change(before, after), "AP")
    starred = "".join(f"*{words}*" if named else words for words, named in sentence.runs)
    assert starred == f"AP {deed}, without a notice"
    assert sentence.text == starred.replace("*", "")


def test_with_a_notice_and_with_the_time() -> None:
    after = "He was hurt and 5 tanks went.\n\nUpdate: this article was updated with the number of tanks."
    comparison = compare(Reading("He was hurt and 3 tanks went."), Reading(after))
    told = {tell(change, "AP", after_publication="14 h after publication").text for change in comparison.changes}
    assert told == {
        "AP raised tanks from 3 to 5, with a notice, 14 h after publication",
        "AP added an update notice: “Update: this article was updated with the number of tanks.”"
        ", 14 h after publication",
    }


def test_of_what_is_no_fact() -> None:
    one = Reading("It rains.", headline="Mission ends", byline="A. Smith", published=date(2023, 6, 30))
    other = Reading("It rains.", headline="Mission is over", byline="B. Jones", published=date(2023, 7, 2))
    assert {tell(change, "AP").text for change in compare(one, other).changes} == {
        "AP changed the headline from “Mission ends” to “Mission is over”, without a notice",
        "AP changed the byline from “A. Smith” to “B. Jones”, without a notice",
        "AP changed the date of publication from 30 June 2023 to 2 July 2023, without a notice",
    }


@pytest.mark.parametrize(
    ("before", "after", "detail", "expected"),
    [
        ("page", "gone", "404 Not Found", "Reuters’ article is gone (404 Not Found)"),
        ("page", "walled", "consent wall", "Reuters’ article is behind a wall (consent wall)"),
        ("page", "redirected", "https://x.example/", "Reuters’ article now leads elsewhere (https://x.example/)"),
        ("gone", "page", None, "Reuters’ article can be read again, after it was gone"),
    ],
)
def test_of_articles_that_come_and_go(before: State, after: State, detail: str | None, expected: str) -> None:
    change = availability_change(before, after, detail=detail)
    assert change
    assert tell(change, "Reuters").text == expected


def fact(kind: Kind, lower: float | None, upper: float | None, subject: str | None) -> Fact:
    """Any Fact of a kind."""
    return Fact(
        kind=kind, predicate=None, noun=None, subject=subject, key=f"{kind}::", quantity=Quantity(lower, upper),
        time=None, as_of=None, attribution=None, certainty="asserted", quote=f"{lower}", start=4, end=7,
        phrase=Phrase(f"{lower} x", 4, 9), sentence=f"The {lower} x.", rule="<number>",
    )  # fmt: skip


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_and_type_has_a_sentence(kind: Kind) -> None:
    for type_, subject, sides in product(get_args(ChangeType), ("things", None), ("both", "before", "after")):
        before = fact(kind, 5, 5, subject) if sides != "after" else None
        after = fact(kind, 3, 3, subject) if sides != "before" else None
        change = Change(
            type_, kind, subject, None, before, after, None, None, False, "low", "It changed", before_text="a",
            after_text="b",
        )  # fmt: skip
        text = tell(change, "AP").text
        if type_ in ("diverged", "converged", "corrected", "left_behind"):  # their summary says who says what
            assert text == "It changed"
            continue
        assert text.startswith(("AP ", "AP’s ", "AP:"))
        assert "None" not in text
        assert "  " not in text
        assert "raised" not in text


AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-11-22T00:00:00+00:00", "14 h after publication"),
        ("2026-11-22T02:00:00+02:00", "14 h after publication"),
        ("2026-11-19T00:00:00Z", "3 days after publication"),
        ("2026-11-20", "about 2 days after publication"),
        ("2026-11-21", None),  # a day and a time zone away: it may be hours
        ("2026-11-20T09:00:00", "about 2 days after publication"),  # of an unknown zone: only the day is known
        ("2026-11-22T13:00:00Z", None),  # later than the first sight: the date of an update
        ("2026-11-23", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_time_since_publication(published: str | None, expected: str | None) -> None:
    told = since_publication(
        published, AT, first_seen_at=AT - timedelta(hours=13), last_seen_at=AT - timedelta(minutes=5)
    )
    assert told == expected


def test_what_was_not_watched_was_only_seen_then() -> None:
    first = AT - timedelta(hours=14)
    told = since_publication("2026-11-22T00:00:00Z", AT, first_seen_at=first, last_seen_at=first + timedelta(hours=1))
    assert told == "seen 14 h after publication"
