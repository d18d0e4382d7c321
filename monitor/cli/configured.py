"""The settings of an invocation, for the commands that have any."""

from __future__ import annotations

import typer

from monitor.config import Settings, load


def open_settings(context: typer.Context) -> Settings:
    """The settings from `--config` or the working folder, and the environment. Raises ConfigurationError."""
    return load(context.obj.config)
