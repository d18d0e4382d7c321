"""The JSON Schemas of what webhooks receive: files beside this one, published under `/api/v1/schemas`. Pure."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "schemas"

DESCRIBES = {
    "changes": ("changes.alert", "changes.digest"),
    "operator": ("operator.trouble", "operator.recovery"),
    "test": ("channel.test",),
}
"""Names of the schemas, and the types of payload that each describes."""


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of that name. Raises KeyError when there is none."""
    if name not in DESCRIBES:
        raise KeyError(name)
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found
