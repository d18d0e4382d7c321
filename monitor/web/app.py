"""The pages of Corrigenda: the whole route table, and what lies around every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from monitor.config import Settings
from monitor.web.access import Kind, Role, check_guarded, guarded
from monitor.web.pages import article, articles, captures, compare, errors, feeds, health, home, metrics, news, sites
from monitor.web.recognition import Recognise
from monitor.web.rendering import STATIC, House
from monitor.web.security import BodyLimit, HostCheck, SecurityHeaders, allowed_hosts
from storage.database import Database


class Route(NamedTuple):
    """A page or a form of the pages: how it is asked for, what answers, and who may."""

    method: str
    path: str
    answer: Callable[..., Any]
    role: Role
    kind: Kind = Kind.PAGE


ROUTES = (
    Route("GET", "/", home.what_changed, Role.VIEWER),
    Route("GET", "/articles", articles.list_articles, Role.VIEWER),
    Route("GET", "/articles/{article_id}", article.show_article, Role.VIEWER),
    Route("GET", "/articles/{article_id}/news", news.of_article, Role.VIEWER),
    Route("GET", "/articles/{article_id}/compare", compare.choose_versions, Role.VIEWER),
    Route("GET", "/articles/{article_id}/compare/{before}/{after}", compare.show_comparison, Role.VIEWER),
    Route("GET", "/articles/{article_id}/captures/{capture_id}", captures.download_capture, Role.VIEWER),
    Route("GET", "/changes/news", news.of_all, Role.VIEWER),
    Route("GET", "/feeds", feeds.list_feeds, Role.VIEWER),
    Route("GET", "/feeds/{feed_id}", feeds.show_feed, Role.VIEWER),
    Route("GET", "/sites/{site_id}", sites.show_site, Role.VIEWER),
    Route("GET", "/health", health.show_health, Role.ANYONE),
    Route("GET", "/metrics", metrics.show_metrics, Role.VIEWER),
)
"""Every page. What answers to POST changes something, and is asked for by the forms of the pages alone."""


def create_app(database: Database, settings: Settings) -> FastAPI:
    """The web application on this database. Where it may listen, `security.check_binding` says."""
    app = FastAPI(
        title="Corrigenda", docs_url=None, redoc_url=None, openapi_url=None, exception_handlers=dict(errors.HANDLERS)
    )
    app.state.house = House(database, settings)
    for route in ROUTES:
        methods = ["GET", "HEAD"] if route.method == "GET" else [route.method]
        app.router.add_api_route(
            route.path, route.answer, methods=methods, response_class=HTMLResponse,
            route_class_override=guarded(route.role, route.kind),
        )  # fmt: skip
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    check_guarded(app)
    # Added last is outermost: a refusal by HostCheck carries the security headers as well.
    app.add_middleware(BodyLimit)
    app.add_middleware(Recognise, database=database, settings=settings, refuse=errors.HANDLERS[HTTPException])
    app.add_middleware(HostCheck, hosts=allowed_hosts(settings))
    app.add_middleware(SecurityHeaders)
    return app
