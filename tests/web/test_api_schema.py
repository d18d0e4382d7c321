"""The API against its own description: what fits it is answered as described, what does not is refused, nothing is 5xx.

A few examples of each operation, the same in every run. `FUZZ=300 pytest tests/web/test_api_schema.py` tries as many of
each, others every time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from monitor.config import Settings
from monitor.previewing import Previews
from monitor.tasks import Visits
from monitor.web.api.routes import ROUTES
from monitor.web.app import create_app
from storage.database import Database
from tests.web.newsroom import Newsroom

EXAMPLES = int(os.environ.get("FUZZ", "0"))
"""Of each operation; 0: few, and always the same."""
HEADERS = {"host": "127.0.0.1:8000"}
UNSAYABLE = [positive_data_acceptance]
"""No schema says that a cursor is one that we gave, or a tag a word: test_api_examples.py shows what is accepted."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The description of an API with something to say."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('described') / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    newsroom.refusals(newsroom.ferry())
    newsroom.article("https://northern-wire.example/strike", state="new")
    newsroom.feed("https://northern-wire.example/feed", title="Northern Wire")
    newsroom.beat()
    with Visits(opened, Settings()) as visits:
        previews = Previews(visits.look_first)
        app = create_app(opened, Settings(), previews)
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=HEADERS)
        previews.close()
    opened.close()


OPERATIONS = [(route.method, route.path) for routes in ROUTES.values() for route in routes]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_as_described(described: BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    @given(described[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES or 3, derandomize=not EXAMPLES, deadline=None, database=None,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case: Case) -> None:
        # Without accounts nobody needs a token, so there is none to ignore.
        case.call_and_validate(excluded_checks=[ignored_auth, *UNSAYABLE], headers=HEADERS)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "there is no wrong way to ask for what takes no parameter"
