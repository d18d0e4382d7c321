"""The JSON Schemas of what webhooks receive."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import JSONResponse

from alerts.published import DESCRIBES, schema
from monitor.web.api.nouns.noun import ROOT, Links, Noun
from monitor.web.api.problems import not_found

MEDIA_TYPE = "application/schema+json"


class PublishedSchema(Noun):
    """A schema, and which payloads it describes."""

    name: str
    types: list[str]
    """Of payloads: the field `type`."""
    links: Links


class PublishedSchemas(Noun):
    """All of them."""

    items: list[PublishedSchema]


def list_schemas() -> PublishedSchemas:
    """The JSON Schemas of what webhooks receive, and which types of payload each describes."""
    return PublishedSchemas(
        items=[
            PublishedSchema(name=name, types=list(types), links={"self": f"{ROOT}/schemas/{name}"})
            for name, types in DESCRIBES.items()
        ]
    )


def get_schema(name: Annotated[str, Path(max_length=40)]) -> dict[str, Any]:
    """One JSON Schema (draft 2020-12). The field `schema` of a payload leads here."""
    if name not in DESCRIBES:
        raise not_found(f"schema {name!r}")
    return JSONResponse(schema(name), media_type=MEDIA_TYPE)  # type: ignore[return-value]
