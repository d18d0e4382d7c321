"""`/api/v1/openapi.json`: whole, valid, in our words, and its examples are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from monitor.web.api.problems import KINDS
from monitor.web.api.routes import ROUTES, TAGS
from tests.web.asking import Program, schema_of


@pytest.fixture(scope="module")
def described(filled: TestClient) -> dict[str, Any]:
    """The description, as anybody gets it."""
    made: dict[str, Any] = Program(filled).get("/openapi.json")
    return made


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_route_is_described(described: dict[str, Any]) -> None:
    told = {(method, path) for method, path, _ in operations(described)}
    assert told == {(route.method, route.path) for routes in ROUTES.values() for route in routes}
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(ids) == len(set(ids))
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": "/api/v1"}]


def test_every_operation_says_what_it_is(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        assert operation["summary"], path
        assert operation["description"].strip().endswith((".", ")")), (method, path, operation["description"])
        assert operation["tags"][0] in {tag["name"] for tag in TAGS}
        assert operation["x-scope"] == ("write" if operation["x-role"] == "admin" else "read")
        for parameter in operation.get("parameters", ()):
            assert "schema" in parameter, (path, parameter)
    assert set(described["components"]["securitySchemes"]) == {"token", "session"}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for target in set(re.findall(r"'\$ref': '#/([^']+)'", str(described))):
        place: Any = described
        for step in target.split("/"):
            assert step in place, target
            place = place[step]


def test_schemas_are_schemas(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        assert name != "HTTPValidationError", "errors are problems"


def test_every_example_fits_its_schema(described: dict[str, Any]) -> None:
    seen = 0
    for name, schema in described["components"]["schemas"].items():
        validator = schema_of(described, name)
        for example in schema.get("examples", ()):
            errors = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(example)]
            assert errors == [], (name, errors)
            seen += 1
    assert not [name for name in described["components"]["schemas"] if "__" in name], "two models of one name"
    assert seen > 40
    problem = schema_of(described, "Problem")
    for kind in KINDS:
        [told] = described["components"]["responses"][kind.name]["content"].values()
        assert problem.is_valid(told["example"])


def test_what_is_given_and_what_is_answered_have_examples(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for method, path, operation in operations(described):
        body = operation.get("requestBody", {}).get("content", {})
        for media, told in body.items():
            assert media.startswith("application/")
            name = told["schema"]["$ref"].rsplit("/", 1)[1]
            assert schemas[name].get("examples"), (method, path, name)
            assert schemas[name]["additionalProperties"] is False, (path, name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_type_of_a_problem_says_what_it_means(filled: TestClient, kind: Any) -> None:
    told = Program(filled).get(kind.type)
    assert (told["type"], told["status"], told["meaning"]) == (kind.type, kind.status, kind.meaning)


def test_the_entry_leads_to_every_list(filled: TestClient) -> None:
    program = Program(filled)
    entry = program.get("/")
    assert {"articles", "changes", "stories", "feeds", "sites", "rules", "channels", "deliveries"} <= set(
        entry["links"]
    )
    for address in entry["links"].values():
        program.get(address)
    assert filled.get("/api/v1", follow_redirects=True).status_code == 200


def test_links_lead_somewhere(filled: TestClient) -> None:
    program = Program(filled)
    seen: set[str] = set()
    waiting = ["/api/v1/"]
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith("/"):
            continue
        seen.add(address)
        answer = filled.get(address)
        assert answer.status_code == 200, address
        if address.startswith("/api/v1/") and answer.headers["content-type"] == "application/json" and (
            address != "/api/v1/openapi.json"
        ):  # fmt: skip
            waiting += re.findall(r'"(/(?:api/v1|articles|sites|feeds|stories)[^"…]*)"', answer.text)
    assert len(seen) > 30
    assert program.get("/health")["status"] == "ok"
