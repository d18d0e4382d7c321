"""What the framework does not know of the API's description: who may ask, which problems come, ETags and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from monitor.web.access import CSRF_HEADER, Role
from monitor.web.api.nouns.noun import Given, Noun
from monitor.web.api.problems import MEDIA_TYPE, Kind, Problem

_ALWAYS = (400, 401, 403, 404, 405, 500, 503)
_WITH_BODY = (413, 415, 422)
_NOT_CHANGED = {"description": "It is as the client knows it (`If-None-Match`)."}
_ETAG = {"ETag": {"description": "Names this state of it.", "schema": {"type": "string"}}}
_LINK = {"Link": {"description": "The next page (RFC 8288).", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string", "format": "uri-reference"}}}

SECURITY_SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token, `cor_...`, with the scope `read` or `write`: made on the page Settings, or by "
        "`corrigenda token add`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "corrigenda",
        "description": f"The session of a browser that logged in; what changes something also needs `{CSRF_HEADER}`.",
    },
}


def complete(made: dict[str, Any], roles: Mapping[str | None, Role], kinds: Sequence[Kind]) -> dict[str, Any]:
    """The description with security, problems, headers and conditional requests; `made` is changed."""
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= _problem_schemas()
    for model in (*_below(Noun), *_below(Given)):
        if model.__name__ in schemas and isinstance(extra := model.model_config.get("json_schema_extra"), dict):
            schemas[model.__name__] |= extra  # the framework leaves out what is null, also in examples
    by_status = {kind.status: kind for kind in kinds}
    made["components"]["responses"] = {kind.name: _problem_response(kind) for kind in kinds}
    made["components"]["securitySchemes"] = SECURITY_SCHEMES
    for method, operation in _operations(made):
        role = roles[operation["operationId"]]
        operation["security"] = [] if role is Role.ANYONE else [{"token": []}, {"session": []}]
        operation["x-role"] = role.name.lower()
        operation["x-scope"] = "write" if role is Role.ADMIN else "read"
        responses = operation["responses"]
        for status in sorted(_problems(method, operation)):
            responses[str(status)] = {"$ref": f"#/components/responses/{by_status[status].name}"}
        _describe_answer(method, operation, responses)
        if any(parameter["name"] == "article_id" for parameter in operation.get("parameters", ())):
            responses["308"] = {"description": "The Article was merged into another: there.", "headers": _LOCATION}
    return made


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """All models that are one of these."""
    for one in model.__subclasses__():
        yield one
        yield from _below(one)


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


def _problem_response(kind: Kind) -> dict[str, Any]:
    example = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.meaning, "errors": []}
    return {
        "description": f"{kind.title}. {kind.meaning}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }


def _operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in made["paths"].values():
        yield from path.items()


def _problems(method: str, operation: dict[str, Any]) -> set[int]:
    """Which problems an operation can answer with, beside those that it names itself."""
    named = {int(status) for status in operation["responses"] if status.isdecimal() and int(status) >= 400}
    named.discard(422)
    common = set(_ALWAYS)
    if "requestBody" in operation:
        common |= set(_WITH_BODY)
    if method == "patch" or any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", ())):
        common.add(412)
    if method != "get":
        common |= {408, 409, 413, 415}
    if "application/octet-stream" in operation["responses"].get("200", {}).get("content", {}):
        common.add(410)
    return named | common


def _describe_answer(method: str, operation: dict[str, Any], responses: dict[str, Any]) -> None:
    if method != "get":
        if "201" in responses:
            responses["201"]["headers"] = _LOCATION
            if "200" in responses:
                responses["200"] |= {"content": responses["201"]["content"], "headers": _LOCATION}
        elif "202" in responses and "200" in responses:
            responses["202"]["content"] = responses["200"]["content"]
        if "requestBody" not in operation:
            responses.pop("422", None)
        return
    responses.pop("422", None)
    paged = any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ()))
    responses["200"]["headers"] = _ETAG | (_LINK if paged else {})
    responses["304"] = _NOT_CHANGED
    operation.setdefault("parameters", []).append(
        {
            "name": "If-None-Match",
            "in": "header",
            "description": "An ETag that is known: when it still holds, the answer is 304.",
            "schema": {"type": "string"},
        }
    )
