"""The API, made when it is first asked for: its models and routes take as long as all the rest of a start."""

from __future__ import annotations

import threading

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from monitor.web.access import check_guarded
from monitor.web.rendering import House


class Later:
    """An ASGI application that makes the API once, at its first request or by `make`, and then is it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._making = threading.Lock()
        self._made: FastAPI | None = None

    def make(self) -> FastAPI:
        """The API. Raises RuntimeError when something in it answers that has no role."""
        with self._making:
            if self._made is None:
                from monitor.web.api.app import create_api

                made = create_api(self._house)
                check_guarded(made)
                self._made = made
        return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        api = self._made
        if api is None:
            api = await run_in_threadpool(self.make)
        await api(scope, receive, send)
