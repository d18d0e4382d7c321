"""The same facts in other words are silence; one fact changed among them is told, and nothing else."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.changes import Reading, compare

PUBLISHED = date(2024, 3, 8)  # a Friday
SMALL = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One statement of an article: what it is about, its value, and the ways in which a writer may put it."""

    topic: str
    value: int
    ways: tuple[Callable[[int], str], ...]
    quotes: Callable[[int], set[str]]
    """The expressions of a value, in lower case."""


def digits(number: int) -> str:
    return f"{number:,}"


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def word(number: int) -> str:
    return SMALL[number - 2] if number - 2 < len(SMALL) else digits(number)


def casualties(where: str, event: str) -> tuple[Callable[[int], str], ...]:
    return (
        lambda n: f"{digits(n)} people were killed in {event} {where}.",
        lambda n: f"{word(n).capitalize()} people died in {event} {where}.",
        lambda n: f"{event.capitalize()} {where} killed {word(n)} people.",
        lambda n: f"{event.capitalize()} tore through the streets {where}, killing {digits(n)} people.",
        lambda n: f"{event.capitalize()} {where} claimed {digits(n)} lives.",
    )


def day(offset: int) -> date:
    return PUBLISHED - timedelta(days=offset)


def days(text: str) -> tuple[Callable[[int], str], ...]:
    return (
        lambda n: text.format(f"on {day(n):%A}"),
        lambda n: text.format(f"on {day(n).day} {day(n):%B}"),
        lambda n: text.format(f"on {day(n):%B} {day(n).day}, {day(n).year}"),
    )


def dates(text: str) -> tuple[Callable[[int], str], ...]:
    return (
        lambda n: text.format(f"{n} December 2025"),
        lambda n: text.format(f"December {n}, 2025"),
        lambda n: text.format(f"Dec. {n}, 2025"),
        lambda n: text.format(f"{n} Dec 2025"),
        lambda n: text.format(f"2025-12-{n:02}"),
    )


def written(*forms: Callable[[int], str], text: str) -> tuple[Callable[[int], str], ...]:
    return tuple((lambda n, form=form: text.format(form(n))) for form in forms)


def either(*forms: Callable[[int], str]) -> Callable[[int], set[str]]:
    return lambda n: {form(n).lower() for form in forms}


STATEMENTS = (
    Told("fire", 12, casualties("in the old harbour", "the fire"), either(digits, word)),
    Told("flood", 5, casualties("of the northern valley", "the flood"), either(digits, word)),
    Told(
        "arrests", 12,
        (
            lambda n: f"Police arrested {word(n)} men at the gates of the refinery.",
            lambda n: f"{word(n).capitalize()} men were arrested at the gates of the refinery.",
            lambda n: f"{digits(n)} men have been detained at the gates of the refinery.",
            lambda n: f"There were {digits(n)} arrests of men at the gates of the refinery.",
        ),
        either(digits, word),
    ),
    Told(
        "wounded", 5,
        (
            lambda n: f"The collapse of a stand at the stadium injured {word(n)} children.",
            lambda n: f"{word(n).capitalize()} children were wounded in the collapse of a stand at the stadium.",
            lambda n: f"A stand at the stadium collapsed, leaving {digits(n)} children hurt.",
        ),
        either(digits, word),
    ),
    Told(
        "deadline", 11, dates("All miners must leave the western pit by {}, the ministry ordered."),
        either(
            lambda n: f"{n} december 2025", lambda n: f"december {n}, 2025", lambda n: f"dec. {n}, 2025",
            lambda n: f"{n} dec 2025", lambda n: f"2025-12-{n:02}",
        ),
    ),
    Told(
        "troops", 12_400,
        written(digits, spaced, str, text="Some {} soldiers will stay with the mission."), either(digits, spaced, str),
    ),
    Told(
        "plume", 6,
        (
            lambda n: f"The plume of ash rose {n} km above the crater.",
            lambda n: f"The plume of ash rose {n * 1000:,}m above the crater.",
            lambda n: f"The plume of ash rose {word(n)} kilometres above the crater.",
            lambda n: f"The plume of ash rose {n * 1000:,} metres above the crater.",
        ),
        either(
            lambda n: f"{n} km", lambda n: f"{n * 1000:,}m", lambda n: f"{word(n)} kilometres",
            lambda n: f"{n * 1000:,} metres",
        ),
    ),
    Told(
        "aid", 8,
        (
            lambda n: f"The convoy brought {n} tonnes of rice to the camp.",
            lambda n: f"The convoy brought {n * 1000:,} kg of rice to the camp.",
            lambda n: f"The convoy brought {n * 1000:,} kilograms of rice to the camp.",
        ),
        either(lambda n: f"{n} tonnes", lambda n: f"{n * 1000:,} kg", lambda n: f"{n * 1000:,} kilograms"),
    ),
    Told(
        "jobless", 51,
        (
            lambda n: f"Unemployment in the region stands at {n / 10}%.",
            lambda n: f"Unemployment in the region stands at {n / 10} per cent.",
            lambda n: f"Unemployment in the region stands at {n / 10} percent.",
        ),
        either(lambda n: f"{n / 10}%", lambda n: f"{n / 10} per cent", lambda n: f"{n / 10} percent"),
    ),
    Told(
        "grant", 4,
        (
            lambda n: f"The bank paid a grant of ${n} million for the dam.",
            lambda n: f"The bank paid a grant of ${n}m for the dam.",
            lambda n: f"The bank paid a grant of ${n},000,000 for the dam.",
        ),
        either(lambda n: f"${n} million", lambda n: f"${n}m", lambda n: f"${n},000,000"),
    ),
    Told(
        "fine", 340,
        (
            lambda n: f"The judge fined the shipping firm £{n}K over the spill.",
            lambda n: f"The judge fined the shipping firm £{n}k over the spill.",
            lambda n: f"The judge fined the shipping firm £{n},000 over the spill.",
        ),
        either(lambda n: f"£{n}k", lambda n: f"£{n},000"),
    ),
    Told(
        "mandate", 28, dates("The mandate of the observers ends on {}."),
        either(
            lambda n: f"{n} december 2025", lambda n: f"december {n}, 2025", lambda n: f"dec. {n}, 2025",
            lambda n: f"{n} dec 2025", lambda n: f"2025-12-{n:02}",
        ),
    ),
    Told(
        "vote", 3, days("The council voted {} to end the curfew."),
        either(
            lambda n: f"{day(n):%A}", lambda n: f"{day(n).day} {day(n):%B}",
            lambda n: f"{day(n):%B} {day(n).day}, {day(n).year}",
        ),
    ),
)  # fmt: skip


@st.composite
def article(draw: st.DrawFn, told: tuple[Told, ...]) -> str:
    """The statements in some order, each put in one of its ways, and in some typography."""
    sentences = [statement.ways[draw(st.integers(0, len(statement.ways) - 1))](statement.value) for statement in told]
    text = draw(st.sampled_from([" ", "\n\n"])).join(draw(st.permutations(sentences)))
    text += draw(
        st.sampled_from(
            ["\n\n“We’ll rebuild,” said the mayor of Città.", '\n\n"We\'ll rebuild," said the mayor of Città.']
        )
    )
    text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), text)
    return text.replace(" the ", draw(st.sampled_from([" the ", " the\u00a0", " \u200bthe "])))


LATER = st.integers(0, 2).map(lambda more: PUBLISHED + timedelta(days=more))
CHOSEN = st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=6, unique_by=lambda each: each.topic).map(tuple)


@settings(max_examples=60)
@given(st.data(), CHOSEN, LATER)
def test_the_same_facts_in_other_words_are_silence(data: st.DataObject, told: tuple[Told, ...], later: date) -> None:
    before, after = data.draw(article(told)), data.draw(article(told))
    changes = [c for c in compare(Reading(before, PUBLISHED), Reading(after, later)).changes if c.type != "published"]
    assert not changes, f"{[change.summary for change in changes]}\n{before}\n{after}"


@settings(max_examples=60)
@given(st.data(), CHOSEN, st.sampled_from([-1, 1, 2, 3]))
def test_one_changed_value_is_told_and_nothing_else(data: st.DataObject, told: tuple[Told, ...], more: int) -> None:
    changed = data.draw(st.sampled_from(told))
    others = tuple(each for each in told if each is not changed)
    before = data.draw(article((*others, changed)))
    after = data.draw(article((*others, replace(changed, value=changed.value + more))))
    changes = compare(Reading(before, PUBLISHED), Reading(after, PUBLISHED)).changes
    assert len(changes) == 1, f"{[change.summary for change in changes]}\n{before}\n{after}"
    (change,) = changes
    assert change.type in ("value", "time"), change.summary
    assert change.before is not None
    assert change.after is not None
    assert change.before.quote.lower() in changed.quotes(changed.value)
    assert change.after.quote.lower() in changed.quotes(changed.value + more)


HEDGED = ("{}", "at least {}", "more than {}", "up to {}", "about {}")


@settings(max_examples=60)
@given(st.data(), CHOSEN, st.sampled_from(HEDGED), st.sampled_from(HEDGED))
def test_one_changed_hedge_is_told_and_nothing_else(
    data: st.DataObject, told: tuple[Told, ...], was: str, now: str
) -> None:
    rescue = "The coast guard took {} migrants from the sinking ship."
    texts = [data.draw(article(told)) + "\n\n" + rescue.format(hedge.format(170)) for hedge in (was, now)]
    changes = compare(*(Reading(text, PUBLISHED) for text in texts)).changes
    assert [(c.type, c.before and c.before.quote, c.after and c.after.quote) for c in changes] == (
        [("hedge", "170", "170")] if was != now else []
    )
