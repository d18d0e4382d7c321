"""The pages of Corrigenda: the whole route table, and what lies around every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from monitor.config import Settings
from monitor.web.access import Kind, Role, check_guarded, guarded
from monitor.web.api import problems
from monitor.web.api.app import create_api
from monitor.web.api.nouns.noun import ROOT
from monitor.web.pages import (
    account,
    article,
    articles,
    captures,
    compare,
    errors,
    feeds,
    health,
    home,
    login,
    metrics,
    news,
    setup,
    sites,
)
from monitor.web.pages import settings as settings_page
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
    Route("GET", "/login", login.ask_who, Role.ANYONE),
    Route("POST", "/login", login.log_in, Role.ANYONE),
    Route("POST", "/logout", login.log_out, Role.ANYONE),
    Route("GET", "/setup", setup.explain_setup, Role.ANYONE),
    Route("GET", "/setup/{token}", setup.ask_password, Role.ANYONE),
    Route("POST", "/setup/{token}", setup.choose_password, Role.ANYONE),
    Route("GET", "/account", account.show_account, Role.VIEWER),
    Route("POST", "/account/password", account.change_password, Role.VIEWER),
    Route("POST", "/account/sessions/end", account.end_other_sessions, Role.VIEWER),
    Route("POST", "/account/sessions/{session_id}/end", account.end_session, Role.VIEWER),
    Route("POST", "/account/tokens", account.make_token, Role.VIEWER),
    Route("POST", "/account/tokens/{token_id}/revoke", account.revoke_own_token, Role.VIEWER),
    Route("GET", "/settings", settings_page.show_settings, Role.ADMIN),
    Route("POST", "/settings/accounts", settings_page.add_somebody, Role.ADMIN),
    Route("POST", "/settings/accounts/{account_id}/role", settings_page.change_somebody, Role.ADMIN),
    Route("POST", "/settings/accounts/{account_id}/reset", settings_page.reset_somebody, Role.ADMIN),
    Route("POST", "/settings/accounts/{account_id}/remove", settings_page.remove_somebody, Role.ADMIN),
    Route("POST", "/settings/tokens/{token_id}/revoke", settings_page.revoke_any_token, Role.ADMIN),
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
    app.mount(ROOT, create_api(app.state.house))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    check_guarded(app)
    # Added last is outermost: a refusal by HostCheck carries the security headers as well.
    app.add_middleware(BodyLimit)
    app.add_middleware(Recognise, database=database, settings=settings, refuse=_refuse)
    app.add_middleware(HostCheck, hosts=allowed_hosts(settings))
    app.add_middleware(SecurityHeaders)
    return app


def _refuse(request: Request, error: HTTPException) -> Response:
    """Who is turned away before anything answers reads why in a page, or from the API as a problem."""
    refused = problems.by_status if request.url.path.startswith(f"{ROOT}/") else errors.refused
    return refused(request, error)
