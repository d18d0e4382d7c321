"""Units of measure made of parts, as CLDR's own identifiers are: "kilo" + "meter", "square" + "kilometer".

measures.toml gives the spellings of a base unit once; its prefixes and powers follow, as words and as signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Spellings = list[tuple[str, str]]
"""(how it is written, CLDR identifier)"""


def compose(
    words: Mapping[str, list[str]], composed: Mapping[str, Mapping[str, Any]], prefixes: Mapping[str, list[str]],
    powers: Mapping[str, list[str]],
) -> tuple[Spellings, dict[str, str]]:  # fmt: skip
    """The spellings in words and the signs of every unit with a prefix or power.

    `composed`: base unit = {sign, prefixes, power, bare, names}: with `bare = false` the sign means the unit only
    after a prefix; `names` are the spellings of a base that is no unit of measure without one.
    `prefixes`: name = [sign, spellings], an empty sign is not used; `powers`: name = spellings.
    `{"meter": {"sign": "m", "prefixes": ["kilo"], "power": true}}` gives kilometer, km, square kilometer, sq km.
    """
    spelled: Spellings = []
    signs: dict[str, str] = {}
    for base, form in composed.items():
        for name in ("", *form.get("prefixes", ())):
            mark, *starts = prefixes[name] if name else ("", "")
            unit = name + base
            sign = mark + form["sign"] if "sign" in form and bool(mark) == bool(name) else ""
            if sign and (name or form.get("bare", True)):
                signs[sign] = signs[sign.replace("µ", "μ")] = unit  # the micro sign and the Greek letter
            names = [start + word for start in starts for word in form.get("names", ()) or words[base]]
            spelled += [(word, unit) for word in names if name]
            if form.get("power"):
                spelled += _raised(unit, [*names, sign.lower()] if sign else names, powers)
    return spelled, signs


def _raised(unit: str, names: list[str], powers: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for power, spellings in powers.items():
        yield from ((f"{spelling} {name}", f"{power}-{unit}") for spelling in spellings for name in names)
