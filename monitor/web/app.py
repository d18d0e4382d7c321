"""The pages of Corrigenda: the whole route table, and what lies around every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from monitor.config import Settings
from monitor.previewing import Previews
from monitor.web.access import Kind, Role, check_guarded, guarded
from monitor.web.api import problems
from monitor.web.api.later import Later
from monitor.web.api.nouns.noun import ROOT
from monitor.web.pages import (
    account,
    add,
    alerts,
    article,
    articles,
    atom,
    bulk,
    captures,
    channel_wording,
    channels,
    compare,
    deliveries,
    errors,
    evidence,
    exports,
    facts,
    feeds,
    health,
    home,
    links,
    login,
    matrix,
    metrics,
    news,
    proposals,
    rules,
    setup,
    sites,
    stories,
    story_line,
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
    Route("GET", "/add", add.ask_what, Role.ADMIN),
    Route("POST", "/add", add.understand, Role.ADMIN),
    Route("GET", "/add/{token}", add.show_draft, Role.ADMIN),
    Route("GET", "/add/{token}/{number}", add.show_preview, Role.ADMIN),
    Route("POST", "/add/{token}", add.save, Role.ADMIN),
    Route("POST", "/articles/bulk", bulk.do_with_many, Role.ADMIN),
    Route("GET", "/stories", stories.list_stories, Role.VIEWER),
    Route("POST", "/stories", stories.make_story, Role.ADMIN),
    Route("POST", "/stories/proposals", proposals.propose_stories, Role.ADMIN),
    Route("POST", "/stories/proposals/accept", proposals.accept_story, Role.ADMIN),
    Route("GET", "/stories/{story_id}", stories.show_story, Role.VIEWER),
    Route("POST", "/stories/{story_id}", stories.change_story, Role.ADMIN),
    Route("POST", "/stories/{story_id}/articles", stories.add_to_story, Role.ADMIN),
    Route("POST", "/stories/{story_id}/articles/remove", stories.take_out_of_story, Role.ADMIN),
    Route("POST", "/stories/{story_id}/remove", stories.remove_story, Role.ADMIN),
    Route("GET", "/stories/{story_id}/matrix.json", matrix.matrix_as_json, Role.VIEWER),
    Route("GET", "/stories/{story_id}/matrix.csv", matrix.matrix_as_csv, Role.VIEWER),
    Route("POST", "/stories/{story_id}/proposals", proposals.propose_articles, Role.ADMIN),
    Route("POST", "/stories/{story_id}/proposals/accept", proposals.accept_articles, Role.ADMIN),
    Route("GET", "/stories/{story_id}/lines/{line_id}", story_line.show_line, Role.VIEWER),
    Route("GET", "/stories/{story_id}/lines/{line_id}/chart.svg", story_line.draw_line, Role.VIEWER),
    Route("POST", "/stories/{story_id}/lines/{line_id}/accept", story_line.accept_line, Role.ADMIN),
    Route("POST", "/stories/{story_id}/lines/{line_id}/split", story_line.split_line, Role.ADMIN),
    Route("POST", "/stories/{story_id}/lines/{line_id}/merge", story_line.merge_line, Role.ADMIN),
    Route("POST", "/stories/{story_id}/lines/{line_id}/name", story_line.name_line, Role.ADMIN),
    Route("GET", "/rules", rules.list_rules, Role.VIEWER),
    Route("POST", "/rules", rules.make_rule, Role.ADMIN),
    Route("GET", "/rules/new", rules.new_rule, Role.ADMIN),
    Route("POST", "/rules/say", rules.say, Role.ADMIN),
    Route("POST", "/rules/default", rules.add_default_rules, Role.ADMIN),
    Route("GET", "/rules/{rule_id}", rules.show_rule, Role.ADMIN),
    Route("POST", "/rules/{rule_id}", rules.change_rule, Role.ADMIN),
    Route("POST", "/rules/{rule_id}/switch", rules.switch_rule, Role.ADMIN),
    Route("POST", "/rules/{rule_id}/remove", rules.remove_rule, Role.ADMIN),
    Route("POST", "/mutes/{mute_id}/end", rules.end_mute, Role.ADMIN),
    Route("GET", "/channels", channels.list_channels, Role.VIEWER),
    Route("POST", "/channels", channels.add_channel, Role.ADMIN),
    Route("GET", "/channels/{channel_id}", channels.show_channel, Role.VIEWER),
    Route("POST", "/channels/{channel_id}", channels.change_channel, Role.ADMIN),
    Route("GET", "/channels/{channel_id}/wording", channel_wording.show_wording, Role.ADMIN),
    Route("POST", "/channels/{channel_id}/wording", channel_wording.word, Role.ADMIN),
    Route("POST", "/channels/{channel_id}/test", channels.try_channel, Role.ADMIN),
    Route("POST", "/channels/{channel_id}/rotate", channels.rotate_secret, Role.ADMIN),
    Route("POST", "/channels/{channel_id}/switch", channels.switch_channel, Role.ADMIN),
    Route("POST", "/channels/{channel_id}/remove", channels.remove_channel, Role.ADMIN),
    Route("GET", "/deliveries", deliveries.list_deliveries, Role.VIEWER),
    Route("POST", "/deliveries/retry", deliveries.send_failed_again, Role.ADMIN),
    Route("GET", "/deliveries/{delivery_id}", deliveries.show_delivery, Role.VIEWER),
    Route("POST", "/deliveries/{delivery_id}/retry", deliveries.send_again, Role.ADMIN),
    Route("GET", "/articles/{article_id}", article.show_article, Role.VIEWER),
    Route("POST", "/articles/{article_id}/check", article.check_now, Role.ADMIN),
    Route("POST", "/articles/{article_id}/pause", article.pause, Role.ADMIN),
    Route("POST", "/articles/{article_id}/resume", article.resume, Role.ADMIN),
    Route("POST", "/articles/{article_id}/interval", article.set_interval, Role.ADMIN),
    Route("GET", "/articles/{article_id}/news", news.of_article, Role.VIEWER),
    Route("GET", "/articles/{article_id}/compare", compare.choose_versions, Role.VIEWER),
    Route("GET", "/articles/{article_id}/compare/{before}/{after}", compare.show_comparison, Role.VIEWER),
    Route("GET", "/articles/{article_id}/captures/{capture_id}", captures.download_capture, Role.VIEWER),
    Route("GET", "/articles/{article_id}/versions/{number}.txt", exports.version_text, Role.VIEWER),
    Route("GET", "/articles/{article_id}/versions/{number}.json", exports.version_json, Role.VIEWER),
    Route("GET", "/articles/{article_id}/versions/{number}/facts.csv", exports.version_facts, Role.VIEWER),
    Route("GET", "/articles/{article_id}/history.json", exports.history_json, Role.VIEWER),
    Route("GET", "/articles/{article_id}/history.csv", exports.history_csv, Role.VIEWER),
    Route("GET", "/articles/{article_id}/facts/{line_id}.json", exports.fact_json, Role.VIEWER),
    Route("GET", "/articles/{article_id}/facts/{line_id}.csv", exports.fact_csv, Role.VIEWER),
    Route("GET", "/articles/{article_id}/facts/{line_id}.svg", facts.draw_fact, Role.VIEWER),
    Route("GET", "/articles/{article_id}/facts/{line_id}", facts.show_fact, Role.VIEWER),
    Route("GET", "/articles/{article_id}/facts", facts.list_facts, Role.VIEWER),
    Route("GET", "/articles/{article_id}/changes.atom", atom.of_article, Role.VIEWER),
    Route("GET", "/changes/news", news.of_all, Role.VIEWER),
    Route("GET", "/changes/{change_id}/evidence", evidence.show_evidence, Role.VIEWER),
    Route("GET", "/changes.atom", atom.of_all, Role.VIEWER),
    Route("GET", "/stories/{story_id}/changes.atom", atom.of_story, Role.VIEWER),
    Route("GET", "/rules/{rule_id}/changes.atom", atom.of_rule, Role.VIEWER),
    Route("GET", "/feeds", feeds.list_feeds, Role.VIEWER),
    Route("GET", "/feeds/{feed_id}", feeds.show_feed, Role.VIEWER),
    Route("GET", "/sites", sites.list_sites, Role.VIEWER),
    Route("GET", "/sites/{site_id}", sites.show_site, Role.VIEWER),
    Route("GET", "/health", health.show_health, Role.ANYONE),
    Route("GET", "/metrics", metrics.show_metrics, Role.VIEWER),
    Route("GET", "/login", login.ask_who, Role.ANYONE),
    Route("POST", "/login", login.log_in, Role.ANYONE),
    Route("POST", "/logout", login.log_out, Role.ANYONE),
    Route("GET", "/alerts/{alert_id}", alerts.show_alert, Role.VIEWER),
    Route("GET", "/mute/{token}", links.ask_mute, Role.ANYONE, Kind.LINK),
    Route("POST", "/mute/{token}", links.mute, Role.ANYONE, Kind.LINK),
    Route("GET", "/unsubscribe/{token}", links.ask_unsubscribe, Role.ANYONE, Kind.LINK),
    Route("POST", "/unsubscribe/{token}", links.unsubscribe, Role.ANYONE, Kind.LINK),
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


def create_app(database: Database, settings: Settings, preview: Previews | None = None) -> FastAPI:
    """The web application on this database. Where it may listen, `security.check_binding` says."""
    app = FastAPI(
        title="Corrigenda",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        exception_handlers=dict(errors.HANDLERS) | {HTTPException: _refuse},
    )
    app.state.house = House(database, settings, preview=preview)
    app.router.routes.extend(_pages())
    app.state.api = Later(app.state.house)
    app.mount(ROOT, app.state.api)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    check_guarded(app)
    # Added last is outermost: a refusal by HostCheck carries the security headers as well.
    app.add_middleware(BodyLimit)
    app.add_middleware(Recognise, database=database, settings=settings, refuse=_refuse)
    app.add_middleware(HostCheck, hosts=allowed_hosts(settings))
    app.add_middleware(SecurityHeaders)
    return app


@cache
def _pages() -> Sequence[BaseRoute]:
    """The routes of all pages. As those of the API they know nothing of a House, and are dear to make."""
    router = APIRouter()
    for route in ROUTES:
        methods = ["GET", "HEAD"] if route.method == "GET" else [route.method]
        router.add_api_route(
            route.path, route.answer, methods=methods, response_class=HTMLResponse,
            route_class_override=guarded(route.role, route.kind),
        )  # fmt: skip
    return router.routes


def _refuse(request: Request, error: HTTPException) -> Response:
    """Who is turned away reads why in a page; under the API's address, also where nothing is, as a problem."""
    refused = problems.by_status if request.url.path.startswith(f"{ROOT}/") else errors.refused
    return refused(request, error)
