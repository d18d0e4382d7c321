"""`/login` and `/logout`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from monitor.web.access import Visitor, Who, done, own_path
from monitor.web.credentials import BusyError, digest
from monitor.web.logging_in import BROWSER_KNOWN, LoggedIn, Login, TooMany
from monitor.web.recognition import BROWSER_COOKIE, SESSION_COOKIE, cookie, drop_cookie, set_cookie
from monitor.web.rendering import Here, House, page
from storage import logins

Next = Annotated[str, Query(max_length=2000)]


def ask_who(who: Who, next: Next = "/") -> Response:
    """The form. Who is logged in already is led on; without accounts there is nothing to log in to."""
    if who.by != "nobody":
        return RedirectResponse(own_path(next), 303)
    return page("login.html", target=own_path(next), name="", problem="")


def log_in(
    request: Request, here: Here, who: Who, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:  # fmt: skip
    """Leads on to `next` with a new session; else the form again, and what is wrong: 403, or 429 with Retry-After."""
    now = datetime.now(UTC)
    target = own_path(next)
    login = Login(here.database, here.settings, here.passwords)
    mark = cookie(request.headers, BROWSER_COOKIE, who)
    browser = request.headers.get("user-agent", "")
    try:
        judged = login.log_in(name, password, address=who.address, browser=browser, mark=mark, now=now)
    except BusyError as error:
        return page("login.html", status=503, target=target, name=name, problem=f"{error}.")
    if isinstance(judged, LoggedIn):
        return let_in(request, here, who, judged, target)
    if isinstance(judged, TooMany):
        seconds = max(1, int((judged.until_at - now).total_seconds()) + 1)
        minutes = -(-seconds // 60)
        problem = (
            f"Too many attempts failed. Try again in {minutes} minute{'s' if minutes > 1 else ''}, "
            f"at {judged.until_at:%H:%M} UTC."
        )
        answer = page("login.html", status=429, target=target, name=name, problem=problem)
        answer.headers["retry-after"] = str(seconds)
        return answer
    return page("login.html", status=403, target=target, name=name, problem="This name and password do not fit.")


def let_in(request: Request, here: House, who: Visitor, logged_in: LoggedIn, target: str) -> Response:
    """Lead on with a new session. The one that the browser had before, whoever gave it to it, ends."""
    if before := cookie(request.headers, SESSION_COOKIE, who):
        end_session(here, before)
    answer = RedirectResponse(target, 303)
    set_cookie(answer, who, SESSION_COOKIE, logged_in.token, seconds=here.settings.web.session_length)
    set_cookie(answer, who, BROWSER_COOKIE, logged_in.browser, seconds=BROWSER_KNOWN.total_seconds())
    return answer


def log_out(request: Request, here: Here, who: Who) -> Response:
    """Ends the session, here and in the browser, which also forgets the pages that it kept."""
    if token := cookie(request.headers, SESSION_COOKIE, who):
        end_session(here, token)
    answer = done("/login", "logged-out")
    drop_cookie(answer, who, SESSION_COOKIE)
    answer.headers["clear-site-data"] = '"cache"'
    return answer


def end_session(here: House, token: str) -> None:
    """End the session of this token, if there is one."""
    with here.database.write() as session:
        logins.end(session, digest(token))
