"""Lists in pages: an opaque cursor that says after which row to go on, so that nothing is missed or comes twice when
rows are added meanwhile, and so that a far page costs what the first one does.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from monitor.web.api.nouns.noun import Noun
from monitor.web.api.problems import INVALID_REQUEST, Fault, Refusal

LARGEST_KEY = 2**62
"""Of a row, in a cursor."""
Key = Annotated[int, Field(ge=-1, le=LARGEST_KEY)]
"""A number of a row's key in a cursor: whatever a stranger writes there, a database can take it."""

MOST = 200
"""Items on a page at most."""

Item = TypeVar("Item")
Row = TypeVar("Row")
Keys = TypeVar("Keys")


class Page(Noun, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: str | None
    """Where the next page is, as a path on this server; null on the last one. The header `Link` says the same."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """How it is called in OpenAPI: `ArticlePage`."""
        return f"{params[0].__name__}Page"


class Asked:
    """Which page of a list is asked for."""

    def __init__(
        self,
        request: Request,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=MOST, description="Items on a page at most.")] = 50,
        cursor: Annotated[
            str | None, Query(max_length=1000, description="Where to go on: as `next` of the page before says.")
        ] = None,
    ) -> None:
        self.limit = limit
        self._cursor = cursor
        self._request = request
        self._response = response

    def after(self, key: type[Keys], order: str = "") -> Keys | None:
        """The key of the last row of the page before; None on the first page.

        order: of a list that can be sorted in several ways; a cursor holds for one of them only.
        """
        if self._cursor is None:
            return None
        try:
            written = json.loads(
                base64.urlsafe_b64decode(self._cursor.encode("ascii") + b"=" * (-len(self._cursor) % 4))
            )
            told, *values = written
            if told == order:
                return TypeAdapter(key).validate_json(json.dumps(values))
        except (binascii.Error, ValueError, TypeError, RecursionError, ValidationError):
            pass
        detail = "it is none that this list gave: begin anew without it"
        raise Refusal(
            INVALID_REQUEST, f"cursor: {detail}.", errors=[Fault(where="query", name="cursor", detail=detail)]
        )

    @property
    def rows(self) -> int:
        """How many rows to read: one more than are shown tells whether there are more."""
        return self.limit + 1

    def page(
        self, rows: Sequence[Row], make: Callable[[Row], Item], key: Callable[[Row], tuple[Any, ...]], order: str = ""
    ) -> Page[Item]:
        """The page of these rows (at most `self.rows`), with its link to the next one."""
        shown = rows[: self.limit]
        last = key(shown[-1]) if len(rows) > self.limit else None
        return self.page_until([make(row) for row in shown], last, order)

    def page_until(self, items: Sequence[Item], last: tuple[Any, ...] | None, order: str = "") -> Page[Item]:
        """The page of these items; `last` is the key after which the next one goes on, null where there is none."""
        following = None if last is None else self._link([order, *last])
        if following:
            self._response.headers["Link"] = f'<{following}>; rel="next"'
        return Page[Any](items=list(items), next=following)

    def _link(self, last: Sequence[Any]) -> str:
        written = json.dumps(last, separators=(",", ":"), default=_moment).encode()
        cursor = base64.urlsafe_b64encode(written).rstrip(b"=").decode()
        kept = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
        return f"{self._request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _moment(value: object) -> str:
    # To the microsecond: two rows of one second must not be taken for one.
    assert isinstance(value, datetime)
    return value.astimezone(UTC).isoformat()


Paging = Annotated[Asked, Depends(Asked)]
