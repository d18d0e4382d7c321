"""What the facts are measured with: each set of the shared data, and how.

None of it is part of the project (CORRIGENDA_TEST_DATA names where it lies). timenorm's lists are left out: they are
the expressions of the texts that TempEval-3 tests with, without the dates that would resolve them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.quality.facts_numbers import measure_duckling, measure_quantulum, measure_recognizers
from tests.quality.facts_seeds import measure_seeds
from tests.quality.facts_times import measure_te3, measure_wikiwars

MEASURES: Mapping[str, Callable[[Path], dict[str, float]]] = {
    "te3-train": measure_te3,
    "wikiwars/train": measure_wikiwars,
    "seeds-gold.jsonl": measure_seeds,
    "recognizers-specs": measure_recognizers,
    "quantulum3": measure_quantulum,
    "duckling": measure_duckling,
}
"""By the path of the set below the folder of the data; the same names are in floors.toml under [facts]."""
