"""Which Changes a Rule picks."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import DEFAULT_TYPES, KINDS, TYPES, Condition, pick
from monitor.changes.model import ChangeType
from monitor.facts.model import Kind
from tests.unit.alerts.examples import change, event, fact, headline, toll

TURNS = ["diverged", "converged", "corrected", "left_behind"]


def picked(condition: Condition, *changes: dict[str, object]) -> list[str]:
    return [one["type"] for one in pick(condition, event(changes))]


def test_types_and_kinds_are_those_of_the_monitor() -> None:
    assert set(get_args(ChangeType)) == TYPES
    assert set(get_args(Kind)) == KINDS


def test_by_default_what_the_documentation_says() -> None:
    told = fact("24 people were killed.", "24")
    changes = [
        toll(),
        change("hedge", told, told),
        change("time", told, told),
        change("certainty", told, told),
        change("attribution", told, told),
        change("removed", told),
        change("added", None, told),
        headline("A", "B"),
        change("byline"),
        change("published"),
        change("notice"),
        change("availability"),
        *(change(turn, told, told) for turn in TURNS),
    ]
    assert {one["type"] for one in changes} == TYPES
    assert picked(Condition(), *changes) == [
        "value", "hedge", "time", "certainty", "attribution", "removed", "notice", "availability",
        *TURNS,
    ]  # fmt: skip


def test_named_types_replace_the_default() -> None:
    condition = Condition(types=frozenset({"headline", "added"}))
    added = change("added", None, fact("24 people were killed.", "24"))
    assert picked(condition, toll(), headline("A", "B"), added) == ["headline", "added"]


def test_kinds_pick_facts_of_these_kinds_only() -> None:
    money = fact("It cost $5.", "$5", kind="money")
    assert picked(Condition(kinds=frozenset({"money"})), toll(), change("value", money, money)) == ["value"]
    assert picked(Condition(kinds=frozenset({"personnel"})), toll()) == []


def test_with_kinds_what_is_no_fact_must_be_named() -> None:
    kinds = frozenset({"casualties"})
    assert picked(Condition(kinds=kinds), toll(), change("notice")) == ["value"]
    assert picked(Condition(types={"value", "notice"}, kinds=kinds), toll(), change("notice")) == ["value", "notice"]


@pytest.mark.parametrize(("type_", "told"), [("removed", False), ("added", False), ("value", True)])
def test_a_bare_number_is_told_when_it_changes_but_not_when_it_comes_or_goes(type_: str, told: bool) -> None:
    bare = fact("The list has 17 of them.", "17", kind="count", noun=None, predicate=None, subject=None, key="count::")
    sides = {"removed": (bare, None), "added": (None, bare), "value": (bare, bare)}[type_]
    every_type = Condition(types=TYPES)
    assert bool(picked(every_type, change(type_, *sides))) is told
    assert picked(Condition(types=TYPES, kinds={"count"}), change(type_, *sides)) == [type_]


def test_a_count_of_something_known_is_told_when_it_goes() -> None:
    coups = fact("After two coups the army rules.", "two", kind="count", noun="coup", predicate=None)
    assert picked(Condition(), change("removed", coups)) == ["removed"]


def test_scope() -> None:
    assert picked(Condition(article_id=1), toll()) == ["value"]
    assert picked(Condition(article_id=2), toll()) == []


words = st.frozensets(st.sampled_from(sorted(TYPES)))


@given(
    types=words, kinds=st.frozensets(st.sampled_from(sorted(KINDS))), present=st.lists(st.sampled_from(sorted(TYPES)))
)
def test_picks_are_a_part_in_order_and_naming_more_types_never_picks_less(
    types: frozenset[str], kinds: frozenset[str], present: list[str]
) -> None:
    told = fact("24 people were killed.", "24")
    happened = event([change(one, told, told) for one in present])
    ids = [one["id"] for one in pick(Condition(types=types, kinds=kinds), happened)]
    assert ids == sorted(set(ids))
    more = {one["id"] for one in pick(Condition(types=(types or DEFAULT_TYPES) | {"added"}, kinds=kinds), happened)}
    assert set(ids) <= more
