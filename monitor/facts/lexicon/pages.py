"""The TOML files of one language, read and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from monitor.facts.errors import LexiconError


class Pages:
    """The TOML files of one language, with errors that name file and key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                self.pages[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise LexiconError(f"{path}: not readable as TOML: {error}") from error

    def get(self, page: str, key: str, kind: type, default: Any) -> Any:
        """The value under a dotted key, checked against a type; the default when page or key is missing."""
        value: Any = self.pages.get(page, {})
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        if not isinstance(value, kind):
            raise LexiconError(
                f"{self.folder / page}.toml: {key} must be a {kind.__name__}, not {type(value).__name__}"
            )
        return value

    def words(self, page: str, key: str) -> frozenset[str]:
        values = self.get(page, key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise LexiconError(f"{self.folder / page}.toml: {key} must hold strings only")
        return frozenset(values)

    def table(self, page: str, key: str, kind: type | tuple[type, ...]) -> dict[str, Any]:
        values: dict[str, Any] = self.get(page, key, dict, {})
        for name, value in values.items():
            if not isinstance(value, kind):
                raise LexiconError(f"{self.folder / page}.toml: {key}.{name} has a value of the wrong type: {value!r}")
        return dict(values)

    def inverted(self, page: str, key: str) -> dict[str, str]:
        """A table of meaning = [words] turned into word -> meaning; a word with two meanings is an error."""
        result: dict[str, str] = {}
        for meaning, values in self.table(page, key, list).items():
            for value in values:
                if result.setdefault(value, meaning) != meaning:
                    raise LexiconError(
                        f"{self.folder / page}.toml: {key}.{meaning}: {value!r} already means {result[value]!r}"
                    )
        return result
