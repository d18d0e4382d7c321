"""`corrigenda fetch`: fetch addresses as the service would, and store nothing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor.cli.configured import open_settings
from monitor.cli.fetching import open_fetch
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import one_line, print_json_line
from monitor.cli.screen import say
from monitor.sources.result import Capture

app = new_app()

_STYLES = {"page": "green", "not_modified": "green", "failed": "bold red", "refused": "bold red"}


@app.command()
def fetch(
    context: typer.Context,
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses to fetch, one after the other.")],
    as_json: AsJson = False,
) -> None:
    """Fetch addresses once and store nothing.

    Follows robots.txt and all limits as the service does. Prints one line for each address, with --json one JSON
    object: url, outcome (page, gone, walled, refused, failed), status, final_url, redirects, bytes, reason. The exit
    code is 0 whatever the outcomes are.
    """
    settings = open_settings(context)
    with open_fetch(settings) as fetch_one:
        for url in urls:
            capture = fetch_one(url)
            if as_json:
                print_json_line(_capture_json(capture))
            else:
                _show(capture)


def _show(capture: Capture) -> None:
    at = f" at {capture.final_url}" if capture.redirects else ""
    size = f", {len(capture.body)} bytes" if capture.body else ""
    about = one_line(f"{capture.reason}{at}{size}")
    say(f"{one_line(capture.url)}  ", (capture.outcome, _STYLES.get(capture.outcome, "yellow")), f"  {about}")


def _capture_json(capture: Capture) -> dict[str, Any]:
    return {
        "url": capture.url,
        "outcome": capture.outcome,
        "status": capture.status,
        "final_url": capture.final_url,
        "redirects": list(capture.redirects),
        "bytes": len(capture.body),
        "reason": capture.reason,
    }
