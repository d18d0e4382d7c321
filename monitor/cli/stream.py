"""`--jsonl`: one answer a line for one question a line, in the same order, for as long as there are lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from monitor.cli.printing import print_json_line
from monitor.cli.texts import standard_input
from monitor.errors import CorrigendaError, InputError

Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From a record to what is answered beside its `id`. Raises CorrigendaError: the line cannot be answered."""


def answer_lines(answer: Answer) -> None:
    """Answer standard input on standard output. A bad line gets `{"id", "error"}`, and the stream goes on."""
    for number, line in enumerate(standard_input(), 1):
        print_json_line(_answer_line(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, answer))


def _answer_line(line: bytes, answer: Answer) -> dict[str, Any]:
    given_id: str | int | None = None
    try:
        record, odd = _read_record(line)
        given_id = _given_id(record)
        if odd:
            raise InputError(f"the line is not JSON: {odd[0]} is no number there")
        if given_id is None:
            raise InputError("the field `id` is missing or neither a string nor an integer")
        return {"id": given_id, **answer(record)}
    except CorrigendaError as error:
        return {"id": given_id, "error": str(error)}
    except Exception as error:  # noqa: BLE001  one line that we cannot work out must not end the stream for the others
        return {"id": given_id, "error": f"internal error: {type(error).__name__}: {error}"}


def _read_record(line: bytes) -> tuple[Mapping[str, Any], list[str]]:
    """One line as a JSON object, and each NaN or Infinity in it, which JSON has not. Raises InputError."""
    odd: list[str] = []
    try:
        record = json.loads(line.decode(), parse_constant=odd.append)
    except UnicodeDecodeError as error:
        raise InputError(f"the line is not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise InputError("the line is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"the line is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise InputError("the line is not a JSON object")
    return record, odd


def _given_id(record: Mapping[str, Any]) -> str | int | None:
    value = record.get("id")
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None
