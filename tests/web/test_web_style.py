"""The colours of the stylesheet, light and dark: text on its ground has the contrast that WCAG 2.2 AA asks for."""

from __future__ import annotations

import re

import pytest

from monitor.web.rendering import STATIC

CSS = (STATIC / "style.css").read_text()

TEXT = [
    ("ink", "paper"), ("ink", "sheet"), ("ink", "wash"), ("soft", "paper"), ("soft", "sheet"), ("soft", "wash"),
    ("link", "paper"), ("link", "sheet"), ("link", "wash"), ("link", "warn-wash"), ("accent", "paper"),
    ("accent", "sheet"), ("gone-ink", "gone-wash"), ("come-ink", "come-wash"), ("come-ink", "paper"),
    ("come-ink", "sheet"), ("warn-ink", "warn-wash"), ("ink", "warn-wash"), ("ink", "come-wash"), ("paper", "ink"),
]  # fmt: skip
SIGNS = [("fact", "paper"), ("accent", "paper"), ("soft", "paper")]


def palette(scheme: str) -> dict[str, str]:
    """The named colours of `light` or `dark`."""
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", light if scheme == "light" else dark))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, 'relative luminance')."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_known_contrasts() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_can_be_seen(scheme: str, sign: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[sign], colours[ground]) >= 3


def test_every_colour_has_a_name_and_both_schemes() -> None:
    assert set(palette("light")) == set(palette("dark"))
    rules = CSS[CSS.index("*, *::before") :]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", rules)


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
