"""The process that opens one page in a browser: reads what to do as JSON, answers a head of JSON and the page.

A process of its own, so that it can be killed whatever the page, the browser or its driver does. It holds no secret
but the cookies of the site that it opens, and reaches nothing but the proxy it is given.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

SETTLE_SECONDS = 8.0
"""A page's scripts have this long to become quiet once it is there; what is shown then is the page."""
_NEVER_NEEDED = frozenset({"image", "media", "font"})
ARGUMENTS = (
    "--proxy-bypass-list=<-loopback>",  # without it, what names this machine would not go through the proxy
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # the browser itself looks up nothing
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
)


def open_page(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Open an address as ordered. Returns what is known of the answer, or `error`, and the page as it is shown."""
    from playwright.sync_api import Error, Route, sync_playwright  # only in this process, and only with the extra

    def admit(route: Route) -> None:
        if route.request.resource_type in _NEVER_NEEDED:
            route.abort()
        else:
            route.continue_()

    limit = order["seconds"] * 1000
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=order["executable"],
                chromium_sandbox=order["sandbox"],
                args=list(ARGUMENTS),
                proxy=order["proxy"],
                timeout=limit,
            )
            context = browser.new_context(
                user_agent=order["user_agent"], service_workers="block", accept_downloads=False
            )
            context.set_default_timeout(limit)
            context.add_cookies(order["cookies"])
            context.route("**/*", admit)
            page = context.new_page()
            response = page.goto(order["url"], wait_until="domcontentloaded")
            if response is None:
                return {"error": "the browser opened no page"}, b""
            with suppress(Error):  # one that never becomes quiet is read as it is
                page.wait_for_load_state("networkidle", timeout=min(limit, SETTLE_SECONDS * 1000))
            answered = {
                "status": response.status,
                "headers": response.all_headers(),
                "final_url": page.url if urlsplit(page.url).scheme in ("http", "https") else response.url,
                "redirects": _redirects(response.request),
            }
            return answered, page.content().encode("utf-8", "replace")
        except Error as error:
            return {"error": error.message.splitlines()[0]}, b""


def _redirects(request: Any) -> list[str]:
    """The addresses that led to the last one, the first one first."""
    chain: list[str] = []
    while (request := request.redirected_from) is not None:
        chain.append(request.url)
    return chain[::-1]


def main() -> None:
    """Read the order from standard input, answer on standard output."""
    order = json.loads(sys.stdin.buffer.readline())
    # For each process of the browser, which inherit it: a script that never ends costs no more than this.
    seconds = int(order["seconds"]) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head, body = open_page(order)
    sys.stdout.buffer.write(json.dumps(head).encode("ascii") + b"\n" + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
