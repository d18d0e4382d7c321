"""The figures of one run, in `benchmarks/results.json`: for programs that read them. Not committed."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("results.json")


class Results:
    """What was measured until now; written after every part, so that an end before the end loses nothing."""

    def __init__(self, file: Path = FILE) -> None:
        self._file = file
        self._figures: dict[str, Any] = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}",
        }

    def add(self, **figures: Any) -> None:
        """Figures by name; numbers are rounded to what they are worth."""
        self._figures |= {name: _rounded(figure) for name, figure in figures.items()}
        self._file.write_text(json.dumps(self._figures, indent=2) + "\n")


def _rounded(figure: Any) -> Any:
    match figure:
        case float():
            return float(f"{figure:.4g}")
        case dict():
            return {name: _rounded(each) for name, each in figure.items()}
        case _:
            return figure
