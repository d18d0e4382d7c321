"""`corrigenda doctor`: look for what is wrong, and say what to do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import typer

from monitor.cli.configured import open_settings
from monitor.cli.examinations import examine
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import one_line, print_json
from monitor.cli.screen import say

app = new_app()

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look for what is wrong, and say what to do.

    Each line is ok, warn or fail. The exit code is 1 when there is a fail, 3 when the configuration is wrong.
    """
    findings = list(examine(open_settings(context), datetime.now(UTC)))
    if as_json:
        print_json(
            [
                {"level": finding.level, "part": finding.part, "detail": finding.detail, "advice": finding.advice}
                for finding in findings
            ]
        )
    else:
        for finding in findings:
            advice = f": {one_line(finding.advice)}" if finding.advice else ""
            say(
                (f"{finding.level:<5}", _STYLES[finding.level]), f"{finding.part:<12}{one_line(finding.detail)}{advice}"
            )
        counted = Counter(finding.level for finding in findings)
        say(f"{counted['ok']} ok, {counted['warn']} to look at, {counted['fail']} wrong")
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)
