"""Step charts of facts: what they draw, and that they are images and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from monitor.facts.model import Quantity
from monitor.web.charts import DARK, LIGHT, Step, drawable, steps_chart
from tests.web.test_web_style import palette

START = datetime(2026, 11, 1, tzinfo=UTC)


def steps(*quantities: Quantity) -> list[Step]:
    """One a day."""
    return [Step(START + timedelta(days=day), quantity) for day, quantity in enumerate(quantities)]


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize(
    "quantities",
    [
        (Quantity(170, None, hedge="at_least"), Quantity(303, 303)),
        (Quantity(None, 500, hedge="at_most"), Quantity(10, 20, hedge="between"), Quantity(15, 15, hedge="about")),
        (Quantity(-5, -5), Quantity(0, 0), Quantity(1e15, 1e15)),
        (Quantity(0.1, 0.1), Quantity(0.2, 0.2)),
        tuple(Quantity(number % 7, number % 7) for number in range(400)),
    ],
)
def test_an_image_that_runs_nothing(quantities: tuple[Quantity, ...], small: bool) -> None:
    image = steps_chart(steps(*quantities), START + timedelta(days=500), small=small)
    tree = etree.fromstring(image)
    names = {etree.QName(element).localname for element in tree.iter() if isinstance(element.tag, str)}
    assert "script" not in names
    assert "foreignObject" not in names
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert "http" not in image.replace("http://www.w3.org/", "").replace("http://pygal.org", "").replace(
        "http://github.com/Kozea/pygal", ""
    )


def test_hedged_values_are_dashed_and_exact_ones_are_not() -> None:
    exact = steps_chart(steps(Quantity(1, 1), Quantity(2, 2)), START + timedelta(days=3), small=False)
    hedged = steps_chart(steps(Quantity(1, 1), Quantity(2, 2, hedge="about")), START + timedelta(days=3), small=False)

    def dashed(image: str) -> int:
        tree = etree.fromstring(image)
        return len([path for path in tree.iter("{*}path") if (path.get("class") or "").startswith("line")
                    and path.getparent().get("class", "").endswith("color-1")])  # fmt: skip

    assert dashed(hedged) > dashed(exact)


@pytest.mark.parametrize(
    ("quantities", "expected"),
    [
        ([Quantity(1, 1), Quantity(2, 2)], True),
        ([Quantity(1, 1), Quantity(1, 1)], False),
        ([Quantity(1, 1)], False),
        ([Quantity(1, 1), None], False),
        ([Quantity(1, 1, unit="USD"), Quantity(2, 2, unit="EUR")], False),
        ([], False),
    ],
)
def test_what_can_be_drawn(quantities: list[Quantity | None], expected: bool) -> None:
    assert drawable(quantities) is expected


def test_colours_are_those_of_the_pages() -> None:
    for colours, scheme in ((LIGHT, "light"), (DARK, "dark")):
        named = palette(scheme)
        assert colours == {"line": f"#{named['accent']}", "soft": f"#{named['soft']}", "rule": f"#{named['rule']}"}
