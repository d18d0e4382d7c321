"""When two amounts say the same."""

import pytest

from monitor.changes.amounts import delta, judge_amounts, ratio
from monitor.facts.model import Quantity


def exact(number: float, unit: str | None = None) -> Quantity:
    return Quantity(number, number, unit=unit)


def about(number: float, unit: str | None = None) -> Quantity:
    return Quantity(number, number, unit=unit, hedge="about")


def nearly(number: float, unit: str | None = None) -> Quantity:
    return Quantity(None, number, upper_inclusive=False, unit=unit, hedge="less_than")


def at_least(number: float) -> Quantity:
    return Quantity(number, None, hedge="at_least")


def more_than(number: float) -> Quantity:
    return Quantity(number, None, lower_inclusive=False, hedge="more_than")


def up_to(number: float) -> Quantity:
    return Quantity(None, number, hedge="at_most")


def between(lower: float, upper: float) -> Quantity:
    return Quantity(lower, upper, hedge="between")


def indefinite(lower: float) -> Quantity:
    return Quantity(lower, None, hedge="indefinite")


CASES = [
    # the same
    (exact(15_000), exact(15_000.0), "same"),
    (exact(6000, "meter"), exact(6, "kilometer"), "same"),
    (exact(12, "month"), exact(1, "year"), "same"),
    (exact(48, "hour"), exact(2, "day"), "same"),
    (exact(10, "year"), exact(1, "decade"), "same"),
    (exact(5, "mile"), exact(8, "kilometer"), "same"),
    (exact(0.7), exact(0.7, "%"), "same"),
    (at_least(170), at_least(170), "same"),
    (exact(40, "celsius"), exact(104, "fahrenheit"), "same"),
    (exact(0.5), exact(50, "%"), "same"),
    # restated
    (exact(78, "%"), nearly(80, "%"), "compatible"),
    (exact(78, "%"), about(80, "%"), "compatible"),
    (exact(15_243), more_than(15_000), "compatible"),
    (at_least(15_243), more_than(15_000), "compatible"),
    (at_least(38), indefinite(24), "compatible"),
    (exact(472, "%"), about(470, "%"), "compatible"),
    (exact(162_500, "GBP"), exact(162_000, "GBP"), "compatible"),
    (exact(484.6, "USD"), exact(485, "USD"), "compatible"),
    (exact(22, "day"), exact(3, "week"), "compatible"),
    # held differently
    (at_least(170), exact(170), "hedge"),
    (up_to(500), exact(500), "hedge"),
    (exact(15_000), more_than(15_000), "hedge"),
    (nearly(29_000_000), more_than(29_000_000), "hedge"),
    (about(170), exact(170), "hedge"),
    (between(10, 15), exact(12), "hedge"),
    # another value
    (exact(170), exact(303), "value"),
    (at_least(19), at_least(32), "value"),
    (at_least(5), exact(16), "value"),
    (exact(82, "%"), nearly(80, "%"), "value"),
    (exact(60, "%"), nearly(80, "%"), "value"),
    (exact(14_000), more_than(15_000), "value"),
    (exact(24), more_than(20), "value"),
    (exact(300), about(303), "value"),
    (exact(15_000), exact(15_243), "value"),
    (indefinite(200_000), more_than(1_000_000), "value"),
    (between(10, 15), between(10, 20), "value"),
    (between(10, 15), exact(16), "value"),
    (exact(5, "USD"), exact(5, "EUR"), "value"),
    (exact(5, "%"), exact(5, "pp"), "value"),
    (exact(20, "kilometer"), exact(50, "kilometer"), "value"),
    (exact(6, "meter"), exact(6, "kilometer"), "value"),
    (Quantity(5, 5, unit="%", trend="up"), Quantity(5, 5, unit="%", trend="down"), "value"),
    (exact(0), exact(3), "value"),
    (exact(0.5), exact(52, "%"), "value"),
    (exact(40, "celsius"), exact(110, "fahrenheit"), "value"),
    (more_than(40), about(41), "value"),
    (exact(18, "month"), exact(2, "year"), "value"),
    (exact(24, "day"), exact(3, "week"), "value"),
    (exact(6350, "meter"), exact(6, "kilometer"), "value"),
    (exact(14.4, "GBP"), exact(14, "GBP"), "value"),
    (exact(162_500, "GBP"), exact(161_000, "GBP"), "value"),
]


@pytest.mark.parametrize(("before", "after", "verdict"), CASES)
def test_verdict_is_the_same_both_ways(before: Quantity, after: Quantity, verdict: str) -> None:
    assert judge_amounts(before, after) == verdict
    assert judge_amounts(after, before) == verdict


def test_delta_and_ratio_use_the_written_figures() -> None:
    assert delta(at_least(170), exact(303)) == 133
    assert ratio(at_least(170), exact(303)) == pytest.approx(1.7824, abs=1e-4)
    assert delta(exact(5.1, "%"), exact(4.9, "%")) == -0.2


def test_delta_and_ratio_are_null_where_they_make_no_sense() -> None:
    assert delta(indefinite(24), exact(38)) is None
    assert ratio(between(10, 15), exact(38)) is None
    assert ratio(exact(0), exact(3)) is None
    assert ratio(exact(5, "USD"), exact(6, "EUR")) is None
    assert delta(exact(1, "kilometer"), exact(1500, "meter")) is None
    assert ratio(exact(1, "kilometer"), exact(1500, "meter")) == 1.5


EXTREMES = [
    Quantity(10**400, 10**400), Quantity(float("inf"), float("inf")), Quantity(float("nan"), float("nan")),
    Quantity(None, None), Quantity(0, 0), Quantity(-5, -5, unit="celsius"), Quantity(1e-300, 1e-300, unit="kilometer"),
]  # fmt: skip


@pytest.mark.parametrize("one", EXTREMES)
@pytest.mark.parametrize("other", EXTREMES)
def test_extremes_get_an_answer(one: Quantity, other: Quantity) -> None:
    assert judge_amounts(one, other) in ("same", "compatible", "hedge", "value")
    assert isinstance(delta(one, other), int | float | None)
    assert isinstance(ratio(one, other), float | None)
