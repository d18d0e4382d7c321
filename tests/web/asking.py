"""A program that asks the API."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from fastapi.testclient import TestClient
from httpx2 import Response

from monitor.web.api.problems import BY_STATUS

ROOT = "/api/v1"


class Program:
    """Asks the API of an application, and looks at every answer as a strict reader would."""

    def __init__(self, client: TestClient, token: str | None = None) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, *, status: int = 200, **more: Any) -> Response:
        """Ask, and insist on this status; an error must be a problem that says the same."""
        headers = self._headers | more.pop("headers", {})
        address = path if path.startswith(ROOT) else ROOT + path
        answer = self._client.request(method, address, headers=headers, **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        if status >= 400 and method != "HEAD":
            assert answer.headers["content-type"] == "application/problem+json"
            told = answer.json()
            kind = BY_STATUS[status]
            assert (told["type"], told["status"], told["title"]) == (kind.type, status, kind.title)
            assert told["detail"].endswith(".")
        return answer

    def get(self, path: str, **more: Any) -> Any:
        """What is at a path."""
        return self.ask("GET", path, **more).json()

    def pages(self, path: str) -> list[list[Any]]:
        """The items of a list, page by page, followed as `next` says."""
        found, following = [], path
        while following:
            answer = self.ask("GET", following)
            body = answer.json()
            assert answer.headers.get("link") == (f'<{body["next"]}>; rel="next"' if body["next"] else None)
            found.append(body["items"])
            following = body["next"]
        return found


def schema_of(described: dict[str, Any], name: str) -> jsonschema_rs.Draft202012Validator:
    """A validator of a schema of the description, formats included."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
