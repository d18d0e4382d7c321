"""The process in which the operator's own templates run; started by `templates.py` through `apart`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts import apart
from alerts.channels.email import templating
from alerts.channels.messenger import wording

CPU_SECONDS = 3
MEMORY_BYTES = 2**28
LONGEST = {"subject": 500, "text": 200_000, "html": 1_000_000}
"""Characters that may come of a template."""

_LINKS = frozenset({"link", "whole", "schema"})


class Ours(str):
    """An address of ours: it may stay a link."""

    __slots__ = ()


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Word each part by itself, so that one that fails does not take the others with it."""
    payload = _marked(asked["payload"])
    parts: dict[str, str] = {}
    failed: dict[str, str] = {}
    for part, source in asked["templates"].items():
        try:
            parts[part] = _render(part, source, payload, asked["style"])
        except _Failed as error:
            failed[part] = str(error)
    return {"parts": parts, "failed": failed}


class _Failed(Exception):
    """In a few words for the operator."""


def _render(part: str, source: str, payload: Mapping[str, Any], style: str) -> str:
    environment = ImmutableSandboxedEnvironment(
        autoescape=part == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalizer(style),
    )
    environment.filters.update(templating.environment.filters)
    environment.tests["web_address"] = templating.web_address
    text, length = "", 0
    try:
        pieces = []
        for piece in environment.from_string(source).generate(**payload):
            length += len(piece)
            if length > LONGEST[part]:
                raise _Failed(f"more than {LONGEST[part]:,} characters came of it")
            pieces.append(piece)
        text = "".join(pieces).encode(errors="replace").decode()  # half a character cannot be sent by anybody
    except TemplateSyntaxError as error:
        raise _Failed(f"line {error.lineno}: {error.message}") from None
    except SecurityError as error:
        raise _Failed(f"that is not allowed: {error}") from None
    except TemplateError as error:
        raise _Failed(str(error)[:200]) from None
    except SyntaxError as error:  # Python's own bounds, on what Jinja makes of it
        raise _Failed(f"it is nested too deeply: {error.msg}") from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise _Failed(f"{type(error).__name__}: {str(error)[:200]}") from None
    if not text.strip():
        raise _Failed("nothing came of it")
    return text


def _finalizer(style: str) -> Callable[[Any], Any] | None:
    """Page text on its way into a messenger is made harmless wherever a template prints it."""
    if not style:
        return None
    safe = wording.quiet if style == "verbatim" else wording.inert

    def finalize(value: Any) -> Any:
        return value if isinstance(value, Ours) or not isinstance(value, str) else _by_line(value, safe)

    return finalize


def _by_line(text: str, safe: Callable[[str], str]) -> str:
    return "\n".join(safe(line) for line in text.split("\n"))


def _marked(value: Any, key: str = "") -> Any:
    """The payload with our own addresses known as such."""
    if isinstance(value, dict):
        return {name: _marked(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    return Ours(value) if key in _LINKS and isinstance(value, str) else value


if __name__ == "__main__":
    apart.answer(main, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
